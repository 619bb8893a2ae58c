// Work that a person asks for once: the draft of its editor, as the service takes it, and in words.

import type { Action, Conditions, JobsDraft, NamePolicy, StepDraft } from "./bindings";
import { quoted } from "./outside";
import { amountOf } from "./rule";
import { ACTIONS, conditionWords, missingHours, missingTarget, NO_CONDITIONS } from "./schedule";
import { listed, when } from "./times";
import { plural } from "./words";
import { zoneWords } from "./zones";

/** When it begins: ahead of everything, when its turn and its conditions come, or not before a time. */
export type Begin = { type: "now" } | { type: "ready" } | { type: "in"; seconds: number } | { type: "at"; at: number };

export interface WorkDraft {
    begin: Begin;
    conditions: Conditions;
    /** One after the other; the jobs of a step in any order. */
    steps: readonly (readonly StepDraft[])[];
    /** Empty for none. */
    name: string;
    policy: NamePolicy;
    tags: readonly string[];
    priority: Priority;
    /** How often, how long in seconds, and for how many seconds afterwards; `null` as it is for schedules. */
    attempts: number | null;
    budget: number | null;
    keep: number | null;
    /** The zone of the clock that counts; `null` for this computer's. */
    zone: string | null;
}

export const BEGINS: Record<Begin["type"], string> = {
    now: "Now",
    ready: "As soon as the machine allows",
    in: "In a while",
    at: "At a certain time",
};

/** What happens where other work, "that", has the name. */
export const POLICIES: Record<NamePolicy, string> = {
    keep: "that stays, and this is not added",
    replace: "that is cancelled, then this begins",
    append: "this comes after that, and fails if that fails",
    append_or_replace: "this comes after that, or begins anew if that had failed",
};

export type Priority = "first" | "schedules" | "last";

export const PRIORITIES: Record<Priority, string> = {
    first: "before other work",
    schedules: "as schedules do",
    last: "after all other work",
};

/** The ends of what a person may choose, and what the runs of schedules have. */
const PRIORITY: Record<Priority, number> = { first: 1000, schedules: -10, last: -1000 };

const TWENTY_MINUTES = 20 * 60;

export const FRESH_WORK: WorkDraft = {
    begin: { type: "now" },
    conditions: NO_CONDITIONS,
    steps: [[{ action: "read_new", folder: null }]],
    name: "",
    policy: "keep",
    tags: [],
    priority: "schedules",
    attempts: null,
    budget: null,
    keep: null,
    zone: null,
};

/** The beginning of a type, with what a person most likely means; `soon` is the moment that a certain time begins with. */
export function beginOf(type: Begin["type"], soon: number): Begin {
    if (type === "in") return { type, seconds: TWENTY_MINUTES };
    return type === "at" ? { type, at: soon } : { type };
}

type Steps = WorkDraft["steps"];

export const withStep = (steps: Steps, action: Action): Steps => [...steps, [{ action, folder: null }]];

export const withBeside = (steps: Steps, at: number, action: Action): Steps =>
    steps.map((step, s) => (s === at ? [...step, { action, folder: null }] : step));

export const withJob = (steps: Steps, at: number, place: number, change: Partial<StepDraft>): Steps =>
    steps.map((step, s) => (s === at ? step.map((job, i) => (i === place ? { ...job, ...change } : job)) : step));

/** Without one job; a step without jobs is none. */
export const withoutJob = (steps: Steps, at: number, place: number): Steps =>
    steps.map((step, s) => (s === at ? step.filter((_, i) => i !== place) : step)).filter((step) => step.length > 0);

/** What must be mended before the service is asked; `null` when there is nothing. */
export function missingWork({ begin, conditions, steps }: WorkDraft, now: number): string | null {
    if (begin.type === "at" && begin.at <= now) return "This time has passed.";
    const hours = begin.type === "now" ? null : missingHours(conditions);
    return hours ?? steps.flat().map(missingTarget).find(Boolean) ?? null;
}

/** What the service is asked for. What does not count, such as conditions of what begins now, is not sent. */
export function jobsDraft(draft: WorkDraft, now: number): JobsDraft {
    const { begin, name } = draft;
    const at = { now: null, ready: null, in: now + (begin.type === "in" ? begin.seconds * 1000 : 0) };
    return {
        steps: draft.steps.map((step) =>
            step.map(({ action, folder }) => ({ action, folder: action === "export" ? folder : null })),
        ),
        run_at: begin.type === "at" ? begin.at : at[begin.type],
        now: begin.type === "now",
        zone: draft.zone,
        conditions: begin.type === "now" ? NO_CONDITIONS : draft.conditions,
        tags: [...draft.tags],
        name: name.trim() === "" ? null : name.trim(),
        policy: draft.policy,
        priority: PRIORITY[draft.priority],
        attempts: draft.attempts,
        backoff: null,
        budget_seconds: draft.budget,
        keep_seconds: draft.keep,
        merge: "overwrite",
    };
}

/** What will happen, in words. `system` is the zone of this computer. */
export function workWords(draft: WorkDraft, now: number, system: string): string {
    const { begin, conditions, name, policy } = draft;
    const needs = begin.type === "now" ? "" : conditionWords(conditions);
    const held = needs === "" ? "" : `, when ${needs}${clockWords(draft, system)}`;
    const steps = draft.steps.map((step) => listed(step.map(jobWords)) + (step.length > 1 ? " in any order" : ""));
    const named = name.trim() === "" ? "" : ` If other work has the name ${quoted(name.trim())}, ${POLICIES[policy]}.`;
    return `${beginWords(begin, now)}${held}: ${steps.join(", then ")}.${named}`;
}

/** Whose clock the hours go by, where it is not this computer's. */
const clockWords = ({ conditions, zone }: WorkDraft, system: string): string =>
    conditions.hours === null || zone === null || zone === system ? "" : ` by the clock of ${zoneWords(zone)}`;

const jobWords = ({ action, folder }: StepDraft): string =>
    ACTIONS[action] + (action === "export" ? ` to ${folder ? quoted(folder) : "a folder"}` : "");

/** By the clock of this computer. */
function beginWords(begin: Begin, now: number): string {
    switch (begin.type) {
        case "now":
            return "Now, ahead of all other work";
        case "ready":
            return "As soon as its turn comes";
        case "in": {
            const { count, unit } = amountOf(begin.seconds);
            return `In ${plural(count, unit.slice(0, -1))}, ${when(now + begin.seconds * 1000, now)}`;
        }
        case "at": {
            const words = when(begin.at, now);
            return words.charAt(0).toUpperCase() + words.slice(1);
        }
    }
}
