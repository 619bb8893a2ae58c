// Conflicts: images of which several versions were kept, because several machines changed them. One is kept or all are,
// each with a way back.

import { commands, type WireError } from "./bindings";
import { byImage, idsOf, keepOnly, type Version, type Versions } from "./conflict";
import { toWireError } from "./errors";
import { live } from "./live.svelte";
import { Settling } from "./settling.svelte";
import { touchesItems } from "./stale";
import { storages } from "./storages.svelte";

export class Conflicts {
    all = $state.raw<Versions[]>([]);
    error = $state.raw<WireError | null>(null);
    loaded = $state(false);
    readonly #settling = new Settling(() => this.refresh());
    #asked = 0;

    /** Something is settled just now. */
    get busy(): boolean {
        return this.#settling.busy;
    }

    /** Asks now and whenever storages change; images matter only where there are storages, or conflicts already. Returns
     * the way to stop. */
    follow(): () => void {
        void this.refresh();
        return live.subscribe(async (stale) => {
            const matter = storages.all.length > 0 || this.all.length > 0;
            if (!this.busy && (stale.storages || (matter && touchesItems(stale)))) await this.refresh();
        });
    }

    async refresh(): Promise<void> {
        const asked = ++this.#asked;
        try {
            const { conflicts } = await commands.conflicts();
            if (asked !== this.#asked) return;
            this.all = byImage(conflicts);
            this.error = null;
        } catch (thrown) {
            if (asked !== this.#asked) return;
            this.error = toWireError(thrown);
        }
        this.loaded = true;
    }

    /** Keeps one version; the others go to the trash. */
    async keep(all: Versions, version: Version): Promise<void> {
        await this.#settling.keep([keepOnly(all, version)]);
    }

    /** Keeps all versions: they are images of their own from now on, on every machine. */
    async keepAll(all: Versions): Promise<void> {
        await this.#settling.tellApart(idsOf(all));
    }
}

export const conflicts = new Conflicts();
