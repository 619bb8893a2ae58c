//! Reading order of lines: the skew is removed, then the page is cut recursively into columns and bands
//! (after G. Nagy and S. Seth, "Hierarchical representation of optically scanned documents", 1984).
//!
//! Plain XY cut takes the widest gap first and so mixes columns whose paragraphs end at the same height. Here a gutter
//! wins over any horizontal gap, and the tallest run of bands that shares a gutter is set apart first, so that a headline
//! across all columns does not hide them. A table or a receipt has gutters too, but is read row by row: its cells are
//! narrow and stand beside each other.

use std::collections::HashMap;
use std::ops::Range;

use legible_reading::{Line, Quad};

/// A line this many times wider than high tells the page's skew.
const SKEW_ASPECT: f32 = 3.0;
/// A gutter is at least this many line heights wide.
const MIN_GUTTER: f32 = 0.1;
/// Cells that stand in rows are columns of running text only from this median width on, in line heights.
const MIN_COLUMN_WIDTH: f32 = 6.0;
/// Least number of lines on each side of a gutter between columns of running text.
const MIN_COLUMN_LINES: usize = 2;
/// The same where a side is narrower: fewer lines do not tell rows from columns.
const MIN_NARROW_LINES: usize = 3;
/// Share of lines with a neighbour on the other side of the gutter from which on the two sides form rows.
const ROW_SHARE: f32 = 0.6;
/// Share of lines with any line beside them, across the gutter, below which the two sides take turns.
const BESIDE_SHARE: f32 = 0.4;
/// How often a run with the same end and as many gaps is looked at from different starts: a long table fails each time.
const MAX_TRIES: usize = 8;
/// Deeper nesting than this is no layout.
const MAX_DEPTH: usize = 24;

/// The lines in the order in which a person would read them, who holds the page so that each lies `on_page`.
pub fn in_reading_order(lines: Vec<Line>, on_page: impl Fn(&Quad) -> Quad) -> Vec<Line> {
    let quads: Vec<Quad> = lines.iter().map(|line| on_page(&line.quad)).collect();
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
        let (left, top, right, bottom) = quad.turned(angle).edges();
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
pub(crate) fn skew(quads: &[Quad]) -> f32 {
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
fn tallest_run_with_gutter(bands: &[Vec<Block>]) -> Option<(Range<usize>, f32)> {
    let mut heights: Vec<f32> = bands.iter().flatten().map(Block::height).collect();
    let least = MIN_GUTTER * median(&mut heights).unwrap_or(0.0);
    let mut best: Option<(Range<usize>, f32)> = None;
    let mut most = 0;
    let mut tried: HashMap<(usize, usize), usize> = HashMap::new();
    for start in 0..bands.len() {
        if bands[start..].iter().map(Vec::len).sum::<usize>() <= most {
            break;
        }
        for mut run in runs_from(bands, start, least) {
            // Lines on one side only may end a run: one column is longer. Before it they only blur what the gutter
            // parts, and are read first anyway.
            run.gaps.retain(|gap| two_sided_from(&bands[start..run.end], gap) <= 1);
            let lines = bands[start..run.end].iter().map(Vec::len).sum();
            let tries = tried.entry((run.end, run.gaps.len())).or_insert(0);
            if run.gaps.is_empty() || lines <= most || *tries == MAX_TRIES {
                continue;
            }
            *tries += 1;
            let blocks: Vec<Block> = bands[start..run.end].iter().flatten().copied().collect();
            if let Some(gutter) = gutter(&blocks, &run.gaps) {
                most = lines;
                best = Some((start..run.end, gutter));
            }
        }
    }
    best
}

/// A run of bands up to `end` that cannot be longer without losing one of its gaps.
struct Run {
    end: usize,
    gaps: Vec<Gap>,
}

/// A vertical gap: from where to where, in pixels.
type Gap = (f32, f32);

/// The runs that begin with band `start`, from short to long.
fn runs_from(bands: &[Vec<Block>], start: usize, least: f32) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut covered = Vec::new();
    for (end, band) in bands.iter().enumerate().skip(start) {
        band.iter().for_each(|block| cover(&mut covered, (block.left, block.right)));
        let wide = covered.windows(2).filter(|pair| pair[1].0 - pair[0].1 >= least);
        let gaps: Vec<Gap> = wide.map(|pair| (pair[0].1, pair[1].0)).collect();
        let done = gaps.is_empty() && end > start;
        match runs.last_mut() {
            _ if done => {}
            Some(last) if gaps.len() >= last.gaps.len() => *last = Run { end: end + 1, gaps },
            _ => runs.push(Run { end: end + 1, gaps }),
        }
        if done {
            break;
        }
    }
    runs
}

/// Adds a stretch to stretches that are sorted and do not touch.
fn cover(covered: &mut Vec<(f32, f32)>, (left, right): (f32, f32)) {
    let from = covered.partition_point(|stretch| stretch.1 < left);
    let to = from.max(covered.partition_point(|stretch| stretch.0 <= right));
    let merged = covered[from..to].iter().fold((left, right), |(l, r), stretch| (l.min(stretch.0), r.max(stretch.1)));
    covered.splice(from..to, [merged]);
}

/// How many bands come before the first that brings both sides of the gutter together.
fn two_sided_from(bands: &[Vec<Block>], gap: &Gap) -> usize {
    let (mut left, mut right) = (false, false);
    let one_sided = |band: &&Vec<Block>| {
        left |= band.iter().any(|block| block.left < gap.1);
        right |= band.iter().any(|block| block.left >= gap.1);
        !(left && right)
    };
    bands.iter().take_while(one_sided).count()
}

fn median_height(blocks: &[Block]) -> f32 {
    let mut heights: Vec<f32> = blocks.iter().map(Block::height).collect();
    median(&mut heights).unwrap_or(0.0)
}

/// The widest gap that parts columns, not cells of rows.
fn gutter(blocks: &[Block], gaps: &[Gap]) -> Option<f32> {
    let parts_columns = |(_, right_edge): &Gap| {
        let (left, right): (Vec<Block>, Vec<Block>) = blocks.iter().partition(|block| block.left < *right_edge);
        let wide = typical_width(&left).min(typical_width(&right)) >= MIN_COLUMN_WIDTH;
        let (left, right) = (one_per_row(left), one_per_row(right));
        let lines = left.len().min(right.len());
        let enough = lines >= if wide { MIN_COLUMN_LINES } else { MIN_NARROW_LINES };
        enough && beside(&left, &right) && (wide || !in_rows(&left, &right))
    };
    let mut widest_first = gaps.to_vec();
    widest_first.sort_by(|a, b| (b.1 - b.0).total_cmp(&(a.1 - a.0)));
    widest_first.into_iter().find(parts_columns).map(|(left, right)| (left + right) / 2.0)
}

/// Median width of the blocks in line heights.
fn typical_width(blocks: &[Block]) -> f32 {
    let height = median_height(blocks).max(1.0);
    let mut widths: Vec<f32> = blocks.iter().map(|block| (block.right - block.left) / height).collect();
    median(&mut widths).unwrap_or(0.0)
}

/// Whether enough lines of the side with fewer lines have one of the other side beside them. Bubbles of a chat stand left
/// and right too, but in turn. Both sides come from [`one_per_row`].
fn beside(left: &[Block], right: &[Block]) -> bool {
    let (few, many) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    let overlaps = |a: &Block, b: &Block| a.top.max(b.top) < a.bottom.min(b.bottom);
    paired(few, many, overlaps) as f32 >= BESIDE_SHARE * few.len() as f32
}

/// Whether most lines of both sides stand level with one of the other side. A sidebar has some such lines by chance,
/// but the page beside it has more that have none. Both sides come from [`one_per_row`].
fn in_rows(left: &[Block], right: &[Block]) -> bool {
    let count = paired(left, right, level) + paired(right, left, level);
    count as f32 >= ROW_SHARE * (left.len() + right.len()) as f32
}

/// How many of `side` have a partner among the nearest of `others`, which are sorted by height.
fn paired(side: &[Block], others: &[Block], partners: impl Fn(&Block, &Block) -> bool) -> usize {
    let has_partner = |block: &&Block| {
        let at = others.partition_point(|other| other.middle() < block.middle());
        others[at.saturating_sub(2)..(at + 2).min(others.len())].iter().any(|other| partners(block, other))
    };
    side.iter().filter(has_partner).count()
}

/// One line of each row, sorted by height: several in a row, such as those of a menu bar, count once.
fn one_per_row(mut blocks: Vec<Block>) -> Vec<Block> {
    blocks.sort_by(|a, b| a.middle().total_cmp(&b.middle()));
    blocks.dedup_by(|next, row| level(next, row));
    blocks
}

/// Whether two blocks stand at the same height.
fn level(a: &Block, b: &Block) -> bool {
    (a.middle() - b.middle()).abs() < 0.3 * a.height().min(b.height())
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
