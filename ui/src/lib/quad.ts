// Geometry of text boxes: from the four corners of a line to a CSS transform and back.
// All coordinates are pixels of the upright image, x right, y down.

export type Point = readonly [number, number];
/** Four corners clockwise from where reading starts. */
export type Quad = readonly [Point, Point, Point, Point];

/** A parallelogram in the image: `x` runs along the text, `y` across it, both from 0. */
export interface Box {
    width: number;
    height: number;
    /** Unit vector along the text. */
    along: Point;
    /** Unit vector across the text, downwards for upright text. */
    across: Point;
    origin: Point;
}

const minus = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1]];
const half = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
const length = (a: Point): number => Math.hypot(a[0], a[1]);

/** The parallelogram that fits the quad best: opposite sides are averaged, so perspective is left out. */
export function boxOf(quad: Quad): Box {
    const [start, end, endBelow, startBelow] = quad;
    const u = half(minus(end, start), minus(endBelow, startBelow));
    const v = half(minus(startBelow, start), minus(endBelow, end));
    const width = length(u);
    const height = length(v);
    const along: Point = width > 0 ? [u[0] / width, u[1] / width] : [1, 0];
    const upright: Point = [-along[1], along[0]];
    let across: Point = height > 0 ? [v[0] / height, v[1] / height] : upright;
    // A quad without area cannot be turned back; take the perpendicular instead.
    if (Math.abs(along[0] * across[1] - along[1] * across[0]) < 0.05) across = upright;
    const middle = half(half(start, end), half(endBelow, startBelow));
    const origin: Point = [
        middle[0] - (along[0] * width + across[0] * height) / 2,
        middle[1] - (along[1] * width + across[1] * height) / 2,
    ];
    return { width, height, along, across, origin };
}

/** The CSS `matrix()` that puts a `width` × `height` block with its origin at 0 0 over the quad. */
export function cssMatrix(box: Box): string {
    const n = (value: number): string => String(Math.round(value * 1e4) / 1e4);
    return `matrix(${[...box.along, ...box.across, ...box.origin].map(n).join(",")})`;
}

/** A point of the image in the coordinates of the box. */
export function toLocal(box: Box, point: Point): Point {
    const [dx, dy] = minus(point, box.origin);
    const [ax, ay] = box.along;
    const [cx, cy] = box.across;
    const area = ax * cy - ay * cx;
    return [(dx * cy - dy * cx) / area, (dy * ax - dx * ay) / area];
}

/** How far a point lies outside the box in image pixels; 0 inside. */
export function distanceTo(box: Box, point: Point): number {
    const [x, y] = toLocal(box, point);
    return Math.hypot(Math.max(0, -x, x - box.width), Math.max(0, -y, y - box.height));
}
