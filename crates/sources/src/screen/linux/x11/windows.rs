//! The windows of an X server, as its window manager tells them, or as they lie where there is none.

use super::server::{Server, if_there};
use crate::screen::{Program, Rect, Result, Window, WindowId};
use x11rb::protocol::xproto::{self, AtomEnum, ConnectionExt as _, InputFocus, MapState, WindowClass};

/// The desktop number of a window that is on all of them.
const ON_ALL_DESKTOPS: u32 = u32::MAX;

/// The windows that a person sees, the one on top first.
pub fn all(server: &Server) -> Result<Vec<Window>> {
    let active = active(server)?;
    let mut found = Vec::new();
    for window in listed(server)?.into_iter().rev() {
        if is_for_a_person(server, window)? {
            found.extend(look_at(server, window, active)?);
        }
    }
    Ok(found)
}

/// One window as it is now; `None` when it is gone or not to be seen.
pub fn one(server: &Server, window: xproto::Window) -> Result<Option<Window>> {
    look_at(server, window, active(server)?)
}

/// The window that is in front.
pub fn active(server: &Server) -> Result<Option<xproto::Window>> {
    if let Some(told) = server.numbers(server.root(), server.atoms._NET_ACTIVE_WINDOW)?.first() {
        return Ok(Some(*told).filter(|window| *window != 0));
    }
    let focus = server.wire.get_input_focus()?.reply()?.focus;
    if [u32::from(InputFocus::NONE), u32::from(InputFocus::POINTER_ROOT), server.root()].contains(&focus) {
        return Ok(None);
    }
    on_root(server, focus)
}

/// The program and the title of a window; `None` when it has neither.
pub fn program(server: &Server, window: xproto::Window) -> Result<Option<Program>> {
    let program = Program { name: class(server, window)?, title: title(server, window)? };
    Ok(Some(program).filter(|program| !program.name.is_empty() || !program.title.is_empty()))
}

/// The ancestor of a window, or it itself, that lies directly on the root: with a window manager, its frame. `None` when
/// it is gone.
pub fn on_root(server: &Server, window: xproto::Window) -> Result<Option<xproto::Window>> {
    let mut at = window;
    loop {
        let Some(tree) = if_there(server.wire.query_tree(at)?.reply())? else { return Ok(None) };
        if tree.parent == server.root() {
            return Ok(Some(at));
        }
        if tree.parent == 0 {
            return Ok(None);
        }
        at = tree.parent;
    }
}

/// Whether a window lies over this part of another, which both lie directly on the root.
pub fn is_covered(server: &Server, window: xproto::Window, part: Rect) -> Result<bool> {
    let stack = server.wire.query_tree(server.root())?.reply()?.children;
    for above in stack.into_iter().rev().take_while(|above| *above != window) {
        let Some(attributes) = if_there(server.wire.get_window_attributes(above)?.reply())? else { continue };
        if attributes.map_state != MapState::VIEWABLE || attributes.class == WindowClass::INPUT_ONLY {
            continue;
        }
        let Some(at) = if_there(server.wire.get_geometry(above)?.reply())? else { continue };
        if Rect::new(at.x.into(), at.y.into(), at.width.into(), at.height.into()).intersection(part).is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// All windows of programs, the lowest first.
fn listed(server: &Server) -> Result<Vec<xproto::Window>> {
    for list in [server.atoms._NET_CLIENT_LIST_STACKING, server.atoms._NET_CLIENT_LIST] {
        let told = server.numbers(server.root(), list)?;
        if !told.is_empty() {
            return Ok(told);
        }
    }
    // Without a window manager; menus and tooltips then say that no such should care for them.
    let mut found = Vec::new();
    for window in server.wire.query_tree(server.root())?.reply()?.children {
        let attributes = if_there(server.wire.get_window_attributes(window)?.reply())?;
        if attributes.is_some_and(|told| !told.override_redirect && told.class == WindowClass::INPUT_OUTPUT) {
            found.push(window);
        }
    }
    Ok(found)
}

/// Whether it is no panel or wallpaper, not minimised, and on the desktop that is shown.
fn is_for_a_person(server: &Server, window: xproto::Window) -> Result<bool> {
    let atoms = &server.atoms;
    let kinds = server.numbers(window, atoms._NET_WM_WINDOW_TYPE)?;
    if kinds.contains(&atoms._NET_WM_WINDOW_TYPE_DESKTOP) || kinds.contains(&atoms._NET_WM_WINDOW_TYPE_DOCK) {
        return Ok(false);
    }
    if server.numbers(window, atoms._NET_WM_STATE)?.contains(&atoms._NET_WM_STATE_HIDDEN) {
        return Ok(false);
    }
    let its = server.numbers(window, atoms._NET_WM_DESKTOP)?;
    let shown = server.numbers(server.root(), atoms._NET_CURRENT_DESKTOP)?;
    Ok(match (its.first(), shown.first()) {
        (Some(its), Some(shown)) => its == shown || *its == ON_ALL_DESKTOPS,
        _ => true,
    })
}

fn look_at(server: &Server, window: xproto::Window, active: Option<xproto::Window>) -> Result<Option<Window>> {
    let Some(attributes) = if_there(server.wire.get_window_attributes(window)?.reply())? else { return Ok(None) };
    if attributes.map_state != MapState::VIEWABLE || attributes.class == WindowClass::INPUT_ONLY {
        return Ok(None);
    }
    let Some(bounds) = bounds(server, window)? else { return Ok(None) };
    Ok(Some(Window {
        id: WindowId(window),
        title: title(server, window)?,
        program: class(server, window)?,
        bounds,
        focused: active == Some(window),
    }))
}

/// Where the content of a window lies, without the shadow that some programs draw themselves.
fn bounds(server: &Server, window: xproto::Window) -> Result<Option<Rect>> {
    let Some(size) = if_there(server.wire.get_geometry(window)?.reply())? else { return Ok(None) };
    let Some(at) = if_there(server.wire.translate_coordinates(window, server.root(), 0, 0)?.reply())? else {
        return Ok(None);
    };
    let outer = Rect::new(at.dst_x.into(), at.dst_y.into(), size.width.into(), size.height.into());
    let shadow = server.numbers(window, server.atoms._GTK_FRAME_EXTENTS)?;
    Ok(Some(without(outer, &shadow)))
}

/// A rectangle without these many pixels at its left, right, upper and lower edge; itself when nothing would be left.
fn without(outer: Rect, edges: &[u32]) -> Rect {
    let &[left, right, top, bottom] = edges else { return outer };
    let less = |length: u32, one: u32, other: u32| length.checked_sub(one)?.checked_sub(other).filter(|left| *left > 0);
    let (Some(width), Some(height)) = (less(outer.width, left, right), less(outer.height, top, bottom)) else {
        return outer;
    };
    Rect { x: outer.x.saturating_add_unsigned(left), y: outer.y.saturating_add_unsigned(top), width, height }
}

fn title(server: &Server, window: xproto::Window) -> Result<String> {
    let modern = server.bytes(window, server.atoms._NET_WM_NAME)?;
    if !modern.is_empty() {
        return Ok(String::from_utf8_lossy(&modern).into_owned());
    }
    Ok(old_text(&server.bytes(window, AtomEnum::WM_NAME.into())?))
}

/// The name of the program: the second of the two texts of `WM_CLASS`.
fn class(server: &Server, window: xproto::Window) -> Result<String> {
    let both = server.bytes(window, AtomEnum::WM_CLASS.into())?;
    let mut texts = both.split(|byte| *byte == 0).filter(|text| !text.is_empty());
    let instance = texts.next().unwrap_or_default();
    Ok(old_text(texts.next().unwrap_or(instance)))
}

/// Text of old properties is Latin-1, but many programs write UTF-8.
fn old_text(bytes: &[u8]) -> String {
    let latin = || bytes.iter().map(|byte| char::from(*byte)).collect();
    std::str::from_utf8(bytes).map_or_else(|_| latin(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shadow_is_no_part_of_a_window() {
        let outer = Rect::new(10, 10, 100, 80);
        let check = |edges: &[u32], expected: Rect| assert_eq!(without(outer, edges), expected, "{edges:?}");
        check(&[], outer);
        check(&[5, 6, 7, 8], Rect::new(15, 17, 89, 65));
        check(&[50, 50, 0, 0], outer);
        check(&[u32::MAX, u32::MAX, 0, 0], outer);
        check(&[1, 2, 3], outer);
    }

    #[test]
    fn old_text_is_read() {
        let check = |bytes: &[u8], expected: &str| assert_eq!(old_text(bytes), expected);
        check(b"xterm", "xterm");
        check(&[b'M', 0xfc, b'l', b'l'], "Müll");
        check("Müll".as_bytes(), "Müll");
    }
}
