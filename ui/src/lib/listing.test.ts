import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ItemCard, ItemsPage, ItemsQuery } from "./bindings";
import { Listing, PAGE, SEARCH_DELAY_MS } from "./listing.svelte";

const card = (id: number): ItemCard => ({
    id,
    name: `${id}.png`,
    width: null,
    height: null,
    added_at: 0,
    state: "text",
    problem: null,
    original: "kept",
    thumbnail: true,
    snippet: null,
    codes: [],
    why: [],
});

/** A library of ids; the newest first. Searches find ids that contain the query. */
class Backend {
    asked: ItemsQuery[] = [];
    ids: number[];
    /** Searches whose answers wait until released. */
    held = new Map<string, () => void>();

    constructor(count: number) {
        this.ids = Array.from({ length: count }, (_, i) => count - i);
    }

    ask = async (query: ItemsQuery): Promise<ItemsPage> => {
        this.asked.push(query);
        if (query.query.startsWith("slow")) {
            await new Promise<void>((release) => this.held.set(query.query, release));
        }
        if (query.query === "bad") throw { code: "database", message: "broken", hint: "rebuild" };
        const ids = this.ids.filter((id) => String(id).includes(query.query.replace("slow", "")));
        return { total: ids.length, items: ids.slice(query.offset, query.offset + query.limit).map(card) };
    };
}

const settle = (): Promise<void> => vi.advanceTimersByTimeAsync(SEARCH_DELAY_MS).then(() => undefined);
const shownIds = (list: Listing): (number | undefined)[] => list.cards.map((one) => one?.id);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("Listing", () => {
    it("asks only for the pages in view", async () => {
        const backend = new Backend(20_000);
        const list = new Listing(false, backend.ask);
        await list.refresh();
        list.look({ first: 10_050, end: 10_120 });
        await settle();
        expect(backend.asked.map((one) => one.offset)).toEqual([0, 10_000, 10_100]);
        expect(list.total).toBe(20_000);
        expect(list.cards.length).toBe(20_000);
        expect(list.cards[10_050]?.id).toBe(20_000 - 10_050);
        expect(list.cards[5_000]).toBeUndefined();
    });

    it("asks once for a run of key strokes", async () => {
        const backend = new Backend(30);
        const list = new Listing(false, backend.ask);
        list.search("1");
        list.search("12");
        await settle();
        expect(backend.asked.map((one) => one.query)).toEqual(["12"]);
        expect(shownIds(list)).toEqual([12]);
        expect(list.answered).toBe("12");
    });

    it("drops an answer that came too late", async () => {
        const backend = new Backend(30);
        const list = new Listing(false, backend.ask);
        list.search("slow1");
        await settle();
        list.search("25");
        await settle();
        expect(shownIds(list)).toEqual([25]);
        backend.held.get("slow1")?.();
        await settle();
        expect(shownIds(list)).toEqual([25]);
        expect(list.answered).toBe("25");
    });

    it("keeps what it shows and says why when an ask fails", async () => {
        const backend = new Backend(3);
        const list = new Listing(false, backend.ask);
        await list.refresh();
        list.search("bad");
        await settle();
        expect(list.error?.code).toBe("database");
        expect(shownIds(list)).toEqual([3, 2, 1]);
        list.clear();
        await settle();
        expect(list.error).toBeNull();
    });

    it("keeps the keyboard's attention on its item when new ones come in", async () => {
        const backend = new Backend(10);
        const list = new Listing(false, backend.ask);
        await list.refresh();
        await list.selection.choose(4, 6, { extend: false, toggle: false }, (a, b) => list.ids(a, b));
        backend.ids.unshift(12, 11);
        await list.refresh();
        expect(list.selection.active).toBe(6);
        expect(list.cards[6]?.id).toBe(6);
        await list.selection.choose(8, 4, { extend: true, toggle: false }, (a, b) => list.ids(a, b));
        expect([...list.selection.ids]).toEqual([6, 5, 4]);
    });

    it("knows the ids of places it has not fetched", async () => {
        const backend = new Backend(1_234);
        const list = new Listing(false, backend.ask);
        await list.refresh();
        await list.selection.all(list.total, (a, b) => list.ids(a, b));
        expect(list.selection.ids.size).toBe(1_234);
        expect((await list.at(700))?.id).toBe(1_234 - 700);
        expect(await list.at(1_234)).toBeUndefined();
    });

    it("takes items away without losing count of those not fetched", async () => {
        const backend = new Backend(500);
        const list = new Listing(false, backend.ask);
        await list.refresh();
        list.drop([500, 498]);
        expect(list.total).toBe(498);
        expect(list.cards.length).toBe(498);
        expect(shownIds(list).slice(0, 3)).toEqual([499, 497, 496]);
        expect(list.cards[PAGE]).toBeUndefined();
    });
});
