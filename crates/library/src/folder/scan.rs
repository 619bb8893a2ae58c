//! Reading the whole folder, to rebuild the database. Links are not followed, and one unreadable file stops nothing.

use super::{Folder, FolderError, REFERENCED, TRASH, at, is_there, read_sidecar};
use crate::item::Placement;
use crate::limits::MAX_SCAN_DEPTH;
use crate::sidecar::Sidecar;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use walkdir::{DirEntry, WalkDir};

/// File name extensions of images, in lower case.
const IMAGE_EXTENSIONS: &[&str] = &[
    "png", "jpg", "jpeg", "jpe", "jfif", "webp", "gif", "tif", "tiff", "bmp", "avif", "heic", "heif", "jxl", "jp2",
    "bin",
];

impl Folder {
    /// All sidecars with the placements of their images: first those in the library, then those of referenced images, then the
    /// trash. Each that cannot be used is an error of its own. JSON files that are no sidecars are passed over.
    pub fn sidecars(&self) -> impl Iterator<Item = Result<(Placement, Sidecar), FolderError>> + '_ {
        let live = files_below(self.root.clone()).filter_map(|file| self.managed(file, &self.root));
        let referenced = files_below(self.root.join(REFERENCED)).filter_map(referenced);
        let trash = self.root.join(TRASH);
        let trashed = files_below(trash.clone()).filter_map(move |file| self.managed(file, &trash));
        live.chain(referenced).chain(trashed)
    }

    /// The images in the library (not in the trash) that have no sidecar, such as those that the user put there: paths
    /// relative to the folder.
    pub fn images_without_sidecar(&self) -> impl Iterator<Item = Result<PathBuf, FolderError>> + '_ {
        files_below(self.root.clone()).filter_map(|file| {
            let path = match file {
                Ok(path) => path,
                Err(error) => return Some(Err(error)),
            };
            let bare = is_image(&path) && !is_there(&super::sidecar_of(&path));
            bare.then(|| Ok(relative(&path, &self.root)))
        })
    }

    /// Deletes the temporary files that killed processes left behind; one that is being written stays. What cannot be
    /// looked at or deleted stays too, for the next time.
    pub fn sweep(&self) {
        let walk = WalkDir::new(&self.root).max_depth(MAX_SCAN_DEPTH);
        walk.into_iter()
            .flatten()
            .filter(|entry| entry.file_type().is_file())
            .for_each(|entry| super::write::sweep(entry.path()));
    }

    /// A managed image's sidecar among the files below `base`, the library or its trash.
    fn managed(
        &self,
        file: Result<PathBuf, FolderError>,
        base: &Path,
    ) -> Option<Result<(Placement, Sidecar), FolderError>> {
        let path = match file {
            Ok(path) => path,
            Err(error) => return Some(Err(error)),
        };
        let image = path.with_extension("");
        if !has_extension(&path, &["json"]) || !(is_there(&image) || is_image(&image)) {
            return None;
        }
        if !is_there(&image) {
            return Some(Err(FolderError::ImageMissing { path }));
        }
        Some(read_sidecar(&path).map(|(_, mut sidecar)| {
            if base != self.root && sidecar.trashed_at.is_none() {
                // Stopped between moving the files and writing the sidecar.
                sidecar.trashed_at = Some(modified_at(&path).unwrap_or(sidecar.added_at));
            }
            (Placement::Managed { path: relative(&image, base) }, sidecar)
        }))
    }
}

/// The sidecar of a referenced image, or of one of which only the text was kept; other files are passed over.
fn referenced(file: Result<PathBuf, FolderError>) -> Option<Result<(Placement, Sidecar), FolderError>> {
    let path = match file {
        Ok(path) => path,
        Err(error) => return Some(Err(error)),
    };
    if !has_extension(&path, &["json"]) {
        return None;
    }
    Some(read_sidecar(&path).and_then(|(_, sidecar)| match &sidecar.path {
        Some(image) if image.is_absolute() => Ok((Placement::Referenced { path: image.clone() }, sidecar)),
        None if sidecar.text_only => Ok((Placement::TextOnly, sidecar)),
        _ => Err(FolderError::BrokenSidecar { path, detail: "it does not say where its image lies".to_owned() }),
    }))
}

/// All plain files below a folder in the order of their names, without hidden ones, links, and (below the library) those of
/// referenced images. A folder that does not exist has none.
fn files_below(base: PathBuf) -> impl Iterator<Item = Result<PathBuf, FolderError>> {
    let shown = |entry: &DirEntry| {
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        entry.depth() == 0
            || !(hidden || (entry.depth() == 1 && entry.file_type().is_dir() && entry.file_name() == REFERENCED))
    };
    let walk =
        base.is_dir().then(|| WalkDir::new(&base).follow_links(false).max_depth(MAX_SCAN_DEPTH).sort_by_file_name());
    walk.into_iter().flat_map(move |walk| walk.into_iter().filter_entry(shown)).filter_map(move |entry| match entry {
        Ok(entry) => entry.file_type().is_file().then(|| Ok(entry.into_path())),
        Err(error) => {
            let path = error.path().unwrap_or(&base).to_path_buf();
            Some(Err(at(&path)(error.into())))
        }
    })
}

fn relative(path: &Path, base: &Path) -> PathBuf {
    path.strip_prefix(base).unwrap_or(path).to_path_buf()
}

/// Whether the name of a file is one of an image. There are images of other names, which have sidecars.
pub fn is_image(path: &Path) -> bool {
    has_extension(path, IMAGE_EXTENSIONS)
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    extensions.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Milliseconds since the Unix epoch.
fn modified_at(path: &Path) -> Option<i64> {
    let modified = path.symlink_metadata().ok()?.modified().ok()?;
    i64::try_from(modified.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}
