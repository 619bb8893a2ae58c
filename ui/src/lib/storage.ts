// The kinds of storages as a person chooses them, a new one of each, what is missing in a draft, and the draft as the
// service takes it.

import type {
    Provider,
    ProviderView,
    RcloneRuns,
    StorageDraft,
    StoragePlace,
    SyncContent,
    SyncDirection,
} from "./bindings";
import type { IconName } from "./icons";
import { missingHours, NO_CONDITIONS } from "./schedule";
import { isWebAddress } from "./web-address";

export type StorageKind = StoragePlace["type"];

/** The most wanted first. */
export const STORAGE_KINDS: readonly StorageKind[] = [
    "google_drive",
    "dropbox",
    "onedrive",
    "web_dav",
    "s3",
    "sftp",
    "folder",
    "rclone",
];

export const STORAGES: Record<StorageKind, { icon: IconName; name: string; about: string }> = {
    google_drive: {
        icon: "cloud",
        name: "Google Drive",
        about: "You sign in in the browser. Legible sees only the files that it made itself.",
    },
    dropbox: { icon: "cloud", name: "Dropbox", about: "You sign in in the browser. Legible sees only its own folder." },
    onedrive: {
        icon: "cloud",
        name: "OneDrive",
        about: "You sign in in the browser. Legible sees only its own folder.",
    },
    web_dav: {
        icon: "globe",
        name: "WebDAV",
        about: "Nextcloud, ownCloud, a box of your own, and many providers of mail and web space.",
    },
    s3: { icon: "bucket", name: "S3", about: "A bucket at Amazon, Backblaze, Cloudflare, MinIO and others alike." },
    sftp: { icon: "screen", name: "SFTP", about: "A server that you reach by ssh, with a key and without a password." },
    folder: {
        icon: "folder",
        name: "Folder",
        about: "A folder that another program keeps in the cloud, a disk, a network share.",
    },
    rclone: {
        icon: "boxes",
        name: "rclone",
        about: "A remote of your own rclone, which knows many more storages. It must be installed here.",
    },
};

/** Where a person signs in for it; none for the others. */
export const PROVIDERS: Partial<Record<StorageKind, Provider>> = {
    google_drive: "google_drive",
    dropbox: "dropbox",
    onedrive: "onedrive",
};

/** The kinds to begin with: those that can be used as this build is come first. */
export function beginWith(providers: readonly ProviderView[]): { kind: StorageKind; ready: boolean }[] {
    const isReady = (kind: StorageKind): boolean =>
        PROVIDERS[kind] === undefined || providers.some(({ provider, ready }) => ready && provider === PROVIDERS[kind]);
    const all = STORAGE_KINDS.map((kind) => ({ kind, ready: isReady(kind) }));
    return [...all.filter(({ ready }) => ready), ...all.filter(({ ready }) => !ready)];
}

export const providerOf = (place: StoragePlace): Provider | null => PROVIDERS[place.type] ?? null;

export const DIRECTIONS: Record<SyncDirection, { name: string; about: string }> = {
    both: {
        name: "Both ways",
        about: "What changes on one side changes on the other. What is deleted goes from both; here it goes to the trash.",
    },
    up: {
        name: "Only up",
        about: "A backup: what is here goes up. Nothing is removed there, and nothing changes here.",
    },
    down: {
        name: "Only down",
        about: "What is new there comes here. Nothing changes there, and nothing is removed here.",
    },
};

export const CONTENTS: Record<SyncContent, { name: string; about: string }> = {
    library: { name: "The whole library", about: "The images, and what is known of each: its text, tags and notes." },
    text: {
        name: "What is known of the images, without the pictures",
        about: "Texts, tags and notes of all images, in the files that lie beside them. The pictures stay here.",
    },
    markdown: {
        name: "The text as Markdown files",
        about: "One file for each image, for other programs to read. They are made of the library and follow it.",
    },
};

/** What is made of the library is not read back, whatever was chosen before. */
export const onlyGoesUp = ({ content }: StorageDraft): boolean => content !== "library";

/** Which side may change, after all that was said. */
export const directionOf = (draft: StorageDraft): SyncDirection => (onlyGoesUp(draft) ? "up" : draft.direction);

/** Whether it is brought in step soon after a change here: where nothing goes up, there is nothing to hurry for. */
export const followsChanges = (draft: StorageDraft): boolean => draft.on_change && directionOf(draft) !== "down";

/** Whether it is brought in step by itself, once it is switched on. */
export const goesByItself = (draft: StorageDraft): boolean => draft.rule !== null || followsChanges(draft);

/** What opens a storage; `null` for one that needs nothing of that. */
export const SECRETS: Record<StorageKind, string | null> = {
    web_dav: "Password",
    s3: "Secret key",
    sftp: null,
    folder: null,
    google_drive: null,
    dropbox: null,
    onedrive: null,
    rclone: "Password",
};

const HOUR = 3600;

const PLACES: Record<StorageKind, StoragePlace> = {
    web_dav: { type: "web_dav", url: "", folder: "Legible", user: "" },
    s3: {
        type: "s3",
        endpoint: "",
        region: "us-east-1",
        bucket: "",
        folder: "Legible",
        key_id: "",
        virtual_host: false,
    },
    sftp: { type: "sftp", host: "", port: null, user: null, key_file: null, folder: "Legible", trust_first: false },
    folder: { type: "folder", path: "" },
    google_drive: { type: "google_drive", folder: "Legible" },
    dropbox: { type: "dropbox", folder: "" },
    onedrive: { type: "onedrive", folder: "" },
    rclone: { type: "rclone", runs: { type: "own", program: null, config: null }, remote: "", folder: "Legible" },
};

/** What a person who adds a storage begins with. */
export const freshStorage = (kind: StorageKind, zone: string): StorageDraft => ({
    id: null,
    name: "",
    place: PLACES[kind],
    secret: null,
    sign_in: null,
    direction: "both",
    content: "library",
    kilobytes_a_second: null,
    rule: { type: "every", seconds: HOUR },
    on_change: false,
    zone,
    conditions: kind === "folder" ? NO_CONDITIONS : { ...NO_CONDITIONS, network: "connected" },
    enabled: true,
});

/** The same draft at a place of another kind; the rest of what a person said is kept. */
export function asStorageKind(draft: StorageDraft, kind: StorageKind): StorageDraft {
    if (draft.place.type === kind) return draft;
    const usual = (one: StorageKind) => freshStorage(one, draft.zone).conditions.network;
    const { place } = freshStorage(kind, draft.zone);
    const { network: said } = draft.conditions;
    const network = said === usual(draft.place.type) ? usual(kind) : said;
    return { ...draft, place, secret: null, sign_in: null, conditions: { ...draft.conditions, network } };
}

/** What it is called when nobody gave it a name: the folder's own name, the bucket, the host, or what it is. */
export function storageName(place: StoragePlace): string {
    const kind = STORAGES[place.type].name;
    switch (place.type) {
        case "folder":
            return place.path.split(/[/\\]/).filter(Boolean).pop() ?? kind;
        case "s3":
            return place.bucket.trim() || kind;
        case "sftp":
            return place.host.trim() || kind;
        case "web_dav":
            return hostOf(place.url) ?? kind;
        case "rclone":
            return place.remote.trim() || kind;
        case "google_drive":
        case "dropbox":
        case "onedrive":
            return kind;
    }
}

const hostOf = (url: string): string | null => (isWebAddress(url) ? new URL(url.trim()).host : null);

/** The address that a password is sent to; empty where there is none. */
function addressOf(place: StoragePlace): string {
    if (place.type === "web_dav") return place.url.trim();
    return place.type === "s3" ? place.endpoint.trim() : "";
}

const originOf = (place: StoragePlace): string | null => {
    const address = addressOf(place);
    return isWebAddress(address) ? new URL(address).origin : null;
};

/** Who is let in by the secret. */
function personOf(place: StoragePlace): string {
    if (place.type === "web_dav") return place.user.trim();
    return place.type === "s3" ? place.key_id.trim() : "";
}

/** Whether what opens it lies in the keychain already. It is for the server and the person that it was typed for, and for no other. */
export function keepsSecret({ place }: StorageDraft, before: StorageDraft): boolean {
    if (before.id === null || place.type !== before.place.type || SECRETS[place.type] === null) return false;
    if (place.type === "rclone" && before.place.type === "rclone")
        return JSON.stringify(place.runs) === JSON.stringify(before.place.runs);
    return (
        personOf(place) === personOf(before.place) &&
        originOf(place) !== null &&
        originOf(place) === originOf(before.place)
    );
}

/** Whether whoever listens on the way reads along. */
export function isReadable(place: StoragePlace): boolean {
    const address = addressOf(place);
    if (!isWebAddress(address)) return false;
    const { protocol, hostname } = new URL(address);
    return protocol === "http:" && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

const NO_ADDRESS = "It must begin with https:// or http://.";
const MOST_PORT = 65_535;

function missingPlace(place: StoragePlace): string | null {
    const empty = (text: string | null): boolean => (text ?? "").trim() === "";
    switch (place.type) {
        case "s3":
            if (empty(place.endpoint)) return "Give the address of the storage.";
            if (!isWebAddress(place.endpoint)) return `${place.endpoint.trim()} is no address. ${NO_ADDRESS}`;
            if (empty(place.bucket)) return "Name the bucket.";
            if (empty(place.region)) return "Name the region; us-east-1 where there are none.";
            return empty(place.key_id) ? "Give the key id." : null;
        case "web_dav":
            if (empty(place.url)) return "Give the address of the storage.";
            return isWebAddress(place.url) ? null : `${place.url.trim()} is no address. ${NO_ADDRESS}`;
        case "sftp":
            if (empty(place.host)) return "Name the server.";
            if (/[\s/@]/.test(place.host.trim()))
                return "The server is a name only; user and folder have their own fields.";
            if (place.port !== null && !(place.port >= 1 && place.port <= MOST_PORT))
                return `A port lies between 1 and ${MOST_PORT}.`;
            return empty(place.folder) ? "Name the folder on the server." : null;
        case "folder":
            return empty(place.path) ? "Choose the folder." : null;
        case "rclone":
            if (place.runs.type === "at" && !isWebAddress(place.runs.url))
                return "Give the address of the rclone that runs, such as http://127.0.0.1:5572.";
            return empty(place.remote) ? "Name the remote, as it is called in rclone." : null;
        case "google_drive":
        case "dropbox":
        case "onedrive":
            return null;
    }
}

/** An rclone whose configuration has no password, or that lets everybody on this machine in. */
const isOpenRclone = (place: StoragePlace): boolean =>
    place.type === "rclone" && (place.runs.type === "own" || place.runs.user.trim() === "");

function missingSecret(draft: StorageDraft, before: StorageDraft): string | null {
    const { place, secret } = draft;
    const name = SECRETS[place.type];
    const provider = PROVIDERS[place.type];
    if (provider !== undefined) {
        const stays = before.id !== null && PROVIDERS[before.place.type] === provider;
        return stays || draft.sign_in !== null ? null : `Sign in to ${STORAGES[place.type].name}.`;
    }
    const anonymous = (place.type === "web_dav" && place.user.trim() === "") || isOpenRclone(place);
    if (name === null || anonymous || (secret ?? "") !== "" || keepsSecret(draft, before)) return null;
    const again = before.id === null ? "" : " again: it was for another server";
    return `Give the ${name.toLowerCase()}${again}.`;
}

/** What must be mended before the service is asked; `null` when there is nothing. `before` is the storage as it was. */
export function missingStoragePart(draft: StorageDraft, before: StorageDraft): string | null {
    const { place, rule, conditions } = draft;
    if (rule?.type === "weekly" && rule.days.length === 0) return "Choose at least one day of the week.";
    return missingPlace(place) ?? missingSecret(draft, before) ?? missingHours(conditions);
}

/** The draft as the service takes it: named, and without spaces around what was typed. A secret is left as it is typed. */
export function wholeStorage(draft: StorageDraft): StorageDraft {
    const place = wholePlace(draft.place);
    const secret = SECRETS[place.type] === null ? null : draft.secret || null;
    const [direction, on_change] = [directionOf(draft), followsChanges(draft)];
    return { ...draft, name: draft.name.trim(), place, secret, direction, on_change };
}

function wholePlace(place: StoragePlace): StoragePlace {
    const filled = (text: string | null): string | null => text?.trim() || null;
    switch (place.type) {
        case "s3":
            return {
                ...place,
                endpoint: place.endpoint.trim(),
                region: place.region.trim(),
                bucket: place.bucket.trim(),
                folder: place.folder.trim(),
                key_id: place.key_id.trim(),
            };
        case "web_dav":
            return { ...place, url: place.url.trim(), folder: place.folder.trim(), user: place.user.trim() };
        case "sftp":
            return {
                ...place,
                host: place.host.trim(),
                user: filled(place.user),
                key_file: filled(place.key_file),
                folder: place.folder.trim(),
            };
        case "rclone":
            return {
                ...place,
                runs: wholeRuns(place.runs),
                remote: place.remote.trim().replace(/:$/, ""),
                folder: place.folder.trim(),
            };
        case "google_drive":
        case "dropbox":
        case "onedrive":
            return { ...place, folder: place.folder.trim() };
        case "folder":
            return place;
    }
}

function wholeRuns(runs: RcloneRuns): RcloneRuns {
    if (runs.type === "at") return { ...runs, url: runs.url.trim(), user: runs.user.trim() };
    return { ...runs, program: runs.program?.trim() || null, config: runs.config?.trim() || null };
}
