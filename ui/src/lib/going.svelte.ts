// The current one of rows that are settled one after the other, and the focus in it: rows go away under it, and whoever was
// at work goes on at the next.

import { tick } from "svelte";

export class Going {
    /** The place of the current row, from 0. */
    current = $state(0);
    /** Whether a person has settled something here. */
    atWork = false;
    readonly #rows: () => ArrayLike<HTMLElement>;

    /** `rows` are those that are drawn now. */
    constructor(rows: () => ArrayLike<HTMLElement>) {
        this.#rows = rows;
    }

    /** Makes a row the current one, with the focus. */
    async to(place: number): Promise<void> {
        this.current = place;
        await tick();
        this.#rows()[place]?.focus();
    }

    /** After rows went away, at once or when the service says so: one of them is current still, and the focus is not
     * left behind. */
    async on(): Promise<void> {
        await tick();
        const last = this.#rows().length - 1;
        this.current = Math.max(0, Math.min(this.current, last));
        if (this.atWork && last >= 0 && document.activeElement === document.body) await this.to(this.current);
    }
}
