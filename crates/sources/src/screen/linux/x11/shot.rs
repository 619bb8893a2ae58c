//! Taking a picture from an X server.

use super::pixmap::{Source, read};
use super::server::{Server, if_there};
use super::{displays, windows};
use crate::screen::{
    Display, Error, Picture, Point, Rect, Result, Warning, What, WhichWindow, Window, WindowId, chosen, region,
};
use x11rb::connection::Connection;
use x11rb::protocol::composite::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{self, ConnectionExt as _};

/// Takes a picture.
pub fn take(server: &Server, what: &What) -> Result<Picture> {
    let displays = displays::all(server)?;
    match what {
        What::All => {
            let whole = displays::whole(server)?;
            let all = Rect::around_all(displays.iter().map(|display| display.bounds));
            of_screen(server, &displays, all.and_then(|all| all.intersection(whole)).unwrap_or(whole))
        }
        What::Display(which) => {
            let display = chosen::display(&displays, which, || server.pointer())?;
            of_screen(server, &displays, display.bounds)
        }
        What::Region(wanted) => {
            let part = region::clipped(&displays, *wanted).ok_or(Error::Outside(*wanted))?;
            let mut picture = of_screen(server, &displays, part)?;
            if part != *wanted {
                picture.warnings.push(Warning::OffScreen);
            }
            Ok(picture)
        }
        What::Window(which) => of_window(server, &displays, &wanted(server, *which)?),
    }
}

/// A part of the screen as a person sees it.
fn of_screen(server: &Server, displays: &[Display], part: Rect) -> Result<Picture> {
    let mut picture = Picture::empty(part, displays)?;
    let inside = part.intersection(displays::whole(server)?).ok_or(Error::Outside(part))?;
    read(server, Source::root(server), inside, &mut picture, inside.seen_from(part.corner()).corner())?;
    picture.clear_gaps(displays);
    Ok(picture)
}

fn wanted(server: &Server, which: WhichWindow) -> Result<Window> {
    let WhichWindow::Id(WindowId(id)) = which else {
        let active = windows::active(server)?.map(|id| windows::one(server, id)).transpose()?.flatten();
        // Where none is in front, window managers hold the focus with one of their own, off the screen.
        let whole = displays::whole(server)?;
        let seen = active.filter(|window| window.bounds.intersection(whole).is_some());
        return seen.ok_or(Error::NoWindowInFront);
    };
    windows::one(server, id)?.ok_or(Error::NoSuchWindow(WindowId(id)))
}

/// A window: all of it where a compositor keeps its pixels apart, otherwise what of it can be seen.
fn of_window(server: &Server, displays: &[Display], window: &Window) -> Result<Picture> {
    let frame = windows::on_root(server, window.id.0)?.ok_or(Error::NoSuchWindow(window.id))?;
    if is_composited(server)?
        && let Some(picture) = kept_apart(server, displays, window, frame)?
    {
        return Ok(picture);
    }
    let seen = window.bounds.intersection(displays::whole(server)?).ok_or(Error::Outside(window.bounds))?;
    let mut picture = of_screen(server, displays, seen)?;
    if windows::is_covered(server, frame, seen)? {
        picture.warnings.push(Warning::Covered);
    }
    if seen != window.bounds {
        picture.warnings.push(Warning::OffScreen);
    }
    Ok(picture)
}

/// Whether a compositor draws the screen, and windows therefore have pixels of their own. Without one, we could ask the
/// server for them too, but programs would have to draw anew first.
fn is_composited(server: &Server) -> Result<bool> {
    let name = format!("_NET_WM_CM_S{}", server.screen);
    let selection = server.wire.intern_atom(false, name.as_bytes())?.reply()?.atom;
    Ok(server.wire.get_selection_owner(selection)?.reply()?.owner != 0)
}

/// The pixels of a window that a compositor keeps; `None` when it does not keep those of this one.
fn kept_apart(
    server: &Server,
    displays: &[Display],
    window: &Window,
    frame: xproto::Window,
) -> Result<Option<Picture>> {
    let wire = &server.wire;
    if !server.has(composite::X11_EXTENSION_NAME)? {
        return Ok(None);
    }
    let version = wire.composite_query_version(0, 2)?.reply()?;
    if (version.major_version, version.minor_version) < (0, 2) {
        return Ok(None);
    }
    let Some(attributes) = if_there(wire.get_window_attributes(frame)?.reply())? else { return Ok(None) };
    let Some(at) = if_there(wire.get_geometry(frame)?.reply())? else { return Ok(None) };
    let pixmap = wire.generate_id()?;
    if if_there(wire.composite_name_window_pixmap(frame, pixmap)?.check())?.is_none() {
        return Ok(None);
    }
    let source = Source { drawable: pixmap, depth: at.depth, visual: attributes.visual, colormap: attributes.colormap };
    // The pixels are those of the frame, its border included, from its outer corner on.
    let corner = Point { x: at.x.into(), y: at.y.into() };
    let kept = if_there(wire.get_geometry(pixmap)?.reply())?;
    let kept = kept.map(|size| Rect::new(0, 0, size.width.into(), size.height.into()));
    let part = kept.and_then(|kept| kept.intersection(window.bounds.seen_from(corner)));
    let picture = match part {
        Some(part) => {
            let mut picture = Picture::empty(window.bounds, displays)?;
            let to = part.seen_from(window.bounds.seen_from(corner).corner()).corner();
            read(server, source, part, &mut picture, to).map(|()| Some(picture))
        }
        None => Ok(None),
    };
    wire.free_pixmap(pixmap)?;
    wire.flush()?;
    picture
}
