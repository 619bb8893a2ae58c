//! A perceptual hash: which neighbours grow brighter from left to right, on a picture of nine by eight pixels ("dHash").
//!
//! Thirty lines of our own instead of the crate `image_hasher`: that gives the same bits (its "gradient" hash with eight by
//! eight), and would bring another resampler for the one line that shrinks the picture.

use image::{GrayImage, RgbImage, imageops};
use legible_reading::recognition::PerceptualHash;

/// The name in a [`Stamp`](legible_reading::recognition::Stamp).
pub const NAME: &str = "dhash";
/// Changes whenever the same image may give another hash.
pub const VERSION: &str = "1";

/// Side of the first, coarse picture, in pixels.
const COARSE: u32 = 144;

/// The hash of an upright image. All images without any change of brightness have the hash 0.
pub fn hash(image: &RgbImage) -> PerceptualHash {
    let (width, height) = image.dimensions();
    if width == 0 || height == 0 {
        return PerceptualHash(0);
    }
    // Means over whole pixels first, which is fast for any size; then a smooth filter, which does not jump when an edge
    // moves by a pixel.
    let coarse = imageops::thumbnail(image, width.min(COARSE), height.min(COARSE));
    let grey: GrayImage = image::DynamicImage::ImageRgb8(coarse).into_luma8();
    let small = imageops::resize(&grey, 9, 8, imageops::FilterType::Lanczos3);
    let pairs = small
        .rows()
        .flat_map(|row| row.collect::<Vec<_>>().windows(2).map(|two| two[0].0 < two[1].0).collect::<Vec<_>>());
    PerceptualHash(pairs.fold(0, |bits, brighter| bits << 1 | u64::from(brighter)))
}

#[cfg(test)]
#[path = "hash_tests.rs"]
mod tests;
