//! Moves the files of an item where the watched folders want them that they came from, once it was read.

use crate::api::{ErrorCode, WireError};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::filing::sources;
use crate::handler::{Commit, Done, Handler, Work, item_of};
use crate::intake::write_sidecar;
use crate::moving::move_file;
use legible_jobs::Reason;
use legible_library::{Item, ItemId, Placement};
use legible_sources::folder::{Known, ledger};
use legible_sources::{Look, Problem, Source, Spec};
use rusqlite::{Connection, Transaction};
use serde::Deserialize;
use std::path::PathBuf;

#[derive(Debug, Deserialize)]
struct Payload {
    item: i64,
}

/// The `move-away` job.
pub struct MoveAway;

/// A file that lies elsewhere now.
struct Moved {
    source: Source,
    known: Known,
    to: PathBuf,
}

impl Handler for MoveAway {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let id = ItemId(work.payload::<Payload>()?.item);
        let found = work.service.database().read_blocking(|c| Ok(legible_library::item(c, id)?))?;
        // Deleted for good meanwhile.
        let Some(found) = found else { return Ok(Box::new(|_| Ok(Done::default()))) };
        let mut moved = Vec::new();
        for source in work.service.database().read_blocking(|c| moving_sources(c, id))? {
            work.check()?;
            moved.extend(move_files(work, &source, &found)?);
        }
        let folder = work.service.folder()?;
        Ok(Box::new(move |tx| {
            for Moved { source, known, to } in &moved {
                ledger::forget(tx, source.id, &known.path)?;
                if found.placement == (Placement::Referenced { path: path_of(source, known) }) {
                    legible_library::set_placement(tx, id, &Placement::Referenced { path: to.clone() })?;
                    write_sidecar(tx, &folder, id)?;
                }
            }
            Ok(Done { output: None, changes: Changes::items([id.0]) })
        }))
    }

    /// The source says what it cannot do; its next look at everything tries again.
    fn failed(&self, tx: &Transaction, subject: Option<&str>, reason: &Reason, now: i64) -> Result<Changes> {
        let Some(item) = item_of(subject) else { return Ok(Changes::default()) };
        let Reason { code, message, hint } = reason.clone();
        for source in moving_sources(tx, ItemId(item))? {
            let problem = Problem { at: now, code: code.clone(), message: message.clone(), hint: hint.clone() };
            legible_sources::looked(tx, source.id, &Look::Failed(problem), now)?;
        }
        Ok(Changes { sources: true, ..Changes::items([item]) })
    }
}

/// The sources of an item that want its files elsewhere.
fn moving_sources(conn: &Connection, item: ItemId) -> Result<Vec<Source>> {
    let found = sources(conn, legible_sources::of_item(conn, item.0)?)?;
    Ok(found.into_iter().filter(|source| source.filing.move_to.is_some()).collect())
}

/// Moves the files of an item. One that was moved before a kill is found where it was to go.
fn move_files(work: &Work, source: &Source, item: &Item) -> Result<Vec<Moved>> {
    let Some(target) = &source.filing.move_to else { return Ok(vec![]) };
    let of_item = work.service.database().read_blocking(|c| Ok(ledger::of_item(c, item.id.0)?))?;
    let mut moved = Vec::new();
    for (_, known) in of_item.into_iter().filter(|(of, known)| *of == source.id && known.missing_since.is_none()) {
        let from = path_of(source, &known);
        let to = move_file(&from, target, &item.hash).map_err(|error| {
            let (from, to) = (from.display(), target.display());
            let message = format!("{from} could not be moved to {to}: {error}.");
            let hint = "See that the folder can be written to, or choose another in the source; then look now.";
            Error::from(WireError::new(ErrorCode::File, message).hint(hint))
        })?;
        moved.extend(to.map(|to| Moved { source: source.clone(), known, to }));
    }
    Ok(moved)
}

/// Where a file of a watched folder lies, absolute.
fn path_of(source: &Source, known: &Known) -> PathBuf {
    match &source.spec {
        Spec::Folder(folder) => folder.path.join(&known.path),
        _ => known.path.clone(),
    }
}
