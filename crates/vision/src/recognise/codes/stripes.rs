//! Regions of stripes: where brightness changes in one direction only, as across the bars of a linear or stacked code.
//!
//! For each block of pixels the structure tensor (the summed products of the gradient's components) tells the direction of
//! change and how much one direction prevails. Blocks of like directions that touch make a region.

use image::GrayImage;
use legible_reading::{Point, Quad};

use super::effort::{Effort, Part};
use super::found::Found;
use super::readers::{self, Polarity};
use super::stacked;
use super::view::{Place, View};
use crate::engine::ReadError;
use crate::limits::{MAX_CROP_PIXELS, MAX_STRIPED_REGIONS};

/// Pixels to a side of a block.
const BLOCK: usize = 16;
/// Least mean squared gradient of a block of stripes, in squared brightness steps per half a pixel: faint print.
const LEAST_CHANGE: f32 = 300.0;
/// How much one direction must prevail, 0 to 1. Rows of PDF417 have edges between them, so not much.
const LEAST_COHERENCE: f32 = 0.5;
/// Cosine of twice the angle by which a block may differ from its region: 15°.
const LIKE_DIRECTION: f32 = 0.866;
/// Fewest blocks of a region: the smallest readable EAN-8 is about 100 pixels wide.
const FEWEST_BLOCKS: usize = 5;
/// Least pixels across the stripes of a region, as blocks tell: those of an EAN-8 that is as small as can be, without a
/// block at each end.
const LEAST_LENGTH: f32 = 48.0;
/// Regions below this length or this area, in pixels, are enlarged for the reader of stacked codes.
const SMALL: (f32, f32) = (600.0, 360_000.0);

/// Width of a light zone to that of all bars: up to ten modules of at least some ninety.
const LIGHT_ZONE: f32 = 0.12;

/// A rectangle full of stripes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Region {
    pub centre: Point,
    /// Pixels across the stripes, light zones included.
    pub length: f32,
    /// Pixels along the stripes.
    pub height: f32,
    /// Direction across the stripes, in radians clockwise from "to the right", −π/2 to π/2.
    pub angle: f32,
}

impl Region {
    /// Pixels across the stripes without light zones, to about a block.
    fn bars(&self) -> f32 {
        (self.length - 2.0 * BLOCK as f32) / (1.0 + 2.0 * LIGHT_ZONE)
    }

    /// Pixels to a sample of a line across the stripes: bars of a pixel and a half are told apart when each pixel is three
    /// samples; a long region is fine enough as it is.
    pub fn scale(&self) -> f32 {
        (self.length / 1200.0).clamp(1.0 / 3.0, 1.0)
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Tensor {
    xx: f32,
    yy: f32,
    xy: f32,
}

impl Tensor {
    fn change(&self) -> f32 {
        self.xx + self.yy
    }

    /// The direction, with its angle doubled so that opposite ones are equal; as long as it prevails.
    fn doubled(&self) -> (f32, f32) {
        let change = self.change().max(f32::MIN_POSITIVE);
        ((self.xx - self.yy) / change, 2.0 * self.xy / change)
    }

    fn add(&mut self, other: &Tensor) {
        self.xx += other.xx;
        self.yy += other.yy;
        self.xy += other.xy;
    }
}

/// The regions of stripes in a picture, the most striking first.
pub fn regions(luma: &GrayImage) -> Vec<Region> {
    let (columns, blocks) = tensors(luma);
    let rows = blocks.len() / columns.max(1);
    let mut free: Vec<bool> = blocks.iter().map(is_striped).collect();
    let mut found: Vec<(f32, Region)> = Vec::new();
    for start in 0..blocks.len() {
        if !free[start] {
            continue;
        }
        let members = grow(start, columns, rows, &blocks, &mut free);
        if members.len() >= FEWEST_BLOCKS {
            let mut sum = Tensor::default();
            members.iter().for_each(|&at| sum.add(&blocks[at]));
            let region = region(&members, columns, &sum);
            if region.bars() >= LEAST_LENGTH {
                found.push((sum.change().sqrt() * members.len() as f32, region));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.truncate(MAX_STRIPED_REGIONS);
    found.into_iter().map(|(_, region)| region).collect()
}

/// The PDF417 codes in a region of `view`, in pixels of the image. Beside the region there may be rows of the code whose
/// stripes are less pronounced, so more than the region is looked at.
///
/// # Errors
/// Those of `effort`.
pub fn read_stacked(view: &View, region: &Region, effort: &Effort) -> Result<Vec<Found>, ReadError> {
    let reach = 2.0 * BLOCK as f32;
    // Twice as large helps modules of two pixels and costs little where the region is small.
    let is_small = region.length < SMALL.0 || region.length * region.height < SMALL.1;
    let scale = if is_small { 0.5 } else { 1.0 };
    let side = |length: f32| (length / scale).ceil() as u32;
    let size = (side(region.length + reach), side(region.height + 2.0 * reach));
    let pixels = u64::from(size.0) * u64::from(size.1);
    let mut all = Vec::new();
    // Once to turn it upright, and once for its thresholds.
    if pixels > MAX_CROP_PIXELS || !effort.look(Part::Stacked, 2 * pixels)? {
        return Ok(all);
    }
    let Some(part) = view.part(size, Place::around(region.centre, size, region.angle, scale)) else { return Ok(all) };
    let Some(mut matrix) = readers::printed(&part.luma, Polarity::DarkOnLight) else { return Ok(all) };
    let within = 1.5 * BLOCK as f32 / scale;
    let (width, height) = (size.0 as f32, size.1 as f32);
    let unseen = Quad::from_edges(within, within, width - within, height - within);
    for _ in Polarity::BOTH {
        let texts = stacked::read(&matrix, effort)?;
        all.extend(texts.into_iter().filter_map(|text| stacked::found(text, Some(unseen))));
        matrix.flip_self();
    }
    Ok(all.into_iter().map(|found| found.seen_from(&part)).collect())
}

fn is_striped(block: &Tensor) -> bool {
    let (x, y) = block.doubled();
    block.change() >= LEAST_CHANGE && x.hypot(y) >= LEAST_COHERENCE
}

/// The mean tensor of each whole block, row by row, and how many there are in a row.
fn tensors(luma: &GrayImage) -> (usize, Vec<Tensor>) {
    let (width, height) = (luma.width() as usize, luma.height() as usize);
    let (columns, rows) = (width / BLOCK, height / BLOCK);
    let raw = luma.as_raw();
    let mut blocks = vec![Tensor::default(); columns * rows];
    for y in 0..(rows * BLOCK).min(height.saturating_sub(1)) {
        let [here, below] = [y, y + 1].map(|y| &raw[y * width..][..width]);
        for column in 0..columns {
            let (mut xx, mut yy, mut xy) = (0, 0, 0);
            let (first, end) = (column * BLOCK, ((column + 1) * BLOCK + 1).min(width));
            for (upper, lower) in here[first..end].windows(2).zip(below[first..end].windows(2)) {
                // Differences over two by two pixels: wider ones would take the direction of thin bars wrongly.
                let [a, b, c, d] = [upper[0], upper[1], lower[0], lower[1]].map(i32::from);
                let (dx, dy) = (b - a + d - c, c - a + d - b);
                (xx, yy, xy) = (xx + dx * dx, yy + dy * dy, xy + dx * dy);
            }
            let mean = |sum: i32| sum as f32 / (BLOCK * BLOCK) as f32;
            blocks[y / BLOCK * columns + column].add(&Tensor { xx: mean(xx), yy: mean(yy), xy: mean(xy) });
        }
    }
    (columns, blocks)
}

/// Takes the blocks around `start` that touch and have its direction.
fn grow(start: usize, columns: usize, rows: usize, blocks: &[Tensor], free: &mut [bool]) -> Vec<usize> {
    let mut members = vec![start];
    let mut sum = blocks[start];
    free[start] = false;
    let mut next = 0;
    while let Some(&at) = members.get(next) {
        next += 1;
        let (column, row) = (at % columns, at / columns);
        for y in row.saturating_sub(1)..(row + 2).min(rows) {
            for x in column.saturating_sub(1)..(column + 2).min(columns) {
                let neighbour = y * columns + x;
                if free[neighbour] && alike(&sum, &blocks[neighbour]) {
                    free[neighbour] = false;
                    sum.add(&blocks[neighbour]);
                    members.push(neighbour);
                }
            }
        }
    }
    members
}

fn alike(a: &Tensor, b: &Tensor) -> bool {
    let (a, b) = (a.doubled(), b.doubled());
    a.0 * b.0 + a.1 * b.1 >= LIKE_DIRECTION * a.0.hypot(a.1) * b.0.hypot(b.1)
}

fn region(members: &[usize], columns: usize, sum: &Tensor) -> Region {
    let angle = 0.5 * (2.0 * sum.xy).atan2(sum.xx - sum.yy);
    let (sin, cos) = angle.sin_cos();
    let mut edges = [f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::NEG_INFINITY];
    for &at in members {
        let x = (at % columns * BLOCK + BLOCK / 2) as f32;
        let y = (at / columns * BLOCK + BLOCK / 2) as f32;
        let (across, along) = (x * cos + y * sin, y * cos - x * sin);
        edges = [edges[0].min(across), edges[1].max(across), edges[2].min(along), edges[3].max(along)];
    }
    let [first, last, top, bottom] = edges;
    let (across, along) = ((first + last) / 2.0, (top + bottom) / 2.0);
    let bars = last - first + BLOCK as f32;
    // A block that the first bar may have missed on either side.
    let length = bars + 2.0 * (BLOCK as f32 + LIGHT_ZONE * bars);
    let centre = Point { x: across * cos - along * sin, y: across * sin + along * cos };
    Region { centre, length, height: bottom - top + BLOCK as f32, angle }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    /// Bars six pixels wide, in a field of 200 × 80 pixels in the middle of 400 × 300, turned by some degrees.
    fn bars(degrees: f32) -> GrayImage {
        let (sin, cos) = degrees.to_radians().sin_cos();
        GrayImage::from_fn(400, 300, |x, y| {
            let printed = (0..16).filter(|part| {
                let (x, y) = (x as f32 + (part % 4) as f32 / 4.0 - 200.0, y as f32 + (part / 4) as f32 / 4.0 - 150.0);
                let (across, along) = (x * cos + y * sin, y * cos - x * sin);
                across.abs() < 100.0 && along.abs() < 40.0 && (across / 6.0).floor() as i32 % 2 == 0
            });
            Luma([230 - 13 * printed.count() as u8])
        })
    }

    #[test]
    fn bars_are_found_with_their_direction() {
        for degrees in [0.0, 10.0, 33.0, 45.0, 80.0, -20.0, -89.0] {
            let found = regions(&bars(degrees));
            let Region { centre, length, height, angle } = found[0];
            assert!((centre.x - 200.0).hypot(centre.y - 150.0) < 16.0, "{degrees}: {centre:?}");
            assert!((angle.to_degrees() - degrees).abs() < 4.5, "{degrees}: {}", angle.to_degrees());
            assert!(
                (200.0..330.0).contains(&length) && (60.0..130.0).contains(&height),
                "{degrees}: {length} {height}"
            );
        }
    }

    #[test]
    fn what_has_no_stripes_has_no_regions() {
        assert_eq!(regions(&GrayImage::new(0, 0)), []);
        assert_eq!(regions(&GrayImage::new(3, 2)), []);
        assert_eq!(regions(&GrayImage::from_fn(300, 300, |x, y| Luma([(x / 3 + y / 3) as u8]))), []);
        assert_eq!(regions(&GrayImage::from_fn(300, 300, |x, y| Luma([((x / 5 + y / 5) % 2 * 255) as u8]))), []);
    }
}
