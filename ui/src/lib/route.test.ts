import { beforeEach, describe, expect, it } from "vitest";
import type { Place } from "./bindings";
import { route, type Here } from "./route.svelte";

describe("where a notification leads", () => {
    beforeEach(() => route.go("library"));
    it.each<[Place, Here]>([
        [{ view: "cloud" }, { view: "cloud" }],
        [{ view: "activity" }, { view: "activity" }],
        [
            { view: "item", id: 7 },
            { view: "item", id: 7, list: null },
        ],
    ])("%j", (place, expected) => {
        route.place(place);
        expect(route.here).toEqual(expected);
    });
    it("leads back from an image to where it was opened", () => {
        route.go("conflicts");
        route.open(7, null);
        route.back();
        expect(route.here).toEqual({ view: "conflicts" });
    });
});
