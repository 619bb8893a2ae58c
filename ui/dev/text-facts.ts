// Facts of the sample texts, for looking at the window without the service.

import type { TextFact, TextFactKind } from "../src/lib/bindings";

const PATTERNS: [TextFactKind, RegExp][] = [
    ["date", /\d{4}-\d{2}-\d{2}/g],
    ["amount", /(?:EUR|€)\s*\d+[.,]\d{2}/g],
    ["link", /https?:\/\/\S+/g],
    ["email", /\S+@\S+\.\w+/g],
];

export function textFactsOf(text: string): TextFact[] {
    const found = PATTERNS.flatMap(([kind, pattern]) =>
        [...text.matchAll(pattern)].map(([word]): TextFact => {
            const shown = word.replace(/\s+/g, " ");
            return { kind, text: shown, value: shown, search: `"${shown}"` };
        }),
    );
    return found.filter((fact, i) => found.findIndex(({ value }) => value === fact.value) === i);
}
