// Saving a storage, which tries it first and so may take long: a person can stop waiting and go on with the draft.

import { commands, type StorageDraft, type StorageView, type WireError } from "./bindings";
import { quoted } from "./outside";
import { storages } from "./storages.svelte";
import { attempt, toasts } from "./toasts.svelte";

const STOPPED: WireError = { code: "cancelled", message: "Stopped. Nothing was saved.", hint: null };

export class Trying {
    running = $state(false);
    #stop: () => void = () => undefined;

    /** Throws a `WireError` when it cannot be used, and when a person stopped it. */
    async save(draft: StorageDraft): Promise<StorageView> {
        this.running = true;
        let stopped = false;
        const end = new Promise<never>((_, reject) => {
            this.#stop = () => {
                stopped = true;
                reject(STOPPED);
            };
        });
        const saving = storages.save(draft);
        // The service goes on with what was begun, and an answer may still come.
        saving.then(
            (late) => stopped && void takenBack(late, draft.id === null),
            () => undefined,
        );
        try {
            return await Promise.race([saving, end]);
        } finally {
            this.running = false;
            this.#stop = () => undefined;
        }
    }

    stop(): void {
        this.#stop();
    }
}

/** A new storage that nobody wants any more goes; a change that was made after all is told. */
async function takenBack({ id, draft }: StorageView, fresh: boolean): Promise<void> {
    if (!fresh) {
        toasts.show(`${quoted(draft.name)}: the change was saved after all`);
        return;
    }
    await attempt(commands.remove_storage({ id }));
    await storages.refresh();
}
