//! What a line must show before a reader is asked: the patterns at the ends of linear and stacked codes, and signs of equal
//! width beside them. A line of text or leaves nearly never does, and looking takes a hundredth of the reader's time.
//!
//! Blur makes every bar wider or narrower, so signs are measured from an edge to the next like edge.

use super::runs::Run;

/// How much the width of a sign may differ from the others' mean: by this share of it, and by so many samples.
const SIGN_SLACK: (f32, f32) = (0.15, 2.5);
/// How much modules of a guard pattern may differ from those of the digits: by this share of them, and by so many samples.
const GUARD_SLACK: (f32, f32) = (0.4, 1.0);
/// Widths of the start patterns A, B and C of Code 128, in modules (ISO/IEC 15417, 4.3.2).
const CODE128_STARTS: [[f32; 6]; 3] =
    [[2.0, 1.0, 1.0, 4.0, 1.0, 2.0], [2.0, 1.0, 1.0, 2.0, 1.0, 4.0], [2.0, 1.0, 1.0, 2.0, 3.0, 2.0]];
/// Signs that are looked at after the start of Code 128: the shortest code has one, its check sign and the stop sign.
const CODE128_SIGNS: usize = 3;
/// Widths of the bars and gaps of the start pattern of PDF417, and of the first eight of the nine of the stop pattern, in modules
/// (ISO/IEC 15438, 5.3.3). Each of its signs has as many, and as many modules.
const PDF417_START: [f32; 8] = [8.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 3.0];
const PDF417_STOP: [f32; 8] = [7.0, 1.0, 1.0, 3.0, 1.0, 1.0, 1.0, 2.0];
/// Signs that are looked at beside them: a row has at least one between two that tell which row it is.
const PDF417_SIGNS: usize = 2;

/// Whether a linear code may lie in a line, read from left to right.
pub fn may_be_linear(line: &[Run]) -> bool {
    (1..line.len()).any(|at| {
        let after = &line[at..];
        after[0].printed && (is_ean(&line[at - 1], after) || is_code128(&line[at - 1], after))
    })
}

/// Whether the line shows an EAN-8 or EAN-13 that begins with the first of its runs: the guard pattern, the same number of
/// digits before and after the middle pattern, and the guard pattern again.
fn is_ean(zone: &Run, after: &[Run]) -> bool {
    let Some(guard) = after.get(..3) else { return false };
    // Its reader asks for as much light beside it.
    if !are_even(guard) || zone.length < total(guard) {
        return false;
    }
    [6, 4].into_iter().any(|digits| {
        let middle = 3 + 4 * digits;
        let Some(whole) = after.get(..2 * middle + 5) else { return false };
        let (left, right) = (&whole[3..middle], &whole[middle + 5..2 * middle + 2]);
        let widths = left.chunks_exact(4).chain(right.chunks_exact(4)).map(total);
        let module = widths.clone().sum::<usize>() as f32 / (2 * digits * 7) as f32;
        let fits = |guard: &[Run]| {
            let off = (total(guard) as f32 / guard.len() as f32 - module).abs();
            are_even(guard) && off <= GUARD_SLACK.0 * module + GUARD_SLACK.1
        };
        fits(guard) && fits(&whole[middle..middle + 5]) && fits(&whole[2 * middle + 2..]) && are_alike(widths)
    })
}

/// Whether the line shows a start pattern of Code 128 in the first of its runs, and signs behind it.
fn is_code128(zone: &Run, after: &[Run]) -> bool {
    let Some(signs) = after.get(..6 * (1 + CODE128_SIGNS)) else { return false };
    let start = &signs[..6];
    2 * zone.length >= total(start)
        && CODE128_STARTS.iter().any(|widths| is_pattern(start.iter(), widths))
        && are_alike(signs.chunks_exact(6).map(total))
}

/// Where a row of PDF417 seems to begin or end in a line, in either direction, and how many samples wide that end is.
pub fn pdf417_ends(line: &[Run]) -> impl Iterator<Item = (usize, usize)> + '_ {
    const RUNS: usize = PDF417_START.len();
    (0..line.len().saturating_sub(RUNS - 1)).filter_map(move |at| {
        let end = &line[at..at + RUNS];
        // A start pattern begins with its widest bar. Seen the other way round, it ends with it; a stop pattern's eighth run
        // then comes first, and what is beside it lies on its other side.
        let shows = |pattern: &[f32; RUNS], after: bool| {
            let fits =
                if end[0].printed { is_pattern(end.iter(), pattern) } else { is_pattern(end.iter().rev(), pattern) };
            fits && has_signs(line, at, end[0].printed == after)
        };
        let is_end = shows(&PDF417_START, true) || shows(&PDF417_STOP, false);
        is_end.then(|| (end[0].start, total(end)))
    })
}

/// Whether signs of PDF417 lie after the eight runs that begin at `at`, or before them: a stop pattern, too, begins with a bar,
/// so signs end where it begins.
fn has_signs(line: &[Run], at: usize, after: bool) -> bool {
    const RUNS: usize = PDF417_START.len();
    let signs = match after {
        true => line.get(at + RUNS..at + RUNS * (1 + PDF417_SIGNS)),
        false => at.checked_sub(RUNS * PDF417_SIGNS).and_then(|from| line.get(from..at)),
    };
    signs.is_some_and(|signs| {
        let end = total(&line[at..at + RUNS]);
        are_alike(signs.chunks_exact(RUNS).map(total).chain([end]))
    })
}

fn total(runs: &[Run]) -> usize {
    runs.iter().map(|run| run.length).sum()
}

/// Whether widths of signs are as equal as those of one code.
fn are_alike(widths: impl Iterator<Item = usize> + Clone) -> bool {
    let (count, sum) = widths.clone().fold((0, 0), |(count, sum), width| (count + 1, sum + width));
    let mean = sum as f32 / count as f32;
    widths.into_iter().all(|width| (width as f32 - mean).abs() <= SIGN_SLACK.0 * mean + SIGN_SLACK.1)
}

/// Whether bars and gaps may be one module each.
fn are_even(runs: &[Run]) -> bool {
    is_pattern(runs.iter(), &[1.0; 5][..runs.len()])
}

/// Whether bars and gaps may have these widths, in modules.
fn is_pattern<'r>(runs: impl Iterator<Item = &'r Run> + Clone, modules: &[f32]) -> bool {
    let module = runs.clone().map(|run| run.length).sum::<usize>() as f32 / modules.iter().sum::<f32>();
    let fits = |(run, modules): (&Run, &f32)| {
        (run.length as f32 - modules * module).abs() <= 0.25 * modules * module + 0.6 * module + 0.5
    };
    runs.zip(modules).all(fits)
}

#[cfg(test)]
#[path = "guards_tests.rs"]
mod tests;
