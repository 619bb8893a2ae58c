// The menu that opens under the pointer or under a button.

import type { IconName } from "./icons";

export interface Entry {
    label: string;
    icon?: IconName;
    danger?: boolean;
    run: () => void;
}

class Menu {
    entries = $state.raw<Entry[]>([]);
    x = $state(0);
    y = $state(0);
    #opener: HTMLElement | null = null;

    open(entries: Entry[], x: number, y: number): void {
        this.#opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
        this.entries = entries;
        this.x = x;
        this.y = y;
    }

    /** Opens below a button. */
    under(button: HTMLElement, entries: Entry[]): void {
        const place = button.getBoundingClientRect();
        this.open(entries, place.left, place.bottom + 4);
    }

    close(): void {
        if (this.entries.length === 0) return;
        this.entries = [];
        this.#opener?.focus({ preventScroll: true });
    }
}

export const menu = new Menu();
