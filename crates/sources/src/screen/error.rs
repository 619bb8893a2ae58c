//! Why there is no picture of the screen, and what a person can do.

use super::{Rect, WhichDisplay, WindowId};
use std::time::Duration;

/// An error of the screen. Its words say what is wrong, [`hint`](Error::hint) what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Neither an X server nor a Wayland compositor is named: a server, a console, or a job without a session.
    #[error("there is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set")]
    NoScreen,
    /// The X server that is named does not let us in.
    #[error("the X server {display} cannot be reached: {problem}")]
    Unreachable {
        /// Its name.
        display: String,
        /// What it or the system said.
        problem: String,
    },
    /// Someone who was asked did not answer.
    #[error("{who} did not answer within {after:?}")]
    Silence {
        /// Who was asked.
        who: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// The X server answered with an error, or the connection broke.
    #[error("the X server failed: {0}")]
    Server(String),
    /// There is no message bus, which the way to the desktop portal goes through.
    #[error("the message bus of the session cannot be reached, so the desktop cannot be asked for a picture: {0}")]
    NoBus(String),
    /// Nobody on the bus is the desktop portal, and nobody can be started to be it.
    #[error("there is no desktop portal (xdg-desktop-portal), which takes pictures of the screen on Wayland")]
    NoPortal,
    /// The portal is there, but has nobody who can take pictures on this desktop.
    #[error("the desktop portal is there, but has no backend that takes pictures of the screen")]
    NoBackend,
    /// The portal will not, and not with the person choosing either.
    #[error("the desktop refused to take a picture of the screen")]
    Refused,
    /// The person thought better of it.
    #[error("no picture was taken: it was cancelled")]
    Cancelled,
    /// The portal answered something that is no picture.
    #[error("the desktop portal's answer is no picture: {0}")]
    BadAnswer(String),
    /// The picture would have more pixels than [`MOST_PIXELS`](super::limits::MOST_PIXELS).
    #[error("a picture of {width} × {height} pixels is too large")]
    TooLarge {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
    /// There is no such display.
    #[error("there is no display {wanted}; there are: {}", there.join(", "))]
    NoSuchDisplay {
        /// What was asked for.
        wanted: WhichDisplay,
        /// The displays that there are.
        there: Vec<String>,
    },
    /// There is no such window, or it is not to be seen: closed, minimised or on another desktop.
    #[error("window {0} is not there, or is minimised")]
    NoSuchWindow(WindowId),
    /// No window has the focus.
    #[error("no window is in front")]
    NoWindowInFront,
    /// The region lies on no display.
    #[error("the region {0} lies on no display")]
    Outside(Rect),
    /// Wayland tells programs less than X11 does.
    #[error("on Wayland a program cannot {0}")]
    NotOnWayland(&'static str),
    /// The portal's picture is there, but what part of it is which display is not known.
    #[error("the picture of {picture} pixels does not fit the layout of the displays ({layout}), so it cannot be cut")]
    LayoutUnknown {
        /// The size of the picture.
        picture: String,
        /// The size of the layout, or why it is not known.
        layout: String,
    },
    /// The system (macOS) keeps the screen from programs that the person has not allowed to see it.
    #[error("this program is not allowed to see the screen")]
    NoPermission,
    /// The system's own way of taking pictures failed.
    #[error("the system could not take the picture: {0}")]
    System(String),
    /// The picture could not be written as a PNG.
    #[error("the picture could not be written: {0}")]
    Encode(String),
}

/// A result of the screen.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What a person can do about it, as a sentence.
    pub fn hint(&self) -> &'static str {
        match self {
            Error::NoScreen => {
                "Run this inside a desktop session. Over ssh or from a job, set DISPLAY to a screen that you may use."
            }
            Error::Unreachable { .. } => {
                "Check that DISPLAY names a running screen and that XAUTHORITY lets you use it."
            }
            Error::Silence { .. } | Error::Server(_) => {
                "Try again. If it stays so, the desktop hangs: log out and in again."
            }
            Error::NoBus(_) => {
                "Run this inside a desktop session, where DBUS_SESSION_BUS_ADDRESS is set, and not with sudo."
            }
            Error::NoPortal => "Install xdg-desktop-portal and the backend of your desktop, then log in again.",
            Error::NoBackend => {
                "Install the backend of your desktop: xdg-desktop-portal-gnome, -kde, -wlr, -hyprland or -cosmic; then \
                 log in again."
            }
            Error::Refused => {
                "Allow it in the privacy settings of your desktop under screenshots. If the screen is locked, unlock it."
            }
            Error::Cancelled => "Start again and confirm the picture.",
            Error::BadAnswer(_) => {
                "Try again. If it stays so, update the portal's backend, or take the picture with the desktop's own tool \
                 and drop it onto Legible."
            }
            Error::TooLarge { .. } | Error::LayoutUnknown { .. } => "Take the whole screen, or a region of it.",
            Error::NoSuchDisplay { .. } => "Name one of those that there are.",
            Error::NoSuchWindow(_) | Error::NoWindowInFront => {
                "Bring the window to the front and try again, or take the whole screen."
            }
            Error::Outside(_) => {
                "Choose a region that lies on a display; X and Y count from the corner of the desktop."
            }
            Error::NotOnWayland(_) => {
                "Take the whole screen, a display by its number, or a region; or let the desktop ask what you want."
            }
            Error::NoPermission => {
                "Allow it in System Settings, Privacy & Security, Screen & System Audio Recording; then start Legible again."
            }
            Error::System(_) => {
                "Try again. If it stays so, take the picture with the system's tool and drop it onto Legible."
            }
            Error::Encode(_) => "Take a smaller region.",
        }
    }
}
