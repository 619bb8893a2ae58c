// Finding by what images show, as a service would. Only as clever as looking at the window needs.

import type {
    Chip,
    FacetGroup,
    FacetsQuery,
    FacetsView,
    ItemState,
    ItemView,
    JudgeLabel,
    Places,
    PlaceView,
    RecognitionView,
} from "../src/lib/bindings";
import { filterOf, parts, type Part } from "../src/lib/search-text";
import { picture } from "./samples";

export interface Found {
    id: number;
    name: string;
    state: ItemState;
    trashed: boolean;
    tags: string[];
    note: string;
    added: number;
}

const KINDS: Record<string, string> = {
    photo: "Photo",
    screenshot: "Screenshot",
    document: "Document",
    receipt: "Receipt",
    handwriting: "Handwriting",
    chart: "Chart or diagram",
};
const FIELDS: Record<string, string> = {
    kind: "Kind",
    code: "Code",
    colour: "Colour",
    taken: "Taken",
    label: "Shows",
    object: "Things",
    faces: "Faces",
    similar: "Similar to",
    looks: "Looks like",
    place: "Place",
    has: "Has",
};
const COLOURS: Record<string, string> = {
    black: "#1d1d1d",
    white: "#f4f4f0",
    grey: "#8c8c8c",
    red: "#c0392b",
    orange: "#d98a2b",
    yellow: "#e0c341",
    green: "#4f8a4f",
    cyan: "#3fb5b5",
    blue: "#3f74c4",
    purple: "#7d4fa8",
    pink: "#e191ad",
    brown: "#7b5637",
};
const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** What people said is wrong. */
const wrong = new Set<string>();

const judged = (id: number, part: string, name: string): boolean => wrong.has(`${id} ${part} ${name}`);

export function recognitionOf(id: number): RecognitionView {
    const seen = picture(id).recognition;
    return {
        ...seen,
        labels: seen.labels.map((label) => ({ ...label, wrong: judged(id, "label", label.name) })),
        objects: seen.objects.map((object) => ({ ...object, wrong: judged(id, "object", object.name) })),
    };
}

export const takenOf = (id: number): string | null => {
    const taken = picture(id).taken;
    return taken && `${2026 - (id % 4)}${taken.slice(4)}`;
};

/** How alike two pictures are, 0 to 1. */
function likeness(a: number, b: number): number {
    if (a === b) return 0;
    const [one, other] = [picture(a), picture(b)];
    if (one.name === other.name) return 0.985 - (Math.abs(a - b) % 9) / 100;
    return one.recognition.kind === "photo" && other.recognition.kind === "photo" ? 0.62 + ((a * b) % 17) / 100 : 0.2;
}

function compares(count: number, value: string): boolean {
    const [, sign = "", number = "0"] = /^([<>]?=?)(\d+)$/.exec(value) ?? [];
    const wanted = Number(number);
    if (sign === ">") return count > wanted;
    if (sign === "<") return count < wanted;
    return sign === ">=" ? count >= wanted : sign === "<=" ? count <= wanted : count === wanted;
}

/** Whether a name is meant: in quotes it is all of it. */
const isMeant = (name: string, value: string, whole: boolean): boolean =>
    whole ? name.toLowerCase() === value : ` ${name.toLowerCase()} `.includes(value === "" ? "" : ` ${value} `);

/** Why an image fits one part of a search; `null` when it does not, the empty text when there is nothing to say. */
function fits(item: Found, part: Part): string | null {
    const seen = recognitionOf(item.id);
    const value = part.value.toLowerCase();
    const taken = takenOf(item.id);
    const at = picture(item.id).place;
    switch (part.field) {
        case null: {
            const text = `${picture(item.id).reading.text} ${item.name} ${item.tags.join(" ")} ${item.note}`;
            return text.toLowerCase().includes(value) ? "" : null;
        }
        case "kind":
            return seen.kind !== null && seen.kind.startsWith(value) ? `Kind: ${seen.kind}` : null;
        case "colour": {
            const colour = seen.colours.find(({ name }) => name === value || value === "");
            return colour ? `Colour: ${colour.name}, ${percent(colour.share)}` : null;
        }
        case "label": {
            const label = seen.labels.find((one) => !one.wrong && isMeant(one.name, value, part.whole));
            return label ? `Shows: ${label.name}, ${percent(label.confidence)}` : null;
        }
        case "looks": {
            const fitting = item.name.split(/[\s.]/).some((word) => word.length > 2 && value.includes(word));
            return fitting ? `Looks like: ${part.value}` : null;
        }
        case "object": {
            const [, name = "", count] = /^([^<>=]*)([<>=].*)?$/.exec(value) ?? [];
            const all = seen.objects.filter((one) => !one.wrong && isMeant(one.name, name, part.whole));
            if (all.length === 0 || (count && !compares(all.length, count))) return null;
            return all.length > 1
                ? `Things: ${all.length} × ${name}`
                : `Things: ${name}, ${percent(all[0]?.confidence ?? 0)}`;
        }
        case "faces":
            return compares(seen.faces.length, value || ">0") ? `Faces: ${seen.faces.length}` : null;
        case "code": {
            const code = seen.codes.find((one) =>
                `${one.printed} ${one.what} ${one.text}`.toLowerCase().includes(value),
            );
            return code ? `Code: ${code.printed}` : null;
        }
        case "taken":
            return taken?.startsWith(value) ? `Taken: ${taken.slice(0, 10)}` : null;
        case "place": {
            if (at === null) return null;
            const [north = "", east = ""] = value.split(",");
            if (value.includes("..")) {
                const between = (degrees: number, edges: string): boolean => {
                    const [from = 0, to = 0] = edges.split("..").map(Number);
                    return from <= degrees && degrees < to;
                };
                const there = between(at.latitude, north) && between(at.longitude, east);
                return there ? `Place: ${at.latitude},${at.longitude}` : null;
            }
            const near = Math.hypot(at.latitude - Number(north), at.longitude - Number(east)) < 0.1;
            return near || value === "" ? "Place: 1.2 km away" : null;
        }
        case "similar": {
            const alike = likeness(Number(value), item.id);
            return alike > 0.6 ? `${percent(alike)} alike` : null;
        }
        default:
            return value === "face" && seen.faces.length > 0 ? "Has: face" : null;
    }
}

/** Why an item is found; `null` when it is not. */
export function whyFound(item: Found, query: string): string[] | null {
    const why: string[] = [];
    for (const part of parts(query)) {
        const reason = fits(item, part);
        if (part.excluded ? reason !== null : reason === null) return null;
        if (reason && !part.excluded) why.push(reason);
    }
    return why;
}

/** The words of a search, for hits. */
export const wordsOf = (query: string): string =>
    parts(query)
        .filter(({ field, excluded }) => field === null && !excluded)
        .map(({ value }) => value)
        .join(" ");

/** The most alike first where a search asks for that. */
export function inOrder<Item extends Found>(items: Item[], query: string): Item[] {
    const like = parts(query).find(({ field, excluded }) => field === "similar" && !excluded);
    if (!like) return items;
    const to = Number(like.value);
    return [...items].sort((a, b) => likeness(to, b.id) - likeness(to, a.id));
}

function problemOf({ field, value }: Part): string | null {
    if (field === "kind" && value !== "" && !KINDS[value.toLowerCase()])
        return `“${value}” is no kind of image. There are photo, screenshot, document, receipt, handwriting and chart.`;
    if (field === "colour" && value !== "" && !COLOURS[value.toLowerCase()])
        return `“${value}” is no colour known here. Try ${Object.keys(COLOURS).slice(0, 4).join(", ")} and the like.`;
    if (field === "taken" && value !== "" && !/^\d{4}(-\d\d){0,2}$/.test(value))
        return `“${value}” is no date. Write a year, 2026-11 or 2026-11-03.`;
    return null;
}

const chipOf = (part: Part): Chip => ({
    start: part.start,
    end: part.end,
    field: FIELDS[part.field ?? ""] ?? "",
    value: part.value || "any",
    excluded: part.excluded,
    problem: problemOf(part),
});

function group(
    title: string,
    told: string[],
    choice: (value: string) => [name: string, filter: string, css?: string],
): FacetGroup {
    const counts = new Map<string, number>();
    for (const value of told) counts.set(value, (counts.get(value) ?? 0) + 1);
    const choices = [...counts].map(([value, count]) => {
        const [name, filter, css] = choice(value);
        return { name, filter, count, css: css ?? null };
    });
    return { title, choices: choices.sort((a, b) => b.count - a.count) };
}

const unique = (values: string[]): string[] => [...new Set(values)];

function facetGroups(found: Found[]): FacetGroup[] {
    const seen = found.map(({ id }) => recognitionOf(id));
    const right = (named: { name: string; wrong: boolean }[]): string[] =>
        unique(named.filter((one) => !one.wrong).map(({ name }) => name));
    const years = found.flatMap(({ id }) => takenOf(id)?.slice(0, 4) ?? []);
    return [
        group(
            "Kind",
            seen.flatMap(({ kind }) => kind ?? []),
            (kind) => [KINDS[kind] ?? kind, `kind:${kind}`],
        ),
        group(
            "Shows",
            seen.flatMap(({ labels }) => right(labels)),
            (name) => [name, filterOf("label", name)],
        ),
        group(
            "Things",
            seen.flatMap(({ objects }) => right(objects)),
            (name) => [name, filterOf("object", name)],
        ),
        group(
            "Faces",
            seen.flatMap(({ faces }) => (faces.length > 0 ? String(faces.length) : [])),
            (count) => [count === "1" ? "1 face" : `${count} faces`, `faces:${count}`],
        ),
        group(
            "Codes",
            seen.flatMap(({ codes }) => unique(codes.map(({ printed }) => printed))),
            (name) => [name, filterOf("code", name)],
        ),
        group(
            "Colours",
            seen.flatMap(({ colours }) => unique(colours.map(({ name }) => name))),
            (name) => [name.charAt(0).toUpperCase() + name.slice(1), `colour:${name}`, COLOURS[name]],
        ),
        { ...group("Taken", years, (year) => [year, `taken:${year}`]) },
    ]
        .map((one) =>
            one.title === "Taken" ? { ...one, choices: one.choices.sort((a, b) => b.name.localeCompare(a.name)) } : one,
        )
        .filter(({ choices }) => choices.length > 0);
}

const NAMES: [name: string, filter: string][] = [
    ["48.1° N, 11.6° E", "place:48.1..48.2,11.5..11.6"],
    ["54.2° N, 7.9° E", "place:54.1..54.2,7.8..7.9"],
    ["46.7° N, 7.9° E", "place:46.6..46.7,7.8..7.9"],
];

export function findingBackend(
    items: Found[],
    scene: string,
    view: (id: number) => ItemView,
    changed: (ids: number[]) => void,
) {
    const searched = ({ query, trashed }: FacetsQuery): Found[] =>
        items.filter((item) => item.trashed === trashed && whyFound(item, query) !== null);
    return {
        facets: (asked: FacetsQuery): FacetsView => {
            if (scene === "broken" || asked.query === "!")
                throw { code: "database", message: "The index cannot be read.", hint: "Rebuild it in the settings." };
            return {
                chips: parts(asked.query)
                    .filter(({ field }) => field !== null)
                    .map(chipOf),
                groups: facetGroups(searched(asked)),
            };
        },
        places_of_items: (): Places => {
            if (scene === "broken")
                throw { code: "database", message: "The index cannot be read.", hint: "Rebuild it in the settings." };
            const places = NAMES.map(([name, filter]): PlaceView | null => {
                const there = searched({ query: filter, trashed: false });
                const days = there.flatMap(({ id }) => takenOf(id)?.slice(0, 10) ?? []).sort();
                const newest = there[0];
                return newest
                    ? {
                          name,
                          filter,
                          count: there.length,
                          first: days[0] ?? null,
                          last: days.at(-1) ?? null,
                          item: newest.id,
                      }
                    : null;
            });
            return { places: places.flatMap((place) => place ?? []) };
        },
        judge_label: ({ item, part, name, wrong: isWrong }: JudgeLabel): ItemView => {
            const key = `${item} ${part} ${name}`;
            if (isWrong) wrong.add(key);
            else wrong.delete(key);
            changed([item]);
            return view(item);
        },
    };
}
