// All reminders, kept current, and what can be done with one.

import { commands, type ReminderDraft, type ReminderView, type WireError } from "./bindings";
import { toWireError } from "./errors";
import { live } from "./live.svelte";
import { quoted } from "./outside";
import { standing, type Standing } from "./reminder";
import { attempt, toasts } from "./toasts.svelte";

class ReminderStore {
    all = $state.raw<ReminderView[]>([]);
    error = $state.raw<WireError | null>(null);
    loaded = $state(false);
    readonly due = $derived(this.all.filter((one) => standing(one) === "due").length);
    #asked = 0;

    /** Asks now and whenever reminders change. Returns the way to stop. */
    follow(): () => void {
        void this.refresh();
        return live.subscribe(async (stale) => {
            if (stale.reminders) await this.refresh();
        });
    }

    that(stand: Standing): ReminderView[] {
        return this.all.filter((one) => standing(one) === stand);
    }

    /** Those about an item that are not done. */
    about(item: number): ReminderView[] {
        return this.all.filter((one) => one.draft.item === item && standing(one) !== "done");
    }

    async refresh(): Promise<void> {
        const asked = ++this.#asked;
        try {
            const { reminders } = await commands.reminders();
            if (asked !== this.#asked) return;
            this.all = reminders;
            this.error = null;
        } catch (thrown) {
            if (asked !== this.#asked) return;
            this.error = toWireError(thrown);
        }
        this.loaded = true;
    }

    /** Throws a `WireError` when the service refuses it. */
    async save(draft: ReminderDraft): Promise<void> {
        await commands.save_reminder(draft);
        await this.refresh();
    }

    async snooze(id: number, until: number): Promise<void> {
        await attempt(commands.snooze_reminder({ id, until }));
        await this.refresh();
    }

    async finish({ id, draft }: ReminderView): Promise<void> {
        if (await attempt(commands.finish_reminder({ id }))) toasts.show(`${quoted(draft.title)}: done`);
        await this.refresh();
    }

    async remove({ id, draft }: ReminderView): Promise<void> {
        if (await attempt(commands.remove_reminder({ id }))) {
            const again = (): void => void attempt(this.save({ ...draft, id: null }));
            toasts.show(`${quoted(draft.title)}: deleted`, { label: "Undo", run: again });
        }
        await this.refresh();
    }
}

export const reminders = new ReminderStore();
