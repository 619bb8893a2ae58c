// A long list of items, held in pages: only what is looked at is asked for, and stale answers are dropped.

import { commands, type ItemCard, type ItemsPage, type ItemsQuery, type WireError } from "./bindings";
import { toWireError } from "./errors";
import { Selection } from "./selection.svelte";
import type { Range } from "./windowing";

export const PAGE = 100;
/** Page size while everything is fetched, such as for Select all. */
const BULK = 500;
/** Wait after a key stroke before asking. */
export const SEARCH_DELAY_MS = 80;

type Ask = (query: ItemsQuery) => Promise<ItemsPage>;

export class Listing {
    /** What stands in the search field. */
    query = $state("");
    /** The search that the shown cards answer; `null` until the first answer. */
    answered = $state<string | null>(null);
    total = $state(0);
    /** Cards by place in the list; places not fetched yet are empty. */
    cards = $state.raw<(ItemCard | undefined)[]>([]);
    error = $state.raw<WireError | null>(null);
    scrollTop = 0;
    readonly selection = new Selection();

    readonly trashed: boolean;
    #ask: Ask;
    /** Grows with everything that makes answers under way worthless. */
    #epoch = 0;
    /** Epoch in which each page was fetched or asked for. */
    #pages = new Map<number, number>();
    #range: Range = { first: 0, end: PAGE };
    #timer: ReturnType<typeof setTimeout> | undefined;

    constructor(trashed: boolean, ask: Ask = commands.items) {
        this.trashed = trashed;
        this.#ask = ask;
    }

    /** Takes what was typed; asks after a short pause. */
    search(query: string): void {
        this.query = query;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => void this.#begin(), SEARCH_DELAY_MS);
    }

    /** Clears the search at once. */
    clear(): void {
        this.query = "";
        clearTimeout(this.#timer);
        void this.#begin();
    }

    /** Something changed: what is in view is asked for again, what is not is when it comes into view. */
    refresh(): Promise<void> {
        this.#epoch++;
        return this.#load();
    }

    /** Tells which places are on the screen. */
    look(range: Range): void {
        this.#range = range;
        void this.#load();
    }

    indexOf(id: number): number {
        return this.cards.findIndex((card) => card?.id === id);
    }

    /** The card at a place, fetched if need be. */
    async at(index: number): Promise<ItemCard | undefined> {
        if (index < 0 || index >= this.total) return undefined;
        if (!this.cards[index]) await this.#fetch(Math.floor(index / PAGE));
        return this.cards[index];
    }

    /** Numbers of the items from one place to another, both included. */
    async ids(first: number, last: number): Promise<number[]> {
        const known = this.cards.slice(first, last + 1);
        if (known.length === last - first + 1 && known.every((card) => card !== undefined)) {
            return known.flatMap((card) => card?.id ?? []);
        }
        const ids: number[] = [];
        for (let offset = first; offset <= last;) {
            const limit = Math.min(BULK, last - offset + 1);
            const page = await this.#ask({ query: this.query, trashed: this.trashed, offset, limit });
            if (page.items.length === 0) break;
            ids.push(...page.items.map((card) => card.id));
            offset += page.items.length;
        }
        return ids;
    }

    /** Takes items off the screen at once, before the service has confirmed it. */
    drop(ids: readonly number[]): void {
        const gone = new Set(ids);
        const kept = this.cards.filter((card) => card === undefined || !gone.has(card.id));
        this.total = Math.max(0, this.total - (this.cards.length - kept.length));
        this.cards = kept;
        this.selection.clear();
    }

    async #begin(): Promise<void> {
        this.#epoch++;
        this.#pages.clear();
        this.#range = { first: 0, end: PAGE };
        await this.#fetch(0, true);
    }

    async #load(): Promise<void> {
        const first = Math.floor(this.#range.first / PAGE);
        const last = Math.floor(Math.max(this.#range.first, this.#range.end - 1) / PAGE);
        const due: Promise<void>[] = [];
        for (let page = first; page <= last; page++) {
            if (this.#pages.get(page) !== this.#epoch) due.push(this.#fetch(page));
        }
        await Promise.all(due);
    }

    async #fetch(page: number, anew = false): Promise<void> {
        const epoch = this.#epoch;
        const query = this.query;
        this.#pages.set(page, epoch);
        try {
            const answer = await this.#ask({ query, trashed: this.trashed, offset: page * PAGE, limit: PAGE });
            if (epoch !== this.#epoch) return;
            this.#take(answer, page, anew || query !== this.answered);
            this.answered = query;
            this.error = null;
        } catch (thrown) {
            if (epoch !== this.#epoch) return;
            this.#pages.delete(page);
            this.error = toWireError(thrown);
        }
    }

    #take(answer: ItemsPage, page: number, anew: boolean): void {
        // Filled and not sparse: array methods leave holes out.
        const cards = Array.from({ length: answer.total }, (_, i) => (anew ? undefined : this.cards[i]));
        answer.items.forEach((card, i) => (cards[page * PAGE + i] = card));
        if (anew) {
            this.selection.clear();
            this.scrollTop = 0;
        }
        this.cards = cards;
        this.total = answer.total;
        this.selection.relocate((id) => this.indexOf(id));
    }
}
