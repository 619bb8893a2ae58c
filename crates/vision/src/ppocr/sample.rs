//! Pixels of an image at any place and scale, without aliasing.

use image::RgbImage;
use legible_reading::Point;

/// Where one output pixel lies and how large it is, in image pixels.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// The middle, in pixels from the top left corner of the image: x, y.
    pub centre: (f32, f32),
    /// From this cell to the next in its row.
    pub step_x: (f32, f32),
    /// From this cell to the one below.
    pub step_y: (f32, f32),
    /// Bilinear samples per axis; more than one where the output is much smaller than the image.
    pub samples: u32,
}

/// Samples per axis for output pixels that are `size` image pixels wide.
pub fn samples_for(size: f32) -> u32 {
    (size.round() as u32).clamp(1, 8)
}

/// The colour of a cell: red, green, blue from 0 to 255. Edge pixels go on beyond the image.
pub fn colour(image: &RgbImage, cell: &Cell) -> [f32; 3] {
    let n = cell.samples;
    if n == 1 {
        return bilinear(image, cell.centre.0, cell.centre.1);
    }
    let mut sum = [0.0f32; 3];
    for i in 0..n {
        for j in 0..n {
            let u = (i as f32 + 0.5) / n as f32 - 0.5;
            let v = (j as f32 + 0.5) / n as f32 - 0.5;
            let x = cell.centre.0 + u * cell.step_x.0 + v * cell.step_y.0;
            let y = cell.centre.1 + u * cell.step_x.1 + v * cell.step_y.1;
            for (sum, value) in sum.iter_mut().zip(bilinear(image, x, y)) {
                *sum += value;
            }
        }
    }
    sum.map(|value| value / (n * n) as f32)
}

/// Bilinear interpolation between pixel centres, which lie at half coordinates.
fn bilinear(image: &RgbImage, x: f32, y: f32) -> [f32; 3] {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let x = (x - 0.5).clamp(0.0, (width - 1) as f32);
    let y = (y - 0.5).clamp(0.0, (height - 1) as f32);
    let (left, top) = (x as usize, y as usize);
    let (right, bottom) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
    let (fx, fy) = (x - left as f32, y - top as f32);
    let raw = image.as_raw();
    let pixel = |x: usize, y: usize| {
        let at = (y * width + x) * 3;
        [f32::from(raw[at]), f32::from(raw[at + 1]), f32::from(raw[at + 2])]
    };
    let (a, b, c, d) = (pixel(left, top), pixel(right, top), pixel(left, bottom), pixel(right, bottom));
    std::array::from_fn(|i| {
        let upper = a[i] + (b[i] - a[i]) * fx;
        let lower = c[i] + (d[i] - c[i]) * fx;
        upper + (lower - upper) * fy
    })
}

/// The brightness (ITU-R BT.601) of the four pixels around a point, from 0 to 255.
pub fn luminance(image: &RgbImage, at: Point) -> f32 {
    let [r, g, b] = bilinear(image, at.x.round(), at.y.round());
    0.299 * r + 0.587 * g + 0.114 * b
}

/// What the models expect of a channel: 0 to 255 becomes -1 to 1.
pub fn normalised(value: f32) -> f32 {
    value / 127.5 - 1.0
}
