// Numbers and codes in words.

import type { GroupView, ItemState, JobState, Status } from "./bindings";

export const plural = (count: number, one: string, many = `${one}s`): string =>
    `${count.toLocaleString()} ${count === 1 ? one : many}`;

export const ITEM_STATE: Record<ItemState, string> = {
    waiting: "Waiting",
    reading: "Reading",
    text: "Text",
    no_text: "No text",
    problem: "Problem",
    unread: "Not read",
};

export const JOB_STATE: Record<JobState, string> = {
    enqueued: "Waiting",
    blocked: "Waiting for another job",
    running: "Running",
    succeeded: "Done",
    failed: "Failed",
    cancelled: "Cancelled",
};

export function bytes(count: number): string {
    if (count < 1000) return `${count} B`;
    const units = ["kB", "MB", "GB", "TB"];
    let value = count / 1000;
    let unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
        value /= 1000;
        unit++;
    }
    return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export const percent = (fraction: number): string => `${Math.round(Math.min(1, Math.max(0, fraction)) * 100)} %`;

/** "just now", "2 minutes ago", up to a day; then the date. Times are milliseconds since the Unix epoch. */
export function ago(at: number, now: number): string {
    const seconds = Math.max(0, (now - at) / 1000);
    if (seconds < 45) return "just now";
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) return `${plural(minutes, "minute")} ago`;
    const hours = Math.round(minutes / 60);
    if (hours < 24) return `${plural(hours, "hour")} ago`;
    return `on ${new Date(at).toLocaleDateString(undefined, { dateStyle: "medium" })}`;
}

export const moment = (at: number): string =>
    new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Local time without a zone, as EXIF gives it. */
export function takenAt(text: string): string {
    const at = Date.parse(text);
    return Number.isNaN(at) ? text : moment(at);
}

/** What goes on, in one line. */
export function statusWords(status: Status, groups: readonly GroupView[], now: number): string {
    const left = status.running + status.waiting;
    if (status.paused) return left > 0 ? `Paused, ${left.toLocaleString()} to go` : "Paused";
    if (status.runner === "nobody") return "The background service is not running";
    if (left > 0) {
        const open = groups.filter((group) => group.ended_at === null && !group.stopped);
        const images = open.reduce((sum, group) => sum + group.images, 0);
        const ended = open.reduce((sum, group) => sum + group.done + group.failed + group.cancelled, 0);
        if (images > 0 && ended < images) {
            const more = open.some((group) => group.gathering) ? " so far" : "";
            return `${doing(open)} ${(ended + 1).toLocaleString()} of ${images.toLocaleString()}${more}`;
        }
        return `Working, ${left.toLocaleString()} to go`;
    }
    return status.recent[0] ? `Last read ${ago(status.recent[0].at, now)}` : "Ready";
}

/** What is done in groups that have not ended: those that recognise say so once they did so with an image. */
function doing(open: readonly GroupView[]): string {
    const done = open.reduce((sum, group) => sum + group.done, 0);
    const recognised = open.reduce((sum, group) => sum + group.recognised, 0);
    if (recognised === 0) return "Reading";
    return recognised === done ? "Recognising" : "Reading and recognising";
}

/** What became of images of a group that are done. */
const doneWord = ({ done, recognised }: GroupView): string => (done > 0 && recognised === done ? "recognised" : "done");

/** Part of a group that has ended, 0 to 1. */
export function groupFraction(group: GroupView): number {
    if (group.images === 0) return group.ended_at === null ? 0 : 1;
    return Math.min(1, (group.done + group.failed + group.cancelled) / group.images);
}

/** What came of a group, failures left out. */
export function endedWords(group: GroupView): string {
    const counts: [number, string][] = [
        [group.done, doneWord(group)],
        [group.restored, "brought back"],
        [group.cancelled, "cancelled"],
        [group.known, "already in the library"],
    ];
    const parts = counts
        .filter(([count]) => count > 0)
        .map(([count, word], i) => `${i === 0 ? plural(count, "image") : count.toLocaleString()} ${word}`);
    if (parts.length === 0) parts.push(group.images === 0 && group.failed === 0 ? "No images found" : "0 images done");
    if (group.recognised > 0 && group.recognised < group.done) {
        parts.push(`${group.recognised.toLocaleString()} of them recognised`);
    }
    if (group.unusable > 0) parts.push(`${plural(group.unusable, "file")} could not be used`);
    return parts.join(", ");
}

export function groupWords(group: GroupView): string {
    if (group.stopped) return `Cancelled after ${plural(group.done, "image")}`;
    if (group.ended_at !== null) return endedWords(group);
    if (group.images === 0) return "Looking at the files";
    const more = group.gathering ? " so far" : "";
    return `${group.done.toLocaleString()} of ${group.images.toLocaleString()}${more} ${doneWord(group)}`;
}
