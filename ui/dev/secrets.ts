// The passphrase of the secrets, in memory: locked in the scene "locked", nowhere kept in the scene "keyless".

import type { Event, SecretsKept, SecretsState, UnlockSecrets, WireError } from "../src/lib/bindings";

/** What opens the secrets of the scene "locked". */
const PASSPHRASE = "correct horse";
const AT_LEAST = 8;

export function secretsBackend(scene: string, tell: (event: Event) => void) {
    const first: Record<string, SecretsKept> = { locked: "locked", keyless: "nowhere" };
    let kept: SecretsKept = first[scene] ?? "keychain";
    const refused = (message: string, hint: string): never => {
        throw { code: "locked", message, hint } satisfies WireError;
    };
    return {
        secrets_state: (): SecretsState => ({ kept }),
        unlock_secrets: ({ passphrase, new: chosen }: UnlockSecrets): SecretsState => {
            if (chosen && passphrase.length < AT_LEAST)
                refused(`A passphrase needs at least ${AT_LEAST} characters`, "Take a few words.");
            if (!chosen && passphrase !== PASSPHRASE) refused("That is not the passphrase", "Type it again.");
            kept = "unlocked";
            tell({ type: "storages_changed" });
            return { kept };
        },
    };
}
