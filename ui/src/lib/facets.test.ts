import { describe, expect, it } from "vitest";
import type { FacetsQuery, FacetsView } from "./bindings";
import { Facets } from "./facets.svelte";

/** Answers when told to; a chip carries the search that it was made for. */
class Backend {
    asked: FacetsQuery[] = [];
    #answers: ((fails: boolean) => void)[] = [];

    ask = (query: FacetsQuery): Promise<FacetsView> => {
        this.asked.push(query);
        const chip = { start: 0, end: 1, field: "Kind", value: query.query, excluded: false, problem: null };
        return new Promise((resolve, reject) =>
            this.#answers.push((fails) =>
                fails
                    ? reject({ code: "database", message: "broken", hint: null })
                    : resolve({ chips: [chip], groups: [] }),
            ),
        );
    };

    answer(at: number, fails = false): void {
        this.#answers[at]?.(fails);
    }
}

describe("Facets", () => {
    it.each<[string, boolean, number]>([
        ["", false, 0],
        ["grand total", false, 0],
        ["https://x.org", false, 0],
        ["grand kind:photo", false, 1],
        ["", true, 1],
    ])("about “%s” with all %s asks %i times", async (query, all, times) => {
        const backend = new Backend();
        const facets = new Facets(backend.ask);
        const looked = facets.look(query, false, all);
        backend.answer(0);
        await looked;
        expect(backend.asked).toHaveLength(times);
        expect(facets.answered).toBe(query);
    });

    it("keeps the answer to the last search, whichever comes last", async () => {
        const backend = new Backend();
        const facets = new Facets(backend.ask);
        const looks = [facets.look("kind:a", false, false), facets.look("kind:b", false, false)];
        backend.answer(1);
        backend.answer(0);
        await Promise.all(looks);
        expect(facets.chips.map(({ value }) => value)).toEqual(["kind:b"]);
        expect(facets.answered).toBe("kind:b");
    });

    it("takes chips away that a search has no more, though their answer is late", async () => {
        const backend = new Backend();
        const facets = new Facets(backend.ask);
        const late = facets.look("kind:a", false, false);
        await facets.look("", false, false);
        backend.answer(0);
        await late;
        expect(facets.chips).toEqual([]);
    });

    it("says what went wrong until it goes well", async () => {
        const backend = new Backend();
        const facets = new Facets(backend.ask);
        const failed = facets.look("kind:a", false, true);
        backend.answer(0, true);
        await failed;
        expect(facets.error?.code).toBe("database");
        const well = facets.look("kind:a", false, true);
        backend.answer(1);
        await well;
        expect(facets.error).toBeNull();
    });
});
