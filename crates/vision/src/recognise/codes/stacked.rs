//! PDF417 codes by the patterns at their ends: those of a row that lie below each other make an end, and two ends a code.
//!
//! The decoder gets one code at a time, cut out of the picture, and only where an end goes on for some rows.

use legible_reading::recognition::Symbology;
use legible_reading::{Point, Quad};
use rxing::common::BitMatrix;

use super::area::Area;
use super::effort::{Effort, Part};
use super::found::Found;
use super::guards;
use super::readers;
use super::runs::{self, Run};
use crate::engine::ReadError;
use crate::limits::{MAX_SEARCHED_PIXELS, MAX_STACKED_ATTEMPTS, MAX_STACKED_ENDS};

/// Widths of the bars and gaps at the left end of a row and at its right end, in modules (ISO/IEC 15438, 5.3.3).
const START: [u32; 8] = [8, 1, 1, 1, 1, 1, 1, 3];
const STOP: [u32; 9] = [7, 1, 1, 3, 1, 1, 1, 2, 1];
/// Modules of a sign, and of the start pattern.
const SIGN_MODULES: f32 = 17.0;
/// Most modules across a code: thirty signs, one more at each end, and the patterns.
const MOST_MODULES: f32 = 33.0 * 17.0 + 18.0;
/// How much one bar or gap may differ from what it should be, in modules; and how much all together, as a share of the pattern.
const RUN_SLACK: f32 = 0.8;
const PATTERN_SLACK: f32 = 0.42;
/// Every which row is looked at.
const ROW_STEP: u32 = 2;
/// Most rows of pixels between two that show the same end.
const MOST_ROWS_BETWEEN: u32 = 25;
/// Most pixels that an end may lie beside where it was in the row before.
const DRIFT: u32 = 4;
/// Fewest rows that show an end, of those looked at, and fewest pixels from the first to the last.
const FEWEST_ROWS: u32 = 4;
const LEAST_HEIGHT: u32 = 10;
/// How much wider one end of a code may be than the other.
const WIDTH_RATIO: f32 = 1.35;
/// Most right ends that are tried with a left one, the nearest.
const MOST_PARTNERS: usize = 3;
/// Pixels around a code that the decoder gets to see.
const AROUND: f32 = 12.0;
/// How often the decoder looks at a pixel, about: once for each of the columns it tries, and for the ends twice.
const LOOKS: u64 = 4;

/// A code and, if both of its ends were seen, where it is.
pub type Text = (String, Option<Quad>);

/// The codes of a picture whose rows lie about level or about upright.
///
/// # Errors
/// Those of `effort`.
pub fn read_all(matrix: &BitMatrix, effort: &Effort) -> Result<Vec<Text>, ReadError> {
    let mut all = Vec::new();
    let (width, height) = (matrix.getWidth(), matrix.getHeight());
    if !effort.look(Part::Stacked, u64::from(width) * u64::from(height))? {
        return Ok(all);
    }
    if goes_on(height, |y, line| runs::of_row(matrix, y, line)) {
        all.extend(read(matrix, effort)?);
    }
    if goes_on(width, |x, line| runs::of_column(matrix, x, line)) {
        let mut turned = matrix.clone();
        if turned.rotate(90).is_ok() {
            let back = |p: Point| Point { x: width as f32 - p.y, y: p.x };
            let found = read(&turned, effort)?.into_iter();
            all.extend(found.map(|(text, quad)| (text, quad.map(|quad| Quad(quad.0.map(back))))));
        }
    }
    Ok(all)
}

/// The codes of a picture whose rows lie about level, either way up.
///
/// # Errors
/// Those of `effort`.
pub fn read(matrix: &BitMatrix, effort: &Effort) -> Result<Vec<Text>, ReadError> {
    let mut all = read_upright(matrix, effort)?;
    let mut turned = matrix.clone();
    turned.rotate180();
    let (width, height) = (matrix.getWidth() as f32, matrix.getHeight() as f32);
    let back = |p: Point| Point { x: width - p.x, y: height - p.y };
    let found = read_upright(&turned, effort)?.into_iter();
    all.extend(found.map(|(text, quad)| (text, quad.map(|quad| Quad(quad.0.map(back))))));
    Ok(all)
}

fn read_upright(matrix: &BitMatrix, effort: &Effort) -> Result<Vec<Text>, ReadError> {
    let mut all = Vec::new();
    if !effort.look(Part::Stacked, u64::from(matrix.getWidth()) * u64::from(matrix.getHeight() / ROW_STEP))? {
        return Ok(all);
    }
    let [starts, stops] = ends(matrix);
    let mut used = vec![false; stops.len()];
    let mut attempts = 0;
    let mut attempt = |start: Option<&End>, stop: Option<&End>| -> Result<Option<String>, ReadError> {
        attempts += 1;
        let Some(area) = area(matrix, start, stop).filter(|_| attempts <= MAX_STACKED_ATTEMPTS) else {
            return Ok(None);
        };
        // A coarser layer shows better what is larger.
        let looks = LOOKS * area.pixels();
        if looks > MAX_SEARCHED_PIXELS || !effort.attempt(Part::Stacked, looks)? {
            return Ok(None);
        }
        Ok(area.cut(matrix).and_then(|cut| readers::pdf417(&cut, &frame(&area, start, stop))))
    };
    for start in &starts {
        let mut partners: Vec<usize> = (0..stops.len()).filter(|&at| !used[at] && start.fits(&stops[at])).collect();
        partners.sort_by_key(|&at| stops[at].top.left);
        partners.truncate(MOST_PARTNERS);
        let mut found = None;
        for at in partners {
            if let Some(text) = attempt(Some(start), Some(&stops[at]))? {
                used[at] = true;
                found = Some((text, Some(quad(start, &stops[at]))));
                break;
            }
        }
        if found.is_none() {
            found = attempt(Some(start), None)?.map(|text| (text, None));
        }
        all.extend(found);
    }
    for (stop, _) in stops.iter().zip(&used).filter(|(_, used)| !**used) {
        all.extend(attempt(None, Some(stop))?.map(|text| (text, None)));
    }
    Ok(all)
}

/// A pattern in one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    row: u32,
    left: u32,
    right: u32,
}

/// The end of a code: its pattern in one row below the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct End {
    top: Seen,
    bottom: Seen,
    rows: u32,
}

impl End {
    fn height(&self) -> u32 {
        self.bottom.row - self.top.row
    }

    fn width(&self) -> f32 {
        (self.top.right - self.top.left + self.bottom.right - self.bottom.left) as f32 / 2.0
    }

    /// Whether this may be the left end of the code of which `stop` is the right one.
    fn fits(&self, stop: &End) -> bool {
        let together = self.bottom.row.min(stop.bottom.row).saturating_sub(self.top.row.max(stop.top.row));
        let module = self.width() / SIGN_MODULES;
        let ratio = stop.width() / (SIGN_MODULES + 1.0) / module;
        let apart = stop.top.right as f32 - self.top.left as f32;
        2 * together >= self.height().min(stop.height())
            && (1.0 / WIDTH_RATIO..=WIDTH_RATIO).contains(&ratio)
            && stop.top.left > self.top.right
            && stop.bottom.left > self.bottom.right
            && apart <= MOST_MODULES * module * WIDTH_RATIO
    }
}

/// The left ends in a picture, and the right ones; those seen in most rows first.
fn ends(matrix: &BitMatrix) -> [Vec<End>; 2] {
    let mut ends = [Vec::new(), Vec::new()];
    let mut open: [Vec<End>; 2] = [Vec::new(), Vec::new()];
    let mut line = Vec::new();
    for row in (0..matrix.getHeight()).step_by(ROW_STEP as usize) {
        runs::of_row(matrix, row, &mut line);
        for at in 0..line.len() {
            // The widest bar comes first, and as wide a gap nowhere.
            let wide = line[at].printed && line.get(at + 1).is_some_and(|gap| line[at].length > 2 * gap.length);
            if !wide {
                continue;
            }
            for (pattern, open) in [&START[..], &STOP[..]].into_iter().zip(&mut open) {
                let Some(runs) = line.get(at..at + pattern.len()).filter(|runs| is_like(runs, pattern)) else {
                    continue;
                };
                let last = &runs[runs.len() - 1];
                let seen = Seen { row, left: line[at].start as u32, right: (last.start + last.length) as u32 };
                let goes_on = |end: &&mut End| {
                    end.bottom.row < row
                        && end.bottom.left.abs_diff(seen.left) <= DRIFT
                        && end.bottom.right.abs_diff(seen.right) <= DRIFT
                };
                if let Some(end) = open.iter_mut().find(goes_on) {
                    *end = End { bottom: seen, rows: end.rows + 1, ..*end };
                } else if open.len() < MAX_STACKED_ENDS {
                    open.push(End { top: seen, bottom: seen, rows: 1 });
                }
            }
        }
        for (open, ends) in open.iter_mut().zip(&mut ends) {
            ends.extend(open.extract_if(.., |end| end.bottom.row + MOST_ROWS_BETWEEN < row));
        }
    }
    for (open, ends) in open.iter_mut().zip(&mut ends) {
        ends.append(open);
        ends.retain(|end| end.rows >= FEWEST_ROWS && end.height() >= LEAST_HEIGHT);
        ends.sort_by_key(|end| (std::cmp::Reverse(end.rows), end.top.row, end.top.left));
        ends.truncate(MAX_STACKED_ENDS);
    }
    ends
}

/// Whether bars and gaps have about these widths. Blur makes all bars wider or all narrower, so single modules may differ much.
fn is_like(runs: &[Run], modules: &[u32]) -> bool {
    let total: usize = runs.iter().map(|run| run.length).sum();
    let count: u32 = modules.iter().sum();
    let module = total as f32 / count as f32;
    let mut all = 0.0;
    for (run, &modules) in runs.iter().zip(modules) {
        let off = (run.length as f32 - modules as f32 * module).abs();
        if off > RUN_SLACK * module {
            return false;
        }
        all += off;
    }
    module >= 1.0 && all < PATTERN_SLACK * total as f32
}

/// What the decoder is to see of a code of which these ends were seen.
fn area(matrix: &BitMatrix, start: Option<&End>, stop: Option<&End>) -> Option<Area> {
    let known: Vec<&End> = start.into_iter().chain(stop).collect();
    let module = known.iter().map(|end| end.width()).fold(0.0, f32::max) / SIGN_MODULES;
    let mut points = Vec::new();
    for seen in known.iter().flat_map(|end| [end.top, end.bottom]) {
        let y = seen.row as f32;
        points.extend([Point { x: seen.left as f32, y }, Point { x: seen.right as f32, y }]);
        // The other end is anywhere.
        match (start, stop) {
            (Some(_), None) => points.push(Point { x: seen.left as f32 + MOST_MODULES * module, y }),
            (None, Some(_)) => points.push(Point { x: seen.right as f32 - MOST_MODULES * module, y }),
            _ => {}
        }
    }
    Area::around(&points, AROUND + 3.0 * module, (matrix.getWidth(), matrix.getHeight()))
}

/// Where the signs of a code begin and end in an area, and how wide a sign is.
fn frame(area: &Area, start: Option<&End>, stop: Option<&End>) -> readers::StackedFrame {
    let at = |x: u32, seen: Seen| (x.saturating_sub(area.left) as f32, seen.row.saturating_sub(area.top) as f32);
    let start_width = start.map(|end| [end.top, end.bottom].map(|seen| seen.right - seen.left));
    let stop_width = stop.map(|end| {
        [end.top, end.bottom].map(|seen| (seen.right - seen.left) * SIGN_MODULES as u32 / (SIGN_MODULES as u32 + 1))
    });
    let widths = || start_width.into_iter().chain(stop_width).flatten();
    readers::StackedFrame {
        left: start.map(|end| [end.top, end.bottom].map(|seen| at(seen.right, seen))),
        right: stop.map(|end| [end.top, end.bottom].map(|seen| at(seen.left, seen))),
        sign: (widths().min().unwrap_or_default(), widths().max().unwrap_or_default()),
    }
}

fn quad(start: &End, stop: &End) -> Quad {
    let at = |x: u32, row: u32| Point { x: x as f32, y: row as f32 };
    let below = |seen: Seen| seen.row + ROW_STEP;
    evened([
        at(start.top.left, start.top.row),
        at(stop.top.right, stop.top.row),
        at(stop.bottom.right, below(stop.bottom)),
        at(start.bottom.left, below(start.bottom)),
    ])
}

/// A quad whose ends are equally high: a pattern may be lost some rows before its end.
fn evened(corners: [Point; 4]) -> Quad {
    let [top_left, top_right, bottom_right, bottom_left] = corners;
    let between = |from: Point, to: Point| (to.x - from.x, to.y - from.y);
    let moved = |from: Point, by: (f32, f32), sign: f32| Point { x: from.x + sign * by.0, y: from.y + sign * by.1 };
    let cosine = |a: (f32, f32), b: (f32, f32)| ((a.0 * b.0 + a.1 * b.1) / (a.0.hypot(a.1) * b.0.hypot(b.1))).abs();
    let (left, right) = (between(top_left, bottom_left), between(top_right, bottom_right));
    let (top, bottom) = (between(top_left, top_right), between(bottom_left, bottom_right));
    // Of the shorter end, the corner that makes the right angle is where it should be.
    let quad = match left.0.hypot(left.1) >= right.0.hypot(right.1) {
        true if cosine(top, left) <= cosine(bottom, left) => {
            [top_left, top_right, moved(top_right, left, 1.0), bottom_left]
        }
        true => [top_left, moved(bottom_right, left, -1.0), bottom_right, bottom_left],
        false if cosine(top, right) <= cosine(bottom, right) => {
            [top_left, top_right, bottom_right, moved(top_left, right, 1.0)]
        }
        false => [moved(bottom_left, right, -1.0), top_right, bottom_right, bottom_left],
    };
    Quad(quad)
}

/// Whether neighbours among `count` lines show an end of PDF417 at one place: looking for it takes a fraction of the time that
/// following ends takes, and nearly no picture has it.
fn goes_on(count: u32, runs_of: impl Fn(u32, &mut Vec<Run>)) -> bool {
    let mut line = Vec::new();
    let mut before: Vec<(usize, usize)> = Vec::new();
    for at in (0..count).step_by(3) {
        runs_of(at, &mut line);
        let here: Vec<(usize, usize)> = guards::pdf417_ends(&line).collect();
        // A module is a seventeenth of the pattern: the code may lean by some 20°.
        let goes_on =
            |&(start, width): &(usize, usize)| before.iter().any(|(other, _)| other.abs_diff(start) <= 1 + width / 8);
        if here.iter().any(goes_on) {
            return true;
        }
        before = here;
    }
    false
}

/// The code that a text and its place stand for; `unseen` is the place if its ends were not both seen.
pub fn found((text, quad): Text, unseen: Option<Quad>) -> Option<Found> {
    Some(Found { symbology: Symbology::Pdf417, text, quad: quad.or(unseen)? })
}
