//! The screen of a Linux or BSD desktop: X11 where an X server owns the screen, the desktop portal where a Wayland
//! compositor does. An X server that serves Wayland (Xwayland) sees no pixels of others, only black, and is never asked
//! for any.

mod bus;
mod lock;
mod portal;
mod received;
mod session;
mod wayland;
mod x11;

use super::{Display, Error, Picture, Program, Result, What, Window};
pub use session::Session;

/// The screen of a session.
#[derive(Debug, Clone)]
pub struct Screen(Session);

impl Screen {
    /// The screen of the session that this process runs in.
    pub fn here() -> Self {
        Screen(Session::of_this_process())
    }

    /// The screen of this session.
    pub fn of(session: Session) -> Self {
        Screen(session)
    }

    /// Whether the desktop takes the picture itself, and may let the person choose what is in it: as on Wayland, where no
    /// window can be laid over the screen to choose a region. There, take [`What::All`] and cut with [`Picture::part`].
    pub fn is_taken_by_the_desktop(&self) -> bool {
        self.0.wayland
    }

    /// The displays. On Wayland as Xwayland counts them, whose pixels need not be those of pictures: what a picture shows
    /// is told by [`Picture::displays`].
    pub fn displays(&self) -> Result<Vec<Display>> {
        match &self.0.display {
            Some(display) => x11::displays(display, self.0.patience.server),
            None if self.0.wayland => Err(Error::NotOnWayland("list the displays, as there is no Xwayland to ask")),
            None => Err(Error::NoScreen),
        }
    }

    /// The windows that a person sees, the one on top first. Not to be had on Wayland.
    pub fn windows(&self) -> Result<Vec<Window>> {
        match &self.0.display {
            _ if self.0.wayland => Err(Error::NotOnWayland("list the windows")),
            Some(display) => x11::windows(display, self.0.patience.server),
            None => Err(Error::NoScreen),
        }
    }

    /// Takes a picture.
    pub fn capture(&self, what: &What) -> Result<Picture> {
        let picture = match &self.0.display {
            _ if self.0.wayland => wayland::capture(&self.0, what)?,
            Some(display) => x11::capture(display, self.0.patience.server, what)?,
            None => return Err(Error::NoScreen),
        };
        Ok(picture.doubt(|| self.why_blank()))
    }

    /// Has the person choose in the desktop's own dialog what the picture is taken of. On Wayland only.
    pub fn let_choose(&self) -> Result<Picture> {
        if !self.0.wayland {
            return Err(Error::NoPortal);
        }
        Ok(wayland::let_choose(&self.0)?.doubt(|| self.why_blank()))
    }

    /// The program whose window is in front; `None` when there is none, or the system does not tell. On Wayland, only
    /// programs that run through Xwayland are known.
    pub fn front_window(&self) -> Option<Program> {
        let display = self.0.display.as_ref()?;
        x11::front_window(display, self.0.patience.server).unwrap_or_else(|error| {
            tracing::debug!("which window is in front is not known: {error}");
            None
        })
    }

    fn why_blank(&self) -> super::Cause {
        if lock::is_locked(&self.0) {
            return super::Cause::Locked;
        }
        let display = self.0.display.as_ref().filter(|_| !self.0.wayland);
        let off = display.is_some_and(|display| x11::is_off(display, self.0.patience.server).unwrap_or(false));
        if off { super::Cause::ScreenOff } else { super::Cause::Unknown }
    }
}
