//! A look at a watched folder: what is found there comes into the library, and the ledger says that it did.

use super::Outcome;
use super::halves;
use super::intake::{Found, Intake};
use crate::api::{ErrorCode, WireError};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::filing;
use crate::handler::{Work, subject_of};
use crate::handlers::MOVE_AWAY;
use crate::intake::{read_file, write_sidecar};
use crate::unseen::Parts;
use crate::views::small;
use legible_jobs::{Filter, Reason, State};
use legible_library::{Item, ItemId, Placement};
use legible_sources::folder::{Finding, Known, Look, Move, Stamp, Step, Wanted, ledger};
use legible_sources::{FolderSpec, SourceId};
use rusqlite::{Connection, Transaction};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many findings that need no reading are carried out in one transaction, and how many items are asked for at a time.
const AT_ONCE: usize = 500;

/// After how many sidecars a transaction ends: each waits for the disk, and others wait for the one writer.
const SIDECARS_AT_ONCE: usize = 20;

/// Looks at what is to be looked at of the folder.
///
/// # Errors
/// When the folder is not there, or no image can be taken in now.
pub fn look(work: &mut Work, spec: &FolderSpec, intake: &mut Intake) -> Result<()> {
    let id = intake.source();
    // First: what fails from here on is not asked for again and again.
    let parts = match looks_at_all(work)? {
        true => {
            work.service.unseen().take(id);
            Parts::All
        }
        false => work.service.unseen().take(id),
    };
    let own = work.service.own_places()?;
    let wanted = Wanted::new(spec, &own).map_err(|error| Error::BadRequest(error.to_string()))?;
    let wanted = Arc::new(wanted);
    let whole = parts == Parts::All;
    let mut look = match parts {
        Parts::All => Look::whole(wanted.clone(), id),
        Parts::These(places) => Look::at(wanted.clone(), id, places),
    };
    loop {
        work.check()?;
        let now = work.service.now();
        let step = work.service.database().read_blocking(|c| Ok(look.step(c, now)?))?;
        match step {
            Step::Found(findings) => carry_out(work, spec, intake, findings)?,
            Step::RootMissing { why } => {
                return Err(WireError::new(ErrorCode::File, why)
                    .hint("Connect its disk or put the folder back; it is looked for again by itself.")
                    .into());
            }
            Step::Done(_) if whole && intake.moves_files() => return move_what_stayed(work, id, &wanted),
            Step::Done(_) => return Ok(()),
        }
        let looked = look.so_far();
        work.progress(0.0, &format!("{} files looked at, {} new", looked.files, intake.outcome.new));
    }
}

/// Has files moved that were read and are still there: moving them had failed, or was not wanted when they came. A move that
/// waits for its next attempt is tried at once.
fn move_what_stayed(work: &Work, id: SourceId, wanted: &Wanted) -> Result<()> {
    let (now, mut after, mut any) = (work.service.now(), 0, false);
    loop {
        work.check()?;
        let some = work.service.database().read_blocking(|c| Ok(ledger::items_here(c, id, after, AT_ONCE)?))?;
        let Some(last) = some.last() else { break };
        after = *last;
        let stays = |c: &Connection, item: i64| -> Result<bool> {
            let files = ledger::of_item(c, item)?;
            let is_here = |known: &Known| known.missing_since.is_none() && wanted.takes(&known.path);
            Ok(files.iter().any(|(source, known)| *source == id && is_here(known)))
        };
        let stay = work.service.database().read_blocking(|c| {
            let stay = some.iter().map(|item| Ok(stays(c, *item)?.then_some(ItemId(*item))));
            Ok(stay.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect::<Vec<_>>())
        })?;
        any |= !stay.is_empty();
        work.service.database().write_blocking(move |tx| stay.iter().try_for_each(|item| move_now(tx, *item, now)))?;
    }
    if !any {
        work.service.database().write_blocking(move |tx| Ok(legible_sources::set_move_problem(tx, id, None)?))?;
    }
    Ok(())
}

fn move_now(tx: &Transaction, item: ItemId, now: i64) -> Result<()> {
    let (kinds, states) = (Some(vec![MOVE_AWAY.to_owned()]), Some(vec![State::Enqueued]));
    let waiting = Filter { kinds, states, subject: Some(subject_of(item.0)), ..Filter::default() };
    if legible_jobs::run_now(tx, &waiting, now)? > 0 {
        return Ok(());
    }
    match legible_library::item(tx, item)? {
        Some(item) => filing::enqueue_move(tx, item.id, &item.name, now),
        None => Ok(()),
    }
}

/// Whether all of the folder is to be looked at: by the clock, or because a person asked for it.
fn looks_at_all(work: &Work) -> Result<bool> {
    let id = work.lease.id;
    let job = work.service.database().read_blocking(|c| Ok(legible_jobs::job(c, id)?))?;
    Ok(job.is_none_or(|job| job.scheduled_for.is_some() || job.priority == legible_jobs::RUN_NOW))
}

/// Does what findings ask for. New files are read one by one; all else is noted many at a time.
fn carry_out(work: &mut Work, spec: &FolderSpec, intake: &mut Intake, findings: Vec<Finding>) -> Result<()> {
    let mut to_note = Vec::new();
    for finding in findings {
        match finding {
            Finding::New { path, stamp } => drop(take(work, spec, intake, &path, stamp, None)?),
            Finding::Changed { path, stamp, before } => {
                if take_changed(work, spec, intake, &path, stamp, &before)? {
                    to_note.push(Finding::Missing(before));
                }
            }
            Finding::NotYet { path, .. } => {
                intake.outcome.waiting += 1;
                work.service.unseen().not_yet(intake.source(), path);
            }
            Finding::Trouble(trouble) => {
                intake.outcome.refused += 1;
                intake.outcome.reason(format!("{}: {}", spec.path.join(&trouble.path).display(), trouble.message));
            }
            noted => to_note.push(noted),
        }
    }
    let (to_note, mut noted) = (Arc::new(to_note), 0);
    while noted < to_note.len() {
        work.check()?;
        noted = note(work, spec, intake, &to_note, noted)?;
    }
    Ok(())
}

/// Takes a file in whose content may be another now. Returns whether the file that was known under this name is no more.
fn take_changed(
    work: &mut Work,
    spec: &FolderSpec,
    intake: &mut Intake,
    path: &Path,
    stamp: Stamp,
    before: &Known,
) -> Result<bool> {
    let half = halves::half_of(work, before, &spec.path.join(path))?;
    if take(work, spec, intake, path, stamp, half)? {
        return Ok(false);
    }
    let after = known(work, intake.source(), path)?.and_then(|known| known.item());
    Ok(before.item().is_some() && before.item() != after)
}

fn known(work: &Work, id: SourceId, path: &Path) -> Result<Option<Known>> {
    work.service.database().read_blocking(|c| Ok(ledger::file(c, id, path)?))
}

/// Takes a file in, and notes what became of it. Returns whether the item `half` of it, if there is one, went to the trash.
fn take(
    work: &mut Work,
    spec: &FolderSpec,
    intake: &mut Intake,
    path: &Path,
    stamp: Stamp,
    half: Option<ItemId>,
) -> Result<bool> {
    work.check()?;
    let full = spec.path.join(path);
    let id = intake.source();
    let bytes = match read_file(&full) {
        Ok(bytes) => bytes,
        // Gone again: the next look tells.
        Err(Error::File { error, .. }) if error.kind() == ErrorKind::NotFound => return Ok(false),
        // It may be readable next time, without its stamp telling.
        Err(error @ Error::File { .. }) => {
            intake.outcome.refused += 1;
            intake.outcome.reason(error.to_string());
            return Ok(false);
        }
        Err(error) => return refuse(work, intake, path, stamp, &error).map(|()| false),
    };
    if Stamp::of(&full).ok().flatten() != Some(stamp) {
        // Somebody writes to it.
        intake.outcome.waiting += 1;
        work.service.unseen().not_yet(id, path.to_owned());
        return Ok(false);
    }
    let hash = legible_library::ContentHash::of(&bytes);
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    match intake.take(work, Found { name: name.clone(), bytes, path: Some(full), url: None })? {
        Ok(added) => {
            let (path, item, moves, now) = (path.to_owned(), added.id, intake.moves_files(), work.service.now());
            let half = half.filter(|half| *half != item);
            let (folder, tags) = (work.service.folder()?, intake.tags().to_vec());
            let put_away = work.service.database().write_blocking(move |tx| {
                legible_library::set_missing(tx, item, None)?;
                ledger::note_taken(tx, id, &path, &stamp, hash.as_str(), item.0)?;
                if moves {
                    filing::enqueue_move(tx, item, &name, now)?;
                }
                half.map_or(Ok(false), |half| halves::put_away(tx, &folder, id, &tags, half, now))
            })?;
            if let Some(half) = half.filter(|_| put_away) {
                work.service.bus().note(Changes::items([half.0]));
            }
            Ok(put_away)
        }
        Err(error) => {
            intake.outcome.reason(format!("{}: {error}", path.display()));
            note_refused(work, id, path, stamp, &error)?;
            Ok(false)
        }
    }
}

fn refuse(work: &Work, intake: &mut Intake, path: &Path, stamp: Stamp, error: &Error) -> Result<()> {
    intake.outcome.refused += 1;
    intake.outcome.reason(format!("{}: {error}", path.display()));
    note_refused(work, intake.source(), path, stamp, error)
}

fn note_refused(work: &Work, id: SourceId, path: &Path, stamp: Stamp, error: &Error) -> Result<()> {
    let Reason { code, message, .. } = error.reason();
    let path = path.to_owned();
    work.service.database().write_blocking(move |tx| Ok(ledger::note_refused(tx, id, &path, &stamp, &code, &message)?))
}

/// Notes findings that need no reading, from the one of this number on, in the ledger and on the items that lie in the folder.
/// Returns the number of the first that is left. Files that moved together are noted together, however many they are.
fn note(
    work: &mut Work,
    spec: &FolderSpec,
    intake: &mut Intake,
    findings: &Arc<Vec<Finding>>,
    from: usize,
) -> Result<usize> {
    let (id, root, now) = (intake.source(), spec.path.clone(), work.service.now());
    let (folder, all) = (work.service.folder()?, findings.clone());
    let (items, noted) = work.service.database().write_blocking(move |tx| {
        let (mut items, mut noted) = (Vec::new(), from);
        for finding in all.iter().skip(from).take(AT_ONCE) {
            let gone = matches!(finding, Finding::Missing(known) if taken_again(tx, id, known)?);
            if !gone {
                ledger::note(tx, id, finding, now)?;
            }
            items.extend(on_items(tx, &root, finding, now)?);
            noted += 1;
            if items.len() >= SIDECARS_AT_ONCE {
                break;
            }
        }
        items.iter().try_for_each(|item| write_sidecar(tx, &folder, *item))?;
        Ok((items, noted))
    })?;
    findings.iter().take(noted).skip(from).for_each(|finding| count(&mut intake.outcome, finding));
    work.service.bus().note(Changes::items(items.into_iter().map(|item| item.0)));
    Ok(noted)
}

fn count(outcome: &mut Outcome, finding: &Finding) {
    match finding {
        Finding::Moved(moves) => {
            outcome.moved += small(moves.len());
            outcome.missing += small(moves.iter().filter(|one| is_overwritten(one)).count());
        }
        Finding::Missing(_) => outcome.missing += 1,
        Finding::Back { .. } => outcome.back += 1,
        _ => {}
    }
}

/// Whether a file moved over another one that was there until then.
fn is_overwritten(Move { over, .. }: &Move) -> bool {
    over.as_ref().is_some_and(|over| over.missing_since.is_none())
}

/// Whether another file of the same name was taken since.
fn taken_again(conn: &Connection, id: SourceId, known: &Known) -> Result<bool> {
    Ok(ledger::file(conn, id, &known.path)?.is_some_and(|now| now.standing != known.standing))
}

/// What a finding means for the items whose files lie in the folder; returns those that changed.
fn on_items(tx: &Transaction, root: &Path, finding: &Finding, now: i64) -> Result<Vec<ItemId>> {
    let mut changed = Vec::new();
    match finding {
        Finding::Moved(moves) => {
            // Before the others come to lie there.
            for over in moves.iter().filter_map(|one| one.over.as_ref()) {
                changed.extend(lose(tx, root, over, now)?);
            }
            for Move { known, to, .. } in moves {
                changed.extend(follow(tx, &root.join(&known.path), &root.join(to), known)?);
            }
        }
        Finding::Missing(known) => changed.extend(lose(tx, root, known, now)?),
        Finding::Back { known, .. } => {
            if let Some(item) = lies_there(tx, root, known)? {
                legible_library::set_missing(tx, item.id, None)?;
                changed.push(item.id);
            }
        }
        _ => {}
    }
    Ok(changed)
}

/// Notes on the item of a file that it is not there any more, unless another one with its content is.
fn lose(tx: &Transaction, root: &Path, known: &Known, now: i64) -> Result<Option<ItemId>> {
    let Some(item) = lies_there(tx, root, known)? else { return Ok(None) };
    match elsewhere(tx, &item, known)? {
        Some(path) => legible_library::set_placement(tx, item.id, &Placement::Referenced { path })?,
        None => legible_library::set_missing(tx, item.id, Some(now))?,
    }
    Ok(Some(item.id))
}

/// Follows a file that has another name now: where the item lies there, and what it is called.
fn follow(tx: &Transaction, from: &Path, to: &Path, known: &Known) -> Result<Option<ItemId>> {
    let Some(item) = item_of(tx, known)? else { return Ok(None) };
    if item.placement != (Placement::Referenced { path: from.to_owned() }) {
        return Ok(None);
    }
    legible_library::set_placement(tx, item.id, &Placement::Referenced { path: to.to_owned() })?;
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    if let Some(new) = name(to).filter(|_| name(from).as_ref() == Some(&item.name)) {
        legible_library::rename(tx, item.id, &new)?;
    }
    Ok(Some(item.id))
}

/// The item of a known file, if that is where it lies.
fn lies_there(conn: &Connection, root: &Path, known: &Known) -> Result<Option<Item>> {
    let there = Placement::Referenced { path: root.join(&known.path) };
    Ok(item_of(conn, known)?.filter(|item| item.placement == there))
}

fn item_of(conn: &Connection, known: &Known) -> Result<Option<Item>> {
    match known.item() {
        Some(id) => Ok(legible_library::item(conn, ItemId(id))?),
        None => Ok(None),
    }
}

/// Another file with the same content that is still there, of any watched folder.
fn elsewhere(conn: &Connection, item: &Item, gone: &Known) -> Result<Option<PathBuf>> {
    for (source, known) in ledger::of_item(conn, item.id.0)? {
        let Some(legible_sources::Spec::Folder(spec)) = legible_sources::source(conn, source)?.map(|s| s.spec) else {
            continue;
        };
        let path = spec.path.join(&known.path);
        let is_gone = item.placement == (Placement::Referenced { path: path.clone() }) && known.path == gone.path;
        if known.missing_since.is_none() && !is_gone && path.is_file() {
            return Ok(Some(path));
        }
    }
    Ok(None)
}
