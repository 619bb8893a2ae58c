// The list of jobs in the activity view.

import { commands, type JobsQuery, type JobState, type JobView, type WireError } from "./bindings";
import { toWireError } from "./errors";
import { ANY_JOBS } from "./jobs";
import { live } from "./live.svelte";

export type Filter = "all" | "running" | "waiting" | "failed" | "done" | "cancelled";

export const FILTERS: Record<Filter, { label: string; states: JobState[] }> = {
    all: { label: "All", states: [] },
    running: { label: "Running", states: ["running"] },
    waiting: { label: "Waiting", states: ["enqueued", "blocked"] },
    failed: { label: "Failed", states: ["failed"] },
    done: { label: "Done", states: ["succeeded"] },
    cancelled: { label: "Cancelled", states: ["cancelled"] },
};

/** What narrows the list beside the state. */
export interface Narrow {
    group: number | null;
    tag: string | null;
    schedule: number | null;
    kind: string | null;
    /** Part of a name. */
    text: string;
}

const WIDE: Narrow = { group: null, tag: null, schedule: null, kind: null, text: "" };

const PAGE = 100;
/** The service gives no more at once. */
const MOST = 1000;
/** Typing asks once it rests. */
const TYPING_MS = 200;

export class Activity {
    filter = $state<Filter>("all");
    narrow = $state.raw<Narrow>(WIDE);
    total = $state(0);
    jobs = $state.raw<JobView[]>([]);
    /** When all work was last cancelled at once, in ms since the Unix epoch. */
    cancelledAllAt = $state<number | null>(null);
    /** Kinds met so far, to choose from. */
    kinds = $state.raw<string[]>([]);
    error = $state.raw<WireError | null>(null);
    loaded = $state(false);
    #limit = PAGE;
    #asked = 0;
    #typing: ReturnType<typeof setTimeout> | undefined;

    follow(): () => void {
        void this.refresh();
        return live.subscribe(async (stale) => {
            if (stale.jobs || stale.groups) await this.refresh();
        });
    }

    /** What the list asks for, without the page. */
    get query(): JobsQuery {
        const { group, tag, schedule, kind, text } = this.narrow;
        const name = text.trim() === "" ? null : text.trim();
        const kinds = kind === null ? [] : [kind];
        return { ...ANY_JOBS, states: FILTERS[this.filter].states, group, tag, name, schedule, kinds };
    }

    get narrowed(): boolean {
        return Object.keys(WIDE).some((key) => this.narrow[key as keyof Narrow] !== WIDE[key as keyof Narrow]);
    }

    show(filter: Filter): void {
        this.filter = filter;
        this.#again();
    }

    /** Narrows the list further, or elsewhere. */
    to(change: Partial<Narrow>): void {
        const typed = change.text !== undefined && change.text !== this.narrow.text;
        this.narrow = { ...this.narrow, ...change };
        clearTimeout(this.#typing);
        if (typed && change.text !== "") this.#typing = setTimeout(() => this.#again(), TYPING_MS);
        else this.#again();
    }

    /** Everything in this state, or all runs of one schedule and the like. */
    only(narrow: Partial<Narrow> = {}): void {
        this.narrow = { ...WIDE, ...narrow };
        this.#again();
    }

    more(): void {
        this.#limit += PAGE;
        void this.refresh();
    }

    #again(): void {
        this.#limit = PAGE;
        void this.refresh();
    }

    async refresh(): Promise<void> {
        const asked = ++this.#asked;
        try {
            const jobs = new Map<number, JobView>();
            let total = 0;
            let cancelledAllAt: number | null = null;
            for (let offset = 0; offset < this.#limit; offset += MOST) {
                const limit = Math.min(MOST, this.#limit - offset);
                const page = await commands.jobs({ ...this.query, offset, limit });
                if (asked !== this.#asked) return;
                // A job may move from one page to the next between two answers.
                for (const job of page.jobs) jobs.set(job.id, job);
                total = page.total;
                cancelledAllAt = page.cancelled_all_at ?? null;
            }
            this.jobs = [...jobs.values()];
            this.total = total;
            this.cancelledAllAt = cancelledAllAt;
            this.#meet(this.jobs);
            this.error = null;
        } catch (thrown) {
            if (asked !== this.#asked) return;
            this.error = toWireError(thrown);
        }
        this.loaded = true;
    }

    #meet(jobs: readonly JobView[]): void {
        const kinds = new Set([...this.kinds, ...jobs.map((job) => job.kind)]);
        if (kinds.size > this.kinds.length) this.kinds = [...kinds].sort();
    }
}

export const activity = new Activity();
