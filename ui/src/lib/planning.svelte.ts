// A plan of a storage while a person looks at it: made anew for what they say of its folder, and left when they close it.

import { commands, type FolderIs, type SyncPlan, type WireError } from "./bindings";
import { toWireError } from "./errors";

export class Planning {
    /** The last one; while another is made, it only says what is asked. */
    plan = $state.raw<SyncPlan | null>(null);
    error = $state.raw<WireError | null>(null);
    looking = $state(false);
    /** What the person says that the folder on the storage is. */
    folder = $state.raw<FolderIs | null>(null);
    /** What they agree to, by the place of the question. */
    agreed = $state<boolean[]>([]);
    #asked = 0;

    constructor(readonly storage: number) {}

    async look(folder: FolderIs | null = null): Promise<void> {
        const mine = ++this.#asked;
        this.folder = folder;
        this.agreed = [];
        this.error = null;
        this.looking = true;
        try {
            const plan = await commands.plan_storage({ id: this.storage, folder });
            if (mine !== this.#asked) return;
            this.plan = plan;
        } catch (thrown) {
            if (mine !== this.#asked) return;
            this.plan = null;
            this.error = toWireError(thrown);
        }
        this.looking = false;
    }

    /** Nobody waits for it any more: a look at a large storage would go on for long. */
    stop(): void {
        this.#asked++;
        if (this.looking) void commands.stop_plan({ id: this.storage }).catch(() => undefined);
        this.looking = false;
    }
}
