import { describe, expect, it } from "vitest";
import { SHORTCUTS } from "./keys";
import { viewOfKey, VIEWS } from "./views";

describe("the keys of views", () => {
    it("lead to one view each", () => {
        const check = (key: string, expected: string | null) => expect(viewOfKey(key)).toBe(expected);
        check("1", "library");
        check("2", "duplicates");
        check("3", "places");
        check("9", "settings");
        check("0", "cloud");
        check("10", null);
        check("", null);
        check(" ", null);
        check("f", null);
        expect(VIEWS.map(({ key }) => viewOfKey(key))).toEqual(VIEWS.map(({ view }) => view));
    });

    it("are listed as they are", () => {
        const keys = SHORTCUTS.flatMap((area) => area.keys);
        expect(keys).toContainEqual([
            "Ctrl 1 to 9, 0",
            "Library, Look-alikes, Places, Activity, Sources, Schedules, Reminders, Trash, Settings, Cloud",
        ]);
    });
});
