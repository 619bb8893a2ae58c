import { describe, expect, it } from "vitest";
import { boxOf, cssMatrix, distanceTo, toLocal, type Point, type Quad } from "./quad";

const rotated = (width: number, height: number, degrees: number, origin: Point): Quad => {
    const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    const at = (x: number, y: number): Point => [origin[0] + x * c - y * s, origin[1] + x * s + y * c];
    return [at(0, 0), at(width, 0), at(width, height), at(0, height)];
};

describe("boxOf and cssMatrix", () => {
    const check = (quad: Quad, expected: { width: number; height: number; matrix: string }): void => {
        const box = boxOf(quad);
        expect(box.width).toBeCloseTo(expected.width, 3);
        expect(box.height).toBeCloseTo(expected.height, 3);
        expect(cssMatrix(box)).toBe(expected.matrix);
    };
    it.each<[string, Quad, { width: number; height: number; matrix: string }]>([
        ["upright", rotated(100, 20, 0, [5, 7]), { width: 100, height: 20, matrix: "matrix(1,0,0,1,5,7)" }],
        [
            "a quarter turn",
            rotated(100, 20, 90, [50, 10]),
            { width: 100, height: 20, matrix: "matrix(0,1,-1,0,50,10)" },
        ],
        ["upside down", rotated(100, 20, 180, [0, 0]), { width: 100, height: 20, matrix: "matrix(-1,0,0,-1,0,0)" }],
        [
            "sheared",
            [
                [0, 0],
                [10, 0],
                [13, 4],
                [3, 4],
            ],
            { width: 10, height: 5, matrix: "matrix(1,0,0.6,0.8,0,0)" },
        ],
        [
            "a trapezium is averaged",
            [
                [0, 0],
                [100, 0],
                [90, 10],
                [10, 10],
            ],
            { width: 90, height: 10, matrix: "matrix(1,0,0,1,5,0)" },
        ],
    ])("%s", (_, quad, expected) => check(quad, expected));

    it("a quad without area still gives finite numbers", () => {
        for (const quad of [
            rotated(0, 0, 0, [3, 4]),
            rotated(10, 0, 30, [0, 0]),
            rotated(0, 10, 0, [0, 0]),
            [
                [0, 0],
                [10, 0],
                [20, 0],
                [10, 0],
            ] as Quad,
        ]) {
            expect(cssMatrix(boxOf(quad))).not.toMatch(/NaN|Infinity/);
            expect(distanceTo(boxOf(quad), [100, 100])).toBeGreaterThan(0);
        }
    });
});

describe("toLocal and distanceTo", () => {
    it.each([0, 12, 90, 181, 300])(
        "turned by %d degrees: the middle of the end is at width, half the height",
        (turn) => {
            const quad = rotated(80, 16, turn, [200, 100]);
            const box = boxOf(quad);
            const end: Point = [(quad[1][0] + quad[2][0]) / 2, (quad[1][1] + quad[2][1]) / 2];
            const [x, y] = toLocal(box, end);
            expect(x).toBeCloseTo(80, 6);
            expect(y).toBeCloseTo(8, 6);
            expect(distanceTo(box, end)).toBeCloseTo(0, 6);
        },
    );
    it("outside it is the way to the edge", () => {
        expect(distanceTo(boxOf(rotated(10, 10, 0, [0, 0])), [13, 14])).toBeCloseTo(5, 6);
    });
});
