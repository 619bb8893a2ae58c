// What a job tells of itself beside its attempts.

import { describe, expect, it } from "vitest";
import { BLANK_DETAIL, BLANK_JOB } from "../../dev/blank";
import type { JobDetail } from "./bindings";
import { jobFacts, jsonWords } from "./job-facts";

const NOW = new Date(2026, 10, 21, 12).getTime();
const HOUR = 3_600_000;

describe("jobFacts", () => {
    const ordinary = { Job: "1", Enqueued: "today at 12:00" };
    const check = (change: Partial<JobDetail>): Record<string, unknown> => {
        const detail = { ...BLANK_DETAIL, job: { ...BLANK_JOB, created_at: NOW }, ...change };
        return Object.fromEntries(jobFacts(detail, NOW).map((fact) => [fact.name, Object.values(fact)[1]]));
    };
    const job = { ...BLANK_JOB, created_at: NOW };
    it.each<[string, Partial<JobDetail>, Record<string, unknown>]>([
        ["an ordinary job", {}, {}],
        ["conditions", { conditions: "on AC power" }, { "Needs the machine": "on AC power" }],
        ["jobs before it", { needs: [12, 13] }, { "After jobs": [12, 13] }],
        ["jobs after it", { needed_by: [14] }, { "Before job": [14] }],
        [
            "limits",
            { budget_ms: 6 * HOUR, keep_ms: 168 * HOUR },
            { "May take": "6 h an attempt", "Kept for": "7 d after its end" },
        ],
        ["a low priority", { job: { ...job, priority: -10 } }, { Priority: "-10" }],
        ["run now", { job: { ...job, priority: 1_000_000 } }, { Priority: "ahead of all other work" }],
        ["tags that would turn the rest", { job: { ...job, tags: ["a\u202E", "b"] } }, { Tags: "a, b" }],
        ["a time that is over", { job: { ...job, state: "succeeded", run_at: NOW } }, {}],
    ])("%s", (_, change, expected) => expect(check(change)).toEqual({ ...ordinary, ...expected }));
});

describe("jsonWords", () => {
    it.each<[unknown, number, string | null, number]>([
        [null, 99, null, 0],
        [undefined, 99, null, 0],
        [{}, 99, null, 0],
        [[], 99, null, 0],
        [0, 99, "0", 0],
        [{ a: 1 }, 99, '{\n  "a": 1\n}', 0],
        ["abcdef", 4, '"abc', 4],
        ["a😀b", 3, '"a', 4],
    ])("%j in %d characters", (value, most, text, left) =>
        expect(jsonWords(value, most)).toEqual(text === null ? null : { text, left }),
    );
});
