// What is said of a source, of its looks, and of the names of its images.

import { describe, expect, it } from "vitest";
import { BLANK_LOOK, BLANK_SOURCE } from "../../dev/blank";
import type { LookView, SourceSpec, SourceView } from "./bindings";
import { exampleName, unknownPlaceholders } from "./name-template";
import { lookedWords, lookWords, nextLook, removalWords } from "./source-words";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Saturday, in the middle of the day in every zone near enough. */
const NOW = new Date(2026, 10, 21, 13, 0).getTime();
const CAMERA: SourceSpec = { type: "camera" };
const of = (change: Partial<SourceView>): SourceView => ({ ...BLANK_SOURCE, ...change });
const given = (change: Partial<SourceView>): SourceView =>
    of({ draft: { ...BLANK_SOURCE.draft, spec: CAMERA, rule: null }, ...change });
const off = { ...BLANK_SOURCE.draft, enabled: false };

describe("lookedWords", () => {
    it.each<[SourceView, string]>([
        [of({}), "Has not looked yet"],
        [of({ looked_at: NOW - 3 * MINUTE }), "Looked 3 minutes ago · nothing new so far"],
        [
            of({ looked_at: NOW - 3 * MINUTE, found_at: NOW - 4 * DAY, found: 12, items: 1203 }),
            `Looked 3 minutes ago · 12 new on Tuesday · ${(1203).toLocaleString()} images`,
        ],
        [
            of({ looked_at: NOW - 25 * HOUR, found_at: NOW - 25 * HOUR, found: 1, items: 1 }),
            "Looked yesterday · 1 new yesterday · 1 image",
        ],
        [of({ found_at: NOW, found: 2, items: 2 }), "Has not looked yet · 2 new today · 2 images"],
        [given({}), "No images yet"],
        [given({ found_at: NOW - HOUR, found: 1, items: 84 }), "1 new today · 84 images"],
    ])("%#: %j", (source, expected) => expect(lookedWords(source, NOW)).toBe(expected));
});

describe("nextLook", () => {
    const running: LookView = { ...BLANK_LOOK, state: "running" };
    it.each<[SourceView, string]>([
        [of({ next: NOW + 12 * MINUTE }), "Next look in 12 minutes, today at 13:12"],
        [of({ active: running }), "Looking"],
        [of({ active: { ...running, started_at: NOW - 5 * MINUTE } }), "Looking since today at 12:55"],
        [of({ active: BLANK_LOOK }), "Due, waits for its turn"],
        [of({ active: BLANK_LOOK, waiting_for: ["AC power", "a network"] }), "Due, waits for AC power and a network"],
        [of({ waiting_for: ["AC power"], next: NOW }), "Due, waits for AC power"],
        [of({ draft: off, next: NOW + HOUR }), "Switched off"],
        [of({}), "Looks only when you ask it to"],
        [of({ watching: "inotify" }), "Looks through all of it only when you ask it to"],
    ])("%#: %j", (source, expected) => expect(nextLook(source, NOW)).toBe(expected));
});

describe("lookWords", () => {
    const error = { code: "network" as const, message: "No answer.", hint: "Wait." };
    it.each<[Partial<LookView>, string]>([
        [{ state: "succeeded", words: "nothing new" }, "Nothing new"],
        [{ state: "succeeded", words: "12 new, 3 known" }, "12 new, 3 known"],
        [{ state: "succeeded" }, "Done"],
        [{ state: "running", words: "listing files" }, "Listing files"],
        [{ state: "running" }, "Running"],
        [{ state: "failed", error, words: "listing files" }, "Failed: No answer."],
        [{ state: "failed" }, "Failed: no reason was told"],
        [{ state: "cancelled" }, "Cancelled"],
        [{ state: "cancelled", words: "after 3 files" }, "Cancelled: after 3 files"],
        [{ state: "enqueued" }, "Waiting"],
    ])("%j", (look, expected) => expect(lookWords({ ...BLANK_LOOK, ...look })).toBe(expected));
});

describe("removalWords", () => {
    it.each<[SourceView, RegExp]>([
        [of({}), /forgotten\.$/],
        [of({ items: 1 }), /Its 1 image stays in the library\.$/],
        [of({ items: 2 }), /Its 2 images stay in the library\.$/],
    ])("%#", (source, expected) => expect(removalWords(source)).toMatch(expected));
});

describe("name template", () => {
    const at = new Date(2026, 2, 5, 7, 8, 9);
    it.each<[string, string]>([
        ["{date} {name}", "2026-03-05 IMG_2041.jpg"],
        ["{source} {n}, {time}", "Scans 7, 07-08-09.jpg"],
        ["  plain  ", "plain.jpg"],
        ["{date}/{name}", "2026-03-05-IMG_2041.jpg"],
        ["{Name} {} {moon}", "{Name} {} {moon}.jpg"],
    ])("%j", (template, expected) => expect(exampleName(template, "Scans", at)).toBe(expected));
    it("does not put placeholders into what it put in", () => {
        expect(exampleName("{source}", "{name}", at)).toBe("{name}.jpg");
    });
    it.each<[string, string[]]>([
        ["{name}{date}{time}{source}{n}", []],
        ["{Name} {} {moon} {n", ["{Name}", "{}", "{moon}"]],
        ["{toString}", ["{toString}"]],
    ])("%j has unknown %j", (template, expected) => expect(unknownPlaceholders(template)).toEqual(expected));
});
