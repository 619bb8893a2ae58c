// The list of jobs in the activity view.

import { commands, type JobState, type JobView, type WireError } from "./bindings";
import { toWireError } from "./errors";
import { live } from "./live.svelte";

export type Filter = "all" | "running" | "waiting" | "failed" | "done";

export const FILTERS: Record<Filter, { label: string; states: JobState[] }> = {
    all: { label: "All", states: [] },
    running: { label: "Running", states: ["running"] },
    waiting: { label: "Waiting", states: ["enqueued", "blocked"] },
    failed: { label: "Failed", states: ["failed"] },
    done: { label: "Done", states: ["succeeded", "cancelled"] },
};

const PAGE = 100;
/** The service gives no more at once. */
const MOST = 1000;

export class Activity {
    filter = $state<Filter>("all");
    /** Only jobs of this group. */
    group = $state<number | null>(null);
    total = $state(0);
    jobs = $state.raw<JobView[]>([]);
    error = $state.raw<WireError | null>(null);
    loaded = $state(false);
    #limit = PAGE;
    #asked = 0;

    follow(): () => void {
        return live.subscribe(async (stale) => {
            if (stale.jobs || stale.groups) await this.refresh();
        });
    }

    show(filter: Filter, group: number | null = this.group): void {
        this.filter = filter;
        this.group = group;
        this.#limit = PAGE;
        void this.refresh();
    }

    more(): void {
        this.#limit += PAGE;
        void this.refresh();
    }

    async refresh(): Promise<void> {
        const asked = ++this.#asked;
        const { states } = FILTERS[this.filter];
        try {
            const jobs = new Map<number, JobView>();
            let total = 0;
            for (let offset = 0; offset < this.#limit; offset += MOST) {
                const limit = Math.min(MOST, this.#limit - offset);
                const page = await commands.jobs({ ids: [], states, group: this.group, offset, limit });
                if (asked !== this.#asked) return;
                // A job may move from one page to the next between two answers.
                for (const job of page.jobs) jobs.set(job.id, job);
                total = page.total;
            }
            this.jobs = [...jobs.values()];
            this.total = total;
            this.error = null;
        } catch (thrown) {
            if (asked !== this.#asked) return;
            this.error = toWireError(thrown);
        }
        this.loaded = true;
    }
}
