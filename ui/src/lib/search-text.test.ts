import { describe, expect, it } from "vitest";
import type { Chip, Facet, FacetGroup } from "./bindings";
import {
    asDescription,
    chipPlace,
    filterOf,
    parts,
    standing,
    toggled,
    turned,
    withFilter,
    without,
} from "./search-text";
import { askedFor, completed, suggestions, typedFilter } from "./suggest";

describe("parts", () => {
    /** `field=value` or the words, `-` before what is left out, each with its place. */
    const shown = (search: string): string =>
        parts(search)
            .map(({ start, end, excluded, field, value }) => {
                const words = field === null ? value : `${field}=${value}`;
                return `${excluded ? "-" : ""}${words}@${start}-${end}`;
            })
            .join(" | ");
    it.each<[string, string]>([
        ["", ""],
        ["   ", ""],
        ["grand total", "grand@0-5 | total@6-11"],
        ['"grand total" due', "grand total@0-13 | due@14-17"],
        ["kind:receipt", "kind=receipt@0-12"],
        ["-Kind:Receipt x", "-kind=Receipt@0-13 | x@14-15"],
        ["color:blue", "colour=blue@0-10"],
        ['label:"golden retriever" x', "label=golden retriever@0-24 | x@25-26"],
        ["label:“golden retriever”", "label=golden retriever@0-24"],
        ['label:"golden', "label=golden@0-13"],
        ['object:"traffic light">2', "object=traffic light>2@0-24"],
        ["https://x.org kind:", "https://x.org@0-13 | kind=@14-19"],
        ["- x", "-@0-1 | x@2-3"],
        ["😀 colour:red", "😀@0-2 | colour=red@3-13"],
    ])("%s", (search, expected) => expect(shown(search)).toBe(expected));

    it("takes every part on its own as what it is among others", () => {
        const search = 'a -kind:photo "b c" label:"d e" faces:>2 -"f" x:y';
        for (const part of parts(search)) {
            const [alone] = parts(search.slice(part.start, part.end));
            expect(alone).toEqual({ ...part, start: 0, end: part.end - part.start });
        }
    });
});

describe("a choice", () => {
    it.each<[string, string, boolean, string]>([
        ["", "kind:receipt", false, "kind:receipt"],
        ["", "kind:receipt", true, "-kind:receipt"],
        ["tot", "kind:receipt", false, "kind:receipt tot"],
        ['"grand tot', "kind:receipt", false, 'kind:receipt "grand tot'],
        ["kind:photo tot", "colour:red", false, "kind:photo colour:red tot"],
        ["kind:photo ", "colour:red", false, "kind:photo colour:red"],
        // Chosen again it goes.
        ["kind:receipt tot", "kind:receipt", false, "tot"],
        ["tot kind:receipt now", "kind:receipt", false, "tot now"],
        ["-kind:receipt", "kind:receipt", true, ""],
        // In the other sense it is turned.
        ["kind:receipt tot", "kind:receipt", true, "-kind:receipt tot"],
        ["-kind:receipt tot", "kind:receipt", false, "kind:receipt tot"],
        // However it was typed.
        ['Label:"Dog" x', 'label:"dog"', false, "x"],
        ["label:“Dog” x", 'label:"dog"', false, "x"],
        ["color:red", "colour:red", false, ""],
        // What only begins so is another one.
        ["kind:receipts", "kind:receipt", false, "kind:receipts kind:receipt"],
        ["label:dogs", "label:dog", false, "label:dogs label:dog"],
        ["label:dog", 'label:"dog"', false, 'label:dog label:"dog"'],
    ])("%s and %s (excluded: %s)", (search, filter, excluded, expected) =>
        expect(toggled(search, filter, excluded)).toBe(expected),
    );

    it.each<[string, string, "in" | "out" | null]>([
        ["kind:receipt x", "kind:receipt", "in"],
        ["-KIND:receipt x", "kind:receipt", "out"],
        ["receipt", "kind:receipt", null],
        ["similar:1", "similar:12", null],
        ['label:"golden retriever"', 'label:"golden retriever"', "in"],
    ])("in %s", (search, filter, expected) => expect(standing(search, filter)).toBe(expected));

    it("is put in once", () => {
        const once = withFilter("a b", "kind:photo");
        expect(withFilter(once, "kind:photo")).toBe(once);
    });

    it.each<[string, string, string]>([
        ["label", "dog", 'label:"dog"'],
        ["label", "golden retriever", 'label:"golden retriever"'],
        ["label", 'a "b" c', 'label:"a b c"'],
        ["label", '4"x6', 'label:"4 x6"'],
        ["object", "a<b", 'object:"a<b"'],
        ["colour", "blue", "colour:blue"],
        ["code", "two words", 'code:"two words"'],
    ])("%s %s is typed so", (field, value, expected) => {
        expect(filterOf(field, value)).toBe(expected);
        expect(parts(expected)).toHaveLength(1);
    });
});

describe("a chip", () => {
    const chip = (search: string, text: string): Chip => {
        const start = search.indexOf(text);
        return { start, end: start + text.length, field: "", value: "", excluded: false, problem: null };
    };
    const gone = (search: string, answered: string, text: string): string | null => {
        const place = chipPlace(search, answered, chip(answered, text));
        return place && without(search, place);
    };
    it.each<[string, string, string, string | null]>([
        ["kind:photo cat", "kind:photo cat", "kind:photo", "cat"],
        ["a kind:photo b", "a kind:photo b", "kind:photo", "a b"],
        ["kind:photo", "kind:photo", "kind:photo", ""],
        ["😀 -kind:photo x", "😀 -kind:photo x", "-kind:photo", "😀 x"],
        // Typed on meanwhile.
        ["abc kind:photo", "ab kind:photo", "kind:photo", "abc"],
        ["abc", "ab kind:photo", "kind:photo", null],
        ["kind:photos", "kind:photo", "kind:photo", null],
    ])("%s, answered %s, without %s", (search, answered, text, expected) =>
        expect(gone(search, answered, text)).toBe(expected),
    );

    it("turns round and back", () => {
        const search = "a kind:photo b";
        const out = turned(search, chip(search, "kind:photo"));
        expect(out).toBe("a -kind:photo b");
        expect(turned(out, chip(out, "-kind:photo"))).toBe(search);
    });
});

describe("suggestions", () => {
    const facet = (name: string, filter: string): Facet => ({ name, filter, count: 1, css: null });
    const groups: FacetGroup[] = [
        { title: "Kind", choices: [facet("Photo", "kind:photo"), facet("Receipt", "kind:receipt")] },
        { title: "Labels", choices: [facet("Shar Pei", 'label:"shar pei"'), facet("pelican", "label:pelican")] },
        {
            title: "Colours",
            choices: ["blue", "black", "red"].map((name) => facet(name, `colour:${name}`)),
        },
    ];
    it.each<[string, number, string]>([
        ["kind:", 5, "kind:photo kind:receipt"],
        ["kind:re", 7, "kind:receipt"],
        ["-kind:RE", 8, "kind:receipt"],
        ["color:bl", 8, "colour:blue colour:black"],
        // Those that begin so come first.
        ["label:pe", 8, 'label:pelican label:"shar pei"'],
        ['label:"shar', 11, 'label:"shar pei"'],
        ["kind:receipt", 12, ""],
        ["kind:zebra", 10, ""],
        ["taken:", 6, ""],
        ["kind", 4, ""],
        ["kind:re", 2, ""],
        ["kind:re x", 9, ""],
        ["x kind:re y", 9, "kind:receipt"],
    ])("%s at %i", (search, caret, expected) => {
        const typed = typedFilter(search, caret);
        const filters = typed ? suggestions(typed, groups).map(({ filter }) => filter) : [];
        expect(filters.join(" ")).toBe(expected);
    });

    it("offers no more than fit", () => {
        const many = [{ title: "", choices: Array.from({ length: 40 }, (_, i) => facet(`d${i}`, `label:d${i}`)) }];
        const typed = typedFilter("label:d", 7);
        expect(typed && suggestions(typed, many)).toHaveLength(8);
    });

    it.each<[string, number, string, string, string]>([
        ["kind:re", 7, "kind:receipt", "", "kind:receipt |"],
        ["-kind:re", 8, "kind:receipt", "", "-kind:receipt |"],
        ["cat kind:re dog", 11, "kind:receipt", "cat dog", "cat kind:receipt |dog"],
        ['label:"sh', 9, 'label:"shar pei"', "", 'label:"shar pei" |'],
    ])("%s at %i takes %s", (search, caret, filter, asked, expected) => {
        const typed = typedFilter(search, caret);
        if (!typed) throw new Error("nothing is typed");
        expect(askedFor(search, typed)).toBe(asked);
        const done = completed(search, typed, filter);
        expect(`${done.search.slice(0, done.caret)}|${done.search.slice(done.caret)}`).toBe(expected);
    });
});

describe("asDescription", () => {
    it.each<[string, string | null]>([
        ["", null],
        ["7 €", null],
        ["red car", 'looks:"red car"'],
        ['kind:photo "red car" snow', 'kind:photo looks:"red car snow"'],
        ["red -blue taken:2026 car ", '-blue taken:2026 looks:"red car"'],
        ['looks:"a dog" beach', null],
        ["犬と猫", 'looks:"犬と猫"'],
    ])("of “%s”", (search, expected) => expect(asDescription(search)?.search ?? null).toBe(expected));
});
