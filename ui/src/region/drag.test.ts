import { expect, test } from "vitest";
import { box, pixel, size } from "./drag";

test.each([
    [[10, 20], [110, 70], { left: 10, top: 20, width: 100, height: 50 }],
    [[110, 70], [10, 20], { left: 10, top: 20, width: 100, height: 50 }],
    [[-5, 20], [900, 700], { left: 0, top: 20, width: 800, height: 580 }],
] as const)("a drag from %s to %s is a rectangle on the overlay", (from, to, expected) => {
    expect(box(from, to, 800, 600)).toEqual(expected);
});

test("a place on the overlay is a pixel of its picture", () => {
    expect(pixel([10, 20], [800, 600], [1600, 1200])).toEqual([20, 40]);
    expect(pixel([10, 20], [800, 600], [1200, 900])).toEqual([15, 30]);
});

test.each([
    [{ left: 10, top: 20, width: 100, height: 50 }, [800, 600], "100 × 50"],
    [{ left: 10, top: 20, width: 100, height: 50 }, [1600, 1200], "200 × 100"],
    [{ left: 0.5, top: 0, width: 1, height: 0 }, [800, 600], "2 × 0"],
] as const)("the size counts every pixel of the picture that is touched", (box, picture, expected) => {
    expect(size(box, [800, 600], picture)).toBe(expected);
});
