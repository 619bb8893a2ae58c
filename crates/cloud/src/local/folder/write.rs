//! Files that appear whole or not at all, and names that are taken only when they are free.

use crate::Result;
use crate::error::Error;
use crate::limits::{FLUSH_BYTES, INCOMING_KEPT};
use crate::local::Incoming;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tempfile::{NamedTempFile, TempPath};

/// How the names of files begin that are being written.
const PREFIX: &str = ".legible-incoming-";

/// A file that is being written. Dropping it deletes it, unless it was given a name.
struct Arriving {
    file: NamedTempFile,
    /// How many of its bytes may not be on the disk yet.
    in_memory: u64,
}

pub(super) fn incoming(folder: &Path) -> Result<Box<dyn Incoming>> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    // The user's own files: as readable as any other, within the umask.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder.tempfile_in(folder).map_err(Error::local(folder))?;
    Ok(Box::new(Arriving { file, in_memory: 0 }))
}

/// Whether names that differ only in case are one file in a folder: a hidden file is made there, and looked for under another name. Where
/// none can be made, it is as on most disks of the system.
pub(super) fn folds_case(folder: &Path) -> bool {
    let other_case = |probe: NamedTempFile| {
        let name = probe.path().file_name()?.to_str()?.to_ascii_uppercase();
        Some(probe.path().with_file_name(name).symlink_metadata().is_ok())
    };
    let probe = tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder).ok();
    probe.and_then(other_case).unwrap_or(cfg!(any(windows, target_os = "macos")))
}

impl Write for Arriving {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.in_memory += written as u64;
        if self.in_memory >= FLUSH_BYTES {
            self.file.as_file().sync_data()?;
            self.in_memory = 0;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Incoming for Arriving {
    fn path(&self) -> &Path {
        self.file.path()
    }

    fn settle(&mut self) -> io::Result<()> {
        self.flush()?;
        self.file.as_file().sync_all()
    }
}

/// Deletes what runs left behind that were killed. What is young may belong to a run that goes on.
pub(super) fn sweep(folder: &Path, now: SystemTime) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        let age = || now.duration_since(entry.metadata().ok()?.modified().ok()?).ok();
        if is_ours && age().is_some_and(|age| age > INCOMING_KEPT) {
            // One that cannot be deleted stays hidden.
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

/// Makes the folders above a path, and has them on the disk.
pub(super) fn make_folders_above(path: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = path.ancestors().skip(1).take_while(|folder| !folder.is_dir()).collect();
    for folder in missing.into_iter().rev() {
        match fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => sync_folder_of(folder)?,
        }
    }
    Ok(())
}

/// Gives a file that came its name, which replaces what has it.
pub(super) fn name_over(from: &Path, to: &Path) -> io::Result<()> {
    TempPath::try_from_path(from)?.persist(to).map_err(|error| error.error)?;
    sync_folder_of(to)
}

/// Gives a file that came its name, if that is free; returns whether it was.
pub(super) fn name_new(from: &Path, to: &Path) -> io::Result<bool> {
    // A failure deletes what came, as dropping it does.
    match TempPath::try_from_path(from)?.persist_noclobber(to) {
        Ok(()) => sync_folder_of(to).map(|()| true),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        // Some file systems can neither rename without overwriting nor link: there the name is taken first.
        Err(error) => Ok(take(to)? && rename_into(&error.path, to).map(|()| true)?),
    }
}

/// Moves a file to the first of these names that is free.
pub(super) fn move_to_free(from: &Path, names: impl Iterator<Item = PathBuf>) -> io::Result<()> {
    for name in names {
        make_folders_above(&name)?;
        // The name is taken first: to rename would overwrite.
        if take(&name)? {
            rename_into(from, &name)?;
            return sync_folder_of(from);
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Takes a name with an empty file; returns whether it was free.
fn take(name: &Path) -> io::Result<bool> {
    match OpenOptions::new().write(true).create_new(true).open(name) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Renames a file to a name that was taken for it, which is free again if that fails.
fn rename_into(from: &Path, taken: &Path) -> io::Result<()> {
    fs::rename(from, taken).inspect_err(|_| drop(fs::remove_file(taken)))?;
    sync_folder_of(taken)
}

/// On Unix a new name is safe only once its folder is flushed.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all() } else { Ok(()) }
}
