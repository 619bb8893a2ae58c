// Whether images can be searched for by a description of their looks: once a model that understands descriptions is here.

import { commands, type Models } from "./bindings";

export class Describes {
    can = $state(false);
    #ask: () => Promise<Models>;

    constructor(ask: () => Promise<Models> = commands.models) {
        this.#ask = ask;
    }

    /** Looks again; what cannot be told is as it was. */
    async look(): Promise<void> {
        try {
            this.can = (await this.#ask()).models.some(({ describes, installed }) => describes && installed);
        } catch {
            // The page of the models tells what is wrong.
        }
    }
}
