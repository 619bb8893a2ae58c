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
    #anchor = -1;

    has(id: number): boolean {
        return this.ids.has(id);
    }

    clear(): void {
        this.ids.clear();
        this.active = -1;
        this.#anchor = -1;
    }

    /** Chooses by click or key. */
    async choose(index: number, id: number, { extend, toggle }: Modifiers, between: Between): Promise<void> {
        this.active = index;
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
