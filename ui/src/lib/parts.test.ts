// The small pure parts: snippets, hits, words, zoom, coalescing, errors.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BLANK_GROUP, BLANK_STATUS } from "../../dev/blank";
import type { GroupView, HitView, SnippetPart, Status } from "./bindings";
import { coalesce } from "./coalesce";
import { toWireError } from "./errors";
import { lineRuns } from "./hits";
import { snippetRuns } from "./snippet";
import { ago, bytes, groupFraction, groupWords, statusWords } from "./words";
import { isWebAddress } from "./web-address";
import { fitScale, inset, scrollAfterZoom } from "./zoom";

const t = (text: string): SnippetPart => ({ text, hit: false });
const h = (text: string): SnippetPart => ({ text, hit: true });

describe("snippetRuns", () => {
    it.each<[string, SnippetPart[], SnippetPart[]]>([
        ["nothing", [], []],
        ["folds space", [t("a \n\n b"), h("c")], [t("a b"), h("c")]],
        ["joins neighbours", [h("a"), h("b"), t(""), t("c")], [h("ab"), t("c")]],
        [
            "keeps the hit in sight",
            [t("one two three four five six seven "), h("x")],
            [t("…four five six seven "), h("x")],
        ],
        ["cuts text without spaces", [t("日".repeat(40)), h("x")], [t("…" + "日".repeat(24)), h("x")]],
        ["a lead alone is not cut", [t("x".repeat(60))], [t("x".repeat(60))]],
    ])("%s", (_, parts, expected) => expect(snippetRuns({ parts })).toEqual(expected));
});

describe("lineRuns", () => {
    const hit = (line: number, start: number, end: number): HitView => ({
        line,
        start,
        end,
        quad: [
            [0, 0],
            [0, 0],
            [0, 0],
            [0, 0],
        ],
    });
    it.each<[string, string, HitView[], SnippetPart[]]>([
        ["no hit", "abc", [hit(1, 0, 1)], [t("abc")]],
        ["middle", "abcde", [hit(0, 1, 3)], [t("a"), h("bc"), t("de")]],
        ["counts characters, not units", "😀😀ab", [hit(0, 1, 3)], [t("😀"), h("😀a"), t("b")]],
        ["overlapping, in any order", "abcdef", [hit(0, 2, 4), hit(0, 1, 3)], [t("a"), h("bc"), h("d"), t("ef")]],
        ["beyond the end", "ab", [hit(0, 1, 9)], [t("a"), h("b")]],
        ["empty", "ab", [hit(0, 1, 1)], [t("ab")]],
    ])("%s", (_, text, hits, expected) => expect(lineRuns(text, hits, 0)).toEqual(expected));
});

describe("words", () => {
    const NOW = Date.UTC(2026, 2, 2, 12);
    it.each<[number, string]>([
        [0, "just now"],
        [-5_000, "just now"],
        [60_000, "1 minute ago"],
        [125_000, "2 minutes ago"],
        [3 * 3_600_000, "3 hours ago"],
    ])("%d ms back", (back, expected) => expect(ago(NOW - back, NOW)).toBe(expected));

    it.each<[number, string]>([
        [0, "0 B"],
        [999, "999 B"],
        [1_500, "1.5 kB"],
        [999_600, "1.0 MB"],
        [21_300_000, "21 MB"],
    ])("%d bytes", (count, expected) => expect(bytes(count)).toBe(expected));

    const group = (change: Partial<GroupView>): GroupView => ({
        ...BLANK_GROUP,
        images: 120,
        done: 2,
        failed: 1,
        ...change,
    });
    const status = (change: Partial<Status>): Status => ({ ...BLANK_STATUS, ...change });
    it.each<[string, Partial<Status>, GroupView[], string]>([
        ["idle", {}, [], "Ready"],
        ["read before", { recent: [{ item: 1, name: "", at: NOW - 125_000 }] }, [], "Last read 2 minutes ago"],
        ["reading a group", { running: 2, waiting: 115 }, [group({})], "Reading 4 of 120"],
        ["recognising", { running: 1 }, [group({ recognised: 2 })], "Recognising 4 of 120"],
        ["both", { running: 1 }, [group({ recognised: 2 }), group({})], "Reading and recognising 7 of 240"],
        ["ended groups do not count", { running: 1 }, [group({ ended_at: 1 })], "Working, 1 to go"],
        ["paused", { paused: true, waiting: 7 }, [], "Paused, 7 to go"],
        ["nobody works", { runner: "nobody", waiting: 7 }, [], "The background service is not running"],
    ])("status: %s", (_, change, groups, expected) => expect(statusWords(status(change), groups, NOW)).toBe(expected));

    it.each<[Partial<GroupView>, number, string]>([
        [{}, 3 / 120, "2 of 120 done"],
        [{ images: 0, done: 0, failed: 0 }, 0, "Looking at the files"],
        [{ images: 0, done: 0, failed: 0, ended_at: 5 }, 1, "No images found"],
        [{ images: 0, done: 0, known: 1, ended_at: 5 }, 1, "1 image already in the library"],
        [{ images: 3, done: 3, known: 2, ended_at: 5 }, 1, "3 images done, 2 already in the library"],
        [{ images: 1, done: 1, failed: 3 }, 1, "1 of 1 done"],
        [{ stopped: true, done: 1 }, 2 / 120, "Cancelled after 1 image"],
        [{ images: 300, done: 299, failed: 0, cancelled: 1, ended_at: 5 }, 1, "299 images done, 1 cancelled"],
        [
            { images: 0, done: 0, failed: 0, restored: 500, known: 4, unusable: 2, ended_at: 5 },
            1,
            "500 images brought back, 4 already in the library, 2 files could not be used",
        ],
        [{ gathering: true }, 3 / 120, "2 of 120 so far done"],
        [{ recognised: 2 }, 3 / 120, "2 of 120 recognised"],
        [{ recognised: 1 }, 3 / 120, "2 of 120 done"],
        [{ done: 120, failed: 0, recognised: 120, ended_at: 5 }, 1, "120 images recognised"],
        [{ done: 120, failed: 0, recognised: 20, ended_at: 5 }, 1, "120 images done, 20 of them recognised"],
    ])("group %o", (change, fraction, expected) => {
        expect(groupFraction(group(change))).toBeCloseTo(fraction, 9);
        expect(groupWords(group(change))).toBe(expected);
    });
});

describe("zoom", () => {
    it("fits large pictures and leaves small ones", () => {
        const frame = { width: 640, height: 440 };
        expect(fitScale({ width: 1200, height: 400 }, frame)).toBeCloseTo(0.5, 9);
        expect(fitScale({ width: 100, height: 100 }, frame)).toBe(1);
        expect(fitScale({ width: 0, height: 0 }, frame)).toBe(1);
        expect(fitScale({ width: 50, height: 50 }, { width: 0, height: 0 })).toBeGreaterThan(0);
    });
    it("keeps the point under the pointer", () => {
        const [image, frame] = [4000, 800];
        for (const [scroll, at, before, after] of [
            [300, 250, 0.5, 1],
            [0, 799, 1, 2],
            [900, 10, 1, 0.7],
        ] as const) {
            const point = (scroll + at - inset(image * before, frame)) / before;
            const next = scrollAfterZoom(image, frame, scroll, at, before, after);
            expect((next + at - inset(image * after, frame)) / after).toBeCloseTo(point, 6);
        }
    });
});

describe("coalesce", () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it("runs at most once per span, and once more for what came meanwhile", async () => {
        const run = vi.fn();
        const trigger = coalesce(run, 250);
        for (let i = 0; i < 100; i++) {
            trigger();
            await vi.advanceTimersByTimeAsync(10);
        }
        await vi.advanceTimersByTimeAsync(300);
        expect(run).toHaveBeenCalledTimes(5);
    });
    it("never runs twice at once", async () => {
        let open = 0;
        let most = 0;
        const trigger = coalesce(async () => {
            most = Math.max(most, ++open);
            await new Promise((resolve) => setTimeout(resolve, 1000));
            open--;
        }, 100);
        for (let i = 0; i < 30; i++) {
            trigger();
            await vi.advanceTimersByTimeAsync(100);
        }
        expect(most).toBe(1);
    });
});

describe("toWireError", () => {
    it.each<[unknown, { code: string; message: string; hint: string | null }]>([
        [
            { code: "disk_full", message: "m", hint: "h" },
            { code: "disk_full", message: "m", hint: "h" },
        ],
        [
            { code: "disk_full", message: "m" },
            { code: "disk_full", message: "m", hint: null },
        ],
        [
            { code: "new_code", message: "m", hint: null },
            { code: "internal", message: "Unknown error", hint: null },
        ],
        [new Error("boom"), { code: "internal", message: "boom", hint: null }],
        ["text", { code: "internal", message: "text", hint: null }],
        [null, { code: "internal", message: "Unknown error", hint: null }],
    ])("%o", (thrown, expected) => expect(toWireError(thrown)).toEqual(expected));
});

describe("isWebAddress", () => {
    it.each<[string, boolean]>([
        ["https://ntfy.sh/topic", true],
        [" http://192.168.1.4:8080/hook?x=1 ", true],
        ["HTTPS://a", true],
        ["ntfy.sh/topic", false],
        ["https://", false],
        ["https://a b", false],
        ["file:///etc/passwd", false],
        ["javascript:alert(1)", false],
        ["", false],
    ])("%j", (text, expected) => expect(isWebAddress(text)).toBe(expected));
});
