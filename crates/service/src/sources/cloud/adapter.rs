//! A storage as the crate that looks at sources has it: a folder whose new files are told from mark to mark.

use crate::error::{Error, Result};
use legible_cloud::remote::{Cursor, Remote, RemoteFile as File, Revision, Watch};
use legible_cloud::{Error as CloudError, FilePath};
use legible_sources::remote::{Changes, RemoteError, RemoteFile, RemoteFolder};
use legible_sources::remote_files::KnownFile;
use std::collections::HashMap;
use std::io::Write;

/// What begins the name of a file that its storage calls by an id, and of one that it calls by its path.
const ID: &str = "id:";
const PATH: &str = "path:";

/// A storage that is looked at.
pub struct Adapter<'a> {
    remote: &'a dyn Remote,
    watch: &'a dyn Watch,
    known: &'a [KnownFile],
    /// What was listed last, by what it is called.
    listed: HashMap<String, File>,
    /// Files that are there and cannot be had: their names, and why.
    pub unusable: Vec<(String, String)>,
}

impl<'a> Adapter<'a> {
    /// One of whose files these are known.
    pub fn new(remote: &'a dyn Remote, watch: &'a dyn Watch, known: &'a [KnownFile]) -> Self {
        Adapter { remote, watch, known, listed: HashMap::new(), unusable: Vec::new() }
    }

    fn tell(&mut self, files: Vec<File>, cursor: Option<Cursor>) -> Changes {
        let found = files.iter().map(|file| RemoteFile {
            id: called(file),
            version: version(self.remote, file),
            name: file.path.to_string(),
            size: Some(file.size),
        });
        let changes = Changes { files: found.collect(), cursor: cursor.map(|cursor| cursor.0), more: false };
        self.listed = files.into_iter().map(|file| (called(&file), file)).collect();
        changes
    }
}

impl RemoteFolder for Adapter<'_> {
    fn changes(&mut self, since: Option<&str>) -> std::result::Result<Changes, RemoteError> {
        let (files, unusable, cursor) = match since {
            Some(mark) => {
                let seen: Vec<File> = self.known.iter().filter_map(recalled).collect();
                self.remote.recall(&seen);
                let changes = self.remote.changes(&Cursor(mark.to_owned()), self.watch).map_err(told)?;
                (changes.files, changes.unusable, changes.cursor)
            }
            None => {
                let listing = self.remote.list(self.watch).map_err(told)?;
                (listing.files, listing.unusable, listing.cursor)
            }
        };
        self.unusable.extend(unusable.into_iter().map(|file| (file.name, file.why)));
        Ok(self.tell(files, cursor))
    }

    fn fetch(&mut self, file: &RemoteFile, into: &mut dyn Write) -> std::result::Result<(), RemoteError> {
        let found = self.listed.get(&file.id).ok_or_else(|| RemoteError::Gone(file.name.clone()))?;
        self.remote.fetch(found, into, self.watch).map_err(told)
    }
}

/// What a file is called whatever its name is, where its storage has such names; else it is another file with another name.
fn called(file: &File) -> String {
    match &file.id {
        Some(id) => format!("{ID}{id}"),
        None => format!("{PATH}{}", file.path),
    }
}

/// What names the content of a file. A hash, where the storage tells it of each file: it stays when the file is moved.
pub fn version(remote: &dyn Remote, file: &File) -> String {
    match file.digest.as_ref().filter(|_| remote.capabilities().cursor) {
        Some(digest) => format!("{:?} {} {}", digest.kind, digest.hex, file.size),
        None => file.revision.0.clone(),
    }
}

/// A file that was there before, as far as a storage with ids needs to know it.
fn recalled(known: &KnownFile) -> Option<File> {
    let id = Some(known.id.strip_prefix(ID)?.to_owned());
    let (path, revision) = (FilePath::parse(&known.path).ok()?, Revision(String::new()));
    Some(File { path, id, revision, size: 0, digest: None, modified: None })
}

/// An error of a storage, as a look at a source takes it: what concerns one file holds up no other.
fn told(error: CloudError) -> RemoteError {
    match error {
        CloudError::Expired => RemoteError::Expired,
        CloudError::Stale(path) => RemoteError::Gone(path),
        error @ (CloudError::Damaged { .. } | CloudError::File { .. }) => RemoteError::File(error.to_string()),
        CloudError::MayPass { message, .. } => RemoteError::MayPass(message),
        CloudError::NeedsYou { message, hint } => RemoteError::NeedsYou { message, hint },
        error @ CloudError::SignIn { .. } => RemoteError::Sink(Box::new(Error::from(error))),
        CloudError::Stopped => RemoteError::Stopped,
        error @ (CloudError::Local { .. } | CloudError::Ledger(_)) => RemoteError::Sink(Box::new(Error::from(error))),
    }
}

/// Why a look ended, as the service tells it.
pub fn back(error: RemoteError) -> Error {
    match error {
        RemoteError::Expired => CloudError::Expired.into(),
        RemoteError::Gone(path) => CloudError::Stale(path).into(),
        RemoteError::MayPass(message) | RemoteError::File(message) => CloudError::may_pass(message).into(),
        RemoteError::NeedsYou { message, hint } => CloudError::NeedsYou { message, hint }.into(),
        RemoteError::Stopped => Error::Stopped,
        RemoteError::Sink(error) => match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(error) => Error::Internal(error.to_string()),
        },
    }
}

/// Something of ours that failed within a look.
///
/// # Errors
/// [`RemoteError::Sink`], which [`back`] takes back.
pub fn ours<T>(result: Result<T>) -> std::result::Result<T, RemoteError> {
    result.map_err(|error| match error {
        Error::Stopped => RemoteError::Stopped,
        error => RemoteError::Sink(Box::new(error)),
    })
}
