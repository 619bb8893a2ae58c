// Rules, conditions and schedules: what the editor makes of them and how they are told.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BLANK_JOB, BLANK_RUN, BLANK_SCHEDULE } from "../../dev/blank";
import type { Conditions, JobView, Rule, RunView, ScheduleDraft, SchedulePreview, ScheduleView } from "./bindings";
import { jobWords, kindWords } from "./jobs";
import { Preview, PREVIEW_AFTER_MS } from "./preview.svelte";
import { amountOf, cronOf, inMode, modeOf, MODES, secondsOf, withDay, type Mode } from "./rule";
import {
    conditionNote,
    CONDITIONS,
    freshSchedule,
    has,
    lastWords,
    missingPart,
    nextWords,
    NO_CONDITIONS,
    withCondition,
    withoutCondition,
    type ConditionName,
} from "./schedule";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("rule", () => {
    const daily: Rule = { type: "daily", at: "23:15" };
    it.each(Object.keys(MODES) as Mode[])("can become %s and says so", (mode) => {
        const rule = inMode(daily, mode, 5, 7);
        expect(modeOf(rule)).toBe(mode);
        expect(inMode(rule, mode, 6, 8)).toBe(rule);
    });
    it("keeps the time of day", () => {
        expect(inMode(daily, "weekly", 0, 0)).toEqual({ type: "weekly", days: ["monday"], at: "23:15" });
        expect(inMode(daily, "monthly", 0, 0)).toEqual({ type: "monthly", day: 1, at: "23:15" });
        expect(inMode(inMode(daily, "once", 0, 0), "daily", 0, 0)).toEqual({ type: "daily", at: "02:30" });
    });
    it.each<[Rule, string]>([
        [daily, "15 23 * * *"],
        [{ type: "weekly", days: ["monday", "sunday"], at: "04:05" }, "5 4 * * 1,0"],
        [{ type: "weekly", days: [], at: "04:05" }, "5 4 * * *"],
        [{ type: "monthly", day: 28, at: "00:00" }, "0 0 28 * *"],
        [{ type: "cron", expression: "*/5 * * * *" }, "*/5 * * * *"],
        [{ type: "every", seconds: 5 }, "30 2 * * *"],
    ])("%j as cron", (rule, expected) => expect(cronOf(rule)).toBe(expected));
    it("adds and removes days in the order of the week", () => {
        expect(withDay(["friday"], "monday")).toEqual(["monday", "friday"]);
        expect(withDay(["monday", "friday"], "monday")).toEqual(["friday"]);
    });
    it.each<[number, number, string]>([
        [1, 1, "seconds"],
        [90, 90, "seconds"],
        [120, 2, "minutes"],
        [21_600, 6, "hours"],
        [172_800, 2, "days"],
    ])("%d seconds", (seconds, count, unit) => {
        expect(amountOf(seconds)).toEqual({ count, unit });
        expect(secondsOf(amountOf(seconds))).toBe(seconds);
    });
});

describe("conditions", () => {
    it.each(Object.keys(CONDITIONS) as ConditionName[])("%s can be added and taken away", (name) => {
        const added = withCondition(NO_CONDITIONS, name);
        expect([has(NO_CONDITIONS, name), has(added, name)]).toEqual([false, true]);
        expect(withoutCondition(added, name)).toEqual(NO_CONDITIONS);
        expect((Object.keys(CONDITIONS) as ConditionName[]).filter((other) => has(added, other))).toEqual([name]);
    });
});

describe("conditionNote", () => {
    const daily = (at: string): Rule => ({ type: "daily", at });
    const between = (from: string, to: string): Conditions => ({ ...NO_CONDITIONS, hours: { from, to } });
    it.each<[string, Conditions, Rule, ConditionName, string | null]>([
        ["no span", between("22:00", "22:00"), daily("22:00"), "hours", "both ends are the same"],
        ["inside", between("01:00", "06:00"), daily("01:00"), "hours", null],
        ["inside, over midnight", between("22:00", "06:00"), daily("02:30"), "hours", null],
        ["at the end", between("22:00", "06:00"), daily("06:00"), "hours", "06:00 is outside: it waits until 22:00"],
        ["outside", between("09:00", "17:00"), daily("02:30"), "hours", "02:30 is outside: it waits until 09:00"],
        ["no time of day", between("09:00", "17:00"), { type: "every", seconds: 60 }, "hours", null],
        ["once is a moment", between("09:00", "17:00"), { type: "once", at: 0 }, "hours", null],
        ["of another condition", between("22:00", "22:00"), daily("02:30"), "disk", null],
        ["battery", { ...NO_CONDITIONS, battery_not_low: true }, daily("02:30"), "battery", null],
        [
            "battery on mains",
            { ...NO_CONDITIONS, battery_not_low: true, ac_power: true },
            daily("02:30"),
            "battery",
            "always so on AC power",
        ],
    ])("%s", (_, conditions, rule, name, expected) => expect(conditionNote(name, conditions, rule)).toBe(expected));
});

describe("missingPart", () => {
    const whole: ScheduleDraft = { ...freshSchedule("UTC"), title: "t" };
    const folder = (path: string): Rule => ({
        type: "on",
        trigger: { type: "folder_changed", path, settle_seconds: 1, max_delay_seconds: 2 },
    });
    it.each<[Partial<ScheduleDraft>, RegExp | null]>([
        [{}, null],
        [{ title: " " }, /name/],
        [{ rule: { type: "weekly", days: [], at: "02:30" } }, /day/],
        [{ rule: folder("") }, /watch/],
        [{ rule: folder("/a") }, null],
        [{ action: "export" }, /export/],
        [{ conditions: { ...NO_CONDITIONS, hours: { from: "22:00", to: "22:00" } } }, /hours/],
        [{ conditions: { ...NO_CONDITIONS, hours: { from: "22:00", to: "21:59" } } }, null],
        [{ action: "export", folder: "/a" }, null],
    ])("%j", (change, expected) => {
        const missing = missingPart({ ...whole, ...change });
        if (expected === null) expect(missing).toBeNull();
        else expect(missing).toMatch(expected);
    });
});

describe("how a schedule stands", () => {
    const NOW = new Date(2026, 10, 21, 12).getTime();
    const run = (change: Partial<RunView>): RunView => ({
        ...BLANK_RUN,
        scheduled_for: NOW - 2 * HOUR,
        started_at: NOW - 2 * HOUR,
        finished_at: NOW - 2 * HOUR + 61_000,
        state: "succeeded",
        ...change,
    });
    const view = (change: Partial<ScheduleView>): ScheduleView => ({ ...BLANK_SCHEDULE, ...change });
    const waiting = run({ state: "enqueued", started_at: null, finished_at: null });
    const off = { ...freshSchedule("UTC"), enabled: false };
    const triggered: ScheduleDraft = { ...freshSchedule("UTC"), rule: { type: "on", trigger: { type: "app_start" } } };
    it.each<[string, Partial<ScheduleView>, string]>([
        ["ahead", { next: NOW + 15 * HOUR }, "Next in 15 hours, tomorrow at 03:00"],
        ["over", {}, "No more runs"],
        ["off", { draft: off, next: NOW }, "Switched off"],
        ["triggered", { draft: triggered }, "Waits for its trigger"],
        ["runs", { active: run({ state: "running", finished_at: null }) }, "Running since today at 10:00"],
        ["due", { active: waiting }, "Due, waits for its turn"],
        ["blocked", { active: waiting, waiting_for: ["AC power", "Wi-Fi"] }, "Due, waits for AC power and Wi-Fi"],
        [
            "due, and ahead again",
            { active: waiting, next: NOW + 15 * HOUR },
            "Due, waits for its turn. The next is due in 15 hours, tomorrow at 03:00",
        ],
        ["off but due", { draft: off, active: waiting }, "Due, waits for its turn"],
    ])("next: %s", (_, change, expected) => expect(nextWords(view(change), NOW)).toBe(expected));
    it.each<[string, RunView | null, string]>([
        ["never", null, "Has not run yet"],
        ["done", run({}), "Done 2 hours ago in 1 min 1 s"],
        ["done with words", run({ words: "12 images read" }), "Done 2 hours ago in 1 min 1 s: 12 images read"],
        [
            "failed",
            run({ state: "failed", error: { code: "network", message: "No answer.", hint: null } }),
            "Failed 2 hours ago after 1 min 1 s: No answer.",
        ],
        ["cancelled before it began", run({ state: "cancelled", started_at: null }), "Cancelled 2 hours ago"],
    ])("last: %s", (_, last, expected) => expect(lastWords(view({ last }), NOW)).toBe(expected));
});

describe("jobs", () => {
    const NOW = new Date(2026, 10, 21, 12).getTime();
    const error = { code: "network" as const, message: "No answer.", hint: null };
    it.each<[Partial<JobView>, string]>([
        [{}, "Waiting"],
        [{ waiting_for: ["AC power"] }, "Waits for AC power"],
        [{ state: "blocked", blocked_by: [12] }, "After job 12"],
        [{ state: "blocked", blocked_by: [12, 13] }, "After jobs 12 and 13"],
        [{ state: "blocked", blocked_by: [1, 2, 3, 4, 5] }, "After 5 other jobs"],
        [{ run_at: NOW + 125 * MINUTE }, "Starts at 14:05"],
        [
            { run_at: NOW + 125 * MINUTE, attempts: 2, error },
            "Retries at 14:05, attempt 3 of 5. Failed before: No answer.",
        ],
        [{ run_at: NOW + 20 * HOUR }, "Starts tomorrow at 08:00"],
        [{ run_at: NOW - 1 }, "Waiting"],
        [
            { waiting_for: ["AC power"], stopped: "the computer was unplugged" },
            "Waits for AC power. Stopped before: the computer was unplugged",
        ],
        [{ state: "running", words: "Line 3" }, "Line 3"],
        [{ state: "running" }, "Running"],
        [{ state: "running", words: "Line 3", stopped: "the computer was unplugged", error }, "Line 3"],
        [{ run_at: NOW - 1, attempts: 1, error }, "Waiting. Failed before: No answer."],
        [{ state: "succeeded", started_at: NOW - HOUR - 1400, finished_at: NOW - HOUR }, "Done 1 hour ago, took 1.4 s"],
        [{ state: "succeeded", finished_at: NOW - HOUR, error }, "Done 1 hour ago"],
        [{ state: "failed", finished_at: NOW - HOUR }, "Failed 1 hour ago"],
        [{ state: "failed", finished_at: NOW - HOUR, error }, "Failed 1 hour ago: No answer."],
    ])("%j", (change, expected) => expect(jobWords({ ...BLANK_JOB, ...change }, "", false, NOW)).toBe(expected));
    it("a pause of everything is what a job waits for, but for other jobs", () => {
        expect(jobWords({ ...BLANK_JOB, waiting_for: ["AC power"] }, "", true, NOW)).toBe("Paused");
        expect(jobWords({ ...BLANK_JOB, blocked_by: [1] }, "", true, NOW)).toBe("After job 1");
    });
    it("the latest word of progress counts", () => {
        expect(jobWords({ ...BLANK_JOB, state: "running", words: "old" }, "new", false, NOW)).toBe("new");
    });
    it("kinds that are new are shown by their name", () => {
        expect([kindWords("read"), kindWords("check-models")]).toEqual(["Read", "Check models"]);
    });
});

describe("Preview", () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    const answer = (sentence: string): SchedulePreview => ({ sentence, next_runs: [1, 2], problem: null });
    /** Answers to "slow" come late. */
    const ask = vi.fn(async (draft: string): Promise<SchedulePreview> => {
        await new Promise((resolve) => setTimeout(resolve, draft === "slow" ? 1000 : 10));
        if (draft === "gone") throw new Error("no service");
        const problem = { code: "bad_request" as const, message: "Wrong.", hint: null };
        return draft === "wrong" ? { ...answer(""), problem } : answer(draft);
    });

    it("asks once a person rests", async () => {
        ask.mockClear();
        const preview = new Preview(ask);
        preview.show("first");
        await vi.advanceTimersByTimeAsync(20);
        for (const draft of ["a", "ab", "abc"]) preview.show(draft);
        await vi.advanceTimersByTimeAsync(PREVIEW_AFTER_MS + 20);
        expect(ask.mock.calls.map(([draft]) => draft)).toEqual(["first", "abc"]);
        expect(preview.sentence).toBe("abc");
    });
    it("drops an answer that is older than the draft", async () => {
        const preview = new Preview(ask);
        preview.show("slow");
        await vi.advanceTimersByTimeAsync(50);
        preview.show("new");
        await vi.advanceTimersByTimeAsync(2000);
        expect(preview.sentence).toBe("new");
        preview.show("slow");
        await vi.advanceTimersByTimeAsync(PREVIEW_AFTER_MS + 10);
        preview.stop();
        await vi.advanceTimersByTimeAsync(2000);
        expect(preview.sentence).toBe("new");
    });
    it("tells what is wrong, and that it is right again", async () => {
        const preview = new Preview(ask);
        for (const [draft, problem, runs] of [
            ["wrong", "Wrong.", 0],
            ["good", undefined, 2],
            ["gone", "no service", 0],
        ] as const) {
            preview.show(draft);
            await vi.advanceTimersByTimeAsync(PREVIEW_AFTER_MS + 20);
            expect([preview.problem?.message, preview.runs.length]).toEqual([problem, runs]);
        }
    });
});
