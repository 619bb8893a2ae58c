// A storage in words: how it stands, what came of the last time, what would be done and what is asked before.

import type {
    FolderIs,
    StorageView,
    SyncCount,
    SyncPlan,
    SyncProgress,
    SyncQuestion,
    SyncResult,
    SyncWhat,
} from "./bindings";
import type { IconName } from "./icons";
import { followsChanges, goesByItself, providerOf, SECRETS, STORAGES } from "./storage";
import { listed, until, when } from "./times";
import { ago, bytes, plural } from "./words";

/** How a storage stands: what a person should know of it first. */
export type Standing =
    "running" | "held" | "waiting" | "locked" | "asks" | "failed" | "stopped" | "partly" | "in_step" | "never";

export function standing({ draft, job, doing, held, waiting_for, last, problem, stopped }: StorageView): Standing {
    if (held) return "held";
    if (job !== null && doing !== null) return "running";
    // What follows a run by itself has its time yet to come: what came of that run is told until then.
    const follows = waiting_for.length === 0 && !problem && (last?.left.length ?? 0) > 0;
    if ((job !== null && !follows) || waiting_for.length > 0) return "waiting";
    if (last && last.questions.length > 0) return "asks";
    // What is switched off does not go on by itself once it is unlocked.
    if (problem) return problem.error.code === "locked" && draft.enabled ? "locked" : "failed";
    if (stopped) return "stopped";
    if (!last) return "never";
    return last.problem_count > 0 || last.left.length > 0 ? "partly" : "in_step";
}

/** What a storage needs a person for, whatever goes on with it just now. */
export const asks = ({ last }: StorageView): boolean => (last?.questions.length ?? 0) > 0;

/** How it stands, in words. */
export function standingWords(storage: StorageView, now: number): string {
    const { doing, waiting_for, last, problem } = storage;
    switch (standing(storage)) {
        case "running":
            return capital(doing || "it begins");
        case "held":
            return "Paused: it goes on where it is";
        case "locked":
            return "Waiting for the passphrase";
        case "waiting":
            return `Waiting for ${waiting_for.length > 0 ? listed(waiting_for) : "its turn"}`;
        case "asks":
            return "Needs you: nothing is done before you agree";
        case "failed":
            return `Failed ${ago(problem?.at ?? now, now)}`;
        case "stopped":
            return "Stopped before it was done: the next time goes on where it was";
        case "never":
            return "Not brought in step yet";
        case "partly":
            return last?.problem_count
                ? `In step ${ago(last.at, now)}, but for ${plural(last.problem_count, "file")}`
                : `Brought in step ${ago(last?.at ?? now, now)}; what changed meanwhile follows`;
        case "in_step":
            return `In step as of ${when(last?.at ?? now, now)}`;
    }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** How far it is: "412 of 9,800 files · 214 MB of 4.2 GB · about 12 minutes left". */
export function progressWords({ files, files_done, bytes: all, bytes_done, seconds_left }: SyncProgress): string {
    const parts = [`${files_done.toLocaleString()} of ${plural(files, "file")}`];
    if (all > 0) parts.push(`${bytes(bytes_done)} of ${bytes(all)}`);
    if (seconds_left !== null) parts.push(leftWords(seconds_left));
    return parts.join(" · ");
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A time that is only guessed, as coarse as a person would say it. */
function leftWords(seconds: number): string {
    if (seconds < 10) return "a few seconds left";
    if (seconds < 1.5 * MINUTE) return `about ${Math.ceil(seconds / 10) * 10} seconds left`;
    if (seconds < 1.5 * HOUR) return `about ${plural(Math.ceil(seconds / MINUTE), "minute")} left`;
    if (seconds < 1.5 * DAY) return `about ${plural(Math.ceil(seconds / HOUR), "hour")} left`;
    return `about ${plural(Math.ceil(seconds / DAY), "day")} left`;
}

/** What came of the last time; `null` where nothing was to be done, which the standing says already. */
export function resultWords(last: SyncResult): string | null {
    const counts: [number, string][] = [
        [last.uploaded, "sent"],
        [last.downloaded, "fetched"],
        [last.merged, "merged"],
        [last.removed, "removed there"],
        [last.put_away, "moved to the trash here"],
        [last.adopted, "the same on both sides"],
    ];
    const parts = counts
        .filter(([count]) => count > 0)
        .map(([count, word], i) => `${i === 0 ? plural(count, "file") : count.toLocaleString()} ${word}`);
    if (parts.length === 0) return null;
    return `${parts.join(", ")}${last.bytes > 0 ? ` · ${bytes(last.bytes)}` : ""}`;
}

/** When it is brought in step next; `null` where something goes on or waits. */
export function nextSync({ job, next, waiting_for, draft }: StorageView, now: number): string | null {
    if (job !== null || waiting_for.length > 0) return null;
    if (!goesByItself(draft)) return "Only when you say so";
    if (!draft.enabled) return "Switched off: only when you say so";
    if (draft.rule === null) return "Next soon after a change here";
    const or = followsChanges(draft) ? ", or soon after a change here" : "";
    return next === null ? "No next time" : `Next ${until(next, now)}, ${when(next, now)}${or}`;
}

/** A question as it is put to a person. */
export function questionWords(question: SyncQuestion): string {
    switch (question.type) {
        case "first_meeting":
            return (
                `Both sides have files, ${question.local.toLocaleString()} here and ` +
                `${question.remote.toLocaleString()} there, and were never in step. This would bring them together.`
            );
        case "empty": {
            const [bare, other] = question.remote
                ? ["The storage is empty", "moved to the trash here"]
                : ["The library here is empty", "removed from the storage"];
            const were = question.had === 1 ? "file was" : "files were";
            const files = `${question.had.toLocaleString()} ${were} in step`;
            return `${bare}, and ${files}. If that is right, all of them are ${other}.`;
        }
        case "other_folder": {
            const how = question.marked ? "is marked as another one" : "has lost its mark";
            return (
                `The folder on the storage ${how}: it may not be the one that was kept in step. ` +
                "Look whether the right disk is connected and the right account is used, and then say which folder it is. " +
                "What would be done is shown for both."
            );
        }
        case "many_deletes": {
            const place = question.remote ? "removed from the storage" : "moved to the trash here";
            const other = question.remote ? "on the storage" : "here";
            return `${question.deletes.toLocaleString()} of ${plural(question.of, "file")} would be ${place}, or replaced ${other} by others.`;
        }
    }
}

/** What a folder without the mark that it had may be. */
export const FOLDERS: readonly { value: FolderIs; name: string; about: string }[] = [
    {
        value: "new",
        name: "Another folder: begin anew with it",
        about: "Nothing is deleted, and both sides are put together. A new disk, or another account, is one.",
    },
    {
        value: "same",
        name: "The same folder, which only lost its mark",
        about: "What is missing there was deleted, and is deleted here too where both sides are kept in step.",
    },
];

/** Whether a question keeps a plan from being carried out: it is to be `agreed` to or answered first. */
export const isOpen = (question: SyncQuestion, agreed: boolean): boolean =>
    question.type === "other_folder" ? question.answer === null : consentWords(question) !== null && !agreed;

/** What a person says by agreeing to something that deletes; `null` for a question that needs no more than a look, or an answer. */
export function consentWords(question: SyncQuestion): string | null {
    if (question.type === "first_meeting" || question.type === "other_folder") return null;
    const count = question.type === "empty" ? question.had : question.deletes;
    // What is empty is one side, what is deleted from is the other.
    const there = question.type === "empty" ? !question.remote : question.remote;
    const many = plural(count, "file");
    if (question.type === "many_deletes")
        return there ? `Yes, remove or replace ${many} on the storage` : `Yes, remove or replace ${many} here`;
    return there ? `Yes, remove ${many} from the storage` : `Yes, move ${many} to the trash here`;
}

export const WHATS: Record<SyncWhat, { icon: IconName; one: string; many: string }> = {
    upload: { icon: "up", one: "Goes up", many: "go up" },
    download: { icon: "fetch", one: "Comes down", many: "come down" },
    compare: { icon: "flip", one: "Is compared", many: "are compared" },
    remove_there: { icon: "trash", one: "Is removed there", many: "are removed there" },
    trash_here: { icon: "trash", one: "Goes to the trash here", many: "go to the trash here" },
    forget: { icon: "minus", one: "Is gone on both sides", many: "are gone on both sides" },
};

/** How often each thing would be done, in the order of a person's interest. */
export function planCounts({ counts }: SyncPlan): SyncCount[] {
    return (Object.keys(WHATS) as SyncWhat[]).flatMap((what) =>
        counts.filter((count) => count.what === what && count.files > 0),
    );
}

/** Whether something is gone afterwards, from one of the sides. */
export const removes = (what: SyncWhat): boolean => what === "remove_there" || what === "trash_here";

/** What would be done in all, in a sentence. */
export function planWords(plan: SyncPlan): string {
    if (plan.questions.some((question) => question.type === "other_folder" && question.answer === null))
        return "What is to be done depends on which folder it is.";
    if (plan.count === 0) return plan.problem_count > 0 ? "Nothing else is to be done." : "Both sides are in step.";
    const moved = plan.bytes > 0 ? `, ${bytes(plan.bytes)} to move` : ", nothing to move";
    return `${plural(plan.count, "file")} to look after${moved}.`;
}

/** Whether a part of the files only is told of. */
export const isCut = (plan: SyncPlan): boolean => plan.steps.length < plan.count;

/** What stays when a storage is removed, and what does not. */
export function removalWords({ draft, in_step }: StorageView): string {
    const [were, stay] = in_step === 1 ? ["was", "stays where it is"] : ["were", "stay where they are"];
    const files = in_step === 0 ? "" : ` The ${plural(in_step, "file")} that ${were} in step ${stay}.`;
    const secret = SECRETS[draft.place.type]?.toLowerCase();
    const signedOut =
        providerOf(draft.place) === null ? "" : ` You are signed out of ${STORAGES[draft.place.type].name}.`;
    const forgotten = secret === undefined ? signedOut : ` Its ${secret} is forgotten.`;
    return `Nothing is deleted, neither here nor there.${files}${forgotten} It is no longer brought in step.`;
}
