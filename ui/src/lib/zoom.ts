// Scale and scroll of the picture in its frame. Scale 1 shows one image pixel per CSS pixel.

export interface Size {
    width: number;
    height: number;
}

export const MIN_SCALE = 0.02;
export const MAX_SCALE = 16;
const STEP = 1.25;
/** Free space around a fitted picture in CSS pixels. */
const MARGIN = 20;

/** The scale that shows the whole picture; small pictures are not blown up. */
export function fitScale(image: Size, frame: Size): number {
    if (image.width <= 0 || image.height <= 0) return 1;
    const room = Math.min((frame.width - 2 * MARGIN) / image.width, (frame.height - 2 * MARGIN) / image.height);
    return Math.min(1, Math.max(MIN_SCALE, room));
}

export const clampScale = (scale: number): number => Math.min(MAX_SCALE, Math.max(MIN_SCALE, scale));
export const zoomIn = (scale: number): number => clampScale(scale * STEP);
export const zoomOut = (scale: number): number => clampScale(scale / STEP);

/** Where the picture starts in its frame: centred along an axis in which it is smaller. */
export const inset = (shown: number, frame: number): number => Math.max(0, (frame - shown) / 2);

/** The scroll position that keeps the image point under `at` (CSS pixels from the edge of the frame) where it is. */
export function scrollAfterZoom(
    image: number,
    frame: number,
    scroll: number,
    at: number,
    before: number,
    after: number,
): number {
    const point = (scroll + at - inset(image * before, frame)) / before;
    return Math.max(0, point * after + inset(image * after, frame) - at);
}
