// What the service says about itself as it goes: status, groups, progress. Everything else is told what became stale.

import { listen } from "@tauri-apps/api/event";
import { SvelteMap } from "svelte/reactivity";
import {
    commands,
    type Event,
    type GroupView,
    type HostEvent,
    type Settings,
    type Status,
    type SyncProgress,
} from "./bindings";
import { coalesce, REFRESH_EVERY_MS } from "./coalesce";
import { toWireError } from "./errors";
import { quoted } from "./outside";
import { FRESH, withEvent, type Stale } from "./stale";
import { endedOf, isLong, noted, paceOf, type Pace, type Sample } from "./throughput";
import { toasts } from "./toasts.svelte";
import { endedWords } from "./words";

export interface Progress {
    fraction: number;
    words: string;
}

export interface Bytes {
    done: number;
    total: number;
}

/** Told what became stale; the promise ends when it was asked anew. */
export type Told = (stale: Stale) => Promise<void>;

/** How often "2 minutes ago" is told anew. */
const CLOCK_MS = 20_000;

class Live {
    status = $state.raw<Status | null>(null);
    settings = $state.raw<Settings | null>(null);
    groups = $state.raw<GroupView[]>([]);
    /** The last thing to say to a screen reader. */
    announcement = $state("");
    now = $state(Date.now());
    readonly byItem = new SvelteMap<number, Progress>();
    readonly byJob = new SvelteMap<number, Progress>();
    /** How far each storage is that is being brought in step; the storages forget it once it is not. */
    readonly byStorage = new SvelteMap<number, SyncProgress>();
    readonly byModel = new SvelteMap<string, Bytes>();
    /** What is being done with a model that is added from a file, in words. */
    addingModel = $state("");

    #stale: Stale = FRESH;
    /** How far each long group was lately. */
    #samples = new Map<number, Sample[]>();
    #pending: Extract<Event, { type: "progress" }>[] = [];
    #listeners = new Set<Told>();
    #flush = coalesce(() => this.#tell());
    #showProgress = coalesce(() => this.#takeProgress(), REFRESH_EVERY_MS);

    /** Calls `told` after changes, at most a few times a second and never before the last answer came. Returns the
     * way to stop. */
    subscribe(told: Told): () => void {
        this.#listeners.add(told);
        return () => this.#listeners.delete(told);
    }

    /** Begins to listen; `host` gets what the desktop around the window says. */
    async start(host: (event: HostEvent) => void): Promise<void> {
        setInterval(() => (this.now = Date.now()), CLOCK_MS);
        await listen<Event>("service", (event) => this.#take(event.payload));
        await listen<HostEvent>("host", (event) => host(event.payload));
        await Promise.all([this.askStatus(), this.askGroups(), this.#askSettings()]);
    }

    async askStatus(): Promise<void> {
        await this.#quietly(async () => this.#takeStatus(await commands.status()));
    }

    #takeStatus(status: Status): void {
        this.status = status;
        // The pace from before a rest says nothing of the one after it.
        if (status.paused) this.#samples.clear();
    }

    /** How fast a group goes on; `null` while that is not known, and while all work rests. */
    pace(group: GroupView, now: number): Pace | null {
        if (!isLong(group) || this.status?.paused) return null;
        const left = group.images - endedOf(group) - group.cancelled;
        return paceOf(this.#samples.get(group.id) ?? [], now, left);
    }

    #takeGroups(groups: GroupView[]): void {
        this.groups = groups;
        if (this.status?.paused) return;
        const now = Date.now();
        const samples = groups
            .filter(isLong)
            .map((group): [number, Sample[]] => [
                group.id,
                noted(this.#samples.get(group.id) ?? [], now, endedOf(group)),
            ]);
        this.#samples = new Map(samples);
    }

    async askGroups(): Promise<void> {
        await this.#quietly(async () => this.#takeGroups((await commands.groups()).groups));
    }

    async #askSettings(): Promise<void> {
        await this.#quietly(async () => (this.settings = await commands.settings()));
    }

    /** A failure in the background is said once, not for every refresh. */
    #failed = false;
    async #quietly(ask: () => Promise<unknown>): Promise<void> {
        try {
            await ask();
            this.now = Date.now();
            this.#failed = false;
        } catch (thrown) {
            if (!this.#failed) toasts.error(toWireError(thrown));
            this.#failed = true;
        }
    }

    #take(event: Event): void {
        if (event.type === "progress") {
            this.#pending.push(event);
            this.#showProgress();
        } else if (event.type === "status_changed") this.#takeStatus(event.status);
        else if (event.type === "settings_changed") this.settings = event.settings;
        else if (event.type === "model_progress") {
            if (event.done < event.total) this.byModel.set(event.model, { done: event.done, total: event.total });
            else this.byModel.delete(event.model);
        } else if (event.type === "storage_progress") this.byStorage.set(event.progress.storage, event.progress);
        else if (event.type === "model_step") this.addingModel = event.words;
        else if (event.type === "group_ended") this.#groupEnded(event);
        else if (event.type === "job_changed" && event.job.state !== "running") {
            this.byJob.delete(event.job.id);
            if (event.job.item !== null) this.byItem.delete(event.job.item);
        }
        const stale = withEvent(this.#stale, event);
        if (stale === this.#stale) return;
        this.#stale = stale;
        this.#flush();
    }

    #takeProgress(): void {
        for (const { job, item, fraction, words } of this.#pending) {
            this.byJob.set(job, { fraction, words });
            if (item !== null) this.byItem.set(item, { fraction, words });
        }
        this.#pending = [];
    }

    async #tell(): Promise<void> {
        const stale = this.#stale;
        this.#stale = FRESH;
        const asks = [...this.#listeners].map((told) => told(stale));
        await Promise.all([...asks, stale.status && this.askStatus(), stale.groups && this.askGroups()]);
    }

    #groupEnded({ group, error }: Extract<Event, { type: "group_ended" }>): void {
        if (group.stopped) return;
        const failed = group.failed > 0 ? `, ${group.failed.toLocaleString()} failed` : "";
        this.announcement = endedWords(group) + failed;
        // Nothing new appears, so it must be said why.
        if (group.done === 0 && group.failed === 0) toasts.show(`${quoted(group.label)}: ${endedWords(group)}`);
        if (group.failed > 0 && error) {
            const many = group.failed > 1 ? { ...error, message: `${group.failed} failed. ${error.message}` } : error;
            toasts.error(many);
        }
    }
}

export const live = new Live();
