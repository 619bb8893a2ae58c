// A draft while a person edits it: whether it changed, whether it is being saved, and why it was refused.

import type { WireError } from "./bindings";
import { toWireError } from "./errors";

export class Editing<Draft> {
    readonly before: Draft;
    draft: Draft;
    saving = $state(false);
    /** Why the service did not take it; until the draft changes. */
    refused = $state.raw<WireError | null>(null);

    constructor(before: Draft) {
        this.before = before;
        this.draft = $state.raw(before);
    }

    get changed(): boolean {
        return JSON.stringify(this.draft) !== JSON.stringify(this.before);
    }

    set(change: Partial<Draft>): void {
        this.draft = { ...this.draft, ...change };
        this.refused = null;
    }

    /** Whether the service took it. */
    async save(work: () => Promise<void>): Promise<boolean> {
        if (this.saving) return false;
        this.saving = true;
        try {
            await work();
            return true;
        } catch (thrown) {
            this.refused = toWireError(thrown);
            return false;
        } finally {
            this.saving = false;
        }
    }
}
