// Marks the hits of a search in the lines of a reading.

import type { HitView, SnippetPart } from "./bindings";

/** The line in runs; offsets of hits count Unicode scalar values. Overlapping and senseless hits are tolerated. */
export function lineRuns(text: string, hits: readonly HitView[], line: number): SnippetPart[] {
    const mine = hits.filter((hit) => hit.line === line && hit.end > hit.start).sort((a, b) => a.start - b.start);
    if (mine.length === 0) return [{ text, hit: false }];
    const chars = [...text];
    const runs: SnippetPart[] = [];
    let at = 0;
    for (const { start, end } of mine) {
        const from = Math.max(at, start);
        if (from > at) runs.push({ text: chars.slice(at, from).join(""), hit: false });
        if (end > from) runs.push({ text: chars.slice(from, end).join(""), hit: true });
        at = Math.max(at, end);
    }
    if (at < chars.length) runs.push({ text: chars.slice(at).join(""), hit: false });
    return runs.filter((run) => run.text !== "");
}
