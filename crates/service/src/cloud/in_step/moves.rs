//! Images that were moved in the library folder: followed, each with what is said of it.

use super::arrivals::stops_all;
use super::changed::{Changed, Known};
use super::edited::InStepAt;
use super::merge::{ENDING, slashed};
use crate::commands::put_in_trash;
use crate::error::{Error, Result};
use crate::intake::write_sidecar;
use legible_cloud::conflict::told_by;
use legible_library::{Folder, ItemId, Placement};
use rusqlite::Transaction;
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Follows images to where another program moved them, each with what is said of it.
///
/// # Errors
/// When the library cannot be written; the transaction is then to be rolled back.
pub fn follow_moves(tx: &Transaction<'_>, folder: &Folder, moved: &[(ItemId, PathBuf)]) -> Result<()> {
    let mut left = Vec::new();
    for (id, to) in moved {
        let Some(item) = legible_library::item(tx, *id)? else { continue };
        if let Placement::Managed { path } = &item.placement {
            left.push(path.clone());
        }
        legible_library::set_placement(tx, *id, &Placement::Managed { path: to.clone() })?;
    }
    for (id, to) in moved {
        one_alone(write_sidecar(tx, folder, *id), to)?;
    }
    // What was said where none of the library's lies any more is said elsewhere now.
    for path in left {
        let found = legible_library::find_managed(tx, &path)?.map(|id| legible_library::item(tx, id)).transpose()?;
        if found.flatten().is_none_or(|item| item.trashed_at.is_some()) {
            one_alone(remove_sidecar(&folder.root().join(&path)), &path)?;
        }
    }
    Ok(())
}

/// What cannot be written beside one image stops no other.
fn one_alone(written: Result<()>, image: &Path) -> Result<()> {
    match written {
        Err(error) if !stops_all(&error) => {
            tracing::warn!(%error, image = %image.display(), "what is said of an image that was moved cannot be written");
            Ok(())
        }
        written => written,
    }
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

/// Puts an item in the trash whose file lies nowhere any more, under a name that nobody else has.
///
/// # Errors
/// When the library cannot be written; the transaction is then to be rolled back.
pub fn put_beside_in_trash(tx: &Transaction<'_>, folder: &Folder, id: ItemId, now: i64) -> Result<()> {
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

/// Images that were kept beside what came in their place, by a run that was killed before it had said so: what was said of them is to be said of
/// that too, if both come of one image.
///
/// # Errors
/// When what is in step cannot be told.
pub fn left_behind(known: &[Known], changed: &Changed, in_step: InStepAt<'_>) -> Result<Vec<ItemId>> {
    let mut left = Vec::new();
    let edited: BTreeSet<&PathBuf> = changed.edited.iter().collect();
    let moved: BTreeMap<ItemId, &PathBuf> = changed.moved.iter().map(|(id, to)| (*id, to)).collect();
    for (id, from, _) in known.iter().filter(|known| edited.contains(&known.1)) {
        let kept = moved.get(id).and_then(|to| slashed(to)).and_then(|to| told_by(&to));
        if let Some(from) = kept.map(|kept| kept.of).filter(|of| slashed(from).as_ref() == Some(of))
            && in_step(&from)?.is_some()
        {
            left.push(*id);
        }
    }
    Ok(left)
}
