import { describe, expect, it, vi } from "vitest";
import { Editing } from "./editing.svelte";

const REFUSAL = { code: "bad_request", message: "No.", hint: null };
const refuse = (): Promise<void> => Promise.reject(REFUSAL);
const take = (): Promise<void> => Promise.resolve();

describe("Editing", () => {
    it("knows whether anything is to be lost", () => {
        const editing = new Editing({ title: "a", days: [1] });
        expect(editing.changed).toBe(false);
        editing.set({ days: [1, 2] });
        expect(editing.changed).toBe(true);
        editing.set({ days: [1] });
        expect(editing.changed).toBe(false);
    });
    it("tells why it was refused until the draft changes", async () => {
        const editing = new Editing({ title: "a" });
        expect(await editing.save(refuse)).toBe(false);
        expect([editing.refused, editing.saving]).toEqual([REFUSAL, false]);
        editing.set({ title: "b" });
        expect(editing.refused).toBeNull();
        expect(await editing.save(take)).toBe(true);
    });
    it("saves once, however often a person asks meanwhile", async () => {
        const editing = new Editing({ title: "a" });
        const work = vi.fn(take);
        expect(await Promise.all([editing.save(work), editing.save(work)])).toEqual([true, false]);
        expect(work).toHaveBeenCalledTimes(1);
    });
});
