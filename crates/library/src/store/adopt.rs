//! Items to and from sidecars: what `legible rebuild` does for each.

use super::index::index_item;
use super::{duplicates, edit, items, readings, recognitions};
use crate::error::Result;
use crate::item::{Added, Edit, ItemId, NewItem, Placement};
use crate::sidecar::{SIDECAR_VERSION, Sidecar, SidecarReading, SidecarRecognition};
use legible_reading::recognition::{Part, Wrong};
use rusqlite::{Connection, Transaction, params};

/// Everything the database knows about an item, to write beside its file; `None` when there is no such item.
///
/// # Errors
/// When the database fails or holds damaged values.
pub fn sidecar(conn: &Connection, id: ItemId) -> Result<Option<Sidecar>> {
    let Some(item) = items::item(conn, id)? else { return Ok(None) };
    let readings = readings::all(conn, id)?;
    let recognition = recognitions::signed(conn, id)?;
    let summary = item.summary;
    let text_only = summary.placement == Placement::TextOnly;
    Ok(Some(Sidecar {
        version: SIDECAR_VERSION,
        name: summary.name,
        hash: summary.hash,
        size: summary.size,
        path: match summary.placement {
            Placement::Managed { .. } | Placement::TextOnly => None,
            Placement::Referenced { path } => Some(path),
        },
        text_only,
        added_at: summary.added_at,
        trashed_at: summary.trashed_at,
        origins: item.origins,
        facts: summary.facts,
        readings: readings.into_iter().map(|(reading, read_at)| SidecarReading { read_at, reading }).collect(),
        recognition,
        wrong: recognitions::wrong(conn, id)?,
        told_apart: duplicates::told_apart_groups(conn, id)?,
        reads: summary.reads,
        problem: summary.problem,
        tags: item.tags,
        note: item.note,
    }))
}

/// Makes the item that a sidecar describes, with its readings, and indexes it.
///
/// A refused sidecar changes nothing. When the library has the item already, it gains the origins and engines' readings that it lacks; the rest stays.
///
/// # Errors
/// When a tag or the note is too long, or the database fails.
pub fn adopt(tx: &Transaction<'_>, placement: &Placement, sidecar: &Sidecar) -> Result<Added> {
    let found = items::find_by_hash(tx, &sidecar.hash)?;
    let added = match found {
        Some(id) => Added { id, new: false, restored: false },
        None => Added { id: insert(tx, placement, sidecar)?, new: true, restored: false },
    };
    for origin in &sidecar.origins {
        items::add_origin(tx, added.id, origin)?;
    }
    let known: Vec<String> = readings::all(tx, added.id)?.into_iter().map(|(reading, _)| reading.engine.name).collect();
    for SidecarReading { read_at, reading } in
        sidecar.readings.iter().filter(|r| !known.contains(&r.reading.engine.name))
    {
        readings::insert(tx, added.id, reading, *read_at)?;
    }
    if let Some(SidecarRecognition { recognised_at, signature, recognition }) = &sidecar.recognition
        && recognitions::recognition(tx, added.id)?.is_none()
    {
        recognitions::insert(tx, added.id, recognition, signature, *recognised_at)?;
    }
    readings::show_latest(tx, added.id)?;
    index_item(tx, added.id)?;
    Ok(added)
}

fn insert(tx: &Transaction<'_>, placement: &Placement, sidecar: &Sidecar) -> Result<ItemId> {
    let new = NewItem {
        hash: sidecar.hash.clone(),
        name: sidecar.name.clone(),
        size: sidecar.size,
        placement: placement.clone(),
        added_at: sidecar.added_at,
    };
    let edit = Edit { tags: Some(sidecar.tags.clone()), note: Some(sidecar.note.clone()) };
    // Before anything is written, so that a refused sidecar leaves nothing in the caller's transaction.
    edit::check_limits(&edit)?;
    let id = items::insert(tx, &new)?;
    tx.execute(
        "UPDATE item SET trashed_at = ?2, reads = ?3 WHERE id = ?1",
        params![id.0, sidecar.trashed_at, sidecar.reads],
    )?;
    if let Some(facts) = &sidecar.facts {
        items::set_facts(tx, id, facts)?;
    }
    for Wrong { part, name } in sidecar.wrong.iter().filter(|wrong| wrong.part != Part::Unknown) {
        recognitions::note_wrong(tx, id, *part, name, true)?;
    }
    duplicates::note_told_apart(tx, id, &sidecar.told_apart)?;
    items::set_problem(tx, id, sidecar.problem.as_ref())?;
    edit::edit(tx, id, &edit)?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::MAX_NOTE_CHARS;
    use crate::testing::{self, database};
    use crate::{Counts, Error, counts};

    #[test]
    fn a_refused_sidecar_changes_nothing() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let placement = Placement::Managed { path: "a.png".into() };
        let long = Sidecar { note: "n".repeat(MAX_NOTE_CHARS + 1), ..testing::sidecar("a.png") };
        assert!(matches!(adopt(&tx, &placement, &long), Err(Error::TooLong { .. })));
        assert_eq!(counts(&tx).unwrap(), Counts::default());
    }
}
