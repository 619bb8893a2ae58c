// Reminders: how they stand, in words, and the times that are offered.

import type { ReminderDraft, ReminderView, Rule } from "./bindings";
import { plain } from "./outside";
import { until, when } from "./times";
import { ago } from "./words";
import { momentOf, moveDate, wallAt } from "./zoned";
import { zoneWords } from "./zones";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** When a day begins for most people. */
const MORNING = "09:00";
const EVENING = "18:00";

export interface Offer {
    label: string;
    at: number;
}

const MONDAY = 1;

/** The morning of the day that is `days` ahead. */
function morning(now: number, zone: string, days: number): number {
    return momentOf({ date: moveDate(wallAt(now, zone).date, days), time: MORNING }, zone);
}

/** The morning of a day, `YYYY-MM-DD`. */
export const morningOf = (day: string, zone: string): number => momentOf({ date: day, time: MORNING }, zone);

/** How long a due reminder can be put off. */
export const snoozes = (now: number, zone: string): Offer[] => [
    { label: "10 min", at: now + 10 * MINUTE },
    { label: "1 h", at: now + HOUR },
    { label: "Tomorrow", at: morning(now, zone, 1) },
];

/** Times that people most often mean; those that have passed are left out. */
export function offers(now: number, zone: string): Offer[] {
    const today = wallAt(now, zone).date;
    const weekday = new Date(`${today}T00:00Z`).getUTCDay();
    const evening = momentOf({ date: today, time: EVENING }, zone);
    const nextHour = Math.ceil((now + HOUR / 2) / HOUR) * HOUR;
    return [
        { label: "In an hour", at: Math.ceil((now + HOUR) / MINUTE) * MINUTE },
        // Of use only while there is some day left.
        { label: "This evening", at: evening > nextHour + HOUR ? evening : 0 },
        { label: "Tomorrow morning", at: morning(now, zone, 1) },
        { label: "Next Monday", at: morning(now, zone, ((MONDAY - weekday + 6) % 7) + 1) },
    ].filter(({ at }) => at > now);
}

export const freshReminder = (now: number, zone: string, item: number | null = null): ReminderDraft => ({
    id: null,
    item,
    title: "",
    note: "",
    rule: { type: "once", at: morning(now, zone, 1) },
    zone,
});

/** What must be mended before it can be saved; `null` when there is nothing. A due reminder may keep its time, `kept`. */
export function missingReminderPart({ title, rule }: ReminderDraft, now: number, kept?: Rule): string | null {
    const same = JSON.stringify(rule) === JSON.stringify(kept);
    if (rule.type === "once" && rule.at <= now && !same) return "This time has passed.";
    if (rule.type === "weekly" && rule.days.length === 0) return "Choose at least one day of the week.";
    if (title.trim() === "") return "Say what to be reminded of.";
    return null;
}

export type Standing = "due" | "ahead" | "done";

/**
 * What comes again is ahead even if it was done before; what waits for something to happen has no next time, and what
 * cannot come waits to be mended.
 */
export function standing({ due_since, next, draft, problem }: ReminderView): Standing {
    if (due_since !== null) return "due";
    return next !== null || draft.rule.type === "on" || problem !== null ? "ahead" : "done";
}

/** When it is, in words: by this computer's clock, and the rule by the clock of its zone. */
export function reminderWords(reminder: ReminderView, now: number, system: string): string {
    const { draft, due_since, done_at, next, sentence, problem } = reminder;
    if (problem !== null && due_since === null) {
        return `Does not come: ${plain(problem)}. Edit and save it to mend it.`;
    }
    const clock = draft.zone === system ? "" : ` in ${zoneWords(draft.zone)}`;
    const repeats = draft.rule.type === "once" || sentence === "" ? "" : ` · ${plain(sentence)}${clock}`;
    switch (standing(reminder)) {
        case "due":
            return `Due since ${when(due_since ?? now, now)}${repeats}`;
        case "ahead":
            return next === null ? plain(sentence) : `${when(next, now)}, ${until(next, now)}${repeats}`;
        case "done":
            return done_at === null ? "Over" : `Done ${ago(done_at, now)}`;
    }
}
