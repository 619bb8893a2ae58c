//! The library folder: plain files that the user owns, and all that the database is made from.
//!
//! ```text
//! 2026/11/NAME.EXT          an image, by the month in which it came in
//! 2026/11/NAME.EXT.json     its sidecar
//! Referenced/HASH.json      the sidecar of an image that lies elsewhere, or of which only the text was kept
//! .trash/2026/11/NAME.EXT   an image in the trash, with its sidecar
//! ```
//!
//! A managed image keeps its relative path while it is in the trash: a name that is taken in one of the two places is never
//! given away in the other, so moving a file needs no change in the database and can be repeated after a crash.

mod error;
mod names;
mod scan;
mod write;

pub use error::FolderError;
pub use names::portable as portable_name;
pub use scan::is_image;

use crate::calendar;
use crate::hash::ContentHash;
use crate::item::Placement;
use crate::limits::{MAX_NAME_TRIES, MAX_SIDECAR_BYTES};
use crate::sidecar::{self, Sidecar, Unusable};
use error::at;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

const TRASH: &str = ".trash";
const REFERENCED: &str = "Referenced";

/// The library folder.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Names the folder by its absolute path. Nothing is looked at, made or written.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Folder { root: root.into() }
    }

    /// Makes the folder where it is missing. Nothing else here does: a folder that is gone may lie on a disk that is not
    /// connected, and an empty one in its place would be filled in its stead.
    ///
    /// # Errors
    /// When it cannot be made or a file is in the way.
    pub fn make(&self) -> Result<(), FolderError> {
        match self.look() {
            Err(FolderError::Missing { .. }) => fs::create_dir_all(&self.root).map_err(at(&self.root)),
            looked => looked,
        }
    }

    /// Looks whether the folder is there.
    ///
    /// # Errors
    /// When it is missing or no folder.
    pub fn look(&self) -> Result<(), FolderError> {
        match self.root.ancestors().find(|path| path.exists()) {
            Some(file) if !file.is_dir() => Err(FolderError::NotAFolder { path: file.to_path_buf() }),
            Some(found) if found == self.root => Ok(()),
            _ => Err(FolderError::Missing { path: self.root.clone() }),
        }
    }

    /// Writes a file into the folder and deletes it again, to see whether it can be used.
    ///
    /// # Errors
    /// When it is missing, no folder, or cannot be written to.
    pub fn probe(&self) -> Result<(), FolderError> {
        self.look()?;
        write::probe(&self.root).map_err(at(&self.root))
    }

    /// The folder's own path, absolute.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Writes a new image into the month in which it came in, and gives its path relative to the folder.
    ///
    /// `name` may be anything: it is made into a file name that every system accepts. Nothing is ever overwritten; a
    /// taken name gets a number. The file appears with all its bytes or not at all. An image that lies there already
    /// with these bytes, as after a kill before the database knew of it, is not written a second time.
    ///
    /// # Errors
    /// When the file cannot be written; then nothing is left behind.
    pub fn place(&self, name: &str, bytes: &[u8], added_at: i64) -> Result<PathBuf, FolderError> {
        let month = calendar::folder_of(added_at);
        let folder = self.root.join(&month);
        self.make_inside(&folder)?;
        let mut file = write::Unnamed::new(&folder, bytes).map_err(at(&folder))?;
        let name = names::portable(name);
        for number in 1..=MAX_NAME_TRIES {
            let relative = month.join(names::numbered(&name, number));
            if self.is_taken(&relative) {
                if self.holds(&relative, bytes) {
                    return Ok(relative);
                }
                continue;
            }
            let path = self.root.join(&relative);
            match file.name(&path).map_err(at(&path))? {
                None => return Ok(relative),
                Some(unnamed) => file = unnamed,
            }
        }
        Err(at(&folder)(io::Error::other("too many files of the same name")))
    }

    /// Whether an image, its sidecar, or either in the trash has this name.
    fn is_taken(&self, relative: &Path) -> bool {
        let live = self.root.join(relative);
        let trashed = self.root.join(TRASH).join(relative);
        [sidecar_of(&live), sidecar_of(&trashed), live, trashed].iter().any(|path| path.symlink_metadata().is_ok())
    }

    /// Whether an image of these bytes lies there, with its own sidecar or with none, and nothing of it in the trash.
    fn holds(&self, relative: &Path, bytes: &[u8]) -> bool {
        let (live, trashed) = (self.root.join(relative), self.root.join(TRASH).join(relative));
        let same_size = |found: fs::Metadata| found.is_file() && found.len() == bytes.len() as u64;
        if is_there(&trashed) || is_there(&sidecar_of(&trashed)) || !live.symlink_metadata().is_ok_and(same_size) {
            return false;
        }
        let own_sidecar = match read_sidecar(&sidecar_of(&live)) {
            Ok((_, sidecar)) => sidecar.hash == ContentHash::of(bytes),
            Err(FolderError::Io { cause, .. }) => cause.kind() == io::ErrorKind::NotFound,
            Err(_) => false,
        };
        own_sidecar && fs::read(&live).is_ok_and(|found| found == bytes)
    }

    /// Where the image lies now, in the library or in the trash; for a missing one, where it should lie.
    ///
    /// # Errors
    /// When the path of a managed image leads out of the folder.
    pub fn locate(&self, placement: &Placement) -> Result<PathBuf, FolderError> {
        match placement {
            Placement::Managed { path } => {
                let (live, trashed) = self.both(path)?;
                Ok(if is_there(&trashed) && !is_there(&live) { trashed } else { live })
            }
            Placement::Referenced { path } => Ok(path.clone()),
            Placement::TextOnly => Err(FolderError::NotKept),
        }
    }

    /// Whether the image's file is there, in the library or in the trash.
    ///
    /// # Errors
    /// When the path of a managed image leads out of the folder.
    pub fn has(&self, placement: &Placement) -> Result<bool, FolderError> {
        match self.locate(placement) {
            Err(FolderError::NotKept) => Ok(false),
            located => Ok(located?.is_file()),
        }
    }

    /// Writes the bytes of an image whose file is lost where it should lie.
    ///
    /// # Errors
    /// When the file cannot be written, or something else has taken its name.
    pub fn put_back(&self, placement: &Placement, bytes: &[u8]) -> Result<(), FolderError> {
        let path = self.locate(placement)?;
        let folder = path.parent().unwrap_or(&self.root);
        self.make_inside(folder)?;
        let named = write::Unnamed::new(folder, bytes).and_then(|file| file.name(&path)).map_err(at(&path))?;
        if named.is_some() { Err(FolderError::NameTaken { path }) } else { Ok(()) }
    }

    /// Writes a sidecar in place of the one before. Fields that this program does not know stay. A sidecar that cannot be
    /// understood is set aside as `NAME.EXT.json.broken`.
    ///
    /// # Errors
    /// When it cannot be written (the one before stays), or when the one before was written by a newer program.
    pub fn write_sidecar(&self, placement: &Placement, sidecar: &Sidecar) -> Result<(), FolderError> {
        let path = self.sidecar_path(placement, &sidecar.hash)?;
        let old = match read_sidecar(&path) {
            Ok((text, _)) => Some(text),
            Err(FolderError::Io { cause, .. }) if cause.kind() == io::ErrorKind::NotFound => None,
            Err(FolderError::BrokenSidecar { .. } | FolderError::LargeSidecar { .. }) => {
                write::set_aside(&path).map_err(at(&path))?;
                None
            }
            Err(error) => return Err(error),
        };
        let text = sidecar::rewrite(sidecar, old.as_deref())
            .map_err(|error| FolderError::BrokenSidecar { path: path.clone(), detail: error.to_string() })?;
        if text.len() as u64 > MAX_SIDECAR_BYTES {
            return Err(FolderError::LargeSidecar { path, bytes: text.len() as u64 });
        }
        let folder = path.parent().unwrap_or(&self.root);
        self.make_inside(folder)?;
        write::replace(&path, &text).map_err(at(&path))
    }

    /// The sidecar of an image; `None` when it has none.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub fn read_sidecar(&self, placement: &Placement, hash: &ContentHash) -> Result<Option<Sidecar>, FolderError> {
        match read_sidecar(&self.sidecar_path(placement, hash)?) {
            Ok((_, sidecar)) => Ok(Some(sidecar)),
            Err(FolderError::Io { cause, .. }) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn sidecar_path(&self, placement: &Placement, hash: &ContentHash) -> Result<PathBuf, FolderError> {
        match placement {
            Placement::Managed { .. } => Ok(sidecar_of(&self.locate(placement)?)),
            Placement::Referenced { .. } | Placement::TextOnly => {
                Ok(self.root.join(REFERENCED).join(format!("{hash}.json")))
            }
        }
    }

    /// Moves a managed image and its sidecar to the trash. A referenced image stays where it is. Doing it twice is no error.
    ///
    /// # Errors
    /// When the files cannot be moved.
    pub fn trash(&self, placement: &Placement) -> Result<(), FolderError> {
        let Placement::Managed { path } = placement else { return Ok(()) };
        let (live, trashed) = self.both(path)?;
        self.move_pair(&live, &trashed)
    }

    /// The same where the trash has another image of that name, or a sidecar: the image goes there under a free name. Gives the placement
    /// that it has then, in the library and in the trash.
    ///
    /// # Errors
    /// When the files cannot be moved.
    pub fn trash_beside(&self, placement: &Placement) -> Result<Placement, FolderError> {
        let Placement::Managed { path } = placement else { return Ok(placement.clone()) };
        let (live, trashed) = self.both(path)?;
        if !is_there(&live) || !(trashed.is_file() || sidecar_of(&trashed).is_file()) {
            return self.move_pair(&live, &trashed).map(|()| placement.clone());
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        for number in 2..=MAX_NAME_TRIES {
            let free = path.with_file_name(names::numbered(&name, number));
            if !self.is_taken(&free) {
                self.move_pair(&live, &self.both(&free)?.1)?;
                return Ok(Placement::Managed { path: free });
            }
        }
        Err(at(&trashed)(io::Error::other("too many files of the same name")))
    }

    /// Moves a managed image and its sidecar back from the trash. Doing it twice is no error.
    ///
    /// # Errors
    /// When the files cannot be moved, as when another file has taken the name.
    pub fn restore(&self, placement: &Placement) -> Result<(), FolderError> {
        let Placement::Managed { path } = placement else { return Ok(()) };
        let (live, trashed) = self.both(path)?;
        self.move_pair(&trashed, &live)
    }

    /// Deletes a managed image that lies in the trash, or the sidecar of a referenced one, for good. The image of a referenced
    /// one stays, and so does anything outside the trash. Doing it twice is no error.
    ///
    /// # Errors
    /// When the library folder is missing or a file cannot be deleted.
    pub fn purge(&self, placement: &Placement, hash: &ContentHash) -> Result<(), FolderError> {
        // Of a folder that is not there, nothing can be said to be deleted.
        self.look()?;
        let files = match placement {
            Placement::Managed { path } => {
                let trashed = self.both(path)?.1;
                vec![sidecar_of(&trashed), trashed]
            }
            Placement::Referenced { .. } | Placement::TextOnly => vec![self.sidecar_path(placement, hash)?],
        };
        files.iter().try_for_each(|file| delete(file))
    }

    /// The same of an image whose bytes lie elsewhere by now. Other bytes in its place in the trash stay: of a picture that was drawn over
    /// before it went there, they are all that there is. Blocks.
    ///
    /// # Errors
    /// As [`Folder::purge`], and when what lies there cannot be read.
    pub fn purge_copy(&self, placement: &Placement, hash: &ContentHash) -> Result<(), FolderError> {
        match self.trashed(placement)? {
            Some(lies_there) if lies_there != *hash => Ok(()),
            _ => self.purge(placement, hash),
        }
    }

    /// The bytes that the trash has of a managed image; `None` where it has none. Blocks.
    ///
    /// # Errors
    /// When what lies there cannot be read.
    pub fn trashed(&self, placement: &Placement) -> Result<Option<ContentHash>, FolderError> {
        let Placement::Managed { path } = placement else { return Ok(None) };
        let trashed = self.both(path)?.1;
        match File::open(&trashed).and_then(ContentHash::of_reader) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some).map_err(at(&trashed)),
        }
    }

    /// Deletes the file of a managed image and the sidecar beside it, wherever the two lie: of an item that keeps only its
    /// text. Doing it twice is no error.
    ///
    /// # Errors
    /// When the library folder is missing or a file cannot be deleted.
    pub fn discard(&self, placement: &Placement) -> Result<(), FolderError> {
        self.look()?;
        let Placement::Managed { path } = placement else { return Ok(()) };
        let (live, trashed) = self.both(path)?;
        [sidecar_of(&live), live, sidecar_of(&trashed), trashed].iter().try_for_each(|file| delete(file))
    }

    /// The places of a managed image in the library and in the trash.
    fn both(&self, relative: &Path) -> Result<(PathBuf, PathBuf), FolderError> {
        let mut parts = relative.components();
        let inside = parts.clone().count() > 0 && parts.all(|part| matches!(part, Component::Normal(_)));
        if !inside {
            return Err(FolderError::Outside { path: relative.to_path_buf() });
        }
        Ok((self.root.join(relative), self.root.join(TRASH).join(relative)))
    }

    /// Moves an image, then its sidecar: one that is stopped in between finds the image and finishes when repeated.
    fn move_pair(&self, from: &Path, to: &Path) -> Result<(), FolderError> {
        self.make_inside(to.parent().unwrap_or(&self.root))?;
        for (from, to) in [(from.to_path_buf(), to.to_path_buf()), (sidecar_of(from), sidecar_of(to))] {
            if !is_there(&from) {
                continue;
            }
            if is_there(&to) {
                return Err(at(&to)(io::ErrorKind::AlreadyExists.into()));
            }
            fs::rename(&from, &to).map_err(at(&from))?;
        }
        Ok(())
    }

    /// Makes a folder inside the library folder, which must be there.
    fn make_inside(&self, folder: &Path) -> Result<(), FolderError> {
        self.look()?;
        fs::create_dir_all(folder).map_err(at(folder))
    }
}

fn delete(file: &Path) -> Result<(), FolderError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(file)(error)),
        _ => Ok(()),
    }
}

fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// `NAME.EXT.json` for `NAME.EXT`.
fn sidecar_of(image: &Path) -> PathBuf {
    let mut path = OsString::from(image);
    path.push(".json");
    path.into()
}

/// The text of a sidecar and what it says.
fn read_sidecar(path: &Path) -> Result<(Vec<u8>, Sidecar), FolderError> {
    let file = fs::File::open(path).map_err(at(path))?;
    let mut text = Vec::new();
    file.take(MAX_SIDECAR_BYTES + 1).read_to_end(&mut text).map_err(at(path))?;
    if text.len() as u64 > MAX_SIDECAR_BYTES {
        return Err(FolderError::LargeSidecar { path: path.to_path_buf(), bytes: text.len() as u64 });
    }
    match sidecar::parse(&text) {
        Ok(sidecar) => Ok((text, sidecar)),
        Err(Unusable::Broken(detail)) => Err(FolderError::BrokenSidecar { path: path.to_path_buf(), detail }),
        Err(Unusable::Newer(version)) => Err(FolderError::NewerSidecar { path: path.to_path_buf(), version }),
    }
}

#[cfg(test)]
mod tests;
