//! Data Matrix codes by their frame: two solid sides that meet at a right angle, and opposite to them two whose modules are dark and
//! light in turn. The reader, which costs much, looks only where all four are to be seen.

mod edges;
mod frame;

use std::collections::HashMap;

use legible_reading::Point;
use rxing::common::BitMatrix;

use super::effort::{Effort, Part};
use super::found::Found;
use super::readers;
use crate::engine::ReadError;
use crate::limits::MAX_FRAMES;
pub use edges::{Edge, edges};
use frame::{Frame, Side};

/// Pixels to a side of the squares in which the ends of edges are looked up: no edge ends farther from its corner.
const CELL: f32 = 8.0;
/// Most ends of edges looked up in one of them.
const MOST_IN_A_CELL: usize = 8;
/// Pixels that a look at a corner counts for.
const CORNER_PIXELS: u64 = 200;

/// The codes of a picture, in its pixels. `steep` and `flat` are its edges; where dark and light were swapped since those were
/// found, `inverted` is true.
///
/// # Errors
/// Those of `effort`.
pub fn read(
    matrix: &BitMatrix,
    (steep, flat): &(Vec<Edge>, Vec<Edge>),
    inverted: bool,
    effort: &Effort,
) -> Result<Vec<Found>, ReadError> {
    let mut all: Vec<Found> = Vec::new();
    let corners = Corners::of(flat.iter().flat_map(|edge| Side::both(edge, inverted)));
    let mut attempts = 0;
    for side in steep.iter().flat_map(|edge| Side::both(edge, inverted)) {
        if !effort.look(Part::DataMatrix, CORNER_PIXELS)? {
            return Ok(all);
        }
        for other in corners.near(side.corner) {
            let Some(frame) = Frame::of(&side, other) else { continue };
            let centre = frame.at(0.5, 0.5);
            if all.iter().any(|found| found.covers(centre)) {
                continue;
            }
            if !effort.look(Part::DataMatrix, frame.least_looks())? {
                return Ok(all);
            }
            let Some(module) = frame.module(matrix) else { continue };
            if !effort.look(Part::DataMatrix, frame.most_looks())? {
                return Ok(all);
            }
            if !frame.has_modules_in_turn(matrix, module) {
                continue;
            }
            let Some(area) = frame.area(matrix) else { continue };
            attempts += 1;
            if attempts > MAX_FRAMES || !effort.attempt(Part::DataMatrix, area.pixels())? {
                return Ok(all);
            }
            for found in area.cut(matrix).iter().flat_map(readers::data_matrix) {
                let found = found.moved(area.left as f32, area.top as f32);
                if !all.contains(&found) {
                    all.push(found);
                }
            }
        }
    }
    Ok(all)
}

/// Sides by where their corner is.
struct Corners(HashMap<(i32, i32), Vec<Side>>);

impl Corners {
    fn of(sides: impl Iterator<Item = Side>) -> Corners {
        let mut cells: HashMap<(i32, i32), Vec<Side>> = HashMap::new();
        for side in sides {
            let cell = cells.entry(Corners::cell(side.corner)).or_default();
            if cell.len() < MOST_IN_A_CELL {
                cell.push(side);
            }
        }
        Corners(cells)
    }

    fn cell(p: Point) -> (i32, i32) {
        ((p.x / CELL) as i32, (p.y / CELL) as i32)
    }

    fn near(&self, p: Point) -> impl Iterator<Item = &Side> {
        let (x, y) = Corners::cell(p);
        (-1..=1).flat_map(move |dy| (-1..=1).map(move |dx| (x + dx, y + dy))).filter_map(|at| self.0.get(&at)).flatten()
    }
}
