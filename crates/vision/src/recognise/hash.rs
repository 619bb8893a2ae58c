//! A perceptual hash: which neighbours grow brighter from left to right, on a picture of nine by eight pixels, and which from
//! top to bottom, on one of eight by nine: the difference hash by Neal Krawetz ("Kind of Like That", The Hacker Factor Blog,
//! 2013), in both directions, as pages of text have much the same bits from left to right.
//!
//! Thirty lines of our own: the crate `image_hasher` would bring another resampler for the one line that shrinks the picture.

use image::{GrayImage, RgbImage, imageops};
use legible_reading::recognition::PerceptualHash;

/// The name in a [`Stamp`](legible_reading::recognition::Stamp).
pub const NAME: &str = "dhash";
/// Changes whenever the same image may give another hash.
pub const VERSION: &str = "2";

/// Side of the first, coarse picture, in pixels.
const COARSE: u32 = 144;

/// The hash of an upright image. All images without any change of brightness have no bit set.
pub fn hash(image: &RgbImage) -> PerceptualHash {
    let (width, height) = image.dimensions();
    if width == 0 || height == 0 {
        return PerceptualHash { across: 0, down: 0 };
    }
    // Means over whole pixels first, which is fast for any size; then a smooth filter, which does not jump when an edge
    // moves by a pixel.
    let coarse = imageops::thumbnail(image, width.min(COARSE), height.min(COARSE));
    let grey: GrayImage = image::DynamicImage::ImageRgb8(coarse).into_luma8();
    let shrunk = |width, height| imageops::resize(&grey, width, height, imageops::FilterType::Lanczos3);
    let (wide, high) = (shrunk(9, 8), shrunk(8, 9));
    PerceptualHash {
        across: bits(|x, y| wide[(x, y)].0 < wide[(x + 1, y)].0),
        down: bits(|x, y| high[(x, y)].0 < high[(x, y + 1)].0),
    }
}

/// One bit for each of eight by eight places, row by row, the first one highest.
fn bits(is_set: impl Fn(u32, u32) -> bool) -> u64 {
    let places = (0..8).flat_map(|y| (0..8).map(move |x| (x, y)));
    places.fold(0, |bits, (x, y)| bits << 1 | u64::from(is_set(x, y)))
}

#[cfg(test)]
#[path = "hash_tests.rs"]
mod tests;
