// How passwords and tokens are kept, and the passphrase that opens them where this system has no keychain.

import { commands, type SecretsKept } from "./bindings";
import { toWireError } from "./errors";
import { live } from "./live.svelte";

class SecretsStore {
    /** `null` while it is not known. */
    kept = $state<SecretsKept | null>(null);
    /** What a person is asked for now: the passphrase, or to choose one. */
    asked = $state<"unlock" | "choose" | null>(null);
    #last = 0;
    /** What is to be done once they are open. */
    #then: (() => void) | null = null;

    /** Asks now, and whenever something that needs a secret changed: another window or a command may have unlocked them. */
    follow(): () => void {
        void this.refresh();
        return live.subscribe(async (stale) => {
            if (stale.storages || stale.sources) await this.refresh();
        });
    }

    async refresh(): Promise<void> {
        const one = ++this.#last;
        try {
            const { kept } = await commands.secrets_state();
            if (one === this.#last) this.kept = kept;
        } catch (thrown) {
            // What needs a secret says itself why it cannot have it.
            console.warn(toWireError(thrown).message);
        }
    }

    /** Opens them, or chooses the passphrase. Throws a `WireError` when it is another one, or too short. */
    async unlock(passphrase: string, chosen: boolean): Promise<void> {
        const { kept } = await commands.unlock_secrets({ passphrase, new: chosen });
        this.#last++;
        this.kept = kept;
        this.#then?.();
        this.#then = null;
    }

    /** Of something that a secret may be kept for, as it comes. Only a keychain that was given something tells that it keeps nothing. */
    async watching<T>(saving: Promise<T>): Promise<T> {
        try {
            return await saving;
        } catch (thrown) {
            void this.refresh();
            throw thrown;
        }
    }

    /** Asks the person for what opens them, and does something `then`. */
    ask(then: (() => void) | null = null): void {
        this.#then = then;
        this.asked = this.kept === "nowhere" ? "choose" : "unlock";
    }
}

export const secrets = new SecretsStore();
