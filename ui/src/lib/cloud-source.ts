// A folder on a storage as a source: a new one, what it shares with a storage that the library is kept in step with, what its
// person signs in for, its name.

import type { SignInFor, SourceDraft, SourceSpec, StorageDraft, WriteText } from "./bindings";
import {
    asStorageKind,
    freshStorage,
    missingStoragePart,
    providerOf,
    storageName,
    STORAGES,
    wholeStorage,
    type StorageKind,
} from "./storage";

export type CloudSpec = Extract<SourceSpec, { type: "cloud" }>;

/** What a storage is as a place of pictures: at a provider, more is asked for than for the folder of a library. */
export function aboutPictures(kind: StorageKind): string {
    const { about } = STORAGES[kind];
    return kind in SEEN ? `You sign in in the browser. ${SEEN[kind]}` : about;
}

const SEEN: Partial<Record<StorageKind, string>> = {
    google_drive: "Legible is let see all your files there.",
    dropbox: "Legible is let see what the program is registered for there: all your files, for camera uploads.",
    onedrive: "Legible is let see all your files there.",
};

/** What a person signs in for. */
export const purposeOf = ({ write_text }: CloudSpec): SignInFor =>
    write_text === "off" ? "pictures" : "pictures_and_texts";

/** What is asked of the provider of a place, for a person to know before; empty where nobody signs in. */
export function askedOf({ place, write_text }: CloudSpec): string {
    if (providerOf(place) === null) return "";
    const name = STORAGES[place.type].name;
    const all = `all your files at ${name}`;
    const may = write_text === "off" ? `read ${all}` : `read ${all}, and write there`;
    const does =
        write_text === "off"
            ? "It reads the pictures of this folder only."
            : "It reads the pictures of this folder only, and writes nothing but their texts beside them.";
    return `Legible will be able to ${may}: ${name} grants no single folders. ${does}`;
}

/** Whether who is signed in for a source is asked for no more than they granted before. */
export function servesStill(spec: CloudSpec, before: SourceDraft): boolean {
    if (before.id === null || before.spec.type !== "cloud") return false;
    const same = providerOf(spec.place) === providerOf(before.spec.place);
    return same && (spec.write_text === "off" || before.spec.write_text !== "off");
}

export const WRITES: Record<WriteText, { name: string; about: string }> = {
    off: { name: "Stays here", about: "Nothing changes on the storage." },
    plain: {
        name: "Also goes beside it, as plain text",
        about: "IMG_1.jpg gets IMG_1.jpg.txt, and that follows the text. A file that somebody else wrote is left alone.",
    },
    markdown: {
        name: "Also goes beside it, as Markdown",
        about: "IMG_1.jpg gets IMG_1.jpg.md, with tags and notes. A file that somebody else wrote is left alone.",
    },
};

/** A new one. The folder of a storage is one for the library; pictures lie elsewhere. */
export function freshCloud(kind: StorageKind, zone: string): CloudSpec {
    const { place } = freshStorage(kind, zone);
    return {
        type: "cloud",
        place: "folder" in place ? { ...place, folder: "" } : place,
        secret: null,
        sign_in: null,
        include: [],
        exclude: [],
        most_megabytes: null,
        write_text: "off",
    };
}

/** The storage that a source looks at, as the form of storages has it. */
export function storageOf({ id, zone, conditions }: SourceDraft, { place, secret, sign_in }: CloudSpec): StorageDraft {
    return { ...freshStorage(place.type, zone), id, conditions, place, secret, sign_in };
}

/** The same at another storage, with another secret, or by another sign-in. */
export const atStorage = (
    spec: CloudSpec,
    { place = spec.place, secret = spec.secret, sign_in = spec.sign_in }: Partial<StorageDraft>,
): CloudSpec => ({ ...spec, place, secret, sign_in });

/** The same source at a place of another kind; the rest of what a person said is kept. */
export function atKind(draft: SourceDraft, spec: CloudSpec, kind: StorageKind): Partial<SourceDraft> {
    if (spec.place.type === kind) return {};
    const { conditions } = asStorageKind(storageOf(draft, spec), kind);
    const { place } = freshCloud(kind, draft.zone);
    return { spec: { ...spec, place, secret: null, sign_in: null }, conditions };
}

/** What must be mended before the service is asked; `null` when there is nothing. */
export function missingCloud(draft: SourceDraft, spec: CloudSpec, before: SourceDraft): string | null {
    const { place, sign_in } = spec;
    const name = STORAGES[place.type].name;
    if (providerOf(place) !== null) {
        if ("folder" in place && place.folder.trim().replaceAll("/", "") === "")
            return "Name the folder that pictures are fetched from, such as Camera Uploads.";
        if (sign_in === null && !servesStill(spec, before))
            return before.id === null ? `Sign in to ${name}.` : `Sign in to ${name} again: more is asked for now.`;
    }
    const was = before.spec.type === "cloud" ? storageOf(before, before.spec) : freshStorage(place.type, draft.zone);
    return missingStoragePart(storageOf(draft, spec), was);
}

/** The source as the service takes it: without spaces around what was typed. */
export function wholeCloud(draft: SourceDraft, spec: CloudSpec): CloudSpec {
    return atStorage(spec, wholeStorage(storageOf(draft, spec)));
}

/** What it is called when nobody gave it a name: the last name of its folder, or what the storage is called. */
export function cloudName({ place }: CloudSpec): string {
    const folder = "folder" in place ? place.folder : "";
    return folder.split("/").filter(Boolean).pop() ?? storageName(place);
}
