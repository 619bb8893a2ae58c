//! A connection to an X server that never waits longer than it is told.

use crate::screen::{Error, Point, Result};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io::{self, IoSlice};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::fd::AsFd;
use std::time::Duration;
use x11rb::connection::{Connection, RequestConnection};
use x11rb::errors::{ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::screensaver::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, Window};
use x11rb::reexports::x11rb_protocol::parse_display::{ConnectAddress, ParsedDisplay, parse_display};
use x11rb::reexports::x11rb_protocol::xauth::{Family, get_auth};
use x11rb::rust_connection::{DefaultStream, PollMode, RustConnection, Stream};
use x11rb::utils::RawFdContainer;

/// Who it is that does not answer.
const WHO: &str = "the X server";

/// The longest property that is read, in units of four bytes.
const LONGEST_PROPERTY: u32 = 1 << 18;

/// The highest number of a server: above it, 6000 and the number are no port.
const HIGHEST_DISPLAY: u16 = u16::MAX - 6000;

x11rb::atom_manager! {
    /// The names of what window managers tell.
    pub Atoms: AtomsCookie {
        _GTK_FRAME_EXTENTS,
        _NET_ACTIVE_WINDOW,
        _NET_CLIENT_LIST,
        _NET_CLIENT_LIST_STACKING,
        _NET_CURRENT_DESKTOP,
        _NET_WM_DESKTOP,
        _NET_WM_NAME,
        _NET_WM_STATE,
        _NET_WM_STATE_HIDDEN,
        _NET_WM_WINDOW_TYPE,
        _NET_WM_WINDOW_TYPE_DESKTOP,
        _NET_WM_WINDOW_TYPE_DOCK,
        UTF8_STRING,
    }
}

/// An X server and the one of its screens that is meant.
pub struct Server {
    pub wire: RustConnection<Punctual>,
    /// Which of its screens.
    pub screen: usize,
    pub atoms: Atoms,
}

impl Server {
    /// Connects to the server of this name, such as `:0`.
    pub fn connect(display: &str, patience: Duration) -> Result<Self> {
        let unreachable = |problem: String| Error::Unreachable { display: display.to_owned(), problem };
        let parsed = parse_display(Some(display)).map_err(|error| unreachable(error.to_string()))?;
        if parsed.display > HIGHEST_DISPLAY {
            return Err(unreachable("there is no port for that number".to_owned()));
        }
        let mut problem = "nobody listens there".to_owned();
        for address in addresses(&parsed) {
            match Self::at(&address, &parsed, patience) {
                Ok(server) => return Ok(server),
                Err(silence @ Error::Silence { .. }) => return Err(silence),
                Err(Error::Server(said)) => problem = said,
                Err(other) => problem = other.to_string(),
            }
        }
        Err(unreachable(problem))
    }

    fn at(address: &ConnectAddress<'_>, parsed: &ParsedDisplay, patience: Duration) -> Result<Self> {
        let (stream, (family, peer)) = stream(address, patience).map_err(ConnectionError::from)?;
        // Without a key in the file, the server may still let us in by who we are.
        let key = get_auth(family, &peer, parsed.display).ok().flatten();
        let (name, data) = key.unwrap_or_default();
        let stream = Punctual { stream, patience };
        let screen = usize::from(parsed.screen);
        let wire = RustConnection::connect_to_stream_with_auth_info(stream, screen, name, data).map_err(refused)?;
        let atoms = Atoms::new(&wire)?.reply()?;
        Ok(Server { wire, screen, atoms })
    }

    /// The window that all others are in.
    pub fn root(&self) -> Window {
        self.wire.setup().roots[self.screen].root
    }

    /// Whether the server has this extension.
    pub fn has(&self, extension: &'static str) -> Result<bool> {
        Ok(self.wire.extension_information(extension)?.is_some())
    }

    /// The numbers of a property: atoms, windows or cardinals. Empty when the window has none.
    pub fn numbers(&self, window: Window, property: u32) -> Result<Vec<u32>> {
        let reply =
            self.wire.get_property(false, window, property, AtomEnum::ANY, 0, LONGEST_PROPERTY)?.reply_unchecked()?;
        Ok(reply.as_ref().and_then(|reply| reply.value32()).map(Iterator::collect).unwrap_or_default())
    }

    /// The bytes of a property. Empty when the window has none.
    pub fn bytes(&self, window: Window, property: u32) -> Result<Vec<u8>> {
        let reply =
            self.wire.get_property(false, window, property, AtomEnum::ANY, 0, LONGEST_PROPERTY)?.reply_unchecked()?;
        Ok(reply.filter(|reply| reply.format == 8).map(|reply| reply.value).unwrap_or_default())
    }

    /// Where the pointer is; an error when it is on another screen of the server.
    pub fn pointer(&self) -> Result<Point> {
        let reply = self.wire.query_pointer(self.root())?.reply()?;
        Ok(Point { x: i32::from(reply.root_x), y: i32::from(reply.root_y) })
    }

    /// Whether the screen saver of the server is on.
    pub fn is_off(&self) -> Result<bool> {
        if !self.has(screensaver::X11_EXTENSION_NAME)? {
            return Ok(false);
        }
        let info = self.wire.screensaver_query_info(self.root())?.reply()?;
        Ok(info.state == u8::from(screensaver::State::ON))
    }
}

/// Where the server may listen.
fn addresses(parsed: &ParsedDisplay) -> Vec<ConnectAddress<'_>> {
    // For a name that is the path of a socket, x11rb would try the server of number 0, which is another screen.
    if parsed.host.starts_with('/') {
        return vec![ConnectAddress::Socket(parsed.host.clone())];
    }
    parsed.connect_instruction().collect()
}

fn stream(address: &ConnectAddress<'_>, patience: Duration) -> io::Result<(DefaultStream, (Family, Vec<u8>))> {
    let ConnectAddress::Hostname(host, port) = address else { return DefaultStream::connect(address) };
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in (*host, *port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, patience) {
            Ok(stream) => return DefaultStream::from_tcp_stream(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// A stream that fails when nothing happens for so long.
pub struct Punctual {
    stream: DefaultStream,
    patience: Duration,
}

/// The error of a stream where nothing happened for so long.
#[derive(Debug, thiserror::Error)]
#[error("no answer within {0:?}")]
struct Late(Duration);

impl Stream for Punctual {
    fn poll(&self, mode: PollMode) -> io::Result<()> {
        let mut wanted = PollFlags::empty();
        wanted.set(PollFlags::IN, mode.readable());
        wanted.set(PollFlags::OUT, mode.writable());
        let patience = Timespec::try_from(self.patience).map_err(io::Error::other)?;
        loop {
            match poll(&mut [PollFd::from_borrowed_fd(self.stream.as_fd(), wanted)], Some(&patience)) {
                Ok(0) => return Err(io::Error::new(io::ErrorKind::TimedOut, Late(self.patience))),
                Ok(_) => return Ok(()),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn read(&self, buffer: &mut [u8], files: &mut Vec<RawFdContainer>) -> io::Result<usize> {
        self.stream.read(buffer, files)
    }

    fn write(&self, buffer: &[u8], files: &mut Vec<RawFdContainer>) -> io::Result<usize> {
        self.stream.write(buffer, files)
    }

    fn write_vectored(&self, buffers: &[IoSlice<'_>], files: &mut Vec<RawFdContainer>) -> io::Result<usize> {
        self.stream.write_vectored(buffers, files)
    }
}

impl From<ConnectionError> for Error {
    fn from(error: ConnectionError) -> Self {
        if let ConnectionError::IoError(io) = &error {
            return from_io(io);
        }
        Error::Server(error.to_string())
    }
}

impl From<ReplyError> for Error {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::ConnectionError(error) => error.into(),
            ReplyError::X11Error(error) => {
                let request = error.request_name.unwrap_or("a request");
                Error::Server(format!("{:?} for {request}", error.error_kind))
            }
        }
    }
}

impl From<ReplyOrIdError> for Error {
    fn from(error: ReplyOrIdError) -> Self {
        match error {
            ReplyOrIdError::ConnectionError(error) => error.into(),
            ReplyOrIdError::X11Error(error) => ReplyError::X11Error(error).into(),
            ReplyOrIdError::IdsExhausted => Error::Server(error.to_string()),
        }
    }
}

/// What a server says that lets nobody in.
fn refused(error: x11rb::errors::ConnectError) -> Error {
    match error {
        x11rb::errors::ConnectError::IoError(io) => from_io(&io),
        x11rb::errors::ConnectError::SetupFailed(said) => {
            Error::Server(String::from_utf8_lossy(&said.reason).trim().to_owned())
        }
        other => Error::Server(other.to_string()),
    }
}

fn from_io(error: &io::Error) -> Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Late>()) {
        Some(Late(after)) => Error::Silence { who: WHO, after: *after },
        None => Error::Server(error.to_string()),
    }
}

/// An error of one window, which may have been closed a moment ago: nothing. Other errors stay.
pub fn if_there<T>(answer: std::result::Result<T, ReplyError>) -> Result<Option<T>> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(ReplyError::X11Error(_)) => Ok(None),
        Err(ReplyError::ConnectionError(error)) => Err(error.into()),
    }
}
