//! What Dropbox tells of files and folders.

use crate::digest::{Digest, DigestKind};
use crate::path::FilePath;
use crate::remote::rest::moment;
use crate::remote::{RemoteFile, Revision};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Something in a folder.
#[derive(Deserialize)]
#[serde(tag = ".tag", rename_all = "snake_case")]
pub(super) enum Entry {
    File(FileWords),
    Folder(Named),
    Deleted(Named),
    #[serde(other)]
    Other,
}

impl Entry {
    /// Its name, if it has one.
    pub fn named(&self) -> Option<&Named> {
        match self {
            Entry::File(file) => Some(&file.named),
            Entry::Folder(named) | Entry::Deleted(named) => Some(named),
            Entry::Other => None,
        }
    }
}

/// A file.
#[derive(Deserialize)]
pub(super) struct FileWords {
    #[serde(flatten)]
    pub named: Named,
    pub id: String,
    pub rev: String,
    pub size: u64,
    pub content_hash: Option<String>,
    pub server_modified: Option<String>,
    pub is_downloadable: Option<bool>,
    pub symlink_info: Option<IgnoredAny>,
}

/// What has a name.
#[derive(Deserialize)]
pub(super) struct Named {
    /// As it was written; those of the folders above may be written otherwise in the path.
    pub name: String,
    /// Not there where it lies in a shared folder that is not mounted.
    pub path_lower: Option<String>,
}

/// A page of a list.
#[derive(Deserialize)]
pub(super) struct Page {
    pub entries: Vec<Entry>,
    pub cursor: String,
    pub has_more: bool,
}

impl FileWords {
    /// The file, which lies at a path.
    pub fn file(self, path: FilePath) -> RemoteFile {
        RemoteFile {
            path,
            id: Some(self.id),
            revision: Revision(self.rev),
            size: self.size,
            digest: self.content_hash.map(|hex| Digest { kind: DigestKind::Dropbox, hex }),
            modified: self.server_modified.as_deref().and_then(moment),
        }
    }

    /// Why it cannot be fetched, if it cannot.
    pub fn is_no_file(&self) -> Option<&'static str> {
        match (&self.symlink_info, self.is_downloadable) {
            (Some(_), _) => Some("it is a link"),
            (None, Some(false)) => Some("it has no content of its own: Dropbox can only show it"),
            _ => None,
        }
    }
}
