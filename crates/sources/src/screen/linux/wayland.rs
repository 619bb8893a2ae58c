//! Taking a picture on Wayland: the desktop portal takes all displays, and what is wanted is cut from that.
//!
//! Which part of the picture is which display is known from Xwayland. It may count in logical pixels where the picture has
//! physical ones, but its layout has the picture's shape; where it has not, nothing is cut.

use super::portal::{self, Taken, Target};
use super::{Session, received, x11};
use crate::screen::{Display, Error, Picture, Point, Rect, Result, Warning, What, WhichDisplay, WhichWindow, chosen};

/// Takes a picture. A region counts in pixels of the picture of all displays.
pub fn capture(session: &Session, what: &What) -> Result<Picture> {
    let target = match what {
        What::Window(WhichWindow::Id(_)) => {
            return Err(Error::NotOnWayland("take a picture of a window by its number"));
        }
        What::Window(WhichWindow::Active) => Target::ActiveWindow,
        What::All | What::Display(_) | What::Region(_) => Target::Screen,
    };
    let taken = portal::ask(session, target)?;
    let mut picture = receive(session, &taken)?;
    if taken.by_hand {
        picture.warnings.push(Warning::ChosenByHand);
    }
    if taken.by_hand || target == Target::ActiveWindow { Ok(picture) } else { wanted(session, picture, what) }
}

/// Takes a picture of what the person chooses in the desktop's own dialog.
pub fn let_choose(session: &Session) -> Result<Picture> {
    receive(session, &portal::ask(session, Target::Chosen)?)
}

fn receive(session: &Session, taken: &Taken) -> Result<Picture> {
    let received = received::receive(&taken.uri, &session.temporary)?;
    let mut picture = received.picture;
    picture.warnings.extend(received.left.map(Warning::FileLeft));
    Ok(picture)
}

/// What is wanted of a picture of all displays.
fn wanted(session: &Session, mut picture: Picture, what: &What) -> Result<Picture> {
    let layout = session.display.as_ref().map(|display| x11::displays(display, session.patience.server));
    let fitted = layout.as_ref().and_then(|layout| fit(layout.as_ref().ok()?, picture.width, picture.height));
    let whole = Rect::new(0, 0, picture.width, picture.height);
    picture.bounds = Some(whole);
    if let Some(displays) = &fitted {
        picture.scale = displays.iter().map(|display| display.scale).reduce(f64::max).unwrap_or(1.0);
        picture.displays.clone_from(displays);
        picture.clear_gaps(displays);
    }
    match what {
        What::Display(which) => {
            let unknown = || Error::LayoutUnknown { picture: size(whole), layout: told(layout.as_ref()) };
            let part = display_in(&fitted.ok_or_else(unknown)?, which)?;
            picture.part(part)
        }
        What::Region(region) => picture.part(*region),
        What::All | What::Window(_) => Ok(picture),
    }
}

fn display_in(displays: &[Display], which: &WhichDisplay) -> Result<Rect> {
    let no_pointer = || Err(Error::NotOnWayland("tell which display the pointer is on"));
    chosen::display(displays, which, no_pointer).map(|display| display.bounds)
}

/// The displays as they lie in a picture of all of them, counted from its upper left corner; `None` when the picture has
/// another shape than they have.
fn fit(displays: &[Display], width: u32, height: u32) -> Option<Vec<Display>> {
    let all = Rect::around_all(displays.iter().map(|display| display.bounds))?;
    let factor = f64::from(width) / f64::from(all.width);
    // A pixel more or less is rounding.
    if (f64::from(all.height) * factor - f64::from(height)).abs() > 1.0 {
        return None;
    }
    let whole = Rect::new(0, 0, width, height);
    let fitted = displays.iter().map(|display| {
        let bounds = scaled(display.bounds.seen_from(all.corner()), factor).intersection(whole)?;
        let scale = if (factor - 1.0).abs() < 0.01 { display.scale } else { factor };
        Some(Display { bounds, scale, ..display.clone() })
    });
    fitted.collect()
}

fn scaled(rect: Rect, factor: f64) -> Rect {
    #[allow(clippy::cast_possible_truncation, reason = "a cast of floats keeps within the range, as wanted")]
    let at = |x: f64| (x * factor).round() as i32;
    let (x, y) = (at(f64::from(rect.x)), at(f64::from(rect.y)));
    let end =
        Point { x: at(f64::from(rect.x) + f64::from(rect.width)), y: at(f64::from(rect.y) + f64::from(rect.height)) };
    Rect { x, y, width: end.x.abs_diff(x), height: end.y.abs_diff(y) }
}

fn size(rect: Rect) -> String {
    format!("{} × {}", rect.width, rect.height)
}

/// What is known of the layout, in words.
fn told(layout: Option<&Result<Vec<Display>>>) -> String {
    match layout {
        None => "unknown: there is no Xwayland to ask".to_owned(),
        Some(Err(error)) => format!("unknown: {error}"),
        Some(Ok(displays)) => {
            let all = Rect::around_all(displays.iter().map(|display| display.bounds));
            all.map_or_else(|| "unknown".to_owned(), size)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displays_are_found_in_the_picture() {
        let display = |x: i32, y: i32, width: u32, height: u32| Display {
            name: String::new(),
            bounds: Rect::new(x, y, width, height),
            scale: 1.0,
            primary: false,
        };
        let side_by_side = [display(0, 0, 1440, 900), display(1440, 300, 1920, 1080)];
        let check = |displays: &[Display], picture: (u32, u32), expected: Option<&[(Rect, f64)]>| {
            let fitted = fit(displays, picture.0, picture.1);
            let fitted: Option<Vec<_>> = fitted.map(|all| all.iter().map(|one| (one.bounds, one.scale)).collect());
            assert_eq!(fitted.as_deref(), expected, "{picture:?}");
        };
        let same = [(Rect::new(0, 0, 1440, 900), 1.0), (Rect::new(1440, 300, 1920, 1080), 1.0)];
        check(&side_by_side, (3360, 1380), Some(&same));
        let twice = [(Rect::new(0, 0, 2880, 1800), 2.0), (Rect::new(2880, 600, 3840, 2160), 2.0)];
        check(&side_by_side, (6720, 2760), Some(&twice));
        check(&side_by_side, (1920, 1080), None);
        check(&[display(-100, -50, 100, 50)], (150, 75), Some(&[(Rect::new(0, 0, 150, 75), 1.5)]));
        // 1366 / 1.25 is no whole number.
        check(&[display(0, 0, 1093, 614)], (1366, 768), Some(&[(Rect::new(0, 0, 1366, 767), 1366.0 / 1093.0)]));
        check(&[], (10, 10), None);
    }
}
