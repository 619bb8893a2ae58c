//! Storages that belong to no one provider, through opendal: S3 and what speaks like it, WebDAV, SFTP, a folder of this machine.
//!
//! What such a server honours is found out once by [`Storage::probe`] and kept with the account; nothing is taken for granted:
//! without a probe the state of a file is looked at before it is overwritten, and a file is put in place by a rename.

mod compared;
mod list;
mod open;
mod place;
mod probe;
#[cfg(test)]
mod raced;
mod read;
mod remove;
mod s3;
mod state;
mod webdav;
mod write;

use crate::Result;
use crate::digest::DigestKind;
use crate::error::Error;
use crate::limits::MAX_FILE_BYTES;
use crate::lock::lock;
use crate::path::FilePath;
use crate::remote::wait::{Runtime, answered};
use crate::remote::{Capabilities, Changes, Cursor, Listing, Remote, RemoteFile, Session, Upload, Watch, fault};
use opendal::{ErrorKind, Metadata, Operator};
use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

pub use place::{Place, Secret};
pub use probe::Found;
pub(in crate::remote) use write::{Content, PART, unique};

/// The day of the storage's trash, as `2026-11-22`.
pub type Today = Arc<dyn Fn() -> String + Send + Sync>;

/// A folder of a storage.
pub struct Storage {
    operator: Operator,
    way: Way,
    /// The path of the folder from where the operator begins: empty, or with `/` at its end.
    folder: String,
    found: Found,
    today: Today,
    /// Names that the storage spells otherwise than they are written here (Unicode), by how they are written here.
    spelled: Mutex<HashMap<FilePath, String>>,
    /// Folders that were seen on the server, for WebDAV: it wants them made before what is in them.
    folders: Mutex<HashSet<String>>,
    /// Held while a folder is made there.
    making: tokio::sync::Mutex<()>,
    runtime: Runtime,
}

/// How files are put and removed.
enum Way {
    /// What is put takes the place of what was, whole; nothing can be renamed.
    S3(Arc<s3::Server>),
    /// Requests of our own put files.
    WebDav(webdav::Server),
    /// Files are written beside and renamed.
    #[cfg_attr(not(unix), expect(dead_code, reason = "there is no SFTP on other systems"))]
    Sftp,
    /// As there. The folder above the one that is opened is this.
    Folder(PathBuf),
}

impl Storage {
    /// Opens a folder, of which `found` is known. Nothing is asked yet.
    ///
    /// # Errors
    /// [`Error::NeedsYou`] when it cannot be like this.
    pub fn open(place: &Place, secret: &Secret, found: Found, today: Today) -> Result<Self> {
        let runtime = Runtime::start()?;
        let open::Opened { operator, way, folder } = runtime.enter(|| open::open(place, secret))?;
        let (spelled, folders, making) = (Mutex::default(), Mutex::default(), tokio::sync::Mutex::default());
        Ok(Storage { operator, way, folder, found, today, spelled, folders, making, runtime })
    }

    /// Finds out what the server honours, with files of its own whose names are hidden, and without touching others.
    ///
    /// # Errors
    /// What keeps the folder from being used at all.
    pub fn probe(&self, watch: &dyn Watch) -> Result<Found> {
        self.runtime.wait(watch, self.probe_all(watch))
    }

    /// What a path is called from where the operator begins.
    fn key(&self, path: &FilePath) -> String {
        let spelled = lock(&self.spelled).get(path).cloned();
        self.key_of(spelled.as_deref().unwrap_or(path.as_str()))
    }

    fn key_of(&self, raw: &str) -> String {
        format!("{}{raw}", self.folder)
    }

    fn is_s3(&self) -> bool {
        matches!(self.way, Way::S3(_))
    }

    /// Whether the server itself compares the state that is overwritten.
    fn is_conditional(&self) -> bool {
        match self.way {
            Way::S3(_) => self.found.conditional,
            Way::WebDav(_) => self.found.conditional && self.found.whole,
            Way::Sftp | Way::Folder(_) => false,
        }
    }

    /// What lies at a key; `None` where nothing does.
    async fn metadata(&self, key: &str, path: &str) -> Result<Option<Metadata>> {
        match answered(self.operator.stat(key)).await? {
            Ok(metadata) => Ok(Some(metadata)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(fault::told(&error, path)),
        }
    }

    /// The file that lies at a path now.
    async fn file_at(&self, path: &FilePath) -> Result<Option<RemoteFile>> {
        let key = self.key(path);
        let metadata = self.metadata(&key, path.as_str()).await?.filter(|metadata| !metadata.is_dir());
        Ok(metadata.map(|metadata| state::file(path.clone(), &key[self.folder.len()..], &metadata, self.found.md5)))
    }
}

impl Remote for Storage {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            cursor: false,
            digest: self.found.md5.then_some(DigestKind::Md5),
            conditional: self.is_conditional(),
            resumable: self.found.parts,
            folds_case: self.found.folds_case,
            trash: true,
            most_bytes: Some(MAX_FILE_BYTES),
        }
    }

    fn enter(&self, watch: &dyn Watch) -> Result<()> {
        // A bucket has no folders: one without files is not there.
        if self.is_s3() || self.runtime.wait(watch, self.is_there())? {
            return Ok(());
        }
        Err(Error::NeedsYou {
            message: "the folder is not there".to_owned(),
            hint: "Look whether it was moved or is called otherwise by now, and whether its disk is connected."
                .to_owned(),
        })
    }

    fn list(&self, watch: &dyn Watch) -> Result<Listing> {
        self.runtime.wait(watch, self.list_all())
    }

    fn changes(&self, _: &Cursor, _: &dyn Watch) -> Result<Changes> {
        Err(Error::Expired)
    }

    fn look(&self, path: &FilePath, watch: &dyn Watch) -> Result<Option<RemoteFile>> {
        self.runtime.wait(watch, self.file_at(path))
    }

    fn fetch(&self, file: &RemoteFile, into: &mut dyn Write, watch: &dyn Watch) -> Result<()> {
        self.runtime.wait(watch, self.read(file, into, watch))
    }

    fn put(&self, upload: Upload<'_>, watch: &dyn Watch) -> Result<RemoteFile> {
        self.runtime.wait(watch, self.write(upload, watch))
    }

    fn give_up(&self, path: &FilePath, session: &mut dyn Session, watch: &dyn Watch) -> Result<()> {
        let Way::S3(server) = &self.way else { return Ok(()) };
        self.runtime.wait(watch, self.abort_noted(server, path, session))
    }

    fn remove(&self, file: &RemoteFile, watch: &dyn Watch) -> Result<()> {
        self.runtime.wait(watch, self.put_in_trash(file))
    }
}
