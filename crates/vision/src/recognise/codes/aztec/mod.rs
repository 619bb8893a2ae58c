//! Aztec codes by their bull's-eyes: rings around a dark module, which lines in every direction cross in equal steps.
//!
//! The reader wants a code that stands upright with nothing beside it. So the grid of modules is fitted to the rings
//! (`grid`), looked at module by module, and the reader gets a clean picture of each size that a code may have. Where the
//! grid runs out of true, as across the largest codes, the pixels themselves are turned upright and tried.

mod grid;

use image::GrayImage;
use legible_reading::Point;
use rxing::common::BitMatrix;

use super::effort::{Effort, Part};
use super::found::Found;
use super::readers::{self, Polarity};
use super::runs::{self, Run};
use super::view::{Place, View};
use crate::engine::ReadError;
use crate::limits::MAX_BULLS_EYES;
use grid::Grid;

/// Rings that are counted: light, dark, light, the dark centre, and the same again. The outermost dark ring may touch dark
/// modules of the code, so it is not.
const RUNS: usize = 7;
/// Modules to a ring's greatest width, about.
const RING_MODULES: f32 = 1.2;
/// Most bull's-eyes looked at in one layer and polarity.
const MOST_CANDIDATES: usize = 8;
/// Sides that a code may have, in modules: those of one to four layers around a small bull's-eye, then those around a
/// large one (ISO/IEC 24778, 7.1), the commonest first. Larger ones are left to the pixels.
const SIDES: [u32; 14] = [15, 19, 23, 27, 31, 37, 41, 45, 49, 53, 57, 61, 67, 71];
/// Half of what is cut out of the pixels, in modules: for codes of up to 45 modules, and for the largest, which has 151. The
/// reader looks for the light zone around a code, so it should see little else.
const HALVES: [f32; 2] = [28.0, 79.0];
/// Pixels to a module in what the reader then gets.
const MODULE_PIXELS: f32 = 4.0;
/// Directions in which rings are counted: along columns and rows, and both ways between.
const DIRECTIONS: [(f32, f32); 4] = [(0.0, 1.0), (1.0, 0.0), (0.707, 0.707), (0.707, -0.707)];
/// Pixels from a look along them to the next.
const STEP: f32 = 0.5;
/// How far from the middle the last ring ends at most, in widths of a ring in the direction in which it was seen first, and in pixels:
/// three and a half rings, each as much wider as `even` allows, in a direction in which all are 1.7 times as wide.
const REACH: (f32, f32) = (8.2, 6.0);
/// Pixels looked at to read one code: those of the two pictures that are turned upright, and of their thresholds.
const LOOKS: u64 = 1_000_000;

/// What may be the middle of an Aztec code.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    centre: Point,
    /// The width of a ring in the direction in which it is widest, in pixels: 1.08 to 1.41 modules, for the directions looked
    /// at are 45° apart.
    ring: f32,
    /// How unequal the rings are, 0 to 1.
    unevenness: f32,
}

/// What may be bull's-eyes, the likeliest first.
///
/// # Errors
/// Those of `effort`.
pub fn candidates(matrix: &BitMatrix, effort: &Effort) -> Result<Vec<Candidate>, ReadError> {
    let mut all: Vec<Candidate> = Vec::new();
    let mut row: Vec<Run> = Vec::new();
    // Every second row: the dark centre of modules two pixels wide is crossed once.
    for y in (0..matrix.getHeight()).step_by(2) {
        if all.len() >= MAX_BULLS_EYES || !effort.look(Part::Aztec, u64::from(matrix.getWidth()))? {
            break;
        }
        runs::of_row(matrix, y, &mut row);
        for window in row.windows(RUNS) {
            let middle = window[RUNS / 2];
            // What is not even at its ends needs no closer look.
            let (first, last) = (window[0].length, window[RUNS - 1].length);
            if !middle.printed || 2 * first > 5 * last + 6 || 2 * last > 5 * first + 6 {
                continue;
            }
            let widths = std::array::from_fn(|at| window[at].length as f32);
            let Some((ring, _)) = even(&widths) else { continue };
            let centre = Point { x: middle.start as f32 + middle.length as f32 / 2.0, y: y as f32 + 0.5 };
            if !all.iter().any(|other| near(other, centre)) {
                let reach = REACH.0 * ring + REACH.1;
                if !effort.look(Part::Aztec, (DIRECTIONS.len() as f32 * 2.0 * reach / STEP) as u64)? {
                    break;
                }
                all.extend(confirmed(matrix, centre, reach));
            }
        }
    }
    all.sort_by(|a, b| a.unevenness.total_cmp(&b.unevenness));
    all.truncate(MOST_CANDIDATES);
    Ok(all)
}

/// The Aztec code around a bull's-eye of `view`, in pixels of the image.
///
/// # Errors
/// Those of `effort`.
pub fn read(
    view: &View,
    candidate: &Candidate,
    polarity: Polarity,
    effort: &Effort,
) -> Result<Option<Found>, ReadError> {
    Ok(if effort.attempt(Part::Aztec, LOOKS)? { read_one(view, candidate, polarity) } else { None })
}

fn read_one(view: &View, candidate: &Candidate, polarity: Polarity) -> Option<Found> {
    let module = candidate.ring / RING_MODULES;
    let grid = Grid::fit(&view.luma, candidate.centre, module, polarity)?;
    let clean = SIDES.into_iter().find_map(|side| {
        let (matrix, place) = grid.picture(&view.luma, side, polarity)?;
        let found = readers::aztec(&matrix)?;
        Some(Found { quad: place.of_quad(&found.quad), ..found }.seen_from(view))
    });
    let reach = farthest_edge(&view.luma, candidate.centre);
    let scale = module / MODULE_PIXELS;
    clean.or_else(|| {
        HALVES.into_iter().find_map(|half| {
            let side = (2.0 * (half * module).min(reach) / scale).ceil() as u32;
            let part = view.part((side, side), Place::around(candidate.centre, (side, side), grid.angle(), scale))?;
            readers::aztec(&readers::printed(&part.luma, polarity)?).map(|found| found.seen_from(&part))
        })
    })
}

/// How far the code could reach: to the farthest edge of the picture, and over its corner.
fn farthest_edge(luma: &GrayImage, centre: Point) -> f32 {
    let (width, height) = (luma.width() as f32, luma.height() as f32);
    centre.x.max(width - centre.x).max(centre.y).max(height - centre.y)
}

fn near(candidate: &Candidate, centre: Point) -> bool {
    let reach = 3.0 * candidate.ring;
    (candidate.centre.x - centre.x).abs() < reach && (candidate.centre.y - centre.y).abs() < reach
}

/// The mean width of rings and how unequal they are, if they may be rings. The lone dark module in the middle is the first
/// to shrink when a picture is blurred.
fn even(widths: &[f32; RUNS]) -> Option<(f32, f32)> {
    let [a, b, c, middle, d, e, f] = *widths;
    let rings = [a, b, c, d, e, f];
    let mean = rings.iter().sum::<f32>() / rings.len() as f32;
    // A blurred edge moves by most of a pixel whatever the size of the modules.
    let most = rings.iter().map(|width| (width - mean).abs()).fold(0.0, f32::max);
    let fits = mean >= 1.5 && most <= 0.35 * mean + 0.8 && (0.25 * mean..=1.5 * mean + 0.8).contains(&middle);
    fits.then(|| (mean, most / mean))
}

/// A bull's-eye shows the same rings along its column, its row and both diagonals, whatever its rotation.
fn confirmed(matrix: &BitMatrix, seen: Point, reach: f32) -> Option<Candidate> {
    let (mut centre, mut ring, mut unevenness) = (seen, 0.0_f32, 0.0_f32);
    for (dx, dy) in DIRECTIONS {
        let (widths, shift) = rings(matrix, centre, (dx, dy), reach)?;
        let (mean, uneven) = even(&widths)?;
        // Along its own axes a square's rings are narrowest, along its diagonals they are 1.41 times as wide.
        if ring > 0.0 && (mean > 1.7 * ring || ring > 1.7 * mean) {
            return None;
        }
        // The row through the true centre is not the one in which it was seen first.
        if dx == 0.0 || dy == 0.0 {
            centre = Point { x: centre.x + shift * dx, y: centre.y + shift * dy };
        }
        (ring, unevenness) = (ring.max(mean), unevenness.max(uneven));
    }
    Some(Candidate { centre, ring, unevenness })
}

/// The widths of the rings on a line through a centre, in pixels, and how far along it their middle is.
fn rings(matrix: &BitMatrix, centre: Point, (dx, dy): (f32, f32), reach: f32) -> Option<([f32; RUNS], f32)> {
    let ahead = borders(matrix, centre, (dx, dy), reach)?;
    let behind = borders(matrix, centre, (-dx, -dy), reach)?;
    let [a, b, c, d] = ahead;
    let [e, f, g, h] = behind;
    Some(([h - g, g - f, f - e, e + a, b - a, c - b, d - c], (a - e) / 2.0))
}

/// How far it is from a dark point to the first four changes between dark and light.
fn borders(matrix: &BitMatrix, from: Point, (dx, dy): (f32, f32), reach: f32) -> Option<[f32; 4]> {
    let mut borders = [0.0; 4];
    let (mut found, mut printed) = (0, true);
    let inside = |x: f32, y: f32| x >= 0.0 && y >= 0.0 && x < matrix.width() as f32 && y < matrix.height() as f32;
    for step in 0..(reach / STEP) as usize {
        let far = step as f32 * STEP;
        let (x, y) = (from.x + far * dx, from.y + far * dy);
        if !inside(x, y) || (step == 0 && !matrix.get(x as u32, y as u32)) {
            return None;
        }
        if matrix.get(x as u32, y as u32) != printed {
            borders[found] = far - STEP / 2.0;
            found += 1;
            printed = !printed;
            if found == borders.len() {
                return Some(borders);
            }
        }
    }
    None
}
