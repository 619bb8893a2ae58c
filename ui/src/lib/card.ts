// What a card of the grid shows of an image: the whole picture or a part of it, and which words.

import type { ItemCard } from "./bindings";

/** Cropping a picture longer than this would show a strip without meaning. */
const LONG = 2.4;
/** An image with a code and no more text than this is there for the code. */
const CAPTION = 60;

/** Whether a code is what an image is about: a ticket or an invoice has one, too, but much text beside it. */
export function isCode({ codes, state, snippet }: ItemCard): boolean {
    if (codes.length === 0) return false;
    const text = (snippet?.parts ?? []).map((part) => part.text).join("");
    return state !== "text" || text.trim().length <= CAPTION;
}

/** Whether a picture is shown whole. Others are cropped to fill their card, from the top left, where text begins. */
export function shownWhole(card: ItemCard): boolean {
    const { width, height } = card;
    const long = width !== null && height !== null && Math.max(width / height, height / width) > LONG;
    return long || isCode(card);
}
