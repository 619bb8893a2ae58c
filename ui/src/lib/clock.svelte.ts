// A clock of seconds for what runs just now. It ticks only while something on the screen reads it.

import { createSubscriber } from "svelte/reactivity";

const TICK_MS = 1000;

class SecondClock {
    #subscribe = createSubscriber((update) => {
        const timer = setInterval(update, TICK_MS);
        return () => clearInterval(timer);
    });

    /** Now, in ms since the Unix epoch. */
    get now(): number {
        this.#subscribe();
        return Date.now();
    }
}

export const seconds = new SecondClock();
