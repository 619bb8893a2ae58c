// Lays the words of a line along its box and finds the caret under a point, so that text in a picture can be selected.

import type { LineView } from "./bindings";
import { boxOf, distanceTo, toLocal, type Box, type Point } from "./quad";

/** Width of a text in any fixed unit. */
export type Measure = (text: string) => number;

/** A word with the gap behind it, placed on the axis of its line. */
export interface Segment {
    text: string;
    /** Offset of its first UTF-16 unit in the text of the line. */
    start: number;
    /** Left edge and width in image pixels along the line. */
    x: number;
    width: number;
}

export interface PlacedLine {
    box: Box;
    text: string;
    segments: Segment[];
}

/** A place between two characters: line number and UTF-16 offset in its text. */
export interface Caret {
    line: number;
    offset: number;
}

export function placeLine(line: LineView): PlacedLine {
    const box = boxOf(line.quad);
    return { box, text: line.text, segments: segmentsOf(line, box) };
}

function segmentsOf(line: LineView, box: Box): Segment[] {
    const whole: Segment[] = [{ text: line.text, start: 0, x: 0, width: box.width }];
    const starts: { start: number; x: number }[] = [];
    let cursor = 0;
    for (const word of line.words) {
        const start = line.text.indexOf(word.text, cursor);
        const wordBox = boxOf(word.quad);
        const x = toLocal(box, wordBox.origin)[0];
        const before = starts.at(-1);
        // Words that do not fit the line (another spelling, out of order) would tear the selection: take the line whole.
        if (start < 0 || word.text === "" || !(x < box.width) || (before && x <= before.x)) return whole;
        starts.push({ start, x });
        cursor = start + word.text.length;
    }
    if (starts.length < 2) return whole;
    return starts.map(({ start, x }, i) => {
        const from = i === 0 ? 0 : start;
        const left = i === 0 ? 0 : x;
        const next = starts[i + 1];
        return {
            text: line.text.slice(from, next?.start),
            start: from,
            x: left,
            width: (next?.x ?? box.width) - left,
        };
    });
}

/** The line nearest to a point, or `null` when none lies within `reach` image pixels. */
export function lineAt(lines: readonly PlacedLine[], point: Point, reach = Infinity): number | null {
    let best: number | null = null;
    let bestDistance = reach;
    lines.forEach((line, i) => {
        const distance = distanceTo(line.box, point);
        if (distance < bestDistance || (distance === bestDistance && best === null)) {
            best = i;
            bestDistance = distance;
        }
    });
    return best;
}

/** The caret nearest to a point, or `null` when there are no lines. */
export function caretAt(lines: readonly PlacedLine[], point: Point, measure: Measure): Caret | null {
    const index = lineAt(lines, point);
    const line = index === null ? undefined : lines[index];
    if (index === null || !line) return null;
    const x = toLocal(line.box, point)[0];
    const segment = line.segments.findLast((s) => s.x <= x) ?? line.segments[0];
    if (!segment) return { line: index, offset: 0 };
    return { line: index, offset: segment.start + offsetIn(segment, x - segment.x, measure) };
}

function offsetIn(segment: Segment, x: number, measure: Measure): number {
    const full = measure(segment.text);
    if (full <= 0 || segment.width <= 0) return 0;
    const wanted = (x / segment.width) * full;
    let offset = 0;
    let left = 0;
    // By code points, so that a caret never stands inside a surrogate pair.
    for (const char of segment.text) {
        const right = measure(segment.text.slice(0, offset + char.length));
        if (wanted < (left + right) / 2) return offset;
        left = right;
        offset += char.length;
    }
    return offset;
}

/** Start and end of the word around an offset. */
export function wordAround(text: string, offset: number): [number, number] {
    const part = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}\p{M}_'’.@-]/u.test(char);
    let start = offset;
    let end = offset;
    while (part(text[start - 1])) start--;
    while (part(text[end])) end++;
    return start < end ? [start, end] : [offset, Math.min(text.length, offset + 1)];
}

/** What stands before a line in the text: an empty line, the end of a line, a blank, or nothing at all. */
export type Lead = "paragraph" | "line" | "blank" | "none";

/** For every line what stands before it. A line that the text lacks, such as one whose word was made whole, has a blank. */
export function leads(text: string, lines: readonly { text: string }[]): Lead[] {
    let cursor = 0;
    return lines.map((line, i) => {
        if (i === 0) {
            cursor = line.text.length;
            return "line";
        }
        const at = line.text === "" ? -1 : text.indexOf(line.text, cursor);
        if (at < 0) return "blank";
        const between = text.slice(cursor, at);
        cursor = at + line.text.length;
        if (/\n\s*\n/.test(between)) return "paragraph";
        if (between.includes("\n")) return "line";
        return between === "" ? "none" : "blank";
    });
}
