// What a person can do, wherever the button for it stands.

import {
    commands,
    type AddOrigin,
    type CaptureWhat,
    type Choose,
    type JobsDraft,
    type JobsQuery,
    type Pasted,
    type Remedy,
} from "./bindings";
import { confirm } from "./confirm.svelte";
import { ANY_JOBS } from "./jobs";
import { library, trash } from "./lists.svelte";
import { quoted } from "./outside";
import { route } from "./route.svelte";
import { live } from "./live.svelte";
import { attempt, toasts } from "./toasts.svelte";
import { undo } from "./undo";
import { plural } from "./words";

const DIALOG: AddOrigin = "dialog";
/** Item texts fetched at once for Copy text. */
const TOGETHER = 8;

/** Says that images are coming when their cards are not in sight. */
export function welcome(): void {
    if (route.here.view === "library") return;
    toasts.show("Adding images", { label: "Show", run: () => route.go("library") });
}

/** Whether something was chosen and taken. */
export async function add(what: Extract<Choose, "files" | "folders" | "pictures">): Promise<boolean> {
    const chosen = await attempt(commands.choose({ what }));
    if (!chosen || chosen.paths.length === 0) return false;
    const added = await attempt(commands.add_paths({ paths: chosen.paths, origin: DIALOG }));
    if (added) welcome();
    return added !== undefined;
}

/** Shows all images of the library that a filter finds. */
export function find(filter: string): void {
    library.search(filter);
    route.go("library");
}

/** Says what came of an image that has no file. */
function received({ group, restored }: Pasted): void {
    if (group !== null) welcome();
    else toasts.show(restored ? "The image is back from the trash" : "The image is in the library already");
}

export async function paste(): Promise<void> {
    const pasted = await attempt(commands.paste());
    if (pasted) received(pasted);
}

/** Takes a picture of the camera in. Throws the `WireError` when the service does not take it. */
export async function addPicture(base64: string): Promise<void> {
    received(await commands.add_picture({ base64 }));
}

/** Takes a picture of the screen; a person who chooses nothing is told nothing. */
export async function capture(what: CaptureWhat): Promise<void> {
    if (await attempt(commands.capture(what))) welcome();
}

export async function copy(text: string, what = "Text copied"): Promise<void> {
    if (text.trim() === "") {
        toasts.show("There is no text to copy");
        return;
    }
    if (await attempt(commands.copy_text({ text }))) toasts.show(what);
}

export async function copyTexts(ids: readonly number[]): Promise<void> {
    const texts: string[] = [];
    for (let i = 0; i < ids.length; i += TOGETHER) {
        const some = ids.slice(i, i + TOGETHER).map((id) => commands.item({ id, query: "" }));
        const items = await attempt(Promise.all(some));
        if (!items) return;
        texts.push(...items.flatMap((item) => item.reading?.text.trim() || []));
    }
    await copy(
        texts.join("\n\n"),
        ids.length === 1 ? "Text copied" : `Text of ${plural(texts.length, "image")} copied`,
    );
}

export async function readAgain(ids: readonly number[]): Promise<void> {
    const touched = await attempt(commands.read_again({ ids: [...ids] }));
    if (!touched) return;
    toasts.show(
        touched.count > 0 ? `Reading ${plural(touched.count, "image")} again` : "It is about to be read already",
    );
}

export async function openFile(id: number): Promise<void> {
    await attempt(commands.open_file({ id }));
}

export async function revealFile(id: number): Promise<void> {
    await attempt(commands.reveal_file({ id }));
}

export async function moveToTrash(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    library.drop(ids);
    const touched = await attempt(commands.trash_items({ ids: [...ids] }));
    if (touched) undo.offer(`${plural(touched.count, "image")} moved to the trash`, () => void restore(ids));
    await library.refresh();
}

export async function restore(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    trash.drop(ids);
    const touched = await attempt(commands.restore_items({ ids: [...ids] }));
    if (touched) toasts.show(`${plural(touched.count, "image")} restored`);
    await refreshLists();
}

/** Deletes these items in the trash for good. */
export async function purge(ids: readonly number[]): Promise<void> {
    // No items named would mean all of the trash.
    if (ids.length === 0) return;
    trash.drop(ids);
    const touched = await attempt(commands.purge_items({ ids: [...ids] }));
    if (touched) toasts.show(`${plural(touched.count, "image")} deleted`);
    await refreshLists();
}

export async function emptyTrash(): Promise<void> {
    const touched = await attempt(commands.purge_items({ ids: [] }));
    if (touched) toasts.show(`${plural(touched.count, "image")} deleted`);
    await refreshLists();
}

async function refreshLists(): Promise<void> {
    await Promise.all([trash.refresh(), library.refresh(), live.askStatus()]);
}

/** Every job that a query matches, not just its first page. */
const ALL_JOBS = 1_000_000;
const EVERY: JobsQuery = { ...ANY_JOBS, limit: ALL_JOBS };

/** Puts work into the queue and offers to take it back. Throws a `WireError` when the service refuses it. */
export async function addJobs(draft: JobsDraft): Promise<void> {
    const { steps, kept } = await commands.add_jobs(draft);
    const jobs = steps.flat();
    // What comes after work that failed has failed with it.
    const lost = jobs.find(({ state }) => state === "cancelled" || state === "failed");
    if (kept) toasts.show(`Kept: job ${kept.id} “${quoted(kept.title)}” has that name`);
    else if (lost?.error) toasts.error({ ...lost.error, message: `Ended at once: ${lost.error.message}` });
    else {
        const undo = { label: "Undo", run: () => void cancelJobs(jobs.map(({ id }) => id)) };
        toasts.show(`${plural(jobs.length, "job")} added`, undo);
    }
}

async function cancelJobs(ids: number[]): Promise<void> {
    const touched = await attempt(commands.cancel_jobs({ ...EVERY, ids }));
    if (touched) toasts.show(touched.count > 0 ? `${plural(touched.count, "job")} cancelled` : "It has ended already");
}

export const cancelJob = (id: number): Promise<unknown> => attempt(commands.cancel_jobs({ ...EVERY, ids: [id] }));
export const retryJob = (id: number): Promise<unknown> => attempt(commands.retry_jobs({ ...EVERY, ids: [id] }));
export const cancelGroup = (group: number): Promise<unknown> => attempt(commands.cancel_jobs({ ...EVERY, group }));

export async function retryFailed(group: number | null): Promise<void> {
    const touched = await attempt(commands.retry_jobs({ ...EVERY, group, states: ["failed"] }));
    if (touched) toasts.show(`${plural(touched.count, "job")} started again`);
}

/** Ahead of the queue, whatever it waits for. */
export async function runJobNow(id: number): Promise<void> {
    const touched = await attempt(commands.run_jobs_now({ ...EVERY, ids: [id] }));
    if (touched?.count === 0) toasts.show("It has begun or ended already");
}

/** Starts all failed jobs of a query again. */
export async function retryAll(query: JobsQuery): Promise<void> {
    const touched = await attempt(commands.retry_jobs({ ...query, states: ["failed"], offset: 0, limit: ALL_JOBS }));
    if (touched) toasts.show(`${plural(touched.count, "job")} started again`);
}

export async function cancelAll(query: JobsQuery, count: number): Promise<void> {
    const yes = await confirm.ask({
        title: `Cancel ${plural(count, "job")}?`,
        body: "What has not been done yet is left undone. Cancelled jobs can be started again one by one.",
        action: "Cancel them",
    });
    if (!yes) return;
    const touched = await attempt(commands.cancel_jobs({ ...query, offset: 0, limit: ALL_JOBS }));
    if (touched) toasts.show(`${plural(touched.count, "job")} cancelled`);
}

/** Forgets the ended jobs of a query; images and texts stay. */
export async function clearEnded(query: JobsQuery): Promise<void> {
    const touched = await attempt(commands.prune_jobs({ ...query, offset: 0, limit: ALL_JOBS }));
    if (touched) toasts.show(`${plural(touched.count, "job")} cleared from the list`);
}

export async function setPaused(paused: boolean): Promise<void> {
    const status = await attempt(commands.set_paused({ paused }));
    if (status) live.status = status;
}

export async function chooseFolder(): Promise<void> {
    const settings = live.settings;
    const chosen = await attempt(commands.choose({ what: "library_folder" }));
    const folder = chosen?.paths[0];
    if (!settings || !folder) return;
    const saved = await attempt(commands.save_settings({ ...settings, library_folder: folder }));
    if (saved) live.settings = saved;
}

export async function resetSettings(): Promise<void> {
    const settings = await attempt(commands.reset_settings());
    if (!settings) return;
    live.settings = settings;
    toasts.show("The default settings hold, with your library folder. The old file is kept beside the new one.");
}

export async function rebuild(): Promise<void> {
    if (await attempt(commands.rebuild())) toasts.show("Making the index anew from the library folder");
}

export async function installModels(): Promise<void> {
    if (await attempt(commands.install_models())) toasts.show("Models installed");
    await live.askStatus();
}

export const REMEDIES: Record<Remedy, { label: string; run: () => Promise<void> }> = {
    install_models: { label: "Install models", run: installModels },
    rebuild: { label: "Rebuild", run: rebuild },
    choose_folder: { label: "Choose folder", run: chooseFolder },
    reset_settings: { label: "Use the defaults", run: resetSettings },
};
