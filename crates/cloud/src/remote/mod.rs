//! A folder of a remote storage.

mod composed;
pub mod drive;
pub mod dropbox;
mod fault;
pub(crate) mod http;
pub mod onedrive;
pub mod rclone;
mod rest;
mod seen;
mod sending;
pub mod storage;
mod trash;
mod wait;

use crate::Result;
use crate::digest::{Digest, DigestKind};
use crate::error::Error;
use crate::path::FilePath;
use std::io::{self, Read, Seek, Write};

/// Names a state of a file on a storage: an etag, a revision, or what else the storage tells it by. Another state has another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub String);

/// A mark that a storage made itself, after which it can tell what changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub String);

/// A file as a storage has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFile {
    /// Where it lies.
    pub path: FilePath,
    /// What the storage calls it whatever its name is, if it does.
    pub id: Option<String>,
    /// Its state.
    pub revision: Revision,
    /// Its size in bytes.
    pub size: u64,
    /// A hash of its content, if the storage tells one.
    pub digest: Option<Digest>,
    /// When it was changed, in milliseconds since the Unix epoch by the clock of the storage or of who wrote it: for people only.
    pub modified: Option<i64>,
}

/// A file of a storage that cannot be kept in step, such as one whose name no other system can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// Its name as the storage has it: it may hold anything.
    pub name: String,
    /// Why.
    pub why: String,
    /// What the storage calls it where it tells of changes, if it is told of there.
    pub id: Option<String>,
}

/// Everything that is in a remote folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The files, in any order.
    pub files: Vec<RemoteFile>,
    /// Those that cannot be kept in step.
    pub unusable: Vec<Unusable>,
    /// The mark at which this was so, where the storage has marks.
    pub cursor: Option<Cursor>,
}

/// What changed in a remote folder since a mark.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files that came or changed. The last one of a path counts; no folder lies there any more.
    pub files: Vec<RemoteFile>,
    /// Paths of files, or of folders with all that was in them, that are gone. A path that is also among `files` is not.
    pub gone: Vec<FilePath>,
    /// As in a listing.
    pub unusable: Vec<Unusable>,
    /// What of [`Unusable::id`] was told of, with all whose ids begin with one of these and a slash. Of what could not be kept in step
    /// before and is among these, only what is in `unusable` still cannot.
    pub told: Vec<String>,
    /// The mark after these.
    pub cursor: Option<Cursor>,
}

/// What a storage can do, as was found out when it was set up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// It tells what changed after a mark.
    pub cursor: bool,
    /// It tells hashes of this kind.
    pub digest: Option<DigestKind>,
    /// It refuses to overwrite a state that is not the expected one. Where it does not, the state is looked at just before.
    pub conditional: bool,
    /// An upload that was cut short goes on where it was.
    pub resumable: bool,
    /// It takes names that differ only in case for one.
    pub folds_case: bool,
    /// What is removed lies in a trash of its own for a time.
    pub trash: bool,
    /// The largest file that it takes, in bytes.
    pub most_bytes: Option<u64>,
}

/// The state that is to be overwritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// There is no such file.
    Absent,
    /// This one and no other.
    Revision(Revision),
}

impl Expect {
    /// Whether a file, or that there is none, is what was expected.
    pub fn is_met_by(&self, found: Option<&RemoteFile>) -> bool {
        match (self, found) {
            (Expect::Absent, None) => true,
            (Expect::Revision(expected), Some(found)) => found.revision == *expected,
            _ => false,
        }
    }
}

/// Whose a folder at a provider is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// One that Legible keeps a library in, in the folder that the provider has for this program: made where it is not there.
    Legible,
    /// One of the person, by its path from the top of all their files: it is there, or nothing can be fetched from it.
    Person,
}

/// What can be read from any place.
pub trait ReadSeek: Read + Seek + Send {}

impl<T: Read + Seek + Send> ReadSeek for T {}

/// A file that is to go up.
pub struct Upload<'a> {
    /// Where to.
    pub path: &'a FilePath,
    /// Its content, which does not change meanwhile.
    pub content: &'a mut dyn ReadSeek,
    /// How many bytes that is.
    pub size: u64,
    /// What lies there now.
    pub expect: &'a Expect,
    /// Keeps where an upload session is, so that it goes on there another time.
    pub session: &'a mut dyn Session,
}

/// Remembers an upload session of one content to one path, also over a kill.
pub trait Session: Send {
    /// What was noted last: the storage's own text, which may be out of date.
    fn last(&self) -> Option<String>;

    /// Notes where the session is; `None` when it ended.
    ///
    /// # Errors
    /// When it cannot be noted.
    fn note(&mut self, state: Option<&str>) -> Result<()>;
}

/// A session that nobody goes on with after a kill.
pub struct Unkept;

impl Session for Unkept {
    fn last(&self) -> Option<String> {
        None
    }

    fn note(&mut self, _: Option<&str>) -> Result<()> {
        Ok(())
    }
}

/// Who waits for a transfer.
pub trait Watch: Sync {
    /// Whether it is to stop, at once.
    fn stopped(&self) -> bool;

    /// So many more bytes are moved. May wait, where the bandwidth is limited.
    fn moved(&self, bytes: u64);
}

/// How long a server asks to be left alone, by the headers of its answer.
pub(crate) fn retry_after(headers: &::http::HeaderMap) -> Option<std::time::Duration> {
    seen::retry_after(headers, std::time::SystemTime::now())
}

/// Nobody waits.
pub struct Unwatched;

impl Watch for Unwatched {
    fn stopped(&self) -> bool {
        false
    }

    fn moved(&self, _: u64) {}
}

/// A folder of a remote storage. Its calls block, end soon after the watch says so with [`Error::Stopped`], and may come from several
/// threads at once. All of them fail with [`Error::MayPass`], [`Error::NeedsYou`] or [`Error::Stopped`] besides what they say.
pub trait Remote: Send + Sync {
    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Looks whether the folder is there, where it is one of the person.
    ///
    /// # Errors
    /// [`Error::NeedsYou`] when it is not.
    fn enter(&self, _watch: &dyn Watch) -> Result<()> {
        Ok(())
    }

    /// Everything that is there. A folder that is not there is empty; that is an error only where it cannot be told from one that could
    /// not be looked at.
    ///
    /// # Errors
    /// When any part could not be listed: then nothing is known about what is there.
    fn list(&self, watch: &dyn Watch) -> Result<Listing>;

    /// What changed since a mark.
    ///
    /// # Errors
    /// [`Error::Expired`] when the storage does not know the mark, or has no marks.
    fn changes(&self, since: &Cursor, watch: &dyn Watch) -> Result<Changes>;

    /// What was there at the mark that [`Remote::changes`] is asked from next: for a storage that calls files by ids and tells only these.
    fn recall(&self, _: &[RemoteFile]) {}

    /// The file that lies at a path.
    ///
    /// # Errors
    /// Those of the trait.
    fn look(&self, path: &FilePath, watch: &dyn Watch) -> Result<Option<RemoteFile>>;

    /// Writes the content of a file, in the state that was listed, into `into`.
    ///
    /// # Errors
    /// [`Error::Stale`] when it is gone or has another state, [`Error::Damaged`] when something else arrived, and when `into` fails.
    fn fetch(&self, file: &RemoteFile, into: &mut dyn Write, watch: &dyn Watch) -> Result<()>;

    /// Puts a file there, whole or not at all, with the folders above it. Returns it as the storage has it now, with the digest that it
    /// tells.
    ///
    /// # Errors
    /// [`Error::Stale`] when what lies there is not what was expected, [`Error::File`] when the storage does not take it.
    fn put(&self, upload: Upload<'_>, watch: &dyn Watch) -> Result<RemoteFile>;

    /// Does what an upload left to be done there that was cut short, of which the session tells: before anything is looked at. Where there
    /// was nothing to be done, the session is as it was.
    ///
    /// # Errors
    /// Those of the trait.
    fn follow_up(&self, _path: &FilePath, _session: &mut dyn Session, _watch: &dyn Watch) -> Result<()> {
        Ok(())
    }

    /// Ends an upload that was cut short and that nobody goes on with, of which the session tells: where the storage keeps what came of it,
    /// it is removed.
    ///
    /// # Errors
    /// Those of the trait.
    fn give_up(&self, _path: &FilePath, _session: &mut dyn Session, _watch: &dyn Watch) -> Result<()> {
        Ok(())
    }

    /// Removes a file in the state that was listed, into the trash of the storage where it has one.
    ///
    /// # Errors
    /// [`Error::Stale`] when it has another state; one that is gone is removed.
    fn remove(&self, file: &RemoteFile, watch: &dyn Watch) -> Result<()>;
}

/// What tells that a storage has something else than this content, by its size or by the hash that it tells.
///
/// # Errors
/// When the content cannot be read.
pub fn differs(there: &RemoteFile, size: u64, content: impl Read) -> io::Result<Option<String>> {
    if there.size != size {
        return Ok(Some(format!("{} bytes arrived of {size}", there.size)));
    }
    let Some(digest) = &there.digest else { return Ok(None) };
    let is_same = Digest::of(digest.kind, content)? == *digest;
    Ok((!is_same).then(|| "its hash is another".to_owned()))
}

/// Refuses what is not expected: for storages that do not do it themselves.
///
/// # Errors
/// [`Error::Stale`].
pub fn expected(path: &FilePath, expect: &Expect, found: Option<&RemoteFile>) -> Result<()> {
    if expect.is_met_by(found) { Ok(()) } else { Err(Error::Stale(path.to_string())) }
}
