//! Draws codes for the tests: any symbology, size, place and rotation, on any ground.

use image::{GrayImage, Rgb, RgbImage, imageops};
use legible_reading::recognition::Symbology;
use legible_reading::{Point, Quad};
use rxing::{BarcodeFormat, MultiFormatWriter, Writer};

/// A code to be drawn.
#[derive(Clone)]
pub struct Print {
    pub symbology: Symbology,
    pub text: String,
    /// Pixels to a module.
    pub module: f32,
    pub centre: (f32, f32),
    /// Clockwise.
    pub degrees: f32,
    /// Light on dark instead of dark on light.
    pub inverted: bool,
}

impl Print {
    pub fn new(symbology: Symbology, text: &str, module: f32, centre: (f32, f32)) -> Self {
        Print { symbology, text: text.into(), module, centre, degrees: 0.0, inverted: false }
    }

    pub fn turned(self, degrees: f32) -> Self {
        Print { degrees, ..self }
    }

    pub fn inverted(self) -> Self {
        Print { inverted: true, ..self }
    }

    fn is_linear(&self) -> bool {
        matches!(self.symbology, Symbology::Ean13 | Symbology::Ean8 | Symbology::Code128)
    }

    /// Width and height in modules, and which are printed. Linear codes are half as high as wide.
    fn modules(&self) -> (usize, usize, Vec<bool>) {
        let format = match self.symbology {
            Symbology::Qr => BarcodeFormat::QR_CODE,
            Symbology::Aztec => BarcodeFormat::AZTEC,
            Symbology::DataMatrix => BarcodeFormat::DATA_MATRIX,
            Symbology::Pdf417 => BarcodeFormat::PDF_417,
            Symbology::Ean13 => BarcodeFormat::EAN_13,
            Symbology::Ean8 => BarcodeFormat::EAN_8,
            Symbology::Code128 => BarcodeFormat::CODE_128,
            Symbology::Other => unreachable!("no test draws it"),
        };
        let side = if self.is_linear() { 1 } else { 0 };
        let matrix = MultiFormatWriter.encode(&self.text, &format, side, side).unwrap();
        let [left, top, width, height] = matrix.getEnclosingRectangle().unwrap();
        if self.is_linear() {
            let row: Vec<bool> = (0..width).map(|x| matrix.get(left + x, top)).collect();
            let rows = (width / 2) as usize;
            return (width as usize, rows, row.repeat(rows));
        }
        let bits = (0..width * height).map(|at| matrix.get(left + at % width, top + at / width));
        (width as usize, height as usize, bits.collect())
    }

    /// Where its corners are, from its own top left one clockwise.
    pub fn quad(&self) -> Quad {
        let (width, height, _) = self.modules();
        let (sin, cos) = self.degrees.to_radians().sin_cos();
        let half = (width as f32 * self.module / 2.0, height as f32 * self.module / 2.0);
        Quad([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(x, y)| {
            let (x, y) = (x * half.0, y * half.1);
            Point { x: self.centre.0 + x * cos - y * sin, y: self.centre.1 + x * sin + y * cos }
        }))
    }

    /// Draws the code and its light zone.
    pub fn on(&self, image: &mut RgbImage) {
        let (width, height, bits) = self.modules();
        let zone = if self.is_linear() { (10.0, 1.0) } else { (4.0, 4.0) };
        let (sin, cos) = self.degrees.to_radians().sin_cos();
        let reach = ((width as f32 / 2.0 + zone.0).hypot(height as f32 / 2.0 + zone.1) * self.module) as i64 + 2;
        let (ink, paper) = if self.inverted { (235.0, 25.0) } else { (25.0, 235.0) };
        let (left, top) = (self.centre.0 as i64 - reach, self.centre.1 as i64 - reach);
        for y in top.max(0)..(top + 2 * reach).min(i64::from(image.height())) {
            for x in left.max(0)..(left + 2 * reach).min(i64::from(image.width())) {
                let (mut value, mut covered) = (0.0, 0.0);
                for part in 0..16 {
                    let (dx, dy) =
                        (x as f32 + (part % 4) as f32 / 4.0 + 0.125, y as f32 + (part / 4) as f32 / 4.0 + 0.125);
                    let (dx, dy) = (dx - self.centre.0, dy - self.centre.1);
                    let u = (dx * cos + dy * sin) / self.module + width as f32 / 2.0;
                    let v = (dy * cos - dx * sin) / self.module + height as f32 / 2.0;
                    let in_zone =
                        u >= -zone.0 && v >= -zone.1 && u < width as f32 + zone.0 && v < height as f32 + zone.1;
                    if in_zone {
                        let inside = u >= 0.0 && v >= 0.0 && u < width as f32 && v < height as f32;
                        let printed = inside && bits[v as usize * width + u as usize];
                        value += if printed { ink } else { paper };
                        covered += 1.0;
                    }
                }
                let pixel = image.get_pixel_mut(x as u32, y as u32);
                pixel.0 = pixel.0.map(|ground| ((f32::from(ground) * (16.0 - covered) + value) / 16.0) as u8);
            }
        }
    }
}

/// A ground that looks like a photo: smooth light, shapes, grain.
pub fn scene(width: u32, height: u32, seed: u32) -> RgbImage {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12345);
    let mut random = move |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    let shapes: Vec<[u32; 7]> = (0..30)
        .map(|_| {
            let size = width.max(height) / 5 + 8;
            [random(width), random(height), 8 + random(size), 8 + random(size), random(256), random(256), random(256)]
        })
        .collect();
    let mut image = RgbImage::from_fn(width, height, |x, y| {
        let light = 90 + 100 * x / width + 50 * y / height;
        let ground = [light as u8, (light - 20) as u8, (light * 3 / 4) as u8];
        let over = shapes.iter().rev().find(|[left, top, w, h, ..]| {
            let (dx, dy) = (x as f32 - *left as f32, y as f32 - *top as f32);
            (dx / *w as f32).powi(2) + (dy / *h as f32).powi(2) < 0.25
        });
        Rgb(over.map_or(ground, |[.., r, g, b]| [*r as u8, *g as u8, *b as u8]))
    });
    for value in image.iter_mut() {
        *value = value.saturating_add(random(9) as u8).saturating_sub(4);
    }
    image
}

/// Dark lines of made-up letters on white.
pub fn page(width: u32, height: u32, seed: u32) -> RgbImage {
    let mut image = RgbImage::from_pixel(width, height, Rgb([250, 250, 246]));
    let mut state = seed;
    let mut random = move |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    let mut y = 20;
    while y + 20 < height {
        let mut x = 20;
        while x + 12 < width {
            if random(6) > 0 {
                for _ in 0..3 {
                    let (dx, dy, upright) = (random(6), random(9), random(2) == 0);
                    let (w, h) = if upright { (2, 12 - dy) } else { (8 - dx, 2) };
                    for at in 0..w * h {
                        image.put_pixel(x + dx + at % w, y + dy + at / w, Rgb([30, 30, 34]));
                    }
                }
            }
            x += 10;
        }
        y += 22;
    }
    image
}

pub fn blurred(image: &RgbImage, sigma: f32) -> RgbImage {
    imageops::fast_blur(image, sigma)
}

/// The image after a JPEG of some quality.
pub fn through_jpeg(image: &RgbImage, quality: u8) -> RgbImage {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality);
    image.write_with_encoder(encoder).unwrap();
    image::load_from_memory(bytes.get_ref()).unwrap().into_rgb8()
}

/// Grey noise in squares of some size.
pub fn noise(width: u32, height: u32, square: u32, seed: u32) -> RgbImage {
    let mut state = seed;
    let small = GrayImage::from_fn(width / square, height / square, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Luma([if state >> 31 == 0 { 20 } else { 240 }])
    });
    let large = imageops::resize(&small, width, height, imageops::FilterType::Nearest);
    image::DynamicImage::ImageLuma8(large).into_rgb8()
}
