// What the Test button found: asked for by a person, kept while what it is about stays the same, and never an answer to
// an older question.

import { commands, type SourceDraft, type SourceTest, type WireError } from "./bindings";
import { toWireError } from "./errors";

export class Trial {
    running = $state(false);
    #told = $state.raw<{ about: string; test: SourceTest } | null>(null);
    #asked = 0;

    /** What came of it, if it is about this draft: where it looks must be what was tested. */
    about({ spec }: SourceDraft): SourceTest | null {
        return this.#told?.about === JSON.stringify(spec) ? this.#told.test : null;
    }

    async run(draft: SourceDraft): Promise<void> {
        const asked = ++this.#asked;
        this.running = true;
        const test = await commands.test_source(draft).catch((thrown: unknown) => failed(toWireError(thrown)));
        if (asked !== this.#asked) return;
        this.#told = { about: JSON.stringify(draft.spec), test };
        this.running = false;
    }

    /** Drops what is on its way. */
    stop(): void {
        this.#asked++;
        this.running = false;
    }
}

const failed = (problem: WireError): SourceTest => ({ words: "", samples: [], warnings: [], problem });
