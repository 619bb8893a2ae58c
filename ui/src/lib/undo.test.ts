import { beforeEach, describe, expect, it } from "vitest";
import { toasts } from "./toasts.svelte";
import { undo } from "./undo";

let back: string[];
const offer = (name: string): void => undo.offer(`did ${name}`, () => back.push(name));
const messages = (): string[] => toasts.list.map(({ message }) => message);
const press = (name: string): void => toasts.list.find(({ message }) => message === `did ${name}`)?.action?.run();

describe("undo", () => {
    beforeEach(() => {
        // Takes back what the test before left.
        for (let i = 0; i < 60; i++) undo.last();
        toasts.list.forEach(({ id }) => toasts.dismiss(id));
        back = [];
    });

    it("takes back the latest first, each once", () => {
        ["a", "b", "c"].forEach(offer);
        undo.last();
        expect([back, messages()]).toEqual([["c"], ["did a", "did b"]]);
        press("a");
        expect([back, messages()]).toEqual([["c", "a"], ["did b"]]);
        undo.last();
        undo.last();
        expect([back, messages()]).toEqual([["c", "a", "b"], []]);
    });

    it("does so when the message is gone", () => {
        offer("a");
        toasts.list.forEach(({ id }) => toasts.dismiss(id));
        undo.last();
        expect(back).toEqual(["a"]);
    });

    it("forgets the oldest", () => {
        const names = Array.from({ length: 51 }, (_, i) => String(i));
        names.forEach(offer);
        names.forEach(() => undo.last());
        expect(back).toEqual(names.slice(1).reverse());
    });
});
