//! Pictures of the screen: what is on it, and what it shows.
//!
//! All coordinates are physical pixels of the whole desktop, as [`Rect`] says. Everything here waits for others, for as
//! long as [`Patience`](limits::Patience) says: call it where waiting hurts nobody. A picture with nothing in it says so
//! in its [`warnings`](Picture::warnings), and an [`Error`] says what a person can do.
//!
//! Which way leads to the pixels: X11 on X11, the desktop portal on Wayland, the system's own on Windows and macOS. See
//! `docs/adr/0005-screen-capture.md`.

mod chosen;
mod desktop;
mod error;
mod geometry;
pub mod limits;
mod picture;
pub mod region;
mod warning;

#[cfg(any(windows, target_os = "macos"))]
mod pointer;
#[cfg(any(windows, target_os = "macos"))]
#[path = "elsewhere.rs"]
mod system;
#[cfg(all(unix, not(target_os = "macos")))]
#[path = "linux/mod.rs"]
mod system;

pub use desktop::{Display, Program, What, WhichDisplay, WhichWindow, Window, WindowId};
pub use error::{Error, Result};
pub use geometry::{Point, Rect};
pub use picture::Picture;
pub use system::Screen;
#[cfg(all(unix, not(target_os = "macos")))]
pub use system::Session;
pub use warning::{Cause, Look, Warning};
