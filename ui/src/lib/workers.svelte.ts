// What works now, and how to hold or end one of it.

import { commands, type WorkerView } from "./bindings";
import { live } from "./live.svelte";
import { attempt } from "./toasts.svelte";

class WorkerList {
    all = $state.raw<WorkerView[]>([]);
    #asked = 0;
    readonly #byJob = $derived(new Map(this.all.map((worker) => [worker.job, worker])));

    /** Asks now and whenever jobs change. Returns the way to stop. */
    follow(): () => void {
        void this.refresh();
        return live.subscribe(async (stale) => {
            if (stale.jobs) await this.refresh();
        });
    }

    of(job: number): WorkerView | undefined {
        return this.#byJob.get(job);
    }

    async refresh(): Promise<void> {
        await this.#take(commands.workers());
    }

    async control(id: number, action: "pause" | "resume" | "kill"): Promise<void> {
        await this.#take(attempt(commands.control_worker({ id, action })));
    }

    /** Workers come and go; what could not be asked is asked at the next change. */
    async #take(answer: Promise<{ workers: WorkerView[] } | undefined>): Promise<void> {
        const asked = ++this.#asked;
        const told = await answer.catch(() => undefined);
        if (told && asked === this.#asked) this.all = told.workers;
    }
}

export const workers = new WorkerList();
