//! The image at the size at which its shapes are measured, and the measured numbers by name.

use image::{Rgb, RgbImage};

/// Pixels of the reduced copy. A page keeps letters of some five pixels in it; larger costs time and tells no more.
const PIXELS: f64 = 300_000.0;

/// The longer side of the reduced copy, in pixels: bounds what a very long image costs.
const LONGEST_SIDE: f64 = 2048.0;

/// An image in two sizes, and its brightness.
pub struct View<'a> {
    /// The image itself, of which only samples are looked at.
    pub native: &'a RgbImage,
    /// The whole image, reduced to about [`PIXELS`]; never enlarged.
    pub small: RgbImage,
    /// Brightness of `small`, 0 to 255, row by row.
    pub luma: Vec<u8>,
}

impl<'a> View<'a> {
    /// Reduces the image, whose sides are not zero.
    pub fn of(native: &'a RgbImage) -> Self {
        let (width, height) = (f64::from(native.width()), f64::from(native.height()));
        let scale = (PIXELS / (width * height)).sqrt().min(LONGEST_SIDE / width.max(height));
        let small = if scale < 1.0 {
            let side = |n: f64| ((n * scale).round() as u32).max(1);
            reduced(native, side(width), side(height))
        } else {
            native.clone()
        };
        let luma = small.as_raw().chunks_exact(3).map(|pixel| brightness([pixel[0], pixel[1], pixel[2]])).collect();
        View { native, small, luma }
    }

    /// Width of the reduced copy in pixels.
    pub fn width(&self) -> usize {
        self.small.width() as usize
    }

    /// Height of the reduced copy in pixels.
    pub fn height(&self) -> usize {
        self.small.height() as usize
    }
}

/// At most so many pixels each way are averaged into one: more would cost time in proportion to the image and change little.
const TAPS: u32 = 3;

/// The image with fewer pixels, each the mean of some that it stands for.
fn reduced(image: &RgbImage, width: u32, height: u32) -> RgbImage {
    let taken = |n: u32, of: u32, whole: u32| -> Vec<usize> {
        let (from, to) =
            (u64::from(n) * u64::from(whole) / u64::from(of), u64::from(n + 1) * u64::from(whole) / u64::from(of));
        let every = (to - from).div_ceil(u64::from(TAPS)).max(1);
        (from..to.max(from + 1)).step_by(every as usize).map(|at| at as usize).collect()
    };
    let columns: Vec<Vec<usize>> = (0..width).map(|x| taken(x, width, image.width())).collect();
    let row_bytes = image.width() as usize * 3;
    let mut small = RgbImage::new(width, height);
    let mut sums = vec![[0u32; 3]; width as usize];
    for y in 0..height {
        sums.fill([0; 3]);
        let rows = taken(y, height, image.height());
        for row in &rows {
            let row = &image.as_raw()[row * row_bytes..][..row_bytes];
            for (sum, columns) in sums.iter_mut().zip(&columns) {
                for column in columns {
                    let pixel = &row[3 * column..][..3];
                    *sum = [sum[0] + u32::from(pixel[0]), sum[1] + u32::from(pixel[1]), sum[2] + u32::from(pixel[2])];
                }
            }
        }
        for (x, ([r, g, b], columns)) in sums.iter().zip(&columns).enumerate() {
            let n = (rows.len() * columns.len()) as u32;
            let mean = |sum: u32| ((sum + n / 2) / n) as u8;
            small.put_pixel(x as u32, y, Rgb([mean(*r), mean(*g), mean(*b)]));
        }
    }
    small
}

/// How bright a colour is to the eye, 0 to 255 (weights of ITU-R BT.601 in 256ths).
#[inline]
pub fn brightness([r, g, b]: [u8; 3]) -> u8 {
    ((77 * u32::from(r) + 150 * u32::from(g) + 29 * u32::from(b)) >> 8) as u8
}

/// The largest difference of two colours in any channel.
#[inline]
pub fn difference(a: [u8; 3], b: [u8; 3]) -> u8 {
    a[0].abs_diff(b[0]).max(a[1].abs_diff(b[1])).max(a[2].abs_diff(b[2]))
}

/// The numbers measured so far, each with its name.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Measured {
    /// What each number is.
    pub names: Vec<&'static str>,
    /// The numbers; always finite.
    pub values: Vec<f32>,
}

impl Measured {
    /// Notes a number. What is not finite (a mean of nothing) counts as 0.
    pub fn note(&mut self, name: &'static str, value: f32) {
        self.names.push(name);
        self.values.push(if value.is_finite() { value } else { 0.0 });
    }

    /// Notes a part of a whole, 0 when the whole is 0.
    pub fn share(&mut self, name: &'static str, part: usize, whole: usize) {
        self.note(name, ratio(part, whole));
    }
}

/// `part / whole`, 0 when the whole is 0.
pub fn ratio(part: usize, whole: usize) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}

/// The value below which the fraction `at` (0 to 1) of the values lies; 0 without values. Sorts them.
pub fn percentile(values: &mut [f32], at: f32) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let index = ((values.len() - 1) as f32 * at).round() as usize;
    *values.select_nth_unstable_by(index, f32::total_cmp).1
}

/// Mean and standard deviation; zeros without values.
pub fn mean_and_deviation(values: &[f32]) -> (f32, f32) {
    if values.is_empty() {
        return (0.0, 0.0);
    }
    let n = values.len() as f32;
    let mean = values.iter().sum::<f32>() / n;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f32>() / n;
    (mean, variance.sqrt())
}
