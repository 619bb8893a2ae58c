// A service for storages. Only as clever as looking at the window needs.

import type {
    EnableStorage,
    Event,
    PlanStorage,
    StorageDraft,
    StorageRef,
    StorageView,
    SyncNow,
    SyncPlan,
    SyncTransfers,
    WireError,
} from "../src/lib/bindings";
import { storageName } from "../src/lib/storage";
import { signInBackend } from "./sign-ins";
import { BLANK_STORAGE, BLANK_SYNC } from "./blank";
import {
    FOUND,
    REFUSED,
    samplePlan,
    sampleProgress,
    sampleStorages,
    sampleTransfers,
    storageSentence,
    SYNC_JOB,
} from "./storage-samples";

/** How long trying, looking and bringing in step take. */
const TRY_MS = 2_500;
const LOOK_MS = 900;
const SYNC_MS = 8_000;
/** How long the one takes that is under way when the window opens. */
const BUSY_MS = 240_000;
/** The service tells as often how far it is. */
const TELL_MS = 250;

/** The caller waits for whatever comes back, so this may come later. */
const later = <T>(ms: number, answer: () => T): T =>
    new Promise((resolve) => setTimeout(resolve, ms)).then(answer) as unknown as T;

/** Storages that can be changed; `tell` hears of every change. */
export function storageBackend(scene: string, tell: (event: Event) => void) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    let list = sampleStorages(scene, zone, Date.now());
    let fresh = 100;
    const find = (id: number): StorageView => {
        const found = list.find((one) => one.id === id);
        if (!found) throw { code: "not_found", message: "There is no such storage.", hint: null } satisfies WireError;
        return found;
    };
    const put = (view: StorageView): StorageView => {
        const known = list.some((one) => one.id === view.id);
        list = known ? list.map((one) => (one.id === view.id ? view : one)) : [...list, view];
        tell({ type: "storages_changed" });
        return view;
    };
    const keep = (draft: StorageDraft): StorageView => {
        if (scene === "broken" || JSON.stringify(draft.place).includes("bad")) throw REFUSED;
        const id = draft.id ?? ++fresh;
        const name = draft.name || storageName(draft.place);
        const old = list.find((one) => one.id === id) ?? { ...BLANK_STORAGE, found: FOUND };
        const sentence = storageSentence(draft);
        return put({ ...old, id, draft: { ...draft, id, name, secret: null, sign_in: null }, sentence, problem: null });
    };
    /** Tells how far a job is until it ends or is stopped; `ended` hears of its end. */
    const runs = (id: number, job: number, ms: number, ended: (now: StorageView) => void): void => {
        const began = Date.now();
        const timer = setInterval(() => {
            const now = list.find((one) => one.id === id);
            const fraction = (Date.now() - began) / ms;
            if (now?.job !== job || fraction >= 1) clearInterval(timer);
            if (now?.job !== job) return;
            if (fraction >= 1) ended(now);
            else tell({ type: "storage_progress", progress: sampleProgress(id, fraction) });
        }, TELL_MS);
    };
    const began = list.find(({ job }) => job === SYNC_JOB);
    const done = (now: StorageView): StorageView => put({ ...now, job: null, doing: null, stopped: false });
    if (began) runs(began.id, SYNC_JOB, BUSY_MS, (now) => void done(now));
    return {
        storages: () => ({ storages: list, system_zone: zone }),
        save_storage: (draft: StorageDraft): StorageView => later(TRY_MS, () => keep(draft)),
        plan_storage: ({ id, folder }: PlanStorage): SyncPlan =>
            later(LOOK_MS, () => {
                if (scene === "broken") throw REFUSED;
                return samplePlan(find(id), folder);
            }),
        stop_plan: () => ({}),
        transfers: ({ id }: StorageRef): SyncTransfers => ({ transfers: sampleTransfers(find(id)) }),
        sync_storage: ({ id, agreed }: SyncNow): StorageView => {
            const before = find(id);
            const job = 800 + id;
            runs(id, job, SYNC_MS, (now) => {
                const questions = agreed.length > 0 ? [] : samplePlan(before, null).questions;
                const last = { ...BLANK_SYNC, at: Date.now(), uploaded: 3, bytes: 1_200_000, questions };
                put({ ...now, job: null, doing: null, stopped: false, last });
            });
            return put({ ...before, job, doing: "looking what changed", waiting_for: [], problem: null });
        },
        remove_storage: ({ id }: StorageRef) => {
            list = list.filter((one) => one.id !== id);
            tell({ type: "storages_changed" });
            return { still_granted: null };
        },
        ...signInBackend(scene),
        stop_storage: ({ id }: StorageRef): StorageView =>
            put({ ...find(id), job: null, doing: null, waiting_for: [], stopped: find(id).doing !== null }),
        enable_storage: ({ id, enabled }: EnableStorage): StorageView => {
            const one = find(id);
            return put({ ...one, draft: { ...one.draft, enabled }, next: enabled ? one.next : null });
        },
        /** What cancelling jobs means for storages. */
        jobsCancelled: (ids: readonly number[]): void => {
            for (const one of list)
                if (one.job !== null && ids.includes(one.job)) put({ ...one, job: null, doing: null, waiting_for: [] });
        },
    };
}
