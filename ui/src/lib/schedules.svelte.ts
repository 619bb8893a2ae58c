// All schedules, kept current, and what can be done with one.

import {
    commands,
    type BrokenSchedule,
    type ScheduleDraft,
    type Schedules,
    type ScheduleView,
    type WireError,
} from "./bindings";
import { confirm } from "./confirm.svelte";
import { toWireError } from "./errors";
import { live } from "./live.svelte";
import { quoted } from "./outside";
import { attempt, toasts } from "./toasts.svelte";

class ScheduleStore {
    all = $state.raw<ScheduleView[]>([]);
    /** Those that this version cannot read, reminders among them. */
    broken = $state.raw<BrokenSchedule[]>([]);
    zones = $state.raw<string[]>([]);
    systemZone = $state(Intl.DateTimeFormat().resolvedOptions().timeZone);
    error = $state.raw<WireError | null>(null);
    loaded = $state(false);
    #asked = 0;

    /** Asks now and whenever schedules change. Returns the way to stop. */
    follow(): () => void {
        void this.refresh();
        return live.subscribe(async (stale) => {
            if (stale.schedules) await this.refresh();
        });
    }

    async refresh(): Promise<void> {
        const asked = ++this.#asked;
        try {
            const answer: Schedules = await commands.schedules();
            if (asked !== this.#asked) return;
            this.all = answer.schedules;
            this.broken = answer.broken;
            this.zones = answer.zones;
            this.systemZone = answer.system_zone;
            this.error = null;
        } catch (thrown) {
            if (asked !== this.#asked) return;
            this.error = toWireError(thrown);
        }
        this.loaded = true;
    }

    title(id: number): string {
        return this.all.find((one) => one.id === id)?.draft.title ?? `schedule ${id}`;
    }

    async enable(schedule: ScheduleView, enabled: boolean): Promise<void> {
        this.#put({ ...schedule, draft: { ...schedule.draft, enabled } });
        this.#put((await attempt(commands.enable_schedule({ id: schedule.id, enabled }))) ?? schedule);
        await this.refresh();
    }

    async run({ id, draft }: ScheduleView): Promise<void> {
        const fresh = await attempt(commands.run_schedule({ id }));
        if (!fresh) return;
        this.#put(fresh);
        toasts.show(`${quoted(draft.title)}: started`);
        await this.refresh();
    }

    /** Throws a `WireError` when the service refuses it. */
    async save(draft: ScheduleDraft): Promise<void> {
        this.#put(await commands.save_schedule(draft));
        await this.refresh();
    }

    async remove({ id, draft }: ScheduleView): Promise<void> {
        if (!(await attempt(commands.remove_schedule({ id })))) return;
        this.#asked++;
        this.all = this.all.filter((one) => one.id !== id);
        void this.refresh();
        const again = (): void => void attempt(this.save({ ...draft, id: null }));
        toasts.show(`${quoted(draft.title)}: deleted`, { label: "Undo", run: again });
    }

    /** Asks first: of what cannot be read it is not known what it was. */
    async removeBroken({ id, title }: BrokenSchedule): Promise<void> {
        const yes = await confirm.ask({
            title: `Remove ${quoted(title)}?`,
            body: "This cannot be undone. What came with Legible comes back as it was at first.",
            action: "Remove",
        });
        if (!yes || !(await attempt(commands.remove_schedule({ id })))) return;
        toasts.show(`${quoted(title)}: removed`);
        await this.refresh();
    }

    /** Puts a newer state in its place; answers on their way are older. */
    #put(fresh: ScheduleView): void {
        this.#asked++;
        this.loaded = true;
        this.all = this.all.map((one) => (one.id === fresh.id ? fresh : one));
    }
}

export const schedules = new ScheduleStore();
