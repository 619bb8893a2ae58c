//! A rectangle of a picture of dark and light, which readers get instead of the whole.

use legible_reading::Point;
use rxing::common::{BitArray, BitMatrix};

/// A rectangle, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    pub left: u32,
    pub top: u32,
    pub width: u32,
    pub height: u32,
}

impl Area {
    /// What is within so many pixels of some points, of a picture of this size; `None` if that is nothing.
    pub fn around(points: &[Point], reach: f32, (width, height): (u32, u32)) -> Option<Area> {
        let edge =
            |start: f32, best: fn(f32, f32) -> f32, of: fn(&Point) -> f32| points.iter().map(of).fold(start, best);
        let least = |of: fn(&Point) -> f32| (edge(f32::INFINITY, f32::min, of) - reach).max(0.0) as u32;
        let most =
            |of: fn(&Point) -> f32, end: u32| ((edge(f32::NEG_INFINITY, f32::max, of) + reach).ceil() as u32).min(end);
        let (left, top) = (least(|p| p.x), least(|p| p.y));
        let (right, bottom) = (most(|p| p.x, width), most(|p| p.y, height));
        (left < right && top < bottom).then(|| Area { left, top, width: right - left, height: bottom - top })
    }

    /// How many pixels it has.
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// The pixels of the area.
    pub fn cut(&self, matrix: &BitMatrix) -> Option<BitMatrix> {
        let mut part = BitMatrix::new(self.width, self.height).ok()?;
        let (first, shift) = (self.left / usize::BITS, self.left % usize::BITS);
        for y in 0..self.height {
            let row = matrix.getRow(self.top + y);
            let words = &row.getBitArray()[first as usize..];
            let mut cut = BitArray::with_size(self.width as usize);
            for at in 0..self.width.div_ceil(usize::BITS) as usize {
                let next =
                    words.get(at + 1).map_or(0, |next| next.checked_shl(usize::BITS - shift).unwrap_or_default());
                let end = self.width as usize - at * usize::BITS as usize;
                let mask = if end < usize::BITS as usize { (1 << end) - 1 } else { usize::MAX };
                cut.setBulk(at * usize::BITS as usize, ((words[at] >> shift) | next) & mask);
            }
            part.setRow(y, &cut);
        }
        Some(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_the_pixels_of_the_whole() {
        let mut matrix = BitMatrix::new(300, 40).unwrap();
        for (x, y) in (0..300).flat_map(|x| (0..40).map(move |y| (x, y))) {
            matrix.set_bool(x, y, (x * x + 5 * y + x * y) % 11 < 5);
        }
        for (left, width) in [(0, 300), (0, 64), (64, 64), (63, 2), (100, 70), (130, 170), (299, 1)] {
            let area = Area { left, top: 7, width, height: 20 };
            let cut = area.cut(&matrix).unwrap();
            assert_eq!((cut.getWidth(), cut.getHeight()), (width, 20));
            for (x, y) in (0..width).flat_map(|x| (0..20).map(move |y| (x, y))) {
                assert_eq!(cut.get(x, y), matrix.get(left + x, 7 + y), "{area:?}: ({x}, {y})");
            }
        }
    }

    #[test]
    fn an_area_lies_within_the_picture() {
        let check = |points: &[(f32, f32)], reach, expected: Option<[u32; 4]>| {
            let points: Vec<_> = points.iter().map(|&(x, y)| Point { x, y }).collect();
            let area = Area::around(&points, reach, (100, 50));
            assert_eq!(area.map(|area| [area.left, area.top, area.width, area.height]), expected, "{points:?}");
        };
        check(&[(10.5, 20.0), (30.0, 25.5)], 2.0, Some([8, 18, 24, 10]));
        check(&[(-3.0, -9.0), (30.0, 70.0)], 5.0, Some([0, 0, 35, 50]));
        check(&[(130.0, 10.0)], 20.0, None);
        check(&[(-30.0, 10.0)], 20.0, None);
    }
}
