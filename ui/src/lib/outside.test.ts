import { describe, expect, it } from "vitest";
import { plain, quoted, shown } from "./outside";

describe("text from outside", () => {
    it.each<[string, string, string]>([
        ["a name", "receipt 12.png", "receipt 12.png"],
        ["an ending that pretends to be another", "photo\u202Egnp.exe", "photognp.exe"],
        ["an isolate that is closed before its time", "a\u2069\u202Eb", "ab"],
        ["marks of direction", "\u200Ea\u200Fb\u061Cc", "abc"],
        ["Hebrew and Arabic", "קבלה 12 فاتورة", "קבלה 12 فاتورة"],
        ["emoji that are joined", "👨‍👩‍👧 נ", "👨‍👩‍👧 נ"],
    ])("%s", (_, text, expected) => {
        expect(plain(text)).toBe(expected);
        expect(quoted(text)).toBe(`\u2068${expected}\u2069`);
    });
});

describe("JSON from outside", () => {
    it.each<[string, unknown, string]>([
        ["text", { a: "b קבלה 👨‍👩‍👧" }, '{"a":"b קבלה 👨‍👩‍👧"}'],
        ["a turn", "photo\u202Egnp", '"photo\\u202egnp"'],
        ["what is not seen", "a\u200Bb\uFEFF\u2028\u0085", '"a\\u200bb\\ufeff\\u2028\\u0085"'],
        ["a command to a terminal", "\u001b[2J\u009b", '"\\u001b[2J\\u009b"'],
    ])("%s is seen and stays what it is", (_, value, expected) => {
        const seen = shown(JSON.stringify(value));
        expect(seen).toBe(expected);
        expect(JSON.parse(seen)).toEqual(value);
    });
});
