//! Reading order of lines: the skew is removed, then the page is cut recursively into columns and bands
//! (after G. Nagy and S. Seth, "Hierarchical representation of optically scanned documents", 1984).
//!
//! Plain XY cut takes the widest gap first and so mixes columns whose paragraphs end at the same height. Here a gutter
//! wins over any horizontal gap, and the tallest run of bands that shares a gutter is set apart first, so that a headline
//! across all columns does not hide them. A table or a receipt has gutters too, but is read row by row: its cells are
//! narrow and stand beside each other.

use std::cmp::Ordering;

use legible_reading::{Line, Quad};

/// A line this many times wider than high tells the page's skew.
const SKEW_ASPECT: f32 = 3.0;
/// A gutter is at least this many line heights wide.
const MIN_GUTTER: f32 = 0.5;
/// Cells that stand in rows are columns of running text only from this median width on, in line heights.
const MIN_COLUMN_WIDTH: f32 = 6.0;
/// Least number of lines on each side of a gutter.
const MIN_COLUMN_LINES: usize = 2;
/// Share of lines with a neighbour on the other side of the gutter from which on the two sides form rows.
const ROW_SHARE: f32 = 0.6;
/// Share of lines with any line beside them, across the gutter, below which the two sides take turns.
const BESIDE_SHARE: f32 = 0.4;
/// Deeper nesting than this is no layout.
const MAX_DEPTH: usize = 24;

/// The lines in the order in which a person would read them.
pub fn in_reading_order(lines: Vec<Line>) -> Vec<Line> {
    let quads: Vec<Quad> = lines.iter().map(|line| line.quad).collect();
    let mut lines: Vec<Option<Line>> = lines.into_iter().map(Some).collect();
    reading_order(&quads).into_iter().filter_map(|index| lines[index].take()).collect()
}

/// The indices of `quads` (pixels, any order) in reading order.
pub fn reading_order(quads: &[Quad]) -> Vec<usize> {
    let angle = skew(quads);
    let blocks: Vec<Block> = quads.iter().enumerate().map(|(index, quad)| Block::new(index, quad, -angle)).collect();
    let mut order = Vec::with_capacity(quads.len());
    cut(blocks, 0, &mut order);
    order
}

/// The bounds of one line on the straightened page.
#[derive(Debug, Clone, Copy)]
struct Block {
    index: usize,
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

impl Block {
    fn new(index: usize, quad: &Quad, angle: f32) -> Self {
        let (sin, cos) = angle.sin_cos();
        let turned =
            Quad(quad.0.map(|p| legible_reading::Point { x: p.x * cos - p.y * sin, y: p.x * sin + p.y * cos }));
        let (left, top, right, bottom) = turned.edges();
        Block { index, left, top, right, bottom }
    }

    fn height(&self) -> f32 {
        self.bottom - self.top
    }

    fn middle(&self) -> f32 {
        (self.top + self.bottom) / 2.0
    }
}

/// The median direction of the lines that are long enough to have one, weighted by length, in radians; 0 without any.
fn skew(quads: &[Quad]) -> f32 {
    let mut angles: Vec<(f32, f32)> = quads
        .iter()
        .filter_map(|quad| {
            let [a, b, _, d] = quad.0;
            let (width, height) = ((b.x - a.x).hypot(b.y - a.y), (d.x - a.x).hypot(d.y - a.y));
            let angle = (b.y - a.y).atan2(b.x - a.x);
            (width > SKEW_ASPECT * height && angle.abs() < std::f32::consts::FRAC_PI_4).then_some((angle, width))
        })
        .collect();
    angles.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = angles.iter().map(|(_, width)| width).sum::<f32>() / 2.0;
    let mut passed = 0.0;
    let middle = angles.iter().find(|(_, width)| {
        passed += width;
        passed >= half
    });
    middle.map_or(0.0, |(angle, _)| *angle)
}

fn median(values: &mut [f32]) -> Option<f32> {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied()
}

fn cut(blocks: Vec<Block>, depth: usize, order: &mut Vec<usize>) {
    if blocks.len() < 2 || depth >= MAX_DEPTH {
        return rows(blocks, order);
    }
    let bands = bands(blocks);
    let Some((run, gutter)) = tallest_run_with_gutter(&bands) else {
        for band in bands {
            rows(band, order);
        }
        return;
    };
    let mut bands = bands.into_iter();
    let above: Vec<Block> = bands.by_ref().take(run.start).flatten().collect();
    let columns: Vec<Block> = bands.by_ref().take(run.len()).flatten().collect();
    let below: Vec<Block> = bands.flatten().collect();
    let (left, right) = columns.into_iter().partition(|block| block.right <= gutter);
    for part in [above, left, right, below] {
        cut(part, depth + 1, order);
    }
}

/// Splits at every height that no block crosses; from top to bottom.
fn bands(mut blocks: Vec<Block>) -> Vec<Vec<Block>> {
    blocks.sort_by(|a, b| a.top.total_cmp(&b.top));
    let mut bands: Vec<Vec<Block>> = Vec::new();
    let mut bottom = f32::NEG_INFINITY;
    for block in blocks {
        match bands.last_mut() {
            // Boxes of neighbouring lines touch and overlap a little; the inner half of a line decides.
            Some(band) if block.top + block.height() / 4.0 < bottom => band.push(block),
            _ => bands.push(vec![block]),
        }
        bottom = bottom.max(block.bottom - block.height() / 4.0);
    }
    bands
}

/// The run of neighbouring bands with the most lines that one gutter divides, and where that gutter is.
fn tallest_run_with_gutter(bands: &[Vec<Block>]) -> Option<(std::ops::Range<usize>, f32)> {
    let mut best: Option<(std::ops::Range<usize>, f32)> = None;
    let mut most = 0;
    for start in 0..bands.len() {
        if bands[start..].iter().map(Vec::len).sum::<usize>() <= most {
            break;
        }
        let mut run: Vec<Block> = Vec::new();
        for (end, band) in bands.iter().enumerate().skip(start) {
            run.extend(band);
            let gaps = gaps(&mut run);
            if gaps.is_empty() && run.len() > 1 {
                break;
            }
            // A band with a line on one side only may end a run, but a run is not worth a name before it has two sides.
            if run.len() > most
                && let Some(gutter) = gutter(&run, &gaps)
            {
                most = run.len();
                best = Some((start..end + 1, gutter));
            }
        }
    }
    best
}

/// The vertical gaps through all blocks that are wide enough for a gutter: width and middle. Sorts `blocks` by their
/// left edges.
fn gaps(blocks: &mut [Block]) -> Vec<(f32, f32)> {
    blocks.sort_by(|a, b| a.left.total_cmp(&b.left));
    let least = MIN_GUTTER * median_height(blocks);
    let mut gaps = Vec::new();
    let mut right = f32::INFINITY;
    for block in blocks.iter() {
        if block.left - right >= least {
            gaps.push((block.left - right, (block.left + right) / 2.0));
        }
        right = if right == f32::INFINITY { block.right } else { right.max(block.right) };
    }
    gaps
}

fn median_height(blocks: &[Block]) -> f32 {
    let mut heights: Vec<f32> = blocks.iter().map(Block::height).collect();
    median(&mut heights).unwrap_or(0.0)
}

/// The widest gap that parts columns, not cells of rows.
fn gutter(blocks: &[Block], gaps: &[(f32, f32)]) -> Option<f32> {
    let parts_columns = |middle: f32| {
        let (left, right): (Vec<Block>, Vec<Block>) = blocks.iter().partition(|block| block.right <= middle);
        let enough = left.len().min(right.len()) >= MIN_COLUMN_LINES;
        enough
            && beside(&left, &right)
            && (!in_rows(&left, &right) || typical_width(&left).min(typical_width(&right)) >= MIN_COLUMN_WIDTH)
    };
    let widest = |a: &&(f32, f32), b: &&(f32, f32)| a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal);
    gaps.iter().filter(|(_, middle)| parts_columns(*middle)).max_by(widest).map(|(_, middle)| *middle)
}

/// Median width of the blocks in line heights.
fn typical_width(blocks: &[Block]) -> f32 {
    let height = median_height(blocks).max(1.0);
    let mut widths: Vec<f32> = blocks.iter().map(|block| (block.right - block.left) / height).collect();
    median(&mut widths).unwrap_or(0.0)
}

/// Whether enough lines of the side with fewer lines have one of the other side beside them. Bubbles of a chat stand left
/// and right too, but in turn.
fn beside(left: &[Block], right: &[Block]) -> bool {
    let (few, many) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    let overlaps = |a: &Block| many.iter().any(|b| a.top.max(b.top) < a.bottom.min(b.bottom));
    few.iter().filter(|block| overlaps(block)).count() as f32 >= BESIDE_SHARE * few.len() as f32
}

/// Whether most lines of both sides stand level with one of the other side. A sidebar has some such lines by chance,
/// but the page beside it has more that have none.
fn in_rows(left: &[Block], right: &[Block]) -> bool {
    let level = |a: &Block, b: &Block| (a.middle() - b.middle()).abs() < 0.3 * a.height().min(b.height());
    let paired = |side: &[Block], other: &[Block]| {
        side.iter().filter(|block| other.iter().any(|opposite| level(block, opposite))).count()
    };
    let count = paired(left, right) + paired(right, left);
    count as f32 >= ROW_SHARE * (left.len() + right.len()) as f32
}

/// Rows from top to bottom, each from left to right.
fn rows(mut blocks: Vec<Block>, order: &mut Vec<usize>) {
    blocks.sort_by(|a, b| a.middle().total_cmp(&b.middle()));
    let mut rows: Vec<Vec<Block>> = Vec::new();
    for block in blocks {
        match rows.last_mut() {
            Some(row) if level_with(row, &block) => row.push(block),
            _ => rows.push(vec![block]),
        }
    }
    for mut row in rows {
        row.sort_by(|a, b| a.left.total_cmp(&b.left));
        order.extend(row.iter().map(|block| block.index));
    }
}

/// Whether a block's middle is within half a line of the middle of the row's first block.
fn level_with(row: &[Block], block: &Block) -> bool {
    let first = row[0];
    (block.middle() - first.middle()).abs() < 0.5 * first.height().min(block.height())
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
