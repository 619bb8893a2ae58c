// The parts of a schedule in words, and a new schedule to begin with.

import type {
    Action,
    Conditions,
    Hours,
    NetworkNeed,
    Overlap,
    Rule,
    ScheduleDraft,
    ScheduleView,
    StepDraft,
} from "./bindings";
import { listed, span, until, when } from "./times";
import { ago, plural } from "./words";

export const ACTIONS: Record<Action, string> = {
    read_new: "read new images",
    read_newer_model: "read again with a newer model",
    recognise_new: "recognise what images show",
    find_duplicates: "find images that look alike",
    rebuild: "rebuild the index",
    tidy: "empty old trash and unused thumbnails",
    check_models: "check the models",
    check_library: "check the library's files",
    export: "export the texts",
};

export const ACTION_OPTIONS = (Object.keys(ACTIONS) as Action[]).map((value) => ({ value, label: ACTIONS[value] }));

export const NETWORKS: Record<Exclude<NetworkNeed, "any">, string> = {
    connected: "connected",
    unmetered: "connected, unmetered",
    metered: "connected, metered",
};

export const OVERLAPS: Record<Overlap, string> = {
    skip: "leave the new run out",
    queue: "start it afterwards",
    replace: "stop the old one and start anew",
    allow: "let both run",
};

/** The conditions as the sentence shows them, each of which can be added and taken away. */
export type ConditionName = "ac_power" | "idle" | "battery" | "network" | "disk" | "hours";

export const CONDITIONS: Record<ConditionName, string> = {
    ac_power: "on AC power",
    idle: "you are away for some minutes",
    battery: "the battery is not low",
    network: "connected to a network",
    disk: "the disk is not full",
    hours: "between certain hours",
};

export const NO_CONDITIONS: Conditions = {
    network: "any",
    ac_power: false,
    battery_not_low: false,
    idle_minutes: null,
    disk_not_low: false,
    hours: null,
};

export function has(conditions: Conditions, name: ConditionName): boolean {
    return {
        ac_power: conditions.ac_power,
        idle: conditions.idle_minutes !== null,
        battery: conditions.battery_not_low,
        network: conditions.network !== "any",
        disk: conditions.disk_not_low,
        hours: conditions.hours !== null,
    }[name];
}

/** The conditions with one of them set to what a person most likely means. */
export function withCondition(conditions: Conditions, name: ConditionName): Conditions {
    const set: Record<ConditionName, Partial<Conditions>> = {
        ac_power: { ac_power: true },
        idle: { idle_minutes: 10 },
        battery: { battery_not_low: true },
        network: { network: "connected" },
        disk: { disk_not_low: true },
        hours: { hours: { from: "22:00", to: "06:00" } },
    };
    return { ...conditions, ...set[name] };
}

export function withoutCondition(conditions: Conditions, name: ConditionName): Conditions {
    const cleared: Record<ConditionName, Partial<Conditions>> = {
        ac_power: { ac_power: false },
        idle: { idle_minutes: null },
        battery: { battery_not_low: false },
        network: { network: "any" },
        disk: { disk_not_low: false },
        hours: { hours: null },
    };
    return { ...conditions, ...cleared[name] };
}

/** The conditions as part of a sentence, such as "on AC power and connected"; empty where nothing is needed. */
export function conditionWords(conditions: Conditions): string {
    const { idle_minutes, network, hours } = conditions;
    const words: Partial<Record<ConditionName, string>> = {
        idle: `you are away for ${plural(idle_minutes ?? 0, "minute")}`,
        network: network === "any" ? "" : NETWORKS[network],
        hours: `between ${hours?.from} and ${hours?.to}`,
    };
    const names = (Object.keys(CONDITIONS) as ConditionName[]).filter((name) => has(conditions, name));
    return listed(names.map((name) => words[name] ?? CONDITIONS[name]));
}

/** Whether hours begin and end at the same time, so that nobody can say what they mean: no time, or all of the day. */
export const noSpan = (hours: Hours | null): boolean => hours !== null && hours.from === hours.to;

/** What is to be known about a condition beside the rest of the schedule; `null` when it speaks for itself. */
export function conditionNote(name: ConditionName, conditions: Conditions, rule?: Rule): string | null {
    const { hours } = conditions;
    if (name === "battery" && conditions.ac_power) return "always so on AC power";
    if (name !== "hours" || !hours) return null;
    if (noSpan(hours)) return "both ends are the same";
    const at = rule && "at" in rule && typeof rule.at === "string" ? rule.at : null;
    return at !== null && !within(at, hours) ? `${at} is outside: it waits until ${hours.from}` : null;
}

/** Whether a time of day, such as "02:30", lies in hours; they may go over midnight. */
function within(time: string, { from, to }: Hours): boolean {
    return from < to ? from <= time && time < to : from <= time || time < to;
}

/** What a person who makes a schedule begins with: new images, at night, on AC power. */
export const freshSchedule = (zone: string): ScheduleDraft => ({
    id: null,
    title: "",
    action: "read_new",
    folder: null,
    rule: { type: "daily", at: "02:30" },
    zone,
    conditions: { ...NO_CONDITIONS, ac_power: true },
    missed: { type: "once" },
    overlap: "skip",
    flex_seconds: null,
    enabled: true,
});

/** Why hours cannot be used; `null` when they can. */
export const missingHours = ({ hours }: Conditions): string | null =>
    noSpan(hours) ? "Choose hours with a beginning and another end, or take them away." : null;

/** What an action lacks; `null` when there is nothing. */
export const missingTarget = ({ action, folder }: StepDraft): string | null =>
    action === "export" && !folder?.trim() ? "Choose the folder to export to." : null;

/** What must be mended before the service is asked; `null` when there is nothing. */
export function missingPart(draft: ScheduleDraft): string | null {
    const { title, rule, conditions } = draft;
    if (rule.type === "weekly" && rule.days.length === 0) return "Choose at least one day of the week.";
    if (rule.type === "on" && rule.trigger.type === "folder_changed" && rule.trigger.path.trim() === "")
        return "Choose the folder to watch.";
    return missingHours(conditions) ?? missingTarget(draft) ?? (title.trim() === "" ? "Give it a name." : null);
}

/** Whether something of the schedule runs just now. */
export const isRunning = (schedule: ScheduleView): boolean => schedule.active?.state === "running";

/** What comes next, in words: what it waits for, or when it runs. */
export function nextWords({ draft, active, waiting_for, next }: ScheduleView, now: number): string {
    if (active?.state === "running")
        return active.started_at === null ? "Running" : `Running since ${when(active.started_at, now)}`;
    if (active || waiting_for.length > 0) {
        const after = next === null ? "" : `. The next is due ${until(next, now)}, ${when(next, now)}`;
        return `Due, waits for ${waiting_for.length > 0 ? listed(waiting_for) : "its turn"}${after}`;
    }
    if (!draft.enabled) return "Switched off";
    if (draft.rule.type === "on") return "Waits for its trigger";
    if (next === null) return "No more runs";
    return `Next ${until(next, now)}, ${when(next, now)}`;
}

/** How the last run came out, in words. */
export function lastWords({ last }: ScheduleView, now: number): string {
    if (!last) return "Has not run yet";
    const took = last.started_at !== null && last.finished_at !== null ? last.finished_at - last.started_at : null;
    const ended = ago(last.finished_at ?? last.scheduled_for, now);
    const duration = took === null ? "" : ` after ${span(took)}`;
    if (last.state === "failed") return `Failed ${ended}${duration}: ${last.error?.message ?? "no reason was told"}`;
    if (last.state === "cancelled") return `Cancelled ${ended}${duration}`;
    const what = last.words === "" ? "" : `: ${last.words}`;
    return `Done ${ended}${took === null ? "" : ` in ${span(took)}`}${what}`;
}
