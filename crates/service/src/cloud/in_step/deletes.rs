//! Images that somebody deleted in the library folder with another program.

use super::merge::{sidecar_of, slashed};
use crate::changes::Changes;
use crate::commands::put_in_trash;
use crate::error::Result;
use crate::service::Service;
use legible_cloud::FilePath;
use legible_cloud::local::LocalListing;
use legible_library::{Folder, ItemId};
use std::collections::BTreeSet;

/// Puts images in the trash whose files were gone from `here` and are not in step either, while what is said of them lies in its place. Blocks.
///
/// # Errors
/// When the library cannot be written.
pub fn take_in_deletes(
    service: &Service,
    folder: &Folder,
    here: &LocalListing,
    is_in_step: &dyn Fn(&FilePath) -> bool,
) -> Result<()> {
    let lies_here: BTreeSet<&FilePath> = here.files.iter().map(|file| &file.path).collect();
    let cannot_be_read: BTreeSet<&str> = here.unusable.iter().map(|unusable| unusable.name.as_str()).collect();
    let is_gone = |path: &FilePath| {
        let says_something = sidecar_of(path).is_some_and(|sidecar| lies_here.contains(&sidecar));
        says_something && !lies_here.contains(path) && !cannot_be_read.contains(path.as_str()) && !is_in_step(path)
    };
    let known = service.database().read_blocking(|conn| Ok(legible_library::contents(conn)?))?;
    let gone: Vec<ItemId> = known
        .iter()
        .filter(|(_, path, _)| slashed(path).is_some_and(|path| is_gone(&path)))
        .map(|known| known.0)
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    let (folder, now) = (folder.clone(), service.now());
    service.database().write_blocking(move |tx| {
        for id in gone {
            if let Some(item) = legible_library::item(tx, id)? {
                put_in_trash(tx, &folder, &item, now)?;
            }
        }
        Ok(())
    })?;
    service.bus().note(Changes { many_items: true, ..Changes::work() });
    Ok(())
}
