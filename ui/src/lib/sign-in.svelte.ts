// One sign-in at a provider: the browser is opened, and it is waited until the person has signed in there.

import { commands, type Provider, type SignInFor, type WireError } from "./bindings";
import { toWireError } from "./errors";
import { secrets } from "./secrets.svelte";

export type SignInState = "idle" | "waiting" | "signed_in" | "failed";

export class SignIn {
    state = $state<SignInState>("idle");
    /** Why it came to nothing. */
    error = $state.raw<WireError | null>(null);
    /** Its number, once the browser was opened. */
    #id: number | null = null;
    /** Which attempt counts: the answer to one that was given up says nothing. */
    #attempt = 0;

    /** Opens the browser and waits. Gives the number of the sign-in, or `null` when it came to nothing. */
    async begin(provider: Provider, purpose: SignInFor): Promise<number | null> {
        this.cancel();
        const attempt = ++this.#attempt;
        [this.state, this.error] = ["waiting", null];
        try {
            const { id } = await commands.begin_sign_in({ provider, purpose });
            if (attempt !== this.#attempt) {
                void giveUp(id);
                return null;
            }
            this.#id = id;
            await this.openBrowser();
            await secrets.watching(commands.finish_sign_in({ id }));
            if (attempt !== this.#attempt) return null;
            this.state = "signed_in";
            return id;
        } catch (thrown) {
            if (attempt === this.#attempt) {
                [this.state, this.error] = ["failed", toWireError(thrown)];
                if (this.#id !== null) void giveUp(this.#id);
                this.#id = null;
            }
            return null;
        }
    }

    /** Opens the page again, if the browser lost it. */
    async openBrowser(): Promise<void> {
        if (this.#id !== null) await commands.open_page({ type: "sign_in", id: this.#id });
    }

    /** It is over; what was granted is given back. */
    cancel(): void {
        this.#attempt++;
        if (this.#id !== null) void giveUp(this.#id);
        this.#id = null;
        [this.state, this.error] = ["idle", null];
    }

    /** Somebody has taken what was granted. */
    taken(): void {
        this.#attempt++;
        this.#id = null;
        [this.state, this.error] = ["idle", null];
    }
}

const giveUp = (id: number): Promise<unknown> => commands.cancel_sign_in({ id }).catch(() => undefined);
