import { describe, expect, it } from "vitest";
import type { RecognitionView } from "./bindings";
import { boxOf, type Point, type Quad } from "./quad";
import {
    boxAt,
    coordinates,
    frameOf,
    kinOf,
    likeness,
    namePlaces,
    placeFilter,
    stepped,
    thingAt,
    thingsOf,
    type Frame,
} from "./things";

const upright = (left: number, top: number, right: number, bottom: number): [Point, Point, Point, Point] => [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
];
type Corners = RecognitionView["faces"][number]["quad"];
const corners = (...at: [number, number, number, number]): Corners => upright(...at).map(([x, y]) => [x, y]) as Corners;

const SEEN: RecognitionView = {
    kind: "photo",
    codes: [{ printed: "QR code", what: "Text", text: "x", facts: [], quad: corners(0, 0, 50, 50) }],
    colours: [],
    labels: [],
    objects: [
        { name: "person", confidence: 0.942, quad: corners(100, 100, 300, 500), wrong: false },
        { name: "dog", confidence: 0.9, quad: corners(200, 300, 280, 400), wrong: true },
        { name: "person", confidence: 0.5, quad: corners(600, 100, 700, 500), wrong: false },
    ],
    faces: [{ confidence: 0.6, quad: corners(150, 110, 250, 220) }],
    made_by: [],
};

describe("things", () => {
    const things = thingsOf(SEEN);
    it("are all that has a place, each with a key of its own", () => {
        expect(things.map(({ part, name, sure, wrong }) => `${part} ${name} ${sure} ${wrong}`)).toEqual([
            "object person 94 % false",
            "object dog 90 % true",
            "object person 50 % false",
            "face Face 60 % false",
            "code QR code  false",
        ]);
        expect(new Set(things.map(({ key }) => key)).size).toBe(things.length);
    });

    it.each<[Point, string | null]>([
        [[200, 160], "face 0"],
        [[250, 350], "object 1"],
        [[110, 480], "object 0"],
        [[650, 300], "object 2"],
        [[50, 50], "code 0"],
        [[51, 51], null],
    ])("at %o is %s, the smallest there", (point, key) => expect(thingAt(things, point)?.key ?? null).toBe(key));

    it("of a name belong together", () => {
        const shown = kinOf(things).map(({ name, wrong, things: all }) => `${name} ${all.length} ${wrong}`);
        expect(shown).toEqual(["person 2 false", "dog 1 true"]);
    });
});

describe("boxes", () => {
    const turned: Quad = [
        [10, 0],
        [20, 10],
        [10, 20],
        [0, 10],
    ];
    it.each<[string, Quad, number, Frame]>([
        ["as large as the image", upright(10, 20, 110, 70), 1, { left: 10, top: 20, right: 110, bottom: 70 }],
        ["zoomed out", upright(10, 20, 110, 70), 0.5, { left: 5, top: 10, right: 55, bottom: 35 }],
        ["zoomed in", upright(10, 20, 110, 70), 4, { left: 40, top: 80, right: 440, bottom: 280 }],
        ["turned by 45 degrees", turned, 2, { left: 0, top: 0, right: 40, bottom: 40 }],
    ])("%s", (_, quad, scale, expected) => {
        const frame = frameOf(boxAt(quad, scale));
        for (const side of ["left", "top", "right", "bottom"] as const)
            expect(frame[side]).toBeCloseTo(expected[side], 9);
    });

    it("keep their angle", () => {
        expect(boxAt(turned, 7).along[0]).toBeCloseTo(boxOf(turned).along[0], 9);
    });
});

describe("names of boxes", () => {
    const PICTURE = { width: 400, height: 300 };
    const NAME = { width: 60, height: 20 };
    const frame = (left: number, top: number, right: number, bottom: number): Frame => ({ left, top, right, bottom });
    it.each<[string, Frame[], Point[]]>([
        ["above", [frame(50, 100, 150, 200)], [[50, 80]]],
        ["beside at the upper edge", [frame(50, 5, 150, 200)], [[150, 5]]],
        ["moved in at the right edge", [frame(380, 100, 400, 200)], [[340, 80]]],
        [
            "beside where a name stands above",
            [frame(50, 100, 150, 200), frame(55, 102, 140, 190)],
            [
                [50, 80],
                [140, 102],
            ],
        ],
        ["over all of the picture", [frame(0, 0, 400, 300)], [[0, 0]]],
        ["below what reaches beyond the picture", [frame(-40, -30, 30, 10)], [[0, 10]]],
    ])("stand %s", (_, frames, expected) =>
        expect(
            namePlaces(
                frames,
                frames.map(() => NAME),
                PICTURE,
            ),
        ).toEqual(expected),
    );

    it("cover none before them while there is room, and are always in the picture", () => {
        const same = Array.from({ length: 9 }, () => frame(100, 100, 260, 200));
        const places = namePlaces(
            same,
            same.map(() => NAME),
            PICTURE,
        );
        const distinct = new Set(places.slice(0, 6).map(String));
        expect(distinct.size).toBe(6);
        for (const [x, y] of places) {
            expect(x >= 0 && x + NAME.width <= PICTURE.width && y >= 0 && y + NAME.height <= PICTURE.height).toBe(true);
        }
    });
});

describe("places", () => {
    it.each<[number, number, string, string]>([
        [48.13743, 11.5755, "48.1374° N, 11.5755° E", "place:48.1374,11.5755"],
        [-33.9, 18.4, "33.9000° S, 18.4000° E", "place:-33.9,18.4"],
        [0, -0.00004, "0.0000° N, 0.0000° W", "place:0,0"],
    ])("%d, %d", (latitude, longitude, words, filter) => {
        expect(coordinates({ latitude, longitude })).toBe(words);
        expect(placeFilter({ latitude, longitude })).toBe(filter);
    });
});

describe("likeness", () => {
    it.each<[string[], string]>([
        [["92 % alike"], "92 %"],
        [["Shows: dog, 87 %", "7.5 % alike"], "7.5 %"],
        [["Shows: dog, 87 %"], ""],
        [[], ""],
    ])("of %o", (why, expected) => expect(likeness(why)).toBe(expected));
});

describe("the arrows among boxes", () => {
    it.each<[string, number, number, number | null]>([
        ["ArrowRight", 0, 3, 1],
        ["ArrowDown", 2, 3, 0],
        ["ArrowLeft", 0, 3, 2],
        ["ArrowUp", 2, 3, 1],
        ["ArrowUp", -1, 3, 0],
        ["ArrowUp", -1, 0, null],
        ["Enter", 0, 3, null],
    ])("%s from %i of %i", (key, at, count, expected) => expect(stepped(key, at, count)).toBe(expected));
});
