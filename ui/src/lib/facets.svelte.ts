// The filters that stand in a search, and those that could: asked for again when the search or the library changes.

import { commands, type Chip, type FacetGroup, type FacetsQuery, type FacetsView, type WireError } from "./bindings";
import { toWireError } from "./errors";
import { parts } from "./search-text";

type Ask = (query: FacetsQuery) => Promise<FacetsView>;

export class Facets {
    chips = $state.raw<Chip[]>([]);
    groups = $state.raw<FacetGroup[]>([]);
    /** The search that these answer. */
    answered = $state("");
    loaded = $state(false);
    error = $state.raw<WireError | null>(null);
    #ask: Ask;
    #asked = 0;

    constructor(ask: Ask = commands.facets) {
        this.#ask = ask;
    }

    /** Asks about a search. Counting costs something: with `all` false only the filters in the search are asked for, and
     * not even those where there are none. */
    async look(query: string, trashed: boolean, all: boolean): Promise<void> {
        const asked = ++this.#asked;
        if (!all && parts(query).every(({ field }) => field === null)) {
            this.chips = [];
            this.answered = query;
            return;
        }
        try {
            const view = await this.#ask({ query, trashed });
            if (asked !== this.#asked) return;
            this.chips = view.chips;
            this.groups = view.groups;
            this.answered = query;
            this.error = null;
        } catch (thrown) {
            if (asked !== this.#asked) return;
            this.error = toWireError(thrown);
        }
        this.loaded = true;
    }
}
