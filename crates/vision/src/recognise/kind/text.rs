//! How what may be letters stands together: on straight lines of even height (print), on wavering ones (handwriting), in
//! few short lines with numbers at the right (receipts), or scattered (charts, scenes).

use super::ink::Shape;
use super::view::{Measured, View, mean_and_deviation, percentile, ratio};

/// Shapes beyond this many are not looked at: an image of noise has tens of thousands.
const MOST_SHAPES: usize = 6_000;

/// A line has at least this many shapes.
const LINE: usize = 4;

/// Notes everything of this room.
pub fn measure(view: &View<'_>, shapes: &[Shape], measured: &mut Measured) {
    let shapes = &shapes[..shapes.len().min(MOST_SHAPES)];
    let mut heights: Vec<f32> = shapes.iter().map(Shape::height).collect();
    let letter = percentile(&mut heights, 0.5).max(2.0);
    let next = right_neighbours(shapes, letter);
    pairs(shapes, &next, letter, measured);
    let lines = lines(shapes, &next);
    within_lines(shapes, &lines, letter, measured);
    arrangement(view, shapes, &lines, letter, measured);
}

/// For every shape the nearest one that goes on with it to the right, if one does. Nobody is the neighbour of two.
fn right_neighbours(shapes: &[Shape], letter: f32) -> Vec<Option<usize>> {
    let band = |y: f32| (y / (2.0 * letter)) as usize;
    let bands = shapes.iter().map(|shape| band(shape.bottom as f32)).max().map_or(0, |most| most + 1);
    let mut by_band: Vec<Vec<usize>> = vec![Vec::new(); bands];
    let mut order: Vec<usize> = (0..shapes.len()).collect();
    order.sort_unstable_by_key(|n| (shapes[*n].left, shapes[*n].top));
    for n in &order {
        let (first, last) = (band(shapes[*n].top as f32), band(shapes[*n].bottom as f32));
        by_band[first..=last].iter_mut().for_each(|band| band.push(*n));
    }
    let mut taken = vec![false; shapes.len()];
    let mut next = vec![None; shapes.len()];
    for &n in &order {
        let here = &shapes[n];
        let reach = here.right as f32 + 2.2 * letter.max(here.height().min(3.0 * letter));
        let mut best: Option<(u32, usize)> = None;
        for beside in &by_band[band(here.top as f32)..=band(here.bottom as f32)] {
            let from = beside.partition_point(|m| shapes[*m].left <= here.left);
            for &m in beside[from..].iter().take_while(|m| shapes[**m].left as f32 <= reach) {
                let there = &shapes[m];
                if !taken[m] && goes_on(here, there) && best.is_none_or(|best| (there.left, m) < best) {
                    best = Some((there.left, m));
                }
            }
        }
        if let Some((_, m)) = best {
            taken[m] = true;
            next[n] = Some(m);
        }
    }
    next
}

/// Whether two shapes stand side by side at about the same height.
fn goes_on(here: &Shape, there: &Shape) -> bool {
    let overlap = here.bottom.min(there.bottom) as f32 - here.top.max(there.top) as f32 + 1.0;
    let smaller = here.height().min(there.height());
    let larger = here.height().max(there.height());
    let middle = (here.left + here.right) / 2;
    overlap >= 0.5 * smaller && larger <= 3.5 * smaller && there.left >= middle
}

/// How neighbours differ in height, foot and distance.
fn pairs(shapes: &[Shape], next: &[Option<usize>], letter: f32, measured: &mut Measured) {
    let (mut feet, mut heads, mut gaps, mut pitches, mut sizes) = (vec![], vec![], vec![], vec![], vec![]);
    for (n, m) in next.iter().enumerate().filter_map(|(n, m)| m.map(|m| (n, m))) {
        let (a, b) = (&shapes[n], &shapes[m]);
        feet.push((a.bottom as f32 - b.bottom as f32).abs() / letter);
        heads.push((a.top as f32 - b.top as f32).abs() / letter);
        gaps.push((b.left as f32 - a.right as f32) / letter);
        pitches.push((b.left + b.right) as f32 / 2.0 - (a.left + a.right) as f32 / 2.0);
        sizes.push((a.height() / b.height()).ln().abs());
    }
    measured.share("with_neighbour", feet.len(), shapes.len());
    let level = feet.iter().filter(|foot| **foot * letter <= (0.13 * letter).max(1.0)).count();
    measured.share("level_feet", level, feet.len());
    let level = heads.iter().filter(|head| **head * letter <= (0.13 * letter).max(1.0)).count();
    measured.share("level_heads", level, heads.len());
    measured.note("feet_p75", percentile(&mut feet, 0.75));
    measured.note("heads_p75", percentile(&mut heads, 0.75));
    measured.note("gap", percentile(&mut gaps, 0.5));
    measured.note("gap_p90", percentile(&mut gaps, 0.9));
    let pitch = percentile(&mut pitches, 0.5);
    measured.note("pitch", pitch / letter);
    let same = pitches.iter().filter(|p| (*p / pitch.max(1.0) - 1.0).abs() < 0.12).count();
    measured.share("same_pitch", same, pitches.len());
    measured.note("neighbour_sizes", percentile(&mut sizes, 0.5));
}

/// A row of shapes that go on from one another.
struct Line {
    members: Vec<usize>,
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
}

impl Line {
    fn width(&self) -> f32 {
        self.right - self.left + 1.0
    }

    fn height(&self) -> f32 {
        self.bottom - self.top + 1.0
    }

    fn middle(&self) -> f32 {
        (self.top + self.bottom) / 2.0
    }
}

/// Chains of neighbours, from top to bottom.
fn lines(shapes: &[Shape], next: &[Option<usize>]) -> Vec<Line> {
    let mut has_left = vec![false; shapes.len()];
    for m in next.iter().flatten() {
        has_left[*m] = true;
    }
    let mut lines = Vec::new();
    for first in (0..shapes.len()).filter(|n| !has_left[*n]) {
        let members: Vec<usize> = std::iter::successors(Some(first), |n| next[*n]).collect();
        if members.len() < LINE {
            continue;
        }
        let extreme = |f: fn(f32, f32) -> f32, of: fn(&Shape) -> u32| {
            members.iter().map(|n| of(&shapes[*n]) as f32).reduce(f).unwrap_or(0.0)
        };
        let (left, right) = (extreme(f32::min, |s| s.left), extreme(f32::max, |s| s.right));
        let (top, bottom) = (extreme(f32::min, |s| s.top), extreme(f32::max, |s| s.bottom));
        lines.push(Line { members, left, right, top, bottom });
    }
    lines.sort_by(|a, b| (a.middle(), a.left).partial_cmp(&(b.middle(), b.left)).unwrap_or(std::cmp::Ordering::Equal));
    lines
}

/// How straight lines are and how even their letters.
fn within_lines(shapes: &[Shape], lines: &[Line], letter: f32, measured: &mut Measured) {
    let (mut bends, mut tilts, mut evenness, mut strokes) = (vec![], vec![], vec![], vec![]);
    for line in lines {
        let feet: Vec<(f32, f32)> = line
            .members
            .iter()
            .map(|n| &shapes[*n])
            .map(|s| ((s.left + s.right) as f32 / 2.0, s.bottom as f32))
            .collect();
        let (tilt, bend) = straightness(&feet);
        bends.push(bend / letter);
        tilts.push(tilt);
        let heights: Vec<f32> = line.members.iter().map(|n| shapes[*n].height()).collect();
        let (mean, deviation) = mean_and_deviation(&heights);
        evenness.push(deviation / mean.max(1.0));
        let thickness: Vec<f32> = line.members.iter().map(|n| shapes[*n].stroke()).collect();
        let (mean, deviation) = mean_and_deviation(&thickness);
        strokes.push(deviation / mean.max(0.5));
    }
    measured.note("line_bend", percentile(&mut bends, 0.5));
    measured.note("line_bend_p25", percentile(&mut bends, 0.25));
    let (_, waver) = mean_and_deviation(&tilts);
    measured.note("line_tilt", percentile(&mut tilts, 0.5).abs());
    measured.note("line_tilt_waver", waver);
    measured.note("line_height_variation", percentile(&mut evenness, 0.5));
    measured.note("line_stroke_variation", percentile(&mut strokes, 0.5));
}

/// Slope of the straight line through the points, and the median distance from it (in pixels).
fn straightness(points: &[(f32, f32)]) -> (f32, f32) {
    let n = points.len() as f32;
    let (mx, my) = (points.iter().map(|p| p.0).sum::<f32>() / n, points.iter().map(|p| p.1).sum::<f32>() / n);
    let along: f32 = points.iter().map(|(x, _)| (x - mx) * (x - mx)).sum();
    let both: f32 = points.iter().map(|(x, y)| (x - mx) * (y - my)).sum();
    let slope = if along > 0.0 { (both / along).clamp(-1.0, 1.0) } else { 0.0 };
    let mut away: Vec<f32> = points.iter().map(|(x, y)| (y - my - slope * (x - mx)).abs()).collect();
    (slope, percentile(&mut away, 0.5))
}

/// How lines stand on the page.
fn arrangement(view: &View<'_>, shapes: &[Shape], lines: &[Line], letter: f32, measured: &mut Measured) {
    let (width, height) = (view.width() as f32, view.height() as f32);
    let in_lines: usize = lines.iter().map(|line| line.members.len()).sum();
    measured.note("lines", (1.0 + lines.len() as f32).ln());
    measured.share("letters_in_lines", in_lines, shapes.len());
    let of = |f: &dyn Fn(&Line) -> f32| -> Vec<f32> { lines.iter().map(f).collect() };
    let left = percentile(&mut of(&|line| line.left), 0.02);
    let right = percentile(&mut of(&|line| line.right), 0.98);
    let (top, bottom) = (
        lines.iter().map(|line| line.top).fold(f32::MAX, f32::min).min(height),
        lines.iter().map(|line| line.bottom).fold(0.0, f32::max),
    );
    let block = (right - left).max(1.0);
    measured.note("text_width", block / width);
    measured.note("text_height", (bottom - top).max(0.0) / height);
    measured.note("text_aspect", ((bottom - top).max(1.0) / block).ln());
    measured.note("block_in_letters", (block / letter).ln());
    let mut counts = of(&|line| line.members.len() as f32);
    measured.note("letters_a_line", (1.0 + percentile(&mut counts, 0.5)).ln());
    measured.note("letters_of_longest", (1.0 + percentile(&mut counts, 0.95)).ln());
    let mut widths = of(&|line| line.width() / block);
    measured.share("full_lines", widths.iter().filter(|w| **w > 0.75).count(), lines.len());
    measured.share("short_lines", widths.iter().filter(|w| **w < 0.3).count(), lines.len());
    measured.note("line_width", percentile(&mut widths, 0.5));
    let spread = |values: &[f32]| mean_and_deviation(values).1 / block;
    measured.note("left_spread", spread(&of(&|line| line.left)));
    measured.note("right_spread", spread(&of(&|line| line.right)));
    measured.note("centre_spread", spread(&of(&|line| (line.left + line.right) / 2.0)));
    let flush = |at: f32, edge: &dyn Fn(&Line) -> f32| {
        lines.iter().filter(|line| (edge(line) - at).abs() < 1.2 * letter).count()
    };
    measured.share(
        "flush_left",
        lines.iter().map(|line| flush(line.left, &|l| l.left)).max().unwrap_or(0),
        lines.len(),
    );
    let far_right: Vec<&Line> = lines.iter().filter(|line| line.right > left + 0.7 * block).collect();
    let flush_right = far_right.iter().map(|line| flush(line.right, &|l| l.right)).max().unwrap_or(0);
    measured.share("flush_right", flush_right, lines.len());
    let centre = (left + right) / 2.0;
    let centred = |line: &&Line| {
        ((line.left + line.right) / 2.0 - centre).abs() < 0.06 * block && (0.2..0.9).contains(&(line.width() / block))
    };
    measured.share("centred_lines", lines.iter().filter(centred).count(), lines.len());
    rows(lines, letter, block, right, measured);
    let mut heights = of(&Line::height);
    let middle = percentile(&mut heights, 0.5).max(1.0);
    measured.note("line_sizes", (percentile(&mut heights, 0.9) - percentile(&mut heights, 0.1)) / middle);
    measured.note("text_ink_in_block", in_lines as f32 * letter * letter / (block * (bottom - top).max(1.0)));
}

/// Lines side by side are one row: how many rows have a gap, and how evenly rows follow one another.
fn rows(lines: &[Line], letter: f32, block: f32, right: f32, measured: &mut Measured) {
    let mut rows: Vec<(f32, Vec<&Line>)> = Vec::new();
    for line in lines {
        match rows.last_mut() {
            Some((middle, row)) if line.middle() - *middle < 0.8 * letter => row.push(line),
            _ => rows.push((line.middle(), vec![line])),
        }
    }
    let several = rows.iter().filter(|(_, row)| row.len() > 1).count();
    let ends_right = |(_, row): &&(f32, Vec<&Line>)| {
        row.len() > 1 && row.iter().any(|line| line.right > right - 0.15 * block && line.width() < 0.3 * block)
    };
    measured.share("rows_of_several", several, rows.len());
    measured.share("rows_ending_in_a_number", rows.iter().filter(ends_right).count(), rows.len());
    measured.note("rows", (1.0 + rows.len() as f32).ln());
    let mut distances: Vec<f32> = rows.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    let usual = percentile(&mut distances, 0.5).max(1.0);
    measured.note("row_distance", usual / letter);
    let same = distances.iter().filter(|d| (**d / usual - 1.0).abs() < 0.15).count();
    measured.note("even_rows", ratio(same, distances.len()));
}
