//! Brings the library folder in step with a storage. Whatever stops it, the next one goes on where it was.

use crate::api::{SyncQuestion, WireError};
use crate::changes::Changes;
use crate::cloud::account::{self, Known, day};
use crate::cloud::{DatabaseLedger, JobWatch, LibrarySide, Sidecars, device, take_in_arrivals, wire};
use crate::error::{Error, Result, kept_error};
use crate::handler::{Commit, Done, Handler, Work};
use crate::limits::TRANSFERS_AT_ONCE;
use legible_cloud::FilePath;
use legible_cloud::plan::{Direction, Plan, Question};
use legible_cloud::remote::Remote;
use legible_cloud::run::{self, Options, Outcome, Run};
use legible_cloud::store::{self, RemoteId};
use legible_jobs::Reason;
use legible_vision::worker::CancelToken;
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How often it is told how far it is.
const TELL_EVERY: Duration = Duration::from_millis(250);

/// Where the sidecars of images lie that are elsewhere on this machine: they say nothing to another one.
const OF_THIS_MACHINE: &str = "Referenced/";

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
}

impl Handler for Sync {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let Payload { storage, agreed } = work.payload()?;
        let id = RemoteId(storage);
        let known = match work.service.database().read_blocking(|conn| account::known(conn, id)) {
            // Removed while its job waited.
            Err(Error::NotFound(_)) => return Ok(Box::new(|_| Ok(Done::default()))),
            known => known?,
        };
        let agreed: Vec<Question> = agreed.iter().map(wire::agreed).collect();
        let synced = sync(work, &known, &agreed);
        let now = work.service.now();
        let outcome = match synced {
            Ok(outcome) => outcome,
            Err(error) => {
                note_failure(work, id, &error, now);
                return Err(error);
            }
        };
        let result = serde_json::to_value(wire::result(&outcome, now))
            .map_err(|error| Error::Internal(format!("what came of a run cannot be written: {error}")))?;
        Ok(Box::new(move |tx| {
            store::ended(tx, id, now, Some(&result.to_string()), None)?;
            Ok(Done { output: Some(result), changes: Changes { storages: true, ..Changes::work() } })
        }))
    }

    fn failed(&self, tx: &Transaction, subject: Option<&str>, reason: &Reason, now: i64) -> Result<Changes> {
        // Of one that is removed, nobody wants to know.
        let id = subject.and_then(storage_of);
        if let Some(id) = id.filter(|id| matches!(store::state(tx, *id), Ok(Some(_)))) {
            store::ended(tx, id, now, None, Some(&json(&kept_error(reason))))?;
        }
        Ok(Changes { storages: true, ..Changes::default() })
    }
}

/// What would be done with a storage, and what would be asked before. Blocks.
///
/// # Errors
/// When one of the sides cannot be looked at.
pub fn plan(service: &crate::Service, known: &Known) -> Result<(Plan, Vec<Question>)> {
    let (remote, side) = (service.open_storage(known)?, LibrarySide::new(service, known.id)?);
    let mut ledger = DatabaseLedger::new(service.database(), known.id);
    let token = CancelToken::new();
    let watch = JobWatch::new(&token, None);
    let (device, today) = (device(), day(service.now()));
    let wants = wanted(known);
    let options = options(known, &wants, &device, &today, &[]);
    Ok(Run::new(&remote, &side, &mut ledger, &Sidecars, options, &watch).plan()?)
}

fn sync(work: &mut Work, known: &Known, agreed: &[Question]) -> Result<Outcome> {
    let service = work.service.clone();
    let (remote, folder, side) =
        (service.open_storage(known)?, service.folder_to_fill()?, LibrarySide::new(&service, known.id)?);
    let (id, now) = (known.id, service.now());
    service.database().write_blocking(move |tx| Ok(store::began(tx, id, now)?))?;
    take_in_arrivals(&service, &folder, work.lease.group, false)?;
    let outcome = work.step(|work, token| watched(work, token, known, agreed, &remote, &side))?;
    take_in_arrivals(&service, &folder, work.lease.group, true)?;
    Ok(outcome)
}

/// Brings both in step on a thread of its own, and tells how far that is.
fn watched(
    work: &mut Work,
    token: &CancelToken,
    known: &Known,
    agreed: &[Question],
    remote: &dyn Remote,
    side: &LibrarySide,
) -> Result<Outcome> {
    let mut ledger = DatabaseLedger::new(work.service.database(), known.id);
    let watch = JobWatch::new(token, known.account.bytes_a_second());
    let (device, today) = (device(), day(work.service.now()));
    let wants = wanted(known);
    let far = Far::default();
    let tell = |event: run::Done<'_>| far.hear(event);
    let options = options(known, &wants, &device, &today, agreed);
    let run = Run::new(remote, side, &mut ledger, &Sidecars, options, &watch).telling(&tell);
    std::thread::scope(|scope| {
        let (ended, end) = channel();
        let run = &run;
        scope.spawn(move || {
            let came = run.go();
            // Nobody listens once the job was ended from outside.
            let _ = ended.send(came);
        });
        loop {
            match end.recv_timeout(TELL_EVERY) {
                Ok(came) => return Ok(came?),
                Err(RecvTimeoutError::Timeout) => {
                    let (fraction, words) = far.words(watch.bytes());
                    work.progress(fraction, &words);
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Error::Internal("bringing a storage in step ended without a word".into()));
                }
            }
        }
    })
}

/// How far a run is.
#[derive(Default)]
struct Far {
    planned: AtomicUsize,
    done: AtomicUsize,
}

impl Far {
    fn hear(&self, event: run::Done<'_>) {
        match event {
            run::Done::Planned(plan) => {
                self.planned.store(self.done.load(Ordering::Relaxed) + plan.steps.len(), Ordering::Relaxed);
            }
            run::Done::Ended(..) => {
                self.done.fetch_add(1, Ordering::Relaxed);
            }
            run::Done::Began(_) => {}
        }
    }

    fn words(&self, bytes: u64) -> (f32, String) {
        let (done, planned) = (self.done.load(Ordering::Relaxed), self.planned.load(Ordering::Relaxed));
        if planned == 0 {
            return (0.0, "looking what changed".to_owned());
        }
        let megabytes = bytes as f64 / 1e6;
        (done as f32 / planned as f32, format!("{done} of {planned} files, {megabytes:.1} MB"))
    }
}

/// Which files are kept in step.
fn wanted(known: &Known) -> impl Fn(&FilePath) -> bool + std::marker::Sync + 'static {
    let is_backup = known.account.direction() == Direction::Up;
    move |path| is_backup || !path.as_str().starts_with(OF_THIS_MACHINE)
}

fn options<'a>(
    known: &Known,
    wants: &'a (dyn Fn(&FilePath) -> bool + std::marker::Sync),
    device: &'a str,
    today: &'a str,
    agreed: &'a [Question],
) -> Options<'a> {
    Options { direction: known.account.direction(), wants, device, today, agreed, at_once: TRANSFERS_AT_ONCE }
}

/// Tells a person on the storage why it could not be brought in step. One that is only put off is none that failed.
fn note_failure(work: &Work, id: RemoteId, error: &Error, now: i64) {
    if matches!(error, Error::Stopped) {
        return;
    }
    let told = json(&error.to_wire());
    let noted = work.service.database().write_blocking(move |tx| Ok(store::ended(tx, id, now, None, Some(&told))?));
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
