//! Where the pointer is, on Windows and macOS.
#![cfg_attr(windows, allow(unsafe_code, reason = "GetCursorPos writes into a place that we give it"))]

use super::{Display, Error, Point, Result};

/// Where the pointer is, in physical pixels of the desktop.
#[cfg(windows)]
pub fn position(_: &[Display]) -> Result<Point> {
    let mut at = windows::Win32::Foundation::POINT::default();
    // SAFETY: the place outlives the call.
    let told = unsafe { windows::Win32::UI::WindowsAndMessaging::GetCursorPos(&raw mut at) };
    told.map_err(|error| Error::System(error.to_string()))?;
    Ok(Point { x: at.x, y: at.y })
}

/// Where the pointer is, in physical pixels of the desktop.
#[cfg(target_os = "macos")]
pub fn position(displays: &[Display]) -> Result<Point> {
    use objc2_core_graphics::CGEvent;
    let unknown = || Error::System("it does not tell where the pointer is".to_owned());
    let event = CGEvent::new(None).ok_or_else(unknown)?;
    let at = CGEvent::location(Some(&event));
    // The system counts in points: each display has its own pixels for one.
    let on = |display: &&Display| {
        let seen = |point: f64| (point * display.scale).floor();
        let fits =
            |at: f64, from: i32, length: u32| (f64::from(from)..f64::from(from) + f64::from(length)).contains(&at);
        fits(seen(at.x), display.bounds.x, display.bounds.width)
            && fits(seen(at.y), display.bounds.y, display.bounds.height)
    };
    let display = displays.iter().find(on).ok_or_else(unknown)?;
    #[allow(clippy::cast_possible_truncation, reason = "it lies on a display, whose pixels are numbers of an i32")]
    Ok(Point { x: (at.x * display.scale).floor() as i32, y: (at.y * display.scale).floor() as i32 })
}
