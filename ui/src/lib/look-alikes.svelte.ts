// Groups of images that look alike: looked through in pages, the best kept or all of them, each with a way back.

import {
    commands,
    type Duplicates,
    type DuplicateGroup,
    type DuplicateImage,
    type KeepOne,
    type WireError,
} from "./bindings";
import { confirm } from "./confirm.svelte";
import { toWireError } from "./errors";
import { live } from "./live.svelte";
import { bestOf, groupKey, keepAllQuestion, othersOf } from "./look-alike";
import { Settling } from "./settling.svelte";
import { touchesItems } from "./stale";
import { plural } from "./words";

const PAGE = 30;
/** The service gives no more at once. */
const MOST = 500;

export class LookAlikes {
    groups = $state.raw<DuplicateGroup[]>([]);
    total = $state(0);
    images = $state(0);
    spare = $state(0);
    unseen = $state(0);
    error = $state.raw<WireError | null>(null);
    loaded = $state(false);
    readonly #settling = new Settling(() => this.refresh());
    #limit = PAGE;
    #asked = 0;

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

    /** Something is kept or told apart just now. */
    get busy(): boolean {
        return this.#settling.busy;
    }

    /** Keeps one of a group; the others go to the trash. */
    async keep(group: DuplicateGroup, image: DuplicateImage): Promise<void> {
        await this.#settling.keep([choice(group, image)]);
    }

    /** Says that the images of a group are not the same. */
    async tellApart(group: DuplicateGroup): Promise<void> {
        await this.#settling.tellApart(group.images.map(({ card }) => card.id));
    }

    /** Keeps the best of each group that is listed, after asking. */
    async keepBestOfEach(): Promise<void> {
        const groups = this.groups;
        if (!(await confirm.ask(keepAllQuestion(groups)))) return;
        const choices = groups.flatMap((group) => {
            const best = bestOf(group);
            return best ? [choice(group, best)] : [];
        });
        await this.#settling.keep(
            choices,
            (trashed, kept) => `${plural(trashed, "image")} of ${plural(kept, "group")} moved to the trash`,
        );
    }
}

const choice = (group: DuplicateGroup, image: DuplicateImage): KeepOne => ({
    keep: image.card.id,
    others: othersOf(group, image).map(({ card }) => card.id),
});

export const lookAlikes = new LookAlikes();
