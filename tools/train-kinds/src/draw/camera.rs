//! What happens to a drawing on its way to a file: paper, light, lens, sensor, scanner, compression.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage, imageops};

use super::chance::Chance;
use super::noise::Noise;

/// Multiplies with a field of soft noise: paper, uneven light.
pub fn shade(image: &mut RgbImage, strength: f32, cells: f32, chance: &mut Chance) {
    let noise = Noise::new(chance.seed());
    let longest = image.width().max(image.height()) as f32;
    // Slow changes are worked out once for several pixels.
    let block = ((longest / cells / 12.0) as u32).clamp(1, 8);
    let (across, step) = (image.width().div_ceil(block), cells / longest * block as f32);
    let mut row = vec![1.0; across as usize];
    for y in 0..image.height() {
        if y % block == 0 {
            for (x, factor) in row.iter_mut().enumerate() {
                *factor = 1.0 + strength * (noise.soft(x as f32 * step, (y / block) as f32 * step, 2) - 0.5) * 2.0;
            }
        }
        for x in 0..image.width() {
            let pixel = image.get_pixel_mut(x, y);
            let factor = row[(x / block) as usize];
            pixel.0 = pixel.0.map(|channel| (f32::from(channel) * factor).clamp(0.0, 255.0) as u8);
        }
    }
}

/// Tints white to a colour of paper, ink less so.
pub fn tint(image: &mut RgbImage, paper: [u8; 3]) {
    for pixel in image.pixels_mut() {
        for (channel, paper) in pixel.0.iter_mut().zip(paper) {
            *channel = (u16::from(*channel) * u16::from(paper) / 255) as u8;
        }
    }
}

/// Noise of a sensor: of brightness, and a part of it of each colour.
pub fn grain(image: &mut RgbImage, strength: f32, coloured: f32, chance: &mut Chance) {
    // Drawn from a table: a million normal numbers an image would take longer than everything else.
    let table: Vec<f32> = (0..4099).map(|_| chance.normal()).collect();
    let mut at = chance.whole(0, 4098) as usize;
    let mut next = || {
        at = (at * 5 + 1021) % 4099;
        table[at]
    };
    for pixel in image.pixels_mut() {
        let all = next() * strength;
        pixel.0 =
            pixel.0.map(|channel| (f32::from(channel) + all + next() * strength * coloured).clamp(0.0, 255.0) as u8);
    }
}

/// Lowers contrast: white to `white`, black to `black`.
pub fn fade(image: &mut RgbImage, black: f32, white: f32) {
    let table: Vec<u8> =
        (0..256).map(|n| (black + (white - black) * n as f32 / 255.0).clamp(0.0, 255.0) as u8).collect();
    image.pixels_mut().for_each(|pixel| pixel.0 = pixel.0.map(|channel| table[usize::from(channel)]));
}

/// Without colour.
pub fn grey(image: &RgbImage) -> RgbImage {
    let grey = imageops::grayscale(image);
    RgbImage::from_fn(image.width(), image.height(), |x, y| Rgb([grey.get_pixel(x, y).0[0]; 3]))
}

/// The picture through the four corners (in pixels of the result), clockwise from top left, over a background.
pub fn through(image: &RgbImage, corners: [(f32, f32); 4], background: &RgbImage) -> RgbImage {
    let back = Projection::to_square(corners);
    let (width, height) = (image.width() as f32, image.height() as f32);
    let mut result = background.clone();
    for (x, y, pixel) in result.enumerate_pixels_mut() {
        let (u, v) = back.apply(x as f32 + 0.5, y as f32 + 0.5);
        if (0.0..1.0).contains(&u) && (0.0..1.0).contains(&v) {
            let (x, y) = ((u * width - 0.5).clamp(0.0, width - 1.001), (v * height - 0.5).clamp(0.0, height - 1.001));
            *pixel = between(image, x, y);
        }
    }
    result
}

fn between(image: &RgbImage, x: f32, y: f32) -> Rgb<u8> {
    let (left, top) = (x as u32, y as u32);
    let (right, bottom) = ((left + 1).min(image.width() - 1), (top + 1).min(image.height() - 1));
    let (fx, fy) = (x - left as f32, y - top as f32);
    let at = |x, y| image.get_pixel(x, y).0.map(f32::from);
    let (a, b, c, d) = (at(left, top), at(right, top), at(left, bottom), at(right, bottom));
    Rgb(std::array::from_fn(|n| {
        let upper = a[n] + (b[n] - a[n]) * fx;
        let lower = c[n] + (d[n] - c[n]) * fx;
        (upper + (lower - upper) * fy) as u8
    }))
}

/// A projective map.
struct Projection([f32; 9]);

impl Projection {
    /// The map that takes the corners to those of the unit square: the inverse of the map from the square, by its adjugate.
    fn to_square([(x0, y0), (x1, y1), (x2, y2), (x3, y3)]: [(f32, f32); 4]) -> Self {
        let (dx1, dx2, sx) = (x1 - x2, x3 - x2, x0 - x1 + x2 - x3);
        let (dy1, dy2, sy) = (y1 - y2, y3 - y2, y0 - y1 + y2 - y3);
        let whole = dx1 * dy2 - dx2 * dy1;
        let (g, h) = ((sx * dy2 - dx2 * sy) / whole, (dx1 * sy - sx * dy1) / whole);
        let (a, b, c) = (x1 - x0 + g * x1, x3 - x0 + h * x3, x0);
        let (d, e, f) = (y1 - y0 + g * y1, y3 - y0 + h * y3, y0);
        Projection([
            e - f * h,
            c * h - b,
            b * f - c * e,
            f * g - d,
            a - c * g,
            c * d - a * f,
            d * h - e * g,
            b * g - a * h,
            a * e - b * d,
        ])
    }

    fn apply(&self, x: f32, y: f32) -> (f32, f32) {
        let m = &self.0;
        let w = m[6] * x + m[7] * y + m[8];
        ((m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w)
    }
}

/// Stored as JPEG and read again.
pub fn jpeg(image: &RgbImage, quality: u8) -> RgbImage {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(Cursor::new(&mut bytes), quality);
    image.write_with_encoder(encoder).expect("an RGB image encodes into memory");
    image::load_from_memory(&bytes).expect("what was just encoded decodes").into_rgb8()
}

/// With the longer side at `side` pixels, smaller or larger.
pub fn resized(image: &RgbImage, side: u32) -> RgbImage {
    let scale = side as f32 / image.width().max(image.height()) as f32;
    let to = |n: u32| ((n as f32 * scale) as u32).max(1);
    if scale < 1.0 {
        imageops::thumbnail(image, to(image.width()), to(image.height()))
    } else {
        imageops::resize(image, to(image.width()), to(image.height()), imageops::FilterType::Triangle)
    }
}
