import { afterEach, describe, expect, it } from "vitest";
import { Going } from "./going.svelte";

describe("Going", () => {
    afterEach(() => document.body.replaceChildren());

    function rows(count: number): HTMLElement[] {
        const made = Array.from({ length: count }, () => document.createElement("p"));
        made.forEach((row) => (row.tabIndex = -1));
        document.body.replaceChildren(...made);
        return made;
    }
    it("takes the focus along", async () => {
        const [, second] = rows(3);
        const going = new Going(() => document.querySelectorAll("p"));
        await going.to(1);
        expect([going.current, document.activeElement]).toEqual([1, second]);
    });
    it.each<[string, boolean, number, number, boolean]>([
        ["goes on at the row that came in its place", true, 2, 1, true],
        ["goes on at the last one", true, 1, 0, true],
        ["ends with the last one", true, 0, 0, false],
        ["leaves the focus of who only looks, on a row that is there", false, 1, 0, false],
    ])("%s", async (_, atWork, left, expected, isFocused) => {
        rows(3);
        const going = new Going(() => document.querySelectorAll("p"));
        await going.to(1);
        going.atWork = atWork;
        const made = rows(left);
        await going.on();
        expect(going.current).toBe(expected);
        expect(document.activeElement).toBe(isFocused ? made[expected] : document.body);
    });
});
