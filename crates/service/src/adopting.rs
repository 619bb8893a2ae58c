//! Files that lie in the library folder and become items where they lie: with a sidecar as that says, without one as new images.

use crate::commands::take_back_at;
use crate::error::Result;
use crate::intake::{enqueue_read, enqueue_thumbnail, read_file, write_sidecar};
use crate::service::Service;
use legible_jobs::GroupId;
use legible_library::{Added, ContentHash, Folder, NewItem, Origin, OriginKind, Placement, Sidecar};
use rusqlite::Transaction;
use std::path::PathBuf;

/// Takes a sidecar over, and enqueues what is still to be done with its image. What the library knows of it already stays.
///
/// # Errors
/// When the sidecar says too much, or the database fails; the transaction is then to be rolled back.
pub fn adopt(
    tx: &Transaction,
    placement: &Placement,
    sidecar: &Sidecar,
    group: Option<GroupId>,
    now: i64,
) -> Result<Added> {
    let added = legible_library::adopt(tx, placement, sidecar)?;
    let item = legible_library::item(tx, added.id)?;
    if let Some(item) = item.filter(|item| item.trashed_at.is_none()) {
        if !item.has_reading && item.problem.is_none() {
            enqueue_read(tx, item.id, &item.name, group, now)?;
        }
        enqueue_thumbnail(tx, item.id, &item.name, now)?;
    }
    Ok(added)
}

/// Makes an item of an image that lies at a path of the library folder; the file stays where it lies. Blocks.
///
/// # Errors
/// When the file is none that can be taken in, or the database fails.
pub fn take_in_place(
    service: &Service,
    folder: &Folder,
    path: PathBuf,
    kind: OriginKind,
    group: Option<GroupId>,
) -> Result<()> {
    let full = folder.root().join(&path);
    let bytes = read_file(&full)?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let (now, folder, again) = (service.now(), folder.clone(), service.again()?);
    let new = NewItem {
        hash: ContentHash::of(&bytes),
        name: name.clone(),
        size: bytes.len() as u64,
        placement: Placement::Managed { path: path.clone() },
        added_at: now,
    };
    let origin = Origin { kind, path: Some(full), url: None, at: now };
    service.database().write_blocking(move |tx| {
        let known =
            legible_library::find_by_hash(tx, &new.hash)?.map(|id| legible_library::item(tx, id)).transpose()?;
        let added = legible_library::add_item(tx, &new, &origin)?;
        match known.flatten() {
            Some(item) if added.restored => take_back_at(tx, &folder, &item, path, &again, now),
            Some(_) => Ok(()),
            None => {
                enqueue_read(tx, added.id, &name, group, now)?;
                enqueue_thumbnail(tx, added.id, &name, now)?;
                write_sidecar(tx, &folder, added.id)
            }
        }
    })
}
