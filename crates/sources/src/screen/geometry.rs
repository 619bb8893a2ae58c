//! Points and rectangles in physical pixels of the whole desktop: x to the right, y down, negative left of or above the
//! display that the system counts from.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A pixel of the desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Down.
    pub y: i32,
}

/// A rectangle of the desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rect {
    /// Its left edge.
    pub x: i32,
    /// Its upper edge.
    pub y: i32,
    /// How many pixels it is wide.
    pub width: u32,
    /// How many pixels it is high.
    pub height: u32,
}

impl Rect {
    /// A rectangle by its upper left corner and its size.
    pub fn new(x: i32, y: i32, width: u32, height: u32) -> Self {
        Rect { x, y, width, height }
    }

    /// Whether it has no pixel.
    pub fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// Whether this pixel lies in it.
    pub fn contains(self, point: Point) -> bool {
        let inside =
            |at: i32, from: i32, length: u32| (0..i64::from(length)).contains(&(i64::from(at) - i64::from(from)));
        inside(point.x, self.x, self.width) && inside(point.y, self.y, self.height)
    }

    /// What both have in common; `None` when that is not one pixel.
    pub fn intersection(self, other: Rect) -> Option<Rect> {
        let (x, width) = common((self.x, self.width), (other.x, other.width))?;
        let (y, height) = common((self.y, self.height), (other.y, other.height))?;
        Some(Rect { x, y, width, height })
    }

    /// The smallest rectangle around both; `None` when it would be larger than can be told.
    pub fn around(self, other: Rect) -> Option<Rect> {
        let (x, width) = both((self.x, self.width), (other.x, other.width))?;
        let (y, height) = both((self.y, self.height), (other.y, other.height))?;
        Some(Rect { x, y, width, height })
    }

    /// The smallest rectangle around all of them; `None` when there is none.
    pub fn around_all(all: impl IntoIterator<Item = Rect>) -> Option<Rect> {
        all.into_iter().map(Some).reduce(|one, other| one?.around(other?)).flatten()
    }

    /// The same rectangle, counted from a point.
    pub fn seen_from(self, origin: Point) -> Rect {
        Rect { x: self.x.saturating_sub(origin.x), y: self.y.saturating_sub(origin.y), ..self }
    }

    /// Its upper left corner.
    pub fn corner(self) -> Point {
        Point { x: self.x, y: self.y }
    }

    /// How many pixels it has.
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

impl fmt::Display for Rect {
    /// As the command line writes it: `X,Y,WIDTHxHEIGHT`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{}x{}", self.x, self.y, self.width, self.height)
    }
}

/// The end after the last pixel: it does not always fit into an `i32`.
fn end((from, length): (i32, u32)) -> i64 {
    i64::from(from) + i64::from(length)
}

fn common(one: (i32, u32), other: (i32, u32)) -> Option<(i32, u32)> {
    let from = one.0.max(other.0);
    let length = end(one).min(end(other)) - i64::from(from);
    u32::try_from(length).ok().filter(|length| *length > 0).map(|length| (from, length))
}

fn both(one: (i32, u32), other: (i32, u32)) -> Option<(i32, u32)> {
    let from = one.0.min(other.0);
    let length = end(one).max(end(other)) - i64::from(from);
    u32::try_from(length).ok().map(|length| (from, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_rectangles_have_in_common() {
        let check = |one: Rect, other: Rect, expected: Option<Rect>| {
            assert_eq!(one.intersection(other), expected);
            assert_eq!(other.intersection(one), expected);
        };
        let screen = Rect::new(0, 0, 100, 80);
        check(screen, screen, Some(screen));
        check(screen, Rect::new(-10, 70, 20, 20), Some(Rect::new(0, 70, 10, 10)));
        check(screen, Rect::new(100, 0, 5, 5), None);
        check(screen, Rect::new(5, 5, 0, 5), None);
        check(screen, Rect::new(i32::MIN, i32::MIN, u32::MAX, u32::MAX), Some(screen));
        check(Rect::new(i32::MAX, 0, 9, 9), Rect::new(i32::MAX, 0, u32::MAX, 1), Some(Rect::new(i32::MAX, 0, 9, 1)));
    }

    #[test]
    fn what_goes_around_all() {
        let check = |all: &[Rect], expected: Option<Rect>| assert_eq!(Rect::around_all(all.iter().copied()), expected);
        check(&[], None);
        check(&[Rect::new(-5, 0, 10, 10), Rect::new(20, 30, 1, 1)], Some(Rect::new(-5, 0, 26, 31)));
        check(&[Rect::new(i32::MIN, 0, 1, 1), Rect::new(i32::MAX, 0, 9, 9)], None);
    }
}
