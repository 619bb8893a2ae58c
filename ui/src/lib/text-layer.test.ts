import { describe, expect, it } from "vitest";
import type { LineView, WordView } from "./bindings";
import { caretAt, lineAt, leads, placeLine, wordAround, type Lead, type Measure } from "./text-layer";

const quad = (x: number, y: number, width: number, height: number): LineView["quad"] => [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
];
const word = (text: string, x: number, width: number): WordView => ({ text, quad: quad(x, 0, width, 10) });
const line = (text: string, words: WordView[], y = 0): LineView => ({
    text,
    quad: quad(0, y, 100, 10),
    confidence: 1,
    words,
});
/** Every character is one wide. */
const even: Measure = (text) => [...text].length;

describe("placeLine", () => {
    const check = (input: LineView, expected: [string, number, number, number][]): void => {
        const segments = placeLine(input).segments.map((s) => [s.text, s.start, s.x, s.width]);
        expect(segments).toEqual(expected);
        expect(segments.map(([text]) => text).join("")).toBe(input.text);
    };
    it("gives each word the gap behind it", () => {
        check(line("ab cd", [word("ab", 0, 30), word("cd", 60, 40)]), [
            ["ab ", 0, 0, 60],
            ["cd", 3, 60, 40],
        ]);
    });
    it("takes the line whole when the words do not fit it", () => {
        const whole: [string, number, number, number][] = [["ab cd", 0, 0, 100]];
        check(line("ab cd", []), whole);
        check(line("ab cd", [word("ab", 0, 30)]), whole);
        check(line("ab cd", [word("ab", 0, 30), word("xx", 60, 40)]), whole);
        check(line("ab cd", [word("ab", 60, 30), word("cd", 0, 40)]), whole);
        check(line("ab cd", [word("ab", 0, 30), word("cd", 160, 40)]), whole);
    });
    it("finds the same word twice", () => {
        check(line("no no", [word("no", 0, 40), word("no", 60, 40)]), [
            ["no ", 0, 0, 60],
            ["no", 3, 60, 40],
        ]);
    });
});

describe("caretAt", () => {
    const lines = [
        placeLine(line("abcde", [], 0)),
        placeLine(line("ab cd", [word("ab", 0, 30), word("cd", 60, 40)], 40)),
        placeLine(line("a😀b", [], 80)),
    ];
    it.each<[string, [number, number], { line: number; offset: number }]>([
        ["start", [0, 5], { line: 0, offset: 0 }],
        ["before a character's middle", [29, 5], { line: 0, offset: 1 }],
        ["after a character's middle", [31, 5], { line: 0, offset: 2 }],
        ["beyond the end", [500, 5], { line: 0, offset: 5 }],
        ["the nearer line between two", [49, 30], { line: 1, offset: 2 }],
        ["second word", [99, 45], { line: 1, offset: 5 }],
        ["never inside a surrogate pair", [55, 85], { line: 2, offset: 3 }],
    ])("%s", (_, point, expected) => expect(caretAt(lines, point, even)).toEqual(expected));

    it("is nowhere without lines", () => expect(caretAt([], [0, 0], even)).toBeNull());
    it("lineAt keeps to its reach", () => {
        expect(lineAt(lines, [50, 12], 4)).toBe(0);
        expect(lineAt(lines, [50, 25], 4)).toBeNull();
    });
});

describe("wordAround", () => {
    it.each<[string, number, string]>([
        ["one two three", 5, "two"],
        ["one two three", 13, "three"],
        ["mail a.b@c.example now", 8, "a.b@c.example"],
        ["ab, cd", 2, "ab"],
        ["ä–ö", 0, "ä"],
    ])("%s at %d", (text, offset, expected) => {
        const [start, end] = wordAround(text, offset);
        expect(text.slice(start, end)).toBe(expected);
    });
});

describe("leads", () => {
    const check = (text: string, lines: string[], expected: Lead[]): void =>
        expect(
            leads(
                text,
                lines.map((one) => ({ text: one })),
            ),
        ).toEqual(expected);
    it("tells a line of its own from one after an empty line", () =>
        check("a\nb\n\nc\n \nd", ["a", "b", "c", "d"], ["line", "line", "paragraph", "paragraph"]));
    it("tells what was joined", () =>
        check("a b\n\nc d", ["a", "b", "c", "d"], ["line", "blank", "paragraph", "blank"]));
    it("tells scripts without blanks", () =>
        check("今日は\n\n明日", ["今日", "は", "明日"], ["line", "none", "paragraph"]));
    it("is not led astray by a line that the text lacks", () =>
        check("a\n\nb", ["a", "zz", "b"], ["line", "blank", "paragraph"]));
    it("finds the rest of a word that was made whole", () =>
        check("be divided at\n\nend", ["be divi-", "ded at", "end"], ["line", "blank", "paragraph"]));
});
