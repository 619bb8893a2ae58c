// Sample sources in all the ways they can be, and their looks.

import type {
    BrokenSource,
    LookView,
    SourceDraft,
    SourceSpec,
    SourceView,
    WebWhat,
    WireError,
} from "../src/lib/bindings";
import { cloudName, freshCloud, type CloudSpec } from "../src/lib/cloud-source";
import { conditionWords } from "../src/lib/schedule";
import { addresses, freshSource, kindOf, KINDS } from "../src/lib/source";
import { BLANK_LOOK, BLANK_SOURCE } from "./blank";
import { ruleWords } from "./schedules";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function place(spec: SourceSpec): string {
    if (spec.type === "folder") return `new images from ${spec.path}${spec.recursive ? " and the folders in it" : ""}`;
    if (spec.type === "web") {
        const [first = "", ...others] = addresses(spec);
        return `images of ${first}${others.length > 0 ? ` and ${others.length} more` : ""}`;
    }
    if (spec.type === "cloud") {
        const beside = spec.write_text === "off" ? "" : " and writes their text beside them";
        return `new pictures of ${cloudName(spec)}${beside}`;
    }
    return { screen: "what you capture", clipboard: "images that you copy", camera: "pictures that you take" }[
        spec.type
    ];
}

export function sentence({ spec, rule, zone, conditions }: SourceDraft): string {
    const needs = conditionWords(conditions);
    const when = rule === null ? "" : `. ${ruleWords(rule, zone)}${needs === "" ? "" : `, when ${needs}`}`;
    return `Takes ${place(spec)}${when}`;
}

export const TIMEOUT: WireError = {
    code: "network",
    message: "photos.example.org did not answer within 30 seconds.",
    hint: "Legible tries again at the next look. Check the address if this goes on.",
};

const GONE: WireError = {
    code: "file",
    message: "The folder /media/mara/Card is not there.",
    hint: "Plug the disk in, or choose another folder. Nothing that was read is lost.",
};

const web = (what: WebWhat): Partial<SourceDraft> => ({
    spec: { type: "web", what, headers: [], min_side: 200, most: 200 },
});

function folder(path: string, change: Partial<Extract<SourceSpec, { type: "folder" }>> = {}): Partial<SourceDraft> {
    return { spec: { type: "folder", path, recursive: true, include: [], exclude: [], quiet_ms: 2000, ...change } };
}

const cloud = (place: CloudSpec["place"], change: Partial<CloudSpec> = {}): Partial<SourceDraft> => ({
    spec: { ...freshCloud("web_dav", "UTC"), place, ...change },
    conditions: freshSource("cloud", "UTC").conditions,
});

const REVOKED: WireError = {
    code: "network",
    message: "The storage does not let this user in with this password",
    hint: "Type the password again.",
};

const SIGNED_OUT: WireError = {
    code: "sign_in",
    message: "Dropbox does not let Legible in any more",
    hint: "Sign in again.",
};

export function sampleSources(scene: string, zone: string, now: number): SourceView[] {
    let id = 0;
    const made = (
        name: string,
        change: Partial<SourceDraft>,
        state: Partial<Omit<SourceView, "id" | "draft">> = {},
    ): SourceView => {
        const draft: SourceDraft = { ...freshSource("folder", zone), id: ++id, name, ...change };
        return { ...BLANK_SOURCE, id, draft, sentence: sentence(draft), ...state };
    };
    const builtIn = (spec: SourceSpec, enabled: boolean, state: Partial<SourceView> = {}): SourceView =>
        made(KINDS[kindOf(spec)].name, { spec, enabled, rule: null }, { built_in: true, ...state });
    const empty = scene === "empty";
    const list = [
        builtIn(
            { type: "screen", shortcut: "Ctrl+Shift+T", copy: true },
            true,
            empty ? {} : { watching: "Ctrl+Shift+T captures a region", found_at: now - 2 * HOUR, found: 1, items: 84 },
        ),
        builtIn({ type: "clipboard", min_side: 32, exclude: ["KeePass"] }, !empty, {
            watching: "Told by the system when something is copied",
        }),
        builtIn({ type: "camera" }, true),
    ];
    if (empty) return list;
    list.push(
        made(
            "Scans",
            {
                ...folder("/home/mara/Documents/Scans", { exclude: ["drafts/**"] }),
                filing: {
                    keep: "in_place",
                    languages: ["de"],
                    layout: "paragraphs",
                    tags: ["scans"],
                    engine: null,
                    name: "{date} {name}",
                    move_to: "/home/mara/Documents/Scans/Read",
                    notify: true,
                    rules: [
                        { when: "invoice", tags: ["invoices"], remind_days_before: 3 },
                        { when: "“tax office”", tags: ["tax"], remind_days_before: null },
                    ],
                },
            },
            {
                watching: "Told by the system as files change (inotify)",
                looked_at: now - 3 * MINUTE,
                found_at: now - 4 * DAY,
                found: 12,
                items: 1203,
                next: now + 5.9 * HOUR,
            },
        ),
        made("Office share", folder("/run/user/1000/gvfs/smb-share:server=nas,share=office"), {
            watching: "Network shares tell nothing, so it looks every 5 minutes",
            looked_at: now - 4 * MINUTE,
            found_at: now - 20 * MINUTE,
            found: 2,
            items: 310,
            active: { ...BLANK_LOOK, job: 70, state: "running", started_at: now - 40_000, words: "4,100 of 9,800" },
        }),
        made("Camera card", folder("/media/mara/Card/DCIM"), {
            watching: "The folder is not there",
            looked_at: now - 9 * DAY,
            found_at: now - 9 * DAY,
            found: 214,
            items: 214,
            next: now + 30 * MINUTE,
            problem: { at: now - 25 * MINUTE, error: GONE },
        }),
        made(
            "Phone",
            {
                ...cloud(
                    {
                        type: "web_dav",
                        url: "https://cloud.example.org/remote.php/dav/files/mara",
                        folder: "InstantUpload/Camera",
                        user: "mara",
                    },
                    { write_text: "plain", exclude: ["*.gif"] },
                ),
                rule: { type: "every", seconds: 900 },
            },
            {
                looked_at: now - 6 * MINUTE,
                found_at: now - 2 * HOUR,
                found: 3,
                items: 2210,
                next: now + 9 * MINUTE,
                active: {
                    ...BLANK_LOOK,
                    job: 72,
                    state: "running",
                    started_at: now - 9_000,
                    words: "12 of 340: IMG_2041.jpg",
                },
                remark: "1 text was not written: IMG_2012.jpg.txt: a file of that name is there already, and Legible did not write it as it is",
            },
        ),
        made(
            "Camera Uploads",
            { ...cloud({ type: "dropbox", folder: "Camera Uploads" }), rule: { type: "every", seconds: 900 } },
            { looked_at: now - 2 * HOUR, items: 311, problem: { at: now - 12 * MINUTE, error: SIGNED_OUT } },
        ),
        made(
            "Office bucket",
            {
                ...cloud({
                    type: "s3",
                    endpoint: "https://s3.example.org",
                    region: "us-east-1",
                    bucket: "office",
                    folder: "scans",
                    key_id: "AKIA1",
                    virtual_host: false,
                }),
            },
            { looked_at: now - 3 * DAY, items: 12, problem: { at: now - 20 * MINUTE, error: REVOKED } },
        ),
        made(
            "photos.example.org",
            {
                ...web({ type: "api", url: "https://photos.example.org/api/latest", path: "$.photos[*].url" }),
                spec: {
                    type: "web",
                    what: { type: "api", url: "https://photos.example.org/api/latest", path: "$.photos[*].url" },
                    headers: [{ name: "Authorization", value: null, secret: true }],
                    min_side: 200,
                    most: 200,
                },
                rule: { type: "every", seconds: 3600 },
            },
            {
                looked_at: now - 5 * HOUR,
                found_at: now - 30 * DAY,
                found: 4,
                items: 56,
                next: now + 12 * MINUTE,
                problem: { at: now - 48 * MINUTE, error: TIMEOUT },
            },
        ),
        made(
            "Comics \u202Ecilbup",
            {
                ...web({ type: "feed", url: "https://comics.example.org/feed.xml" }),
                rule: { type: "daily", at: "07:00" },
            },
            { looked_at: now - 2 * HOUR, next: now + 22 * HOUR },
        ),
        made(
            "Notices of the town",
            {
                ...web({ type: "page", url: "https://town.example.org/notices", depth: 1 }),
                rule: { type: "weekly", days: ["monday"], at: "08:00" },
                conditions: { ...freshSource("page", zone).conditions, network: "unmetered" },
                zone: "Europe/Vienna",
            },
            {
                waiting_for: ["an unmetered network"],
                active: { ...BLANK_LOOK, job: 71, asked_at: now - 20 * MINUTE },
            },
        ),
        made(
            "Webcams",
            {
                ...web({ type: "urls", urls: ["https://cam.example.org/1.jpg", "https://cam.example.org/2.jpg"] }),
                rule: null,
                enabled: false,
            },
            { looked_at: now - 40 * DAY, found_at: now - 40 * DAY, found: 2, items: 2 },
        ),
    );
    const many = scene === "huge" ? 300 : 0;
    for (let i = 1; i <= many; i++) list.push(made(`Folder ${i}`, folder(`/srv/folders/${i}`)));
    return list;
}

export const BROKEN_SOURCES: BrokenSource[] = [
    { id: 901, name: "Moon \u202Esotohp", problem: "its kind “telescope” is unknown to this version" },
];

export function sampleLooks(source: SourceView, now: number): LookView[] {
    const ended = (hours: number, words: string, change: Partial<LookView> = {}): LookView => {
        const at = now - hours * HOUR;
        const look = { ...BLANK_LOOK, job: 9000 + hours, asked_at: at, started_at: at, finished_at: at + 1400, words };
        return { ...look, state: "succeeded", ...change };
    };
    const list = source.active ? [source.active] : [];
    if (source.looked_at === null) return list;
    if (source.problem) list.push(ended(1, "", { state: "failed", error: source.problem.error }));
    return [
        ...list,
        ended(6, "nothing new"),
        ended(12, "nothing new"),
        ended(18, "12 new, 3 in the library already"),
        ended(24, "", { state: "cancelled" }),
        ...Array.from({ length: 9 }, (_, i) => ended(30 + 6 * i, "nothing new")),
    ];
}
