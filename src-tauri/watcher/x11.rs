//! Hearing copies on X11, and on Wayland through Xwayland, to which compositors pass them on: the server tells when the
//! clipboard gets another owner (XFixes), and the owner is asked for its image (ICCCM, section 2). Nothing is polled, and an
//! owner that does not answer is left alone after a while.

use super::{MOST_BYTES, News};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};
use x11rb::atom_manager;
use x11rb::connection::Connection;
use x11rb::errors::{ConnectError, ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::Event;
use x11rb::protocol::xfixes::{ConnectionExt as _, SelectionEventMask, SelectionNotifyEvent};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, Property, Timestamp, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;

/// How long an owner may take to hand an image over.
const PATIENCE: Duration = Duration::from_secs(5);

/// How much is asked of the server at once, in units of four bytes.
const PIECE: u32 = 1 << 18;

/// Ends a watch when it is dropped.
pub type Stopper = UnixStream;

/// What a watch looks at to know when to end.
pub type Stop = UnixStream;

/// A watch's end, and the one who brings it about.
///
/// # Errors
/// When the system is out of files.
pub fn stop() -> std::io::Result<(Stopper, Stop)> {
    UnixStream::pair()
}

/// Why nothing is heard.
#[derive(Debug, thiserror::Error)]
pub enum Deaf {
    /// There is no server.
    #[error("there is no X server to ask: {0}")]
    NoServer(#[from] ConnectError),
    /// It does not know the extension, or failed.
    #[error("the X server failed: {0}")]
    Server(String),
}

impl From<ConnectionError> for Deaf {
    fn from(error: ConnectionError) -> Self {
        Deaf::Server(error.to_string())
    }
}

impl From<ReplyError> for Deaf {
    fn from(error: ReplyError) -> Self {
        Deaf::Server(error.to_string())
    }
}

impl From<ReplyOrIdError> for Deaf {
    fn from(error: ReplyOrIdError) -> Self {
        Deaf::Server(error.to_string())
    }
}

atom_manager! {
    Atoms: AtomsCookie {
        CLIPBOARD,
        TARGETS,
        INCR,
        PNG: b"image/png",
        FILES: b"text/uri-list",
        // Password stores say by it that what is copied is secret.
        SECRET: b"x-kde-passwordManagerHint",
        LEGIBLE_COPIED,
    }
}

/// Tells of copied images until it is stopped.
///
/// # Errors
/// When there is no X server, or it goes.
pub fn listen(stop: &Stop, tell: &mut dyn FnMut(News)) -> Result<(), Deaf> {
    let ear = Ear::open(stop)?;
    tell(News::Listening);
    let mut heard = None;
    loop {
        let copied = match heard.take() {
            Some(copied) => copied,
            None => match ear.next(None)? {
                Next::Event(Event::XfixesSelectionNotify(copied)) => copied,
                Next::Event(_) | Next::Late => continue,
                Next::Stopped => return Ok(()),
            },
        };
        if copied.owner == x11rb::NONE {
            continue;
        }
        match ear.image(&copied)? {
            Asked::Image(png) => tell(News::Copied(png)),
            Asked::Nothing => {}
            Asked::Newer(newer) => heard = Some(newer),
            Asked::Stopped => return Ok(()),
        }
    }
}

struct Ear<'a> {
    server: RustConnection,
    window: Window,
    atoms: Atoms,
    stop: &'a Stop,
}

/// What came next.
enum Next {
    Event(Event),
    Late,
    Stopped,
}

/// What became of asking an owner.
enum Asked {
    Image(Vec<u8>),
    /// It has no image, a secret one, files, or does not answer.
    Nothing,
    /// Something else was copied meanwhile.
    Newer(SelectionNotifyEvent),
    Stopped,
}

/// Why an answer of the owner is not there.
enum NoAnswer {
    Asked(Asked),
    Deaf(Deaf),
}

impl<E: Into<Deaf>> From<E> for NoAnswer {
    fn from(error: E) -> Self {
        NoAnswer::Deaf(error.into())
    }
}

impl<'a> Ear<'a> {
    fn open(stop: &'a Stop) -> Result<Self, Deaf> {
        let (server, screen) = RustConnection::connect(None)?;
        let atoms = Atoms::new(&server)?.reply()?;
        let (window, root) = (server.generate_id()?, server.setup().roots[screen].root);
        let events = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        server.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_OUTPUT, 0, &events)?.check()?;
        server.xfixes_query_version(5, 0)?.reply()?;
        let owners = SelectionEventMask::SET_SELECTION_OWNER;
        server.xfixes_select_selection_input(window, atoms.CLIPBOARD, owners)?.check()?;
        Ok(Ear { server, window, atoms, stop })
    }

    /// Asks the owner for its image.
    fn image(&self, copied: &SelectionNotifyEvent) -> Result<Asked, Deaf> {
        let until = Instant::now() + PATIENCE;
        let ask = || {
            let targets = self.ask(self.atoms.TARGETS, copied.timestamp, until)?;
            let targets: Vec<Atom> =
                targets.as_chunks().0.iter().map(|bytes: &[u8; 4]| Atom::from_ne_bytes(*bytes)).collect();
            let left_alone = [self.atoms.SECRET, self.atoms.FILES].iter().any(|kind| targets.contains(kind));
            if left_alone || !targets.contains(&self.atoms.PNG) {
                return Ok(Asked::Nothing);
            }
            self.ask(self.atoms.PNG, copied.timestamp, until).map(Asked::Image)
        };
        ask().or_else(|no_answer| match no_answer {
            NoAnswer::Asked(asked) => Ok(asked),
            NoAnswer::Deaf(deaf) => Err(deaf),
        })
    }

    /// What the owner hands over as this kind.
    fn ask(&self, kind: Atom, at: Timestamp, until: Instant) -> Result<Vec<u8>, NoAnswer> {
        let property = self.atoms.LEGIBLE_COPIED;
        self.server.convert_selection(self.window, self.atoms.CLIPBOARD, kind, property, at)?;
        loop {
            match self.answer(until)? {
                Event::SelectionNotify(answer) if answer.target == kind => {
                    if answer.property == x11rb::NONE {
                        return Err(NoAnswer::Asked(Asked::Nothing));
                    }
                    let (of, bytes) = self.handed_over(MOST_BYTES)?;
                    return if of == self.atoms.INCR { self.in_pieces(until) } else { Ok(bytes) };
                }
                _ => {}
            }
        }
    }

    /// What is handed over piece by piece: each comes once the one before was taken, and an empty one is the last.
    fn in_pieces(&self, until: Instant) -> Result<Vec<u8>, NoAnswer> {
        let mut whole = Vec::new();
        loop {
            match self.answer(until)? {
                Event::PropertyNotify(news)
                    if news.state == Property::NEW_VALUE && news.atom == self.atoms.LEGIBLE_COPIED =>
                {
                    let (_, piece) = self.handed_over(MOST_BYTES.saturating_sub(whole.len()))?;
                    if piece.is_empty() {
                        return Ok(whole);
                    }
                    whole.extend(piece);
                }
                _ => {}
            }
        }
    }

    /// Takes what lies in our property, and its type. More than `most` bytes are none.
    fn handed_over(&self, most: usize) -> Result<(Atom, Vec<u8>), NoAnswer> {
        let (property, mut bytes) = (self.atoms.LEGIBLE_COPIED, Vec::new());
        loop {
            let at = u32::try_from(bytes.len() / 4).unwrap_or(u32::MAX);
            let piece = self.server.get_property(false, self.window, property, AtomEnum::ANY, at, PIECE)?.reply()?;
            bytes.extend(piece.value);
            if bytes.len() > most {
                self.server.delete_property(self.window, property)?;
                return Err(NoAnswer::Asked(Asked::Nothing));
            }
            if piece.bytes_after == 0 {
                // That tells the owner to go on.
                self.server.delete_property(self.window, property)?;
                return Ok((piece.type_, bytes));
            }
        }
    }

    /// What the server tells while an owner is asked.
    fn answer(&self, until: Instant) -> Result<Event, NoAnswer> {
        match self.next(Some(until))? {
            Next::Event(Event::XfixesSelectionNotify(newer)) => Err(NoAnswer::Asked(Asked::Newer(newer))),
            Next::Event(event) => Ok(event),
            Next::Late => Err(NoAnswer::Asked(Asked::Nothing)),
            Next::Stopped => Err(NoAnswer::Asked(Asked::Stopped)),
        }
    }

    fn next(&self, until: Option<Instant>) -> Result<Next, Deaf> {
        self.server.flush()?;
        loop {
            if let Some(event) = self.server.poll_for_event()? {
                return Ok(Next::Event(event));
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Ok(Next::Late);
            }
            let left = left.and_then(|left| Timespec::try_from(left).ok());
            let (server, stop) = (self.server.stream().as_fd(), self.stop.as_fd());
            let mut files =
                [PollFd::from_borrowed_fd(server, PollFlags::IN), PollFd::from_borrowed_fd(stop, PollFlags::IN)];
            match poll(&mut files, left.as_ref()) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(Deaf::Server(error.to_string())),
            }
            // Its other end is gone.
            if !files[1].revents().is_empty() {
                return Ok(Next::Stopped);
            }
        }
    }
}
