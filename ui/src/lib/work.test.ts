// Work that a person asks for once: what the editor makes of it, what the service is asked for, and how it is told.

import { describe, expect, it } from "vitest";
import type { Action, JobsDraft, StepDraft } from "./bindings";
import { quoted } from "./outside";
import { NO_CONDITIONS } from "./schedule";
import {
    beginOf,
    BEGINS,
    FRESH_WORK,
    jobsDraft,
    missingWork,
    withBeside,
    withJob,
    withoutJob,
    withStep,
    workWords,
    type Begin,
    type WorkDraft,
} from "./work";

/** A Saturday. */
const NOW = new Date(2026, 10, 21, 12).getTime();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** "tidy+check_models then read_new" as steps. */
const steps = (text: string, folder: string | null = null): StepDraft[][] =>
    text.split(" then ").map((step) => step.split("+").map((action) => ({ action: action as Action, folder })));
const said = (all: WorkDraft["steps"]): string =>
    all.map((step) => step.map(({ action }) => action).join("+")).join(" then ");

describe("steps", () => {
    it.each<[string, (all: StepDraft[][]) => WorkDraft["steps"], string]>([
        ["tidy", (all) => withStep(all, "read_new"), "tidy then read_new"],
        ["tidy then read_new", (all) => withBeside(all, 0, "check_models"), "tidy+check_models then read_new"],
        ["tidy+read_new", (all) => withJob(all, 0, 1, { action: "export" }), "tidy+export"],
        ["tidy+read_new then export", (all) => withoutJob(all, 0, 0), "read_new then export"],
        ["tidy then read_new then export", (all) => withoutJob(all, 1, 0), "tidy then export"],
    ])("%s", (before, how, expected) => expect(said(how(steps(before)))).toBe(expected));
});

describe("beginOf", () => {
    it.each(Object.keys(BEGINS) as Begin["type"][])("%s can be used as it is", (type) => {
        const begin = beginOf(type, NOW + HOUR);
        expect(begin.type).toBe(type);
        expect(missingWork({ ...FRESH_WORK, begin }, NOW)).toBeNull();
    });
});

describe("missingWork", () => {
    const noTime = { ...NO_CONDITIONS, hours: { from: "22:00", to: "22:00" } };
    it.each<[string, Partial<WorkDraft>, RegExp | null]>([
        ["nothing", {}, null],
        ["no folder", { steps: steps("tidy then export") }, /folder/],
        ["a folder", { steps: steps("export", "/texts") }, null],
        ["a time that has passed", { begin: { type: "at", at: NOW } }, /passed/],
        ["a time ahead", { begin: { type: "at", at: NOW + 1 } }, null],
        ["hours without length", { begin: { type: "ready" }, conditions: noTime }, /hours/],
        ["hours that do not count", { conditions: noTime }, null],
    ])("%s", (_, change, expected) => {
        const missing = missingWork({ ...FRESH_WORK, ...change }, NOW);
        if (expected === null) expect(missing).toBeNull();
        else expect(missing).toMatch(expected);
    });
});

describe("jobsDraft", () => {
    const plain: JobsDraft = {
        steps: [[{ action: "read_new", folder: null }]],
        run_at: null,
        now: true,
        zone: null,
        conditions: NO_CONDITIONS,
        tags: [],
        name: null,
        policy: "keep",
        priority: -10,
        attempts: null,
        backoff: null,
        budget_seconds: null,
        keep_seconds: null,
        merge: "overwrite",
    };
    const power = { ...NO_CONDITIONS, ac_power: true };
    it.each<[string, Partial<WorkDraft>, Partial<JobsDraft>]>([
        ["as it begins", {}, {}],
        ["when its turn comes", { begin: { type: "ready" } }, { now: false }],
        ["in a while", { begin: { type: "in", seconds: 90 } }, { now: false, run_at: NOW + 90_000 }],
        ["at a time", { begin: { type: "at", at: NOW + HOUR } }, { now: false, run_at: NOW + HOUR }],
        ["on power", { begin: { type: "ready" }, conditions: power }, { now: false, conditions: power }],
        ["now, whatever was chosen before", { conditions: power }, {}],
        [
            "to a folder, which only an export has",
            { steps: steps("tidy+export", "/texts") },
            {
                steps: [
                    [
                        { action: "tidy", folder: null },
                        { action: "export", folder: "/texts" },
                    ],
                ],
            },
        ],
        ["with a name", { name: " nightly ", policy: "append" }, { name: "nightly", policy: "append" }],
        ["with a name of spaces", { name: "  " }, {}],
        [
            "with limits",
            { tags: ["a"], attempts: 2, budget: 60, keep: 3600, zone: "UTC" },
            { tags: ["a"], attempts: 2, budget_seconds: 60, keep_seconds: 3600, zone: "UTC" },
        ],
        ["first", { priority: "first" }, { priority: 1000 }],
        ["last", { priority: "last" }, { priority: -1000 }],
    ])("%s", (_, change, expected) =>
        expect(jobsDraft({ ...FRESH_WORK, ...change }, NOW)).toEqual({ ...plain, ...expected }),
    );
});

describe("workWords", () => {
    const ready: Begin = { type: "ready" };
    it.each<[Partial<WorkDraft>, string]>([
        [{}, "Now, ahead of all other work: read new images."],
        [{ begin: ready }, "As soon as its turn comes: read new images."],
        [{ begin: { type: "in", seconds: 1200 } }, "In 20 minutes, today at 12:20: read new images."],
        [{ begin: { type: "in", seconds: 3600 } }, "In 1 hour, today at 13:00: read new images."],
        [{ begin: { type: "at", at: NOW + 15 * HOUR } }, "Tomorrow at 03:00: read new images."],
        [
            { begin: ready, conditions: { ...NO_CONDITIONS, ac_power: true, idle_minutes: 1, network: "unmetered" } },
            "As soon as its turn comes, when on AC power, you are away for 1 minute and connected, unmetered: " +
                "read new images.",
        ],
        [
            {
                begin: ready,
                zone: "America/New_York",
                conditions: { ...NO_CONDITIONS, hours: { from: "22:00", to: "06:00" } },
            },
            "As soon as its turn comes, when between 22:00 and 06:00 by the clock of America/New York: read new images.",
        ],
        [{ conditions: { ...NO_CONDITIONS, ac_power: true } }, "Now, ahead of all other work: read new images."],
        [
            { steps: steps("read_new+check_models then find_duplicates then export") },
            "Now, ahead of all other work: read new images and check the models in any order, " +
                "then find images that look alike, then export the texts to a folder.",
        ],
        [
            { steps: steps("export", "/a\u202Eb") },
            `Now, ahead of all other work: export the texts to ${quoted("/ab")}.`,
        ],
        [
            { name: "nightly", policy: "replace" },
            "Now, ahead of all other work: read new images. " +
                `If other work has the name ${quoted("nightly")}, that is cancelled, then this begins.`,
        ],
    ])("%j", (change, expected) =>
        expect(workWords({ ...FRESH_WORK, ...change }, NOW, "Europe/Berlin")).toBe(expected),
    );
});
