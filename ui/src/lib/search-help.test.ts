import { describe, expect, it } from "vitest";
import { searchHints } from "./search-help";
import { parts } from "./search-text";

const HINTS = searchHints("2026-11-22");
const EXAMPLES = HINTS.flatMap(({ examples }) => examples);

describe("the hints of the search", () => {
    it("are filters, each told once", () => {
        for (const example of EXAMPLES) {
            const read = parts(example);
            expect(read.map(({ field }) => field !== null)).toEqual([true]);
            expect(read[0]?.value).not.toBe("");
        }
        expect(new Set(EXAMPLES).size).toBe(EXAMPLES.length);
    });

    it("leave out no filter but those that need an image or a place", () => {
        const fields = new Set(EXAMPLES.map((example) => parts(example)[0]?.field));
        expect([...fields].sort()).toEqual([
            "amount",
            "code",
            "colour",
            "date",
            "faces",
            "has",
            "kind",
            "label",
            "looks",
            "object",
            "taken",
        ]);
    });

    it("name dates of this year", () => {
        expect(EXAMPLES.filter((example) => example.startsWith("taken:"))).toEqual(["taken:2026-11", "taken:2026"]);
    });
});
