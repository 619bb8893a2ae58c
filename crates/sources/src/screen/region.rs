//! Regions: from a drag over the displays, and from text. Nothing here looks at a screen.
//!
//! While a person chooses, each display has an overlay window over all of it, whose pointer counts in logical pixels from
//! the upper left corner of that display. A pointer that is dragged on to another display is often still told by the
//! overlay where the drag began, beyond its edge; both tellings lead to the same region.

use super::limits::SHORTEST_DRAG;
use super::{Display, Rect};

/// Why there is no region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// The text does not name a region.
    #[error("{0:?} is not a region; write it as X,Y,WIDTHxHEIGHT, such as 100,200,640x480")]
    NotARegion(String),
    /// A region must have a pixel.
    #[error("a region of no width or no height has nothing to read")]
    Empty,
    /// Only a click, or a hand that shook.
    #[error("that was too small to be a region; drag from one corner to the other")]
    TooSmall,
    /// It lies on no display.
    #[error("that lies on no display")]
    Outside,
}

/// Where the pointer was, as an overlay window tells it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Touch {
    /// Whose overlay tells it: a place in the list of displays.
    pub display: usize,
    /// To the right of that display's left edge, in its logical pixels.
    pub x: f64,
    /// Down from its upper edge.
    pub y: f64,
}

/// The region between the two ends of a drag: every pixel that it touches, cut to the displays.
pub fn dragged(displays: &[Display], from: Touch, to: Touch) -> Result<Rect, RegionError> {
    let start = on_the_desktop(displays, from)?;
    let end = on_the_desktop(displays, to)?;
    let least = SHORTEST_DRAG * displays.get(from.display).map_or(1.0, |display| display.scale);
    if (start.0 - end.0).abs() < least || (start.1 - end.1).abs() < least {
        return Err(RegionError::TooSmall);
    }
    let (x, width) = span(start.0, end.0)?;
    let (y, height) = span(start.1, end.1)?;
    clipped(displays, Rect { x, y, width, height }).ok_or(RegionError::Outside)
}

/// The part of a region that shows something: the rectangle around all that it has of displays. Gaps between those stay in
/// it. `None` when it lies on no display.
pub fn clipped(displays: &[Display], region: Rect) -> Option<Rect> {
    Rect::around_all(displays.iter().filter_map(|display| display.bounds.intersection(region)))
}

/// Reads a region as the command line takes it: `X,Y,WIDTHxHEIGHT`, in physical pixels of the desktop.
pub fn parse(text: &str) -> Result<Rect, RegionError> {
    let region = numbers(text).ok_or_else(|| RegionError::NotARegion(text.to_owned()))?;
    if region.is_empty() { Err(RegionError::Empty) } else { Ok(region) }
}

fn numbers(text: &str) -> Option<Rect> {
    let (x, rest) = text.split_once(',')?;
    let (y, size) = rest.split_once(',')?;
    let (width, height) = size.split_once(['x', 'X', '×'])?;
    Some(Rect {
        x: x.trim().parse().ok()?,
        y: y.trim().parse().ok()?,
        width: width.trim().parse().ok()?,
        height: height.trim().parse().ok()?,
    })
}

/// A touch in physical pixels of the desktop.
fn on_the_desktop(displays: &[Display], touch: Touch) -> Result<(f64, f64), RegionError> {
    let display = displays.get(touch.display).ok_or(RegionError::Outside)?;
    let x = f64::from(display.bounds.x) + touch.x * display.scale;
    let y = f64::from(display.bounds.y) + touch.y * display.scale;
    if x.is_finite() && y.is_finite() { Ok((x, y)) } else { Err(RegionError::Outside) }
}

/// The pixels between two ends: where it begins and how many. Half a pixel counts, a rounding error does not.
fn span(one: f64, other: f64) -> Result<(i32, u32), RegionError> {
    const ROUNDING: f64 = 1e-6;
    let from = (one.min(other) + ROUNDING).floor();
    let to = (one.max(other) - ROUNDING).ceil();
    let fits = |value: f64| (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&value);
    if !fits(from) || !fits(to) {
        return Err(RegionError::Outside);
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "both are whole numbers of an i32")]
    Ok((from as i32, (to - from) as u32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn display(bounds: Rect, scale: f64) -> Display {
        Display { name: String::new(), bounds, scale, primary: false }
    }

    /// A laptop at 200 %, and a display at 100 % to its right and lower.
    fn desk() -> Vec<Display> {
        vec![display(Rect::new(0, 0, 2880, 1800), 2.0), display(Rect::new(2880, 600, 1920, 1080), 1.0)]
    }

    fn touch(display: usize, x: f64, y: f64) -> Touch {
        Touch { display, x, y }
    }

    #[test]
    fn a_drag_becomes_a_region() {
        let check = |from: Touch, to: Touch, expected: Result<Rect, RegionError>| {
            assert_eq!(dragged(&desk(), from, to), expected, "{from:?} {to:?}");
            if expected != Err(RegionError::TooSmall) {
                assert_eq!(dragged(&desk(), to, from), expected, "{to:?} {from:?}");
            }
        };
        check(touch(0, 10.0, 20.0), touch(0, 110.0, 70.0), Ok(Rect::new(20, 40, 200, 100)));
        check(touch(1, 10.0, 20.0), touch(1, 110.0, 70.0), Ok(Rect::new(2890, 620, 100, 50)));
        // From one display to the other, told by the one it is on, and by the one where it began.
        check(touch(0, 1400.0, 400.0), touch(1, 20.0, 40.0), Ok(Rect::new(2800, 640, 100, 160)));
        check(touch(0, 1400.0, 400.0), touch(0, 1450.0, 320.0), Ok(Rect::new(2800, 640, 100, 160)));
        // Every pixel that is touched.
        check(touch(0, 10.2, 10.2), touch(0, 20.3, 20.3), Ok(Rect::new(20, 20, 21, 21)));
        // Over the edge of the desktop.
        check(touch(0, -50.0, -50.0), touch(0, 50.0, 50.0), Ok(Rect::new(0, 0, 100, 100)));
        check(touch(1, 1900.0, 1060.0), touch(1, 2500.0, 2500.0), Ok(Rect::new(4780, 1660, 20, 20)));
        // In the gap above the second display.
        check(touch(1, 10.0, -500.0), touch(1, 200.0, -100.0), Err(RegionError::Outside));
        check(touch(0, 10.0, 10.0), touch(0, 13.0, 200.0), Err(RegionError::TooSmall));
        check(touch(0, 10.0, 10.0), touch(0, 10.0, 10.0), Err(RegionError::TooSmall));
        check(touch(2, 10.0, 10.0), touch(0, 100.0, 100.0), Err(RegionError::Outside));
        check(touch(0, f64::NAN, 10.0), touch(0, 100.0, 100.0), Err(RegionError::Outside));
        check(touch(0, f64::MAX, 10.0), touch(0, 100.0, 100.0), Err(RegionError::Outside));
    }

    #[test]
    fn text_names_a_region() {
        let check = |text: &str, expected: Result<Rect, ()>| {
            assert_eq!(parse(text).map_err(|_| ()), expected, "{text:?}");
        };
        check("100,200,640x480", Ok(Rect::new(100, 200, 640, 480)));
        check(" -5 , +7 , 1 × 2 ", Ok(Rect::new(-5, 7, 1, 2)));
        check("0,0,0x5", Err(()));
        check("0,0,5x0", Err(()));
        for wrong in
            ["", ",", "1,2", "1,2,3", "1,2,3x", "1,2,3x4x5", "1,2,-3x4", "1.5,2,3x4", "9999999999,0,1x1", "a,b,cxd"]
        {
            check(wrong, Err(()));
        }
    }

    fn any_displays() -> impl Strategy<Value = Vec<Display>> {
        let one = (-9000..9000i32, -9000..9000i32, 1..8000u32, 1..8000u32, 2..14u32);
        let one = one.prop_map(|(x, y, width, height, quarters)| {
            display(Rect { x, y, width, height }, f64::from(quarters) / 4.0)
        });
        proptest::collection::vec(one, 1..5)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(x: i32, y: i32, width in 1..u32::MAX, height in 1..u32::MAX) {
            let region = Rect { x, y, width, height };
            prop_assert_eq!(parse(&region.to_string()), Ok(region));
        }

        #[test]
        fn no_text_makes_it_fail(text in "[-0-9,xX+ ×]{0,30}|.{0,20}") {
            if let Ok(region) = parse(&text) {
                prop_assert!(!region.is_empty());
            }
        }

        #[test]
        fn a_region_lies_on_the_desktop(
            displays in any_displays(),
            ends in prop::array::uniform4(-20_000.0..20_000.0f64),
            which in prop::array::uniform2(0..5usize),
        ) {
            let (from, to) = (touch(which[0], ends[0], ends[1]), touch(which[1], ends[2], ends[3]));
            let Ok(region) = dragged(&displays, from, to) else { return Ok(()) };
            let desktop = Rect::around_all(displays.iter().map(|display| display.bounds)).unwrap();
            prop_assert_eq!(region.intersection(desktop), Some(region));
            prop_assert!(displays.iter().any(|display| display.bounds.intersection(region).is_some()));
        }

        #[test]
        fn a_drag_within_a_display_is_exact(
            displays in any_displays(), which in 0..4usize, pixels in prop::array::uniform4(0..8000u32),
        ) {
            let display = &displays[which % displays.len()];
            let Rect { x, y, width, height } = display.bounds;
            let (left, right) = (pixels[0].min(pixels[1]) % width, pixels[0].max(pixels[1]).min(width));
            let (top, bottom) = (pixels[2].min(pixels[3]) % height, pixels[2].max(pixels[3]).min(height));
            let at = |x: u32, y: u32| touch(which % displays.len(), f64::from(x) / display.scale, f64::from(y) / display.scale);
            let Ok(region) = dragged(&displays, at(left, top), at(right, bottom)) else { return Ok(()) };
            let offset = |from: i32, by: u32| i64::from(from) + i64::from(by);
            prop_assert_eq!(i64::from(region.x), offset(x, left));
            prop_assert_eq!(i64::from(region.y), offset(y, top));
            prop_assert_eq!((region.width, region.height), (right - left, bottom - top));
        }
    }
}
