// All sources, kept current, and what can be done with one.

import {
    commands,
    type BrokenSource,
    type LanguageView,
    type SourceDraft,
    type Sources,
    type SourceView,
    type WireError,
} from "./bindings";
import { confirm } from "./confirm.svelte";
import { toWireError } from "./errors";
import { live } from "./live.svelte";
import { quoted } from "./outside";
import { tellRemoved } from "./removed";
import { removalWords } from "./source-words";
import { secrets } from "./secrets.svelte";
import { attempt, toasts } from "./toasts.svelte";

class SourceStore {
    all = $state.raw<SourceView[]>([]);
    /** Those that this version cannot read. */
    broken = $state.raw<BrokenSource[]>([]);
    /** Engines that can be chosen. */
    engines = $state.raw<string[]>([]);
    /** Languages that an engine here can read. */
    languages = $state.raw<LanguageView[]>([]);
    systemZone = $state(Intl.DateTimeFormat().resolvedOptions().timeZone);
    error = $state.raw<WireError | null>(null);
    loaded = $state(false);
    /** Those that could not look. */
    readonly failing = $derived(this.all.filter(({ problem, draft }) => problem !== null && draft.enabled).length);
    /** The watcher of the clipboard while it is on, which must never be out of sight. */
    readonly clipboard = $derived(
        this.all.find(({ draft }) => draft.spec.type === "clipboard" && draft.enabled) ?? null,
    );
    #asked = 0;

    /** Asks now and whenever sources change. Returns the way to stop. */
    follow(): () => void {
        void this.refresh();
        return live.subscribe(async (stale) => {
            if (stale.sources) await this.refresh();
        });
    }

    async refresh(): Promise<void> {
        const asked = ++this.#asked;
        try {
            const answer: Sources = await commands.sources();
            if (asked !== this.#asked) return;
            this.all = answer.sources;
            this.broken = answer.broken;
            this.engines = answer.engines;
            this.languages = answer.languages;
            this.systemZone = answer.system_zone;
            this.error = null;
        } catch (thrown) {
            if (asked !== this.#asked) return;
            this.error = toWireError(thrown);
        }
        this.loaded = true;
    }

    async enable(source: SourceView, enabled: boolean): Promise<void> {
        this.#put({ ...source, draft: { ...source.draft, enabled } });
        this.#put((await attempt(commands.enable_source({ id: source.id, enabled }))) ?? source);
        await this.refresh();
    }

    async look({ id, draft }: SourceView): Promise<void> {
        const fresh = await attempt(commands.look_now({ id }));
        if (!fresh) return;
        this.#put(fresh);
        toasts.show(`${quoted(draft.name)}: looking`);
        await this.refresh();
    }

    /** Throws a `WireError` when the service refuses it. */
    async save(draft: SourceDraft): Promise<SourceView> {
        const saved = await secrets.watching(commands.save_source(draft));
        this.#put(saved);
        await this.refresh();
        return saved;
    }

    /** Opens it by another sign-in from now on, and has it look; whether that was taken. */
    async signedInAgain(source: SourceView, sign_in: number): Promise<boolean> {
        const { draft } = source;
        if (draft.spec.type !== "cloud") return false;
        const saved = await attempt(commands.save_source({ ...draft, spec: { ...draft.spec, sign_in } }));
        if (!saved) return false;
        toasts.show(`${quoted(draft.name)}: signed in again`);
        await this.look(saved);
        return true;
    }

    /** Asks first: what it has seen is forgotten, which nothing brings back. */
    async remove(source: SourceView): Promise<void> {
        await this.#removeAsked(source.id, source.draft.name, removalWords(source));
    }

    /** What cannot be read came with images too, perhaps, and they stay. */
    async removeBroken({ id, name }: BrokenSource): Promise<void> {
        await this.#removeAsked(id, name, "This cannot be undone. Images that came from it stay in the library.");
    }

    async #removeAsked(id: number, name: string, body: string): Promise<void> {
        const yes = await confirm.ask({ title: `Remove ${quoted(name)}?`, body, action: "Remove" });
        const removed = yes ? await attempt(commands.remove_source({ id })) : undefined;
        if (!removed) return;
        this.#asked++;
        this.all = this.all.filter((one) => one.id !== id);
        this.broken = this.broken.filter((one) => one.id !== id);
        tellRemoved(name, removed);
        await this.refresh();
    }

    /** Puts a newer state in its place; answers on their way are older. */
    #put(fresh: SourceView): void {
        this.#asked++;
        this.all = this.all.map((one) => (one.id === fresh.id ? fresh : one));
    }
}

export const sources = new SourceStore();
