// The store of conflicts: what is asked of the service when one is settled, and when it asks anew.

import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BLANK_STORAGE } from "../../dev/blank";
import type { ItemCard, SyncConflict } from "./bindings";
import { Conflicts } from "./conflicts.svelte";
import { live, type Told } from "./live.svelte";
import { FRESH, type Stale } from "./stale";
import { storages } from "./storages.svelte";
import { toasts } from "./toasts.svelte";

const conflict = (named: number, kept: number): SyncConflict => ({
    of: "2026/scan.png",
    device: "desk",
    here: false,
    day: "2026-11-20",
    card: { id: kept } as ItemCard,
    path: "2026/scan (conflict).png",
    bytes: 2,
    other: { id: named } as ItemCard,
    other_path: "2026/scan.png",
    other_bytes: 1,
});
const TWO = [conflict(1, 2), conflict(1, 3), conflict(5, 6)];
let list: SyncConflict[] = [];
/** What is refused. */
let refused = "";
let asked: string[] = [];
const settling = (): string[] => asked.filter((one) => !one.startsWith("conflicts"));

beforeEach(() => {
    [list, refused, asked] = [TWO, "", []];
    storages.all = [];
    toasts.list.forEach(({ id }) => toasts.dismiss(id));
    mockIPC((_, payload) => {
        const { name, args } = payload as { name: string; args: { others?: number[] } };
        asked.push(`${name} ${JSON.stringify(args)}`);
        if (name === refused) throw { code: "database", message: "No.", hint: null };
        if (name === "conflicts") return { conflicts: list };
        if (name === "keep_one") return { trashed: args.others, tags: ["mine"], note: "as it was" };
        return { count: 1 };
    });
});
afterEach(clearMocks);

async function loaded(): Promise<Conflicts> {
    const conflicts = new Conflicts();
    await conflicts.refresh();
    asked = [];
    return conflicts;
}

/** Takes the last thing back, and waits until that many things were asked for since the list was last cleared. */
async function undo(count: number): Promise<void> {
    asked = [];
    toasts.list.find(({ action }) => action?.label === "Undo")?.action?.run();
    await vi.waitFor(() => expect(settling()).toHaveLength(count));
}

describe("Conflicts", () => {
    it("counts images, however many machines kept a version", async () => {
        const conflicts = await loaded();
        expect(conflicts.all.map(({ versions }) => versions.length)).toEqual([3, 2]);
        expect([conflicts.loaded, conflicts.error]).toEqual([true, null]);
    });
    it("keeps one version, and undoes that with tags and note", async () => {
        const conflicts = await loaded();
        const [all] = conflicts.all;
        const version = all?.versions[1];
        if (!all || !version) throw new Error("no version");
        list = [conflict(5, 6)];
        await conflicts.keep(all, version);
        expect(asked).toEqual(['keep_one {"keep":2,"others":[1,3]}', "conflicts {}"]);
        expect(conflicts.all).toHaveLength(1);
        await undo(2);
        expect(settling()).toEqual([
            'restore_items {"ids":[1,3]}',
            'edit_item {"id":2,"tags":["mine"],"note":"as it was"}',
        ]);
    });
    it("keeps all, and takes that back", async () => {
        const conflicts = await loaded();
        const all = conflicts.all[1];
        if (!all) throw new Error("no conflict");
        await conflicts.keepAll(all);
        expect(settling()).toEqual(['tell_apart {"ids":[5,6],"apart":true}']);
        await undo(1);
        expect(settling()).toEqual(['tell_apart {"ids":[5,6],"apart":false}']);
    });
    it("offers no way back from what was refused, and asks anew", async () => {
        const conflicts = await loaded();
        const [all] = conflicts.all;
        if (!all?.versions[0]) throw new Error("no version");
        refused = "keep_one";
        await conflicts.keep(all, all.versions[0]);
        expect(asked.at(-1)).toBe("conflicts {}");
        expect(toasts.list.map(({ tone, action }) => [tone, action])).toEqual([["error", null]]);
        expect(conflicts.busy).toBe(false);
    });
    it("keeps what it knew when it cannot ask, and says so", async () => {
        const conflicts = await loaded();
        refused = "conflicts";
        await conflicts.refresh();
        expect([conflicts.error?.code, conflicts.all.length]).toEqual(["database", 2]);
        refused = "";
        await conflicts.refresh();
        expect(conflicts.error).toBeNull();
    });

    const ITEMS: Stale = { ...FRESH, items: "all" };
    const STORAGES: Stale = { ...FRESH, storages: true };
    it.each<[string, Stale, boolean, boolean, boolean]>([
        ["storages", STORAGES, false, false, true],
        ["images where there are storages", ITEMS, true, false, true],
        ["images where there are conflicts", ITEMS, false, true, true],
        ["images where there is neither", ITEMS, false, false, false],
        ["jobs", { ...FRESH, jobs: true }, true, true, false],
    ])("asks anew after a change of %s", async (_, stale, isStored, isConflicting, expected) => {
        let told: Told = async () => undefined;
        const subscribe = vi.spyOn(live, "subscribe").mockImplementation((listener) => {
            told = listener;
            return () => undefined;
        });
        list = isConflicting ? TWO : [];
        if (isStored) storages.all = [BLANK_STORAGE];
        const conflicts = new Conflicts();
        conflicts.follow();
        await vi.waitFor(() => expect(conflicts.loaded).toBe(true));
        asked = [];
        await told(stale);
        expect(asked).toEqual(expected ? ["conflicts {}"] : []);
        subscribe.mockRestore();
    });
});
