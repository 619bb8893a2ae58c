//! The screen of an X server.

mod displays;
mod pixels;
mod pixmap;
mod server;
mod shot;
mod windows;

use crate::screen::{Display, Picture, Program, Result, What, Window};
use server::Server;
use std::time::Duration;

/// The displays of this X server.
pub fn displays(display: &str, patience: Duration) -> Result<Vec<Display>> {
    displays::all(&Server::connect(display, patience)?)
}

/// The windows that a person sees, the one on top first.
pub fn windows(display: &str, patience: Duration) -> Result<Vec<Window>> {
    windows::all(&Server::connect(display, patience)?)
}

/// Takes a picture.
pub fn capture(display: &str, patience: Duration, what: &What) -> Result<Picture> {
    shot::take(&Server::connect(display, patience)?, what)
}

/// The program whose window is in front.
pub fn front_window(display: &str, patience: Duration) -> Result<Option<Program>> {
    let server = Server::connect(display, patience)?;
    let Some(active) = windows::active(&server)? else { return Ok(None) };
    windows::program(&server, active)
}

/// Whether the screen saver of the server is on.
pub fn is_off(display: &str, patience: Duration) -> Result<bool> {
    Server::connect(display, patience)?.is_off()
}
