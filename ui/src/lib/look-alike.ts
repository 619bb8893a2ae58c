// Images that look alike, in words and numbers.

import type { DuplicateGroup, DuplicateImage } from "./bindings";
import type { Question } from "./confirm.svelte";
import { bytes, plural } from "./words";

/** What tells a group from others: its images. */
export const groupKey = ({ images }: DuplicateGroup): string => images.map(({ card }) => card.id).join(" ");

/** The service puts the best first. */
export const bestOf = ({ images }: DuplicateGroup): DuplicateImage | undefined => images[0];

export const othersOf = ({ images }: DuplicateGroup, kept: DuplicateImage): DuplicateImage[] =>
    images.filter(({ card }) => card.id !== kept.card.id);

/** Bytes that are free when only one is kept. */
export const spareOf = (group: DuplicateGroup, kept: DuplicateImage): number =>
    othersOf(group, kept).reduce((sum, image) => sum + image.bytes, 0);

/** "12 groups, 31 images, 48 MB could be freed". */
export function headWords(groups: number, images: number, spare: number): string {
    const words = `${plural(groups, "group")}, ${plural(images, "image")}`;
    return spare > 0 ? `${words}, ${bytes(spare)} could be freed` : words;
}

/** "1200 × 900, JPEG, 2.2 MB". */
export function imageFacts({ card, format, bytes: count }: DuplicateImage): string {
    const size = card.width && card.height ? `${card.width} × ${card.height}` : "";
    return [size, format?.toUpperCase(), bytes(count)].filter(Boolean).join(", ");
}

/** What is asked before the best of each group is kept. */
export function keepAllQuestion(groups: readonly DuplicateGroup[]): Question {
    const count = groups.reduce((sum, { images }) => sum + images.length - 1, 0);
    const spare = groups.reduce((sum, group) => {
        const best = bestOf(group);
        return sum + (best ? spareOf(group, best) : 0);
    }, 0);
    return {
        title: `Keep the best of ${plural(groups.length, "group")}?`,
        body: `${plural(count, "image")} with ${bytes(spare)} go to the trash, where they can be taken back from. Tags and notes are added to those that stay.`,
        action: `Move ${plural(count, "image")} to the trash`,
    };
}

/** The place that a key leads to in a row of so many; it ends at the ends. */
export function moved(key: string, at: number, count: number): number | null {
    const to = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, Home: 0, End: count - 1 }[key];
    return to === undefined || count === 0 ? null : Math.max(0, Math.min(count - 1, to));
}
