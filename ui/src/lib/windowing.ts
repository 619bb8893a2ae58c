// Which cards of a long grid are drawn. Pure arithmetic, so that 20,000 items cost as much as the few on the screen.

export interface GridShape {
    columns: number;
    cardWidth: number;
    /** Height of one row with the gap below it. */
    rowHeight: number;
    rows: number;
    /** Height of the whole grid. */
    height: number;
}

/** Half open: `first` up to but without `end`. */
export interface Range {
    first: number;
    end: number;
}

export const GAP = 16;
const MIN_CARD = 168;
/** Height of name and snippet under the picture. */
const CAPTION = 68;
/** Height of the picture as a part of the card's width. */
const PICTURE = 0.72;

/** The grid that fits a width in CSS pixels. At least two columns, so that a narrow window still shows a grid. */
export function gridShape(width: number, total: number): GridShape {
    const columns = Math.max(2, Math.floor((width + GAP) / (MIN_CARD + GAP)));
    const cardWidth = Math.max(0, (width - GAP * (columns - 1)) / columns);
    const rowHeight = Math.round(cardWidth * PICTURE) + CAPTION + GAP;
    const rows = Math.ceil(total / columns);
    return { columns, cardWidth, rowHeight, rows, height: Math.max(0, rows * rowHeight - GAP) };
}

/** The items to draw: all rows that touch the view and `overscan` rows around it. */
export function visibleRange(
    shape: GridShape,
    total: number,
    scrollTop: number,
    viewHeight: number,
    overscan = 2,
): Range {
    const firstRow = Math.max(0, Math.floor(scrollTop / shape.rowHeight) - overscan);
    const endRow = Math.min(shape.rows, Math.ceil((scrollTop + viewHeight) / shape.rowHeight) + overscan);
    const first = Math.min(total, firstRow * shape.columns);
    return { first, end: Math.max(first, Math.min(total, endRow * shape.columns)) };
}

/** The scroll position that shows a whole item, moving as little as can be. */
export function scrollToShow(shape: GridShape, index: number, scrollTop: number, viewHeight: number): number {
    const top = Math.floor(index / shape.columns) * shape.rowHeight;
    const bottom = top + shape.rowHeight - GAP;
    if (top < scrollTop) return top;
    if (bottom > scrollTop + viewHeight) return bottom - viewHeight;
    return scrollTop;
}

/** Where an arrow key leads. Other keys give `null`. */
export function moveIndex(
    key: string,
    index: number,
    total: number,
    shape: GridShape,
    rowsPerPage: number,
): number | null {
    const page = shape.columns * Math.max(1, rowsPerPage);
    const steps: Record<string, number> = {
        ArrowLeft: -1,
        ArrowRight: 1,
        ArrowUp: -shape.columns,
        ArrowDown: shape.columns,
        PageUp: -page,
        PageDown: page,
    };
    if (total === 0) return null;
    if (key === "Home") return 0;
    if (key === "End") return total - 1;
    const step = steps[key];
    if (step === undefined) return null;
    if (index < 0) return 0;
    const target = index + step;
    // Up and down stay in the column; only the last, shorter row pulls in.
    if (target < 0) return key === "ArrowUp" ? index : 0;
    if (target >= total) {
        const lastRow = Math.floor((total - 1) / shape.columns);
        return key === "ArrowDown" && Math.floor(index / shape.columns) === lastRow ? index : total - 1;
    }
    return target;
}
