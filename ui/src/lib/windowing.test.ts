import { describe, expect, it } from "vitest";
import { GAP, gridShape, moveIndex, scrollToShow, visibleRange } from "./windowing";

describe("gridShape", () => {
    it.each<[number, number, number, number]>([
        [0, 10, 2, 5],
        [440, 0, 2, 0],
        [440, 5, 2, 3],
        [960, 500, 5, 100],
        [960, 20_000, 5, 4000],
    ])("%d px, %d items: %d columns, %d rows", (width, total, columns, rows) => {
        const shape = gridShape(width, total);
        expect([shape.columns, shape.rows]).toEqual([columns, rows]);
        expect(shape.height).toBe(Math.max(0, rows * shape.rowHeight - GAP));
        if (width > 0) expect(shape.cardWidth * columns + GAP * (columns - 1)).toBeCloseTo(width, 6);
    });
});

describe("visibleRange", () => {
    const shape = gridShape(960, 20_000);
    it("draws few of many, wherever one looks", () => {
        for (let top = -500; top < shape.height + 500; top += 9_973) {
            const { first, end } = visibleRange(shape, 20_000, top, 800);
            expect(end - first).toBeLessThan(60);
            expect(first).toBeGreaterThanOrEqual(0);
            expect(end).toBeLessThanOrEqual(20_000);
            expect(first % shape.columns === 0 || first === 20_000).toBe(true);
        }
    });
    it("covers every row that touches the view", () => {
        for (const top of [0, 1, shape.rowHeight - 1, shape.rowHeight, 12_345, shape.height - 800]) {
            const { first, end } = visibleRange(shape, 20_000, top, 800, 0);
            expect(Math.floor(first / shape.columns) * shape.rowHeight).toBeLessThanOrEqual(top);
            expect(Math.ceil(end / shape.columns) * shape.rowHeight).toBeGreaterThanOrEqual(
                Math.min(top + 800, shape.height),
            );
        }
    });
    it("is empty without items", () =>
        expect(visibleRange(gridShape(960, 0), 0, 0, 800)).toEqual({ first: 0, end: 0 }));
});

describe("scrollToShow", () => {
    const shape = gridShape(960, 100);
    it.each<[string, number, number, number]>([
        ["in view: stays", 0, 0, 0],
        ["above: to its top", 0, 500, 0],
        ["below: to its bottom", 99, 0, 20 * shape.rowHeight - GAP - 800],
    ])("%s", (_, index, top, expected) => expect(scrollToShow(shape, index, top, 800)).toBe(expected));
});

describe("moveIndex", () => {
    // Five columns; the last row holds two.
    const shape = gridShape(960, 12);
    const check = (key: string, from: number, to: number | null): void =>
        expect(moveIndex(key, from, 12, shape, 1)).toBe(to);
    it.each<[string, number, number | null]>([
        ["ArrowRight", -1, 0],
        ["ArrowRight", 4, 5],
        ["ArrowRight", 11, 11],
        ["ArrowLeft", 0, 0],
        ["ArrowDown", 1, 6],
        ["ArrowDown", 9, 11],
        ["ArrowDown", 10, 10],
        ["ArrowUp", 7, 2],
        ["ArrowUp", 3, 3],
        ["PageDown", 0, 5],
        ["Home", 7, 0],
        ["End", 0, 11],
        ["x", 3, null],
    ])("%s from %d", check);
    it("goes nowhere in an empty list", () => expect(moveIndex("End", -1, 0, gridShape(960, 0), 1)).toBeNull());
});
