// The two lists of the window: the library and its trash.

import { live } from "./live.svelte";
import { Listing } from "./listing.svelte";
import { touchesItems } from "./stale";

export const library = new Listing(false);
export const trash = new Listing(true);

/** Keeps both lists current. */
export function followItems(): () => void {
    return live.subscribe((stale) => {
        if (!touchesItems(stale)) return;
        for (const list of [library, trash]) if (list.answered !== null) void list.refresh();
    });
}
