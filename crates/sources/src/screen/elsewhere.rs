//! The screen of Windows and macOS, through `xcap`.
//!
//! On macOS the system counts the desktop in points. A display's place is counted here in pixels of its own scale, so with
//! displays of different scales their rectangles may overlap or leave gaps; each display's picture is whole all the same.

use super::{
    Cause, Display, Error, Picture, Point, Program, Rect, Result, Warning, What, WhichWindow, Window, WindowId, chosen,
    pointer, region,
};
use xcap::XCapError;

/// The screen of the person's session.
#[derive(Debug, Clone, Default)]
pub struct Screen(());

impl Screen {
    /// The screen of the session that this process runs in.
    pub fn here() -> Self {
        Screen(())
    }

    /// Whether the desktop takes the picture itself, and may let the person choose what is in it: never here.
    pub fn is_taken_by_the_desktop(&self) -> bool {
        false
    }

    /// The displays.
    pub fn displays(&self) -> Result<Vec<Display>> {
        Ok(monitors()?.into_iter().map(|(_, display)| display).collect())
    }

    /// The windows that a person sees, the one on top first.
    pub fn windows(&self) -> Result<Vec<Window>> {
        Ok(windows()?.into_iter().map(|(_, window)| window).collect())
    }

    /// Takes a picture.
    pub fn capture(&self, what: &What) -> Result<Picture> {
        if !is_allowed() {
            return Err(Error::NoPermission);
        }
        let monitors = monitors()?;
        let displays: Vec<Display> = monitors.iter().map(|(_, display)| display.clone()).collect();
        let picture = match what {
            What::All => {
                let all = Rect::around_all(displays.iter().map(|display| display.bounds)).ok_or(Error::NoScreen)?;
                of_screen(&monitors, &displays, all)?
            }
            What::Display(which) => {
                let display = chosen::display(&displays, which, || pointer::position(&displays))?;
                of_screen(&monitors, &displays, display.bounds)?
            }
            What::Region(wanted) => {
                let part = region::clipped(&displays, *wanted).ok_or(Error::Outside(*wanted))?;
                let mut picture = of_screen(&monitors, &displays, part)?;
                if part != *wanted {
                    picture.warnings.push(Warning::OffScreen);
                }
                picture
            }
            What::Window(which) => of_window(&displays, *which)?,
        };
        Ok(picture.doubt(|| Cause::Unknown))
    }

    /// Has the person choose in the desktop's own dialog: never here.
    pub fn let_choose(&self) -> Result<Picture> {
        Err(Error::NoPortal)
    }

    /// The program whose window is in front; `None` when there is none, or the system does not tell.
    pub fn front_window(&self) -> Option<Program> {
        let in_front = windows().ok()?.into_iter().map(|(_, window)| window).find(|window| window.focused);
        in_front.map(Program::from)
    }
}

#[cfg(target_os = "macos")]
fn is_allowed() -> bool {
    objc2_core_graphics::CGPreflightScreenCaptureAccess()
}

#[cfg(windows)]
fn is_allowed() -> bool {
    true
}

fn monitors() -> Result<Vec<(xcap::Monitor, Display)>> {
    let described = |monitor: xcap::Monitor| {
        let scale = f64::from(monitor.scale_factor().map_err(failed)?);
        let bounds = in_pixels(
            (monitor.x().map_err(failed)?, monitor.y().map_err(failed)?),
            (monitor.width().map_err(failed)?, monitor.height().map_err(failed)?),
            scale,
        );
        let name = monitor.name().map_err(failed)?;
        let primary = monitor.is_primary().map_err(failed)?;
        Ok((monitor, Display { name, bounds, scale, primary }))
    };
    xcap::Monitor::all().map_err(failed)?.into_iter().map(described).collect()
}

/// A rectangle that the system tells, in pixels.
fn in_pixels((x, y): (i32, i32), (width, height): (u32, u32), scale: f64) -> Rect {
    if cfg!(not(target_os = "macos")) {
        return Rect { x, y, width, height };
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast of floats keeps within the range"
    )]
    Rect {
        x: (f64::from(x) * scale).round() as i32,
        y: (f64::from(y) * scale).round() as i32,
        width: (f64::from(width) * scale).round() as u32,
        height: (f64::from(height) * scale).round() as u32,
    }
}

/// The windows, without those that are minimised, have no size, or were closed while they were looked at.
fn windows() -> Result<Vec<(xcap::Window, Window)>> {
    let described = |window: xcap::Window| {
        if window.is_minimized().ok()? {
            return None;
        }
        let scale = window.current_monitor().and_then(|monitor| monitor.scale_factor()).ok()?;
        let at = (window.x().ok()?, window.y().ok()?);
        let bounds = in_pixels(at, (window.width().ok()?, window.height().ok()?), f64::from(scale));
        let told = Window {
            id: WindowId(window.id().ok()?),
            title: window.title().ok()?,
            program: window.app_name().ok()?,
            bounds,
            focused: window.is_focused().ok()?,
        };
        (!bounds.is_empty()).then_some((window, told))
    };
    let mut found: Vec<_> = xcap::Window::all().map_err(failed)?.into_iter().filter_map(described).collect();
    // All windows of the program in front are told as focused; it is the uppermost of them.
    let focused = found.iter().position(|(_, window)| window.focused);
    for (index, (_, window)) in found.iter_mut().enumerate() {
        window.focused = focused == Some(index);
    }
    Ok(found)
}

fn of_screen(monitors: &[(xcap::Monitor, Display)], displays: &[Display], part: Rect) -> Result<Picture> {
    let mut picture = Picture::empty(part, displays)?;
    for (monitor, display) in monitors.iter().filter(|(_, display)| display.bounds.intersection(part).is_some()) {
        let taken = monitor.capture_image().map_err(failed)?;
        let at = display.bounds.seen_from(part.corner()).corner();
        picture.put(at, taken.width(), taken.as_raw());
    }
    Ok(picture)
}

fn of_window(displays: &[Display], which: WhichWindow) -> Result<Picture> {
    let mut all = windows()?.into_iter();
    let (window, told) = match which {
        WhichWindow::Id(id) => all.find(|(_, told)| told.id == id).ok_or(Error::NoSuchWindow(id))?,
        WhichWindow::Active => all.find(|(_, told)| told.focused).ok_or(Error::NoWindowInFront)?,
    };
    let taken = window.capture_image().map_err(failed)?;
    let bounds = Rect { width: taken.width(), height: taken.height(), ..told.bounds };
    let mut picture = Picture::empty(bounds, displays)?;
    picture.put(Point { x: 0, y: 0 }, taken.width(), taken.as_raw());
    Ok(picture)
}

fn failed(error: XCapError) -> Error {
    Error::System(error.to_string())
}
