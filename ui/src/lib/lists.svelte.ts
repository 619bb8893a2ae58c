// The two lists of the window: the library and its trash.

import { live } from "./live.svelte";
import { Listing } from "./listing.svelte";
import { touchesItems } from "./stale";

export const library = new Listing(false);
export const trash = new Listing(true);

/** Keeps both lists current. */
export function followItems(): () => void {
    return live.subscribe(async (stale) => {
        if (!touchesItems(stale)) return;
        await Promise.all([library, trash].map((list) => list.answered !== null && list.refresh()));
    });
}
