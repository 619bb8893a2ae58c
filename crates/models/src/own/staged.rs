//! A model on its way in: its files lie in a hidden folder of their own, and a lock in it says that the process lives that brings
//! it. So a model can be checked for as long as that takes while others are added and removed, and what a killed process left is
//! known as such.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, Result};

/// The ending of the folder of a model that is not checked yet.
const COMING: &str = "tmp";

/// The ending of the folder of a model that is being removed.
pub(super) const GOING: &str = "gone";

/// The lock in a folder of a model that is not checked yet.
const HELD: &str = ".held";

/// A hidden folder that goes when it is dropped, unless it was put in its place.
#[derive(Debug)]
pub(super) struct Staged {
    path: PathBuf,
    held: Option<File>,
}

impl Staged {
    /// A new one for the model `id` in the folder `all_own`, whose lock the caller holds.
    pub(super) fn make(all_own: &Path, id: &str) -> Result<Self> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let path = all_own.join(format!(".{id}.{}-{number}.{COMING}", process::id()));
        fs::create_dir(&path).map_err(Error::io("create", &path))?;
        let mut staged = Self { path, held: None };
        let lock = staged.path.join(HELD);
        let held = File::create_new(&lock).and_then(|file| file.lock().map(|()| file));
        staged.held = Some(held.map_err(Error::io("lock", &lock))?);
        Ok(staged)
    }

    /// Where a file of the model goes.
    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Puts it in its place with one rename. The caller holds the lock of the folder that both lie in.
    pub(super) fn put(mut self, target: &Path) -> Result<()> {
        // Windows renames no folder of which a file is open.
        self.held = None;
        let lock = self.path.join(HELD);
        fs::remove_file(&lock).map_err(Error::io("delete", &lock))?;
        fs::rename(&self.path, target).map_err(Error::io("create", target))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        self.held = None;
        let _ = clear(&self.path);
    }
}

/// Clears away what killed processes left in the folder `all_own`, whose lock the caller holds. What cannot be deleted stays.
pub(super) fn sweep(all_own: &Path) {
    let Ok(entries) = fs::read_dir(all_own) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        let is_left = match path.extension().and_then(OsStr::to_str) {
            Some(GOING) => true,
            Some(COMING) => !is_held(&path),
            _ => false,
        };
        if is_hidden && is_left {
            let _ = clear(&path);
        }
    }
}

fn is_held(path: &Path) -> bool {
    File::open(path.join(HELD)).is_ok_and(|file| file.try_lock().is_err())
}

/// Deletes a folder with all that is in it, or what lies in its place; follows no links.
pub(super) fn clear(path: &Path) -> Result<()> {
    let delete = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => Err(error),
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
    };
    delete.map_err(Error::io("delete", path))
}
