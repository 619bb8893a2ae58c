// The rule of a schedule as the editor offers it: a flat choice of modes, each with the fields it needs.

import type { Rule, Trigger, Weekday } from "./bindings";

/** One entry of the first choice of the sentence. */
export type Mode = Exclude<Rule["type"], "on"> | Trigger["type"];

export const MODES: Record<Mode, string> = {
    daily: "Every day",
    weekly: "Every week",
    monthly: "Every month",
    every: "Every so often",
    once: "Once",
    cron: "By a cron expression",
    folder_changed: "When a folder changes",
    app_start: "When Legible starts",
    network_back: "When the network is back",
    plugged_in: "When plugged in",
    schedule_ended: "After another schedule",
};

export const TIMED: readonly Mode[] = ["daily", "weekly", "monthly", "every", "once", "cron"];
export const TRIGGERED: readonly Mode[] = [
    "folder_changed",
    "app_start",
    "network_back",
    "plugged_in",
    "schedule_ended",
];

export const WEEKDAYS: readonly Weekday[] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

export const modeOf = (rule: Rule): Mode => (rule.type === "on" ? rule.trigger.type : rule.type);

/** Night, when nobody waits for the computer. */
const NIGHT = "02:30";
const SIX_HOURS = 6 * 3600;
const SETTLE_SECONDS = 30;
const MAX_DELAY_SECONDS = 600;

/** The same rule in another mode; what both have, such as the time of day, is kept. `soon` is the moment that "once"
 * begins with, `other` a schedule to come after. */
export function inMode(rule: Rule, mode: Mode, soon: number, other: number): Rule {
    if (modeOf(rule) === mode) return rule;
    const at = "at" in rule && typeof rule.at === "string" ? rule.at : NIGHT;
    switch (mode) {
        case "daily":
            return { type: "daily", at };
        case "weekly":
            return { type: "weekly", days: ["monday"], at };
        case "monthly":
            return { type: "monthly", day: 1, at };
        case "every":
            return { type: "every", seconds: SIX_HOURS };
        case "once":
            return { type: "once", at: soon };
        case "cron":
            return { type: "cron", expression: cronOf(rule) };
        case "folder_changed":
            return {
                type: "on",
                trigger: {
                    type: "folder_changed",
                    path: "",
                    settle_seconds: SETTLE_SECONDS,
                    max_delay_seconds: MAX_DELAY_SECONDS,
                },
            };
        case "schedule_ended":
            return { type: "on", trigger: { type: "schedule_ended", schedule: other } };
        default:
            return { type: "on", trigger: { type: mode } };
    }
}

/** The rule as five cron fields, as far as cron can say it; else every night. */
export function cronOf(rule: Rule): string {
    const clock = (at: string): string => {
        const [hour = 0, minute = 0] = at.split(":").map(Number);
        return `${minute} ${hour}`;
    };
    switch (rule.type) {
        case "cron":
            return rule.expression;
        case "daily":
            return `${clock(rule.at)} * * *`;
        case "weekly":
            return `${clock(rule.at)} * * ${rule.days.map((day) => (WEEKDAYS.indexOf(day) + 1) % 7).join(",") || "*"}`;
        case "monthly":
            return `${clock(rule.at)} ${rule.day} * *`;
        default:
            return `${clock(NIGHT)} * * *`;
    }
}

/** Adds or removes a day; the days stay in the order of the week. */
export function withDay(days: readonly Weekday[], day: Weekday): Weekday[] {
    return WEEKDAYS.filter((one) => (one === day ? !days.includes(one) : days.includes(one)));
}

/** A span of seconds as a person sets it: a number and a unit. */
export interface Amount {
    count: number;
    unit: Unit;
}

export type Unit = "seconds" | "minutes" | "hours" | "days";

export const UNIT_SECONDS: Record<Unit, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

/** The largest unit that goes in without rest. */
export function amountOf(seconds: number): Amount {
    const units: Unit[] = ["days", "hours", "minutes"];
    const unit = units.find((one) => seconds >= UNIT_SECONDS[one] && seconds % UNIT_SECONDS[one] === 0) ?? "seconds";
    return { count: seconds / UNIT_SECONDS[unit], unit };
}

const HOUR_MS = 3_600_000;

/** A full hour that a person who chooses a moment may begin with. */
export const soonAfter = (now: number): number => Math.ceil((now + HOUR_MS) / HOUR_MS) * HOUR_MS;

export const secondsOf = ({ count, unit }: Amount): number => Math.round(count * UNIT_SECONDS[unit]);
