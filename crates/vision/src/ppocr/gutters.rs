//! Cuts lines that the detector drew across a gutter: where columns stand close, it joins the ends of one with the
//! beginnings of the next, and no order of boxes can mend that.
//!
//! A gutter is a blank that goes on from line to line at one place. Blanks between words do so by chance only, and the
//! less the more lines and the wider; so a narrow gutter needs more lines than a wide one. Tables have such blanks too,
//! but narrow cells: both sides of a gutter are as wide as columns of running text.

use std::ops::Range;

use image::RgbImage;
use legible_reading::{Point, Quad};

use super::crop::size;
use super::sample::luminance;
use crate::layout;

/// Lines shorter than this, in heights, run across no gutter.
const MIN_LENGTH: f32 = 12.0;
/// Least width of the columns beside a gutter, in line heights.
const MIN_COLUMN: f32 = 7.0;
/// How many lines one after the other a gutter of a width, in line heights, needs at least.
const NEEDED: [(f32, usize); 3] = [(0.8, 5), (0.5, 6), (0.22, 9)];
/// A gutter may be dirty in one of so many of them.
const CLEAN_LINES: usize = 4;
/// So many of them run across it at least; others begin beside it.
const MIN_LINES: usize = 3;
/// Lines that begin beside a gutter begin so near its end, in heights.
const MAX_UNEVENNESS: f32 = 0.3;
/// A gutter ends where the next line is further below, in heights.
const MAX_LEADING: f32 = 4.0;
/// From this share of the way from the colour of the paper to that of the letters on, a sample is ink.
const INK: f32 = 0.4;
/// Three columns of pixels with so many samples of ink are blank still: specks and grain.
const MAX_DIRT: usize = 2;
/// The share of a line's height that is looked at, around its middle: neighbours reach into the rest.
const CORE: f32 = 0.7;
/// Samples across a line.
const SAMPLES: usize = 16;
/// What is not wider than this between two blanks, in heights, is a rule between columns and no text.
const MAX_RULE: f32 = 0.6;
/// A piece keeps so much of the blank beside it, in heights, and a quarter at most.
const MARGIN: f32 = 0.2;
/// More lines than this are no page of columns.
const MAX_LINES: usize = 2_000;

/// The same lines, with those cut in pieces that run across a gutter. `on_page` tells where a box stands when the page is
/// held upright, in pixels; `quads` begin where reading starts.
pub fn cut(image: &RgbImage, quads: &[Quad], on_page: impl Fn(&Quad) -> Quad) -> Vec<Quad> {
    if quads.len() > MAX_LINES {
        return quads.to_vec();
    }
    let upright: Vec<Quad> = quads.iter().map(on_page).collect();
    let angle = -layout::skew(&upright);
    let (lines, others): (Vec<_>, Vec<_>) = quads.iter().zip(&upright).partition(|(quad, _)| is_line(quad));
    let mut rows: Vec<Row> =
        lines.iter().map(|(quad, upright)| Row::new(image, quad, &upright.turned(angle))).collect();
    rows.sort_by(|a, b| a.middle.total_cmp(&b.middle));
    let gutters = gutters(&rows);
    let pieces = rows.iter().enumerate().flat_map(|(i, row)| row.pieces(i, &gutters));
    pieces.chain(others.iter().map(|(quad, _)| **quad)).collect()
}

fn is_line(quad: &Quad) -> bool {
    let (width, height) = size(quad);
    width > height
}

/// A line and its blanks, in pixels of the straight page.
struct Row {
    quad: Quad,
    middle: f32,
    height: f32,
    left: f32,
    right: f32,
    /// From where to where letters stand; the box is larger.
    letters: (f32, f32),
    /// From where to where nothing stands, from left to right, without the ends of the line.
    blanks: Vec<(f32, f32)>,
}

impl Row {
    fn new(image: &RgbImage, quad: &Quad, straight: &Quad) -> Row {
        let (_, height) = size(quad);
        let (left, top, right, bottom) = straight.edges();
        let place = |share: f32| left + share * (right - left);
        let runs = blanks(&ink(image, quad));
        let mut blanks: Vec<(f32, f32)> = runs.into_iter().map(|run| (place(run.0), place(run.1))).collect();
        let before = blanks.first().filter(|blank| blank.0 <= left).map_or(left, |blank| blank.1);
        let after = blanks.last().filter(|blank| blank.1 >= right).map_or(right, |blank| blank.0);
        blanks.retain(|blank| blank.0 >= before && blank.1 <= after);
        Row { quad: *quad, middle: (top + bottom) / 2.0, height, left, right, letters: (before, after), blanks }
    }

    fn is_long(&self) -> bool {
        self.right - self.left >= MIN_LENGTH * self.height
    }

    /// The line, which is the one with this `index`, cut in pieces where it runs across gutters, and without what of its
    /// box reaches into one: columns are only told apart by what is between their boxes.
    fn pieces(&self, index: usize, gutters: &[Gutter]) -> Vec<Quad> {
        let margin = |blank: (f32, f32)| (MARGIN * self.height).min((blank.1 - blank.0) / 4.0);
        let (mut left, mut right, mut cuts) = (self.left, self.right, Vec::new());
        for gutter in gutters {
            let x = gutter.middle();
            let runs_across = gutter.lines.contains(&index);
            if runs_across {
                let blank = self.blanks.iter().find(|blank| blank.0 <= x && x <= blank.1);
                cuts.push(*blank.unwrap_or(&gutter.blank));
            } else if self.letters.1 <= x && right > gutter.blank.0 {
                right = right.min(self.letters.1 + margin(gutter.blank));
            } else if self.letters.0 >= x && left < gutter.blank.1 {
                left = left.max(self.letters.0 - margin(gutter.blank));
            }
        }
        cuts.sort_by(|a: &(f32, f32), b| a.0.total_cmp(&b.0));
        let (mut pieces, mut start) = (Vec::new(), left);
        for blank in cuts {
            pieces.push((start, blank.0 + margin(blank)));
            start = blank.1 - margin(blank);
        }
        pieces.push((start, right));
        let is_whole = pieces.len() == 1;
        pieces.retain(|(from, to)| is_whole || to - from > (MAX_RULE + 2.0 * MARGIN) * self.height);
        let share = |x: f32| (x - self.left) / (self.right - self.left);
        pieces.into_iter().map(|(from, to)| self.quad.slice(share(from), share(to))).collect()
    }
}

/// A blank that goes on through neighbouring lines.
#[derive(Debug, Clone)]
struct Gutter {
    /// Indices of the lines that run across it, from top to bottom.
    lines: Vec<usize>,
    /// How many lines begin beside it.
    beginnings: usize,
    /// What is blank in all of them, in pixels of the straight page.
    blank: (f32, f32),
}

impl Gutter {
    fn middle(&self) -> f32 {
        (self.blank.0 + self.blank.1) / 2.0
    }

    fn width(&self) -> f32 {
        self.blank.1 - self.blank.0
    }
}

fn gutters(rows: &[Row]) -> Vec<Gutter> {
    let mut found: Vec<Gutter> = Vec::new();
    for first in (0..rows.len()).filter(|first| rows[*first].is_long()) {
        for blank in &rows[first].blanks {
            let is_known = |known: &Gutter| known.lines.contains(&first) && overlap(known.blank, *blank).is_some();
            if !found.iter().any(is_known) {
                found.extend(follow(rows, first, *blank));
            }
        }
    }
    found.retain(|gutter| parts_columns(rows, gutter, &[]));
    // Beside other gutters the columns are narrower.
    let all = found.clone();
    found.retain(|gutter| parts_columns(rows, gutter, &all));
    found
}

/// The gutter that goes on from a blank of a line through those below; `None` if it is too short for its width.
fn follow(rows: &[Row], first: usize, blank: (f32, f32)) -> Option<Gutter> {
    let height = rows[first].height;
    let mut best = None;
    let mut gutter = Gutter { lines: vec![first], beginnings: 0, blank };
    let (mut last, mut dirty) = (first, 0);
    for (i, row) in rows.iter().enumerate().skip(first + 1) {
        if row.middle - rows[last].middle > MAX_LEADING * height {
            break;
        }
        if row.letters.0 >= gutter.middle() || row.letters.1 <= gutter.middle() {
            let begins = (row.letters.0 - gutter.blank.1).abs() <= MAX_UNEVENNESS * height;
            if begins && row.is_long() {
                gutter.beginnings += 1;
                last = i;
            }
            continue;
        }
        let narrowed = row.blanks.iter().filter_map(|blank| overlap(gutter.blank, *blank));
        let Some(widest) = narrowed.max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0))) else { break };
        last = i;
        gutter.lines.push(i);
        if widest.1 - widest.0 < NEEDED[NEEDED.len() - 1].0 * height {
            dirty += 1;
            if dirty * CLEAN_LINES > gutter.lines.len() {
                break;
            }
            continue;
        }
        gutter.blank = widest;
        // Further lines may narrow it more than their number is worth.
        if is_enough(&gutter, height) {
            best = Some(gutter.clone());
        }
    }
    best
}

fn is_enough(gutter: &Gutter, height: f32) -> bool {
    let lines = gutter.lines.len() + gutter.beginnings;
    let needed = NEEDED.iter().any(|(width, needed)| gutter.width() >= width * height && lines >= *needed);
    needed && gutter.lines.len() >= MIN_LINES
}

/// Whether what stands beside a gutter, up to the line's ends or `others`, is as wide as columns of text are.
fn parts_columns(rows: &[Row], gutter: &Gutter, others: &[Gutter]) -> bool {
    let narrower_side = |i: &usize| {
        let row = &rows[*i];
        let blanks = others.iter().filter(|other| other.lines.contains(i)).map(|other| other.blank);
        let ends = [(row.left, row.left), (row.right, row.right)];
        let widths = blanks.chain(ends).map(|(from, to)| (from - gutter.blank.1).max(gutter.blank.0 - to));
        // A rule is no column, and the gutter itself is none.
        widths.filter(|width| *width > MAX_RULE * row.height).fold(f32::INFINITY, f32::min) / row.height
    };
    let mut widths: Vec<f32> = gutter.lines.iter().map(narrower_side).collect();
    widths.sort_by(f32::total_cmp);
    widths[widths.len() / 2] >= MIN_COLUMN
}

fn overlap(a: (f32, f32), b: (f32, f32)) -> Option<(f32, f32)> {
    let both = (a.0.max(b.0), a.1.min(b.1));
    (both.0 < both.1).then_some(both)
}

/// How much ink each column of pixels along a line has: samples in it and in those beside it.
fn ink(image: &RgbImage, quad: &Quad) -> Vec<usize> {
    let (width, _) = size(quad);
    let count = width.round().max(1.0) as usize;
    let [top_left, top_right, bottom_right, bottom_left] = quad.0;
    let between = |a: Point, b: Point, t: f32| Point { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
    let samples = |column: usize, downs: &[f32]| -> Vec<f32> {
        let along = (column as f32 + 0.5) / count as f32;
        let (upper, lower) = (between(top_left, top_right, along), between(bottom_left, bottom_right, along));
        downs.iter().map(|down| luminance(image, between(upper, lower, *down))).collect()
    };
    let downs: [f32; SAMPLES] =
        std::array::from_fn(|sample| 0.5 + CORE * ((sample as f32 + 0.5) / SAMPLES as f32 - 0.5));
    let values: Vec<f32> = (0..count).flat_map(|column| samples(column, &downs)).collect();
    // Boxes are larger than their letters: at the edge is paper.
    let paper = percentile((0..count).flat_map(|column| samples(column, &[0.02, 0.98])).collect(), 0.5);
    let (darkest, lightest) = (percentile(values.clone(), 0.05), percentile(values.clone(), 0.95));
    let ink = if paper - darkest > lightest - paper { darkest } else { lightest };
    let is_ink = |value: &&f32| (**value - paper) / (ink - paper) > INK;
    let counts: Vec<usize> = values.chunks(SAMPLES).map(|column| column.iter().filter(is_ink).count()).collect();
    (0..count).map(|x| counts[x.saturating_sub(1)..(x + 2).min(count)].iter().sum()).collect()
}

fn percentile(mut values: Vec<f32>, share: f32) -> f32 {
    values.sort_by(f32::total_cmp);
    values[((values.len() - 1) as f32 * share) as usize]
}

/// The runs of blank columns, as fractions of the line.
fn blanks(ink: &[usize]) -> Vec<(f32, f32)> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, _) in ink.iter().enumerate().filter(|(_, samples)| **samples <= MAX_DIRT) {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    let share = |at: usize| at as f32 / ink.len() as f32;
    runs.into_iter().map(|run| (share(run.start), share(run.end))).collect()
}

#[cfg(test)]
#[path = "gutters_tests.rs"]
mod tests;
