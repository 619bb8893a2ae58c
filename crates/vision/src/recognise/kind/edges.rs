//! Where brightness changes, how strongly and in which direction, and which changes are long straight lines.

use super::view::{Measured, View, mean_and_deviation, ratio};

/// A change of brightness over three pixels that counts as an edge.
const EDGE: i32 = 24;

/// Classes of direction between 0 and 180 degrees; the first is centred on changes across (vertical strokes).
const DIRECTIONS: usize = 12;

/// The image is looked at in this many cells each way.
const CELLS: usize = 8;

/// Notes everything of this room.
pub fn measure(view: &View<'_>, measured: &mut Measured) {
    let slopes = Slopes::of(view);
    directions(&slopes, measured);
    cells(&slopes, measured);
    straight_lines(&slopes, measured);
    scales(view, measured);
}

/// The change of brightness to the right and down at every pixel, 0 on the border.
struct Slopes {
    width: usize,
    height: usize,
    across: Vec<i16>,
    down: Vec<i16>,
}

impl Slopes {
    fn of(view: &View<'_>) -> Self {
        let (width, height) = (view.width(), view.height());
        let (mut across, mut down) = (vec![0; width * height], vec![0; width * height]);
        for y in 1..height.max(1) - 1 {
            for x in 1..width.max(1) - 1 {
                let at = y * width + x;
                let luma = |index: usize| i16::from(view.luma[index]);
                across[at] = luma(at + 1) - luma(at - 1);
                down[at] = luma(at + width) - luma(at - width);
            }
        }
        Slopes { width, height, across, down }
    }

    #[inline]
    fn strength(&self, at: usize) -> i32 {
        i32::from(self.across[at]).abs() + i32::from(self.down[at]).abs()
    }
}

fn directions(slopes: &Slopes, measured: &mut Measured) {
    let mut histogram = [0f32; DIRECTIONS];
    let (mut weak, mut edges, mut strong) = (0, 0, 0);
    for at in 0..slopes.across.len() {
        let strength = slopes.strength(at);
        weak += usize::from((6..EDGE).contains(&strength));
        if strength < EDGE {
            continue;
        }
        edges += 1;
        strong += usize::from(strength > 100);
        histogram[direction(slopes.across[at], slopes.down[at])] += strength.min(200) as f32;
    }
    let all = slopes.across.len();
    measured.share("weak_slopes", weak, all);
    measured.share("edges", edges, all);
    measured.share("strong_of_edges", strong, edges);
    let sum: f32 = histogram.iter().sum::<f32>().max(1.0);
    let share = |class: usize| histogram[class % DIRECTIONS] / sum;
    measured.note("upright_edges", share(0));
    measured.note("level_edges", share(DIRECTIONS / 2));
    measured.note("nearly_upright_edges", share(1) + share(DIRECTIONS - 1));
    measured.note("nearly_level_edges", share(DIRECTIONS / 2 - 1) + share(DIRECTIONS / 2 + 1));
    measured.note("diagonal_edges", (2..=4).chain(8..=10).map(share).sum());
    let lean = (1..DIRECTIONS / 2).map(share).sum::<f32>() - (DIRECTIONS / 2 + 1..DIRECTIONS).map(share).sum::<f32>();
    measured.note("edge_lean", lean.abs());
    let entropy: f32 = (0..DIRECTIONS).map(share).filter(|p| *p > 0.0).map(|p| -p * p.log2()).sum();
    measured.note("direction_entropy", entropy);
}

/// The class of the direction of a change.
fn direction(across: i16, down: i16) -> usize {
    // Tangents of the angles between classes, in thousandths: 7.5, 22.5, 37.5, 52.5, 67.5 and 82.5 degrees.
    const BORDERS: [i32; 6] = [132, 414, 767, 1303, 2414, 7596];
    let (x, y) = (i32::from(across).abs(), i32::from(down).abs());
    let steep = BORDERS.iter().filter(|border| 1000 * y > x * **border).count();
    if steep == 0 || steep == DIRECTIONS / 2 || (across >= 0) == (down >= 0) { steep } else { DIRECTIONS - steep }
}

/// How edges spread over the image: evenly over a page of text, nowhere in the margins.
fn cells(slopes: &Slopes, measured: &mut Measured) {
    let mut counts = [[0usize; CELLS]; CELLS];
    let mut areas = [[0usize; CELLS]; CELLS];
    for y in 0..slopes.height {
        let row = y * CELLS / slopes.height;
        for x in 0..slopes.width {
            let column = x * CELLS / slopes.width;
            areas[row][column] += 1;
            counts[row][column] += usize::from(slopes.strength(y * slopes.width + x) >= EDGE);
        }
    }
    let density = |row: usize, column: usize| ratio(counts[row][column], areas[row][column]);
    let every: Vec<f32> = (0..CELLS * CELLS).map(|n| density(n / CELLS, n % CELLS)).collect();
    let (mean, deviation) = mean_and_deviation(&every);
    measured.note("cell_variation", deviation / mean.max(1e-4));
    measured.share("empty_cells", every.iter().filter(|density| **density < 0.004).count(), every.len());
    measured.share("full_cells", every.iter().filter(|density| **density > 0.15).count(), every.len());
    let outer = |n: &usize| [n / CELLS, n % CELLS].iter().any(|at| *at == 0 || *at == CELLS - 1);
    let around: Vec<f32> = (0..CELLS * CELLS).filter(outer).map(|n| every[n]).collect();
    measured.note("outer_cells", mean_and_deviation(&around).0 / mean.max(1e-4));
    let columns: Vec<f32> = (0..CELLS).map(|x| (0..CELLS).map(|y| density(y, x)).sum::<f32>()).collect();
    let rows: Vec<f32> = (0..CELLS).map(|y| (0..CELLS).map(|x| density(y, x)).sum::<f32>()).collect();
    let whole = columns.iter().sum::<f32>().max(1e-4);
    measured.note("left_quarter", (columns[0] + columns[1]) / whole);
    measured.note("right_quarter", (columns[6] + columns[7]) / whole);
    measured.note("top_quarter", (rows[0] + rows[1]) / whole);
    measured.note("bottom_quarter", (rows[6] + rows[7]) / whole);
}

/// Lines along the axes: rules of tables, boxes of windows, axes of charts.
fn straight_lines(slopes: &Slopes, measured: &mut Measured) {
    let level = runs(slopes.height, slopes.width, |y, x| {
        let at = y * slopes.width + x;
        is_straight(slopes.down[at], slopes.across[at])
    });
    let upright = runs(slopes.width, slopes.height, |x, y| {
        let at = y * slopes.width + x;
        is_straight(slopes.across[at], slopes.down[at])
    });
    let names = ["level_runs", "long_level_lines", "level_lines", "level_line_places"];
    level.tell(names, slopes.height, slopes.width, measured);
    let names = ["upright_runs", "long_upright_lines", "upright_lines", "upright_line_places"];
    upright.tell(names, slopes.width, slopes.height, measured);
}

#[inline]
fn is_straight(over: i16, along: i16) -> bool {
    i32::from(over).abs() >= 10 && i32::from(over).abs() >= 5 * i32::from(along).abs()
}

/// The straight runs of edge pixels in one direction.
#[derive(Default)]
struct Runs {
    /// Pixels in runs of at least a twelfth of the side.
    pixels: usize,
    /// Runs of at least two fifths of the side.
    long: usize,
    /// Runs of at least a tenth of the side.
    medium: usize,
    /// Rows (or columns) that have one of the latter.
    places: usize,
}

fn runs(rows: usize, length: usize, is_edge: impl Fn(usize, usize) -> bool) -> Runs {
    let mut found = Runs::default();
    for row in 0..rows {
        let (mut run, mut has_medium) = (0, false);
        for at in 0..=length {
            if at < length && is_edge(row, at) {
                run += 1;
                continue;
            }
            if run >= 8 {
                found.pixels += if run * 12 >= length { run } else { 0 };
                found.medium += usize::from(run * 10 >= length);
                found.long += usize::from(run * 5 >= length * 2);
                has_medium |= run * 10 >= length;
            }
            run = 0;
        }
        found.places += usize::from(has_medium);
    }
    found
}

impl Runs {
    fn tell(&self, names: [&'static str; 4], rows: usize, length: usize, measured: &mut Measured) {
        measured.share(names[0], self.pixels, rows * length);
        measured.note(names[1], (1.0 + self.long as f32).ln());
        measured.note(names[2], (1.0 + self.medium as f32).ln());
        measured.share(names[3], self.places, rows);
    }
}

/// Differences over 1, 4 and 16 pixels: in scenes they grow with the distance, in text they do not.
fn scales(view: &View<'_>, measured: &mut Measured) {
    let (width, height) = (view.width(), view.height());
    let mean_over = |distance: usize| {
        let (mut sum, mut n) = (0u64, 0u64);
        for y in (0..height).step_by(2) {
            let row = &view.luma[y * width..][..width];
            for x in (distance..width).step_by(2) {
                sum += u64::from(row[x].abs_diff(row[x - distance]));
                n += 1;
            }
        }
        sum as f32 / n.max(1) as f32
    };
    let [near, middle, far] = [1, 4, 16].map(mean_over);
    measured.note("difference_4_to_1", middle / near.max(0.05));
    measured.note("difference_16_to_4", far / middle.max(0.05));
    measured.note("difference_16", far / 255.0);
}
