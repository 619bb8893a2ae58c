//! Images of the library folder with other bytes in their place, by another program here or on another machine: what was read in them is
//! of a picture that lies there no more. What a person said of them stays, and they are read anew.

use super::arrivals::{stops_all, take_in_pair};
use super::changed::{Changed, Known};
use super::merge::{image_of, is_sidecar, sidecar_of, slashed};
use super::moves::{follow_moves, left_behind, put_beside_in_trash, remove_sidecar};
use crate::adopting::{adopt, take_in_place};
use crate::changes::Changes;
use crate::commands::{put_in_trash, take_back_at};
use crate::error::{Error, Result};
use crate::intake::{enqueue_read, enqueue_thumbnail, write_sidecar};
use crate::service::Service;
use crate::tables::arrivals;
use legible_cloud::FilePath;
use legible_cloud::ledger::InStep;
use legible_cloud::local::LocalListing;
use legible_jobs::GroupId;
use legible_library::{ContentHash, Folder, Item, ItemId, OriginKind, Placement, Sidecar};
use rusqlite::Transaction;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};

/// What is in step with the storage, of each path.
pub type InStepAt<'a> = &'a dyn Fn(&FilePath) -> Result<Option<InStep>>;

/// Makes known to the library what other programs did with its images, of which a look at its folder tells; what is `damaged` is left as it is
/// known. Blocks.
///
/// # Errors
/// When the library cannot be written, or an image cannot be moved to its trash. What else concerns one file alone is left for another time.
pub fn take_in_edits(
    service: &Service,
    folder: &Folder,
    here: &LocalListing,
    damaged: &BTreeSet<FilePath>,
    in_step: InStepAt<'_>,
    group: Option<GroupId>,
) -> Result<()> {
    let known: Vec<Known> = service.database().read_blocking(|conn| Ok(legible_library::contents(conn)?))?;
    let mut images = images(here);
    damaged.iter().for_each(|path| drop(images.remove(image_of(path))));
    let lies_here: BTreeSet<&FilePath> = here.files.iter().map(|file| &file.path).collect();
    let has_sidecar =
        |image: &PathBuf| slashed(image).and_then(|image| sidecar_of(&image)).is_some_and(|it| lies_here.contains(&it));
    let mut changed = Changed::of(&known, &images);
    changed.unknown.retain(has_sidecar);
    if changed == Changed::default() {
        return Ok(());
    }
    let (now, of) = (service.now(), folder.clone());
    let left_behind = left_behind(&known, &changed, in_step)?;
    let Changed { moved, copied_over, replaced, edited, unknown } = changed;
    let expected: Vec<FilePath> = edited.iter().filter_map(|path| slashed(path)).collect();
    // At once: after a kill in between, one that was moved would be taken for a copy.
    service.database().write_blocking(move |tx| {
        replaced.into_iter().try_for_each(|id| put_beside_in_trash(tx, &of, id, now))?;
        let items = |ids: Vec<ItemId>| {
            let items = ids.into_iter().map(|id| legible_library::item(tx, id));
            Ok::<_, Error>(items.collect::<legible_library::Result<Vec<_>>>()?.into_iter().flatten())
        };
        items(copied_over)?.try_for_each(|item| put_in_trash(tx, &of, &item, now))?;
        let left_behind = items(left_behind)?;
        follow_moves(tx, &of, &moved)?;
        left_behind.map(|item| hand_on(tx, &of, &item, now)).collect::<Result<Vec<_>>>()?;
        // Where an image was moved away, nothing tells any more that the one in its place is the library's.
        expected.iter().try_for_each(|path| arrivals::expect(tx, path.as_str()))
    })?;
    let edited = edited.iter().map(|path| {
        let taken = take_in_edit(service, folder, path, group);
        (path, taken.and_then(|()| is_known(service, path)))
    });
    let unknown = unknown.iter().filter_map(|path| Some((path, images.get(path)?)));
    let unknown = unknown.map(|(path, hash)| (path, take_in_unknown(service, folder, path, hash, in_step, group)));
    for (path, taken) in edited.chain(unknown) {
        match taken {
            Ok(()) => {}
            Err(error) if stops_all(&error) => return Err(error),
            Err(error) => tracing::warn!(%error, image = %path.display(), "what became of an image is not known"),
        }
    }
    service.bus().note(Changes { many_items: true, ..Changes::work() });
    Ok(())
}

/// Makes known that an image of these bytes lies where the library has none, and what lies beside it. Who puts an image in the trash means each
/// copy of it that lay here by then.
fn take_in_unknown(
    service: &Service,
    folder: &Folder,
    image: &Path,
    hash: &ContentHash,
    in_step: InStepAt<'_>,
    group: Option<GroupId>,
) -> Result<()> {
    let was = slashed(image).as_ref().map(in_step).transpose()?.flatten();
    let was_in_step = was.is_some_and(|was| same_hash(&was.hash).as_ref() == Some(hash));
    let lies_here = Placement::Managed { path: image.to_owned() };
    let of = hash.clone();
    let known = service.database().read_blocking(move |conn| {
        let id = legible_library::find_by_hash(conn, &of)?;
        Ok(id.map(|id| legible_library::item(conn, id)).transpose()?.flatten())
    })?;
    let went = known.filter(|item| was_in_step && item.trashed_at.is_some() && item.placement != lies_here);
    let in_trash = went.map(|item| folder.trashed(&item.placement)).transpose()?.flatten();
    let copy = folder.root().join(image);
    // Only where it can be taken back from there.
    if in_trash.as_ref() != Some(hash) || content_of(&copy)?.0 != *hash {
        return take_in_pair(service, folder, image, hash, group);
    }
    std::fs::remove_file(&copy).map_err(|error| Error::File { path: copy.clone(), error })?;
    remove_sidecar(&copy)
}

/// The images of a library folder, and their bytes.
pub fn images(here: &LocalListing) -> BTreeMap<PathBuf, ContentHash> {
    let images = here.files.iter().filter(|file| !is_sidecar(&file.path));
    let hashed =
        |file: &legible_cloud::local::LocalFile| Some((image_of(&file.path).to_owned(), same_hash(&file.hash)?));
    images.filter_map(hashed).collect()
}

/// The same hash, as the library writes it.
fn same_hash(hash: &legible_cloud::digest::ContentHash) -> Option<ContentHash> {
    ContentHash::parse(&hash.to_string()).ok()
}

/// Notes that the library knows of what took the place of an image.
fn is_known(service: &Service, image: &Path) -> Result<()> {
    let Some(path) = slashed(image) else { return Ok(()) };
    service.database().write_blocking(move |tx| arrivals::arrived(tx, path.as_str()))
}

fn take_in_edit(service: &Service, folder: &Folder, image: &Path, group: Option<GroupId>) -> Result<()> {
    let (now_is, size) = content_of(&folder.root().join(image))?;
    let (of, path, again, now) = (folder.clone(), image.to_owned(), service.again()?, service.now());
    let is_known = service.database().write_blocking(move |tx| {
        let known = legible_library::find_managed(tx, &path)?.map(|id| legible_library::item(tx, id)).transpose()?;
        let Some(item) = known.flatten().filter(|item| item.trashed_at.is_none()) else { return Ok(false) };
        if item.hash == now_is {
            return Ok(true);
        }
        let other = legible_library::find_by_hash(tx, &now_is)?.map(|id| legible_library::item(tx, id)).transpose()?;
        if let Some(other) = other.flatten() {
            // What lay there before is there again. One that just came to lie elsewhere is for the next look.
            if other.trashed_at.is_some() {
                put_beside_in_trash(tx, &of, item.id, now)?;
                take_back_at(tx, &of, &other, path, &again, now)?;
            }
            return Ok(true);
        }
        legible_library::set_content(tx, item.id, &now_is, size)?;
        enqueue_read(tx, item.id, &item.name, group, now)?;
        enqueue_thumbnail(tx, item.id, &item.name, now)?;
        write_sidecar(tx, &of, item.id).map(|()| true)
    })?;
    match is_known {
        true => Ok(()),
        // The one that lay there lies elsewhere now.
        false => take_in_place(service, folder, image.to_owned(), OriginKind::Folder, group),
    }
}

/// Has the image that took the place of an `old` one begin with what a person said of that. What another machine says of it by now is merged
/// with this as with every other edit. Returns whether that was done: not where the library has the image already.
///
/// # Errors
/// When the image cannot be read, or the library cannot be written; the transaction is then to be rolled back.
pub fn hand_on(tx: &Transaction<'_>, folder: &Folder, old: &Item, now: i64) -> Result<bool> {
    match legible_library::sidecar(tx, old.id)? {
        Some(said) => begin_with(tx, folder, &old.placement, said, now),
        None => Ok(false),
    }
}

/// Makes an item of an image that begins with what a person `said` of another one. Returns whether that was done: not where the library has
/// the image already.
///
/// # Errors
/// As [`hand_on`].
pub fn begin_with(
    tx: &Transaction<'_>,
    folder: &Folder,
    placement: &Placement,
    said: Sidecar,
    now: i64,
) -> Result<bool> {
    let (hash, size) = content_of(&folder.locate(placement)?)?;
    if legible_library::find_by_hash(tx, &hash)?.is_some() {
        return Ok(false);
    }
    let said = Sidecar {
        hash,
        size,
        path: None,
        text_only: false,
        trashed_at: None,
        facts: None,
        readings: vec![],
        recognition: None,
        wrong: vec![],
        problem: None,
        ..said
    };
    let added = adopt(tx, placement, &said, None, now)?;
    write_sidecar(tx, folder, added.id).map(|()| true)
}

/// The hash of a file, and how many bytes it has.
fn content_of(file: &Path) -> Result<(ContentHash, u64)> {
    let failed = |error| Error::File { path: file.to_owned(), error };
    let size = std::fs::metadata(file).map_err(failed)?.len();
    Ok((ContentHash::of_reader(File::open(file).map_err(failed)?).map_err(failed)?, size))
}
