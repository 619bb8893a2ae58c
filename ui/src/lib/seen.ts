// What models see in photos, and which of them looks for it.

import type { ModelChoices, Models, ModelView } from "./bindings";

export type SeenPart = Exclude<keyof ModelChoices, "tags">;

/** In the order of the settings, with the words for each. */
export const SEEN: readonly { part: SeenPart; title: string; about: string }[] = [
    { part: "labels", title: "Labels", about: "What a photo shows as a whole" },
    { part: "objects", title: "Things", about: "What is in it, and where" },
    { part: "faces", title: "Faces", about: "Where they are, not whose" },
    { part: "embedding", title: "Similarity", about: "What finds similar photos" },
];

/** The choices for a part: leave it to the program, a model that is here, or none. What was chosen and is gone counts as left to
 * the program, and is shown as such. */
export function choicesOf(part: SeenPart, known: Models): { value: string; label: string }[] {
    const automatic = known.parts.find((one) => one.part === part)?.automatic;
    const here = known.models.filter((model) => model.parts.includes(part) && model.installed);
    return [
        { value: "automatic", label: automatic ? `Automatic (${automatic})` : "Automatic (none installed)" },
        ...here.map((model) => ({ value: model.id, label: model.off === null ? model.id : `${model.id} (off)` })),
        { value: "none", label: "None" },
    ];
}

/** The parts of a person's own model for which it could look and does not. */
export function unusedParts(model: ModelView): SeenPart[] {
    if (!model.own || !model.installed || model.off !== null) return [];
    return SEEN.map((one) => one.part).filter((part) => model.parts.includes(part) && !model.used_for.includes(part));
}

/** The words for a part within a sentence. */
export function partWords(part: string): string {
    return (SEEN.find((one) => one.part === part)?.title ?? part).toLowerCase();
}
