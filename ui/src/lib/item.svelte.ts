// The one item that is looked at.

import { commands, type ItemView, type JudgedPart, type WireError } from "./bindings";
import { toWireError } from "./errors";
import type { Listing } from "./listing.svelte";
import { live } from "./live.svelte";
import { touchesItem } from "./stale";
import { quoted } from "./outside";
import { attempt, toasts } from "./toasts.svelte";

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
        await this.refresh();
    }

    /** Keeps the item current. */
    follow(): () => void {
        return live.subscribe(async (stale) => {
            if (touchesItem(stale, this.#id)) await this.refresh();
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

    /** Says that a label or an object is wrong, or right after all, and offers to take that back. */
    async judge(part: JudgedPart, name: string, wrong: boolean): Promise<void> {
        const item = this.#id;
        const judged = await this.#judge(item, part, name, wrong);
        if (!judged || !wrong) return;
        const undo = { label: "Undo", run: () => void this.#judge(item, part, name, false) };
        toasts.show(`This image is no longer found by ${quoted(name)}`, undo);
    }

    async #judge(item: number, part: JudgedPart, name: string, wrong: boolean): Promise<boolean> {
        const view = await attempt(commands.judge_label({ item, part, name, wrong }));
        if (view && item === this.#id) this.view = { ...view, hits: this.view?.hits ?? [] };
        return view !== undefined;
    }

    async #edit(change: { tags: string[] | null; note: string | null }, id = this.#id): Promise<void> {
        const view = await attempt(commands.edit_item({ id, ...change }));
        if (!view || id !== this.#id) return;
        // The answer knows no search, so the marked hits stay those of before.
        this.view = { ...view, hits: this.view?.hits ?? [] };
    }

    /** Looks up what comes before and after the item in its list. */
    async findNeighbours(id: number, list: Listing | null): Promise<void> {
        const index = list?.indexOf(id) ?? -1;
        const [before, after] =
            list && index >= 0 ? await Promise.all([list.at(index - 1), list.at(index + 1)]) : [undefined, undefined];
        if (id !== this.#id) return;
        this.previous = before?.id ?? null;
        this.next = after?.id ?? null;
    }
}
