// The text of a search as a person edits it by choosing: filters such as `kind:receipt` are put in, taken out and turned
// round, without touching the words beside them. The service alone decides what a filter means.

import type { Chip } from "./bindings";

/** A word, a phrase or a filter. Places are UTF-16 code units. */
export interface Part {
    /** Its first character, which is the `-` of what is left out. */
    start: number;
    /** One past its last. */
    end: number;
    excluded: boolean;
    /** What stands before the colon, in lower case; `null` for words. */
    field: string | null;
    /** What stands behind it without quotes, or the words. */
    value: string;
    /** Whether it is a name in quotes, which means the whole of it: `label:dog` also finds hot dogs, `label:"dog"` does not. */
    whole: boolean;
}

const FIELD = /^([A-Za-z]+):/;
const QUOTED = /^["“”„＂]([^"“”„＂]*)["“”„＂]?/;
const WORD = /^[^\s"“”„＂]+/;
/** How many, behind a name in quotes. */
const COUNT = /^[<>=][^\s"“”„＂]*/;
/** People write these too. */
const SAME: Record<string, string> = { color: "colour" };
/** What the service takes for a filter; before another colon stands a word like others, such as `https:`. */
const FIELDS = new Set([
    "kind",
    "code",
    "colour",
    "taken",
    "date",
    "amount",
    "label",
    "object",
    "faces",
    "similar",
    "looks",
    "place",
    "has",
]);

/** Those whose values are names. */
const NAMED = new Set(["label", "object"]);

/** What a search is made of. */
export function parts(search: string): Part[] {
    const found: Part[] = [];
    let at = 0;
    while (at < search.length) {
        const space = /^\s+/.exec(search.slice(at));
        if (space) {
            at += space[0].length;
            continue;
        }
        const part = partAt(search, at);
        found.push(part);
        at = part.end;
    }
    return found;
}

function partAt(search: string, start: number): Part {
    const excluded = /^-\S/.test(search.slice(start));
    let at = start + (excluded ? 1 : 0);
    const named = FIELD.exec(search.slice(at))?.[1]?.toLowerCase();
    const field = named === undefined ? undefined : (SAME[named] ?? named);
    const known = field !== undefined && FIELDS.has(field);
    if (known) at += (named?.length ?? 0) + 1;
    const rest = search.slice(at);
    const quoted = QUOTED.exec(rest);
    const word = quoted ? null : WORD.exec(rest);
    let value = quoted?.[1] ?? word?.[0] ?? "";
    let end = at + ((quoted ?? word)?.[0].length ?? 0);
    const count = known && quoted ? COUNT.exec(search.slice(end)) : null;
    if (count) {
        value += count[0];
        end += count[0].length;
    }
    const whole = known && NAMED.has(field) && quoted !== null;
    return { start, end, excluded, field: known ? field : null, value, whole };
}

const same = (a: Part, b: Part): boolean =>
    a.field !== null && a.field === b.field && a.whole === b.whole && a.value.toLowerCase() === b.value.toLowerCase();

/** Where a filter stands in a search. */
function placeOf(search: string, filter: string): Part | undefined {
    const [wanted] = parts(filter);
    return wanted && parts(search).find((part) => same(part, wanted));
}

/** Whether a search asks for what a filter finds, for what it does not find, or for neither. */
export function standing(search: string, filter: string): "in" | "out" | null {
    const part = placeOf(search, filter);
    return part ? (part.excluded ? "out" : "in") : null;
}

/** The search without what stands between two places, nor the space that was left over. */
export function without(search: string, { start, end }: { start: number; end: number }): string {
    const before = search.slice(0, start).trimEnd();
    const after = search.slice(end).trimStart();
    return before === "" || after === "" ? before + after : `${before} ${after}`;
}

/** The search with a filter in it. It stands before the words, so that the last of them can still be typed on. */
export function withFilter(search: string, filter: string, excluded = false): string {
    const text = (excluded ? "-" : "") + filter;
    const there = placeOf(search, filter);
    if (there) return search.slice(0, there.start) + text + search.slice(there.end);
    const all = parts(search);
    const first = all.find((part) => part.field === null);
    if (first) return `${search.slice(0, first.start)}${text} ${search.slice(first.start)}`;
    return search.trim() === "" ? text : `${search.trimEnd()} ${text}`;
}

/** What a click on a choice makes of a search: it is put in, or taken out where it stands so already. */
export function toggled(search: string, filter: string, excluded = false): string {
    const there = placeOf(search, filter);
    return there && there.excluded === excluded ? without(search, there) : withFilter(search, filter, excluded);
}

/** Where the filter of a chip stands by now: people type on while the service answers. */
export function chipPlace(search: string, answered: string, chip: Chip): { start: number; end: number } | null {
    if (search === answered) return chip;
    const text = answered.slice(chip.start, chip.end);
    const again = parts(search).find((part) => search.slice(part.start, part.end) === text);
    return again ?? null;
}

/** The search with the filter of a chip turned round: what it asked for is left out, and the other way. */
export function turned(search: string, place: { start: number; end: number }): string {
    const text = search.slice(place.start, place.end);
    const round = text.startsWith("-") ? text.slice(1) : `-${text}`;
    return search.slice(0, place.start) + round + search.slice(place.end);
}

/** A filter for a value as it is typed: names are meant whole. No value can have quotation marks. */
export function filterOf(field: string, value: string): string {
    const bare = value
        .split(/[\s"“”„＂]+/)
        .filter((word) => word !== "")
        .join(" ");
    return NAMED.has(field) || bare.includes(" ") ? `${field}:"${bare}"` : `${field}:${bare}`;
}

/** The search with its words made a description of looks, and that description; `null` where it has no words to describe by, or
 * a description already. */
export function asDescription(search: string): { search: string; description: string } | null {
    const all = parts(search);
    const words = all.filter(({ field, excluded }) => field === null && !excluded);
    const description = words
        .map(({ value }) => value.trim())
        .join(" ")
        .trim();
    if (!/\p{L}{2}/u.test(description) || all.some(({ field }) => field === "looks")) return null;
    const rest = all.filter((part) => !words.includes(part)).map(({ start, end }) => search.slice(start, end));
    return { search: [...rest, `looks:"${description}"`].join(" "), description };
}
