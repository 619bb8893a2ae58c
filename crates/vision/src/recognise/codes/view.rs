//! Views of an image: grey, at some scale, turned somehow, each knowing where its pixels lie in the image.

use image::{GrayImage, RgbImage};
use legible_reading::{Point, Quad};

use crate::limits::{MAX_CROP_PIXELS, MAX_SEARCHED_PIXELS};

/// No layer of the pyramid has a shorter side below this (unless the image has): the smallest code that fills it needs
/// two pixels for each of some forty modules.
const SMALLEST_SIDE: u32 = 100;
/// Images up to this longer side are searched enlarged, too: their codes may have modules of less than two pixels.
const ENLARGED_UP_TO: u32 = 1_000;
/// Layers up to this many pixels get a margin, because readers want a light zone around a code that an image cut out of
/// a page may lack.
const MARGIN_UP_TO: u32 = 2_000_000;

/// Where the pixels of a view lie: `origin + x * right + y * down`, in pixels of what it is a view of.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    origin: (f32, f32),
    right: (f32, f32),
    down: (f32, f32),
}

impl Place {
    fn scaled(scale: f32, margin: f32) -> Self {
        Place { origin: (-margin * scale, -margin * scale), right: (scale, 0.0), down: (0.0, scale) }
    }

    /// A rectangle around `centre`, `size` pixels large, turned by `angle` radians clockwise, with `scale` pixels of the
    /// base to each of its own.
    pub fn around(centre: Point, size: (u32, u32), angle: f32, scale: f32) -> Self {
        Place::stretched(centre, size, angle, scale, scale)
    }

    /// The same with another scale downwards.
    pub fn stretched(centre: Point, size: (u32, u32), angle: f32, scale: f32, down_scale: f32) -> Self {
        let (sin, cos) = angle.sin_cos();
        let (right, down) = ((cos * scale, sin * scale), (-sin * down_scale, cos * down_scale));
        let half = (size.0 as f32 / 2.0, size.1 as f32 / 2.0);
        let origin = (centre.x - half.0 * right.0 - half.1 * down.0, centre.y - half.0 * right.1 - half.1 * down.1);
        Place { origin, right, down }
    }

    /// A square with sides of twice `half` pixels around `centre`, each pixel to the right and downwards as long as told.
    pub fn along(centre: Point, half: f32, right: (f32, f32), down: (f32, f32)) -> Self {
        let origin = (centre.x - half * (right.0 + down.0), centre.y - half * (right.1 + down.1));
        Place { origin, right, down }
    }

    /// Where a point of the view lies.
    pub fn of(&self, p: Point) -> Point {
        Point {
            x: self.origin.0 + p.x * self.right.0 + p.y * self.down.0,
            y: self.origin.1 + p.x * self.right.1 + p.y * self.down.1,
        }
    }

    /// Where a quad of the view lies.
    pub fn of_quad(&self, quad: &Quad) -> Quad {
        Quad(quad.0.map(|corner| self.of(corner)))
    }

    fn within(&self, outer: &Place) -> Place {
        let turned =
            |v: (f32, f32)| (v.0 * outer.right.0 + v.1 * outer.down.0, v.0 * outer.right.1 + v.1 * outer.down.1);
        let origin = outer.of(Point { x: self.origin.0, y: self.origin.1 });
        Place { origin: (origin.x, origin.y), right: turned(self.right), down: turned(self.down) }
    }
}

/// A grey picture of an image or a part of it.
pub struct View {
    /// Its pixels.
    pub luma: GrayImage,
    /// Where they lie in the image.
    pub place: Place,
}

impl View {
    /// The layers of an image in which codes are searched, the finest first. Together they have at most
    /// 7/3 of [`MAX_SEARCHED_PIXELS`].
    pub fn pyramid(image: &RgbImage) -> Vec<View> {
        let (width, height) = image.dimensions();
        if width == 0 || height == 0 {
            return Vec::new();
        }
        let mut factor = 1;
        while u64::from(width / factor) * u64::from(height / factor) > MAX_SEARCHED_PIXELS {
            factor += 1;
        }
        // What is a thousand times as long as wide would vanish when shrunk: it is cut off instead.
        let finest = View { luma: grey(image, factor), place: Place::scaled(factor as f32, 0.0) };
        let mut layers = vec![finest];
        while let Some(last) = layers.last()
            && last.luma.width().min(last.luma.height()) >= 2 * SMALLEST_SIDE
        {
            let place = Place::scaled(2.0, 0.0).within(&last.place);
            layers.push(View { luma: halved(&last.luma), place });
        }
        if factor == 1 && width.max(height) <= ENLARGED_UP_TO {
            let luma = doubled(&layers[0].luma);
            layers.insert(1, View { luma, place: Place::scaled(0.5, 0.0) });
        }
        layers.into_iter().map(View::with_margin).collect()
    }

    /// How many pixels there are to search.
    pub fn pixels(&self) -> usize {
        self.luma.as_raw().len()
    }

    /// A part of this view, resampled; what lies outside of the view is white.
    ///
    /// `None` when it would be empty or larger than [`MAX_CROP_PIXELS`].
    pub fn part(&self, size: (u32, u32), place: Place) -> Option<View> {
        let pixels = u64::from(size.0) * u64::from(size.1);
        if pixels == 0 || pixels > MAX_CROP_PIXELS {
            return None;
        }
        let mut pixels = Vec::with_capacity(size.0 as usize * size.1 as usize);
        (0..size.1).for_each(|y| self.row(&place, size.0, y, &mut pixels));
        let luma = GrayImage::from_vec(size.0, size.1, pixels)?;
        Some(View { luma, place: place.within(&self.place) })
    }

    /// Appends a row of a part of this view to `pixels`.
    pub fn row(&self, place: &Place, width: u32, y: u32, pixels: &mut Vec<u8>) {
        let at = |x: u32| place.of(Point { x: x as f32 + 0.5, y: y as f32 + 0.5 });
        match Inside::of(&self.luma, at(0), at(width.saturating_sub(1)), place.right) {
            Some(mut inside) => pixels.extend((0..width).map(|_| inside.next(self.luma.as_raw()))),
            None => pixels.extend((0..width).map(|x| sample(&self.luma, at(x)))),
        }
    }

    fn with_margin(self) -> View {
        let (width, height) = self.luma.dimensions();
        if width * height > MARGIN_UP_TO {
            return self;
        }
        let margin = 8 + width.max(height) / 32;
        let (whole, beside) = ((width + 2 * margin) as usize, margin as usize);
        let mut pixels = vec![255; whole * (height + 2 * margin) as usize];
        for (to, from) in
            pixels.chunks_exact_mut(whole).skip(beside).zip(self.luma.as_raw().chunks_exact(width as usize))
        {
            to[beside..beside + width as usize].copy_from_slice(from);
        }
        let luma = GrayImage::from_vec(whole as u32, height + 2 * margin, pixels).unwrap_or_default();
        View { luma, place: Place::scaled(1.0, margin as f32).within(&self.place) }
    }
}

/// The brightness of an image, each pixel the mean of `factor` × `factor` of the image (Rec. 601 weights).
fn grey(image: &RgbImage, factor: u32) -> GrayImage {
    let brightness = |rgb: &[u8]| 299 * u32::from(rgb[0]) + 587 * u32::from(rgb[1]) + 114 * u32::from(rgb[2]);
    if factor == 1 {
        let grey = image.as_raw().chunks_exact(3).map(|rgb| (brightness(rgb) / 1000) as u8).collect();
        return GrayImage::from_vec(image.width(), image.height(), grey).unwrap_or_default();
    }
    let (width, height) = ((image.width() / factor).max(1), (image.height() / factor).max(1));
    let (of_x, of_y) = (factor.min(image.width()), factor.min(image.height()));
    let row_bytes = image.width() as usize * 3;
    let raw = image.as_raw();
    let mut grey = Vec::with_capacity(width as usize * height as usize);
    for y in 0..height {
        for x in 0..width {
            let mut sum = 0;
            for row in 0..of_y {
                let at = (y * factor + row) as usize * row_bytes + (x * factor) as usize * 3;
                for rgb in raw[at..at + of_x as usize * 3].chunks_exact(3) {
                    sum += u64::from(brightness(rgb));
                }
            }
            grey.push((sum / (1000 * u64::from(of_x * of_y))) as u8);
        }
    }
    GrayImage::from_vec(width, height, grey).unwrap_or_default()
}

fn halved(luma: &GrayImage) -> GrayImage {
    let (width, height) = (luma.width() / 2, luma.height() / 2);
    let raw = luma.as_raw();
    let stride = luma.width() as usize;
    let mut half = Vec::with_capacity(width as usize * height as usize);
    for y in 0..height as usize {
        let (upper, lower) = (&raw[2 * y * stride..][..stride], &raw[(2 * y + 1) * stride..][..stride]);
        for (a, b) in upper.chunks_exact(2).zip(lower.chunks_exact(2)) {
            let sum = u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]);
            half.push(((sum + 2) / 4) as u8);
        }
    }
    GrayImage::from_vec(width, height, half).unwrap_or_default()
}

/// Twice as wide and high, by Catmull and Rom's cubic: a new pixel lies a quarter of an old one beside the nearest, so its four
/// weights are always the same. That takes a twentieth of the time of a resampler for any size.
fn doubled(luma: &GrayImage) -> GrayImage {
    const WEIGHTS: [i32; 4] = [-9, 111, 29, -3];
    const SUM: i32 = 128;
    let (width, height) = (luma.width() as usize, luma.height() as usize);
    let raw = luma.as_raw();
    // Pixels that the cubic asks for beyond an edge are those at the edge. `side` is that of the new pixel, −1 or 1.
    let old = |at: usize, side: isize, tap: isize, end: usize| at.saturating_add_signed(side * tap).min(end - 1);
    let mut whole = Vec::with_capacity(4 * width * height);
    let mut sums = vec![0; width];
    for (y, down) in (0..height).flat_map(|y| [(y, -1), (y, 1)]) {
        let rows = [-1, 0, 1, 2].map(|tap| &raw[old(y, down, tap, height) * width..][..width]);
        for (x, sum) in sums.iter_mut().enumerate() {
            *sum = rows.iter().zip(WEIGHTS).map(|(row, weight)| weight * i32::from(row[x])).sum::<i32>();
        }
        for (x, right) in (0..width).flat_map(|x| [(x, -1), (x, 1)]) {
            let taps = [-1, 0, 1, 2].map(|tap| sums[old(x, right, tap, width)]);
            let value: i32 = taps.iter().zip(WEIGHTS).map(|(sum, weight)| weight * sum).sum();
            whole.push(((value + SUM * SUM / 2) / (SUM * SUM)).clamp(0, 255) as u8);
        }
    }
    GrayImage::from_vec(2 * width as u32, 2 * height as u32, whole).unwrap_or_default()
}

/// Points of a line that lies within a picture, so that none needs to be asked whether it does: several times cheaper.
struct Inside {
    /// The next point, counted from the middle of the first pixel, in parts of a pixel.
    next: (i64, i64),
    step: (i64, i64),
    stride: usize,
}

impl Inside {
    /// Parts to a pixel, as a power of two.
    const BITS: u32 = 16;

    fn of(luma: &GrayImage, first: Point, last: Point, step: (f32, f32)) -> Option<Inside> {
        let (right, bottom) = (luma.width() as f32 - 2.0, luma.height() as f32 - 2.0);
        // A pixel is left for what rounding adds up to.
        let inside = |p: Point| p.x >= 1.5 && p.y >= 1.5 && p.x <= right && p.y <= bottom;
        let parts = |pixels: f32| (f64::from(pixels) * f64::from(1 << Inside::BITS)).round() as i64;
        (inside(first) && inside(last)).then(|| Inside {
            next: (parts(first.x - 0.5), parts(first.y - 0.5)),
            step: (parts(step.0), parts(step.1)),
            stride: luma.width() as usize,
        })
    }

    /// The brightness at the next point.
    fn next(&mut self, raw: &[u8]) -> u8 {
        let (x, y) = self.next;
        self.next = (x + self.step.0, y + self.step.1);
        let at = (y >> Inside::BITS) as usize * self.stride + (x >> Inside::BITS) as usize;
        // Eight bits are enough for a share of one brightness in 256.
        let share = |parts: i64| (parts >> (Inside::BITS - 8)) as u32 & 0xFF;
        let (fx, fy) = (share(x), share(y));
        let between = |pair: &[u8]| u32::from(pair[0]) * (256 - fx) + u32::from(pair[1]) * fx;
        let (upper, lower) = (between(&raw[at..at + 2]), between(&raw[at + self.stride..at + self.stride + 2]));
        ((upper * (256 - fy) + lower * fy + (1 << 15)) >> 16) as u8
    }
}

/// The brightness at a point, interpolated between the four pixels around it; white outside.
pub fn sample(luma: &GrayImage, at: Point) -> u8 {
    let (x, y) = (at.x - 0.5, at.y - 0.5);
    let (width, height) = luma.dimensions();
    if !(x >= -0.5 && y >= -0.5 && x <= width as f32 - 0.5 && y <= height as f32 - 0.5) {
        return 255;
    }
    let (x, y) = (x.clamp(0.0, width as f32 - 1.0), y.clamp(0.0, height as f32 - 1.0));
    let (left, top) = (x as usize, y as usize);
    let (right, bottom) = ((left + 1).min(width as usize - 1), (top + 1).min(height as usize - 1));
    let (fx, fy) = (x - left as f32, y - top as f32);
    let raw = luma.as_raw();
    let pixel = |x: usize, y: usize| f32::from(raw[y * width as usize + x]);
    let upper = pixel(left, top) * (1.0 - fx) + pixel(right, top) * fx;
    let lower = pixel(left, bottom) * (1.0 - fx) + pixel(right, bottom) * fx;
    (upper * (1.0 - fy) + lower * fy + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    #[test]
    fn layers_halve_until_they_are_small_and_know_where_they_are() {
        let check = |width, height, expected: &[(u32, u32)]| {
            let views = View::pyramid(&RgbImage::new(width, height));
            let margin = |view: &View| {
                let corner = view.place.of(Point { x: 0.0, y: 0.0 });
                (-corner.x / view.place.right.0).round() as u32
            };
            let sizes: Vec<_> = views
                .iter()
                .map(|view| (view.luma.width() - 2 * margin(view), view.luma.height() - 2 * margin(view)))
                .collect();
            assert_eq!(sizes, expected, "{width} × {height}");
        };
        check(0, 5, &[]);
        check(1, 1, &[(1, 1), (2, 2)]);
        check(1600, 1200, &[(1600, 1200), (800, 600), (400, 300), (200, 150)]);
        check(300, 100, &[(300, 100), (600, 200)]);
        check(60_000, 2, &[(60_000, 2)]);
        assert!(View::pyramid(&RgbImage::new(9000, 9000)).iter().all(|view| view.pixels() <= 17_000_000));
    }

    #[test]
    fn rows_within_a_picture_are_what_its_points_are() {
        let luma = GrayImage::from_fn(90, 70, |x, y| Luma([(x * 37 + y * 59 + x * y) as u8]));
        let view = View { luma, place: Place::scaled(1.0, 0.0) };
        for (angle, scale) in [(0.0, 1.0), (0.3, 0.7), (-1.2, 1.1), (3.0, 0.33)] {
            let place = Place::around(Point { x: 45.0, y: 35.0 }, (40, 20), angle, scale);
            for y in 0..20 {
                let mut row = Vec::new();
                view.row(&place, 40, y, &mut row);
                let points =
                    (0..40).map(|x| sample(&view.luma, place.of(Point { x: x as f32 + 0.5, y: y as f32 + 0.5 })));
                let most = row.iter().zip(points).map(|(&a, b)| a.abs_diff(b)).max();
                assert!(most <= Some(2), "{angle} {scale} {y}: {most:?}");
            }
        }
    }

    #[test]
    fn twice_as_large_is_what_a_resampler_makes_of_it() {
        use image::imageops::{FilterType, resize};
        let luma = GrayImage::from_fn(23, 17, |x, y| Luma([(x * x * 7 + y * 31 + x * y) as u8]));
        let (doubled, expected) = (doubled(&luma), resize(&luma, 46, 34, FilterType::CatmullRom));
        // It knows nothing beyond the edge.
        for (x, y) in (4..42).flat_map(|x| (4..30).map(move |y| (x, y))) {
            let apart = doubled.get_pixel(x, y).0[0].abs_diff(expected.get_pixel(x, y).0[0]);
            assert!(apart <= 1, "({x}, {y}): {apart}");
        }
        assert_eq!(super::doubled(&GrayImage::from_pixel(1, 2, Luma([90]))), GrayImage::from_pixel(2, 4, Luma([90])));
    }

    #[test]
    fn a_part_turned_by_a_quarter_is_the_image_turned() {
        let luma = GrayImage::from_fn(40, 40, |x, y| Luma([(x * 5 + y) as u8]));
        let view = View { luma, place: Place::scaled(2.0, 0.0) };
        let centre = Point { x: 20.0, y: 20.0 };
        let part = view.part((40, 40), Place::around(centre, (40, 40), std::f32::consts::FRAC_PI_2, 1.0)).unwrap();
        assert_eq!(part.luma.get_pixel(3, 7), view.luma.get_pixel(32, 3));
        let there = part.place.of(Point { x: 3.5, y: 7.5 });
        assert!((there.x - 65.0).abs() < 0.01 && (there.y - 7.0).abs() < 0.01, "{there:?}");
        assert_eq!(
            view.part((4, 4), Place::around(Point { x: -90.0, y: 0.0 }, (4, 4), 0.0, 1.0)).unwrap().luma[(0, 0)].0,
            [255]
        );
    }
}
