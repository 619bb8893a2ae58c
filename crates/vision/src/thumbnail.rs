//! Small copies of an image for the window: thumbnails for the grid, previews for formats the web view cannot show.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder, RgbImage, imageops};

use crate::limits::MAX_PREVIEW_SIDE;

const JPEG_QUALITY: u8 = 80;

/// A JPEG of `image`, at most `max_side` pixels on its longer side; never enlarged.
pub fn thumbnail(image: &RgbImage, max_side: u32) -> Vec<u8> {
    let small = shrunk(image, max_side);
    let mut bytes = Vec::new();
    let (width, height) = small.dimensions();
    JpegEncoder::new_with_quality(Cursor::new(&mut bytes), JPEG_QUALITY)
        .write_image(&small, width, height, ExtendedColorType::Rgb8)
        .expect("an RGB image within MAX_PREVIEW_SIDE encodes into memory");
    bytes
}

/// A PNG of `image`, at most `max_side` pixels on its longer side; never enlarged.
pub fn preview(image: &RgbImage, max_side: u32) -> Vec<u8> {
    let small = shrunk(image, max_side);
    let mut bytes = Vec::new();
    let (width, height) = small.dimensions();
    PngEncoder::new(Cursor::new(&mut bytes))
        .write_image(&small, width, height, ExtendedColorType::Rgb8)
        .expect("an RGB image within MAX_PREVIEW_SIDE encodes into memory");
    bytes
}

/// `image` with its longer side at `max_side` (or as it is, when smaller), each side at least one pixel.
fn shrunk(image: &RgbImage, max_side: u32) -> RgbImage {
    let max_side = max_side.clamp(1, MAX_PREVIEW_SIDE);
    let (width, height) = image.dimensions();
    if width.max(height) == 0 {
        return RgbImage::new(1, 1);
    }
    if width.max(height) <= max_side {
        return image.clone();
    }
    let scale = f64::from(max_side) / f64::from(width.max(height));
    let side = |n: u32| ((f64::from(n) * scale).round() as u32).clamp(1, max_side);
    imageops::thumbnail(image, side(width), side(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(width: u32, height: u32, max_side: u32, expected: (u32, u32)) {
        let image = RgbImage::from_pixel(width, height, image::Rgb([200, 30, 30]));
        for bytes in [thumbnail(&image, max_side), preview(&image, max_side)] {
            let seen = image::load_from_memory(&bytes).unwrap().into_rgb8();
            assert_eq!(seen.dimensions(), expected, "{width}x{height} into {max_side}");
            let middle = seen.get_pixel(expected.0 / 2, expected.1 / 2).0;
            assert!(middle.iter().zip([200, 30, 30]).all(|(a, b)| a.abs_diff(b) < 8), "{middle:?}");
        }
    }

    #[test]
    fn the_longer_side_shrinks_and_nothing_grows() {
        check(1000, 500, 100, (100, 50));
        check(500, 1000, 100, (50, 100));
        check(40, 30, 100, (40, 30));
        check(5000, 2, 100, (100, 1));
        check(1, 1, 1, (1, 1));
        check(9, 9, 0, (1, 1));
    }
}
