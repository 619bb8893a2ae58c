// Small choices about how the window looks, kept for the next time. They are of this computer, not of the library.

const PREFIX = "legible.";

export class Remembered {
    #name: string;
    #on = $state(false);

    constructor(name: string, first: boolean) {
        this.#name = PREFIX + name;
        this.#on = (this.#stored() ?? String(first)) === "true";
    }

    get on(): boolean {
        return this.#on;
    }

    set on(on: boolean) {
        this.#on = on;
        try {
            localStorage.setItem(this.#name, String(on));
        } catch {
            // Where nothing can be kept it holds as long as the window.
        }
    }

    #stored(): string | null {
        try {
            return localStorage.getItem(this.#name);
        } catch {
            return null;
        }
    }
}

/** Whether the filters stand beside the grid. */
export const filtersShown = new Remembered("filters", false);
/** Whether what was recognised is marked in pictures. */
export const thingsShown = new Remembered("things", false);
