//! QR codes by their finder patterns: which three belong together is asked of every likely triple, the likeliest first, so that
//! all codes of a picture are found however close together they stand.
//!
//! The work is bounded by counts: patterns are confirmed, and triples sampled, only so often in a picture. Each pattern
//! has its turn before any has a second one, so a picture full of patterns loses its least likely triples, not all.

use std::cmp::Ordering;

use legible_reading::recognition::Symbology;
use legible_reading::{Point, Quad};
use rxing::common::cpp_essentials::{ConcentricPattern, LocateConcentricPattern};
use rxing::common::{BitMatrix, DetectorRXingResult};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{FinderPatternSet, SampleQR};

use super::effort::{Effort, Part};
use super::found::Found;
use super::readers::contained;
use super::runs::{self, Run};
use crate::engine::ReadError;
use crate::limits::{MAX_FINDER_CANDIDATES, MAX_FINDER_PATTERNS, MAX_FINDER_TRIPLES};

/// Widths of the bars and gaps across a finder pattern, in modules (ISO/IEC 18004, 6.3.3).
const WIDTHS: [u16; 5] = [1, 1, 3, 1, 1];
/// Modules across a finder pattern.
const PATTERN_MODULES: f32 = 7.0;
/// Between the middles of two finder patterns of the smallest and of the largest code, in modules.
const LEAST_DISTANCE: f32 = 14.0;
const MOST_DISTANCE: f32 = 170.0;
/// How far these may be off: patterns of a turned code seem up to 1.41 times as wide as they are.
const DISTANCE_SLACK: f32 = 1.45;
/// How many of a pattern's neighbours may be of its code: the nearest ones of about its size.
const NEIGHBOURS: usize = 20;
/// How much larger one pattern of a code may be than another, seen at an angle.
const SIZE_RATIO: f32 = 1.7;
/// How much longer one side of a code may be than the other, seen at an angle.
const SIDE_RATIO: f32 = 1.6;
/// Greatest cosine of the angle between the sides of a code: 60° to 120°.
const LARGEST_COSINE: f32 = 0.5;
/// Modules to a side of the largest code.
const MOST_MODULES: f32 = 177.0;
/// Pixels looked at for each module of a code, and for each pixel of a pattern's width.
const LOOKS_AT_A_MODULE: f32 = 4.0;
const LOOKS_AT_A_PATTERN: u64 = 24;
/// Side of the squares in which patterns are looked up, in pixels.
const CELL: f32 = 32.0;

/// The QR codes of a picture, in its pixels.
///
/// # Errors
/// Those of `effort`.
pub fn read(matrix: &BitMatrix, effort: &Effort) -> Result<Vec<Found>, ReadError> {
    let patterns = patterns(matrix, effort)?;
    let mut used = vec![false; patterns.len()];
    let mut found = Vec::new();
    for Triple { members, .. } in triples(&patterns, effort)?.into_iter().take(MAX_FINDER_TRIPLES) {
        if members.iter().any(|&member| used[member]) {
            continue;
        }
        let three = members.map(|member| patterns[member]);
        if !effort.attempt(Part::Qr, looks(&three))? {
            break;
        }
        if let Some(code) = code_of(matrix, three) {
            members.iter().for_each(|&member| used[member] = true);
            found.push(code);
        }
    }
    Ok(found)
}

/// How many pixels are looked at to read the code of three patterns: its modules, and what is near its alignment patterns.
fn looks(patterns: &[ConcentricPattern; 3]) -> u64 {
    let [corner, right, below] = patterns;
    let modules = |other: &ConcentricPattern| {
        let apart = (other.p.x - corner.p.x).hypot(other.p.y - corner.p.y);
        (apart * PATTERN_MODULES / (corner.size as f32).max(1.0) + PATTERN_MODULES).min(MOST_MODULES)
    };
    (LOOKS_AT_A_MODULE * modules(right) * modules(below)) as u64
}

fn code_of(matrix: &BitMatrix, [tl, tr, bl]: [ConcentricPattern; 3]) -> Option<Found> {
    contained(|| {
        let sampled = SampleQR(matrix, &FinderPatternSet { bl, tl, tr }).ok()?;
        let decoded = Decode(sampled.getBits()).ok().filter(|decoded| decoded.isValid())?;
        let text = decoded.text();
        // The bottom left corner comes before the bottom right one.
        let [top_left, top_right, bottom_left, bottom_right] = sampled.getPoints() else { return None };
        let quad = Quad([top_left, top_right, bottom_right, bottom_left].map(|p| Point { x: p.x, y: p.y }));
        (!text.is_empty()).then_some(Found { symbology: Symbology::Qr, text, quad })
    })
}

/// The finder patterns of a picture.
fn patterns(matrix: &BitMatrix, effort: &Effort) -> Result<Vec<ConcentricPattern>, ReadError> {
    let mut patterns: Vec<ConcentricPattern> = Vec::new();
    let mut taken = Taken::of(matrix);
    let mut candidates = 0;
    let mut row: Vec<Run> = Vec::new();
    // The dark middle of a pattern is three modules high.
    for y in (2..matrix.getHeight()).step_by(3) {
        if !effort.look(Part::Qr, u64::from(matrix.getWidth()))? {
            return Ok(patterns);
        }
        runs::of_row(matrix, y, &mut row);
        for window in row.windows(WIDTHS.len()) {
            if !window[0].printed || !fits(window) {
                continue;
            }
            let (middle, width) = (&window[2], window.iter().map(|run| run.length).sum::<usize>());
            let x = middle.start + middle.length / 2;
            if taken.has(x as u32, y) || !fits_upright(matrix, x as u32, y, width) {
                continue;
            }
            candidates += 1;
            let within = candidates <= MAX_FINDER_CANDIDATES && patterns.len() < MAX_FINDER_PATTERNS;
            if !within || !effort.look(Part::Qr, LOOKS_AT_A_PATTERN * width as u64)? {
                return Ok(patterns);
            }
            let centre = rxing::Point { x: x as f32 + 0.5, y: y as f32 + 0.5 };
            let located = contained(|| {
                LocateConcentricPattern::<true, 5, 7>(matrix, &WIDTHS, centre, 3 * i32::try_from(width).ok()?)
            });
            if let Some(pattern) = located {
                taken.take(&pattern);
                patterns.push(pattern);
            }
        }
    }
    Ok(patterns)
}

/// Whether runs may be those across a finder pattern. A blurred or thick print moves all dark edges outwards or inwards, so
/// the distances between like edges tell more than the runs themselves.
fn fits(window: &[Run]) -> bool {
    let width = |at: usize| window[at].length as f32;
    let module = window.iter().map(|run| run.length).sum::<usize>() as f32 / PATTERN_MODULES;
    let like = |at: usize, modules: f32| (width(at) + width(at + 1) - modules * module).abs() <= 0.6 * module + 1.0;
    let middle = width(2);
    middle >= 3.0
        && middle >= 1.5 * width(0).max(width(4))
        && middle >= width(1).max(width(3))
        && like(0, 2.0)
        && like(1, 4.0)
        && like(2, 4.0)
        && like(3, 2.0)
}

/// The same along the column through its middle, about as high as wide.
fn fits_upright(matrix: &BitMatrix, x: u32, y: u32, width: usize) -> bool {
    let height = i64::from(matrix.getHeight());
    let most = 2 * width;
    let mut column = [Run { start: 0, length: 0, printed: true }; 5];
    for (step, sides) in [(-1, [2, 1, 0]), (1, [2, 3, 4])] {
        let mut at = i64::from(y) + i64::from(step == 1);
        for side in sides {
            let printed = side % 2 == 0;
            while (0..height).contains(&at) && column[side].length <= most && matrix.get(x, at as u32) == printed {
                column[side].length += 1;
                at += step;
            }
        }
    }
    let sum: usize = column.iter().map(|run| run.length).sum();
    let complete = column.iter().all(|run| run.length > 0);
    complete && sum <= most && 2 * sum >= width && fits(&column)
}

/// Where patterns are, so that the next rows do not find them again.
struct Taken {
    columns: usize,
    cells: Vec<bool>,
}

impl Taken {
    /// Pixels to a cell's side: no pattern is smaller.
    const SIDE: usize = 4;

    fn of(matrix: &BitMatrix) -> Self {
        let cells = |pixels: u32| pixels as usize / Taken::SIDE + 1;
        let (columns, rows) = (cells(matrix.getWidth()), cells(matrix.getHeight()));
        Taken { columns, cells: vec![false; columns * rows] }
    }

    fn has(&self, x: u32, y: u32) -> bool {
        self.cells.get(y as usize / Taken::SIDE * self.columns + x as usize / Taken::SIDE).copied().unwrap_or(true)
    }

    fn take(&mut self, pattern: &ConcentricPattern) {
        // Where the dark middle and some of the ring are.
        let reach = pattern.size as f32 / 4.0;
        let cell = |at: f32, end: usize| ((at.max(0.0) as usize) / Taken::SIDE).min(end - 1);
        let rows = self.cells.len() / self.columns;
        for row in cell(pattern.p.y - reach, rows)..=cell(pattern.p.y + reach, rows) {
            let first = row * self.columns;
            let columns = cell(pattern.p.x - reach, self.columns)..=cell(pattern.p.x + reach, self.columns);
            columns.for_each(|column| self.cells[first + column] = true);
        }
    }
}

/// Three patterns that may be of one code: at its top left, top right and bottom left.
#[derive(Debug, Clone, Copy)]
struct Triple {
    members: [usize; 3],
    /// How many likelier ones the same top left pattern has.
    rank: usize,
    /// 0 for a square seen from straight above; more the more it is distorted, and the larger it is.
    strain: f32,
}

/// Which patterns may be of one code, the likeliest first.
fn triples(patterns: &[ConcentricPattern], effort: &Effort) -> Result<Vec<Triple>, ReadError> {
    let cells = Cells::of(patterns);
    let mut all: Vec<Triple> = Vec::new();
    for corner in 0..patterns.len() {
        // Every pair of neighbours is compared.
        if !effort.look(Part::Qr, (NEIGHBOURS * NEIGHBOURS) as u64)? {
            break;
        }
        let near = cells.neighbours(patterns, corner);
        let mut own: Vec<Triple> = Vec::new();
        for (at, &a) in near.iter().enumerate() {
            for &b in &near[at + 1..] {
                own.extend(triple(patterns, corner, a, b));
            }
        }
        own.sort_by(by_strain);
        for (rank, triple) in own.iter_mut().enumerate() {
            triple.rank = rank;
        }
        all.extend(own.into_iter().take(MOST_OF_A_CORNER));
    }
    all.sort_by(|a, b| a.rank.cmp(&b.rank).then_with(|| by_strain(a, b)));
    Ok(all)
}

/// Most triples tried with the same pattern at the corner.
const MOST_OF_A_CORNER: usize = 24;

fn by_strain(a: &Triple, b: &Triple) -> Ordering {
    a.strain.total_cmp(&b.strain).then_with(|| a.members.cmp(&b.members))
}

fn triple(patterns: &[ConcentricPattern], corner: usize, a: usize, b: usize) -> Option<Triple> {
    let from = |to: usize| (patterns[to].p.x - patterns[corner].p.x, patterns[to].p.y - patterns[corner].p.y);
    let (to_a, to_b) = (from(a), from(b));
    let (length_a, length_b) = (to_a.0.hypot(to_a.1), to_b.0.hypot(to_b.1));
    let ratio = (length_a / length_b).max(length_b / length_a);
    let cosine = ((to_a.0 * to_b.0 + to_a.1 * to_b.1) / (length_a * length_b)).abs();
    if ratio.is_nan() || ratio > SIDE_RATIO || cosine > LARGEST_COSINE {
        return None;
    }
    let sizes = [corner, a, b].map(|at| patterns[at].size as f32);
    let (least, most) =
        (sizes.iter().copied().fold(f32::INFINITY, f32::min), sizes.iter().copied().fold(0.0, f32::max));
    if most > SIZE_RATIO * least {
        return None;
    }
    let modules = length_a.max(length_b) / (sizes.iter().sum::<f32>() / 3.0 / PATTERN_MODULES);
    let strain = 2.0 * ratio.ln() + 2.0 * cosine + (most / least).ln() + modules / MOST_DISTANCE;
    // Seen in the picture, whose y grows downwards, the top right one comes clockwise after the bottom left one.
    let clockwise = to_a.0 * to_b.1 - to_a.1 * to_b.0 > 0.0;
    let members = if clockwise { [corner, a, b] } else { [corner, b, a] };
    Some(Triple { members, rank: 0, strain })
}

/// Patterns by where they are.
struct Cells {
    columns: usize,
    rows: usize,
    members: Vec<Vec<usize>>,
}

impl Cells {
    fn of(patterns: &[ConcentricPattern]) -> Self {
        let end = |of: fn(&ConcentricPattern) -> f32| patterns.iter().map(of).fold(0.0, f32::max);
        let cells = |pixels: f32| (pixels / CELL) as usize + 1;
        let (columns, rows) = (cells(end(|pattern| pattern.p.x)), cells(end(|pattern| pattern.p.y)));
        let mut members = vec![Vec::new(); columns * rows];
        for (at, pattern) in patterns.iter().enumerate() {
            let (column, row) = Cells::cell(pattern);
            members[row.min(rows - 1) * columns + column.min(columns - 1)].push(at);
        }
        Cells { columns, rows, members }
    }

    fn cell(pattern: &ConcentricPattern) -> (usize, usize) {
        ((pattern.p.x.max(0.0) / CELL) as usize, (pattern.p.y.max(0.0) / CELL) as usize)
    }

    /// The nearest patterns that may be of the same code.
    fn neighbours(&self, patterns: &[ConcentricPattern], of: usize) -> Vec<usize> {
        let pattern = &patterns[of];
        let module = pattern.size as f32 / PATTERN_MODULES;
        let (least, most) = (module * LEAST_DISTANCE / DISTANCE_SLACK, module * MOST_DISTANCE * DISTANCE_SLACK);
        let (column, row) = Cells::cell(pattern);
        let mut near: Vec<(f32, usize)> = Vec::new();
        let rings = ((most / CELL).ceil() as usize).min(self.columns.max(self.rows));
        let mut complete = rings;
        for ring in 0..=rings {
            if ring > complete {
                break;
            }
            self.ring(column, row, ring, |member| {
                let other = &patterns[member];
                let apart = (other.p.x - pattern.p.x).hypot(other.p.y - pattern.p.y);
                let ratio = other.size as f32 / pattern.size as f32;
                if member != of && (least..=most).contains(&apart) && (1.0 / SIZE_RATIO..=SIZE_RATIO).contains(&ratio) {
                    near.push((apart, member));
                }
            });
            if near.len() >= NEIGHBOURS && complete == rings {
                // What lies in the corners of this ring may be farther than what the next ones hold.
                complete = ring + ring / 2 + 1;
            }
        }
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        near.truncate(NEIGHBOURS);
        near.into_iter().map(|(_, member)| member).collect()
    }

    /// Calls `each` with the members of the cells at some distance from one.
    fn ring(&self, column: usize, row: usize, distance: usize, mut each: impl FnMut(usize)) {
        let (left, right) = (column.saturating_sub(distance), (column + distance).min(self.columns - 1));
        for y in row.saturating_sub(distance)..=(row + distance).min(self.rows - 1) {
            let whole = y + distance == row || y == row + distance;
            for x in left..=right {
                if whole || x + distance == column || x == column + distance {
                    self.members[y * self.columns + x].iter().for_each(|&member| each(member));
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "qr_tests.rs"]
mod tests;
