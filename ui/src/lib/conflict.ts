// Images that several machines changed, as a person settles them: all versions of one image together.

import type { DuplicateGroup, ItemCard, KeepOne, SyncConflict } from "./bindings";
import { plain } from "./outside";
import { onDay } from "./times";
import { bytes, plural } from "./words";

/** One version of an image. */
export interface Version {
    card: ItemCard;
    /** Where it lies in the library folder. */
    path: string;
    bytes: number;
    /** Whose it is and since when; none for the one that has the name. */
    kept: { device: string; here: boolean; day: string } | null;
}

/** The versions of one image, the one that has the name first. */
export interface Versions {
    /** The path of the image in the library folder. */
    of: string;
    versions: Version[];
}

/** Brings together what was kept beside the same image: a third machine may have kept its version, too. */
export function byImage(conflicts: readonly SyncConflict[]): Versions[] {
    const found = new Map<number, Versions>();
    for (const { of, device, here, day, card, path, other, ...rest } of conflicts) {
        const named: Version = { card: other, path: rest.other_path, bytes: rest.other_bytes, kept: null };
        const one = found.get(other.id) ?? { of, versions: [named] };
        one.versions.push({ card, path, bytes: rest.bytes, kept: { device, here, day } });
        found.set(other.id, one);
    }
    return [...found.values()];
}

/** What tells one from others, and from itself when a version is gone. */
export const versionsKey = ({ versions }: Versions): string => versions.map(({ card }) => card.id).join(" ");

export const idsOf = ({ versions }: Versions): number[] => versions.map(({ card }) => card.id);

/** What is asked of the service when one of them is kept. */
export const keepOnly = (all: Versions, { card }: Version): KeepOne => ({
    keep: card.id,
    others: idsOf(all).filter((id) => id !== card.id),
});

/** Whose version it is, and since when. */
export function versionWords({ kept }: Version, now: number): string {
    if (kept === null) return "The version under the name";
    const at = Date.parse(`${kept.day}T12:00`);
    const machine = kept.here ? "this machine" : plain(kept.device);
    return Number.isNaN(at) ? `As ${machine} had it` : `As ${machine} had it, kept ${onDay(at, now)}`;
}

/** What its file is called. */
export const fileName = ({ path }: Version): string => plain(path.slice(path.lastIndexOf("/") + 1));

/** "1200 × 900, 2.2 MB". */
export function versionFacts({ card, bytes: count }: Version): string {
    const size = card.width && card.height ? `${card.width} × ${card.height}` : "";
    return [size, bytes(count)].filter(Boolean).join(", ");
}

/** "2 conflicts". */
export const conflictsWords = (count: number): string => plural(count, "conflict");

/** As two look-alikes are laid beside each other to be compared. */
export const compared = ({ versions }: Versions, now: number): DuplicateGroup => ({
    images: versions.map((version) => ({
        card: version.card,
        bytes: version.bytes,
        format: null,
        path: "",
        compared: versionWords(version, now),
    })),
});
