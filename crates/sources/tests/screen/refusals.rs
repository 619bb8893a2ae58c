//! Where there is no screen, or it does not answer.

use crate::server::{NO_BUS, PATIENCE};
use legible_sources::screen::limits::Patience;
use legible_sources::screen::{Error, Result, Screen, Session, What};
use std::os::unix::net::UnixListener;
use std::time::Duration;

fn session() -> Session {
    Session { bus: Some(NO_BUS.to_owned()), patience: PATIENCE, ..Session::default() }
}

#[test]
fn without_a_screen_that_is_said() {
    let check = |session: Session, expected: Error| {
        let screen = Screen::of(session);
        let error = screen.capture(&What::All).unwrap_err();
        assert_eq!(error, expected);
        assert!(!error.hint().is_empty());
        assert_eq!(screen.front_window(), None);
    };
    check(session(), Error::NoScreen);
    assert_eq!(Screen::of(session()).displays(), Err(Error::NoScreen));
    assert_eq!(Screen::of(session()).windows(), Err(Error::NoScreen));
    for wrong in ["nonsense", ":99999999", ":65000", "/nonexistent/socket", ""] {
        let session = Session { display: Some(wrong.to_owned()), ..session() };
        let error = Screen::of(session).capture(&What::All).unwrap_err();
        assert!(matches!(&error, Error::Unreachable { display, .. } if display == wrong), "{wrong:?}: {error:?}");
    }
}

#[test]
fn a_server_that_is_gone_is_said() {
    let session = Session { display: Some(":54321".to_owned()), ..session() };
    let error = Screen::of(session).capture(&What::All).unwrap_err();
    assert!(error.to_string().starts_with("the X server :54321 cannot be reached: "), "{error}");
    assert!(error.hint().contains("XAUTHORITY"));
}

#[test]
fn a_server_that_hangs_is_not_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("X0");
    let listener = UnixListener::bind(&socket).unwrap();
    let short = Duration::from_millis(200);
    let session = Session {
        display: Some(socket.to_str().unwrap().to_owned()),
        patience: Patience { server: short, ..PATIENCE },
        ..session()
    };
    let screen = Screen::of(session);
    let expected = Error::Silence { who: "the X server", after: short };
    // Not another server that happens to be there, such as number 0.
    let check = |answer: Result<()>| assert_eq!(answer, Err(expected.clone()));
    check(screen.capture(&What::All).map(drop));
    check(screen.displays().map(drop));
    check(screen.windows().map(drop));
    assert_eq!(screen.front_window(), None);
    drop(listener);
}

#[test]
fn wayland_without_a_bus_is_said() {
    let screen = Screen::of(Session { wayland: true, ..session() });
    let error = screen.capture(&What::All).unwrap_err();
    assert!(matches!(error, Error::NoBus(_)), "{error:?}");
    assert!(error.hint().contains("DBUS_SESSION_BUS_ADDRESS"));
    assert!(matches!(screen.windows(), Err(Error::NotOnWayland("list the windows"))));
    assert!(screen.displays().unwrap_err().to_string().starts_with("on Wayland a program cannot list the displays"));
}
