// The one item that is looked at.

import { commands, type ItemView, type WireError } from "./bindings";
import { toWireError } from "./errors";
import type { Listing } from "./listing.svelte";
import { live } from "./live.svelte";
import { touchesItem } from "./stale";
import { attempt } from "./toasts.svelte";

export class ItemStore {
    view = $state.raw<ItemView | null>(null);
    error = $state.raw<WireError | null>(null);
    previous = $state<number | null>(null);
    next = $state<number | null>(null);
    #id = 0;
    #list: Listing | null = null;
    #asked = 0;

    /** Shows an item; `list` says what comes before and after it and which hits to mark. */
    async show(id: number, list: Listing | null): Promise<void> {
        if (id !== this.#id) {
            this.view = null;
            this.error = null;
        }
        this.#id = id;
        this.#list = list;
        await Promise.all([this.refresh(), this.#findNeighbours()]);
    }

    /** Keeps the item current. */
    follow(): () => void {
        return live.subscribe((stale) => {
            if (touchesItem(stale, this.#id)) void this.refresh();
        });
    }

    async refresh(): Promise<void> {
        const asked = ++this.#asked;
        try {
            const view = await commands.item({ id: this.#id, query: this.#list?.query ?? "" });
            if (asked !== this.#asked) return;
            this.view = view;
            this.error = null;
        } catch (thrown) {
            if (asked !== this.#asked) return;
            this.error = toWireError(thrown);
        }
    }

    async saveTags(tags: string[]): Promise<void> {
        await this.#edit({ tags, note: null });
    }

    async saveNote(id: number, note: string): Promise<void> {
        await this.#edit({ tags: null, note }, id);
    }

    async #edit(change: { tags: string[] | null; note: string | null }, id = this.#id): Promise<void> {
        const view = await attempt(commands.edit_item({ id, ...change }));
        if (!view || id !== this.#id) return;
        // The answer knows no search, so the marked hits stay those of before.
        this.view = { ...view, hits: this.view?.hits ?? [] };
    }

    async #findNeighbours(): Promise<void> {
        this.previous = null;
        this.next = null;
        const id = this.#id;
        const index = this.#list?.indexOf(id) ?? -1;
        if (!this.#list || index < 0) return;
        const [before, after] = await Promise.all([this.#list.at(index - 1), this.#list.at(index + 1)]);
        if (id !== this.#id) return;
        this.previous = before?.id ?? null;
        this.next = after?.id ?? null;
    }
}
