//! A part of the earth: around a place, or between two parallels and two meridians.

use super::circle::{Circle, number};
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// Where something was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Area {
    Circle(Circle),
    Rectangle(Rectangle),
}

impl Area {
    /// Whether a place in degrees lies in it, and how many kilometres that is from the middle of a circle.
    pub fn holds(self, latitude: f64, longitude: f64) -> Option<Option<f64>> {
        match self {
            Area::Circle(circle) => circle.holds(latitude, longitude).map(Some),
            Area::Rectangle(rectangle) => rectangle.holds(latitude, longitude).then_some(None),
        }
    }

    /// The degrees of latitude between which it lies, or a little more.
    pub fn latitudes(self) -> (f64, f64) {
        match self {
            Area::Circle(circle) => circle.latitudes(),
            Area::Rectangle(Rectangle { south, north, .. }) => {
                (f64::from(south - 1) / MILLION, f64::from(north + 1) / MILLION)
            }
        }
    }
}

/// What lies between two parallels and two meridians, in millionths of a degree: whole numbers, so that what is written is
/// what is read again. South and west are in it, north and east are not, but for the pole and the meridian of 180°.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Rectangle {
    south: i32,
    north: i32,
    west: i32,
    /// Less than `west` where it goes over the meridian of 180°.
    east: i32,
}

const MILLION: f64 = 1_000_000.0;
/// Sides of a cell, in millionths of a degree: 11 km from south to north, and from west to east at the equator.
const CELL: i32 = 100_000;
const POLE: i32 = 90_000_000;
const DATE_LINE: i32 = 180_000_000;

impl Rectangle {
    /// The cell of a grid over the earth in which a place in degrees lies; `None` for one that is not on earth.
    pub fn cell_of(latitude: f64, longitude: f64) -> Option<Self> {
        if latitude.is_nan() || longitude.is_nan() || latitude.abs() > 90.0 || longitude.abs() > 180.0 {
            return None;
        }
        let first = |degrees: f64, end: i32| (millionths(degrees).div_euclid(CELL) * CELL).min(end - CELL);
        let (south, west) = (first(latitude, POLE), first(longitude, DATE_LINE));
        Some(Rectangle { south, north: south + CELL, west, east: west + CELL })
    }

    fn holds(self, latitude: f64, longitude: f64) -> bool {
        let (north, east) = (millionths(latitude), millionths(longitude));
        let is_west_of_its_end = east < self.east || (east == DATE_LINE && self.east == DATE_LINE);
        let is_between = if self.west < self.east {
            self.west <= east && is_west_of_its_end
        } else {
            self.west <= east || is_west_of_its_end
        };
        is_between && self.south <= north && (north < self.north || (north == POLE && self.north == POLE))
    }
}

/// Cells and filters must round alike.
fn millionths(degrees: f64) -> i32 {
    (degrees * MILLION).floor() as i32
}

/// It is no such part.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoArea;

impl FromStr for Area {
    type Err = NoArea;

    fn from_str(text: &str) -> Result<Self, NoArea> {
        if text.contains("..") {
            return text.parse().map(Area::Rectangle);
        }
        text.parse().map(Area::Circle).map_err(|_| NoArea)
    }
}

impl FromStr for Rectangle {
    type Err = NoArea;

    fn from_str(text: &str) -> Result<Self, NoArea> {
        let (latitudes, longitudes) = text.split_once(',').ok_or(NoArea)?;
        let between = |text: &str, most: f64| {
            let (from, to) = text.split_once("..").ok_or(NoArea)?;
            let one = |text: &str| number(text.trim(), most).map_err(|_| NoArea);
            Ok(((one(from)? * MILLION).round() as i32, (one(to)? * MILLION).round() as i32))
        };
        let ((south, north), (west, east)) = (between(latitudes, 90.0)?, between(longitudes, 180.0)?);
        if south < north && west != east { Ok(Rectangle { south, north, west, east }) } else { Err(NoArea) }
    }
}

impl Display for Area {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Area::Circle(circle) => circle.fmt(f),
            Area::Rectangle(rectangle) => rectangle.fmt(f),
        }
    }
}

impl Display for Rectangle {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let [south, north, west, east] =
            [self.south, self.north, self.west, self.east].map(|edge| f64::from(edge) / MILLION);
        write!(f, "{south}..{north},{west}..{east}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rectangles_hold_places() {
        let check = |text: &str, place: (f64, f64), expected: bool| {
            let area: Area = text.parse().unwrap();
            assert_eq!(area.holds(place.0, place.1).is_some(), expected, "{area} {place:?}");
            assert_eq!(area.to_string().parse(), Ok(area), "{text}");
        };
        check("48.1..48.2,11.5..11.6", (48.1, 11.5), true);
        check("48.1..48.2,11.5..11.6", (48.199999, 11.599999), true);
        check("48.1..48.2,11.5..11.6", (48.2, 11.5), false);
        check("48.1..48.2,11.5..11.6", (48.1, 11.6), false);
        check("48.1..48.2,11.5..11.6", (48.09, 11.55), false);
        check("-0.1 .. 0 , -0.1 .. 0", (-0.01, -0.01), true);
        check("-0.1..0,-0.1..0", (0.0, -0.01), false);
        check("89.9..90,0..0.1", (90.0, 0.05), true);
        check("-90..-89.9,0..0.1", (-90.0, 0.05), true);
        check("0..1,179..180", (0.5, 180.0), true);
        check("0..1,179..-179", (0.5, 180.0), true);
        check("0..1,179..-179", (0.5, -180.0), true);
        check("0..1,179..-179", (0.5, -179.0), false);
        check("0..1,179..-179", (0.5, 178.0), false);
    }

    #[test]
    fn what_is_no_rectangle() {
        for text in
            ["1..2", "1..2,", "1..2,3", "2..1,3..4", "1..1,3..4", "1..2,3..3", "1..91,3..4", "1..2,3..181", "a..2,3..4"]
        {
            assert_eq!(text.parse::<Area>(), Err(NoArea), "{text}");
        }
    }

    /// Degrees up to a bound, also where grids go wrong: at its ends, at cells and beside them.
    fn degrees(most: i32) -> impl Strategy<Value = f64> {
        let most_degrees = f64::from(most);
        let cells = (-10 * most..=10 * most, -1e-9..1e-9_f64);
        prop_oneof![
            -most_degrees..=most_degrees,
            cells.prop_map(move |(cell, beside)| (f64::from(cell) / 10.0 + beside).clamp(-most_degrees, most_degrees)),
            prop::sample::select(vec![-most_degrees, most_degrees, most_degrees.next_down(), 0.0, -0.0]),
        ]
    }

    proptest! {
        #[test]
        fn a_place_lies_in_its_cell_alone(at in (degrees(90), degrees(180)), other in (degrees(90), degrees(180))) {
            let (cell, of_other) = (Rectangle::cell_of(at.0, at.1).unwrap(), Rectangle::cell_of(other.0, other.1).unwrap());
            let read: Area = cell.to_string().parse().unwrap();
            prop_assert_eq!(read, Area::Rectangle(cell));
            prop_assert!(cell.holds(at.0, at.1), "{cell} {at:?}");
            prop_assert_eq!(cell.holds(other.0, other.1), cell == of_other, "{} {:?}", cell, other);
            let (south, north) = read.latitudes();
            prop_assert!((south..=north).contains(&at.0));
        }
    }
}
