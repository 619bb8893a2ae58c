//! Windows: which there are, which is in front, and their pictures.

use crate::server::{BLUE, GREEN, GREY, RED, Server, assert_exactly};
use legible_sources::screen::{Error, Program, Rect, Warning, What, WhichWindow, WindowId};
use x11rb::connection::Connection;
use x11rb::protocol::composite::{ConnectionExt as _, Redirect};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, CreateWindowAux, InputFocus, Window, WindowClass};

fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
    Rect::new(x, y, width, height)
}

fn by(window: Window) -> What {
    What::Window(WhichWindow::Id(WindowId(window)))
}

const ACTIVE: What = What::Window(WhichWindow::Active);

/// A screen without a window manager and two windows side by side.
fn two_windows() -> Option<(Server, Window, Window)> {
    let server = Server::start("640x480x24")?;
    server.draw(server.root(), rect(0, 0, 640, 480), GREY);
    let (one, two) =
        (server.open(rect(10, 20, 200, 100), "Brief", RED), server.open(rect(300, 20, 100, 100), "Zwei", BLUE));
    server.draw(one, rect(5, 6, 7, 8), GREEN);
    server.draw(two, rect(50, 60, 10, 10), GREEN);
    Some((server, one, two))
}

#[test]
fn windows_are_listed_from_the_top() {
    let Some((server, one, two)) = two_windows() else { return };
    let listed = || -> Vec<_> {
        let windows = server.screen().windows().unwrap();
        windows.into_iter().map(|w| (w.id.0, w.title, w.program, w.bounds, w.focused)).collect()
    };
    let first = |focused| (one, "Brief".to_owned(), "Paper".to_owned(), rect(10, 20, 200, 100), focused);
    let second = |focused| (two, "Zwei".to_owned(), "Paper".to_owned(), rect(300, 20, 100, 100), focused);
    assert_eq!(listed(), [second(false), first(false)]);
    // As window managers tell it.
    server.tell(server.root(), "_NET_CLIENT_LIST_STACKING", AtomEnum::WINDOW, &[two, one]);
    server.tell(server.root(), "_NET_ACTIVE_WINDOW", AtomEnum::WINDOW, &[one]);
    assert_eq!(listed(), [first(true), second(false)]);
    let hidden = server.atom("_NET_WM_STATE_HIDDEN");
    server.tell(one, "_NET_WM_STATE", AtomEnum::ATOM, &[hidden]);
    assert_eq!(listed(), [second(false)]);
    server.tell(server.root(), "_NET_CURRENT_DESKTOP", AtomEnum::CARDINAL, &[0]);
    server.tell(two, "_NET_WM_DESKTOP", AtomEnum::CARDINAL, &[1]);
    assert_eq!(listed(), []);
    server.tell(two, "_NET_WM_DESKTOP", AtomEnum::CARDINAL, &[u32::MAX]);
    assert_eq!(listed(), [second(false)]);
    let dock = server.atom("_NET_WM_WINDOW_TYPE_DOCK");
    server.tell(two, "_NET_WM_WINDOW_TYPE", AtomEnum::ATOM, &[dock]);
    assert_eq!(listed(), []);
    // A window that was closed since the window manager told of it.
    server.tell(server.root(), "_NET_CLIENT_LIST_STACKING", AtomEnum::WINDOW, &[0x7fff_ff00]);
    assert_eq!(listed(), []);
}

#[test]
fn a_window_is_taken_by_its_number() {
    let Some((server, one, two)) = two_windows() else { return };
    let check = |window: Window, bounds: Rect, mark: Rect| {
        let picture = server.screen().capture(&by(window)).unwrap();
        assert_eq!(picture.bounds, Some(bounds));
        assert_eq!(picture.warnings, []);
        assert_exactly(&picture, mark, GREEN);
    };
    check(one, rect(10, 20, 200, 100), rect(15, 26, 7, 8));
    check(two, rect(300, 20, 100, 100), rect(350, 80, 10, 10));
    server.wire.unmap_window(two).unwrap();
    server.done();
    assert_eq!(server.screen().capture(&by(two)), Err(Error::NoSuchWindow(WindowId(two))));
    assert_eq!(server.screen().capture(&by(0x7fff_ff00)), Err(Error::NoSuchWindow(WindowId(0x7fff_ff00))));
}

#[test]
fn the_window_in_front_is_known() {
    let Some((server, one, two)) = two_windows() else { return };
    let screen = server.screen();
    let in_front = |expected: Option<(&str, Rect)>| {
        let program = expected.map(|(title, _)| Program { name: "Paper".to_owned(), title: title.to_owned() });
        assert_eq!(screen.front_window(), program);
        let bounds = screen.capture(&ACTIVE).map(|picture| picture.bounds);
        assert_eq!(bounds, expected.map(|(_, bounds)| Some(bounds)).ok_or(Error::NoWindowInFront));
    };
    in_front(None);
    server.wire.set_input_focus(InputFocus::POINTER_ROOT, one, x11rb::CURRENT_TIME).unwrap();
    server.done();
    in_front(Some(("Brief", rect(10, 20, 200, 100))));
    // What a window manager tells counts more.
    server.tell(server.root(), "_NET_ACTIVE_WINDOW", AtomEnum::WINDOW, &[two]);
    in_front(Some(("Zwei", rect(300, 20, 100, 100))));
    server.tell(server.root(), "_NET_ACTIVE_WINDOW", AtomEnum::WINDOW, &[0]);
    in_front(None);
    // Old programs have only the old title.
    server.tell(server.root(), "_NET_ACTIVE_WINDOW", AtomEnum::WINDOW, &[two]);
    server.tell_text(two, server.atom("_NET_WM_NAME"), b"");
    server.tell_text(two, AtomEnum::WM_NAME.into(), &[b'M', 0xfc, b'l', b'l']);
    assert_eq!(screen.front_window(), Some(Program { name: "Paper".to_owned(), title: "Müll".to_owned() }));
}

#[test]
fn a_window_in_a_frame_is_taken_without_frame_and_shadow() {
    let Some((server, one, _)) = two_windows() else { return };
    // What a window manager does: a window around it, with a border of its own.
    let frame = server.wire.generate_id().unwrap();
    let look = CreateWindowAux::new().background_pixel(0x00ff_ffff).override_redirect(1);
    let class = WindowClass::INPUT_OUTPUT;
    server.wire.create_window(0, frame, server.root(), 100, 200, 220, 140, 3, class, 0, &look).unwrap();
    server.wire.map_window(frame).unwrap();
    server.wire.reparent_window(one, frame, 4, 30).unwrap();
    server.done();
    server.draw(one, rect(5, 6, 7, 8), GREEN);
    let picture = server.screen().capture(&by(one)).unwrap();
    assert_eq!(picture.bounds, Some(rect(107, 233, 200, 100)));
    assert_exactly(&picture, rect(112, 239, 7, 8), GREEN);
    assert_eq!(picture.warnings, []);
    server.tell(one, "_GTK_FRAME_EXTENTS", AtomEnum::CARDINAL, &[1, 2, 3, 4]);
    let picture = server.screen().capture(&by(one)).unwrap();
    assert_eq!(picture.bounds, Some(rect(108, 236, 197, 93)));
    assert_exactly(&picture, rect(112, 239, 7, 8), GREEN);
}

#[test]
fn what_of_a_window_cannot_be_seen_is_said() {
    let Some((server, one, _)) = two_windows() else { return };
    let cover = server.open(rect(100, 50, 50, 30), "Over it", BLUE);
    let picture = server.screen().capture(&by(one)).unwrap();
    assert_exactly(&picture, rect(100, 50, 50, 30), BLUE);
    assert_eq!(picture.warnings, [Warning::Covered]);
    server.wire.unmap_window(cover).unwrap();
    server.done();
    let edge = server.open(rect(600, 440, 100, 100), "Half out", RED);
    server.draw(edge, rect(0, 0, 5, 5), GREEN);
    let picture = server.screen().capture(&by(edge)).unwrap();
    assert_eq!(picture.bounds, Some(rect(600, 440, 40, 40)));
    assert_exactly(&picture, rect(600, 440, 5, 5), GREEN);
    assert_eq!(picture.warnings, [Warning::OffScreen]);
    let out = server.open(rect(700, 10, 50, 50), "Out", RED);
    assert_eq!(server.screen().capture(&by(out)), Err(Error::Outside(rect(700, 10, 50, 50))));
}

#[test]
fn a_compositor_keeps_what_is_covered() {
    let Some((server, one, _)) = two_windows() else { return };
    // What a compositor does: it says that it is there, and windows get pixels of their own.
    let compositor = server.open(rect(0, 0, 1, 1), "compositor", GREY);
    server.wire.set_selection_owner(compositor, server.atom("_NET_WM_CM_S0"), x11rb::CURRENT_TIME).unwrap();
    server.wire.composite_query_version(0, 4).unwrap().reply().unwrap();
    server.wire.composite_redirect_subwindows(server.root(), Redirect::AUTOMATIC).unwrap().check().unwrap();
    server.draw(one, rect(0, 0, 200, 100), RED);
    server.draw(one, rect(95, 35, 7, 8), GREEN);
    server.open(rect(100, 50, 50, 30), "Over it", BLUE);
    let picture = server.screen().capture(&by(one)).unwrap();
    assert_eq!(picture.bounds, Some(rect(10, 20, 200, 100)));
    assert_exactly(&picture, rect(105, 55, 7, 8), GREEN);
    assert_eq!(picture.warnings, []);
    // Also what is off the screen, on all sides.
    let edge = server.open(rect(-20, -30, 100, 100), "Half out", RED);
    server.draw(edge, rect(2, 3, 5, 5), GREEN);
    server.draw(edge, rect(50, 60, 5, 5), GREEN);
    let picture = server.screen().capture(&by(edge)).unwrap();
    assert_eq!(picture.bounds, Some(rect(-20, -30, 100, 100)));
    assert_exactly(&picture, rect(-18, -27, 5, 5), GREEN);
    assert_exactly(&picture, rect(30, 30, 5, 5), GREEN);
    assert_eq!(picture.warnings, []);
}
