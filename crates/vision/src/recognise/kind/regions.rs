//! Areas of one colour: bars and backgrounds of charts, panels and title bars of screens.

use super::view::{Measured, View, difference, ratio};

/// Longer side of the copy on which areas are followed, in pixels.
const SIDE: usize = 160;

/// Neighbours that differ by no more belong to one area.
const ALIKE: u8 = 5;

/// Notes everything of this room.
pub fn measure(view: &View<'_>, measured: &mut Measured) {
    let grid = Grid::of(view);
    areas(&grid, measured);
    stripes(&grid, measured);
}

/// Single pixels of the reduced image, not means: what is flat stays flat.
struct Grid {
    width: usize,
    height: usize,
    colours: Vec<[u8; 3]>,
}

impl Grid {
    fn of(view: &View<'_>) -> Self {
        let longest = view.width().max(view.height());
        let side = |n: usize| if longest > SIDE { (n * SIDE / longest).max(1) } else { n };
        let (width, height) = (side(view.width()), side(view.height()));
        let from = |at: usize, of: usize, whole: usize| ((2 * at + 1) * whole / (2 * of)) as u32;
        let colours = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .map(|(x, y)| view.small.get_pixel(from(x, width, view.width()), from(y, height, view.height())).0)
            .collect();
        Grid { width, height, colours }
    }
}

/// An area of one colour.
struct Area {
    size: usize,
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
    colour: [u8; 3],
}

impl Area {
    /// Share of its box that it fills.
    fn fill(&self) -> f32 {
        ratio(self.size, (self.right - self.left + 1) * (self.bottom - self.top + 1))
    }

    fn is_coloured(&self) -> bool {
        let [r, g, b] = self.colour;
        r.max(g).max(b) - r.min(g).min(b) > 40
    }
}

fn areas(grid: &Grid, measured: &mut Measured) {
    let mut areas = followed(grid);
    areas.sort_by_key(|area| std::cmp::Reverse(area.size));
    let all = grid.colours.len();
    let size = |n: usize| areas.get(n).map_or(0.0, |area| ratio(area.size, all));
    measured.note("first_area", size(0));
    measured.note("second_area", size(1));
    measured.note("third_area", size(2));
    let first_fill = areas.first().map_or(0.0, Area::fill);
    measured.note("first_area_fill", first_fill);
    let visible: Vec<&Area> = areas.iter().skip(1).filter(|area| area.size * 400 >= all).collect();
    measured.note("areas", (1.0 + visible.len() as f32).ln());
    let sum = |areas: &mut dyn Iterator<Item = &&Area>| ratio(areas.map(|area| area.size).sum(), all);
    measured.note("in_areas", sum(&mut visible.iter()));
    let is_box = |area: &&&Area| area.fill() > 0.85;
    measured.note("in_boxes", sum(&mut visible.iter().filter(is_box)));
    measured.note("in_coloured_areas", sum(&mut visible.iter().filter(|area| area.is_coloured())));
    measured.note("in_coloured_boxes", sum(&mut visible.iter().filter(|area| area.is_coloured()).filter(is_box)));
    let coloured = areas.iter().skip(1).filter(|area| area.size >= 12 && area.is_coloured());
    measured.note("coloured_areas", (1.0 + coloured.count() as f32).ln());
    let mut tones: Vec<[u8; 3]> = visible.iter().map(|area| area.colour.map(|channel| channel >> 4)).collect();
    tones.sort_unstable();
    tones.dedup();
    measured.note("tones_of_areas", tones.len() as f32);
    let dust: usize = areas.iter().filter(|area| area.size <= 2).map(|area| area.size).sum();
    measured.share("in_dust", dust, all);
}

/// The areas, by filling from each pixel that has none yet.
fn followed(grid: &Grid) -> Vec<Area> {
    let mut seen = vec![false; grid.colours.len()];
    let mut areas = Vec::new();
    let mut open = Vec::new();
    for start in 0..grid.colours.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        open.push(start);
        let (x, y) = (start % grid.width, start / grid.width);
        let mut area = Area { size: 0, left: x, top: y, right: x, bottom: y, colour: grid.colours[start] };
        while let Some(at) = open.pop() {
            let (x, y) = (at % grid.width, at / grid.width);
            area.size += 1;
            (area.left, area.right) = (area.left.min(x), area.right.max(x));
            (area.top, area.bottom) = (area.top.min(y), area.bottom.max(y));
            let mut visit = |to: usize| {
                if !seen[to] && difference(grid.colours[at], grid.colours[to]) <= ALIKE {
                    seen[to] = true;
                    open.push(to);
                }
            };
            if x > 0 {
                visit(at - 1);
            }
            if x + 1 < grid.width {
                visit(at + 1);
            }
            if y > 0 {
                visit(at - grid.width);
            }
            if y + 1 < grid.height {
                visit(at + grid.width);
            }
        }
        areas.push(area);
    }
    areas
}

/// Rows and columns that are all of one colour, and how many colours such rows have.
fn stripes(grid: &Grid, measured: &mut Measured) {
    let at = |x: usize, y: usize| grid.colours[y * grid.width + x];
    let rows: Vec<Option<[u8; 3]>> =
        (0..grid.height).map(|y| plain((0..grid.width).map(|x| at(x, y)), grid.width)).collect();
    let columns: Vec<Option<[u8; 3]>> =
        (0..grid.width).map(|x| plain((0..grid.height).map(|y| at(x, y)), grid.height)).collect();
    measured.share("plain_rows", rows.iter().flatten().count(), rows.len());
    measured.share("plain_columns", columns.iter().flatten().count(), columns.len());
    let tones = |stripes: &[Option<[u8; 3]>]| {
        let mut tones: Vec<[u8; 3]> = stripes.iter().flatten().map(|colour| colour.map(|c| c >> 3)).collect();
        tones.dedup();
        let changes = tones.len();
        tones.sort_unstable();
        tones.dedup();
        (tones.len() as f32, changes as f32)
    };
    let (kinds, changes) = tones(&rows);
    measured.note("tones_of_rows", kinds);
    measured.note("changes_of_rows", changes.min(40.0));
    measured.note("tones_of_columns", tones(&columns).0);
}

/// The colour that nine tenths of the pixels have.
fn plain(pixels: impl Iterator<Item = [u8; 3]> + Clone, count: usize) -> Option<[u8; 3]> {
    let candidates = [count / 10, count / 2, count * 9 / 10].map(|n| pixels.clone().nth(n));
    candidates.into_iter().flatten().find(|candidate| {
        pixels.clone().filter(|colour| difference(*colour, *candidate) <= ALIKE).count() * 10 >= count * 9
    })
}
