// Jobs in words: what one does, what it waits for, why it stopped.

import type { JobsQuery, JobView } from "./bindings";
import { clock, listed, span, when } from "./times";
import { ago, JOB_STATE } from "./words";

/** A query that does not narrow. */
export const ANY_JOBS: JobsQuery = {
    ids: [],
    states: [],
    group: null,
    tag: null,
    name: null,
    unique: null,
    schedule: null,
    kinds: [],
    offset: 0,
    limit: 0,
};

const KINDS: Record<string, string> = {
    read: "Read",
    thumbnail: "Thumbnail",
    import: "Look",
    "add-file": "Add",
    rebuild: "Rebuild",
    remind: "Remind",
};

/** A kind in words; kinds that are new to this window are shown by their name. */
export function kindWords(kind: string): string {
    const known = KINDS[kind];
    if (known) return known;
    const words = kind.replace(/[-_]/g, " ");
    return words.charAt(0).toUpperCase() + words.slice(1);
}

/** More blocking jobs than this are counted, not named. */
const NAMED = 3;

/** What a waiting job waits for. */
export function waitWords(job: JobView, paused: boolean, now: number): string {
    if (job.blocked_by.length > NAMED) return `After ${job.blocked_by.length.toLocaleString()} other jobs`;
    if (job.blocked_by.length > 0) {
        return `After job${job.blocked_by.length > 1 ? "s" : ""} ${listed(job.blocked_by.map(String))}`;
    }
    if (paused) return "Paused";
    if (job.waiting_for.length > 0) return `Waits for ${listed(job.waiting_for)}`;
    if (job.run_at !== null && job.run_at > now) {
        // A day off needs its name, a time today does not.
        const at = job.run_at - now < 12 * 3_600_000 ? `at ${clock(job.run_at)}` : when(job.run_at, now);
        return job.error ? `Retries ${at}, attempt ${job.attempts + 1} of ${job.max_attempts}` : `Starts ${at}`;
    }
    return JOB_STATE[job.state];
}

/** Where a job stands, in words. `said` is its latest word about its progress. */
export function jobWords(job: JobView, said: string, paused: boolean, now: number): string {
    switch (job.state) {
        case "running":
            return said || job.words || "Running";
        case "enqueued":
        case "blocked":
            return waitWords(job, paused, now) + pastWords(job);
        default:
            return endWords(job, now);
    }
}

/** Why a job that waits has begun before and not ended. What runs again has left that behind. */
function pastWords({ stopped, error }: JobView): string {
    if (stopped !== null) return `. Stopped before: ${stopped}`;
    return error === null ? "" : `. Failed before: ${error.message}`;
}

function endWords({ state, started_at, finished_at, error }: JobView, now: number): string {
    const ended = finished_at === null ? "" : ` ${ago(finished_at, now)}`;
    if (state !== "succeeded") return JOB_STATE[state] + ended + (error === null ? "" : `: ${error.message}`);
    const took = started_at === null || finished_at === null ? "" : `, took ${span(finished_at - started_at)}`;
    return JOB_STATE[state] + ended + took;
}
