//! Images of the library folder with other bytes in their place, by another program here or on another machine: what was read in them is
//! of a picture that lies there no more. What a person said of them stays, and they are read anew.

use super::arrivals::take_in_pair;
use super::changed::{Changed, Known};
use super::merge::{ENDING, image_of, is_sidecar, sidecar_of, slashed};
use crate::adopting::{adopt, take_in_place};
use crate::changes::Changes;
use crate::commands::put_in_trash;
use crate::error::{Error, Result};
use crate::intake::{enqueue_read, enqueue_thumbnail, write_sidecar};
use crate::service::Service;
use legible_cloud::FilePath;
use legible_cloud::local::LocalListing;
use legible_jobs::GroupId;
use legible_library::{ContentHash, Folder, Item, ItemId, OriginKind, Placement, Sidecar};
use legible_vision::sniff::{Content, sniff};
use rusqlite::Transaction;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// How much of a file tells whether it is an image, in bytes.
const HEAD_BYTES: u64 = 4096;

/// Makes known to the library what other programs did with its images, of which a look at its folder tells; what is `damaged` is left as it is
/// known. Blocks.
///
/// # Errors
/// When the library cannot be written. An image that cannot be read is left as it is known.
pub fn take_in_edits(
    service: &Service,
    folder: &Folder,
    here: &LocalListing,
    damaged: &BTreeSet<FilePath>,
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
    let Changed { moved, copied_over, replaced, edited, unknown } = changed;
    // At once: after a kill in between, one that was moved would be taken for a copy.
    service.database().write_blocking(move |tx| {
        replaced.into_iter().try_for_each(|id| put_beside_in_trash(tx, &of, id, now))?;
        let items = copied_over.into_iter().map(|id| legible_library::item(tx, id));
        let items = items.collect::<legible_library::Result<Vec<_>>>()?;
        items.iter().flatten().try_for_each(|item| put_in_trash(tx, &of, item, now))?;
        follow_moves(tx, &of, &moved)
    })?;
    let edited = edited.iter().map(|path| (path, take_in_edit(service, folder, path, group)));
    let unknown = unknown.iter().map(|path| (path, take_in_pair(service, folder, path, group)));
    for (path, taken) in edited.chain(unknown) {
        match taken {
            Ok(()) => {}
            Err(error @ (Error::Database(_) | Error::Stopped)) => return Err(error),
            Err(error) => tracing::warn!(%error, image = %path.display(), "what became of an image is not known"),
        }
    }
    service.bus().note(Changes { many_items: true, ..Changes::work() });
    Ok(())
}

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

/// The images of a library folder that do not begin like one any more, of those that were one: a disk that dies, or what encrypts all it
/// finds, does that. Blocks.
///
/// # Errors
/// When the library cannot be read.
pub fn damaged(service: &Service, folder: &Folder, here: &LocalListing) -> Result<Vec<PathBuf>> {
    let known = service.database().read_blocking(|conn| Ok(legible_library::contents(conn)?))?;
    let here = images(here);
    let differs = |(_, path, hash): &Known| here.get(path).is_some_and(|now| now != hash);
    let (mut found, mut ids) = (Vec::new(), Vec::new());
    for (id, path, _) in known.into_iter().filter(differs) {
        if !matches!(begins_like_an_image(&folder.root().join(&path)), Ok(true)) {
            ids.push(id);
            found.push(path);
        }
    }
    let was_one = service.database().read_blocking(move |conn| {
        ids.into_iter()
            .map(|id| Ok(legible_library::item(conn, id)?.is_some_and(|item| was_an_image(&item))))
            .collect::<Result<Vec<_>>>()
    })?;
    Ok(found.into_iter().zip(was_one).filter(|(_, was_one)| *was_one).map(|(path, _)| path).collect())
}

/// Whether an item is an image, as far as is known: what could not be opened before is none.
pub fn was_an_image(item: &Item) -> bool {
    item.facts.is_some() || item.problem.is_none()
}

/// Whether a file begins as an image does, or as anything else that is known.
///
/// # Errors
/// When it cannot be read.
pub fn begins_like_an_image(file: &Path) -> std::io::Result<bool> {
    let mut head = Vec::new();
    File::open(file)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(!matches!(sniff(&head), Content::Unknown | Content::Encrypted(_)))
}

fn images(here: &LocalListing) -> BTreeMap<PathBuf, ContentHash> {
    let images = here.files.iter().filter(|file| !is_sidecar(&file.path));
    let hashed = |file: &legible_cloud::local::LocalFile| Some((image_of(&file.path).to_owned(), hash(&file.hash)?));
    images.filter_map(hashed).collect()
}

/// The same hash, as the library writes it.
fn hash(hash: &legible_cloud::digest::ContentHash) -> Option<ContentHash> {
    ContentHash::parse(&hash.to_string()).ok()
}

/// Puts an item in the trash whose file lies nowhere any more, under a name that nobody else has.
fn put_beside_in_trash(tx: &Transaction<'_>, folder: &Folder, id: ItemId, now: i64) -> Result<()> {
    let Some(item) = legible_library::item(tx, id)? else { return Ok(()) };
    let Placement::Managed { path } = &item.placement else { return Ok(()) };
    let word = item.hash.as_str().get(..8).unwrap_or_default();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let placement = Placement::Managed { path: path.with_file_name(format!("(replaced, {word}) {name}")) };
    legible_library::set_placement(tx, id, &placement)?;
    match legible_library::item(tx, id)? {
        Some(item) => put_in_trash(tx, folder, &item, now),
        None => Ok(()),
    }
}

/// Follows images to where another program moved them, each with what is said of it.
fn follow_moves(tx: &Transaction<'_>, folder: &Folder, moved: &[(ItemId, PathBuf)]) -> Result<()> {
    let mut left = Vec::new();
    for (id, to) in moved {
        let Some(item) = legible_library::item(tx, *id)? else { continue };
        if let Placement::Managed { path } = &item.placement {
            left.push(path.clone());
        }
        legible_library::set_placement(tx, *id, &Placement::Managed { path: to.clone() })?;
    }
    moved.iter().try_for_each(|(id, _)| write_sidecar(tx, folder, *id))?;
    // What was said where none of the library's lies any more is said elsewhere now.
    for path in left {
        let found = legible_library::find_managed(tx, &path)?.map(|id| legible_library::item(tx, id)).transpose()?;
        if found.flatten().is_none_or(|item| item.trashed_at.is_some()) {
            remove_sidecar(&folder.root().join(path))?;
        }
    }
    Ok(())
}

/// Removes what lies beside an image, which is said elsewhere by now.
///
/// # Errors
/// When it cannot be removed.
pub fn remove_sidecar(image: &Path) -> Result<()> {
    let mut sidecar = image.as_os_str().to_owned();
    sidecar.push(ENDING);
    match std::fs::remove_file(&sidecar) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::File { path: sidecar.into(), error }),
        _ => Ok(()),
    }
}

fn take_in_edit(service: &Service, folder: &Folder, image: &Path, group: Option<GroupId>) -> Result<()> {
    let (now_is, size) = content_of(&folder.root().join(image))?;
    let (of, path, now) = (folder.clone(), image.to_owned(), service.now());
    let is_known = service.database().write_blocking(move |tx| {
        let known = legible_library::find_managed(tx, &path)?.map(|id| legible_library::item(tx, id)).transpose()?;
        let Some(item) = known.flatten().filter(|item| item.trashed_at.is_none()) else { return Ok(false) };
        if item.hash == now_is {
            return Ok(true);
        }
        if let Some(trashed) = legible_library::find_by_hash(tx, &now_is)? {
            // What lay there before is there again.
            put_beside_in_trash(tx, &of, item.id, now)?;
            legible_library::set_placement(tx, trashed, &item.placement)?;
            legible_library::restore(tx, &[trashed])?;
            return write_sidecar(tx, &of, trashed).map(|()| true);
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
    let (hash, size) = content_of(&folder.locate(&old.placement)?)?;
    let Some(said) = legible_library::sidecar(tx, old.id)? else { return Ok(false) };
    if legible_library::find_by_hash(tx, &hash)?.is_some() {
        return Ok(false);
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
    write_sidecar(tx, folder, added.id).map(|()| true)
}

/// The hash of a file, and how many bytes it has.
fn content_of(file: &Path) -> Result<(ContentHash, u64)> {
    let failed = |error| Error::File { path: file.to_owned(), error };
    let size = std::fs::metadata(file).map_err(failed)?.len();
    Ok((ContentHash::of_reader(File::open(file).map_err(failed)?).map_err(failed)?, size))
}
