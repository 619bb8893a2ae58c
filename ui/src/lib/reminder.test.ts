import { describe, expect, it } from "vitest";
import { BLANK_REMINDER } from "../../dev/blank";
import type { ReminderDraft, ReminderView } from "./bindings";
import { freshReminder, missingReminderPart, offers, reminderWords, snoozes, standing } from "./reminder";

const HOUR = 3_600_000;
/** Saturday. */
const at = (day: number, hour: number, minute = 0): number => Date.UTC(2026, 10, day, hour, minute);

describe("offered times", () => {
    const check = (now: number, zone: string): Record<string, string> =>
        Object.fromEntries(offers(now, zone).map(({ label, at }) => [label, new Date(at).toISOString().slice(0, 16)]));
    it("by day", () =>
        expect(check(at(21, 12, 20), "UTC")).toEqual({
            "In an hour": "2026-11-21T13:20",
            "This evening": "2026-11-21T18:00",
            "Tomorrow morning": "2026-11-22T09:00",
            "Next Monday": "2026-11-23T09:00",
        }));
    it("no evening once it has come", () => expect(check(at(21, 17), "UTC")).not.toHaveProperty("This evening"));
    it("on a Monday the next one is a week off", () =>
        expect(check(at(23, 8), "UTC")["Next Monday"]).toBe("2026-11-30T09:00"));
    it("by the day of the zone", () =>
        expect(check(at(21, 12), "Pacific/Auckland")["Tomorrow morning"]).toBe("2026-11-22T20:00"));
    it("snoozing", () =>
        expect(snoozes(at(21, 23), "UTC").map((one) => one.at - at(21, 23))).toEqual([600_000, HOUR, 10 * HOUR]));
});

describe("missingReminderPart", () => {
    const now = at(21, 12);
    const whole: ReminderDraft = { ...freshReminder(now, "UTC"), title: "t" };
    it.each<[Partial<ReminderDraft>, RegExp | null]>([
        [{}, null],
        [{ title: "  " }, /what/],
        [{ rule: { type: "once", at: now } }, /passed/],
        [{ rule: { type: "once", at: now + 1 } }, null],
        [{ rule: { type: "weekly", days: [], at: "09:00" } }, /day/],
    ])("%j", (change, expected) => {
        const missing = missingReminderPart({ ...whole, ...change }, now);
        if (expected === null) expect(missing).toBeNull();
        else expect(missing).toMatch(expected);
    });
});

describe("a due reminder", () => {
    it("can be changed without another time", () => {
        const rule = { type: "once" as const, at: at(20, 12) };
        const draft: ReminderDraft = { ...freshReminder(at(21, 12), "UTC"), title: "t", rule };
        expect(missingReminderPart(draft, at(21, 12), { ...rule })).toBeNull();
        expect(missingReminderPart(draft, at(21, 12), { ...rule, at: 1 })).toMatch(/passed/);
    });
});

describe("how a reminder stands", () => {
    const now = new Date(2026, 10, 21, 12).getTime();
    const view = (change: Partial<ReminderView>): ReminderView => ({
        ...BLANK_REMINDER,
        sentence: "Once",
        ...change,
    });
    const weekly: ReminderDraft = {
        ...freshReminder(now, "UTC"),
        rule: { type: "weekly", days: ["monday"], at: "09:00" },
    };
    const started: ReminderDraft = { ...weekly, rule: { type: "on", trigger: { type: "app_start" } } };
    it.each<[string, Partial<ReminderView>, string, string]>([
        ["due", { due_since: now - 2 * HOUR }, "due", "Due since today at 10:00"],
        ["due and ahead again", { due_since: now, next: now + HOUR }, "due", "Due since today at 12:00"],
        ["ahead", { next: now + 5 * HOUR }, "ahead", "today at 17:00, in 5 hours"],
        [
            "repeating",
            { draft: weekly, sentence: "Every Monday at 09:00", next: now + 5 * HOUR },
            "ahead",
            "today at 17:00, in 5 hours · Every Monday at 09:00",
        ],
        [
            "repeating and done before",
            { draft: weekly, sentence: "Every Monday at 09:00", next: now + 5 * HOUR, done_at: now - HOUR },
            "ahead",
            "today at 17:00, in 5 hours · Every Monday at 09:00",
        ],
        ["put off after it was done", { next: now + 5 * HOUR, done_at: now }, "ahead", "today at 17:00, in 5 hours"],
        [
            "repeating elsewhere",
            {
                draft: { ...weekly, zone: "America/New_York" },
                sentence: "Every Monday at 09:00",
                next: now + 5 * HOUR,
            },
            "ahead",
            "today at 17:00, in 5 hours · Every Monday at 09:00 in America/New York",
        ],
        ["at every start", { draft: started, sentence: "When Legible starts" }, "ahead", "When Legible starts"],
        [
            "at every start, done before",
            { draft: started, sentence: "When Legible starts", done_at: now - HOUR },
            "ahead",
            "When Legible starts",
        ],
        [
            "due since a start",
            { draft: started, sentence: "When Legible starts", due_since: now },
            "due",
            "Due since today at 12:00 · When Legible starts",
        ],
        [
            "in a zone that is gone",
            { draft: { ...weekly, zone: "Mars/Olympus" }, problem: 'there is no time zone "Mars/Olympus"' },
            "ahead",
            'Does not come: there is no time zone "Mars/Olympus". Edit and save it to mend it.',
        ],
        ["repeating, with no time left", { draft: weekly, sentence: "Every Monday" }, "done", "Over"],
        ["done", { done_at: now - HOUR }, "done", "Done 1 hour ago"],
        ["over", {}, "done", "Over"],
    ])("%s", (_, change, stand, words) => {
        expect(standing(view(change))).toBe(stand);
        expect(reminderWords(view(change), now, "UTC")).toBe(words);
    });
});
