//! Which display is meant.

use super::{Display, Error, Point, Result, WhichDisplay};

/// The display that is meant. `pointer` tells where the pointer is, and is asked only when that decides.
pub(super) fn display<'a>(
    displays: &'a [Display],
    which: &WhichDisplay,
    pointer: impl FnOnce() -> Result<Point>,
) -> Result<&'a Display> {
    let found = match which {
        WhichDisplay::Nth(index) => displays.get(*index),
        WhichDisplay::Named(name) => displays.iter().find(|display| display.name.eq_ignore_ascii_case(name)),
        WhichDisplay::UnderPointer if displays.len() == 1 => displays.first(),
        WhichDisplay::UnderPointer => {
            let pointer = pointer()?;
            displays.iter().find(|display| display.bounds.contains(pointer))
        }
    };
    let there = || displays.iter().map(|display| display.name.clone()).collect();
    found.ok_or_else(|| Error::NoSuchDisplay { wanted: which.clone(), there: there() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::Rect;

    #[test]
    fn a_display_is_found_by_place_name_and_pointer() {
        let display_at = |name: &str, x: i32| Display {
            name: name.to_owned(),
            bounds: Rect::new(x, 0, 100, 100),
            scale: 1.0,
            primary: x == 0,
        };
        let both = [display_at("eDP-1", 0), display_at("HDMI-1", 100)];
        let check = |which: WhichDisplay, pointer: (i32, i32), expected: Option<&str>| {
            let found = display(&both, &which, || Ok(Point { x: pointer.0, y: pointer.1 }));
            assert_eq!(found.ok().map(|display| display.name.as_str()), expected, "{which:?}");
        };
        check(WhichDisplay::Nth(1), (0, 0), Some("HDMI-1"));
        check(WhichDisplay::Nth(2), (0, 0), None);
        check(WhichDisplay::Named("hdmi-1".to_owned()), (0, 0), Some("HDMI-1"));
        check(WhichDisplay::Named("DP-7".to_owned()), (0, 0), None);
        check(WhichDisplay::UnderPointer, (99, 99), Some("eDP-1"));
        check(WhichDisplay::UnderPointer, (100, 0), Some("HDMI-1"));
        check(WhichDisplay::UnderPointer, (100, 500), None);
        let unasked = display(&both[..1], &WhichDisplay::UnderPointer, || panic!("one display needs no pointer"));
        assert_eq!(unasked.unwrap().name, "eDP-1");
    }
}
