//! A place on earth with what lies around it.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// A circle on the earth's surface. Whole numbers, so that what is written is what is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Circle {
    /// Millionths of a degree north.
    latitude: i32,
    /// Millionths of a degree east.
    longitude: i32,
    /// Metres.
    radius: u32,
}

/// What "there" means when nothing else is said, in metres.
const AROUND: u32 = 10_000;
/// Nothing on earth is further away, in metres.
const FURTHEST: f64 = 20_040_000.0;
/// Mean radius of the earth in kilometres (IUGG).
const EARTH: f64 = 6_371.008_8;
/// Kilometres of a degree of latitude, where it is shortest.
const DEGREE: f64 = 110.5;
const MILLION: f64 = 1_000_000.0;

impl Circle {
    /// The kilometres from its middle to a place in degrees, by the haversine formula; `None` where that lies outside.
    pub fn holds(self, latitude: f64, longitude: f64) -> Option<f64> {
        let (north, east) = (f64::from(self.latitude) / MILLION, f64::from(self.longitude) / MILLION);
        let half_sine = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
        let across = half_sine(longitude - east) * north.to_radians().cos() * latitude.to_radians().cos();
        let distance = 2.0 * EARTH * (half_sine(latitude - north) + across).sqrt().min(1.0).asin();
        (distance <= f64::from(self.radius) / 1_000.0).then_some(distance)
    }

    /// The degrees of latitude between which it lies.
    pub fn latitudes(self) -> (f64, f64) {
        let (middle, reach) = (f64::from(self.latitude) / MILLION, f64::from(self.radius) / 1_000.0 / DEGREE);
        (middle - reach, middle + reach)
    }
}

/// It is no such circle.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoCircle;

/// A number in plain digits, of at most this size.
pub(super) fn number(text: &str, most: f64) -> Result<f64, NoCircle> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    let number: f64 = text.parse().map_err(|_| NoCircle)?;
    if plain && number.abs() <= most { Ok(number) } else { Err(NoCircle) }
}

impl FromStr for Circle {
    type Err = NoCircle;

    fn from_str(text: &str) -> Result<Self, NoCircle> {
        let mut parts = text.split(',').map(str::trim);
        let degrees = |part: Option<&str>, most: f64| number(part.unwrap_or_default(), most);
        let millionths = |degrees: f64| (degrees * MILLION).round() as i32;
        let (latitude, longitude) = (degrees(parts.next(), 90.0)?, degrees(parts.next(), 180.0)?);
        let radius = match parts.next() {
            None => AROUND,
            Some(part) => (number(part.strip_suffix("km").unwrap_or(part).trim(), FURTHEST)? * 1_000.0).round() as u32,
        };
        let right = parts.next().is_none() && radius > 0 && f64::from(radius) <= FURTHEST;
        let circle = Circle { latitude: millionths(latitude), longitude: millionths(longitude), radius };
        if right { Ok(circle) } else { Err(NoCircle) }
    }
}

impl Display for Circle {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", f64::from(self.latitude) / MILLION, f64::from(self.longitude) / MILLION)?;
        if self.radius == AROUND { Ok(()) } else { write!(f, ",{}km", f64::from(self.radius) / 1_000.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_on_earth() {
        let check = |circle: &str, place: (f64, f64), expected: Option<f64>| {
            let circle: Circle = circle.parse().unwrap();
            let found = circle.holds(place.0, place.1);
            let near = found.zip(expected).map_or(found == expected, |(a, b)| (a - b).abs() < 0.5);
            assert!(near, "{circle} {place:?}: {found:?}");
            let (south, north) = circle.latitudes();
            assert!(found.is_none() || (south..=north).contains(&place.0), "{circle} {place:?}");
        };
        check("48.1,11.6", (48.1, 11.6), Some(0.0));
        check("48.137,11.575", (48.2, 11.6), Some(7.2));
        check("48.137,11.575", (48.37, 10.9), None);
        // Munich to Berlin.
        check("48.137,11.575,505km", (52.52, 13.405), Some(504.4));
        check("48.137,11.575,500km", (52.52, 13.405), None);
        // Over the date line, and at a pole.
        check("0,179.98", (0.0, -179.98), Some(4.4));
        check("90,0,10", (89.95, 123.0), Some(5.6));
        check("-33.9,18.4,20040km", (33.9, -161.6), Some(20_015.1));
    }

    #[test]
    fn circles_as_text() {
        let check = |text: &str, expected: Option<&str>| {
            let circle = text.parse::<Circle>().ok();
            assert_eq!(circle.map(|circle| circle.to_string()).as_deref(), expected, "{text}");
        };
        check("48.1,11.6", Some("48.1,11.6"));
        check("-0.5,+07.10,50km", Some("-0.5,7.1,50km"));
        check("1,2,10 km", Some("1,2"));
        check("1,2,0.25", Some("1,2,0.25km"));
        for wrong in [
            "",
            "48.1",
            "91,0",
            "0,181",
            "a,b",
            "nan,0",
            "1e1,0",
            "1,2,0",
            "1,2,-5km",
            "1,2,3,4",
            "1,2,5mi",
            "0,0,30000km",
        ] {
            check(wrong, None);
        }
    }
}
