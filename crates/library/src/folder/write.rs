//! Files that appear whole or not at all.
//!
//! Bytes go to a hidden temporary file in the same folder, are flushed to the disk, and only then get their name. The
//! file is locked meanwhile: the kernel frees the lock however the process ends, so a sweep can tell what is left over.

use std::fs::{self, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// How the names of temporary files begin and end.
const PREFIX: &str = ".legible-";
const SUFFIX: &str = ".tmp";

/// A written file that has no name yet. Dropping it deletes it.
pub(super) struct Unnamed(NamedTempFile);

impl Unnamed {
    /// Writes the bytes to the disk.
    pub(super) fn new(folder: &Path, bytes: &[u8]) -> io::Result<Self> {
        let mut file = temporary(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        Ok(Unnamed(file))
    }

    /// Gives the file its name. When another file has the name, that one stays and the unnamed file comes back.
    pub(super) fn name(self, path: &Path) -> io::Result<Option<Self>> {
        match self.0.persist_noclobber(path) {
            Ok(_) => {
                sync_folder_of(path)?;
                Ok(None)
            }
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(Some(Unnamed(error.file))),
            // Some file systems can neither rename without overwriting nor link: there the name is taken first.
            Err(error) => match OpenOptions::new().write(true).create_new(true).open(path) {
                Ok(_) => Unnamed(error.file).replace(path).map(|()| None),
                Err(taken) if taken.kind() == io::ErrorKind::AlreadyExists => Ok(Some(Unnamed(error.file))),
                Err(_) => Err(error.error),
            },
        }
    }

    fn replace(self, path: &Path) -> io::Result<()> {
        self.0.persist(path).map_err(|error| error.error)?;
        sync_folder_of(path)
    }
}

/// Writes a file in place of the one that has its name.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    Unnamed::new(path.parent().unwrap_or(Path::new(".")), bytes)?.replace(path)
}

/// Writes a file into the folder and deletes it again.
pub(super) fn probe(folder: &Path) -> io::Result<()> {
    Unnamed::new(folder, b"legible").map(drop)
}

/// Renames a file to `NAME.broken`, `NAME.broken2`, ...: whichever is free.
pub(super) fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let name = |number: usize| {
        let mut name = path.as_os_str().to_owned();
        name.push(if number == 1 { ".broken".to_owned() } else { format!(".broken{number}") });
        PathBuf::from(name)
    };
    let free = (1..).map(name).find(|path| path.symlink_metadata().is_err()).unwrap_or_else(|| name(0));
    fs::rename(path, &free)?;
    Ok(free)
}

/// Deletes a temporary file of ours that no process is writing. One that cannot be deleted stays.
pub(super) fn sweep(path: &Path) {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if !(name.starts_with(PREFIX) && name.ends_with(SUFFIX)) {
        return;
    }
    // Where a file system knows no locks, nothing is certain, and nothing is deleted.
    if let Ok(file) = OpenOptions::new().write(true).open(path)
        && file.try_lock().is_ok()
    {
        let _ = fs::remove_file(path);
    }
}

/// A new temporary file, locked where the file system knows locks.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    // The user's own files: as readable as any other, within the umask.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    loop {
        let file = builder.tempfile_in(folder)?;
        match file.as_file().try_lock() {
            Err(TryLockError::Error(_)) => return Ok(file),
            Ok(()) if file.path().symlink_metadata().is_ok() => return Ok(file),
            // A sweep came between making and locking it.
            Ok(()) | Err(TryLockError::WouldBlock) => {}
        }
    }
}

/// On Unix a new name is safe only once its folder is flushed.
#[cfg(unix)]
fn sync_folder_of(path: &Path) -> io::Result<()> {
    fs::File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder_of(_path: &Path) -> io::Result<()> {
    Ok(())
}
