// Sample schedules, and what a service would say about a draft. Only as clever as looking at the window needs.

import type {
    BrokenSchedule,
    Event,
    RunView,
    Rule,
    ScheduleDraft,
    SchedulePreview,
    ScheduleView,
    WireError,
} from "../src/lib/bindings";
import { BLANK_SCHEDULE } from "./blank";
import { ACTIONS, conditionWords, freshSchedule, NO_CONDITIONS } from "../src/lib/schedule";
import { amountOf, WEEKDAYS } from "../src/lib/rule";
import { listed } from "../src/lib/times";
import { momentOf, moveDate, wallAt } from "../src/lib/zoned";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export function ruleWords(rule: Rule, zone: string): string {
    switch (rule.type) {
        case "daily":
            return `Every day at ${rule.at}`;
        case "weekly":
            return `Every ${listed(rule.days.map((day) => day.charAt(0).toUpperCase() + day.slice(1)))} at ${rule.at}`;
        case "monthly":
            return `On day ${rule.day} of every month at ${rule.at}`;
        case "every": {
            const { count, unit } = amountOf(rule.seconds);
            return count === 1 ? `Every ${unit.slice(0, -1)}` : `Every ${count} ${unit}`;
        }
        case "once": {
            const { date, time } = wallAt(rule.at, zone);
            return `Once on ${date} at ${time}`;
        }
        case "cron":
            return `At the times of “${rule.expression}”`;
        case "on":
            return {
                folder_changed: `When ${rule.trigger.type === "folder_changed" ? rule.trigger.path : ""} changes`,
                app_start: "When Legible starts",
                network_back: "When the network is back",
                plugged_in: "When plugged in",
                schedule_ended: "After another schedule",
            }[rule.trigger.type];
    }
}

export function sentence({ rule, zone, conditions, action, folder }: ScheduleDraft): string {
    const needs = conditionWords(conditions);
    const when = needs === "" ? "" : `, when ${needs}`;
    return `${ruleWords(rule, zone)}${when}, ${ACTIONS[action]}${action === "export" ? ` to ${folder}` : ""}`;
}

function nextRuns({ rule, zone }: ScheduleDraft, now: number): number[] {
    const today = wallAt(now, zone).date;
    const at = "at" in rule && typeof rule.at === "string" ? rule.at : "02:30";
    const days = Array.from({ length: 200 }, (_, i) => moveDate(today, i));
    const fits = (date: string): boolean => {
        const day = new Date(`${date}T00:00Z`);
        if (rule.type === "weekly") return rule.days.includes(WEEKDAYS[(day.getUTCDay() + 6) % 7] ?? "monday");
        if (rule.type === "monthly") return day.getUTCDate() === rule.day;
        return true;
    };
    if (rule.type === "on") return [];
    if (rule.type === "once") return rule.at > now ? [rule.at] : [];
    if (rule.type === "every") return [1, 2, 3, 4, 5].map((i) => now + i * rule.seconds * 1000);
    return days
        .filter(fits)
        .map((date) => momentOf({ date, time: at }, zone))
        .filter((moment) => moment > now)
        .slice(0, 5);
}

export function preview(draft: ScheduleDraft, now: number): SchedulePreview {
    const wrong = (message: string, hint: string): SchedulePreview => ({
        sentence: "",
        next_runs: [],
        problem: { code: "bad_request", message, hint },
    });
    if (draft.rule.type === "cron") {
        const fields = draft.rule.expression.trim().split(/\s+/);
        if (fields.length < 5 || fields.length > 6)
            return wrong(
                `“${draft.rule.expression}” has ${fields.length} fields; a cron expression has five or six.`,
                "Minute, hour, day of the month, month, day of the week: “30 2 * * *” is every day at 02:30.",
            );
        if (/ 3[01] 2 /.test(` ${draft.rule.expression} `))
            return wrong(
                `“${draft.rule.expression}” never comes.`,
                "No month has such a day. Change the day of the month or the month.",
            );
        if (Number(fields[fields.length - 4]) > 23)
            return wrong("An hour goes from 0 to 23.", "Change the second field.");
    }
    if (draft.rule.type === "once" && draft.rule.at <= now)
        return wrong("This time has passed.", "Choose a later date or time.");
    return { sentence: sentence(draft), next_runs: nextRuns(draft, now), problem: null };
}

const OFFLINE: WireError = {
    code: "network",
    message: "The list of models could not be fetched.",
    hint: "Legible tries again at the next run. Run it now to try at once.",
};

export function sampleSchedules(scene: string, zone: string, now: number): ScheduleView[] {
    if (scene === "empty") return [];
    const run = (ago: number, took: number, change: Partial<RunView> = {}): RunView => ({
        job: 90_000 + Math.round(ago / HOUR),
        scheduled_for: now - ago,
        started_at: now - ago + 2000,
        finished_at: now - ago + 2000 + took,
        state: "succeeded",
        words: "",
        error: null,
        ...change,
    });
    let id = 0;
    const made = (
        change: Partial<ScheduleDraft>,
        state: Partial<Omit<ScheduleView, "id" | "draft">> = {},
    ): ScheduleView => {
        const draft: ScheduleDraft = { ...freshSchedule(zone), conditions: NO_CONDITIONS, id: ++id, ...change };
        const runs = draft.enabled ? nextRuns(draft, now) : [];
        return {
            ...BLANK_SCHEDULE,
            id,
            draft,
            built_in: true,
            sentence: sentence(draft),
            next: runs[0] ?? null,
            next_runs: runs,
            changed_at: now - 40 * DAY,
            ...state,
        };
    };
    const busy = scene === "busy";
    const waits = { started_at: null, finished_at: null, state: "enqueued" as const };
    const list = [
        made(
            {
                title: "Read new images",
                conditions: { ...NO_CONDITIONS, ac_power: true, idle_minutes: 10 },
            },
            {
                last: run(9 * HOUR, 132_000, { words: "12 images read" }),
                skipped: 3,
                ...(busy ? { active: run(0, 0, waits), waiting_for: ["AC power", "10 minutes without use"] } : {}),
            },
        ),
        made(
            {
                title: "Check the models",
                action: "check_models",
                rule: { type: "weekly", days: ["monday"], at: "12:00" },
                conditions: { ...NO_CONDITIONS, network: "unmetered" },
            },
            { last: run(5 * DAY, 4_200, { state: "failed", error: OFFLINE }) },
        ),
        made(
            { title: "Tidy up", action: "tidy", rule: { type: "weekly", days: ["sunday"], at: "04:00" } },
            {
                last: run(6 * DAY, 900, { words: "3 images and 41 thumbnails deleted" }),
                ...(busy
                    ? {
                          active: run(40_000, 0, {
                              state: "running",
                              finished_at: null,
                              started_at: now - 40_000,
                              job: 7,
                              words: "Thumbnail 410 of 1,200",
                          }),
                      }
                    : {}),
            },
        ),
        made({
            title: "Check the library's files",
            action: "check_library",
            rule: { type: "monthly", day: 1, at: "03:00" },
            conditions: { ...NO_CONDITIONS, ac_power: true, idle_minutes: 10 },
        }),
        made({ title: "Find duplicates", action: "find_duplicates", enabled: false }),
        made({
            title: "Recognise new images",
            action: "recognise_new",
            conditions: { ...NO_CONDITIONS, ac_power: true },
        }),
        made(
            {
                title: "Scans from the \u202Eeciffo",
                rule: {
                    type: "on",
                    trigger: {
                        type: "folder_changed",
                        path: "/home/mara/Documents/Scans",
                        settle_seconds: 30,
                        max_delay_seconds: 600,
                    },
                },
            },
            { built_in: false, last: run(2 * HOUR, 61_000, { words: "4 images read" }) },
        ),
        made(
            {
                title: "Texts for the archive",
                action: "export",
                folder: "/home/mara/Archive",
                rule: { type: "weekly", days: ["monday", "wednesday", "friday"], at: "22:00" },
                zone: "America/New_York",
                missed: { type: "all", most: 3 },
                conditions: {
                    network: "connected",
                    ac_power: false,
                    battery_not_low: true,
                    idle_minutes: null,
                    disk_not_low: true,
                    hours: { from: "22:00", to: "06:00" },
                },
            },
            { built_in: false, last: run(30 * HOUR, 8_000, { state: "cancelled" }) },
        ),
    ];
    const stuck = made(
        { title: "Tidy up at the base", action: "tidy" },
        { built_in: false, problem: 'there is no time zone "Mars/Olympus"', next: null, next_runs: [] },
    );
    list.push({ ...stuck, draft: { ...stuck.draft, zone: "Mars/Olympus" } });
    const many = scene === "huge" ? 2000 : 0;
    for (let i = 1; i <= many; i++)
        list.push(made({ title: `Folder ${i}`, rule: { type: "every", seconds: i * 60 } }, { built_in: false }));
    return list;
}

const sampleBroken = (): BrokenSchedule[] => [
    { id: 801, title: "Moon phases", problem: "its rule “lunar” is unknown to this version" },
    { id: 802, title: "Remind of the \u202Etner", problem: "its conditions are cut off in the middle" },
];

/** Schedules that can be changed; `tell` hears of every change. */
export function scheduleBackend(scene: string, tell: (event: Event) => void) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    let list = sampleSchedules(scene, zone, Date.now());
    let broken = scene === "empty" ? [] : sampleBroken();
    let fresh = 10_000;
    const find = (id: number): ScheduleView => {
        const found = list.find((one) => one.id === id);
        if (!found) throw { code: "not_found", message: "There is no such schedule.", hint: null } satisfies WireError;
        return found;
    };
    const put = (view: ScheduleView): ScheduleView => {
        list = list.some((one) => one.id === view.id)
            ? list.map((one) => (one.id === view.id ? view : one))
            : [...list, view];
        tell({ type: "schedules_changed" });
        return view;
    };
    return {
        titles: () => list.map(({ id, draft }) => ({ id, title: draft.title })),
        schedules: () => {
            if (scene === "broken")
                throw {
                    code: "database",
                    message: "The schedules could not be read.",
                    hint: "Rebuild the index in the settings, then try again.",
                } satisfies WireError;
            return { schedules: list, broken, zones: Intl.supportedValuesOf("timeZone"), system_zone: zone };
        },
        preview_schedule: (draft: ScheduleDraft) => preview(draft, Date.now()),
        save_schedule: (draft: ScheduleDraft): ScheduleView => {
            const id = draft.id ?? ++fresh;
            const old = list.find((one) => one.id === id);
            if (list.some((one) => one.id !== id && one.draft.title === draft.title))
                throw {
                    code: "bad_request",
                    message: `There is a schedule with the name “${draft.title}” already.`,
                    hint: "Give it another name.",
                } satisfies WireError;
            const runs = nextRuns(draft, Date.now());
            return put({
                ...BLANK_SCHEDULE,
                ...old,
                id,
                draft: { ...draft, id },
                sentence: sentence(draft),
                next: runs[0] ?? null,
                next_runs: runs,
                changed_at: Date.now(),
                problem: null,
            });
        },
        enable_schedule: ({ id, enabled }: { id: number; enabled: boolean }) => {
            const old = find(id);
            const draft = { ...old.draft, enabled };
            const runs = enabled ? nextRuns(draft, Date.now()) : [];
            return put({ ...old, draft, next: runs[0] ?? null, next_runs: runs });
        },
        run_schedule: ({ id }: { id: number }) => {
            const now = Date.now();
            return put({
                ...find(id),
                active: {
                    job: 7,
                    scheduled_for: now,
                    started_at: now,
                    finished_at: null,
                    state: "running",
                    words: "Starting",
                    error: null,
                },
            });
        },
        remove_schedule: ({ id }: { id: number }) => {
            list = list.filter((one) => one.id !== id);
            broken = broken.filter((one) => one.id !== id);
            tell({ type: "schedules_changed" });
            return { count: 1 };
        },
    };
}
