// The kinds of sources as a person chooses them, a new source of each, and what its name is when nobody gave one.

import type { Conditions, Filing, SourceDraft, SourceSpec, WebWhat } from "./bindings";
import { cloudName, freshCloud } from "./cloud-source";
import type { IconName } from "./icons";
import { NO_CONDITIONS } from "./schedule";
import { isWebAddress } from "./web-address";

/** What a source is: one entry of the choice that a new one begins with, or one that comes with the program. */
export type Kind = WebWhat["type"] | Exclude<SourceSpec["type"], "web">;

/** Kinds that a person can make, the most wanted first. */
export const MADE = ["folder", "cloud", "feed", "page", "urls", "api"] as const satisfies readonly Kind[];
export type MadeKind = (typeof MADE)[number];

export const KINDS: Record<Kind, { icon: IconName; name: string; about: string }> = {
    folder: {
        icon: "folder",
        name: "Folder",
        about: "Takes new images of a folder as they appear: scans, screenshots, a network share.",
    },
    cloud: {
        icon: "cloud",
        name: "Cloud folder",
        about: "Fetches new pictures of a folder on a storage, such as what a phone’s camera uploads.",
    },
    feed: {
        icon: "feed",
        name: "Feed",
        about: "Takes the images of new entries of an RSS, Atom or JSON feed.",
    },
    page: {
        icon: "globe",
        name: "Web page",
        about: "Takes the images of a page, and of the pages of the same site that it links to.",
    },
    urls: {
        icon: "list",
        name: "List of addresses",
        about: "Fetches images whose addresses you know, and again when they change.",
    },
    api: {
        icon: "braces",
        name: "JSON API",
        about: "Asks a server that answers in JSON, and fetches the images that the answer names.",
    },
    screen: { icon: "screen", name: "Screen", about: "Reads what you capture of the screen." },
    clipboard: { icon: "paste", name: "Clipboard", about: "Reads the images that you copy." },
    camera: { icon: "camera", name: "Camera", about: "Reads the pictures that you take in this window." },
};

export const kindOf = (spec: SourceSpec): Kind => (spec.type === "web" ? spec.what.type : spec.type);

/** Whether it goes and looks; the others are given what they take. */
export const looks = (spec: SourceSpec): boolean => ["folder", "web", "cloud"].includes(spec.type);

const PLAIN_FILING: Filing = {
    keep: "copy",
    tags: [],
    engine: null,
    languages: [],
    layout: "lines",
    name: null,
    move_to: null,
    notify: false,
    rules: [],
};

/** Whether nothing was said of what happens to the images. */
export function isPlain({ keep, tags, engine, languages, layout, name, move_to, notify, rules }: Filing): boolean {
    const lists = [tags, languages, rules];
    const said = [engine, name, move_to].some((one) => one !== null) || lists.some((list) => list.length > 0);
    return keep === PLAIN_FILING.keep && layout === PLAIN_FILING.layout && !said && !notify;
}

/** Long enough for a scanner that writes page after page, short enough to wait for. */
const QUIET_MS = 2_000;
const SIX_HOURS = 6 * 3600;
const HOUR = 3600;
/** Icons and buttons are smaller. */
const MIN_SIDE = 200;
const MOST = 200;

const ONLINE: Conditions = { ...NO_CONDITIONS, network: "connected" };

/** What a person who makes a source begins with. */
export function freshSource(kind: MadeKind, zone: string): SourceDraft {
    const folder = kind === "folder";
    const begun = { id: null, name: "", filing: PLAIN_FILING, zone, enabled: true };
    if (kind === "cloud") {
        const rule = { type: "every", seconds: HOUR } as const;
        return { ...begun, spec: freshCloud("web_dav", zone), rule, conditions: ONLINE };
    }
    return {
        ...begun,
        spec: folder
            ? { type: "folder", path: "", recursive: true, include: [], exclude: [], quiet_ms: QUIET_MS }
            : { type: "web", what: freshWhat(kind), headers: [], min_side: MIN_SIDE, most: MOST },
        rule: { type: "every", seconds: folder ? SIX_HOURS : HOUR },
        conditions: folder ? NO_CONDITIONS : ONLINE,
    };
}

function freshWhat(kind: WebWhat["type"], url = ""): WebWhat {
    switch (kind) {
        case "urls":
            return { type: "urls", urls: url === "" ? [] : [url] };
        case "page":
            return { type: "page", url, depth: 0 };
        case "feed":
            return { type: "feed", url };
        case "api":
            return { type: "api", url, path: "" };
    }
}

/** The same draft as another kind; what a person said that still fits is kept. */
export function asKind(draft: SourceDraft, kind: MadeKind): SourceDraft {
    if (kindOf(draft.spec) === kind) return draft;
    const fresh = freshSource(kind, draft.zone);
    const { spec } = draft;
    const { keep, move_to } = draft.filing;
    const filing: Filing = {
        ...draft.filing,
        keep: kind !== "folder" && keep === "in_place" ? "copy" : keep,
        move_to: kind === "folder" ? move_to : null,
    };
    if (kind === "folder" || kind === "cloud" || spec.type !== "web") return { ...fresh, name: draft.name, filing };
    return { ...draft, spec: { ...spec, what: freshWhat(kind, addresses(spec)[0]) }, filing };
}

/** The addresses that a source of the web asks; none for others. */
export function addresses(spec: SourceSpec): string[] {
    if (spec.type !== "web") return [];
    return spec.what.type === "urls" ? spec.what.urls : [spec.what.url];
}

/** What it is called when nobody gave it a name: the folder's own name, the host, or what it is. */
export function fallbackName(spec: SourceSpec): string {
    const kind = KINDS[kindOf(spec)].name;
    if (spec.type === "folder") return spec.path.split(/[/\\]/).filter(Boolean).pop() ?? kind;
    if (spec.type === "cloud") return cloudName(spec);
    const first = addresses(spec).find(isWebAddress);
    return first === undefined ? kind : new URL(first.trim()).host;
}
