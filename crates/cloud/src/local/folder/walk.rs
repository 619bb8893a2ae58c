//! Goes through a folder and all folders in it. One that cannot be read is told, and the others are gone through.

use super::is_hidden;
use crate::Result;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

/// What is met on the way.
pub(super) enum Met<'a> {
    /// Something that is no folder.
    File(&'a Path),
    /// A folder that cannot be read, or not to its end.
    Unread(&'a Path, io::Error),
}

/// Has `meet` told of all that is not hidden, in any order, until that fails. Links are not followed, but for the folder itself.
pub(super) fn walk(root: &Path, meet: &mut dyn FnMut(Met<'_>) -> Result<()>) -> Result<()> {
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                meet(Met::Unread(&folder, error))?;
                continue;
            }
        };
        for entry in entries {
            match entry {
                Ok(entry) if is_hidden(&entry.file_name()) => {}
                Ok(entry) => enter(&entry, &mut folders, meet)?,
                Err(error) => {
                    meet(Met::Unread(&folder, error))?;
                    break;
                }
            }
        }
    }
    Ok(())
}

/// One of whose kind nothing can be told is met as a file: who looks at it is told why.
fn enter(entry: &DirEntry, folders: &mut Vec<PathBuf>, meet: &mut dyn FnMut(Met<'_>) -> Result<()>) -> Result<()> {
    if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
        folders.push(entry.path());
        return Ok(());
    }
    meet(Met::File(&entry.path()))
}
