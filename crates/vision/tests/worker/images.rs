//! Images made on the spot.

use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma, RgbImage};

/// An encoded image that is quick to make and to do.
pub fn small() -> Vec<u8> {
    encoded(RgbImage::from_pixel(40, 30, image::Rgb([200, 30, 30])).into())
}

/// A black PNG that takes `width` × `height` × 3 bytes once decoded.
pub fn black(width: u32, height: u32) -> Vec<u8> {
    encoded(GrayImage::new(width, height).into())
}

/// Noise: its preview takes seconds to encode, long after it was decoded.
pub fn slow() -> Vec<u8> {
    let mut state = 1u32;
    let noise = GrayImage::from_fn(5_000, 5_000, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Luma([(state >> 24) as u8])
    });
    encoded(noise.into())
}

/// The words `HELLO WHEEL` on `lines` lines, in large letters of 5 × 7 dots.
pub fn hello(lines: u32) -> Vec<u8> {
    const DOT: u32 = 5;
    let text = "HELLO WHEEL";
    let (left, top, line_height) = (40, 40, 14 * DOT);
    let mut page =
        GrayImage::from_pixel(left * 2 + text.len() as u32 * 6 * DOT, top * 2 + lines * line_height, Luma([255]));
    for (line, (column, letter)) in (0..lines).flat_map(|line| text.chars().enumerate().map(move |c| (line, c))) {
        for (row, dots) in glyph(letter).into_iter().enumerate() {
            for dot in (0..5).filter(|dot| dots >> (4 - dot) & 1 == 1) {
                let x = left + (column as u32 * 6 + dot) * DOT;
                let y = top + line * line_height + row as u32 * DOT;
                for (dx, dy) in (0..DOT).flat_map(|dy| (0..DOT).map(move |dx| (dx, dy))) {
                    page.put_pixel(x + dx, y + dy, Luma([0]));
                }
            }
        }
    }
    encoded(page.into())
}

fn glyph(letter: char) -> [u8; 7] {
    match letter {
        'H' => [0b10001, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001],
        'E' => [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111],
        'L' => [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111],
        'O' => [0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
        'W' => [0b10001, 0b10001, 0b10001, 0b10101, 0b10101, 0b11011, 0b10001],
        _ => [0; 7],
    }
}

fn encoded(image: image::DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}
