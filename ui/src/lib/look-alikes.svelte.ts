// Groups of images that look alike: looked through in pages, the best kept or all of them, each with a way back.

import {
    commands,
    type Duplicates,
    type DuplicateGroup,
    type DuplicateImage,
    type KeptOne,
    type WireError,
} from "./bindings";
import { confirm } from "./confirm.svelte";
import { toWireError } from "./errors";
import { live } from "./live.svelte";
import { bestOf, groupKey, keepAllQuestion, othersOf } from "./look-alike";
import { touchesItems } from "./stale";
import { attempt, toasts } from "./toasts.svelte";
import { undo } from "./undo";
import { plural } from "./words";

const PAGE = 30;
/** The service gives no more at once. */
const MOST = 500;

/** What was kept, and what it takes to undo that. */
interface Kept {
    keep: number;
    was: KeptOne;
}

export class LookAlikes {
    groups = $state.raw<DuplicateGroup[]>([]);
    total = $state(0);
    images = $state(0);
    spare = $state(0);
    unseen = $state(0);
    error = $state.raw<WireError | null>(null);
    loaded = $state(false);
    /** Something is kept or told apart just now. */
    busy = $state(false);
    #limit = PAGE;
    #asked = 0;
    #last: Promise<void> = Promise.resolve();

    /** Asks now and whenever images change. Returns the way to stop. */
    follow(): () => void {
        void this.refresh();
        return live.subscribe(async (stale) => {
            if (touchesItems(stale) && !this.busy) await this.refresh();
        });
    }

    more(): void {
        this.#limit += PAGE;
        void this.refresh();
    }

    async refresh(): Promise<void> {
        const asked = ++this.#asked;
        try {
            const groups = new Map<string, DuplicateGroup>();
            let answer: Duplicates | undefined;
            for (let offset = 0; offset < this.#limit; offset += MOST) {
                answer = await commands.duplicates({ offset, limit: Math.min(MOST, this.#limit - offset) });
                if (asked !== this.#asked) return;
                // A group may move from one part to the next between two answers.
                for (const group of answer.groups) groups.set(groupKey(group), group);
                if (groups.size >= answer.total) break;
            }
            this.groups = [...groups.values()];
            this.total = answer?.total ?? 0;
            this.images = answer?.images ?? 0;
            this.spare = answer?.spare_bytes ?? 0;
            this.unseen = answer?.unseen ?? 0;
            this.error = null;
        } catch (thrown) {
            if (asked !== this.#asked) return;
            this.error = toWireError(thrown);
        }
        this.loaded = true;
    }

    /** Keeps one of a group; the others go to the trash. */
    async keep(group: DuplicateGroup, image: DuplicateImage): Promise<void> {
        await this.#while(async () => {
            const kept = await attempt(this.#keepOne(group, image));
            if (kept) this.#offer([kept], `${plural(kept.was.trashed.length, "image")} moved to the trash`);
        });
    }

    /** Says that the images of a group are not the same. */
    async tellApart(group: DuplicateGroup): Promise<void> {
        const ids = group.images.map(({ card }) => card.id);
        await this.#while(async () => {
            if (!(await attempt(commands.tell_apart({ ids, apart: true })))) return;
            const back = (): void =>
                void this.#while(async () => void (await attempt(commands.tell_apart({ ids, apart: false }))));
            undo.offer(`All ${ids.length.toLocaleString()} kept, and not asked about again`, back);
        });
    }

    /** Keeps the best of each group that is listed, after asking. */
    async keepBestOfEach(): Promise<void> {
        const groups = this.groups;
        if (!(await confirm.ask(keepAllQuestion(groups)))) return;
        await this.#while(async () => {
            const kept: Kept[] = [];
            for (const group of groups) {
                const best = bestOf(group);
                const one = best && (await attempt(this.#keepOne(group, best)));
                // What has failed once would fail for each.
                if (!one) break;
                kept.push(one);
            }
            const count = kept.reduce((sum, { was }) => sum + was.trashed.length, 0);
            if (kept.length > 0)
                this.#offer(kept, `${plural(count, "image")} of ${plural(kept.length, "group")} moved to the trash`);
        });
    }

    async #keepOne(group: DuplicateGroup, image: DuplicateImage): Promise<Kept> {
        const keep = image.card.id;
        const others = othersOf(group, image).map(({ card }) => card.id);
        return { keep, was: await commands.keep_one({ keep, others }) };
    }

    #offer(kept: Kept[], words: string): void {
        undo.offer(words, () => void this.#while(() => this.#undo(kept)));
    }

    /** The others come back, and what was said of the kept one is as it was. */
    async #undo(kept: Kept[]): Promise<void> {
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
            await this.refresh();
        });
        this.#last = done.catch(() => undefined);
        return done;
    }
}

export const lookAlikes = new LookAlikes();
