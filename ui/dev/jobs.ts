// Sample jobs in every state that the window can show.

import { BLANK_JOB } from "./blank";
import { chainOf, type Told } from "./work";
import type {
    AddedJobs,
    AttemptView,
    Event,
    JobDetail,
    JobsDraft,
    JobsQuery,
    JobView,
    WireError,
    WorkerView,
} from "../src/lib/bindings";

const MINUTE = 60_000;

const BROKEN: WireError = {
    code: "bad_image",
    message: "The file ends in the middle of the picture.",
    hint: "Copy it again from where it came, then retry.",
};
const AWAY: WireError = {
    code: "network",
    message: "The server for models did not answer.",
    hint: "It is tried again by itself.",
};

export interface Source {
    id: number;
    name: string;
    state: string;
}

export function sampleJobs(items: readonly Source[], scene: string, now: number): JobView[] {
    const busy = scene === "busy" || scene === "huge";
    const made = (id: number, change: Partial<JobView>): JobView => ({
        ...BLANK_JOB,
        id,
        title: "image",
        state: "succeeded",
        created_at: now - (id % 1000) * MINUTE,
        ...change,
    });
    const ended = { attempts: 1, started_at: now - 61 * MINUTE, finished_at: now - 61 * MINUTE + 1400 };
    const states: Record<string, Partial<JobView>> = {
        waiting: { state: "enqueued" },
        reading: {
            state: "running",
            fraction: 0.3,
            words: "Reading line 12 of 40",
            attempts: 1,
            started_at: now - 4000,
        },
        problem: { ...ended, state: "failed", attempts: 2, error: BROKEN },
    };
    const many = scene === "huge" ? 100_000 : 200;
    const read = Array.from({ length: Math.min(many, items.length === 0 ? 0 : many) }, (_, i) => {
        const item = items[i % items.length] as Source;
        const state = states[item.state] ?? {
            ...ended,
            finished_at: now - i * MINUTE,
            started_at: now - i * MINUTE - 1400,
        };
        return made(i + 1, { title: item.name, item: item.id, group: busy && i < 60 ? 1 : 2, ...state });
    });
    if (!busy) return read;
    const special = [
        made(90_001, {
            kind: "tidy",
            title: "Tidy up",
            state: "running",
            schedule: 3,
            scheduled_for: now - 2 * MINUTE,
            fraction: 0.34,
            words: "Thumbnail 410 of 1,200",
            attempts: 1,
            started_at: now - 95_000,
        }),
        made(90_002, {
            title: "Read new images",
            kind: "read-new",
            state: "enqueued",
            schedule: 1,
            scheduled_for: now - 20 * MINUTE,
            attempts: 1,
            started_at: now - 20 * MINUTE,
            waiting_for: ["AC power", "10 minutes without use"],
            stopped: "the computer was unplugged",
        }),
        made(90_003, {
            kind: "check-models",
            title: "Check the models",
            state: "enqueued",
            tags: ["upkeep"],
            attempts: 2,
            run_at: now + 12 * MINUTE,
            error: AWAY,
        }),
        made(90_004, {
            kind: "export",
            title: "Texts for the archive",
            state: "blocked",
            blocked_by: [90_002, 90_003],
        }),
        made(90_005, {
            title: "annual report 2025, a scan with a very long name that does not fit in one row.tiff",
            state: "enqueued",
            run_at: now + 15 * 60 * MINUTE,
            name: "read:annual-report",
            priority: 5,
            tags: ["reports", "2025"],
        }),
        made(90_007, {
            title: "runs again, after it was stopped\u2069\u202Egnp.exe",
            state: "running",
            attempts: 2,
            fraction: 0.1,
            words: "Reading line 2 of 31",
            started_at: now - 61_000,
            stopped: "the computer was unplugged",
            tags: ["a tag\u202Ewith a turn"],
        }),
        made(90_006, { title: "old letter.png", ...ended, state: "cancelled" }),
    ];
    return [...special, ...read].sort((a, b) => Number(b.state === "running") - Number(a.state === "running"));
}

export function matches(job: JobView, { ids, states, group, tag, name, schedule, kinds }: JobsQuery): boolean {
    return (
        (ids.length === 0 || ids.includes(job.id)) &&
        (states.length === 0 || states.includes(job.state)) &&
        (group === null || job.group === group) &&
        (tag === null || job.tags.includes(tag)) &&
        (name === null || `${job.title} ${job.name ?? ""}`.toLowerCase().includes(name.toLowerCase())) &&
        (schedule === null || job.schedule === schedule) &&
        (kinds.length === 0 || kinds.includes(job.kind))
    );
}

/** The runs of a schedule, as its history shows them. */
export function sampleRuns(schedule: number, title: string, now: number): JobView[] {
    const base = sampleJobs([{ id: 1, name: title, state: "text" }], "full", now)[0] as JobView;
    return Array.from({ length: 23 }, (_, i) => {
        const at = now - (i * 24 + 9) * 60 * MINUTE;
        const failed = i === 2;
        return {
            ...base,
            id: 95_000 + i,
            kind: "read-new",
            title,
            item: null,
            group: null,
            schedule,
            scheduled_for: at,
            started_at: at + 1000,
            finished_at: at + 1000 + ((i * 7919) % 200_000),
            state: failed ? "failed" : "succeeded",
            words: failed ? "" : `${(i * 37) % 50} images read`,
            error: failed ? BROKEN : null,
        };
    });
}

/** More than is shown. */
const LONG = { images: Array.from({ length: 900 }, (_, i) => i) };

function detail(job: JobView, chains: ReadonlyMap<number, Told>): JobDetail {
    const history: AttemptView[] = Array.from({ length: job.attempts }, (_, i) => {
        const last = i === job.attempts - 1;
        const started_at = (job.started_at ?? job.created_at) - (job.attempts - 1 - i) * 5 * MINUTE;
        return {
            attempt: i + 1,
            started_at,
            ended_at: last && job.state === "running" ? null : started_at + 1400,
            outcome:
                last && job.state === "running" ? null : job.stopped ? "released" : job.error ? "retried" : job.state,
            error:
                last && job.state === "running"
                    ? null
                    : job.stopped
                      ? { code: "internal", message: job.stopped, hint: null }
                      : job.error,
        };
    });
    const { kind, id } = job;
    const chained = { 90_002: { needed_by: [90_004] }, 90_003: { needed_by: [90_004] } }[id];
    return {
        job,
        history,
        conditions: id === 90_002 ? "on AC power and you are away for 10 minutes" : "",
        needs: job.blocked_by,
        needed_by: [],
        budget_ms: kind === "read" ? null : 6 * 60 * MINUTE,
        keep_ms: job.name === null ? null : 7 * 24 * 60 * MINUTE,
        input: kind === "export" ? { folder: "/home/mara/Archive", from: "caf\u00E9 \u202Egnp.exe", ...LONG } : {},
        output: job.state === "succeeded" ? { lines: 40, text: "receipt", seconds: 1.4 } : null,
        ...chained,
        ...chains.get(id),
    };
}

/** Jobs that can be changed; `tell` hears of every change. */
export function jobBackend(
    first: JobView[],
    now: number,
    titles: () => { id: number; title: string }[],
    tell: (event: Event) => void,
) {
    let jobs = first;
    const chains = new Map<number, Told>();
    const cancelledAll = first.some(({ state }) => state === "cancelled") ? now - 3 * 60 * MINUTE : undefined;
    let workers: WorkerView[] = first
        .filter(({ state }) => state === "running")
        .map((job, i) => ({
            id: i + 1,
            what: i === 0 ? "Vision worker (PP-OCR)" : "Service",
            job: job.id,
            state: "running",
            since: now - 20 * MINUTE,
        }));
    const runs = (schedule: number): JobView[] =>
        titles()
            .filter(({ id }) => id === schedule && id < 4)
            .flatMap(({ id, title }) => sampleRuns(id, title, now));
    const list = (query: JobsQuery): JobView[] => [
        ...jobs.filter((job) => matches(job, query)),
        ...(query.schedule === null ? [] : runs(query.schedule).filter((job) => matches(job, query))),
    ];
    const change = (query: JobsQuery, states: JobView["state"][], how: Partial<JobView> | null): { count: number } => {
        const touched = new Set(list(query).filter(({ state }) => states.includes(state)));
        jobs = how
            ? jobs.map((job) => (touched.has(job) ? { ...job, ...how } : job))
            : jobs.filter((job) => !touched.has(job));
        const some = [...touched][0];
        if (some) tell({ type: "job_changed", job: some });
        return { count: touched.size };
    };
    return {
        count: (...states: JobView["state"][]): number => jobs.filter(({ state }) => states.includes(state)).length,
        jobs: (query: JobsQuery) => {
            if (query.name === "!") throw { code: "database", message: "The jobs cannot be read.", hint: "Try again." };
            const fits = list(query);
            return {
                total: fits.length,
                cancelled_all_at: cancelledAll,
                jobs: fits.slice(query.offset, query.offset + (query.limit || 100)),
            };
        },
        job: ({ id }: { id: number }) => {
            const found = [...jobs, ...titles().flatMap((one) => runs(one.id))].find((one) => one.id === id);
            if (!found) throw { code: "not_found", message: "There is no such job.", hint: null } satisfies WireError;
            return detail(found, chains);
        },
        add_jobs: (draft: JobsDraft): AddedJobs => {
            const open = ({ state }: JobView): boolean => ["enqueued", "blocked", "running"].includes(state);
            const holder = jobs.find((job) => draft.name !== null && job.name === draft.name && open(job));
            if (holder && draft.policy === "keep") return { steps: [], kept: holder };
            const { steps, told } = chainOf(draft, Math.max(0, ...jobs.map(({ id }) => id)) + 1, Date.now());
            for (const [id, tie] of told) chains.set(id, tie);
            jobs = [...steps.flat(), ...jobs];
            for (const job of steps.flat()) tell({ type: "job_changed", job });
            return { steps, kept: null };
        },
        cancel_jobs: (query: JobsQuery) =>
            change(query, ["enqueued", "blocked", "running"], { state: "cancelled", finished_at: Date.now() }),
        retry_jobs: (query: JobsQuery) =>
            change(query, ["failed", "cancelled"], { state: "enqueued", error: null, finished_at: null }),
        run_jobs_now: (query: JobsQuery) =>
            change(query, ["enqueued", "blocked"], { state: "running", attempts: 1, started_at: Date.now() }),
        prune_jobs: (query: JobsQuery) => change(query, ["succeeded", "failed", "cancelled"], null),
        workers: () => ({ workers }),
        control_worker: ({ id, action }: { id: number; action: "pause" | "resume" | "kill" }) => {
            workers = workers
                .filter((one) => one.id !== id || action !== "kill")
                .map((one) => (one.id === id ? { ...one, state: action === "pause" ? "paused" : "running" } : one));
            return { workers };
        },
    };
}
