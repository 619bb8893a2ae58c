//! Files that appear whole or not at all.
//!
//! Bytes go to a hidden temporary file in the same folder, are flushed to the disk, and only then get their name.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

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

fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".legible-").suffix(".tmp");
    // The user's own files: as readable as any other, within the umask.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
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
