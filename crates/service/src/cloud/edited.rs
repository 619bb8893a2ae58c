//! Images of the library folder with other bytes in their place, by another program here or on another machine: what was read in them is
//! of a picture that lies there no more. What a person said of them stays, and they are read anew.

use super::merge::{image_of, is_sidecar};
use crate::adopting::adopt;
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::intake::{enqueue_read, enqueue_thumbnail, write_sidecar};
use crate::service::Service;
use legible_cloud::local::LocalListing;
use legible_jobs::GroupId;
use legible_library::{ContentHash, Folder, Item, ItemId, Sidecar};
use rusqlite::Transaction;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Makes known to the library which images have other bytes than it knows, of those that a look at its folder tells. Blocks.
///
/// # Errors
/// When the library cannot be written. An image that cannot be read is left as it is known.
pub fn take_in_edits(service: &Service, folder: &Folder, here: &LocalListing, group: Option<GroupId>) -> Result<()> {
    let known: HashMap<PathBuf, (ItemId, ContentHash)> = {
        let contents = service.database().read_blocking(|conn| Ok(legible_library::contents(conn)?))?;
        contents.into_iter().map(|(id, path, hash)| (path, (id, hash))).collect()
    };
    let mut changed = Vec::new();
    for file in here.files.iter().filter(|file| !is_sidecar(&file.path)) {
        let image = image_of(&file.path);
        let Some((id, hash)) = known.get(image).filter(|(_, hash)| hash.as_str() != file.hash.to_string()) else {
            continue;
        };
        match take_in_edit(service, folder, image, (*id, hash), group) {
            Ok(true) => changed.push(id.0),
            Ok(false) => {}
            Err(error @ (Error::Database(_) | Error::Stopped)) => return Err(error),
            Err(error) => tracing::warn!(%error, image = %image.display(), "what became of an image is not known"),
        }
    }
    if !changed.is_empty() {
        service.bus().note(Changes::items(changed).and_work());
    }
    Ok(())
}

/// Returns whether there is another picture now.
fn take_in_edit(
    service: &Service,
    folder: &Folder,
    image: &Path,
    (id, was): (ItemId, &ContentHash),
    group: Option<GroupId>,
) -> Result<bool> {
    let (now_is, size) = content_of(&folder.root().join(image))?;
    let (was, folder, now) = (was.clone(), folder.clone(), service.now());
    service.database().write_blocking(move |tx| {
        let item = legible_library::item(tx, id)?.filter(|item| item.trashed_at.is_none() && item.hash == was);
        let Some(item) = item.filter(|item| item.hash != now_is) else { return Ok(false) };
        // A copy of another image lies here now; that one is known by its own place.
        if legible_library::find_by_hash(tx, &now_is)?.is_some() {
            return Ok(false);
        }
        legible_library::set_content(tx, id, &now_is, size)?;
        enqueue_read(tx, id, &item.name, group, now)?;
        enqueue_thumbnail(tx, id, &item.name, now)?;
        write_sidecar(tx, &folder, id)?;
        Ok(true)
    })
}

/// Has the image that took the place of an `old` one begin with what a person said of that, which went to the trash. What another machine says
/// of it by now is merged with this as with every other edit. Nothing is done where the library has the image already.
///
/// # Errors
/// When the image cannot be read, or the library cannot be written; the transaction is then to be rolled back.
pub fn hand_on(tx: &Transaction<'_>, folder: &Folder, old: &Item, now: i64) -> Result<()> {
    let (hash, size) = content_of(&folder.locate(&old.placement)?)?;
    let Some(said) = legible_library::sidecar(tx, old.id)? else { return Ok(()) };
    if legible_library::find_by_hash(tx, &hash)?.is_some() {
        return Ok(());
    }
    let said = Sidecar {
        hash,
        size,
        trashed_at: None,
        facts: None,
        readings: vec![],
        recognition: None,
        wrong: vec![],
        problem: None,
        ..said
    };
    let added = adopt(tx, &old.placement, &said, None, now)?;
    write_sidecar(tx, folder, added.id)
}

/// The hash of a file, and how many bytes it has.
fn content_of(file: &Path) -> Result<(ContentHash, u64)> {
    let failed = |error| Error::File { path: file.to_owned(), error };
    let size = std::fs::metadata(file).map_err(failed)?.len();
    Ok((ContentHash::of_reader(std::fs::File::open(file).map_err(failed)?).map_err(failed)?, size))
}
