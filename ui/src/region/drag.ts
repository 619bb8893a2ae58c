// The rectangle of a drag, on the overlay and in pixels of the picture on it. Knows no page.

export type Point = readonly [x: number, y: number];

export interface Box {
    left: number;
    top: number;
    width: number;
    height: number;
}

/** The rectangle between two places, cut to the overlay. */
export function box(from: Point, to: Point, width: number, height: number): Box {
    const cut = (value: number, most: number): number => Math.min(Math.max(value, 0), most);
    const [x1, x2] = [cut(from[0], width), cut(to[0], width)];
    const [y1, y2] = [cut(from[1], height), cut(to[1], height)];
    return { left: Math.min(x1, x2), top: Math.min(y1, y2), width: Math.abs(x1 - x2), height: Math.abs(y1 - y2) };
}

/** A place on the overlay as a pixel of the picture that fills it. */
export const pixel = ([x, y]: Point, overlay: Point, picture: Point): [number, number] => [
    (x * picture[0]) / overlay[0],
    (y * picture[1]) / overlay[1],
];

/** How large a rectangle is in pixels of the picture: every pixel that it touches. */
export function size({ left, top, width, height }: Box, overlay: Point, picture: Point): string {
    const [x1, y1] = pixel([left, top], overlay, picture);
    const [x2, y2] = pixel([left + width, top + height], overlay, picture);
    const touched = (from: number, to: number): number => Math.max(0, Math.ceil(to - 1e-6) - Math.floor(from + 1e-6));
    return `${touched(x1, x2)} × ${touched(y1, y2)}`;
}
