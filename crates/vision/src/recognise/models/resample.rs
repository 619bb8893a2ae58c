//! Part of an image at another size, as Pillow's `BILINEAR` makes it (documented under "Filters" in Pillow's handbook): each
//! pixel is a mean of those that it covers, weighted by a triangle twice as wide as it.

use std::ops::Range;

use image::RgbImage;

/// Part of an image, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First column.
    pub left: u32,
    /// First row.
    pub top: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// The part `window` of the image as it is when the whole is resized to `size`: red, green and blue from 0 to 255 of each
/// pixel, row by row. An image without pixels is black.
pub fn resample(image: &RgbImage, size: (u32, u32), window: Window) -> Vec<f32> {
    let columns = image.width() as usize * 3;
    let mut result = vec![0.0; window.width as usize * window.height as usize * 3];
    if columns == 0 || image.height() == 0 {
        return result;
    }
    let across: Vec<Taps> = (0..window.width)
        .map(|x| Taps::of(window.left + x, f64::from(image.width()) / f64::from(size.0), image.width()))
        .collect();
    let used = 3 * across[0].pixels.start..3 * across[across.len() - 1].pixels.end;
    let mut row = vec![0.0f32; columns];
    for (y, line) in (0..window.height).zip(result.chunks_exact_mut(window.width as usize * 3)) {
        let down = Taps::of(window.top + y, f64::from(image.height()) / f64::from(size.1), image.height());
        row[used.clone()].fill(0.0);
        for (source, weight) in down.pixels.clone().zip(&down.weights) {
            let source = &image.as_raw()[source * columns..][..columns];
            for (sum, value) in row[used.clone()].iter_mut().zip(&source[used.clone()]) {
                *sum += f32::from(*value) * weight;
            }
        }
        for (pixel, taps) in line.chunks_exact_mut(3).zip(&across) {
            for (source, weight) in row[3 * taps.pixels.start..3 * taps.pixels.end].chunks_exact(3).zip(&taps.weights) {
                for (sum, value) in pixel.iter_mut().zip(source) {
                    *sum += value * weight;
                }
            }
        }
    }
    result
}

/// Which pixels of a row or column one new pixel is made of, and with which weights, which sum to 1.
struct Taps {
    pixels: Range<usize>,
    weights: Vec<f32>,
}

impl Taps {
    /// Of the new pixel `at`, `step` old pixels wide, out of `side` old ones.
    fn of(at: u32, step: f64, side: u32) -> Self {
        // A triangle is at least as wide as in plain interpolation, also when the image is enlarged.
        let reach = step.max(1.0);
        let centre = (f64::from(at) + 0.5) * step;
        let start = ((centre - reach + 0.5).max(0.0) as u32).min(side - 1);
        let end = ((centre + reach + 0.5) as u32).clamp(start + 1, side);
        let weight = |pixel: u32| (1.0 - ((f64::from(pixel) + 0.5 - centre) / reach).abs()).max(0.0);
        let weights: Vec<f64> = (start..end).map(weight).collect();
        let sum: f64 = weights.iter().sum();
        let weights = if sum > 0.0 {
            weights.into_iter().map(|weight| (weight / sum) as f32).collect()
        } else {
            vec![1.0 / (end - start) as f32; (end - start) as usize]
        };
        Taps { pixels: start as usize..end as usize, weights }
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    fn check(reds: &[u8], to: u32, expected: &[f32]) {
        let width = reds.len() as u32;
        let wide = RgbImage::from_fn(width, 1, |x, _| Rgb([reds[x as usize], 7, 0]));
        let high = RgbImage::from_fn(1, width, |_, y| Rgb([reds[y as usize], 7, 0]));
        let told = |image: &RgbImage, size: (u32, u32)| {
            let window = Window { left: 0, top: 0, width: size.0, height: size.1 };
            resample(image, size, window)
                .chunks_exact(3)
                .map(|pixel| (pixel[0] * 10.0).round() / 10.0)
                .collect::<Vec<_>>()
        };
        assert_eq!(told(&wide, (to, 1)), expected, "{reds:?} across");
        assert_eq!(told(&high, (1, to)), expected, "{reds:?} down");
    }

    /// The expected numbers are those of Pillow 13.0, rounded by it to whole ones where it makes them so.
    #[test]
    fn pixels_are_weighted_means() {
        check(&[10, 20, 30], 3, &[10.0, 20.0, 30.0]);
        check(&[0, 100], 4, &[0.0, 25.0, 75.0, 100.0]);
        check(&[0, 80, 160, 240], 2, &[57.1, 182.9]);
        check(&[50; 9], 4, &[50.0; 4]);
        check(&[200], 3, &[200.0; 3]);
    }

    #[test]
    fn a_window_is_cut_out_of_the_whole() {
        let image = RgbImage::from_fn(50, 40, |x, y| Rgb([(x * 5) as u8, (y * 6) as u8, (x ^ y) as u8]));
        let whole = resample(&image, (30, 60), Window { left: 0, top: 0, width: 30, height: 60 });
        let part = resample(&image, (30, 60), Window { left: 11, top: 21, width: 7, height: 9 });
        for (n, pixel) in part.chunks_exact(3).enumerate() {
            let (x, y) = (11 + n % 7, 21 + n / 7);
            assert_eq!(pixel, &whole[(y * 30 + x) * 3..][..3], "{x} {y}");
        }
    }

    #[test]
    fn an_image_without_pixels_is_black() {
        let window = Window { left: 0, top: 0, width: 2, height: 2 };
        assert_eq!(resample(&RgbImage::new(0, 5), (2, 2), window), [0.0; 12]);
    }
}
