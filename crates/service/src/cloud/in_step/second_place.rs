//! An image that lies in two places of the library folder: it is one item, which goes on at the other place where the one is taken from it.

use super::merge::{is_sidecar, sidecar_of};
use super::take_over::take_over_besides;
use crate::error::{Error, Result};
use crate::intake::write_sidecar;
use legible_cloud::FilePath;
use legible_cloud::local::{FolderSide, Local};
use legible_cloud::store::{self, RemoteId};
use legible_library::{Folder, Item, Placement, understood};
use rusqlite::Transaction;

/// Has an item go on where its bytes lie besides, and were in step with a storage, with what is said of it at both places. Returns whether
/// there is such a place; what lies at the old one is to be seen to. Blocks.
///
/// # Errors
/// When a file cannot be read or the library cannot be written; the transaction is then to be rolled back.
pub fn go_on_there(
    tx: &Transaction<'_>,
    folder: &Folder,
    files: &FolderSide,
    storage: RemoteId,
    item: &Item,
    at: &FilePath,
) -> Result<bool> {
    let Some(content) = files.look(at)? else { return Ok(false) };
    for other in store::paths_with(tx, storage, &content)? {
        if is_sidecar(&other) || files.look(&other)? != Some(content) || is_one_file(folder, at, &other)? {
            continue;
        }
        let path = other.as_str().into();
        legible_library::set_placement(tx, item.id, &Placement::Managed { path })?;
        if let Some(sidecar) = sidecar_of(&other) {
            let file = folder.root().join(sidecar.as_str());
            match std::fs::read(&file) {
                Ok(text) => {
                    understood(&text).map_or(Ok(()), |said| take_over_besides(tx, folder, item.id, &said))?;
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(Error::File { path: file, error }),
            }
        }
        write_sidecar(tx, folder, item.id)?;
        return Ok(true);
    }
    Ok(false)
}

/// Whether two paths name one file: on a disk where case does not count, both may lead to the same bytes.
fn is_one_file(folder: &Folder, one: &FilePath, other: &FilePath) -> Result<bool> {
    let on_disk = |path: &FilePath| {
        let file = folder.root().join(path.as_str());
        file.canonicalize().map_err(|error| Error::File { path: file, error })
    };
    Ok(one == other || on_disk(one)? == on_disk(other)?)
}
