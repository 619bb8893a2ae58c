//! A perceptual hash: bits that stay nearly the same when an image is resized or compressed again.
//!
//! The difference hash by Neal Krawetz ("Kind of Like That", The Hacker Factor Blog, 2013): the image is shrunk to 9 by 8
//! grey pixels, and each bit says whether a pixel is darker than its right neighbour. Pages of text have much the same
//! bits that way: margins, then grey. So the same is done from top to bottom too.

use crate::limits::{PLAIN_BITS, THUMBNAIL_SIDE};
use image::imageops::{FilterType, resize};
use image::{DynamicImage, ImageError, ImageFormat, ImageReader, Limits};
use legible_library::PerceptualHash;
use std::io::Cursor;

/// The hash of an image.
pub fn dhash(image: &DynamicImage) -> PerceptualHash {
    let grey = image.to_luma8();
    let (wide, high) = (resize(&grey, 9, 8, FilterType::Triangle), resize(&grey, 8, 9, FilterType::Triangle));
    let bits = |darker: &dyn Fn(u32, u32) -> bool| {
        let pixels = (0..8).flat_map(|y| (0..8).map(move |x| (x, y)));
        pixels.fold(0, |bits, (x, y)| bits << 1 | u64::from(darker(x, y)))
    };
    PerceptualHash {
        across: bits(&|x, y| wide[(x, y)].0 < wide[(x + 1, y)].0),
        down: bits(&|x, y| high[(x, y)].0 < high[(x, y + 1)].0),
    }
}

/// The hash of a thumbnail that this program made.
///
/// # Errors
/// When the file is damaged.
pub fn of_thumbnail(bytes: &[u8]) -> Result<PerceptualHash, ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Jpeg);
    let mut limits = Limits::default();
    limits.max_image_width = Some(THUMBNAIL_SIDE);
    limits.max_image_height = Some(THUMBNAIL_SIDE);
    reader.limits(limits);
    Ok(dhash(&reader.decode()?))
}

/// Whether a hash says nothing of its image: all plain images have the same, and so have all that fade to one corner.
pub fn is_plain(hash: PerceptualHash) -> bool {
    [hash.across, hash.down].iter().all(|bits| bits.count_ones() <= PLAIN_BITS || bits.count_zeros() <= PLAIN_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, Luma};

    #[test]
    fn each_bit_says_whether_it_gets_brighter() {
        let check = |value: fn(u32, u32) -> u8, across, down| {
            let image = GrayImage::from_fn(72, 72, |x, y| Luma([value(x, y)]));
            assert_eq!(dhash(&image.into()), PerceptualHash { across, down });
        };
        check(|_, _| 7, 0, 0);
        check(|x, _| x as u8, u64::MAX, 0);
        check(|_, y| y as u8, 0, u64::MAX);
        check(|x, y| 250 - (x + y) as u8, 0, 0);
        // The filter reaches into the next pixel, so a dark edge fades over two.
        check(|x, _| if x < 8 { 0 } else { 200 }, 0xC0C0_C0C0_C0C0_C0C0, 0);
        let plain = |across, down| is_plain(PerceptualHash { across, down });
        assert!(plain(0, 0) && plain(u64::MAX, 0b1111) && !plain(0b11111, 0) && !plain(0, !0b11111));
    }

    #[test]
    fn a_damaged_thumbnail_is_told() {
        assert!(of_thumbnail(b"").is_err() && of_thumbnail(b"no image").is_err());
        let mut bytes = Cursor::new(Vec::new());
        GrayImage::new(THUMBNAIL_SIDE + 1, 1).write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
        assert!(of_thumbnail(&bytes.into_inner()).is_err(), "larger than we make them");
    }
}
