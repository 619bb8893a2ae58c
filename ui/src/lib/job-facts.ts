// What is known of one job beside its attempts: what it needs, what it comes before and after, what it was given.

import type { JobDetail } from "./bindings";
import { plain, shown } from "./outside";
import { listed, span, when } from "./times";

/** A fact in words, or the jobs that it names. */
export type JobFact = { name: string; words: string } | { name: string; jobs: readonly number[] };

/** The highest priority that a person can choose; what is to run now is far above. */
const MOST_PRIORITY = 1000;

/** All that is out of the ordinary, in the order in which it is asked for. */
export function jobFacts(detail: JobDetail, now: number): JobFact[] {
    const { job, conditions, needs, needed_by, budget_ms, keep_ms } = detail;
    const facts: [string, string | readonly number[] | null][] = [
        ["Job", String(job.id)],
        ["Name", job.name],
        ["Waits for", listed(job.waiting_for)],
        ["Needs the machine", conditions],
        [needs.length === 1 ? "After job" : "After jobs", needs],
        [needed_by.length === 1 ? "Before job" : "Before jobs", needed_by],
        ["Due", job.scheduled_for === null ? null : when(job.scheduled_for, now)],
        ["Not before", job.state === "enqueued" && job.run_at !== null ? when(job.run_at, now) : null],
        ["Priority", priorityWords(job.priority)],
        ["May take", budget_ms === null ? null : `${span(budget_ms)} an attempt`],
        ["Kept for", keep_ms === null ? null : `${span(keep_ms)} after its end`],
        ["Tags", job.tags.join(", ")],
        ["Enqueued", when(job.created_at, now)],
    ];
    return facts.flatMap(([name, fact]): JobFact[] => {
        if (fact === null || fact.length === 0) return [];
        return [typeof fact === "string" ? { name, words: plain(fact) } : { name, jobs: fact }];
    });
}

function priorityWords(priority: number): string | null {
    if (priority > MOST_PRIORITY) return "ahead of all other work";
    return priority === 0 ? null : String(priority);
}

/** JSON of which no more than a part is shown. */
export interface Cut {
    text: string;
    /** How many characters were left out. */
    left: number;
}

/** Longer text is for a program, not for the eye. */
const MOST_CHARACTERS = 4000;

/** What went in or came out as JSON for the eye; `null` when there is nothing in it. What could turn or hide other text
 * is written as the escape it has in JSON, so that it can be seen and the text is the same when it is copied. */
export function jsonWords(value: unknown, most = MOST_CHARACTERS): Cut | null {
    if (value === null || value === undefined) return null;
    if (typeof value === "object" && Object.keys(value).length === 0) return null;
    const whole = shown(JSON.stringify(value, null, 2));
    // Half a character is none.
    const text = whole.slice(0, most).replace(/[\uD800-\uDBFF]$/, "");
    return { text, left: whole.length - text.length };
}
