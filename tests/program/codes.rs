//! Codes as tests draw them.

use image::{Rgb, RgbImage};
use rxing::{BarcodeFormat, MultiFormatWriter, Writer};

/// Pixels of a module.
const MODULE: u32 = 6;

/// A QR code of a text in black on a ground of one colour.
pub fn qr(text: &str, ground: [u8; 3]) -> RgbImage {
    let matrix = MultiFormatWriter.encode(text, &BarcodeFormat::QR_CODE, 0, 0).unwrap();
    let (width, height) = (matrix.getWidth() * MODULE, matrix.getHeight() * MODULE);
    RgbImage::from_fn(width, height, |x, y| Rgb(if matrix.get(x / MODULE, y / MODULE) { [0; 3] } else { ground }))
}
