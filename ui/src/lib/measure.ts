// Widths of text in the font of the text layer.

import type { Measure } from "./text-layer";

const PROBE_PX = 100;

/** Width in CSS pixels at a font size of 1 px, with results kept. */
export function canvasMeasure(): Measure {
    const context = document.createElement("canvas").getContext("2d");
    const known = new Map<string, number>();
    if (context) context.font = `${PROBE_PX}px sans-serif`;
    return (text) => {
        let width = known.get(text);
        if (width === undefined) {
            width = context ? context.measureText(text).width / PROBE_PX : text.length / 2;
            known.set(text, width);
        }
        return width;
    };
}
