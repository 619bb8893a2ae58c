// All storages, kept current, and what can be done with one.

import {
    commands,
    type Storages,
    type StorageDraft,
    type StorageView,
    type SyncQuestion,
    type WireError,
    type WorkerView,
} from "./bindings";
import { confirm } from "./confirm.svelte";
import { toWireError } from "./errors";
import { live } from "./live.svelte";
import { quoted } from "./outside";
import { tellRemoved } from "./removed";
import { secrets } from "./secrets.svelte";
import { asks, removalWords, standing } from "./storage-words";
import { attempt, toasts } from "./toasts.svelte";
import { workers } from "./workers.svelte";

class StorageStore {
    all = $state.raw<StorageView[]>([]);
    systemZone = $state(Intl.DateTimeFormat().resolvedOptions().timeZone);
    error = $state.raw<WireError | null>(null);
    loaded = $state(false);
    /** Those that could not be brought in step. */
    readonly failing = $derived(this.all.filter(({ problem }) => problem !== null).length);
    /** Those that wait for a person. */
    readonly asking = $derived(this.all.filter(asks).length);
    #asked = 0;

    /** Asks now and whenever storages change. Returns the way to stop. */
    follow(): () => void {
        void this.refresh();
        return live.subscribe(async (stale) => {
            if (stale.storages) await this.refresh();
        });
    }

    async refresh(): Promise<void> {
        const asked = ++this.#asked;
        try {
            const answer: Storages = await commands.storages();
            if (asked !== this.#asked) return;
            this.all = answer.storages;
            this.#forgetProgress();
            this.systemZone = answer.system_zone;
            this.error = null;
        } catch (thrown) {
            if (asked !== this.#asked) return;
            this.error = toWireError(thrown);
        }
        this.loaded = true;
    }

    /** Throws a `WireError` when the service refuses it, or the storage cannot be used. */
    async save(draft: StorageDraft): Promise<StorageView> {
        const saved = await secrets.watching(commands.save_storage(draft));
        await this.refresh();
        return saved;
    }

    /** Opens it by another sign-in from now on, and brings it in step; whether that was taken. */
    async signedInAgain(storage: StorageView, sign_in: number): Promise<boolean> {
        const saved = await attempt(commands.save_storage({ ...storage.draft, sign_in }));
        if (!saved) return false;
        toasts.show(`${quoted(saved.draft.name)}: signed in again`);
        return this.sync(saved);
    }

    /** Brings it in step at once; whether that was taken. `agreed` is what a person said yes to, as it was asked. */
    async sync({ id }: StorageView, agreed: SyncQuestion[] = []): Promise<boolean> {
        const fresh = await attempt(commands.sync_storage({ id, agreed }));
        if (!fresh) return false;
        this.#put(fresh);
        await this.refresh();
        return true;
    }

    /** Stops what goes on or waits; what was moved stays moved, and the next time goes on there. */
    async stop({ id }: StorageView): Promise<void> {
        const fresh = await attempt(commands.stop_storage({ id }));
        if (fresh) this.#put(fresh);
        await this.refresh();
    }

    /** Holds what goes on, or lets it go on. */
    async hold({ id }: WorkerView, held: boolean): Promise<void> {
        await workers.control(id, held ? "pause" : "resume");
        await this.refresh();
    }

    /** Switches on or off that it is brought in step by itself. */
    async enable(storage: StorageView, enabled: boolean): Promise<void> {
        this.#put({ ...storage, draft: { ...storage.draft, enabled } });
        this.#put((await attempt(commands.enable_storage({ id: storage.id, enabled }))) ?? storage);
        await this.refresh();
    }

    /** Asks first. */
    async remove(storage: StorageView): Promise<void> {
        const name = storage.draft.name;
        const question = { title: `Remove ${quoted(name)}?`, body: removalWords(storage), action: "Remove" };
        if (!(await confirm.ask(question))) return;
        const removed = await attempt(commands.remove_storage({ id: storage.id }));
        if (!removed) return;
        this.#asked++;
        this.all = this.all.filter((one) => one.id !== storage.id);
        tellRemoved(name, removed);
        await this.refresh();
    }

    /** Puts a newer state in its place; answers on their way are older. */
    #put(fresh: StorageView): void {
        this.#asked++;
        this.all = this.all.map((one) => (one.id === fresh.id ? fresh : one));
        this.#forgetProgress();
    }

    /** How far a storage was says nothing of it once its job has ended. */
    #forgetProgress(): void {
        const running = new Set(this.all.filter((one) => standing(one) === "running").map(({ id }) => id));
        for (const id of live.byStorage.keys()) if (!running.has(id)) live.byStorage.delete(id);
    }
}

export const storages = new StorageStore();
