//! Writes the texts of all items as Markdown files into a folder that a person chose, for other programs to use.
//!
//! One file an item, named so that it stays the same from run to run. Only files whose content differs are written, whole
//! or not at all. Files of items that are gone are deleted, if the index says that this export wrote them and they are
//! still as it did.

mod index;
mod page;

use super::{fraction, options};
use crate::api::{ErrorCode, WireError};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work};
use crate::limits::UPKEEP_BATCH;
use crate::notices::damaged_databases;
use crate::service::Service;
pub use page::markdown as page_of;

use index::{Index, LEFTOVER_PREFIX};
use legible_library::{ContentHash, Folder, Item, ItemId};
use legible_reading::Reading;
use rusqlite::Connection;
use serde::Deserialize;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The `export` job.
pub struct Export;

/// What a person sets.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    /// The folder to write to, absolute.
    folder: String,
}

impl Handler for Export {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let Options { folder } = options(work)?;
        let library = work.service.folder()?;
        let folder = folder_to_write(&legible_paths::from_text(&folder).unwrap_or_default(), &library)?;
        let service = work.service.clone();
        let mut goes_on = |fraction, words: &str| {
            work.progress(fraction, words);
            work.check()
        };
        let (written, unchanged, removed) = export_to(&service, &folder, &library, &mut goes_on)?;
        let output = serde_json::json!({ "written": written, "unchanged": unchanged, "removed": removed });
        Ok(Box::new(move |_| Ok(Done { output: Some(output), changes: Changes::default() })))
    }
}

/// Hears how far it is, 0 to 1 and in words, and ends it by an error.
pub(in crate::handlers) type GoesOn<'a> = &'a mut dyn FnMut(f32, &str) -> Result<()>;

/// Brings the Markdown files in a folder up to date; how many were written, left as they were, and removed.
///
/// # Errors
/// When the database was damaged, the folder cannot be written, or it is to end.
pub(in crate::handlers) fn export_to(
    service: &Service,
    folder: &Path,
    library: &Folder,
    goes_on: GoesOn<'_>,
) -> Result<(usize, usize, usize)> {
    if !damaged_databases(service.places()).is_empty() {
        let message = "The database was damaged and is not rebuilt yet, so texts are missing from it.";
        return Err(WireError::new(ErrorCode::Database, message)
            .hint("Rebuild the library first; what was exported stays until then.")
            .into());
    }
    let mut index = Index::open(folder, &legible_paths::to_text(library.root()))?;
    index::sweep(folder);
    let (written, unchanged) = write_all(service, folder, library, &mut index, goes_on)?;
    let removed = remove_gone(service, folder, &mut index, goes_on)?;
    index.compact()?;
    Ok((written, unchanged, removed))
}

/// The folder to write to, which must be there and outside the library folder.
fn folder_to_write(folder: &Path, library: &Folder) -> Result<PathBuf> {
    let refused = |code, message: String, hint: &str| Err(WireError::new(code, message).hint(hint).into());
    let shown = folder.display();
    if !folder.is_absolute() {
        let message = format!("The folder to export to is not a whole path: “{shown}”.");
        return refused(ErrorCode::BadRequest, message, "Choose a folder in the schedule.");
    }
    if !folder.is_dir() {
        let message = format!("The folder to export to is not there: {shown}.");
        return refused(
            ErrorCode::File,
            message,
            "Connect its disk, make the folder, or choose another in the schedule.",
        );
    }
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (folder, library) = (real(folder), real(library.root()));
    if folder.starts_with(&library) {
        let message = format!("{shown} is in the library folder, which holds originals only.");
        return refused(ErrorCode::BadRequest, message, "Choose a folder outside of it in the schedule.");
    }
    Ok(folder)
}

/// Writes the files that are missing or differ; how many those were, and how many not.
fn write_all(
    service: &Service,
    folder: &Path,
    library: &Folder,
    index: &mut Index,
    goes_on: GoesOn<'_>,
) -> Result<(usize, usize)> {
    let total = service.database().read_blocking(|c| Ok(legible_library::counts(c)?.items))?;
    let (mut after, mut seen, mut written, mut unchanged) = (ItemId(0), 0, 0, 0);
    loop {
        let next = |c: &Connection| Ok(legible_library::items_after(c, after, UPKEEP_BATCH)?);
        let items = service.database().read_blocking(next)?;
        let Some(last) = items.last() else { return Ok((written, unchanged)) };
        after = last.id;
        for item in items {
            goes_on(fraction(seen, total), &format!("{seen} of {total} images, {written} texts written"))?;
            seen += 1;
            let Some((item, reading)) = service.database().read_blocking(|c| to_export(c, item.id))? else {
                continue;
            };
            let text = page::markdown(page::OF_AN_EXPORT, &item, reading.as_ref(), library);
            match write(folder, index, &item, text.as_bytes())? {
                true => written += 1,
                false => unchanged += 1,
            }
        }
    }
}

/// An item with what was read in it, if it is one to export: read, or with a note.
fn to_export(conn: &Connection, id: ItemId) -> Result<Option<(Item, Option<Reading>)>> {
    let Some(item) = legible_library::item(conn, id)? else { return Ok(None) };
    let says_something = item.has_reading || !item.note.is_empty();
    if item.trashed_at.is_some() || !says_something {
        return Ok(None);
    }
    let reading = legible_library::reading(conn, id)?;
    Ok(Some((item, reading)))
}

/// Writes the file of an item, if it differs; returns whether it did.
fn write(folder: &Path, index: &mut Index, item: &Item, text: &[u8]) -> Result<bool> {
    let content = ContentHash::of(text);
    let name = page::file_name(&item.name, &item.hash, &|name| index.is_of_another(name, &item.hash));
    let path = folder.join(&name);
    if let Some(before) = index.file_of(&item.hash).filter(|before| *before != name).map(str::to_owned) {
        index.remove_file(&item.hash, &before)?;
    }
    // First, so that a kill leaves no file that the index does not know.
    index.record(&item.hash, &name, &content)?;
    if has_content(&path, &content, text.len() as u64) {
        return Ok(false);
    }
    write_whole(folder, &path, text).map_err(|error| cannot_write(folder, path, error))?;
    Ok(true)
}

/// Whether the file holds just this.
fn has_content(path: &Path, content: &ContentHash, bytes: u64) -> bool {
    let same_size = path.symlink_metadata().is_ok_and(|found| found.is_file() && found.len() == bytes);
    let hash = || std::fs::File::open(path).and_then(ContentHash::of_reader);
    same_size && hash().is_ok_and(|hash| hash == *content)
}

/// Writes a file through a temporary one, so that a reader never sees a half. It is not flushed to the disk: what a power
/// cut spoils differs from what is to be there, and is written by the next run.
fn write_whole(folder: &Path, path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut file = index::readable(LEFTOVER_PREFIX).tempfile_in(folder)?;
    file.write_all(text)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// What keeps a file from being written, with what to do.
fn cannot_write(folder: &Path, path: PathBuf, error: std::io::Error) -> Error {
    if !folder.is_dir() {
        let message = format!("The folder to export to is not there any more: {}.", folder.display());
        return WireError::new(ErrorCode::File, message).hint("Connect its disk again; the next run goes on.").into();
    }
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            let message = format!("{} cannot be written to.", folder.display());
            let hint = "Allow your user to write there, or choose another folder in the schedule.";
            WireError::new(ErrorCode::File, message).hint(hint).into()
        }
        ErrorKind::IsADirectory | ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty => {
            let message = format!("{} is in the way of an exported text.", path.display());
            WireError::new(ErrorCode::File, message).hint("Move it away; the next run writes the text.").into()
        }
        _ => Error::File { path, error },
    }
}

/// Deletes the files of items that are not to be exported any more; how many.
fn remove_gone(service: &Service, folder: &Path, index: &mut Index, goes_on: GoesOn<'_>) -> Result<usize> {
    let mut removed = 0;
    for (image, name) in index.files() {
        goes_on(1.0, "looking what is gone")?;
        let is_wanted = |c: &Connection| match legible_library::find_by_hash(c, &image)? {
            Some(id) => Ok(to_export(c, id)?.is_some()),
            None => Ok(false),
        };
        if service.database().read_blocking(is_wanted)? {
            continue;
        }
        if !folder.is_dir() {
            return Err(cannot_write(folder, folder.join(name), ErrorKind::NotFound.into()));
        }
        removed += usize::from(index.remove_file(&image, &name)?);
    }
    Ok(removed)
}

#[cfg(test)]
mod tests;
