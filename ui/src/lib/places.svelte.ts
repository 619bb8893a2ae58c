// Where images were taken.

import { commands, type PlaceView, type WireError } from "./bindings";
import { toWireError } from "./errors";
import { live } from "./live.svelte";
import { touchesItems } from "./stale";

class PlaceList {
    all = $state.raw<PlaceView[]>([]);
    error = $state.raw<WireError | null>(null);
    loaded = $state(false);
    #asked = 0;

    /** Asks now and whenever images change. Returns the way to stop. */
    follow(): () => void {
        void this.refresh();
        return live.subscribe(async (stale) => {
            if (touchesItems(stale)) await this.refresh();
        });
    }

    async refresh(): Promise<void> {
        const asked = ++this.#asked;
        try {
            const { places } = await commands.places_of_items();
            if (asked !== this.#asked) return;
            this.all = places;
            this.error = null;
        } catch (thrown) {
            if (asked !== this.#asked) return;
            this.error = toWireError(thrown);
        }
        this.loaded = true;
    }
}

export const places = new PlaceList();

const DAY_MS = 86_400_000;

/** The days between which images were taken, such as "2024-08-02" and "2026-07-19", in words. */
export function daysWords(first: string | null, last: string | null): string {
    const day = (text: string): string | null => {
        const at = Date.parse(`${text}T00:00:00Z`);
        return Number.isNaN(at)
            ? null
            : new Intl.DateTimeFormat(undefined, { timeZone: "UTC", dateStyle: "medium" }).format(at);
    };
    const [from, to] = [first && day(first), last && day(last)];
    if (!from || !to) return from ?? to ?? "";
    if (first === last) return from;
    const days = Math.round((Date.parse(last ?? "") - Date.parse(first ?? "")) / DAY_MS) + 1;
    return `${from} to ${to}${days < 60 ? `, ${days} days` : ""}`;
}
