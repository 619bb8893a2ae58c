//! Cuts a line of text out of the image, straightened, as the recogniser wants it.

use image::RgbImage;
use legible_reading::{Point, Quad};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView};

use super::sample::{Cell, colour, normalised, samples_for};

/// Height of a line image in pixels.
pub const LINE_HEIGHT: usize = 48;
/// The recogniser answers one step for so many columns.
pub const COLUMNS_PER_STEP: usize = 8;
/// Short lines are filled up to this width, as the recogniser saw them in training: it takes `Off` alone for `off`.
pub const MIN_COLUMNS: usize = 320;

/// Lengths of the longer horizontal and vertical side of a quad, in pixels.
pub fn size(quad: &Quad) -> (f32, f32) {
    let length = |a: Point, b: Point| (a.x - b.x).hypot(a.y - b.y);
    let [top_left, top_right, bottom_right, bottom_left] = quad.0;
    let width = length(top_left, top_right).max(length(bottom_left, bottom_right));
    let height = length(top_left, bottom_left).max(length(top_right, bottom_right));
    (width.max(1.0), height.max(1.0))
}

/// Columns that the content of `quad` takes at a height of [`LINE_HEIGHT`].
pub fn columns(quad: &Quad) -> usize {
    let (width, height) = size(quad);
    ((LINE_HEIGHT as f32 * width / height).ceil() as usize).max(1)
}

/// The line image of `quad`: shape `[1, 3, 48, width]`, blue, green, red from -1 to 1. `width` is [`columns`] rounded
/// up to whole steps; the rest is filled with 0 (grey), which the recogniser was trained to ignore.
pub fn line_image(image: &RgbImage, quad: &Quad) -> NdTensor<f32, 4> {
    let content = columns(quad);
    let width = content.next_multiple_of(COLUMNS_PER_STEP).max(MIN_COLUMNS);
    let mut line = NdTensor::<f32, 4>::zeros([1, 3, LINE_HEIGHT, width]);
    fill(&mut line, image, quad, content);
    line
}

/// Draws `quad` into the first `content` columns of a line image.
pub fn fill(line: &mut NdTensor<f32, 4>, image: &RgbImage, quad: &Quad, content: usize) {
    let [top_left, top_right, bottom_right, bottom_left] = quad.0;
    let (_, height) = size(quad);
    let samples = samples_for(height / LINE_HEIGHT as f32);
    let between = |a: Point, b: Point, t: f32| (a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t);
    let step = |a: Point, b: Point, n: usize| ((b.x - a.x) / n as f32, (b.y - a.y) / n as f32);
    let (step_x, step_y) = (step(top_left, top_right, content), step(top_left, bottom_left, LINE_HEIGHT));
    for x in 0..content {
        let along = (x as f32 + 0.5) / content as f32;
        let (upper, lower) = (between(top_left, top_right, along), between(bottom_left, bottom_right, along));
        for y in 0..LINE_HEIGHT {
            let down = (y as f32 + 0.5) / LINE_HEIGHT as f32;
            let centre = (upper.0 + (lower.0 - upper.0) * down, upper.1 + (lower.1 - upper.1) * down);
            let [r, g, b] = colour(image, &Cell { centre, step_x, step_y, samples });
            for (channel, value) in [b, g, r].into_iter().enumerate() {
                line[[0, channel, y, x]] = normalised(value);
            }
        }
    }
}

/// Fractions (0 to 1) at which a line too long for one run is cut: in the widest blank near each whole multiple of
/// `max_columns`. Includes 0 and 1.
pub fn cuts(image: &RgbImage, quad: &Quad, max_columns: usize) -> Vec<f32> {
    let content = columns(quad);
    let pieces = content.div_ceil(max_columns);
    let mut cuts = vec![0.0];
    if pieces > 1 {
        let line = line_image(image, quad);
        let window = max_columns / 8;
        for piece in 1..pieces {
            let target = content * piece / pieces;
            let cut = blank_near(line.view(), target, window.min(target), content);
            cuts.push(cut as f32 / content as f32);
        }
    }
    cuts.push(1.0);
    cuts
}

/// The middle of the longest run of quiet columns within `window` of `target`.
fn blank_near(line: NdTensorView<f32, 4>, target: usize, window: usize, content: usize) -> usize {
    let range = target - window..(target + window).min(content);
    let contrast = |x: usize| {
        let column = (0..LINE_HEIGHT).map(|y| line[[0, 1, y, x]]);
        let (low, high) = column.fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        high - low
    };
    let contrasts: Vec<f32> = range.clone().map(contrast).collect();
    let least = contrasts.iter().copied().fold(f32::INFINITY, f32::min);
    let quiet = least + 0.1;
    let (mut best, mut run) = ((0, target), 0);
    for (i, &contrast) in contrasts.iter().enumerate() {
        run = if contrast <= quiet { run + 1 } else { 0 };
        if run > best.0 {
            best = (run, range.start + i - run / 2);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn a_level_line_keeps_its_colours_and_place() {
        let mut image = RgbImage::from_pixel(200, 100, Rgb([255, 255, 255]));
        for y in 20..68 {
            for x in 10..58 {
                image.put_pixel(x, y, Rgb([255, 0, 0]));
            }
        }
        let line = line_image(&image, &Quad::from_edges(10.0, 20.0, 106.0, 68.0));
        assert_eq!(line.shape(), [1, 3, 48, 320]);
        let pixel = |x: usize| [line[[0, 0, 24, x]], line[[0, 1, 24, x]], line[[0, 2, 24, x]]];
        assert_eq!((pixel(20), pixel(70)), ([-1.0, -1.0, 1.0], [1.0, 1.0, 1.0]));
    }

    #[test]
    fn a_short_line_is_filled_with_grey() {
        let image = RgbImage::from_pixel(20, 48, Rgb([255, 255, 255]));
        let line = line_image(&image, &Quad::from_edges(0.0, 0.0, 20.0, 48.0));
        assert_eq!((line.shape(), line[[0, 0, 10, 19]], line[[0, 0, 10, 20]]), ([1, 3, 48, 320], 1.0, 0.0));
    }

    #[test]
    fn a_long_line_is_cut_in_a_blank() {
        let mut image = RgbImage::from_pixel(4000, 48, Rgb([255, 255, 255]));
        for x in (0..4000).filter(|x| !(1900..1960).contains(x)) {
            image.put_pixel(x, 10 + x % 30, Rgb([0, 0, 0]));
        }
        let found = cuts(&image, &Quad::from_edges(0.0, 0.0, 4000.0, 48.0), 3200);
        assert!(found.len() == 3 && (found[1] * 4000.0 - 1930.0).abs() < 8.0, "{found:?}");
    }
}
