//! The folder of this machine that is kept in step.

#[cfg(test)]
pub(crate) mod far;
mod folder;
mod hashes;

use crate::Result;
use crate::digest::ContentHash;
use crate::path::FilePath;
use crate::remote::{ReadSeek, Unusable};
use std::io::Write;
use std::path::Path;

pub use folder::FolderSide;
pub use hashes::{Hashes, InMemory, Stamp};

/// A file of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalFile {
    /// Where it lies.
    pub path: FilePath,
    /// Its content.
    pub hash: ContentHash,
    /// Its size in bytes.
    pub size: u64,
}

/// All files of this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocalListing {
    /// Those that can be kept in step, in any order.
    pub files: Vec<LocalFile>,
    /// Those that cannot, also because they cannot be read. They are there: nothing is concluded from their not being among `files`.
    pub unusable: Vec<Unusable>,
    /// Whether names that differ only in case are one file here, as on most disks of Windows and macOS.
    pub folds_case: bool,
}

/// The folder of this machine. Others change files in it at any time. Its calls block. What keeps one file from being read or written is
/// [`crate::Error::File`]; [`crate::Error::Local`] is the folder as a whole or its disk, as where that is full, and no file can be looked
/// after then.
pub trait Local: Send + Sync {
    /// All files. Those that cannot be read, and folders that cannot with all that is in them, are told as such.
    ///
    /// # Errors
    /// When the folder itself cannot be read or is not there, or it is to stop: then nothing is known about what is there.
    fn list(&self, stopped: &dyn Fn() -> bool) -> Result<LocalListing>;

    /// The content that lies at a path now.
    ///
    /// # Errors
    /// When it cannot be read.
    fn look(&self, path: &FilePath) -> Result<Option<ContentHash>>;

    /// A copy of the file as it is now, which does not change; `None` when it is not there any more.
    ///
    /// # Errors
    /// When it cannot be read or copied.
    fn open(&self, path: &FilePath) -> Result<Option<Opened>>;

    /// A new file on the same disk, for what comes: it lies nowhere yet.
    ///
    /// # Errors
    /// When the disk is full or cannot be written.
    fn incoming(&self) -> Result<Box<dyn Incoming>>;

    /// Puts what came in place of the content that is expected there, or of nothing, whole or not at all.
    ///
    /// # Errors
    /// [`crate::Error::Stale`] when something else lies there.
    fn place(&self, path: &FilePath, came: Box<dyn Incoming>, expected: Option<&ContentHash>) -> Result<ContentHash>;

    /// Puts a file away, where a person finds it again.
    ///
    /// # Errors
    /// [`crate::Error::Stale`] when something else lies there; what is gone is put away.
    fn put_away(&self, path: &FilePath, expected: &ContentHash) -> Result<()>;
}

/// The content of a file at one time.
pub struct Opened {
    /// Its bytes.
    pub content: Box<dyn ReadSeek>,
    /// How many these are.
    pub size: u64,
    /// Their hash.
    pub hash: ContentHash,
}

/// A file that is being written and lies nowhere yet. It is gone when dropped.
pub trait Incoming: Write + Send {
    /// Where its bytes lie meanwhile, for who wants to read them.
    fn path(&self) -> &Path;

    /// Has its bytes on the disk: what is left to be done to put it in place hardly ever fails.
    ///
    /// # Errors
    /// When the disk is full or fails.
    fn settle(&mut self) -> std::io::Result<()>;
}
