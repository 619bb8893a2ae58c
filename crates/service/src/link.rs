//! The line between processes: the runner listens on a local socket; others tell it what they changed and hear the
//! same events as its own window. One JSON object a line, in both directions.

use crate::api::Event;
use crate::changes::{Bus, Changes};
use crate::error::{Error, Result};
use crate::places::Places;
#[cfg(unix)]
use crate::private;
use interprocess::local_socket::tokio::{Listener, Stream, prelude::*};
use interprocess::local_socket::{ListenerOptions, Name};
use std::io;
#[cfg(unix)]
use std::path::{Path, PathBuf};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::sync::{broadcast, mpsc};
use tracing::debug;

/// No line is longer than this; a peer that sends more is cut off.
const MAX_LINE_BYTES: u64 = 1 << 20;

/// The runner's end. Dropped with the task that serves it.
pub struct Server {
    listener: Listener,
}

impl Server {
    /// Starts to listen. A socket that a killed runner left behind is replaced: the caller holds the runner's lock.
    ///
    /// # Errors
    /// When the socket cannot be made.
    pub fn bind(places: &Places) -> Result<Self> {
        let listener =
            name(places).and_then(|name| ListenerOptions::new().name(name).try_overwrite(true).create_tokio());
        match listener {
            Ok(listener) => Ok(Server { listener }),
            Err(error) => Err(Error::File { path: places.data.clone(), error }),
        }
    }

    /// Serves all peers until the returned future is dropped.
    pub async fn serve(self, bus: Bus) {
        loop {
            match self.listener.accept().await {
                Ok(stream) => {
                    tokio::spawn(serve_peer(stream, bus.clone()));
                }
                Err(error) => {
                    debug!(%error, "a peer could not be accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            }
        }
    }
}

async fn serve_peer(stream: Stream, bus: Bus) {
    let mut events = bus.subscribe();
    let (mut lines, mut writer) = (Lines::of(&stream), &stream);
    loop {
        tokio::select! {
            line = lines.next() => match line.map(|line| serde_json::from_slice::<Changes>(&line)) {
                Some(Ok(changes)) => bus.note(changes),
                // The peer left, or speaks another language: either way this line is over.
                Some(Err(_)) | None => return,
            },
            event = events.recv() => {
                let event = match event {
                    Ok(event) => event,
                    // What was missed may concern any item.
                    Err(broadcast::error::RecvError::Lagged(_)) => Event::ItemsChanged { ids: vec![] },
                    Err(broadcast::error::RecvError::Closed) => return,
                };
                if send_line(&mut writer, &event).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Connects to the runner, forwards its events to the bus and the changes to the runner, until the runner goes away.
///
/// # Errors
/// When there is no runner to connect to.
pub async fn follow(places: &Places, bus: &Bus, changes: &mut mpsc::UnboundedReceiver<Changes>) -> io::Result<()> {
    let stream = Stream::connect(name(places)?).await?;
    let (mut lines, mut writer) = (Lines::of(&stream), &stream);
    loop {
        tokio::select! {
            line = lines.next() => match line {
                Some(line) => match serde_json::from_slice::<Event>(&line) {
                    Ok(event) => bus.tell(event),
                    Err(error) => debug!(%error, "the runner sent an event this version does not know"),
                },
                None => return Ok(()),
            },
            Some(changes) = changes.recv() => send_line(&mut writer, &changes).await?,
        }
    }
}

/// Tells the runner about changes and leaves; for a process that does not stay.
///
/// # Errors
/// When there is no runner to connect to.
pub async fn tell(places: &Places, changes: &Changes) -> io::Result<()> {
    let stream = Stream::connect(name(places)?).await?;
    send_line(&mut &stream, changes).await
}

/// The lines a peer sends. What was read of a line stays when waiting for its rest is given up, as `select!` does.
struct Lines<'a> {
    reader: BufReader<&'a Stream>,
    line: Vec<u8>,
}

impl<'a> Lines<'a> {
    fn of(stream: &'a Stream) -> Self {
        Lines { reader: BufReader::new(stream), line: Vec::new() }
    }

    /// The next whole line; `None` when the peer left or its line is too long.
    async fn next(&mut self) -> Option<Vec<u8>> {
        let room = MAX_LINE_BYTES.saturating_sub(self.line.len() as u64);
        (&mut self.reader).take(room).read_until(b'\n', &mut self.line).await.ok()?;
        self.line.ends_with(b"\n").then(|| std::mem::take(&mut self.line))
    }
}

async fn send_line(writer: &mut (impl tokio::io::AsyncWrite + Unpin), value: &impl serde::Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    writer.write_all(&line).await?;
    writer.flush().await
}

#[cfg(unix)]
fn name(places: &Places) -> io::Result<Name<'static>> {
    use interprocess::local_socket::{GenericFilePath, ToFsName};
    socket(places)?.to_fs_name::<GenericFilePath>()
}

/// The longest path of a socket that every Unix takes, in bytes: macOS has 104 with the zero at the end, Linux 108.
#[cfg(unix)]
const MAX_SOCKET_BYTES: usize = 103;

/// Where the socket lies: in the data directory; where that path is too long, in a directory below `/tmp` that is named
/// after it. Nothing but the data directory decides, so that app, terminal and scheduled tasks find each other whatever
/// their environment is. The directory is closed to other users.
#[cfg(unix)]
fn socket(places: &Places) -> io::Result<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    private::make_directory(&places.data)?;
    let socket = places.data.join("legible.sock");
    if socket.as_os_str().len() <= MAX_SOCKET_BYTES {
        return Ok(socket);
    }
    let place = blake3::hash(places.data.as_os_str().as_bytes()).to_hex();
    let directory = Path::new("/tmp").join(format!("legible-{}", &place[..32]));
    match std::fs::DirBuilder::new().mode(0o700).create(&directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let (ours, made) = (places.data.metadata()?, directory.symlink_metadata()?);
    // Anyone may make a directory of that name in /tmp.
    if !made.is_dir() || made.uid() != ours.uid() || made.mode() & 0o077 != 0 {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("{} is not ours", directory.display())));
    }
    Ok(directory.join("legible.sock"))
}

#[cfg(windows)]
fn name(places: &Places) -> io::Result<Name<'static>> {
    use interprocess::local_socket::{GenericNamespaced, ToNsName};
    let place = blake3::hash(places.data.as_os_str().as_encoded_bytes()).to_hex();
    format!("legible-{place}").to_ns_name::<GenericNamespaced>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn changes_go_to_the_runner_and_events_come_back() {
        let home = tempfile::tempdir().unwrap();
        changes_go_and_events_come(Places::below(home.path())).await;
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_data_directory_with_a_long_path_has_its_socket_elsewhere() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::below(&home.path().join("long".repeat(30)));
        let socket = socket(&places).unwrap();
        assert!(socket.as_os_str().len() <= MAX_SOCKET_BYTES && !socket.starts_with(home.path()), "{socket:?}");
        changes_go_and_events_come(places.clone()).await;

        let directory = socket.parent().unwrap();
        std::fs::remove_dir_all(directory).unwrap();
        std::os::unix::fs::symlink(home.path(), directory).unwrap();
        assert!(name(&places).is_err(), "someone else's directory is not used");
        std::fs::remove_file(directory).unwrap();
    }

    async fn changes_go_and_events_come(places: Places) {
        let runner = Bus::new();
        let serving = tokio::spawn(Server::bind(&places).unwrap().serve(runner.clone()));

        let peer = Bus::new();
        let mut heard = peer.subscribe();
        let (to_runner, mut changes) = mpsc::unbounded_channel();
        let following = tokio::spawn({
            let (places, peer) = (places.clone(), peer.clone());
            async move { follow(&places, &peer, &mut changes).await }
        });
        to_runner.send(Changes::items([7]).and_work()).unwrap();
        assert_eq!(runner.changes().await, Changes::items([7]).and_work());
        runner.tell(Event::ItemsChanged { ids: vec![7] });
        assert_eq!(heard.recv().await.unwrap(), Event::ItemsChanged { ids: vec![7] });

        serving.abort();
        let _ = serving.await;
        following.abort();
        assert!(tell(&places, &Changes::work()).await.is_err(), "nobody listens any more");
        let again = Server::bind(&places).expect("a left-over socket is replaced");
        drop(again);
    }

    #[tokio::test]
    async fn an_overlong_or_foreign_line_ends_the_connection_only() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::below(home.path());
        let bus = Bus::new();
        let _serving = tokio::spawn(Server::bind(&places).unwrap().serve(bus.clone()));
        for bad in ["not json\n".to_owned(), "x".repeat(2 << 20)] {
            let stream = Stream::connect(name(&places).unwrap()).await.unwrap();
            let (mut reader, mut writer) = (&stream, &stream);
            let _ = writer.write_all(bad.as_bytes()).await;
            let mut rest = String::new();
            let _ = reader.read_to_string(&mut rest).await;
        }
        tell(&places, &Changes::items([1])).await.unwrap();
        assert_eq!(bus.changes().await, Changes::items([1]));
    }
}
