//! Linear codes: lines across a region of stripes are read one by one, and what several agree on is a code.
//!
//! A linear code has a check digit and nothing else against misreading, so one line alone proves nothing. The lines are
//! cut out along the region's own direction, so the code may lie in any rotation, and each is the mean of a few rows of
//! pixels, which takes noise away and leaves bars as they are.

use legible_reading::recognition::Symbology;
use legible_reading::{Point, Quad};

use super::effort::{Effort, Part};
use super::found::Found;
use super::guards;
use super::readers::{self, LinearCode, Polarity};
use super::runs;
use super::stripes::Region;
use super::view::{Place, View};
use crate::engine::ReadError;

/// Rows of pixels to a line.
const ROWS: u32 = 4;
/// Most lines read in a region.
const MOST_LINES: u32 = 32;
/// How many lines must read the same.
const FEWEST_VOTES: usize = 3;
/// Least difference between bars and gaps, in brightness steps.
const LEAST_CONTRAST: u8 = 24;
/// Most codes beside each other in one line.
const MOST_IN_A_LINE: usize = 4;

/// Which part of a line is around a sample, to each side: a few of the widest bars, whatever the size.
pub const WINDOW: usize = 20;

/// What the lines of a region agree on.
struct Vote {
    symbology: Symbology,
    text: String,
    /// Number of the line, span of the bars in it, and whether it reads from right to left.
    lines: Vec<(u32, (f32, f32), bool)>,
}

/// The linear codes in a region of `view`, in pixels of the image.
///
/// # Errors
/// Those of `effort`.
pub fn read(view: &View, region: &Region, effort: &Effort) -> Result<Vec<Found>, ReadError> {
    let scale = region.scale();
    let width = (region.length / scale).ceil() as u32;
    let lines = (region.height / ROWS as f32).ceil().clamp(1.0, MOST_LINES as f32) as u32;
    let size = (width, lines * ROWS);
    let place = Place::stretched(region.centre, size, region.angle, scale, region.height / size.1 as f32);
    let mean = |line: u32| mean_row(view, &place, width, line);
    let is_like_one = |line: u32| {
        let mean = mean(line);
        Polarity::BOTH.into_iter().any(|polarity| {
            let printed = binarised(&mean, polarity, mean.len() / WINDOW);
            may_be_linear(&printed) || may_be_linear(&reversed(printed))
        })
    };
    let pixels = u64::from(size.0) * u64::from(size.1);
    if !effort.look(Part::Linear, pixels)? {
        return Ok(Vec::new());
    }
    // Most regions are railings, leaves and letters: a few lines tell.
    if !(0..lines).step_by(FEWEST_VOTES).any(is_like_one) {
        return Ok(Vec::new());
    }
    // The reader sees each line light on dark and dark on light, from both ends, and again behind each code.
    if !effort.attempt(Part::Linear, pixels + u64::from(4 * lines * width) * MOST_IN_A_LINE as u64)? {
        return Ok(Vec::new());
    }
    let means: Vec<Vec<u8>> = (0..lines).map(mean).collect();
    let of = |polarity| {
        agreed(&means, polarity).into_iter().map(|vote| {
            let found = found(vote, width);
            Found { quad: place.of_quad(&found.quad), ..found }.seen_from(view)
        })
    };
    Ok(Polarity::BOTH.into_iter().flat_map(of).collect())
}

fn reversed(mut line: Vec<bool>) -> Vec<bool> {
    line.reverse();
    line
}

fn may_be_linear(line: &[bool]) -> bool {
    guards::may_be_linear(&runs::of(line))
}

/// What enough lines agree on, what most agree on first.
fn agreed(lines: &[Vec<u8>], polarity: Polarity) -> Vec<Vote> {
    let mut votes: Vec<Vote> = Vec::new();
    for (number, line) in (0..).zip(lines) {
        let printed = binarised(line, polarity, line.len() / WINDOW);
        count(&printed, number, false, &mut votes);
        count(&reversed(printed), number, true, &mut votes);
    }
    votes.retain(|vote| vote.lines.len() >= FEWEST_VOTES);
    votes.sort_by_key(|vote| std::cmp::Reverse(vote.lines.len()));
    votes
}

/// The mean of the rows of samples that make a line.
fn mean_row(view: &View, place: &Place, width: u32, line: u32) -> Vec<u8> {
    let mut rows = Vec::with_capacity((width * ROWS) as usize);
    (line * ROWS..(line + 1) * ROWS).for_each(|y| view.row(place, width, y, &mut rows));
    let width = width as usize;
    let column = |x: usize| rows.iter().skip(x).step_by(width).map(|&value| u32::from(value)).sum::<u32>();
    (0..width).map(|x| (column(x) / ROWS) as u8).collect()
}

/// Which samples are printed: those darker than the middle between the darkest and the brightest around them, so that
/// uneven light does not matter.
///
/// `reach` tells how many samples to each side are around one.
pub fn binarised(line: &[u8], polarity: Polarity, reach: usize) -> Vec<bool> {
    let reach = reach.max(12);
    let chunk = (reach / 4).max(1);
    let ranges: Vec<(u8, u8)> = line
        .chunks(chunk)
        .map(|chunk| chunk.iter().fold((255, 0), |(low, high), &value| (value.min(low), value.max(high))))
        .collect();
    let around = |at: usize| {
        let near = &ranges[at.saturating_sub(4)..(at + 5).min(ranges.len())];
        near.iter().fold((255, 0), |(low, high), range| (range.0.min(low), range.1.max(high)))
    };
    let middles: Vec<Option<u8>> = (0..ranges.len())
        .map(|at| {
            let (low, high) = around(at);
            (high - low >= LEAST_CONTRAST).then(|| low + (high - low) / 2)
        })
        .collect();
    let printed = |(at, value): (usize, &u8)| match (middles[at / chunk], polarity) {
        (Some(middle), Polarity::DarkOnLight) => *value < middle,
        (Some(middle), Polarity::LightOnDark) => *value > middle,
        (None, _) => false,
    };
    line.iter().enumerate().map(printed).collect()
}

fn count(printed: &[bool], line: u32, reversed: bool, votes: &mut Vec<Vote>) {
    let mut rest = 0;
    for _ in 0..MOST_IN_A_LINE {
        let behind = &printed[rest..];
        let read = if may_be_linear(behind) { readers::linear(behind) } else { None };
        let Some(LinearCode { symbology, text, span }) = read else { return };
        let span = bars(printed, symbology, (span.0 + rest as f32, span.1 + rest as f32));
        let after = span.1.ceil() as usize;
        let seen = (line, span, reversed);
        match votes.iter_mut().find(|vote| vote.symbology == symbology && vote.text == text && fits(vote, &seen)) {
            Some(vote) => vote.lines.push(seen),
            None => votes.push(Vote { symbology, text, lines: vec![seen] }),
        }
        if after <= rest || after >= printed.len() {
            return;
        }
        rest = after;
    }
}

/// Where the bars of a code begin and end. Its reader tells the middles of the start and stop patterns.
fn bars(printed: &[bool], symbology: Symbology, (from, to): (f32, f32)) -> (f32, f32) {
    // How many bars and gaps stand before the one that holds the middle of the start pattern, and after that of the stop pattern
    // (ISO/IEC 15417, 4.2; ISO/IEC 15420, 4.2).
    let (before, after) = match symbology {
        Symbology::Code128 => (3, 4),
        _ => (1, 1),
    };
    let last = printed.len().saturating_sub(1);
    let walk = |middle: f32, borders: usize, step: isize| {
        let mut at = (middle as usize).min(last);
        let mut crossed = 0;
        while let Some(next) = at.checked_add_signed(step).filter(|next| *next <= last) {
            crossed += usize::from(printed[next] != printed[at]);
            if crossed > borders {
                break;
            }
            at = next;
        }
        at as f32
    };
    (walk(from.min(to), before, -1), walk(from.max(to), after, 1) + 1.0)
}

/// Whether a line is of the same print: the same way round, and about above or below.
fn fits(vote: &Vote, (_, span, reversed): &(u32, (f32, f32), bool)) -> bool {
    vote.lines.last().is_some_and(|(_, last, last_reversed)| {
        last_reversed == reversed && span.0 < last.1.max(last.0) && span.1 > last.0.min(last.1)
    })
}

fn found(vote: Vote, width: u32) -> Found {
    let count = vote.lines.len() as f32;
    let mean = |side: fn(&(f32, f32)) -> f32| vote.lines.iter().map(|(_, span, _)| side(span)).sum::<f32>() / count;
    let (left, right) = (mean(|span| span.0.min(span.1)), mean(|span| span.0.max(span.1)));
    let first = vote.lines.iter().map(|(line, ..)| *line).min().unwrap_or_default();
    let last = vote.lines.iter().map(|(line, ..)| *line).max().unwrap_or_default();
    let (top, bottom) = ((first * ROWS) as f32, ((last + 1) * ROWS) as f32);
    let reversed = vote.lines.first().is_some_and(|(.., reversed)| *reversed);
    let quad = if reversed {
        // It stands on its head: its own top left corner is the bottom right one here.
        let turned = |x: f32, y: f32| Point { x: width as f32 - x, y };
        Quad([turned(left, bottom), turned(right, bottom), turned(right, top), turned(left, top)])
    } else {
        Quad::from_edges(left, top, right, bottom)
    };
    Found { symbology: vote.symbology, text: vote.text, quad }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uneven_light_does_not_hide_bars() {
        let check = |name: &str, light: fn(usize) -> u32, polarity, expected: bool| {
            let line: Vec<u8> = (0..600)
                .map(|x| {
                    let bar = (100..500).contains(&x) && x / 6 % 2 == 0;
                    (if bar { light(x) * 2 / 5 } else { light(x) }) as u8
                })
                .collect();
            let printed = binarised(&line, polarity, line.len() / WINDOW);
            let right = (104..496).all(|x| printed[x] == (x / 6 % 2 == 0));
            assert_eq!(right, expected, "{name}");
        };
        check("even", |_| 200, Polarity::DarkOnLight, true);
        check("a shadow to the right", |x| 250 - x as u32 / 3, Polarity::DarkOnLight, true);
        check("too faint", |_| 20, Polarity::DarkOnLight, false);
        check("the other way round", |_| 200, Polarity::LightOnDark, false);
    }
}
