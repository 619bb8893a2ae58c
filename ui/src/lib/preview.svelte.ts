// What a draft would do, asked for as a person edits: after a short rest, and never an answer to an older question.

import type { SchedulePreview, WireError } from "./bindings";
import { toWireError } from "./errors";

export const PREVIEW_AFTER_MS = 200;

export class Preview<Draft> {
    sentence = $state("");
    runs = $state.raw<number[]>([]);
    problem = $state.raw<WireError | null>(null);
    /** Whether there has been an answer. */
    told = $state(false);
    #ask: (draft: Draft) => Promise<SchedulePreview>;
    #asked = 0;
    #timer: ReturnType<typeof setTimeout> | undefined;

    constructor(ask: (draft: Draft) => Promise<SchedulePreview>) {
        this.#ask = ask;
    }

    /** Asks about a draft once it rests. */
    show(draft: Draft): void {
        clearTimeout(this.#timer);
        const asked = ++this.#asked;
        this.#timer = setTimeout(() => void this.#run(draft, asked), this.told ? PREVIEW_AFTER_MS : 0);
    }

    /** Drops what is on its way. */
    stop(): void {
        clearTimeout(this.#timer);
        this.#asked++;
    }

    async #run(draft: Draft, asked: number): Promise<void> {
        try {
            const { sentence, next_runs, problem } = await this.#ask(draft);
            if (asked !== this.#asked) return;
            this.problem = problem;
            // What was right last stays in sight while a person mends the rest.
            if (!problem) this.sentence = sentence;
            this.runs = problem ? [] : next_runs;
        } catch (thrown) {
            if (asked !== this.#asked) return;
            this.problem = toWireError(thrown);
            this.runs = [];
        }
        this.told = true;
    }
}
