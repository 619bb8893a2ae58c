// Reduces a run of service events to what has to be asked anew.

import type { Event } from "./bindings";

export interface Stale {
    /** Items whose state changed; `all` when there were too many to name. */
    items: ReadonlySet<number> | "all";
    jobs: boolean;
    groups: boolean;
    status: boolean;
    models: boolean;
    schedules: boolean;
    sources: boolean;
    storages: boolean;
    reminders: boolean;
}

export const FRESH: Stale = {
    items: new Set(),
    jobs: false,
    groups: false,
    status: false,
    models: false,
    schedules: false,
    sources: false,
    storages: false,
    reminders: false,
};

/** Above this many items it is cheaper to ask for everything that is shown. */
const MANY = 500;

/** The kind of the jobs that bring a storage in step. */
const SYNC = "sync";

export function withEvent(stale: Stale, event: Event): Stale {
    switch (event.type) {
        case "items_changed": {
            if (stale.items === "all" || event.ids.length === 0) return { ...stale, items: "all", status: true };
            const items = new Set([...stale.items, ...event.ids]);
            return { ...stale, items: items.size > MANY ? "all" : items, status: true };
        }
        case "job_changed":
            // What a storage is at is known of its job.
            return { ...stale, jobs: true, status: true, storages: stale.storages || event.job.kind === SYNC };
        case "group_changed":
            return { ...stale, groups: true };
        case "group_ended":
            return { ...stale, groups: true, jobs: true, status: true };
        case "model_progress":
            return event.done >= event.total ? { ...stale, models: true } : stale;
        case "schedules_changed":
            return { ...stale, schedules: true };
        case "sources_changed":
            return { ...stale, sources: true };
        case "storages_changed":
            return { ...stale, storages: true };
        case "reminders_changed":
            return { ...stale, reminders: true };
        // Other models may look now.
        case "settings_changed":
            return { ...stale, models: true };
        // The event carries all there is to know.
        case "progress":
        case "storage_progress":
        case "status_changed":
        case "model_step":
            return stale;
    }
}

export function touchesItem(stale: Stale, id: number): boolean {
    return stale.items === "all" || stale.items.has(id);
}

export function touchesItems(stale: Stale): boolean {
    return stale.items === "all" || stale.items.size > 0;
}
