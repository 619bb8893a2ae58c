// Sample reminders: due, ahead and done.

import type { Event, ReminderDraft, ReminderView, Rule, WireError } from "../src/lib/bindings";
import { freshSchedule } from "../src/lib/schedule";
import { preview } from "./schedules";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export function reminderBackend(scene: string, tell: (event: Event) => void) {
    const now = Date.now();
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    let fresh = 100;
    const seen = (draft: ReminderDraft): Pick<ReminderView, "sentence" | "next"> => {
        const { sentence, next_runs } = preview(
            { ...freshSchedule(zone), ...draft, conditions: freshSchedule(zone).conditions },
            Date.now(),
        );
        return { sentence: sentence.split(",")[0] ?? "", next: next_runs[0] ?? null };
    };
    const made = (
        id: number,
        title: string,
        rule: Rule,
        change: Partial<ReminderDraft> = {},
        state: Partial<ReminderView> = {},
    ): ReminderView => {
        const draft = { id, item: null, title, note: "", rule, zone, ...change };
        return { id, draft, ...seen(draft), due_since: null, done_at: null, problem: null, ...state };
    };
    const once = (at: number): Rule => ({ type: "once", at });
    let list: ReminderView[] =
        scene === "empty"
            ? []
            : [
                  made(
                      1,
                      "Pay the invoice of Lindqvist",
                      once(now - 2 * HOUR),
                      { item: 498, note: "IBAN is on the second page." },
                      { due_since: now - 2 * HOUR },
                  ),
                  made(
                      2,
                      "Water the plants",
                      { type: "weekly", days: ["monday", "thursday"], at: "09:00" },
                      {},
                      { due_since: now - 26 * HOUR },
                  ),
                  made(3, "Train to Wien", once(now + 5 * HOUR), { item: 497 }),
                  made(
                      4,
                      "Scan the receipts",
                      { type: "monthly", day: 28, at: "18:00" },
                      { note: "They lie in the blue folder." },
                  ),
                  made(6, "Look at the list", { type: "on", trigger: { type: "app_start" } }),
                  made(
                      7,
                      "Call the office in New York",
                      { type: "daily", at: "09:00" },
                      { zone: "America/New_York" },
                      { done_at: now - 3 * HOUR },
                  ),
                  made(8, "Return the book \u202E)revo(", once(now + 40 * DAY), { note: "By \u202Etnemyap" }),
                  made(
                      9,
                      "Old cron, without times left",
                      { type: "cron", expression: "0 0 1 1 *" },
                      {},
                      { next: null },
                  ),
                  made(5, "Call Marta back", once(now - 3 * DAY), {}, { done_at: now - 2 * DAY }),
              ];
    const find = (id: number): ReminderView => {
        const found = list.find((one) => one.id === id);
        if (!found) throw { code: "not_found", message: "There is no such reminder.", hint: null } satisfies WireError;
        return found;
    };
    const put = (view: ReminderView): ReminderView => {
        list = [...list.filter((one) => one.id !== view.id), view].sort(
            (a, b) =>
                Number(a.done_at !== null) - Number(b.done_at !== null) ||
                (a.due_since ?? Infinity) - (b.due_since ?? Infinity) ||
                (a.next ?? 0) - (b.next ?? 0),
        );
        tell({ type: "reminders_changed" });
        return view;
    };
    return {
        reminders: () => {
            if (scene === "broken")
                throw {
                    code: "database",
                    message: "The reminders could not be read.",
                    hint: "Rebuild the index in the settings.",
                } satisfies WireError;
            return { reminders: list };
        },
        save_reminder: (draft: ReminderDraft): ReminderView => {
            const id = draft.id ?? ++fresh;
            return put({ id, draft: { ...draft, id }, ...seen(draft), due_since: null, done_at: null, problem: null });
        },
        snooze_reminder: ({ id, until }: { id: number; until: number }) =>
            put({ ...find(id), due_since: null, done_at: null, problem: null, next: until }),
        finish_reminder: ({ id }: { id: number }) => {
            const { draft } = find(id);
            const done_at = draft.rule.type === "once" ? Date.now() : null;
            return put({ ...find(id), due_since: null, done_at, ...(done_at ? { next: null } : {}) });
        },
        remove_reminder: ({ id }: { id: number }) => {
            list = list.filter((one) => one.id !== id);
            tell({ type: "reminders_changed" });
            return { count: 1 };
        },
        suggest_reminders: ({ id }: { id: number }) => ({
            suggestions:
                id % 2 === 0
                    ? [
                          { item: id, title: "Invoice due", at: now + 12 * DAY, why: "payable by 3 December 2026" },
                          {
                              item: id,
                              title: "Discount ends",
                              at: now + 4 * DAY,
                              why: "2 % discount until 25 November",
                          },
                      ]
                    : [],
        }),
    };
}
