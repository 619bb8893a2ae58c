// Snippets as the grid shows them: one run of text per mark, white space folded, the first hit near the start.

import type { Snippet, SnippetPart } from "./bindings";

/** Characters kept before the first hit; a card shows two lines, and the hit must be in them. */
const LEAD = 24;

export function snippetRuns(snippet: Snippet): SnippetPart[] {
    const runs: SnippetPart[] = [];
    for (const part of snippet.parts) {
        const text = part.text.replace(/\s+/g, " ");
        const last = runs.at(-1);
        if (text === "") continue;
        if (last && last.hit === part.hit) last.text += text;
        else runs.push({ text, hit: part.hit });
    }
    const [lead, hit] = runs;
    if (lead && hit && !lead.hit) lead.text = shortened(lead.text);
    return runs;
}

function shortened(lead: string): string {
    const chars = [...lead];
    if (chars.length <= LEAD) return lead;
    const tail = chars.slice(-LEAD).join("");
    const word = tail.indexOf(" ");
    // Scripts without spaces are cut at the character.
    return `…${word >= 0 && word < tail.length - 1 ? tail.slice(word + 1) : tail}`;
}
