// Settling which of several images stay: one of them, or all, one thing after the other and each with a way back. Look-alikes
// and the versions of two machines are settled alike.

import { commands, type KeepOne, type KeptOne } from "./bindings";
import { attempt, toasts } from "./toasts.svelte";
import { undo } from "./undo";
import { plural } from "./words";

/** What was kept, and what it takes to undo that. */
interface Kept {
    keep: number;
    was: KeptOne;
}

/** What came of keeping some: how many images went to the trash, for how many that stayed. */
export type KeptWords = (trashed: number, kept: number) => string;

const ONE: KeptWords = (trashed) => `${plural(trashed, "image")} moved to the trash`;

export class Settling {
    /** Something is settled just now. */
    busy = $state(false);
    #last: Promise<void> = Promise.resolve();
    readonly #refresh: () => Promise<void>;

    /** `refresh` asks anew what is left, after each thing that was settled. */
    constructor(refresh: () => Promise<void>) {
        this.#refresh = refresh;
    }

    /** Keeps one of each choice; the others go to the trash. */
    async keep(choices: readonly KeepOne[], words: KeptWords = ONE): Promise<void> {
        await this.#while(async () => {
            const kept: Kept[] = [];
            for (const choice of choices) {
                const was = await attempt(commands.keep_one(choice));
                // What has failed once would fail for each.
                if (!was) break;
                kept.push({ keep: choice.keep, was });
            }
            if (kept.length === 0) return;
            const trashed = kept.reduce((sum, { was }) => sum + was.trashed.length, 0);
            undo.offer(words(trashed, kept.length), () => void this.#while(() => this.#undo(kept)));
        });
    }

    /** Says that images are not the same, so that all stay. */
    async tellApart(ids: number[]): Promise<void> {
        await this.#while(async () => {
            if (!(await attempt(commands.tell_apart({ ids, apart: true })))) return;
            const back = (): void =>
                void this.#while(async () => void (await attempt(commands.tell_apart({ ids, apart: false }))));
            undo.offer(`All ${ids.length.toLocaleString()} kept, and not asked about again`, back);
        });
    }

    /** The others come back, and what was said of the kept one is as it was. */
    async #undo(kept: readonly Kept[]): Promise<void> {
        const ids = kept.flatMap(({ was }) => was.trashed);
        if (!(await attempt(commands.restore_items({ ids })))) return;
        for (const { keep, was } of kept) {
            if (!(await attempt(commands.edit_item({ id: keep, tags: was.tags, note: was.note })))) return;
        }
        toasts.show(`${plural(ids.length, "image")} restored`);
    }

    /** One thing after the other: who takes something back at once must not be told no. */
    #while(work: () => Promise<void>): Promise<void> {
        const done = this.#last.then(async () => {
            this.busy = true;
            try {
                await work();
            } finally {
                this.busy = false;
            }
            await this.#refresh();
        });
        this.#last = done.catch(() => undefined);
        return done;
    }
}
