import { describe, expect, it } from "vitest";
import { BLANK_JOB, BLANK_PROGRESS } from "../../dev/blank";
import type { Event, GroupView, JobView } from "./bindings";
import { FRESH, touchesItem, touchesItems, withEvent, type Stale } from "./stale";

const JOB = { id: 1 } as JobView;
const SYNC_JOB: JobView = { ...BLANK_JOB, kind: "sync" };
const GROUP = { id: 1 } as GroupView;
const after = (...events: Event[]): Stale => events.reduce(withEvent, FRESH);

describe("withEvent", () => {
    const check = (events: Event[], expected: Partial<Stale>): void =>
        expect(after(...events)).toEqual({ ...FRESH, ...expected });
    it.each<[string, Event[], Partial<Stale>]>([
        [
            "named items add up",
            [
                { type: "items_changed", ids: [1, 2] },
                { type: "items_changed", ids: [2, 3] },
            ],
            { items: new Set([1, 2, 3]), status: true },
        ],
        [
            "no names mean all",
            [
                { type: "items_changed", ids: [1] },
                { type: "items_changed", ids: [] },
            ],
            { items: "all", status: true },
        ],
        [
            "all stays all",
            [
                { type: "items_changed", ids: [] },
                { type: "items_changed", ids: [4] },
            ],
            { items: "all", status: true },
        ],
        ["a job", [{ type: "job_changed", job: JOB }], { jobs: true, status: true }],
        ["a group", [{ type: "group_changed", group: GROUP }], { groups: true }],
        [
            "a group's end",
            [{ type: "group_ended", group: GROUP, item: null, error: null }],
            { groups: true, jobs: true, status: true },
        ],
        ["progress asks for nothing", [{ type: "progress", job: 1, item: 1, fraction: 0.5, words: "" }], {}],
        ["a job of a storage", [{ type: "job_changed", job: SYNC_JOB }], { jobs: true, status: true, storages: true }],
        ["how far a storage is asks for nothing", [{ type: "storage_progress", progress: BLANK_PROGRESS }], {}],
        ["half a model asks for nothing", [{ type: "model_progress", model: "m", done: 1, total: 2 }], {}],
        ["a schedule", [{ type: "schedules_changed" }], { schedules: true }],
        ["a source", [{ type: "sources_changed" }], { sources: true }],
        ["a storage", [{ type: "storages_changed" }], { storages: true }],
        ["a reminder", [{ type: "reminders_changed" }], { reminders: true }],
        ["a whole model", [{ type: "model_progress", model: "m", done: 2, total: 2 }], { models: true }],
    ])("%s", (_, events, expected) => check(events, expected));

    it("too many names become all", () => {
        const ids = Array.from({ length: 600 }, (_, i) => i);
        expect(after({ type: "items_changed", ids }).items).toBe("all");
    });
    it("tells which items are touched", () => {
        const some = after({ type: "items_changed", ids: [7] });
        expect([touchesItem(some, 7), touchesItem(some, 8), touchesItems(some), touchesItems(FRESH)]).toEqual([
            true,
            false,
            true,
            false,
        ]);
    });
});
