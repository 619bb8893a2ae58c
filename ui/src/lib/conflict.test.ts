// The versions of an image that several machines changed: brought together, and in words.

import { describe, expect, it } from "vitest";
import type { ItemCard, SyncConflict } from "./bindings";
import { byImage, compared, idsOf, keepOnly, versionFacts, versionsKey, versionWords, type Version } from "./conflict";

const card = (id: number, change: Partial<ItemCard> = {}): ItemCard =>
    ({ id, name: `${id}.png`, width: 1200, height: 900, ...change }) as ItemCard;
const conflict = (named: number, kept: number, device: string): SyncConflict => ({
    of: `2026/${named}.png`,
    device,
    here: false,
    day: "2026-11-20",
    card: card(kept),
    path: `2026/${kept}.png`,
    bytes: 2000,
    other: card(named),
    other_path: `2026/${named}.png`,
    other_bytes: 1000,
});
const NOW = Date.parse("2026-11-22T12:00");
const version = (kept: Version["kept"], change: Partial<ItemCard> = {}): Version => ({
    card: card(1, change),
    path: "2026/1.png",
    bytes: 2_200_000,
    kept,
});

describe("versions", () => {
    const all = byImage([conflict(1, 2, "desk"), conflict(5, 6, "desk"), conflict(1, 3, "fenja")]);

    it("of the same image stand together, the one under the name first", () => {
        expect(all.map(idsOf)).toEqual([
            [1, 2, 3],
            [5, 6],
        ]);
        expect(all[0]?.of).toBe("2026/1.png");
        expect(all[0]?.versions.map(({ bytes, kept }) => [bytes, kept?.device])).toEqual([
            [1000, undefined],
            [2000, "desk"],
            [2000, "fenja"],
        ]);
    });
    it("are others once one of them is gone", () => {
        const [without] = byImage([conflict(1, 2, "desk")]);
        expect(without && versionsKey(without)).not.toBe(all[0] && versionsKey(all[0]));
    });
    it.each<[number, number[]]>([
        [0, [2, 3]],
        [1, [1, 3]],
        [2, [1, 2]],
    ])("of which no. %i is kept, all others go", (at, others) => {
        const [one] = all;
        const kept = one?.versions[at];
        expect(one && kept && keepOnly(one, kept)).toEqual({ keep: at + 1, others });
    });
    it("are compared in their order, and say whose they are", () => {
        const images = all[0] ? compared(all[0], NOW).images : [];
        expect(images.map(({ card: { id }, compared: words }) => [id, words])).toEqual([
            [1, "The version under the name"],
            [2, expect.stringContaining("desk")],
            [3, expect.stringContaining("fenja")],
        ]);
    });
});

describe("words", () => {
    it.each<[Version["kept"], RegExp]>([
        [null, /^The version under the name$/],
        [{ device: "desk", here: false, day: "2026-11-22" }, /^As desk had it, kept today$/],
        [{ device: "desk", here: true, day: "2026-11-22" }, /^As this machine had it, kept today$/],
        [{ device: "desk", here: false, day: "2026-11-21" }, /^As desk had it, kept yesterday$/],
        [{ device: "desk", here: false, day: "2026-03-01" }, /^As desk had it, kept on .*1/],
        [{ device: "desk", here: false, day: "2026-99-99" }, /^As desk had it$/],
        [{ device: "a\u202Eb", here: false, day: "2026-11-22" }, /^As ab had it/],
    ])("whose it is: %j", (kept, expected) => expect(versionWords(version(kept), NOW)).toMatch(expected));
    it.each<[Partial<ItemCard>, string]>([
        [{}, "1200 × 900, 2.2 MB"],
        [{ width: null }, "2.2 MB"],
    ])("its size: %j", (change, expected) => expect(versionFacts(version(null, change))).toBe(expected));
});
