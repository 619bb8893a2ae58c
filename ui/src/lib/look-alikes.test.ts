import { beforeEach, describe, expect, it, vi } from "vitest";
import type { DuplicateGroup, DuplicateImage, ItemCard } from "./bindings";

/** What the service was asked to do, in order; it refuses what is named here. */
const asked: string[] = [];
let refused = "";

vi.mock("./bindings", () => {
    const answers: Record<string, (args: never) => unknown> = {
        duplicates: () => ({ total: 0, images: 0, spare_bytes: 0, unseen: 0, groups: [] }),
        keep_one: ({ others }: { others: number[] }) => ({ trashed: others, tags: ["mine"], note: "as it was" }),
        restore_items: ({ ids }: { ids: number[] }) => ({ count: ids.length }),
        edit_item: () => ({}),
        tell_apart: ({ ids }: { ids: number[] }) => ({ count: ids.length }),
    };
    const command =
        (name: string) =>
        async (args: never): Promise<unknown> => {
            if (name !== "duplicates") asked.push(`${name} ${JSON.stringify(args)}`);
            if (refused !== "" && asked.at(-1)?.startsWith(refused)) throw { code: "file", message: "no", hint: null };
            return answers[name]?.(args);
        };
    return { commands: Object.fromEntries(Object.keys(answers).map((name) => [name, command(name)])) };
});

const { LookAlikes } = await import("./look-alikes.svelte");
const { confirm } = await import("./confirm.svelte");
const { toasts } = await import("./toasts.svelte");

const image = (id: number): DuplicateImage => ({
    card: { id, name: `${id}` } as ItemCard,
    bytes: 1000,
    format: null,
    path: "",
    compared: "",
});
const group = (...ids: number[]): DuplicateGroup => ({ images: ids.map(image) });

/** Takes the last thing back, and waits until that many things were asked for since the list was last cleared. */
async function undo(count: number): Promise<void> {
    toasts.list.find(({ action }) => action?.label === "Undo")?.action?.run();
    await vi.waitFor(() => expect(asked).toHaveLength(count));
}

beforeEach(() => {
    asked.length = 0;
    refused = "";
    toasts.list.forEach(({ id }) => toasts.dismiss(id));
});

describe("LookAlikes", () => {
    it("keeps another one than the best, and undoes that with tags and note", async () => {
        await new LookAlikes().keep(group(1, 2, 3), image(2));
        expect(asked).toEqual(['keep_one {"keep":2,"others":[1,3]}']);
        asked.length = 0;
        await undo(2);
        expect(asked).toEqual(['restore_items {"ids":[1,3]}', 'edit_item {"id":2,"tags":["mine"],"note":"as it was"}']);
    });

    it("keeps all, and takes that back", async () => {
        await new LookAlikes().tellApart(group(1, 2));
        await undo(2);
        expect(asked).toEqual(['tell_apart {"ids":[1,2],"apart":true}', 'tell_apart {"ids":[1,2],"apart":false}']);
    });

    it("asks before it keeps the best of each, and undoes all of it at once", async () => {
        const all = new LookAlikes();
        all.groups = [group(1, 2), group(3, 4, 5)];
        const no = all.keepBestOfEach();
        confirm.answer(false);
        await no;
        expect(asked).toEqual([]);
        const yes = all.keepBestOfEach();
        confirm.answer(true);
        await yes;
        expect(asked).toEqual(['keep_one {"keep":1,"others":[2]}', 'keep_one {"keep":3,"others":[4,5]}']);
        asked.length = 0;
        await undo(3);
        expect(asked[0]).toBe('restore_items {"ids":[2,4,5]}');
    });

    it("stops at the first that is refused, and can undo those before it", async () => {
        const all = new LookAlikes();
        all.groups = [group(1, 2), group(3, 4), group(5, 6)];
        refused = 'keep_one {"keep":3';
        const yes = all.keepBestOfEach();
        confirm.answer(true);
        await yes;
        expect(asked).toHaveLength(2);
        asked.length = 0;
        await undo(2);
        expect(asked[0]).toBe('restore_items {"ids":[2]}');
    });

    it("offers nothing to undo where nothing was done", async () => {
        refused = "keep_one";
        await new LookAlikes().keep(group(1, 2), image(1));
        expect(toasts.list.map(({ tone, action }) => [tone, action])).toEqual([["error", null]]);
    });
});
