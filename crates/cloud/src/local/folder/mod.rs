//! A plain folder as the side of this machine. All of it is on one file system: what comes is written beside it, hidden, and
//! renamed into its place.
//!
//! Hidden files are left out. Links are not followed, neither to files nor to folders. Names on the disk may be composed otherwise than a
//! [`FilePath`] is; then the name on the disk stays.

mod read;
#[cfg(test)]
mod tests;
mod walk;
mod write;

use super::hashes::{Hashes, Stamp};
use super::{Incoming, Local, LocalFile, LocalListing, Opened};
use crate::Result;
use crate::digest::ContentHash;
use crate::error::Error;
use crate::limits::{MAX_BESIDE, MAX_FILE_BYTES};
use crate::path::FilePath;
use crate::remote::Unusable;
use crate::words::too_large;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;
use walk::{Met, walk};

/// Where files are put away, in the folder.
const TRASH: &str = ".trash";

/// What is said of a file before why.
const UNREAD: &str = "it cannot be read";
const UNWRITTEN: &str = "it cannot be written";

/// A folder of this machine.
pub struct FolderSide {
    root: PathBuf,
    hashes: Box<dyn Hashes>,
    /// The names on the disk of files that are composed otherwise, as of the last list.
    named: Mutex<BTreeMap<FilePath, PathBuf>>,
    now: fn() -> SystemTime,
    stopped: Box<dyn Fn() -> bool + Send + Sync>,
}

impl FolderSide {
    /// The folder at a path. What runs that were killed left behind a day ago or more is deleted.
    ///
    /// # Errors
    /// When there is no such folder, or it cannot be read.
    pub fn open(root: impl Into<PathBuf>, hashes: Box<dyn Hashes>) -> Result<Self> {
        Self::open_at(root.into(), hashes, SystemTime::now)
    }

    fn open_at(root: PathBuf, hashes: Box<dyn Hashes>, now: fn() -> SystemTime) -> Result<Self> {
        write::sweep(&root, now()).map_err(Error::local(&root))?;
        Ok(FolderSide { root, hashes, named: Mutex::default(), now, stopped: Box::new(|| false) })
    }

    /// Has its calls end soon after `stopped` says so, with [`Error::Stopped`]: to read a large file takes minutes.
    #[must_use]
    pub fn stopping(self, stopped: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        FolderSide { stopped: Box::new(stopped), ..self }
    }

    /// Where a path lies on the disk. Nothing behind a link does.
    fn on_disk(&self, path: &FilePath) -> Result<PathBuf> {
        let named = self.named.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        let below = named.unwrap_or_else(|| path.as_str().split('/').collect());
        let mut folder = self.root.clone();
        for name in below.parent().into_iter().flatten() {
            folder.push(name);
            if folder.symlink_metadata().is_ok_and(|found| found.is_symlink()) {
                return Err(unusable(path, "it lies behind a link"));
            }
        }
        Ok(self.root.join(below))
    }

    /// The file at a place on the disk; `None` when there is none.
    fn found(&self, path: &FilePath, place: &Path) -> Result<Option<Metadata>> {
        match place.symlink_metadata() {
            Ok(found) if found.is_file() => Ok(Some(found)),
            Ok(found) if found.is_dir() => Ok(None),
            Ok(found) => Err(unusable(path, kind(&found))),
            Err(error) if is_gone(&error) => self.is_there().map(|()| None),
            Err(error) => Err(self.met(path, UNREAD, Error::local(place)(error))),
        }
    }

    /// What an error of the system comes to that was met with one file: others can be kept in step, but not where it says something of
    /// the whole folder or its disk. `what` says what could not be done.
    pub fn met(&self, path: &FilePath, what: &str, error: Error) -> Error {
        match (self.is_there(), error) {
            (Err(gone), _) => gone,
            (Ok(()), Error::Local { error, .. }) if !concerns_all(&error) => {
                unusable(path, &format!("{what}: {}", words(&error)))
            }
            (Ok(()), error) => error,
        }
    }

    /// A folder that is gone has not lost its files.
    fn is_there(&self) -> Result<()> {
        let found = self.root.metadata().map_err(Error::local(&self.root))?;
        let no_folder = || Error::local(&self.root)(io::ErrorKind::NotADirectory.into());
        if found.is_dir() { Ok(()) } else { Err(no_folder()) }
    }

    /// The content at a place on the disk. It is read, unless `may_know`, and it was read before in the same state.
    fn hash(
        &self,
        path: &FilePath,
        place: &Path,
        may_know: bool,
        stopped: &dyn Fn() -> bool,
    ) -> Result<Option<LocalFile>> {
        let Some(found) = self.found(path, place)? else { return Ok(None) };
        let stamp = Stamp::of(&found);
        if stamp.size > MAX_FILE_BYTES {
            return Err(unusable(path, &too_large()));
        }
        let file = |hash, size| Ok(Some(LocalFile { path: path.clone(), hash, size }));
        if let Some(hash) = self.hashes.known(path, &stamp).filter(|_| may_know) {
            return file(hash, stamp.size);
        }
        let read_at = (self.now)();
        let read = match read::read(place, || Ok(io::sink()), stopped) {
            Err(Error::Local { error, .. }) if is_gone(&error) => return self.is_there().map(|()| None),
            read => read.map_err(|error| self.met(path, UNREAD, error))?,
        };
        let Some((whole, _)) = read else { return Err(unusable(path, "it is being written")) };
        if whole.stamp.is_settled(read_at) {
            self.hashes.note(path, &whole.stamp, &whole.hash);
        }
        file(whole.hash, whole.stamp.size)
    }

    /// Refuses what is not expected at a place.
    fn expected(&self, path: &FilePath, place: &Path, expected: &ContentHash) -> Result<()> {
        let found = self.hash(path, place, false, &*self.stopped)?;
        let is_met = found.is_some_and(|found| found.hash == *expected);
        if is_met { Ok(()) } else { Err(Error::Stale(path.to_string())) }
    }

    /// A file of the folder, or why it is none.
    fn listed(&self, place: &Path, stopped: &dyn Fn() -> bool) -> Result<std::result::Result<LocalFile, Unusable>> {
        let below = place.strip_prefix(&self.root).unwrap_or(place);
        let name = name_of(below);
        let refused =
            |name: &str, why: &str| Ok(Err(Unusable { name: name.to_owned(), why: why.to_owned(), id: None }));
        if below.to_str().is_none() {
            return refused(&name, "its name is no Unicode text");
        }
        let path = match FilePath::parse(&name) {
            Ok(path) => path,
            Err(error) => return refused(&name, &error.to_string()),
        };
        if let Some(other) = self.named(&path, below) {
            return refused(&name, &format!("it has the same name as {}, written otherwise", other.display()));
        }
        // From here on it is told by the name that it is in step under.
        match self.hash(&path, place, true, stopped) {
            Ok(Some(file)) => Ok(Ok(file)),
            Ok(None) => refused(path.as_str(), "it was just deleted"),
            Err(Error::File { message, .. }) => refused(path.as_str(), &message),
            Err(error) => Err(error),
        }
    }

    /// A folder that cannot be read, with all that is in it: nothing where it was just deleted.
    fn unread(&self, folder: &Path, error: io::Error) -> Result<Option<Unusable>> {
        if folder == self.root {
            return Err(Error::local(folder)(error));
        }
        if is_gone(&error) {
            return Ok(None);
        }
        let name = name_of(folder.strip_prefix(&self.root).unwrap_or(folder));
        // What is in it is in step under composed names.
        let name = FilePath::parse(&name).map_or(name, |path| path.to_string());
        let why = format!("this folder cannot be read, and what is in it is left alone: {}", words(&error));
        Ok(Some(Unusable { name, why, id: None }))
    }

    /// Notes the name on the disk of a path that is composed otherwise; gives the one that another file has there.
    fn named(&self, path: &FilePath, below: &Path) -> Option<PathBuf> {
        if below == Path::new(path.as_str()) {
            return None;
        }
        let composed = PathBuf::from(path.as_str());
        let number = |below: &Path| self.root.join(below).symlink_metadata().ok().map(|found| Stamp::of(&found));
        if number(&composed).is_some_and(|of| Some(of) != number(below)) {
            return Some(composed);
        }
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        let other = named.entry(path.clone()).or_insert_with(|| below.to_owned());
        (other != below).then(|| other.clone())
    }
}

impl Local for FolderSide {
    fn list(&self, stopped: &dyn Fn() -> bool) -> Result<LocalListing> {
        self.is_there()?;
        self.named.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let mut listing = LocalListing { folds_case: write::folds_case(&self.root), ..LocalListing::default() };
        walk(&self.root, &mut |met| {
            if stopped() {
                return Err(Error::Stopped);
            }
            match met {
                Met::File(place) => match self.listed(place, stopped)? {
                    Ok(file) => listing.files.push(file),
                    Err(unusable) => listing.unusable.push(unusable),
                },
                Met::Unread(folder, error) => listing.unusable.extend(self.unread(folder, error)?),
            }
            Ok(())
        })?;
        self.is_there()?;
        Ok(listing)
    }

    fn look(&self, path: &FilePath) -> Result<Option<ContentHash>> {
        let place = self.on_disk(path)?;
        Ok(self.hash(path, &place, true, &*self.stopped)?.map(|file| file.hash))
    }

    fn open(&self, path: &FilePath) -> Result<Option<Opened>> {
        let place = self.on_disk(path)?;
        if self.found(path, &place)?.is_none() {
            return Ok(None);
        }
        match read::copy(&place, &self.root, &*self.stopped) {
            Err(Error::Local { error, .. }) if is_gone(&error) => self.is_there().map(|()| None),
            Err(error) => Err(self.met(path, UNREAD, error)),
            // Who is writing it will be done later.
            Ok(copied) => Ok(Some(copied.ok_or_else(|| Error::Stale(path.to_string()))?)),
        }
    }

    fn incoming(&self) -> Result<Box<dyn Incoming>> {
        write::incoming(&self.root)
    }

    fn place(
        &self,
        path: &FilePath,
        mut came: Box<dyn Incoming>,
        expected: Option<&ContentHash>,
    ) -> Result<ContentHash> {
        let place = self.on_disk(path)?;
        if place.is_dir() {
            return Err(unusable(path, "there is a folder of this name"));
        }
        let failed = || {
            |error: io::Error| match error.kind() {
                io::ErrorKind::NotADirectory => unusable(path, "there is a file of the name of a folder above it"),
                _ => self.met(path, UNWRITTEN, Error::local(&place)(error)),
            }
        };
        came.settle().map_err(failed())?;
        let whole = read::read(came.path(), || Ok(io::sink()), &*self.stopped);
        let whole = whole.map_err(|error| self.met(path, UNWRITTEN, error))?;
        let (whole, _) = whole.ok_or_else(|| Error::Stale(path.to_string()))?;
        write::make_folders_above(&place).map_err(failed())?;
        match expected {
            None if write::name_new(came.path(), &place).map_err(failed())? => {}
            None => return Err(Error::Stale(path.to_string())),
            Some(expected) => {
                self.expected(path, &place, expected)?;
                write::name_over(came.path(), &place).map_err(failed())?;
            }
        }
        Ok(whole.hash)
    }

    fn put_away(&self, path: &FilePath, expected: &ContentHash) -> Result<()> {
        let place = self.on_disk(path)?;
        if self.found(path, &place)?.is_none() {
            return Ok(());
        }
        self.expected(path, &place, expected)?;
        let numbered = |number: usize| if number == 1 { path.clone() } else { path.beside(&number.to_string()) };
        let names = (1..=MAX_BESIDE).map(|number| self.root.join(TRASH).join(numbered(number).as_str()));
        let moved = write::move_to_free(&place, names).map_err(Error::local(&place));
        moved.map_err(|error| self.met(path, "it cannot be put in the trash", error))
    }
}

/// The name of what lies below the folder.
fn name_of(below: &Path) -> String {
    below.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

/// Whether an error says something of the disk, whatever file it was met with.
fn concerns_all(error: &io::Error) -> bool {
    use io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem)
}

/// An error that was met with one file, for a person.
fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::InvalidFilename => {
            "the disk takes no name like this, or none as long; give it another one".to_owned()
        }
        _ => error.to_string(),
    }
}

/// Whether there is no such file, also because what should be a folder above it is a file.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn kind(found: &Metadata) -> &'static str {
    if found.is_symlink() { "it is a link, and links are not followed" } else { "it is no plain file" }
}

fn unusable(path: &FilePath, why: &str) -> Error {
    Error::File { path: path.to_string(), message: why.to_owned() }
}
