// Which items of a list are chosen, by mouse or keyboard.

import { SvelteSet } from "svelte/reactivity";

export interface Modifiers {
    /** Shift: from the anchor to here. */
    extend: boolean;
    /** Ctrl or Command: this one more or less. */
    toggle: boolean;
}

/** Numbers of the items between two places, both included. */
type Between = (first: number, last: number) => Promise<number[]>;

export class Selection {
    readonly ids = new SvelteSet<number>();
    /** Place of the item with the keyboard's attention; -1 for none. */
    active = $state(-1);
    #activeId: number | null = null;
    #anchor = -1;

    has(id: number): boolean {
        return this.ids.has(id);
    }

    clear(): void {
        this.ids.clear();
        this.active = -1;
        this.#activeId = null;
        this.#anchor = -1;
    }

    /** Moves the attention without choosing. */
    point(index: number, id: number): void {
        this.active = index;
        this.#activeId = id;
    }

    /** The list changed: the attention stays with its item, not with its place. */
    relocate(indexOf: (id: number) => number): void {
        if (this.#activeId === null) return;
        const index = indexOf(this.#activeId);
        if (index < 0 || index === this.active) return;
        if (this.#anchor >= 0) this.#anchor = Math.max(0, this.#anchor + index - this.active);
        this.active = index;
    }

    /** Chooses by click or key. */
    async choose(index: number, id: number, { extend, toggle }: Modifiers, between: Between): Promise<void> {
        this.point(index, id);
        if (extend && this.#anchor >= 0) {
            const [first, last] = [Math.min(this.#anchor, index), Math.max(this.#anchor, index)];
            const ids = await between(first, last);
            if (!toggle) this.ids.clear();
            ids.forEach((one) => this.ids.add(one));
            return;
        }
        this.#anchor = index;
        if (toggle) {
            if (!this.ids.delete(id)) this.ids.add(id);
            return;
        }
        this.ids.clear();
        this.ids.add(id);
    }

    async all(total: number, between: Between): Promise<void> {
        if (total === 0) return;
        const ids = await between(0, total - 1);
        this.ids.clear();
        ids.forEach((id) => this.ids.add(id));
    }
}
