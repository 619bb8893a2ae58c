// A source in words: when it last looked and what came of it, what it does next, and each of its looks.

import type { LookView, SourceView } from "./bindings";
import { looks } from "./source";
import { listed, onDay, until, when } from "./times";
import { providerOf, STORAGES } from "./storage";
import { ago, JOB_STATE, plural } from "./words";

const DAY_MS = 86_400_000;

const lookedAgo = (at: number, now: number): string => (now - at < DAY_MS ? ago(at, now) : onDay(at, now));

/** "Looked 3 minutes ago · 12 new on Tuesday · 1,203 images". */
export function lookedWords({ draft, looked_at, found_at, found, items }: SourceView, now: number): string {
    const parts: string[] = [];
    if (looks(draft.spec))
        parts.push(looked_at === null ? "Has not looked yet" : `Looked ${lookedAgo(looked_at, now)}`);
    if (found_at !== null) parts.push(`${found.toLocaleString()} new ${onDay(found_at, now)}`);
    else if (looked_at !== null) parts.push("nothing new so far");
    if (items > 0) parts.push(plural(items, "image"));
    return parts.length === 0 ? "No images yet" : parts.join(" · ");
}

/** What comes next, in words: what it waits for, or when it looks. */
export function nextLook({ draft, active, waiting_for, next, watching }: SourceView, now: number): string {
    if (active?.state === "running")
        return active.started_at === null ? "Looking" : `Looking since ${when(active.started_at, now)}`;
    if (active || waiting_for.length > 0)
        return `Due, waits for ${waiting_for.length > 0 ? listed(waiting_for) : "its turn"}`;
    if (!draft.enabled) return "Switched off";
    if (next !== null) return `Next look ${until(next, now)}, ${when(next, now)}`;
    return watching === null ? "Looks only when you ask it to" : "Looks through all of it only when you ask it to";
}

/** Whether something of the source goes on just now. */
export const isLooking = ({ active }: SourceView): boolean => active?.state === "running";

/** What a look found, or how it stands; that nothing was new is a result like any other. */
export function lookWords({ state, words, error }: LookView): string {
    const said = words === "" ? "" : words.charAt(0).toUpperCase() + words.slice(1);
    if (state === "failed") return `Failed: ${error?.message ?? "no reason was told"}`;
    if (state === "succeeded" || state === "running") return said || JOB_STATE[state];
    return JOB_STATE[state] + (said === "" ? "" : `: ${words}`);
}

/** What is lost and what stays when a source is removed. */
export function removalWords({ items, draft: { spec } }: SourceView): string {
    const stay = items === 1 ? "stays" : "stay";
    const images = items === 0 ? "" : ` Its ${plural(items, "image")} ${stay} in the library.`;
    const signedIn = spec.type === "cloud" && providerOf(spec.place) !== null;
    const out = signedIn ? ` You are signed out of ${STORAGES[spec.place.type].name}.` : "";
    return `It no longer looks, and what it has seen is forgotten.${images}${out}`;
}
