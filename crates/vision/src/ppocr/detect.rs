//! Runs the detector over an image of any size and shape, and gives the quads of its lines.

use std::ops::Range;

use image::RgbImage;
use legible_reading::{Point, Quad};
use rten::{Model, RunOptions};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::boxes::boxes;
use super::hull::Rect;
use super::sample::{Cell, colour, normalised, samples_for};
use super::{inference, stop_if_cancelled};
use crate::engine::{ReadError, Watch};
use crate::limits::{MAX_CONTOURS, MAX_MAP_PIXELS};

/// The detector wants sides that are multiples of this.
const GRAIN: usize = 32;
/// Longest side of one detector run, in pixels.
const MAX_RUN_SIDE: f32 = 2000.0;
/// Small images are enlarged until their short side has this many pixels …
const MIN_SHORT_SIDE: f32 = 736.0;
/// … but strips (see [`MAX_UNTILED_ASPECT`]) not beyond this long side: RapidOCR would enlarge a flat one to 736 × 5760
/// for nothing.
const MAX_ENLARGED_STRIP: f32 = 1280.0;
/// Images wider than so many heights get black bars above and below, as the detector never saw such strips.
const MAX_FLATNESS: f32 = 8.0;
/// Images not taller than this get them too.
const MIN_HEIGHT: f32 = 30.0;
/// An image of more than so many short sides is a strip. A long one is detected in tiles; RapidOCR would shrink it beyond recognition.
const MAX_UNTILED_ASPECT: f32 = 2.0;
/// Least length of a tile, in image pixels.
const MIN_TILE: f32 = 960.0;
/// How far tiles reach over each end of their share of the map, in map pixels.
const OVERLAP: usize = 64;
/// Quads with a side of at most so many pixels are dropped.
const MIN_QUAD_SIDE: f32 = 3.0;

/// How an image is laid on the detector's map.
#[derive(Debug, PartialEq)]
struct Plan {
    /// Height of the black bars above and below, in image pixels.
    bar: f32,
    /// Size of the map: columns, rows.
    map: (usize, usize),
    /// Length of a tile's share along the longer side of the map, in map pixels.
    share: usize,
}

/// The quads of the lines of text in `image`, in no order, in image pixels.
pub fn detect(
    model: &Model,
    options: &dyn Fn() -> Option<RunOptions>,
    image: &RgbImage,
    watch: &dyn Watch,
) -> Result<Vec<Quad>, ReadError> {
    let plan = plan(image.width() as f32, image.height() as f32);
    let (columns, rows) = plan.map;
    let mut map = NdTensor::<f32, 2>::zeros([rows, columns]);
    let wide = columns >= rows;
    let length = columns.max(rows);
    let mut tiles = 0;
    for start in (0..length).step_by(plan.share) {
        stop_if_cancelled(watch)?;
        let share = start..(start + plan.share).min(length);
        let reach = start.saturating_sub(OVERLAP)..(share.end + OVERLAP).min(length);
        let (xs, ys) = if wide { (reach.clone(), 0..rows) } else { (0..columns, reach.clone()) };
        let input = tile(image, &plan, xs, ys);
        tiles += 1;
        if is_blank(&input) {
            continue;
        }
        let output = model.run_one(input.view().into(), options()).map_err(inference)?;
        let output: NdTensor<f32, 4> = output.try_into().map_err(|_| inference("the detector's answer has no map"))?;
        if output.shape() != [1, 1, input.size(2), input.size(3)] {
            return Err(inference("the detector's answer has another size than its input"));
        }
        let (from, to) = (share.start - reach.start, share.end - reach.start);
        if wide {
            map.slice_mut((.., share)).copy_from(&output.slice((0, 0, .., from..to)));
        } else {
            map.slice_mut((share, ..)).copy_from(&output.slice((0, 0, from..to, ..)));
        }
    }
    let rects = boxes(map.view(), MAX_CONTOURS * tiles);
    Ok(rects.iter().filter_map(|rect| quad(rect, &plan, image.width() as f32, image.height() as f32)).collect())
}

fn plan(width: f32, height: f32) -> Plan {
    let (short, long) = (width.min(height), width.max(height));
    let tiled = long > MAX_RUN_SIDE && long / short > MAX_UNTILED_ASPECT;
    let tile = if tiled { (2.0 * short).clamp(MIN_TILE, long) } else { long };
    // The part of the image that one run sees.
    let (seen_width, seen_height) = if width >= height { (tile, height) } else { (width, tile) };
    let flat = seen_height <= MIN_HEIGHT || seen_width / seen_height > MAX_FLATNESS;
    let bar = if flat { ((seen_width / MAX_FLATNESS).max(MIN_HEIGHT) * 2.0 - seen_height).abs() / 2.0 } else { 0.0 };
    let seen_height = seen_height + 2.0 * bar;
    let (short, long) = (seen_width.min(seen_height), seen_width.max(seen_height));
    let mut scale = (MAX_RUN_SIDE / long).min(1.0);
    if short * scale < MIN_SHORT_SIDE {
        let enlarged = MIN_SHORT_SIDE / short;
        let is_strip = long / short > MAX_UNTILED_ASPECT;
        scale = scale.max(if is_strip { enlarged.min(MAX_ENLARGED_STRIP / long) } else { enlarged });
    }
    let whole_height = height + 2.0 * bar;
    scale = scale.min((MAX_MAP_PIXELS / (width * whole_height)).sqrt());
    let side = |n: f32| ((n * scale / GRAIN as f32).round() as usize).max(1) * GRAIN;
    let map = (side(width), side(whole_height));
    let share = if tiled { side(tile).saturating_sub(2 * OVERLAP).max(4 * OVERLAP) } else { map.0.max(map.1) };
    Plan { bar, map, share }
}

/// The detector's input for part of the map: shape `[1, 3, rows, columns]`, blue, green, red from -1 to 1.
fn tile(image: &RgbImage, plan: &Plan, xs: Range<usize>, ys: Range<usize>) -> NdTensor<f32, 4> {
    let (width, height) = (image.width() as f32, image.height() as f32);
    let (dx, dy) = (width / plan.map.0 as f32, (height + 2.0 * plan.bar) / plan.map.1 as f32);
    let samples = samples_for(dx.max(dy));
    let mut input = NdTensor::<f32, 4>::full([1, 3, ys.len(), xs.len()], normalised(0.0));
    for (row, y) in ys.enumerate() {
        let image_y = (y as f32 + 0.5) * dy - plan.bar;
        if !(0.0..height).contains(&image_y) {
            continue;
        }
        for (column, x) in xs.clone().enumerate() {
            let centre = ((x as f32 + 0.5) * dx, image_y);
            let [r, g, b] = colour(image, &Cell { centre, step_x: (dx, 0.0), step_y: (0.0, dy), samples });
            for (channel, value) in [b, g, r].into_iter().enumerate() {
                input[[0, channel, row, column]] = normalised(value);
            }
        }
    }
    input
}

/// Whether every pixel is the same (or the bar's black): most of a long strip may be blank, and blanks are free.
fn is_blank(input: &NdTensor<f32, 4>) -> bool {
    let mut values = input.iter().filter(|value| **value != normalised(0.0));
    let first = values.next();
    values.all(|value| Some(value) == first)
}

/// A rectangle of the map as a quad of the image; `None` when too small.
fn quad(rect: &Rect, plan: &Plan, width: f32, height: f32) -> Option<Quad> {
    let (dx, dy) = (width / plan.map.0 as f32, (height + 2.0 * plan.bar) / plan.map.1 as f32);
    let points = rect.corners().map(|(x, y)| Point {
        x: (x as f32 * dx).round().clamp(0.0, width),
        y: (y as f32 * dy - plan.bar).round().clamp(0.0, height),
    });
    let quad = from_top_left(points);
    let [top_left, top_right, _, bottom_left] = quad.0;
    let length = |a: Point, b: Point| (a.x - b.x).hypot(a.y - b.y);
    let large = length(top_left, top_right) > MIN_QUAD_SIDE && length(top_left, bottom_left) > MIN_QUAD_SIDE;
    large.then_some(quad)
}

/// The same four corners in the order of [`Quad`]: the upper one of the two on the left comes first.
fn from_top_left(mut points: [Point; 4]) -> Quad {
    points.sort_by(|a, b| a.x.total_cmp(&b.x));
    let by_height = |a: Point, b: Point| if a.y <= b.y { (a, b) } else { (b, a) };
    let (top_left, bottom_left) = by_height(points[0], points[1]);
    let (top_right, bottom_right) = by_height(points[2], points[3]);
    Quad([top_left, top_right, bottom_right, bottom_left])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(width: f32, height: f32, map: (usize, usize), bar: f32, tiles: usize) {
        let plan = plan(width, height);
        let seen = (plan.map, plan.bar.round(), map.0.max(map.1).div_ceil(plan.share));
        assert_eq!(seen, (map, bar, tiles), "{width} x {height}: {plan:?}");
    }

    #[test]
    fn every_shape_has_a_map() {
        check(900.0, 560.0, (1184, 736), 0.0, 1);
        check(1000.0, 1000.0, (992, 992), 0.0, 1);
        check(2550.0, 3300.0, (1536, 2016), 0.0, 1);
        check(1896.0, 242.0, (1888, 256), 0.0, 1);
        check(400.0, 40.0, (1280, 320), 30.0, 1);
        check(1.0, 1.0, (32, 1280), 30.0, 1);
        check(1280.0, 6000.0, (992, 4672), 0.0, 3);
        check(20_000.0, 50.0, (26_656, 320), 95.0, 24);
        check(50.0, 20_000.0, (64, 26_656), 0.0, 24);
    }

    #[test]
    fn the_largest_image_stays_within_the_map_limit() {
        let plan = plan(65_535.0, 3_000.0);
        assert!((plan.map.0 * plan.map.1) as f32 <= MAX_MAP_PIXELS * 1.05, "{plan:?}");
    }

    #[test]
    fn corners_start_at_the_top_left() {
        let p = |x, y| Point { x, y };
        let expected = Quad([p(1.0, 2.0), p(9.0, 1.0), p(10.0, 5.0), p(2.0, 6.0)]);
        let [a, b, c, d] = expected.0;
        for points in [[a, b, c, d], [c, d, a, b], [d, c, b, a]] {
            assert_eq!(from_top_left(points), expected);
        }
    }
}
