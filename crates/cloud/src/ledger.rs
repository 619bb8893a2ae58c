//! What both sides had in common when they were last in step: for each file what its content was, and what the storage called
//! that state. Against it, what changed on each side is told from what did not.

use crate::Result;
use crate::digest::ContentHash;
use crate::path::FilePath;
use crate::remote::{Cursor, RemoteFile, Revision, Unusable};
use std::collections::BTreeMap;

/// A file that was in step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InStep {
    /// Its content.
    pub hash: ContentHash,
    /// Its size in bytes.
    pub size: u64,
    /// The state of it on the storage.
    pub revision: Revision,
    /// What of its content is needed to merge it later, if it can be merged: see [`crate::run::Merge`].
    pub gist: Option<Vec<u8>>,
}

/// Keeps what was in step. Each note is there after a kill, or not, but never a part of it.
pub trait Ledger: Send {
    /// All that is in step. The gists may be left out: [`Ledger::one`] tells them.
    ///
    /// # Errors
    /// [`crate::Error::Ledger`], as with all of these.
    fn all(&self) -> Result<BTreeMap<FilePath, InStep>>;

    /// What is in step of one file.
    ///
    /// # Errors
    /// See above.
    fn one(&self, path: &FilePath) -> Result<Option<InStep>>;

    /// Notes that a file is in step.
    ///
    /// # Errors
    /// See above.
    fn note(&mut self, path: &FilePath, in_step: &InStep) -> Result<()>;

    /// Forgets a file: it is gone on both sides, and an upload session of it is no use any more.
    ///
    /// # Errors
    /// See above.
    fn forget(&mut self, path: &FilePath) -> Result<()>;

    /// The mark of the storage up to which [`Ledger::seen`] tells what it has; `None` where everything is to be listed.
    ///
    /// # Errors
    /// See above.
    fn cursor(&self) -> Result<Option<Cursor>>;

    /// What the storage had at that mark.
    ///
    /// # Errors
    /// See above.
    fn seen(&self) -> Result<Vec<RemoteFile>>;

    /// What the storage had at that mark and could not be kept in step.
    ///
    /// # Errors
    /// See above.
    fn unusable(&self) -> Result<Vec<Unusable>>;

    /// Notes what the storage had at a mark, all at once.
    ///
    /// # Errors
    /// See above.
    fn see(&mut self, files: &[RemoteFile], unusable: &[Unusable], cursor: Option<&Cursor>) -> Result<()>;

    /// The contents, by their paths, whose upload sessions are noted.
    ///
    /// # Errors
    /// See above.
    fn sessions(&self) -> Result<Vec<(FilePath, ContentHash)>>;

    /// Where the upload session of a content to a path is.
    ///
    /// # Errors
    /// See above.
    fn session(&self, path: &FilePath, hash: &ContentHash) -> Result<Option<String>>;

    /// Notes where it is; `None` when it ended.
    ///
    /// # Errors
    /// See above.
    fn note_session(&mut self, path: &FilePath, hash: &ContentHash, state: Option<&str>) -> Result<()>;
}
