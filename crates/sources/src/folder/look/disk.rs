//! What a look asks the disk. Nothing is opened but folders, to list them.

use crate::folder::pattern::real;
use crate::folder::{FileId, Stamp, Trouble, TroubleKind, Wanted, system};
use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::Metadata;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

/// How many entries of one folder a look takes.
pub const MAX_ENTRIES: usize = 1_000_000;

/// A file that is there.
#[derive(Debug, Clone, Copy)]
pub struct File {
    pub stamp: Stamp,
    /// When anything was done to it, in milliseconds since the Unix epoch.
    pub touched_ms: i64,
}

/// What is at a path.
pub enum There {
    /// A file, by itself or by a link to it.
    File(File),
    /// A folder that is no link.
    Folder,
    /// Something that is never taken: a device, a pipe, a link to a folder, a file that is hidden or Legible's own.
    Other,
    /// Nothing.
    Nothing,
    /// Nobody knows.
    Unknown(Error),
}

/// A folder's content.
#[derive(Default)]
pub struct Listing {
    /// Wanted files, by name.
    pub files: Vec<(PathBuf, File)>,
    /// Wanted folders, by name.
    pub folders: Vec<PathBuf>,
    /// The names of everything that is no folder, wanted or not.
    pub names: HashSet<OsString>,
    /// What could not be asked. Unless it is of a file alone, there may be more in the folder.
    pub troubles: Vec<Trouble>,
    /// Whether `names` are all there are.
    pub complete: bool,
}

/// Lists a folder.
///
/// # Errors
/// When it cannot be opened at all.
pub fn list(wanted: &Wanted, folder: &Path) -> std::io::Result<Listing> {
    let whole = wanted.root().join(folder);
    let ids_last = system::ids_last(&whole);
    let mut listing = Listing { complete: true, ..Listing::default() };
    for (count, entry) in whole.read_dir()?.enumerate() {
        let entry = match entry {
            Ok(entry) if count < MAX_ENTRIES => entry,
            Ok(_) => {
                listing.complete = false;
                listing.troubles.push(too_many(folder));
                break;
            }
            Err(error) => {
                listing.complete = false;
                listing.troubles.push(trouble(folder, &error));
                break;
            }
        };
        let (name, path) = (entry.file_name(), folder.join(entry.file_name()));
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                if wanted.enters_in(&path) && !entry.metadata().is_ok_and(|metadata| system::is_hidden(&metadata)) {
                    listing.folders.push(path);
                }
                continue;
            }
            Ok(kind) if wanted.takes_in(&path) && (kind.is_file() || kind.is_symlink()) => {
                // The entry itself is asked: it costs less than its path, but knows a link only as a link.
                let asked = if kind.is_symlink() { entry.path().metadata() } else { entry.metadata() };
                match there(wanted, &entry.path(), asked, kind.is_symlink(), ids_last) {
                    There::File(file) => listing.files.push((path, file)),
                    There::Nothing => continue,
                    There::Unknown(error) => listing.troubles.push(trouble(&path, &error)),
                    There::Folder | There::Other => {}
                }
            }
            Ok(_) => {}
            Err(error) => listing.troubles.push(trouble(&path, &error)),
        }
        listing.names.insert(name);
    }
    listing.files.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    listing.folders.sort_unstable();
    Ok(listing)
}

/// What is at a path, whether it is wanted or not.
pub fn look_at(wanted: &Wanted, path: &Path) -> There {
    let whole = wanted.root().join(path);
    let metadata = match whole.symlink_metadata() {
        Ok(metadata) if metadata.is_symlink() => whole.metadata(),
        Ok(metadata) if metadata.is_dir() => return There::Folder,
        other => {
            let ids_last = whole.parent().is_none_or(system::ids_last);
            return there(wanted, &whole, other, false, ids_last);
        }
    };
    there(wanted, &whole, metadata, true, whole.parent().is_none_or(system::ids_last))
}

fn there(wanted: &Wanted, whole: &Path, asked: std::io::Result<Metadata>, is_link: bool, ids_last: bool) -> There {
    let metadata = match asked {
        Ok(metadata) => metadata,
        Err(error) if is_nothing(&error) => return There::Nothing,
        Err(error) => return There::Unknown(error),
    };
    if !metadata.is_file() || system::is_hidden(&metadata) || is_link && wanted.is_own_place(&real(whole)) {
        return There::Other;
    }
    let stamp = Stamp::from_metadata(whole, &metadata, ids_last);
    There::File(File { stamp, touched_ms: system::touched_ms(&metadata) })
}

/// Whether a folder and all above it, up to the watched one, are folders and no links to them.
///
/// # Errors
/// When nobody knows.
pub fn is_reached(wanted: &Wanted, folder: &Path) -> std::io::Result<bool> {
    let above = folder.ancestors().filter(|folder| !folder.as_os_str().is_empty());
    for folder in above {
        match wanted.root().join(folder).symlink_metadata() {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Ok(false),
            Err(error) if is_nothing(&error) => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

/// Whether a path is there in just these letters, if `other` is the same path but for their case: some systems find a file
/// by either.
pub fn is_spelled_so(root: &Path, path: &Path, other: &Path) -> bool {
    let mut parent = root.to_owned();
    for (part, other) in path.components().zip(other.components()) {
        if part != other {
            let Ok(entries) = parent.read_dir() else { return true };
            return entries.flatten().any(|entry| entry.file_name() == part.as_os_str());
        }
        parent.push(part);
    }
    true
}

/// The watched folder's own number, and whether there is nothing in it.
///
/// # Errors
/// For people: why it cannot be looked at.
pub fn root(path: &Path) -> Result<(Option<FileId>, bool), String> {
    let metadata = path.metadata().map_err(|error| match is_nothing(&error) {
        true => format!("the folder {} is not there", path.display()),
        false => format!("the folder {} cannot be opened: {error}", path.display()),
    })?;
    if !metadata.is_dir() {
        return Err(format!("{} is no folder", path.display()));
    }
    let entries = path.read_dir().and_then(|mut entries| entries.next().transpose());
    let first = entries.map_err(|error| format!("the folder {} cannot be listed: {error}", path.display()))?;
    Ok((system::file_id(path, &metadata), first.is_none()))
}

/// Whether an error says that nothing is there, and not only that nobody could look.
pub fn is_nothing(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

pub fn trouble(path: &Path, error: &Error) -> Trouble {
    let kind = match error.kind() {
        ErrorKind::PermissionDenied => TroubleKind::NotAllowed,
        _ => TroubleKind::Unreadable,
    };
    Trouble { path: path.to_owned(), kind, message: error.to_string() }
}

fn too_many(folder: &Path) -> Trouble {
    let message = format!("there are more than {MAX_ENTRIES} files in this folder: the rest is left alone");
    Trouble { path: folder.to_owned(), kind: TroubleKind::TooMany, message }
}
