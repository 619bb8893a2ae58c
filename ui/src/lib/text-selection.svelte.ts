// Choosing text inside the picture: carets become a selection of the page, so that it looks and copies as text does.

import { caretAt, wordAround, type Caret, type Measure, type PlacedLine } from "./text-layer";
import type { Point } from "./quad";

const before = (a: Caret, b: Caret): boolean => a.line < b.line || (a.line === b.line && a.offset <= b.offset);

export class TextSelection {
    anchor = $state.raw<Caret | null>(null);
    focus = $state.raw<Caret | null>(null);
    #lines: readonly PlacedLine[] = [];
    #measure: Measure;

    constructor(measure: Measure) {
        this.#measure = measure;
    }

    use(lines: readonly PlacedLine[]): void {
        this.#lines = lines;
        this.clear();
    }

    /** The chosen stretch from its first to its last caret; `null` when nothing is chosen. */
    get range(): [Caret, Caret] | null {
        const { anchor, focus } = this;
        if (!anchor || !focus || (anchor.line === focus.line && anchor.offset === focus.offset)) return null;
        return before(anchor, focus) ? [anchor, focus] : [focus, anchor];
    }

    get text(): string {
        const range = this.range;
        if (!range) return "";
        const [from, to] = range;
        const lines = this.#lines.slice(from.line, to.line + 1).map((line) => line.text);
        if (lines.length > 0) lines[lines.length - 1] = (lines.at(-1) ?? "").slice(0, to.offset);
        lines[0] = (lines[0] ?? "").slice(from.offset);
        return lines.join("\n");
    }

    clear(): void {
        this.anchor = null;
        this.focus = null;
    }

    all(): void {
        const last = this.#lines.length - 1;
        if (last < 0) return;
        this.anchor = { line: 0, offset: 0 };
        this.focus = { line: last, offset: this.#lines[last]?.text.length ?? 0 };
    }

    /** Begins at a point: one click sets the caret, two choose a word, three the line. */
    begin(point: Point, clicks: number, extend: boolean): void {
        const caret = caretAt(this.#lines, point, this.#measure);
        if (!caret) return;
        const text = this.#lines[caret.line]?.text ?? "";
        if (extend && this.anchor) {
            this.focus = caret;
            return;
        }
        const [start, end] =
            clicks >= 3
                ? [0, text.length]
                : clicks === 2
                  ? wordAround(text, caret.offset)
                  : [caret.offset, caret.offset];
        this.anchor = { line: caret.line, offset: start };
        this.focus = { line: caret.line, offset: end };
    }

    extend(point: Point): void {
        this.focus = caretAt(this.#lines, point, this.#measure) ?? this.focus;
    }
}
