// How fast a group of work goes on, by what was done of it over the last minute.

import type { GroupView } from "./bindings";
import { span } from "./times";

/** How much of a group had ended at a time. */
export interface Sample {
    /** In ms since the Unix epoch. */
    at: number;
    /** Images done or failed. */
    ended: number;
}

export interface Pace {
    perMinute: number;
    /** How long the rest takes at this pace, in ms. */
    leftMs: number;
}

const MINUTE = 60_000;
/** What is known of a shorter time says little. */
const SHORTEST = 10_000;
/** One sample in this time is enough. */
const APART = 1_000;
/** Groups this small are over before anybody asks how long they take. */
const SMALL = 20;

export const endedOf = ({ done, failed }: GroupView): number => done + failed;

/** Whether it is worth telling how fast it goes. */
export const isLong = (group: GroupView): boolean => group.ended_at === null && !group.stopped && group.images > SMALL;

/** The samples with a new one, without those that are of no use any more. Fewer than before means that it began anew. */
export function noted(samples: readonly Sample[], at: number, ended: number): Sample[] {
    const last = samples.at(-1);
    if (last && (ended < last.ended || at < last.at)) return [{ at, ended }];
    if (samples.length > 1 && last && at - last.at < APART) return [...samples.slice(0, -1), { at: last.at, ended }];
    // The last one before the minute began tells how much there was then.
    const from = samples.findLastIndex((sample) => sample.at <= at - MINUTE);
    return [...samples.slice(Math.max(0, from)), { at, ended }];
}

/** The pace of the last minute; `null` while too little is known, or nothing was done in it. */
export function paceOf(samples: readonly Sample[], now: number, left: number): Pace | null {
    const last = samples.at(-1);
    const first = samples.findLast((sample) => sample.at <= now - MINUTE) ?? samples[0];
    if (!first || !last || now - first.at < SHORTEST) return null;
    const done = last.ended - first.ended;
    if (done <= 0) return null;
    const perMinute = (done * MINUTE) / (now - first.at);
    return { perMinute, leftMs: (left / perMinute) * MINUTE };
}

/** "38 images a minute, about 4 min left". */
export function paceWords({ perMinute, leftMs }: Pace, gathering: boolean): string {
    const rate = perMinute < 9.95 ? perMinute.toFixed(1).replace(/\.0$/, "") : Math.round(perMinute).toLocaleString();
    const words = `${rate} ${rate === "1" ? "image" : "images"} a minute`;
    // More may come: nobody knows how long that takes.
    return gathering || leftMs <= 0 ? words : `${words}, about ${roughly(leftMs)} left`;
}

/** A time that is only guessed has no seconds beside its minutes. */
function roughly(ms: number): string {
    if (ms < MINUTE) return span(Math.max(10_000, Math.ceil(ms / 10_000) * 10_000));
    if (ms < 60 * MINUTE) return span(Math.round(ms / MINUTE) * MINUTE);
    return span(Math.round(ms / (10 * MINUTE)) * 10 * MINUTE);
}
