import { describe, expect, it } from "vitest";
import { BLANK_GROUP } from "../../dev/blank";
import type { GroupView } from "./bindings";
import { isLong, noted, paceOf, paceWords, type Sample } from "./throughput";

const S = 1000;
/** What was done by each second, from 0 on. */
const samples = (...told: [seconds: number, ended: number][]): Sample[] =>
    told.reduce<Sample[]>((all, [seconds, ended]) => noted(all, seconds * S, ended), []);

describe("pace", () => {
    const steady = samples(...Array.from({ length: 31 }, (_, i): [number, number] => [i * 10, i * 5]));
    it.each<[string, Sample[], number, number, string]>([
        ["nothing is known", [], 60, 10, "unknown"],
        ["too early", samples([0, 0], [9, 30]), 9, 10, "unknown"],
        ["ten seconds are enough", samples([0, 0], [10, 5]), 10, 60, "30.0 a minute, 120 s"],
        ["the last minute counts", steady, 300, 15, "30.0 a minute, 30 s"],
        [
            "what was done before it began to look does not",
            samples([0, 500], [30, 510]),
            30,
            40,
            "20.0 a minute, 120 s",
        ],
        ["it slows down while nothing comes", samples([0, 0], [30, 30]), 60, 30, "30.0 a minute, 60 s"],
        ["a minute without an image", samples([0, 0], [30, 30]), 91, 30, "unknown"],
        ["it began anew", samples([0, 50], [30, 60], [31, 0], [51, 10]), 51, 10, "30.0 a minute, 20 s"],
    ])("%s", (_, told, now, left, expected) => {
        const pace = paceOf(told, now * S, left);
        const words = pace && `${pace.perMinute.toFixed(1)} a minute, ${Math.round(pace.leftMs / S)} s`;
        expect(words ?? "unknown").toBe(expected);
    });

    it("keeps little, however often it is told", () => {
        let all: Sample[] = [];
        for (let i = 0; i < 100_000; i++) all = noted(all, i * 50, i);
        expect(all.length).toBeLessThan(70);
        expect(paceOf(all, 100_000 * 50, 1200)?.perMinute).toBeCloseTo(1200, -2);
    });

    it.each<[number, number, boolean, string]>([
        [38, 4 * 60 * S, false, "38 images a minute, about 4 min left"],
        [1.02, 90 * 60 * S, false, "1 image a minute, about 1 h 30 min left"],
        [2.5, 34 * S, false, "2.5 images a minute, about 40 s left"],
        [1234, 200, false, "1,234 images a minute, about 10 s left"],
        [38, 4 * 60 * S, true, "38 images a minute"],
        [38, 0, false, "38 images a minute"],
    ])("%d a minute, %d ms", (perMinute, leftMs, gathering, expected) =>
        expect(paceWords({ perMinute, leftMs }, gathering)).toBe(expected),
    );

    it.each<[Partial<GroupView>, boolean]>([
        [{ images: 21 }, true],
        [{ images: 20 }, false],
        [{ images: 900, ended_at: 5 }, false],
        [{ images: 900, stopped: true }, false],
    ])("is told of %o: %s", (change, expected) => expect(isLong({ ...BLANK_GROUP, ...change })).toBe(expected));
});
