// What can be taken back: by the message that says what was done, and by Ctrl Z, the latest first.

import { toasts } from "./toasts.svelte";

/** Older ones are forgotten. */
const MOST = 50;

interface Offer {
    /** The message that offers it. */
    toast: number;
    back: () => void;
}

class Undo {
    #offers: Offer[] = [];

    /** Says what was done, and how it is taken back. */
    offer(words: string, back: () => void): void {
        const offer: Offer = { toast: -1, back };
        offer.toast = toasts.show(words, { label: "Undo", run: () => this.#take(offer) });
        this.#offers = [...this.#offers, offer].slice(-MOST);
    }

    /** Takes back what was done last and not taken back yet. */
    last(): void {
        const offer = this.#offers.at(-1);
        if (offer) this.#take(offer);
    }

    #take(offer: Offer): void {
        if (!this.#offers.includes(offer)) return;
        this.#offers = this.#offers.filter((one) => one !== offer);
        toasts.dismiss(offer.toast);
        offer.back();
    }
}

export const undo = new Undo();
