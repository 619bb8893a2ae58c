//! Brings the library folder in step with a storage. Whatever stops it, the next one goes on where it was.

use crate::api::{Event, SyncContent, SyncQuestion, SyncResult, SyncTransfer, WireError};
use crate::changes::Changes;
use crate::cloud::accounts::account::{self, Known};
use crate::cloud::accounts::schedule;
use crate::cloud::in_step::{Prepared, take_in_arrivals};
use crate::cloud::told::{Progress, telling, wire, words};
use crate::error::{Error, Result, kept_error};
use crate::handler::{Commit, Done, Handler, Work};
use crate::handlers::upkeep::{GoesOn, export_to};
use crate::service::Service;
use crate::tables::{arrivals, transfers};
use legible_cloud::plan::{FolderIs, Plan, Question};
use legible_cloud::remote::Unusable;
use legible_cloud::run::{Outcome, Problem};
use legible_cloud::store::{self, RemoteId};
use legible_jobs::{Lease, Reason, Stop};
use legible_vision::worker::CancelToken;
use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::PoisonError;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How often it is told how far it is.
const TELL_EVERY: Duration = Duration::from_millis(250);

/// Held while the texts that go to a storage are written.
const TEXTS_LOCK: &str = ".legible-lock";

/// How often it is looked whether it is still held.
const LOCK_NAP: Duration = Duration::from_millis(50);

/// The `sync` job.
pub struct Sync;

/// What a `sync` job is about.
#[derive(Debug, Serialize, Deserialize)]
pub struct Payload {
    /// Which storage.
    pub storage: i64,
    /// What a person agreed to.
    #[serde(default)]
    pub agreed: Vec<SyncQuestion>,
    /// Whether the storage is asked only if something changed on this machine.
    #[serde(default)]
    pub when_changed: bool,
    /// Whether it follows a run that left something, so that nobody waits to hear of it.
    #[serde(default)]
    pub follows: bool,
}

impl Handler for Sync {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let Payload { storage, agreed, when_changed, follows } = work.payload()?;
        let id = RemoteId(storage);
        let known = match work.service.database().read_blocking(|conn| account::known(conn, id)) {
            // Removed while its job waited.
            Err(Error::NotFound(_)) => return Ok(Box::new(|_| Ok(Done::default()))),
            known => known?,
        };
        let agreed: Vec<Question> = agreed.iter().map(wire::agreed).collect();
        match sync(work, &known, &agreed, when_changed) {
            Ok(Some(outcome)) => ended(work, known, outcome, follows),
            Ok(None) => Ok(Box::new(|_| Ok(Done::default()))),
            Err(error) => {
                note_failure(work, id, &error);
                Err(error)
            }
        }
    }

    fn stopped(&self, service: &Service, lease: &Lease, why: &Stop) {
        let Some(id) = lease.subject.as_deref().and_then(storage_of).filter(|_| *why == Stop::Cancelled) else {
            return;
        };
        let (job, now) = (lease.id, service.now());
        let told = service.database().write_blocking(move |tx| {
            let far = legible_jobs::job(tx, job)?.and_then(|job| job.progress).map(|far| far.words);
            match account::known(tx, id) {
                // Removed while it was brought in step.
                Err(Error::NotFound(_)) => Ok(()),
                known => telling::stopped(tx, &known?, far.as_deref(), now),
            }
        });
        if let Err(error) = told {
            tracing::warn!(%error, "that a storage was stopped is not told");
        }
    }

    fn failed(&self, tx: &Transaction, subject: Option<&str>, reason: &Reason, now: i64) -> Result<Changes> {
        // Of one that is removed, nobody wants to know.
        let id = subject.and_then(storage_of);
        if let Some(id) = id.filter(|id| matches!(store::state(tx, *id), Ok(Some(_)))) {
            let error = kept_error(reason);
            store::ended(tx, id, now, None, Some(&json(&error)))?;
            telling::failed(tx, &account::known(tx, id)?, &error, now)?;
        }
        Ok(Changes { storages: true, ..Changes::default() })
    }
}

/// What would be done with a storage, and what would be asked before, if its folder is what a person says. Blocks.
///
/// # Errors
/// When one of the sides cannot be looked at.
pub fn plan(
    service: &Service,
    known: &Known,
    folder: Option<FolderIs>,
    token: &CancelToken,
) -> Result<(Plan, Vec<Question>)> {
    let goes_on = &mut |_, _: &str| if token.is_cancelled() { Err(Error::Stopped) } else { Ok(()) };
    write_texts(service, known, goes_on)?;
    let mut prepared = Prepared::new(service, known, token)?;
    let damaged = prepared.leave_damaged(&prepared.look_here()?)?;
    let (mut plan, questions) = prepared.plan(folder)?;
    plan.unusable.extend(damaged.into_iter().map(|Problem { name, message }| Unusable {
        name,
        why: message,
        id: None,
    }));
    Ok((plan, questions))
}

/// Returns nothing when nothing changed that was to be waited for.
fn sync(work: &mut Work, known: &Known, agreed: &[Question], when_changed: bool) -> Result<Option<Outcome>> {
    let (service, id, now) = (work.service.clone(), known.id, work.service.now());
    write_texts(&service, known, &mut |fraction, words| {
        work.progress(fraction, words);
        work.check()
    })?;
    let left = service.database().read_blocking(|conn| is_left(conn, id))?;
    if when_changed && !left && !work.step(|_, token| Prepared::new(&service, known, token)?.is_changed_here())? {
        return Ok(None);
    }
    // What keeps it from even being opened is to be told on it too.
    service.database().write_blocking(move |tx| Ok(store::began(tx, id, now)?))?;
    let folder = service.folder_to_fill()?;
    let _turn = service.turn_to_sync().lock().unwrap_or_else(PoisonError::into_inner);
    take_in_arrivals(&service, &folder, work.lease.group, false)?;
    let came = work.step(|work, token| watched(work, token, known, agreed));
    // Also of what was stopped: what came is there, and who knows when the next run is.
    take_in_arrivals(&service, &folder, work.lease.group, came.is_ok())?;
    came.map(Some)
}

/// Whether the run before left something to be done.
fn is_left(conn: &Connection, id: RemoteId) -> Result<bool> {
    let came_to_its_end =
        store::state(conn, id)?.is_none_or(|state| state.ended_at.is_some() && state.problem.is_none());
    Ok(!came_to_its_end || !arrivals::expected(conn)?.is_empty())
}

/// Brings the Markdown files up to date, where these are what is to go to a storage.
fn write_texts(service: &Service, known: &Known, goes_on: GoesOn<'_>) -> Result<()> {
    if known.account.content != SyncContent::Markdown {
        return Ok(());
    }
    let folder = service.places().texts_for(known.id.0);
    std::fs::create_dir_all(&folder).map_err(|error| Error::File { path: folder.clone(), error })?;
    let _turn = turn_to_write(&folder, goes_on)?;
    export_to(service, &folder, &service.folder_in_place()?, goes_on).map(drop)
}

/// Waits until nobody else writes these files: a plan may be looked at beside a run, also by another process.
fn turn_to_write(folder: &Path, goes_on: GoesOn<'_>) -> Result<File> {
    let path = folder.join(TEXTS_LOCK);
    let failed = |error| Error::File { path: path.clone(), error };
    let lock = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) => goes_on(0.0, "waiting until the texts are written")?,
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        std::thread::sleep(LOCK_NAP);
    }
}

/// Brings both in step on a thread of its own, and tells how far that is.
fn watched(work: &mut Work, token: &CancelToken, known: &Known, agreed: &[Question]) -> Result<Outcome> {
    let mut prepared = Prepared::new(work.service, known, token)?;
    let mut ledger = prepared.ledger();
    let stranger = prepared.stranger(agreed)?;
    match stranger {
        // All else depends on that.
        Some(Question::OtherFolder { answer: None, .. }) => {
            return Ok(Outcome { questions: Vec::from_iter(stranger), ..Outcome::default() });
        }
        Some(Question::OtherFolder { answer: Some(FolderIs::New), .. }) => ledger.forget_all()?,
        _ => {}
    }
    let here = prepared.look_here()?;
    let damaged = prepared.leave_damaged(&here)?;
    prepared.take_in_edits(&here, work.lease.group)?;
    let progress = Progress::default();
    let bytes = prepared.moved();
    let tell = |event: legible_cloud::run::Done<'_>| progress.hear(event);
    let run = prepared.run(&mut ledger, agreed, &tell);
    let mut outcome = std::thread::scope(|scope| {
        let (ended, end) = channel();
        let run = &run;
        scope.spawn(move || {
            let came = run.go();
            // Nobody listens once the job was ended from outside.
            let _ = ended.send(came);
        });
        loop {
            let told = end.recv_timeout(TELL_EVERY);
            note_transfers(work.service, known.id, progress.take_ended(work.service.now()));
            match told {
                Ok(came) => return came.map_err(Error::from),
                Err(RecvTimeoutError::Timeout) => match progress.view(known.id.0, bytes.get()) {
                    Some(far) => {
                        work.progress(far.fraction, &words(&far));
                        work.service.bus().tell(Event::StorageProgress { progress: far });
                    }
                    None => work.progress(0.0, "looking what changed"),
                },
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Error::Internal("bringing a storage in step ended without a word".into()));
                }
            }
        }
    })?;
    outcome.problems.extend(damaged);
    if outcome.questions.is_empty() {
        prepared.take_in_deletes(&here)?;
        if let Err(error) = prepared.mark() {
            // All is in step, and the next run tries again.
            tracing::warn!(%error, "the folder on a storage has no mark");
        }
    }
    if !outcome.questions.is_empty() {
        // What is agreed to then is agreed to for this folder.
        outcome.questions.splice(..0, stranger);
    }
    Ok(outcome)
}

/// Notes the files that ended just now. Where that fails, they are only not told.
fn note_transfers(service: &Service, id: RemoteId, ended: Vec<SyncTransfer>) {
    if ended.is_empty() {
        return;
    }
    let noted = service.database().write_blocking(move |tx| transfers::note(tx, id, &ended));
    if let Err(error) = noted {
        tracing::warn!(%error, "what was moved to and from a storage was not noted");
    }
}

/// Notes what came of a run, tells it where it concerns a person, and has another one follow soon where something is left.
fn ended(work: &Work, known: Known, outcome: Outcome, follows: bool) -> Result<Commit> {
    let (now, asked) = (work.service.now(), work.lease.schedule.is_none() && !follows);
    Ok(Box::new(move |tx| {
        if store::generation(tx, known.id)? != Some(known.generation) {
            // Another place by now, of which this says nothing.
            return Ok(Done { output: None, changes: Changes { storages: true, ..Changes::work() } });
        }
        let before = store::state(tx, known.id)?.and_then(|state| state.outcome);
        let before: Option<SyncResult> = before.and_then(|before| serde_json::from_str(&before).ok());
        let result = wire::result(&outcome, before.as_ref(), now);
        let output = serde_json::to_value(&result)
            .map_err(|error| Error::Internal(format!("what came of a run cannot be written: {error}")))?;
        let was_left = |path: &String| before.as_ref().is_some_and(|before| before.left.contains(path));
        // What is left each time waits for the next time that the storage is due.
        if !result.left.iter().all(was_left) {
            schedule::follow_up(tx, &known, now)?;
        }
        store::ended(tx, known.id, now, Some(&output.to_string()), None)?;
        telling::ended(tx, &known, &result, before.as_ref(), asked, now)?;
        Ok(Done { output: Some(output), changes: Changes { storages: true, ..Changes::work() } })
    }))
}

/// Tells a person on the storage why it could not be brought in step. One that is only put off is none that failed.
fn note_failure(work: &Work, id: RemoteId, error: &Error) {
    if matches!(error, Error::Stopped) {
        return;
    }
    let (told, now) = (json(&error.to_wire()), work.service.now());
    let noted = work.service.database().write_blocking(move |tx| {
        // It may have failed before there was anything to begin.
        if store::state(tx, id)?.is_none() {
            store::began(tx, id, now)?;
        }
        Ok(store::ended(tx, id, now, None, Some(&told))?)
    });
    if let Err(error) = noted {
        tracing::warn!(%error, "why a storage could not be brought in step was not noted");
    }
    work.service.bus().note(Changes { storages: true, ..Changes::default() });
}

/// An error as it is kept.
fn json(error: &WireError) -> String {
    serde_json::to_string(error).unwrap_or_default()
}

/// The subject of jobs about a storage.
pub fn subject_of(id: RemoteId) -> String {
    format!("storage:{}", id.0)
}

/// The storage that a subject names.
pub fn storage_of(subject: &str) -> Option<RemoteId> {
    subject.strip_prefix("storage:")?.parse().ok().map(RemoteId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_never_write_the_same_texts_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut held = Some(turn_to_write(folder.path(), &mut |_, _| Ok(())).unwrap());
        let mut waited = 0;
        let turn = turn_to_write(folder.path(), &mut |_, _| {
            waited += 1;
            if waited == 3 {
                held = None;
            }
            Ok(())
        });
        assert_eq!((turn.is_ok(), waited), (true, 3));
        let stopped = turn_to_write(folder.path(), &mut |_, _| Err(Error::Stopped));
        assert!(matches!(stopped, Err(Error::Stopped)), "who waits can be stopped");
    }
}
