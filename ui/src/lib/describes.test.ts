import { describe, expect, it } from "vitest";
import type { Models, ModelView } from "./bindings";
import { Describes } from "./describes.svelte";

const models = (...all: [describes: boolean, installed: boolean][]): Models => ({
    models: all.map(([describes, installed]) => ({ describes, installed }) as ModelView),
    packs: [],
    parts: [],
});

describe("Describes", () => {
    it("is so once a model that describes is here, and stays so while nobody knows better", async () => {
        let answer: Models | null = models([true, false], [false, true]);
        const describes = new Describes(() => (answer ? Promise.resolve(answer) : Promise.reject(new Error("gone"))));
        await describes.look();
        expect(describes.can).toBe(false);
        answer = models([true, true]);
        await describes.look();
        expect(describes.can).toBe(true);
        answer = null;
        await describes.look();
        expect(describes.can).toBe(true);
    });
});
