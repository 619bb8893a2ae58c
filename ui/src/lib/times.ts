// Times in words: how long something took, how far off it is, and when that is by the clock.

import { plural } from "./words";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long: "0.4 s", "12 s", "2 min 5 s", "1 h 3 min", "2 d 4 h". */
export function span(ms: number): string {
    if (ms < 9_950) return `${(Math.max(0, ms) / SECOND).toFixed(1)} s`;
    const seconds = Math.round(ms / SECOND);
    if (seconds < 60) return `${seconds} s`;
    const two = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
        small > 0 ? `${big} ${bigUnit} ${small} ${smallUnit}` : `${big} ${bigUnit}`;
    if (seconds < 3600) return two(Math.floor(seconds / 60), "min", seconds % 60, "s");
    const minutes = Math.round(seconds / 60);
    if (minutes < 24 * 60) return two(Math.floor(minutes / 60), "h", minutes % 60, "min");
    const hours = Math.round(minutes / 60);
    return two(Math.floor(hours / 24), "d", hours % 24, "h");
}

/** How long something goes on by now, in whole seconds, so that a clock that ticks does not flicker. */
export const elapsed = (ms: number): string =>
    ms < 59_000 ? `${Math.max(0, Math.floor(ms / SECOND))} s` : span(Math.floor(ms / SECOND) * SECOND);

/** How far off: "now", "in 5 minutes", "in 3 hours", "in 12 days". */
export function until(at: number, now: number): string {
    const left = at - now;
    if (left < 30 * SECOND) return "now";
    if (left < 59.5 * MINUTE) return `in ${plural(Math.max(1, Math.round(left / MINUTE)), "minute")}`;
    if (left < 35.5 * HOUR) return `in ${plural(Math.round(left / HOUR), "hour")}`;
    return `in ${plural(Math.round(left / DAY), "day")}`;
}

/** The calendar day of a time in a zone, as a number that grows by one a day. */
function dayNumber(at: number, zone: string | undefined): number {
    const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(at);
    return Math.round(Date.parse(parts) / DAY);
}

const yearOf = (at: number, zone: string | undefined): string =>
    new Intl.DateTimeFormat("en", { timeZone: zone, year: "numeric" }).format(at);

/** By the clock of a zone: "today at 14:05", "tomorrow at 02:30", "Tuesday at 02:30", then the date. `zone` left out
 * means this computer's. */
export function when(at: number, now: number, zone?: string): string {
    const day = dayNumber(at, zone) - dayNumber(now, zone);
    const named = { "-1": "yesterday", "0": "today", "1": "tomorrow" }[String(day)];
    const near = Math.abs(day) < 7;
    const year = yearOf(at, zone) !== yearOf(now, zone);
    const date =
        named ??
        new Intl.DateTimeFormat(
            undefined,
            near && day > 0
                ? { timeZone: zone, weekday: "long" }
                : {
                      timeZone: zone,
                      weekday: "short",
                      day: "numeric",
                      month: "short",
                      year: year ? "numeric" : undefined,
                  },
        ).format(at);
    return `${date} at ${clock(at, zone)}`;
}

/** The day of a time in the past, within a sentence: "today", "yesterday", "on Tuesday", then "on 3 Nov". */
export function onDay(at: number, now: number, zone?: string): string {
    const days = dayNumber(now, zone) - dayNumber(at, zone);
    if (days <= 0) return "today";
    if (days === 1) return "yesterday";
    const year = yearOf(at, zone) !== yearOf(now, zone) ? ("numeric" as const) : undefined;
    const date = new Intl.DateTimeFormat(
        undefined,
        days < 7 ? { timeZone: zone, weekday: "long" } : { timeZone: zone, day: "numeric", month: "short", year },
    ).format(at);
    return `on ${date}`;
}

/** Time of day, such as "14:05", as the sentences of schedules write it. */
export const clock = (at: number, zone?: string): string =>
    new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", hour: "2-digit", minute: "2-digit" }).format(
        at,
    );

/** A time of day as people type it ("2:30", "0230", "2.30 pm", "14h"), as "02:30"; `null` when it is none. */
export function readTime(text: string): string | null {
    const found = /^\s*(\d{1,2})(?:\s*[:.h]?\s*(\d{2}))?\s*h?\s*(am|pm)?\s*$/i.exec(text);
    if (!found) return null;
    let hour = Number(found[1]);
    const minute = Number(found[2] ?? 0);
    const half = found[3]?.toLowerCase();
    if (half && (hour < 1 || hour > 12)) return null;
    if (half) hour = (hour % 12) + (half === "pm" ? 12 : 0);
    if (hour > 23 || minute > 59) return null;
    return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

/** "02:30" moved by some minutes, around midnight too. */
export function moveTime(time: string, minutes: number): string {
    const [hour = 0, minute = 0] = time.split(":").map(Number);
    const total = (((hour * 60 + minute + minutes) % 1440) + 1440) % 1440;
    return `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
}

/** "a", "a and b", "a, b and c". */
export function listed(words: readonly string[]): string {
    if (words.length < 2) return words[0] ?? "";
    return `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}
