// How a storage stands, what came of it, what is asked: in words.

import { describe, expect, it } from "vitest";
import { BLANK_PLAN, BLANK_PROGRESS, BLANK_STORAGE, BLANK_SYNC } from "../../dev/blank";
import type {
    StorageView,
    SyncCount,
    SyncPlan,
    SyncProgress,
    SyncQuestion,
    SyncResult,
    SyncStep,
    SyncWhat,
    WireError,
} from "./bindings";
import {
    asks,
    consentWords,
    FOLDERS,
    isCut,
    nextSync,
    planCounts,
    planWords,
    progressWords,
    isOpen,
    questionWords,
    removalWords,
    removes,
    resultWords,
    standing,
    standingWords,
    WHATS,
    type Standing,
} from "./storage-words";

const NOW = Date.UTC(2026, 10, 22, 12);
const MINUTE = 60_000;
const error: WireError = { code: "network", message: "No answer.", hint: null };
const problem = { at: NOW - 5 * MINUTE, error };
const question: SyncQuestion = { type: "empty", remote: true, had: 7 };
const last = (change: Partial<SyncResult> = {}): SyncResult => ({ ...BLANK_SYNC, at: NOW - 2 * MINUTE, ...change });

describe("standing", () => {
    it.each<[string, Partial<StorageView>, Standing, RegExp]>([
        ["nothing yet", {}, "never", /^Not brought in step yet$/],
        ["a job that tells", { job: 4, doing: "looking what changed" }, "running", /^Looking what changed$/],
        ["a job that has not told yet", { job: 4, doing: "" }, "running", /^It begins$/],
        ["a job without words", { job: 4 }, "waiting", /^Waiting for its turn$/],
        ["a job that was paused", { job: 4, held: true }, "held", /^Paused/],
        ["a pause after a problem", { job: 4, held: true, problem }, "held", /^Paused/],
        [
            "a locked secret",
            { problem: { ...problem, error: { ...problem.error, code: "locked" } } },
            "locked",
            /passp/,
        ],
        [
            "a locked secret of what is switched off",
            {
                draft: { ...BLANK_STORAGE.draft, enabled: false },
                problem: { ...problem, error: { ...problem.error, code: "locked" } },
            },
            "failed",
            /^Failed/,
        ],
        [
            "a job that is held up",
            { job: 4, waiting_for: ["AC power", "the network"] },
            "waiting",
            /AC power and the net/,
        ],
        ["a job goes before what was", { job: 4, doing: "a", last: last({ questions: [question] }) }, "running", /A/],
        ["a question", { last: last({ questions: [question] }) }, "asks", /Needs you/],
        ["a question before a problem", { last: last({ questions: [question] }), problem }, "asks", /Needs you/],
        ["a problem", { problem }, "failed", /^Failed 5 minutes ago$/],
        ["a problem after what went well", { last: last(), problem }, "failed", /^Failed/],
        ["a stop after what went well", { last: last(), stopped: true }, "stopped", /^Stopped before it was done/],
        ["a stop before what comes next", { job: 4, stopped: true }, "waiting", /turn/],
        ["all well", { last: last() }, "in_step", /^In step as of today at/],
        ["a file that could not", { last: last({ problem_count: 1 }) }, "partly", /2 minutes ago, but for 1 file$/],
        ["a change meanwhile", { last: last({ left: ["a.png"] }) }, "partly", /what changed meanwhile follows/],
        ["one that follows", { job: 4, last: last({ left: ["a.png"] }) }, "partly", /what changed meanwhile follows/],
        ["one that is held", { waiting_for: ["AC power"], last: last({ left: ["a"] }) }, "waiting", /AC power/],
        ["one left again", { last: last({ left: ["a"], problem_count: 1 }) }, "partly", /but for 1 file$/],
    ])("%s", (_, change, expected, words) => {
        const storage = { ...BLANK_STORAGE, ...change };
        expect(standing(storage)).toBe(expected);
        expect(standingWords(storage, NOW)).toMatch(words);
    });
    it("asks a person as long as there are questions", () => {
        expect(asks(BLANK_STORAGE)).toBe(false);
        expect(asks({ ...BLANK_STORAGE, last: last() })).toBe(false);
        expect(asks({ ...BLANK_STORAGE, job: 3, last: last({ questions: [question] }) })).toBe(true);
    });
});

describe("resultWords", () => {
    it.each<[Partial<SyncResult>, string | null]>([
        [{}, null],
        [{ uploaded: 1 }, "1 file sent"],
        [{ uploaded: 2, downloaded: 1, bytes: 1500 }, "2 files sent, 1 fetched · 1.5 kB"],
        [{ merged: 1, removed: 2, put_away: 3 }, "1 file merged, 2 removed there, 3 moved to the trash here"],
        [{ adopted: 4 }, "4 files the same on both sides"],
    ])("%j", (change, expected) => expect(resultWords(last(change))).toBe(expected));
});

describe("progressWords", () => {
    it.each<[Partial<SyncProgress>, string]>([
        [{ files: 4 }, "0 of 4 files"],
        [{ files: 1, files_done: 1, seconds_left: 3 }, "1 of 1 file · a few seconds left"],
        [{ files: 9_800, files_done: 412, bytes: 4.2e9, bytes_done: 2.14e8 }, "412 of 9,800 files · 214 MB of 4.2 GB"],
        [{ files: 2, seconds_left: 31 }, "0 of 2 files · about 40 seconds left"],
        [{ files: 2, seconds_left: 90 }, "0 of 2 files · about 2 minutes left"],
        [{ files: 2, seconds_left: 5_399 }, "0 of 2 files · about 90 minutes left"],
        [{ files: 2, seconds_left: 5_400 }, "0 of 2 files · about 2 hours left"],
        [{ files: 2, seconds_left: 129_599 }, "0 of 2 files · about 36 hours left"],
        [{ files: 2, seconds_left: 129_600 }, "0 of 2 files · about 2 days left"],
    ])("%j", (change, expected) => expect(progressWords({ ...BLANK_PROGRESS, ...change })).toBe(expected));
});

describe("nextSync", () => {
    const { draft } = BLANK_STORAGE;
    it.each<[string, Partial<StorageView>, string | null]>([
        ["nothing while one goes on", { job: 1, next: NOW }, null],
        ["nothing while one is held", { waiting_for: ["AC power"], next: NOW }, null],
        ["when a person says so", { draft: { ...draft, rule: null } }, "Only when you say so"],
        ["so too if off", { draft: { ...draft, rule: null, enabled: false } }, "Only when you say so"],
        [
            "never while it is off",
            { draft: { ...draft, enabled: false }, next: NOW },
            "Switched off: only when you say so",
        ],
        ["by changes only", { draft: { ...draft, rule: null, on_change: true } }, "Next soon after a change here"],
        [
            "not by changes where nothing goes up",
            { draft: { ...draft, rule: null, on_change: true, direction: "down" } },
            "Only when you say so",
        ],
        ["never again", {}, "No next time"],
    ])("%s", (_, change, expected) => expect(nextSync({ ...BLANK_STORAGE, ...change }, NOW)).toBe(expected));
    it("by the clock", () => {
        expect(nextSync({ ...BLANK_STORAGE, next: NOW + 5 * MINUTE }, NOW)).toMatch(
            /^Next in 5 minutes, today at \d\d:\d\d$/,
        );
        const both = { ...BLANK_STORAGE, draft: { ...draft, on_change: true }, next: NOW + 5 * MINUTE };
        expect(nextSync(both, NOW)).toMatch(/^Next in 5 minutes, today at .*, or soon after a change here$/);
    });
});

describe("questions", () => {
    it.each<[SyncQuestion, RegExp, string | null]>([
        [{ type: "first_meeting", local: 3, remote: 4 }, /3 here and 4 there/, null],
        [question, /^The storage is empty.*trash here\.$/, "Yes, move 7 files to the trash here"],
        [
            { type: "empty", remote: false, had: 1 },
            /^The library here is empty, and 1 file was.*removed from the storage\.$/,
            "Yes, remove 1 file from the storage",
        ],
        [{ type: "other_folder", marked: false, answer: null }, /has lost its mark.*right disk.*which folder/, null],
        [{ type: "other_folder", marked: true, answer: "same" }, /is marked as another one/, null],
        [
            { type: "many_deletes", remote: true, deletes: 2, of: 3 },
            /^2 of 3 files would be removed from the storage, or replaced on the storage by others\.$/,
            "Yes, remove or replace 2 files on the storage",
        ],
        [
            { type: "many_deletes", remote: false, deletes: 2, of: 3 },
            /^2 of 3 files would be moved to the trash here, or replaced here by others\.$/,
            "Yes, remove or replace 2 files here",
        ],
    ])("%j", (asked, words, consent) => {
        expect(questionWords(asked)).toMatch(words);
        expect(consentWords(asked)).toBe(consent);
    });
    it.each<[SyncQuestion, boolean, boolean]>([
        [{ type: "first_meeting", local: 3, remote: 4 }, false, false],
        [question, false, true],
        [question, true, false],
        [{ type: "other_folder", marked: false, answer: null }, true, true],
        [{ type: "other_folder", marked: false, answer: "new" }, false, false],
    ])("%j agreed to: %s, is open: %s", (asked, agreed, open) => expect(isOpen(asked, agreed)).toBe(open));
    it("names first what deletes nothing", () => {
        expect(FOLDERS.map(({ value }) => value)).toEqual(["new", "same"]);
        expect(FOLDERS[0]?.about).toMatch(/^Nothing is deleted/);
    });
});

describe("a plan", () => {
    const step = (what: SyncStep["what"], path: string): SyncStep => ({ what, path, bytes: 0 });
    const count = (what: SyncCount["what"], files: number, bytes = 0): SyncCount => ({ what, files, bytes });
    const plan = (change: Partial<SyncPlan>): SyncPlan => ({ ...BLANK_PLAN, ...change });
    it("is counted by what is done, in one order whatever comes first", () => {
        const counts = [count("forget", 1), count("trash_here", 3), count("compare", 0), count("upload", 9_000, 7)];
        expect(planCounts(plan({ counts, steps: [step("download", "a")] }))).toEqual([
            count("upload", 9_000, 7),
            count("trash_here", 3),
            count("forget", 1),
        ]);
    });
    it("removes by two of the things only", () => {
        expect((Object.keys(WHATS) as SyncWhat[]).filter(removes)).toEqual(["remove_there", "trash_here"]);
    });
    it("tells when a part of it only is told of", () => {
        expect(isCut(plan({ steps: [step("upload", "a")], count: 1 }))).toBe(false);
        expect(isCut(plan({ steps: [step("upload", "a")], count: 2 }))).toBe(true);
    });
    it.each<[Partial<SyncPlan>, string]>([
        [{}, "Both sides are in step."],
        [{ problem_count: 2 }, "Nothing else is to be done."],
        [{ count: 1 }, "1 file to look after, nothing to move."],
        [
            { questions: [{ type: "other_folder", marked: false, answer: null }] },
            "What is to be done depends on which folder it is.",
        ],
        [{ questions: [{ type: "other_folder", marked: false, answer: "new" }] }, "Both sides are in step."],
        [{ count: 3, bytes: 2_000_000 }, "3 files to look after, 2.0 MB to move."],
    ])("%j", (change, expected) => expect(planWords(plan(change))).toBe(expected));
});

describe("removalWords", () => {
    it("says that nothing is deleted", () => {
        const words = (in_step: number): string => removalWords({ ...BLANK_STORAGE, in_step });
        expect(words(0)).toBe(
            "Nothing is deleted, neither here nor there. Its password is forgotten. It is no longer brought in step.",
        );
        expect(words(1)).toContain("The 1 file that was in step stays where it is.");
        const { draft } = BLANK_STORAGE;
        const folder = { ...BLANK_STORAGE, draft: { ...draft, place: { type: "folder" as const, path: "/a" } } };
        expect(removalWords(folder)).not.toContain("forgotten");
        expect(words(9)).toContain("The 9 files that were in step stay where they are.");
    });
});
