// Where the window is.

import type { Place } from "./bindings";
import { library, trash } from "./lists.svelte";
import type { Listing } from "./listing.svelte";

export type PlainView =
    | "library"
    | "duplicates"
    | "places"
    | "trash"
    | "activity"
    | "sources"
    | "cloud"
    | "conflicts"
    | "schedules"
    | "reminders"
    | "settings";

export type Here =
    | { view: PlainView }
    /** `list` is the list the item was opened from, for previous and next. */
    | { view: "item"; id: number; list: Listing | null };

class Route {
    here = $state.raw<Here>({ view: "library" });
    #before: Here = { view: "library" };

    go(view: PlainView): void {
        this.here = { view };
    }

    open(id: number, list: Listing | null): void {
        if (this.here.view !== "item") this.#before = this.here;
        this.here = { view: "item", id, list };
    }

    /** From an item to where it was opened. */
    back(): void {
        if (this.here.view === "item") this.here = this.#before;
    }

    /** Where the desktop or a notification sends the window. */
    place(place: Place): void {
        if (place.view === "item") this.open(place.id, library.indexOf(place.id) >= 0 ? library : null);
        else this.go(place.view);
    }

    /** The list that search and selection act on. */
    get list(): Listing {
        return this.here.view === "trash" ? trash : library;
    }
}

export const route = new Route();
