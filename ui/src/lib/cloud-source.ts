// A folder on a storage as a source: a new one, what it shares with a storage that the library is kept in step with, its name.

import type { SourceDraft, SourceSpec, StorageDraft, WriteText } from "./bindings";
import {
    asStorageKind,
    freshStorage,
    missingStoragePart,
    STORAGE_KINDS,
    storageName,
    wholeStorage,
    type StorageKind,
} from "./storage";

export type CloudSpec = Extract<SourceSpec, { type: "cloud" }>;

/** Signing in opens the folder of this program alone, and no camera uploads to that. */
const SIGNED_IN: readonly StorageKind[] = ["google_drive", "dropbox", "onedrive"];
export const CLOUD_KINDS: readonly StorageKind[] = STORAGE_KINDS.filter((kind) => !SIGNED_IN.includes(kind));

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
        include: [],
        exclude: [],
        most_megabytes: null,
        write_text: "off",
    };
}

/** The storage that a source looks at, as the form of storages has it. */
export function storageOf({ id, zone, conditions }: SourceDraft, { place, secret }: CloudSpec): StorageDraft {
    return { ...freshStorage(place.type, zone), id, conditions, place, secret };
}

/** The same at another storage, or with another secret. */
export const atStorage = (spec: CloudSpec, { place = spec.place, secret }: Partial<StorageDraft>): CloudSpec => ({
    ...spec,
    place,
    secret: secret === undefined ? spec.secret : secret,
});

/** The same source at a place of another kind; the rest of what a person said is kept. */
export function atKind(draft: SourceDraft, spec: CloudSpec, kind: StorageKind): Partial<SourceDraft> {
    if (spec.place.type === kind) return {};
    const { conditions } = asStorageKind(storageOf(draft, spec), kind);
    const { place } = freshCloud(kind, draft.zone);
    return { spec: { ...spec, place, secret: null }, conditions };
}

/** What must be mended before the service is asked; `null` when there is nothing. */
export function missingCloud(draft: SourceDraft, spec: CloudSpec, before: SourceDraft): string | null {
    const was =
        before.spec.type === "cloud" ? storageOf(before, before.spec) : freshStorage(spec.place.type, draft.zone);
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
