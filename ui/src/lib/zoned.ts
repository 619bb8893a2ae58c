// Wall-clock time in an IANA zone and the moment it names.

/** A date and a time of day, such as `2026-11-22` and `02:30`. */
export interface Wall {
    date: string;
    time: string;
}

const DAY = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string): Intl.DateTimeFormat {
    let known = formats.get(zone);
    if (!known) {
        known = new Intl.DateTimeFormat("en-CA", {
            timeZone: zone,
            hourCycle: "h23",
            year: "numeric",
            month: "2-digit",
            day: "2-digit",
            hour: "2-digit",
            minute: "2-digit",
        });
        formats.set(zone, known);
    }
    return known;
}

/** What the clock in the zone shows at a moment (ms since the Unix epoch). */
export function wallAt(at: number, zone: string): Wall {
    const parts = Object.fromEntries(
        format(zone)
            .formatToParts(at)
            .map(({ type, value }) => [type, value]),
    );
    return { date: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` };
}

/** The first moment at which the clock in the zone shows this; in the gap of spring as long after the gap began as the
 * clock would say. */
export function momentOf(wall: Wall, zone: string): number {
    const as = (one: Wall): number => Date.parse(`${one.date}T${one.time}Z`);
    const wanted = as(wall);
    const offset = (at: number): number => as(wallAt(at, zone)) - at;
    // The offsets of a day before and after embrace every change of the clock at that time.
    const found = [...new Set([offset(wanted - DAY), offset(wanted + DAY)])].map((ms) => wanted - ms);
    const exact = found.filter((at) => as(wallAt(at, zone)) === wanted);
    return exact.length > 0 ? Math.min(...exact) : wanted - offset(wanted - DAY);
}

/** A date moved by some days. */
export function moveDate(date: string, days: number): string {
    return new Date(Date.parse(`${date}T00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** A date as people type it: "2026-11-22", "22.11.2026", "22.11.", "today", "tomorrow", "fri"; `null` when it is none.
 * What names no year is the next such day from `today` on. */
export function readDate(text: string, today: string): string | null {
    const typed = text.trim().toLowerCase();
    if (typed === "today") return today;
    if (typed === "tomorrow") return moveDate(today, 1);
    if (typed.length >= 3) {
        const day = DAYS.findIndex((name) => name.startsWith(typed));
        if (day >= 0) {
            const ahead = (day - new Date(`${today}T00:00Z`).getUTCDay() + 7) % 7;
            return moveDate(today, ahead === 0 ? 7 : ahead);
        }
    }
    const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed);
    if (iso) return real(Number(iso[1]), Number(iso[2]), Number(iso[3]));
    const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})?$/.exec(typed);
    if (!dotted) return null;
    const [day, month] = [Number(dotted[1]), Number(dotted[2])];
    if (dotted[3]) return real(Number(dotted[3]), month, day);
    const year = Number(today.slice(0, 4));
    const next = real(year, month, day);
    return next !== null && next >= today ? next : real(year + 1, month, day);
}

/** The date if the calendar has it. */
function real(year: number, month: number, day: number): string | null {
    const date = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
    const at = Date.parse(`${date}T00:00Z`);
    return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date) ? date : null;
}

/** A date in words, such as "Sunday, 22 November 2026". */
export const dateWords = (date: string): string =>
    new Intl.DateTimeFormat(undefined, { timeZone: "UTC", dateStyle: "full" }).format(Date.parse(`${date}T00:00Z`));
