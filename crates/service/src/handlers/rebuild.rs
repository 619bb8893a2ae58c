//! Makes the database anew from the library folder: sidecars bring back items with their readings, tags and notes;
//! images without a sidecar are taken in as new. What the database holds already stays.

use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work};
use crate::intake::{enqueue_read, enqueue_thumbnail, read_file, write_sidecar};
use crate::notices::put_damaged_away;
use legible_library::{ContentHash, Folder, NewItem, Origin, OriginKind, Placement};
use std::path::PathBuf;

/// The `rebuild` job.
pub struct Rebuild;

impl Handler for Rebuild {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let folder = work.service.folder()?;
        let (mut restored, mut known, mut unusable) = (0_u32, 0_u32, 0_u32);
        for sidecar in folder.sidecars() {
            work.check()?;
            work.progress(0.0, &format!("{} images", restored + known));
            match sidecar {
                Ok((placement, sidecar)) => match adopt(work, placement, sidecar)? {
                    true => restored += 1,
                    false => known += 1,
                },
                Err(error) => {
                    unusable += 1;
                    tracing::warn!(%error, "a sidecar cannot be used");
                }
            }
        }
        let mut found = 0_u32;
        for image in folder.images_without_sidecar() {
            work.check()?;
            match image.map_err(Error::from).and_then(|path| take_in_place(work, &folder, path)) {
                Ok(()) => found += 1,
                Err(error) => {
                    unusable += 1;
                    tracing::warn!(%error, "an image in the library folder cannot be used");
                }
            }
        }
        let places = work.service.places().clone();
        let output = serde_json::json!({ "restored": restored, "known": known, "found": found, "unusable": unusable });
        Ok(Box::new(move |_| {
            put_damaged_away(&places).map_err(|error| Error::File { path: places.data.clone(), error })?;
            Ok(Done { output: Some(output), changes: Changes { many_items: true, ..Changes::work() } })
        }))
    }
}

/// Takes a sidecar over; returns whether its item is new to the database.
fn adopt(work: &Work, placement: Placement, sidecar: legible_library::Sidecar) -> Result<bool> {
    let (now, group) = (work.service.now(), work.lease.group);
    work.service.database().write_blocking(move |tx| {
        let added = legible_library::adopt(tx, &placement, &sidecar)?;
        let item = legible_library::item(tx, added.id)?;
        if let Some(item) = item.filter(|item| item.trashed_at.is_none()) {
            if !item.has_reading && item.problem.is_none() {
                enqueue_read(tx, item.id, &item.name, group, now)?;
            }
            enqueue_thumbnail(tx, item.id, &item.name, now)?;
        }
        Ok(added.new)
    })
}

/// Makes an item of an image that a person put into the library folder by hand; the file stays where it lies.
fn take_in_place(work: &Work, folder: &Folder, path: PathBuf) -> Result<()> {
    let full = folder.root().join(&path);
    let bytes = read_file(&full)?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let (now, group, folder) = (work.service.now(), work.lease.group, folder.clone());
    let new = NewItem {
        hash: ContentHash::of(&bytes),
        name: name.clone(),
        size: bytes.len() as u64,
        placement: Placement::Managed { path },
        added_at: now,
    };
    let origin = Origin { kind: OriginKind::Rebuild, path: Some(full), at: now };
    work.service.database().write_blocking(move |tx| {
        let added = legible_library::add_item(tx, &new, &origin)?;
        if added.new {
            enqueue_read(tx, added.id, &name, group, now)?;
            enqueue_thumbnail(tx, added.id, &name, now)?;
            write_sidecar(tx, &folder, added.id)?;
        }
        Ok(())
    })
}
