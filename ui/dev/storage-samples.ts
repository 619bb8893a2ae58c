// Sample storages in all the ways they can be, and a plan for each.

import type {
    FolderIs,
    StorageDraft,
    StoragePlace,
    StorageView,
    SyncCount,
    SyncPlan,
    SyncProgress,
    SyncQuestion,
    SyncStep,
    SyncTransfer,
    SyncWhat,
    WireError,
} from "../src/lib/bindings";
import { conditionWords } from "../src/lib/schedule";
import { freshStorage } from "../src/lib/storage";
import { BLANK_PLAN, BLANK_STORAGE, BLANK_SYNC } from "./blank";
import { ruleWords } from "./schedules";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The job of the storage that is brought in step just now. */
export const SYNC_JOB = 80;

function placeWords(place: StoragePlace): string {
    const below = (folder: string): string => (folder === "" ? "" : `${folder} of `);
    switch (place.type) {
        case "s3":
            return `${below(place.folder)}the bucket ${place.bucket} at ${place.endpoint}`;
        case "web_dav":
            return below(place.folder) + place.url;
        case "sftp":
            return `${place.folder} on ${place.host}`;
        case "folder":
            return place.path;
        case "dropbox":
            return place.folder === "" ? "Dropbox" : `${place.folder} on Dropbox`;
        case "onedrive":
            return place.folder === "" ? "OneDrive" : `${place.folder} on OneDrive`;
        case "google_drive":
            return `${place.folder || "Legible"} on Google Drive`;
        case "rclone":
            return `${place.remote}:${place.folder} of rclone`;
    }
}

export function storageSentence({ place, direction, content, rule, on_change, ...draft }: StorageDraft): string {
    const where = placeWords(place);
    const library = {
        both: `keeps the library in step with ${where}`,
        up: `backs the library up to ${where}`,
        down: `fetches what is new in ${where} into the library`,
    }[direction];
    const what = {
        library,
        text: `sends what is known of the images, without these, to ${where}`,
        markdown: `sends the text of the images as Markdown to ${where}`,
    }[content];
    const needs = conditionWords(draft.conditions);
    const clock = rule === null ? "" : ruleWords(rule, draft.zone);
    const soon = clock === "" ? "Soon after each change" : " and soon after each change";
    const when = `${clock}${on_change ? soon : ""}` || "When you say so";
    return `${when}${needs === "" ? "" : `, when ${needs}`}, ${what}.`;
}

export const FOUND = [
    "It refuses to overwrite what another machine has just changed.",
    "It tells no hashes: transfers are checked by their size.",
];

export const REFUSED: WireError = {
    code: "network",
    message: "cloud.example.org did not take the password of mara.",
    hint: "Type the password again under Edit. Nextcloud wants one that is made for this program.",
};

const SIGNED_OUT: WireError = {
    code: "sign_in",
    message: "Dropbox does not let Legible in any more",
    hint: "Sign in again. What was in step stays as it is.",
};

const dav = {
    type: "web_dav",
    url: "https://cloud.example.org/remote.php/dav/files/mara",
    folder: "Legible",
    user: "mara",
} as const satisfies StoragePlace;
const bucket: StoragePlace = {
    type: "s3",
    endpoint: "https://s3.eu-central-1.example.com",
    region: "eu-central-1",
    bucket: "mara-pictures",
    folder: "legible",
    key_id: "AKIAEXAMPLE",
    virtual_host: false,
};
const nas: StoragePlace = {
    type: "sftp",
    host: "nas.local",
    port: 2222,
    user: "mara",
    key_file: null,
    folder: "/srv/legible",
    trust_first: true,
};

export function sampleStorages(scene: string, zone: string, now: number): StorageView[] {
    if (scene === "empty") return [];
    let id = 0;
    const made = (draft: Partial<StorageDraft>, state: Partial<StorageView> = {}): StorageView => {
        const whole: StorageDraft = { ...freshStorage("web_dav", zone), id: ++id, ...draft };
        return { ...BLANK_STORAGE, id, draft: whole, sentence: storageSentence(whole), found: FOUND, ...state };
    };
    const running: Partial<StorageView> = { job: SYNC_JOB, doing: "412 of 9800 files", in_step: 8_911 };
    const rested: Partial<StorageView> = { next: now + 37 * MINUTE, in_step: 9_214 };
    const list = [
        made(
            { name: "Nextcloud", place: dav, on_change: true },
            {
                ...(scene === "busy" ? running : rested),
                last: {
                    ...BLANK_SYNC,
                    at: now - 23 * MINUTE,
                    uploaded: 12,
                    downloaded: 3,
                    merged: 1,
                    bytes: 18_400_000,
                },
            },
        ),
        made(
            {
                name: "Backup",
                place: bucket,
                direction: "up",
                rule: { type: "daily", at: "02:30" },
                conditions: { ...freshStorage("s3", zone).conditions, network: "unmetered", ac_power: true },
                kilobytes_a_second: 500,
            },
            {
                next: now + 9 * HOUR,
                in_step: 9_201,
                problem: { at: now - 41 * MINUTE, error: REFUSED },
                found: [
                    "It overwrites whatever it is told to. Legible looks just before, so two machines that change one " +
                        "file in the same second can still get in each other’s way.",
                    "It tells hashes, by which each transfer is checked.",
                ],
            },
        ),
        made(
            { name: "NAS at home", place: nas, rule: null },
            {
                in_step: 9_214,
                last: {
                    ...BLANK_SYNC,
                    at: now - 3 * HOUR,
                    questions: [{ type: "other_folder", marked: false, answer: null }],
                },
            },
        ),
        made(
            {
                name: "Dropbox \u202Eredlof",
                place: { type: "folder", path: "/home/mara/Dropbox/Legible" },
                conditions: freshStorage("folder", zone).conditions,
            },
            {
                next: now + 12 * MINUTE,
                in_step: 9_207,
                last: {
                    ...BLANK_SYNC,
                    at: now - 2 * DAY,
                    downloaded: 4,
                    bytes: 2_100_000,
                    kept_both: [
                        "2026/11/letter (conflict, fenja, 2026-11-20, 1a2b3c4d).png",
                        "2026/11/invoice 4711 (conflict, fenja, 2026-11-20, 77e01b2c).png",
                    ],
                    problems: [
                        { name: "2026/notes?.md", message: "this folder takes no “?” in names" },
                        { name: "2026/scan.png", message: "it is open in another program" },
                    ],
                    problem_count: 7,
                },
            },
        ),
    ];
    list.push(
        made(
            {
                name: "Texts for my notes",
                place: { type: "folder", path: "/home/mara/Notes/Images" },
                conditions: freshStorage("folder", zone).conditions,
                content: "markdown",
                direction: "up",
                rule: null,
                on_change: true,
                enabled: scene !== "full",
            },
            { in_step: 9_102, last: { ...BLANK_SYNC, at: now - 90 * MINUTE, uploaded: 7, bytes: 31_000 } },
        ),
    );
    list.push(
        made(
            { name: "Dropbox", place: { type: "dropbox", folder: "Legible" } },
            { next: now + 21 * MINUTE, in_step: 9_214, problem: { at: now - 2 * HOUR, error: SIGNED_OUT } },
        ),
    );
    if (scene === "busy")
        list.push(
            made(
                { name: "Camera uploads", place: { ...dav, folder: "Camera" }, direction: "down" },
                { job: 81, waiting_for: ["an unmetered network", "AC power"] },
            ),
        );
    return list;
}

/** What a storage tells while it is brought in step, at a fraction of all of it. */
export function sampleProgress(storage: number, fraction: number): SyncProgress {
    const [files, bytes] = [9_800, 4_210_000_000];
    const at = Math.floor(fraction * files);
    return {
        storage,
        files,
        files_done: at,
        bytes,
        bytes_done: Math.floor(fraction * bytes),
        fraction,
        seconds_left: fraction < 0.02 ? null : Math.round((1 - fraction) * 2_400),
        under_way: STEPS.slice(at % 400).slice(0, 4),
    };
}

/** More files than are told. */
const STEPS: SyncStep[] = Array.from({ length: 500 }, (_, i) => ({
    path: `2026/${String((i % 12) + 1).padStart(2, "0")}/${["receipt", "letter", "收据", "scan"][i % 4]} ${i + 1}.png`,
    what: (["upload", "upload", "download", "compare"] as const)[i % 4] ?? "upload",
    bytes: i % 4 === 3 ? 0 : 120_000 + ((i * 7919) % 900_000),
}));

/** What was moved to and from a storage; one file failed. */
export const sampleTransfers = ({ last }: StorageView): SyncTransfer[] =>
    last === null
        ? []
        : STEPS.slice(0, 120).map((step, i) => ({
              ...step,
              at: last.at - i * 1_700,
              problem: i === 2 ? "the storage has no room for it" : null,
          }));

function counted(steps: readonly SyncStep[]): SyncCount[] {
    return [...new Set(steps.map(({ what }) => what))].map((what) => {
        const its = steps.filter((step) => step.what === what);
        return { what, files: its.length, bytes: its.reduce((sum, { bytes }) => sum + bytes, 0) };
    });
}

/** In the place of a disk that was kept in step lies an empty one. */
function replacedDisk(folder: FolderIs | null): SyncPlan {
    const asked: SyncQuestion = { type: "other_folder", marked: false, answer: folder };
    const [what, each]: [SyncWhat, number] = folder === "same" ? ["trash_here", 0] : ["upload", 455_000];
    if (folder === null) return { ...BLANK_PLAN, questions: [asked] };
    return {
        ...BLANK_PLAN,
        steps: STEPS.map((step) => ({ ...step, what, bytes: each && step.bytes })),
        count: 9_214,
        counts: [{ what, files: 9_214, bytes: 9_214 * each }],
        bytes: 9_214 * each,
        questions: folder === "same" ? [asked, { type: "empty", remote: true, had: 9_214 }] : [asked],
    };
}

export function samplePlan({ draft, last }: StorageView, folder: FolderIs | null): SyncPlan {
    if (draft.name === "NAS at home") return replacedDisk(folder);
    if (last === null)
        return {
            ...BLANK_PLAN,
            steps: STEPS,
            count: 9_214,
            counts: [
                { what: "upload", files: 6_908, bytes: 3_150_000_000 },
                { what: "download", files: 212, bytes: 1_050_000_000 },
                { what: "compare", files: 2_094, bytes: 0 },
            ],
            bytes: 4_200_000_000,
            problems: [{ name: "2026/CON.png", message: "the storage takes no file of this name" }],
            problem_count: 1,
            questions: [{ type: "first_meeting", local: 9_214, remote: 212 }],
        };
    if (last.kept_both.length > 0) return { ...BLANK_PLAN, problems: last.problems, problem_count: last.problem_count };
    const steps = [
        ...STEPS.slice(0, 5),
        ...STEPS.slice(5, 7).map((step) => ({ ...step, what: "remove_there" as const, bytes: 0 })),
    ];
    const bytes = steps.reduce((sum, step) => sum + step.bytes, 0);
    return { ...BLANK_PLAN, steps, count: steps.length, counts: counted(steps), bytes };
}
