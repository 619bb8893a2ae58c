// What was recognised at a place in a picture (objects, faces, codes), and where its box and its name stand on the screen.
// Coordinates of the image are pixels of the upright image; those of the screen are CSS pixels from the picture's corner.

import type { RecognitionView } from "./bindings";
import { boxOf, distanceTo, type Box, type Point, type Quad } from "./quad";
import { percent } from "./words";
import type { Size } from "./zoom";

export type ThingPart = "object" | "face" | "code";

export interface Thing {
    /** What tells it from the others of its picture. */
    key: string;
    part: ThingPart;
    name: string;
    /** How sure the model is, in words; empty for codes, which are read or not. */
    sure: string;
    /** Whether a person said that there is no such thing. */
    wrong: boolean;
    quad: Quad;
}

export function thingsOf({ objects, faces, codes }: RecognitionView): Thing[] {
    return [
        ...objects.map(({ name, confidence, quad, wrong }, i): Thing => ({
            key: `object ${i}`,
            part: "object",
            name,
            sure: percent(confidence),
            wrong,
            quad,
        })),
        ...faces.map(({ confidence, quad }, i): Thing => ({
            key: `face ${i}`,
            part: "face",
            name: "Face",
            sure: percent(confidence),
            wrong: false,
            quad,
        })),
        ...codes.map(({ printed, quad }, i): Thing => ({
            key: `code ${i}`,
            part: "code",
            name: printed,
            sure: "",
            wrong: false,
            quad,
        })),
    ];
}

/** The box of a thing at a scale of the picture. */
export function boxAt(quad: Quad, scale: number): Box {
    const at = ([x, y]: Point): Point => [x * scale, y * scale];
    const [a, b, c, d] = quad;
    return boxOf([at(a), at(b), at(c), at(d)]);
}

const areaOf = (quad: Quad): number => {
    const { width, height } = boxOf(quad);
    return width * height;
};

/** The smallest thing around a point of the image: what lies in front of something is smaller. */
export function thingAt(things: readonly Thing[], point: Point): Thing | null {
    const around = things.filter(({ quad }) => distanceTo(boxOf(quad), point) === 0);
    return around.reduce<Thing | null>(
        (best, thing) => (best === null || areaOf(thing.quad) < areaOf(best.quad) ? thing : best),
        null,
    );
}

/** The upright rectangle around a box. */
export interface Frame {
    left: number;
    top: number;
    right: number;
    bottom: number;
}

export function frameOf({ origin, along, across, width, height }: Box): Frame {
    const xs = [0, along[0] * width, across[0] * height, along[0] * width + across[0] * height];
    const ys = [0, along[1] * width, across[1] * height, along[1] * width + across[1] * height];
    return {
        left: origin[0] + Math.min(...xs),
        top: origin[1] + Math.min(...ys),
        right: origin[0] + Math.max(...xs),
        bottom: origin[1] + Math.max(...ys),
    };
}

const apart = (a: Frame, b: Frame): boolean =>
    a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;

/** Where the names of boxes stand, in the order given: above the box, or else beside, below or within it, wherever they are
 * inside the picture and cover no name before them. All on the screen. */
export function namePlaces(frames: readonly Frame[], sizes: readonly Size[], picture: Size): Point[] {
    const taken: Frame[] = [];
    return frames.map((frame, i) => {
        const { width, height } = sizes[i] ?? { width: 0, height: 0 };
        const left = Math.max(0, Math.min(frame.left, picture.width - width));
        const right = Math.max(0, Math.min(frame.right - width, picture.width - width));
        const ways: Point[] = [
            [left, frame.top - height],
            [right, frame.top - height],
            [frame.right, frame.top],
            [frame.left - width, frame.top],
            [left, frame.bottom],
            [left, frame.top],
            [left, frame.bottom - height],
        ];
        const frameAt = ([x, y]: Point): Frame => ({ left: x, top: y, right: x + width, bottom: y + height });
        const inside = (name: Frame): boolean =>
            name.top >= 0 && name.bottom <= picture.height && name.left >= 0 && name.right <= picture.width;
        const free = ways.find((way) => {
            const name = frameAt(way);
            return inside(name) && taken.every((other) => apart(name, other));
        });
        // Crowded beyond help: better on another name than beside its own box.
        const place = free ?? [left, Math.max(0, Math.min(frame.top, picture.height - height))];
        taken.push(frameAt(place));
        return place;
    });
}

/** The place that an arrow leads to among so many, round and round; `null` for other keys. */
export function stepped(key: string, at: number, count: number): number | null {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key];
    if (by === undefined || count === 0) return null;
    return at < 0 ? 0 : (at + by + count) % count;
}

/** Things of one name, of which a person judges all at once. */
export interface Kin {
    name: string;
    wrong: boolean;
    things: Thing[];
}

/** Things by their names, in the order of the surest of each. */
export function kinOf(things: readonly Thing[]): Kin[] {
    const kin = new Map<string, Kin>();
    for (const thing of things.filter(({ part }) => part === "object")) {
        const known = kin.get(thing.name);
        if (known) known.things.push(thing);
        else kin.set(thing.name, { name: thing.name, wrong: thing.wrong, things: [thing] });
    }
    return [...kin.values()];
}

const DEGREES = 4;

/** A place on Earth as people write it: `48.1374° N, 11.5755° E`. */
export function coordinates({ latitude, longitude }: { latitude: number; longitude: number }): string {
    const part = (value: number, plus: string, minus: string): string =>
        `${Math.abs(value).toFixed(DEGREES)}° ${value < 0 ? minus : plus}`;
    return `${part(latitude, "N", "S")}, ${part(longitude, "E", "W")}`;
}

/** What stands in a search for images that were taken around a place. */
export const placeFilter = ({ latitude, longitude }: { latitude: number; longitude: number }): string =>
    `place:${Number(latitude.toFixed(DEGREES))},${Number(longitude.toFixed(DEGREES))}`;

/** How alike an image is, as the search for similar ones tells it: `92 % alike` gives `92 %`. */
export const likeness = (why: readonly string[]): string =>
    why.map((reason) => /^(\d+(?:\.\d+)?\s*%) alike$/.exec(reason)?.[1]).find((found) => found !== undefined) ?? "";
