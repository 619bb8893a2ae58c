import { describe, expect, it } from "vitest";
import type { ItemCard } from "./bindings";
import { isCode, shownWhole } from "./card";

const WIFI = "Wi-Fi network: home";
const card = (told: Partial<ItemCard>): ItemCard => ({
    id: 1,
    name: "a.png",
    width: 800,
    height: 600,
    added_at: 0,
    state: "text",
    problem: null,
    original: "kept",
    thumbnail: true,
    snippet: null,
    codes: [],
    why: [],
    ...told,
});
const text = (words: string): Partial<ItemCard> => ({ snippet: { parts: [{ text: words, hit: false }] } });

describe("a card", () => {
    it("tells an image of a code from one that has a code, too", () => {
        const check = (told: Partial<ItemCard>, expected: boolean) => expect(isCode(card(told))).toBe(expected);
        check({ codes: [WIFI], state: "no_text" }, true);
        check({ codes: [WIFI], state: "text", ...text("Scan me") }, true);
        check({ codes: [WIFI], state: "text", ...text(`Invoice 7 ${"of many things ".repeat(5)}`) }, false);
        check({ codes: [], state: "no_text" }, false);
        check({ codes: [], state: "text", ...text("Scan me") }, false);
    });

    it("shows codes and long pictures whole", () => {
        const check = (told: Partial<ItemCard>, expected: boolean) => expect(shownWhole(card(told))).toBe(expected);
        check({}, false);
        check({ codes: [WIFI], state: "no_text" }, true);
        check({ width: 240, height: 100 }, false);
        check({ width: 241, height: 100 }, true);
        check({ width: 100, height: 241 }, true);
        check({ width: null, height: null }, false);
    });
});
