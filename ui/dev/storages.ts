// A service for storages. Only as clever as looking at the window needs.

import type { Event, StorageDraft, StorageRef, StorageView, SyncNow, SyncPlan, WireError } from "../src/lib/bindings";
import { storageName } from "../src/lib/storage";
import { BLANK_STORAGE, BLANK_SYNC } from "./blank";
import { FOUND, REFUSED, samplePlan, sampleStorages, storageSentence, SYNC_JOB } from "./storage-samples";

export { SYNC_JOB };

/** How long trying, looking and bringing in step take. */
const TRY_MS = 2_500;
const LOOK_MS = 900;
const SYNC_MS = 4_000;

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
        return put({ ...old, id, draft: { ...draft, id, name, secret: null }, sentence, problem: null });
    };
    return {
        storages: () => ({ storages: list, system_zone: zone }),
        save_storage: (draft: StorageDraft): StorageView => later(TRY_MS, () => keep(draft)),
        plan_storage: ({ id }: StorageRef): SyncPlan =>
            later(LOOK_MS, () => {
                if (scene === "broken") throw REFUSED;
                return samplePlan(find(id));
            }),
        sync_storage: ({ id, agreed }: SyncNow): StorageView => {
            const before = find(id);
            const job = 800 + id;
            setTimeout(() => {
                const now = list.find((one) => one.id === id);
                if (now?.job !== job) return;
                const questions = agreed.length > 0 ? [] : samplePlan(before).questions;
                const last = { ...BLANK_SYNC, at: Date.now(), uploaded: 3, bytes: 1_200_000, questions };
                put({ ...now, job: null, doing: null, last });
            }, SYNC_MS);
            return put({ ...before, job, doing: "looking what changed", waiting_for: [], problem: null });
        },
        remove_storage: ({ id }: StorageRef) => {
            list = list.filter((one) => one.id !== id);
            tell({ type: "storages_changed" });
            return { count: 1 };
        },
        /** What cancelling jobs means for storages. */
        jobsCancelled: (ids: readonly number[]): void => {
            for (const one of list)
                if (one.job !== null && ids.includes(one.job)) put({ ...one, job: null, doing: null, waiting_for: [] });
        },
    };
}
