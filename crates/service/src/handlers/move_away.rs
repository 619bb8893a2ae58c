//! Moves the files of an item where the watched folders want them that they came from, once it was read.

use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::filing::{enqueue_move_again, sources};
use crate::handler::{Commit, Done, Handler, Work, subject_of};
use crate::handlers::after_look::note_problem;
use crate::handlers::{READ, RECOGNISE, THUMBNAIL};
use crate::intake::write_sidecar;
use crate::moving::move_file;
use legible_jobs::{Filter, State};
use legible_library::{Item, ItemId, Placement};
use legible_sources::folder::{Known, Wanted, ledger};
use legible_sources::{Source, SourceId, Spec};
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
        let files = work.service.database().read_blocking(|c| Ok(ledger::of_item(c, id.0)?))?;
        let mut moved = Vec::new();
        for source in work.service.database().read_blocking(|c| moving_sources(c, id))? {
            work.check()?;
            match move_files(work, &source, &found, &files) {
                Ok(some) => moved.extend(some),
                Err(error) => {
                    note_problem(work, source.id, &error);
                    return Err(error);
                }
            }
        }
        let (folder, now) = (work.service.folder()?, work.service.now());
        Ok(Box::new(move |tx| {
            for Moved { source, known, to } in &moved {
                // Another file may have its name by now.
                if ledger::file(tx, source.id, &known.path)?.is_some_and(|there| there.stamp == known.stamp) {
                    ledger::forget(tx, source.id, &known.path)?;
                }
                if found.placement == (Placement::Referenced { path: path_of(source, known) }) {
                    legible_library::set_placement(tx, id, &Placement::Referenced { path: to.clone() })?;
                    write_sidecar(tx, &folder, id)?;
                    look_again(tx, id, now)?;
                }
                legible_sources::set_move_problem(tx, source.id, None)?;
            }
            if more_came(tx, id, &files)? {
                enqueue_move_again(tx, id, &found.name, now)?;
            }
            let sources = !moved.is_empty();
            Ok(Done { output: None, changes: Changes { sources, ..Changes::items([id.0]).and_work() } })
        }))
    }
}

/// Tries again what failed for an item while its file was not where it was known to be: between the move and this note of it, if
/// the program was killed there.
fn look_again(tx: &Transaction, item: ItemId, now: i64) -> Result<()> {
    let kinds = [READ, RECOGNISE, THUMBNAIL].map(str::to_owned).to_vec();
    let failed = Filter::states([State::Failed]);
    legible_jobs::retry(tx, &Filter { subject: Some(subject_of(item.0)), kinds: Some(kinds), ..failed }, now)?;
    Ok(())
}

/// Whether files of an item came since these were known: whoever took them found this job at work and asked for no other.
fn more_came(tx: &Transaction, item: ItemId, known: &[(SourceId, Known)]) -> Result<bool> {
    let was_known = |(source, file): &(SourceId, Known)| {
        let same = |(of, one): &(SourceId, Known)| of == source && one.path == file.path && one.stamp == file.stamp;
        known.iter().any(same)
    };
    Ok(!ledger::of_item(tx, item.0)?.iter().all(was_known))
}

/// The sources of an item that want its files elsewhere. One that is switched off wants nothing.
fn moving_sources(conn: &Connection, item: ItemId) -> Result<Vec<Source>> {
    let found = sources(conn, legible_sources::of_item(conn, item.0)?)?;
    Ok(found.into_iter().filter(|source| source.enabled && source.filing.move_to.is_some()).collect())
}

/// Moves those files of an item that a source takes: what a person left out since stays. One that was moved before a kill is
/// found where it was to go, also if a look missed it meanwhile.
fn move_files(work: &Work, source: &Source, item: &Item, files: &[(SourceId, Known)]) -> Result<Vec<Moved>> {
    let (Some(target), Spec::Folder(spec)) = (&source.filing.move_to, &source.spec) else { return Ok(vec![]) };
    let own = work.service.own_places()?;
    let wanted = Wanted::new(spec, &own).map_err(|error| Error::BadRequest(error.to_string()))?;
    let mut moved = Vec::new();
    for (_, known) in files.iter().filter(|(of, known)| *of == source.id && wanted.takes(&known.path)) {
        let from = path_of(source, known);
        let failed = |error| Error::Move { from: from.clone(), to: target.clone(), error };
        let to = move_file(&from, target, &item.hash).map_err(failed)?;
        moved.extend(to.map(|to| Moved { source: source.clone(), known: known.clone(), to }));
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
