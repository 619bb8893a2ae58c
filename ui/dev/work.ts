// Jobs that a person asked for, as a service would make them. Only as clever as looking at the window needs.

import type { JobDetail, JobsDraft, JobView, StepDraft, WireError } from "../src/lib/bindings";
import { ACTIONS } from "../src/lib/schedule";
import { BLANK_JOB } from "./blank";

/** What ties a job to others, and what was set for it. */
export type Told = Pick<JobDetail, "needs" | "needed_by" | "input"> & Partial<JobDetail>;

export interface Chain {
    steps: JobView[][];
    told: Map<number, Told>;
}

const KINDS: Record<string, string> = { read_newer_model: "read-newer" };

const refuse = (message: string, hint = "Change it and try again."): never => {
    throw { code: "bad_request", message, hint } satisfies WireError;
};

/** The jobs of a draft, numbered from `first` on; throws the `WireError` of a draft that cannot be used. */
export function chainOf(draft: JobsDraft, first: number, now: number): Chain {
    if (draft.name?.includes(":"))
        refuse(`The name ${draft.name} must not have a colon in it.`, "Only the program's own names have one.");
    if (draft.steps.flat().some(({ action, folder }) => folder !== null && action !== "export"))
        refuse("Only an export writes to a folder.");
    let id = first;
    const numbers = draft.steps.map((step) => step.map(() => id++));
    const told = new Map<number, Told>();
    const job = ({ action, folder }: StepDraft, step: number, i: number): JobView => {
        const number = numbers[step]?.[i] ?? 0;
        const needs = numbers[step - 1] ?? [];
        told.set(number, {
            needs,
            needed_by: numbers[step + 1] ?? [],
            input: folder === null ? {} : { folder },
            conditions: draft.conditions.ac_power ? "on AC power" : "",
            budget_ms: (draft.budget_seconds ?? 21_600) * 1000,
            keep_ms: draft.keep_seconds === null ? null : draft.keep_seconds * 1000,
        });
        const words = ACTIONS[action];
        return {
            ...BLANK_JOB,
            id: number,
            kind: KINDS[action] ?? action.replaceAll("_", "-"),
            title: words.charAt(0).toUpperCase() + words.slice(1),
            state: step > 0 ? "blocked" : "enqueued",
            blocked_by: needs,
            waiting_for: needs.length > 0 || !draft.conditions.ac_power ? [] : ["AC power"],
            created_at: now,
            run_at: step === 0 ? draft.run_at : null,
            max_attempts: draft.attempts ?? 3,
            priority: draft.now ? 1_000_000 : draft.priority,
            name: draft.name,
            tags: draft.tags,
        };
    };
    return { steps: draft.steps.map((step, s) => step.map((one, i) => job(one, s, i))), told };
}
