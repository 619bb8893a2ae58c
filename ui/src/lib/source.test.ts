// Kinds of sources, a draft while it is edited, and the draft as the service takes it.

import { describe, expect, it } from "vitest";
import { BLANK_SOURCE } from "../../dev/blank";
import type { Filing, SourceDraft, SourceSpec, WebHeader, WebWhat } from "./bindings";
import { asKind, fallbackName, freshSource, isPlain, kindOf, KINDS, looks, MADE } from "./source";
import { fromLines, keptSecret, languageName, missingPart, toLines, wholeDraft } from "./source-draft";

const folder = (path: string): SourceSpec => ({ ...(freshSource("folder", "UTC").spec as object), path }) as SourceSpec;
const web = (what: WebWhat, headers: WebHeader[] = []): SourceSpec => ({
    type: "web",
    what,
    headers,
    min_side: 0,
    most: 10,
});
const page = (url: string, headers: WebHeader[] = []): SourceSpec => web({ type: "page", url, depth: 0 }, headers);
const GOOD = "https://example.org/a";

describe("kinds", () => {
    it.each(MADE)("a new %s is of that kind, looks by the clock and lacks its place", (kind) => {
        const draft = freshSource(kind, "Europe/Vienna");
        expect(kindOf(draft.spec)).toBe(kind);
        expect(looks(draft.spec)).toBe(true);
        expect(draft.rule?.type).toBe("every");
        expect(draft.zone).toBe("Europe/Vienna");
        expect(isPlain(draft.filing)).toBe(true);
        expect(missingPart(draft, draft)).not.toBeNull();
    });
    it.each<[SourceSpec, string]>([
        [{ type: "screen", shortcut: null, copy: true }, "Screen"],
        [{ type: "clipboard", min_side: 0, exclude: [] }, "Clipboard"],
        [{ type: "camera" }, "Camera"],
    ])("%j is given what it takes", (spec, name) => {
        expect(looks(spec)).toBe(false);
        expect(KINDS[kindOf(spec)].name).toBe(name);
    });
});

describe("asKind", () => {
    const filing: Filing = { ...BLANK_SOURCE.draft.filing, keep: "in_place", tags: ["a"], move_to: "/done" };
    const watched: SourceDraft = { ...freshSource("folder", "UTC"), name: "Mine", spec: folder("/a"), filing };
    it("keeps the address and what is sent along between kinds of the web", () => {
        const headers = [{ name: "X", value: "1", secret: false }];
        const before = { ...freshSource("page", "UTC"), spec: page(GOOD, headers) };
        const after = asKind(before, "urls").spec;
        expect(after).toEqual({ ...before.spec, what: { type: "urls", urls: [GOOD] } });
        expect(asKind({ ...before, spec: after }, "feed").spec).toEqual({
            ...before.spec,
            what: { type: "feed", url: GOOD },
        });
    });
    it("keeps name and tags, and leaves nothing in place that has no place", () => {
        const after = asKind(watched, "feed");
        expect(after.name).toBe("Mine");
        expect(after.filing).toEqual({ ...filing, keep: "copy", move_to: null });
        expect(after.conditions.network).toBe("connected");
    });
    it("changes nothing when it is of that kind already", () => {
        expect(asKind(watched, "folder")).toBe(watched);
    });
});

describe("fallbackName", () => {
    it.each<[SourceSpec, string]>([
        [folder("/home/mara/Scans"), "Scans"],
        [folder("/home/mara/Scans/"), "Scans"],
        [folder("C:\\Users\\mara\\Bilder"), "Bilder"],
        [folder("/"), "Folder"],
        [folder(""), "Folder"],
        [page(" https://example.org:8080/x "), "example.org:8080"],
        [page("nonsense"), "Web page"],
        [web({ type: "urls", urls: ["nonsense", GOOD] }), "example.org"],
        [{ type: "camera" }, "Camera"],
    ])("%j", (spec, expected) => expect(fallbackName(spec)).toBe(expected));
});

describe("lines", () => {
    it.each<[string, string[]]>([
        ["", []],
        ["  \n\r\n ", []],
        ["*.png\r\n*.jpg\n", ["*.png", "*.jpg"]],
        [" a b \na b\nc", ["a b", "c"]],
    ])("%j", (text, expected) => {
        expect(fromLines(text)).toEqual(expected);
        expect(fromLines(toLines(expected))).toEqual(expected);
    });
});

describe("missingPart", () => {
    const check = (change: Partial<SourceDraft>, expected: RegExp | null, before?: SourceDraft): void => {
        const draft: SourceDraft = { ...freshSource("folder", "UTC"), ...change };
        const missing = missingPart(draft, before ?? draft);
        if (expected === null) expect(missing).toBeNull();
        else expect(missing).toMatch(expected);
    };
    const filing = (change: Partial<Filing>): Partial<SourceDraft> => ({
        spec: folder("/a"),
        filing: { ...BLANK_SOURCE.draft.filing, ...change },
    });
    it.each<[string, Partial<SourceDraft>, RegExp | null]>([
        ["a folder", { spec: folder("/a") }, null],
        ["no folder", { spec: folder(" ") }, /Choose the folder/],
        ["a page", { spec: page(GOOD) }, null],
        ["no address", { spec: page(" ") }, /Give the address/],
        ["no address of a host", { spec: page("example.org") }, /example\.org is no address/],
        ["a file", { spec: page("file:///etc/passwd") }, /is no address/],
        ["no addresses", { spec: web({ type: "urls", urls: [] }) }, /Give the address/],
        ["one wrong of many", { spec: web({ type: "urls", urls: [GOOD, "b"] }) }, /^b is no address/],
        ["an answer without a path", { spec: web({ type: "api", url: GOOD, path: "" }) }, /where in the answer/],
        ["a path that is none", { spec: web({ type: "api", url: GOOD, path: "photos" }) }, /begin with \$/],
        ["a path", { spec: web({ type: "api", url: GOOD, path: " $.a" }) }, null],
        ["an empty row of headers", { spec: page(GOOD, [{ name: "", value: null, secret: true }]) }, null],
        ["a header without a name", { spec: page(GOOD, [{ name: "", value: "x", secret: true }]) }, /a name/],
        ["a header without a value", { spec: page(GOOD, [{ name: "X", value: " ", secret: false }]) }, /X a value/],
        ["a header that is none", { spec: page(GOOD, [{ name: "A B", value: "x", secret: false }]) }, /A B is no name/],
        ["a secret that is not kept", { spec: page(GOOD, [{ name: "X", value: null, secret: true }]) }, /X a value/],
        ["a week without days", { spec: folder("/a"), rule: { type: "weekly", days: [], at: "02:00" } }, /one day/],
        ["never by the clock", { spec: folder("/a"), rule: null }, null],
        ["a template", filing({ name: "{date} {n}" }), null],
        ["a template with more", filing({ name: "{date} {moon}" }), /\{moon\}/],
        ["a move to nowhere", filing({ move_to: "" }), /moved to/],
        ["a rule without a search", filing({ rules: [{ when: " ", tags: ["a"], remind_days_before: 1 }] }), /searches/],
        ["a rule for nothing", filing({ rules: [{ when: "a", tags: [], remind_days_before: null }] }), /does/],
        ["a rule", filing({ rules: [{ when: "a", tags: [], remind_days_before: 0 }] }), null],
    ])("%s", (_, change, expected) => check(change, expected));

    describe("a secret in the keychain", () => {
        const stored = (secret: boolean): SourceDraft => ({
            ...freshSource("page", "UTC"),
            id: 4,
            spec: page(GOOD, [{ name: "Authorization", value: null, secret }]),
        });
        const now = (header: WebHeader): Partial<SourceDraft> => ({ id: 4, spec: page(GOOD, [header]) });
        it("need not be typed again", () => {
            const header = { name: " authorization ", value: "", secret: true };
            expect(keptSecret(header, stored(true))).toBe(true);
            check(now(header), null, stored(true));
        });
        it.each<[string, WebHeader, SourceDraft]>([
            ["under another name", { name: "Cookie", value: "", secret: true }, stored(true)],
            ["once it is none", { name: "Authorization", value: null, secret: false }, stored(true)],
            ["that was none before", { name: "Authorization", value: "", secret: true }, stored(false)],
            ["of a new source", { name: "Authorization", value: "", secret: true }, { ...stored(true), id: null }],
        ])("must be typed %s", (_, header, before) => {
            expect(keptSecret(header, before)).toBe(false);
            check(now(header), /a value/, before);
        });
    });
});

describe("wholeDraft", () => {
    it("leaves the name to the service where there is none, and takes spaces and empty rows away", () => {
        const draft: SourceDraft = {
            ...freshSource("api", "UTC"),
            name: "  ",
            spec: web({ type: "api", url: ` ${GOOD} `, path: " $.a " }, [
                { name: " X ", value: " 1 ", secret: false },
                { name: "Y", value: "", secret: true },
                { name: " ", value: null, secret: true },
            ]),
            filing: {
                ...BLANK_SOURCE.draft.filing,
                name: "  ",
                rules: [{ when: " invoice ", tags: [], remind_days_before: 3 }],
            },
        };
        const whole = wholeDraft(draft);
        expect(whole.name).toBe("");
        expect(whole.spec).toEqual(
            web({ type: "api", url: GOOD, path: "$.a" }, [
                { name: "X", value: "1", secret: false },
                { name: "Y", value: null, secret: true },
            ]),
        );
        expect(whole.filing.name).toBeNull();
        expect(whole.filing.rules[0]?.when).toBe("invoice");
    });
    it("leaves alone what is whole", () => {
        const draft: SourceDraft = { ...freshSource("folder", "UTC"), name: "Scans", spec: folder("/a b ") };
        expect(wholeDraft(draft)).toEqual(draft);
    });
});

describe("languageName", () => {
    const known = [
        { code: "de", name: "German" },
        { code: "pt", name: "Portuguese" },
    ];
    it.each([
        ["de", "German"],
        ["pt-BR", "Portuguese (BR)"],
        ["PT_br", "Portuguese (BR)"],
        ["xx", "xx"],
    ])("%s", (tag, expected) => expect(languageName(tag, known)).toBe(expected));
});

describe("isPlain", () => {
    const plain = BLANK_SOURCE.draft.filing;
    it.each<[Partial<Filing>, boolean]>([
        [{}, true],
        [{ keep: "text" }, false],
        [{ tags: ["a"] }, false],
        [{ engine: "ocrs" }, false],
        [{ languages: ["de"] }, false],
        [{ layout: "paragraphs" }, false],
        [{ name: "{n}" }, false],
        [{ move_to: "/a" }, false],
        [{ notify: true }, false],
        [{ rules: [{ when: "a", tags: [], remind_days_before: 1 }] }, false],
    ])("%j", (change, expected) => expect(isPlain({ ...plain, ...change })).toBe(expected));
});
