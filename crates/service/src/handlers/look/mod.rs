//! Looks at a source: what is new there comes into the library. One look of a source runs at a time. Whatever stops it, the
//! next one goes on where it was: what a source has seen is noted as it goes.

mod cloud;
mod folder;
mod halves;
mod intake;
#[cfg(test)]
mod tests;
mod try_out;
mod web;
mod words;

pub use try_out::try_out;
pub use words::{reasons, remark, words};

use crate::api::{ErrorCode, WireError};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::filing::Claimed;
use crate::handler::{Commit, Done, Handler, Work};
use crate::sources::{conditions_of, schedule_of, source_of};
use intake::Intake;
use legible_jobs::{CRASHED, Reason};
use legible_sources::{Look, Problem, Source, SourceId, Spec};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};

/// The `look` job.
pub struct LookAtSource;

#[derive(Debug, Deserialize)]
struct Payload {
    source: i64,
}

/// What came of a look: its output.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// Images that the library did not have.
    pub new: u32,
    /// Images that it had.
    pub known: u32,
    /// Files that have another name now.
    pub moved: u32,
    /// Files that are gone.
    pub missing: u32,
    /// Files that are there again.
    pub back: u32,
    /// Files and addresses that are no images, or cannot be had.
    pub refused: u32,
    /// Those that are left for a later look.
    pub waiting: u32,
    /// Why the first of them were refused, and what could not be looked at.
    pub reasons: Vec<String>,
    /// Whether there is more than one look takes.
    pub more: bool,
}

impl Outcome {
    /// The most reasons that are kept.
    const REASONS: usize = 10;

    /// Notes why something was refused or not looked at.
    fn reason(&mut self, reason: String) {
        if self.reasons.len() < Self::REASONS {
            self.reasons.push(reason);
        }
    }
}

impl Handler for LookAtSource {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let id = SourceId(work.payload::<Payload>()?.source);
        let looked = match work.service.database().read_blocking(|c| Ok(legible_sources::source(c, id)?))? {
            Some(source) => look(work, &source),
            // Removed while its look waited.
            None => return Ok(Box::new(|_| Ok(Done::default()))),
        };
        let now = work.service.now();
        let outcome = match looked {
            Ok(outcome) => outcome,
            Err(error) => {
                note_failure(work, id, &error, now);
                return Err(error);
            }
        };
        let output = serde_json::to_value(&outcome).ok();
        Ok(Box::new(move |tx| {
            legible_sources::looked(tx, id, &Look::Found(outcome.new), now)?;
            Ok(Done { output, changes: Changes { sources: true, ..Changes::work() } })
        }))
    }

    /// A look that was given up because its runner died again and again could not say so itself.
    fn failed(&self, tx: &Transaction, subject: Option<&str>, reason: &Reason, now: i64) -> Result<Changes> {
        let id = subject.and_then(source_of).filter(|_| reason.code == CRASHED);
        let Some(id) = id else { return Ok(Changes::default()) };
        let Reason { code, message, hint } = reason.clone();
        legible_sources::looked(tx, id, &Look::Failed(Problem { at: now, code, message, hint }), now)?;
        Ok(Changes { sources: true, ..Changes::default() })
    }
}

/// Has sources look again whose last look was given up because the program died: that was not their fault. Folders are looked
/// through at every start anyway.
///
/// # Errors
/// When the database fails.
pub fn resume_given_up(tx: &Transaction, now: i64) -> Result<()> {
    for source in legible_sources::sources(tx)?.into_iter().flatten().filter(|source| source.enabled) {
        let problem = legible_sources::state(tx, source.id)?.problem;
        if problem.is_some_and(|problem| problem.code == CRASHED)
            && let Some(schedule) = schedule_of(tx, source.id)?
        {
            legible_jobs::run_schedule_because(tx, schedule.id, now)?;
        }
    }
    Ok(())
}

fn look(work: &mut Work, source: &Source) -> Result<Outcome> {
    let conditions = conditions_of(&work.lease.conditions);
    let claimed = Claimed { source: source.id, filing: source.filing.clone(), conditions };
    let mut intake = Intake::new(source, claimed, work.lease.group);
    match &source.spec {
        Spec::Folder(spec) => folder::look(work, spec, &mut intake)?,
        Spec::Web(spec) => web::look(work, source, spec, &mut intake)?,
        Spec::Remote(spec) => cloud::look(work, source, spec, &mut intake)?,
        Spec::Screen(_) | Spec::Clipboard(_) | Spec::Camera => {
            let message = format!("{} has nowhere to look.", source.name);
            return Err(WireError::new(ErrorCode::BadRequest, message).into());
        }
    }
    Ok(intake.outcome)
}

/// Tells a person on the source why it could not look. A look that is only put off is none that failed.
fn note_failure(work: &Work, id: SourceId, error: &Error, now: i64) {
    work.service.unseen().spoil(id);
    if error.code() == ErrorCode::Cancelled {
        return;
    }
    let Reason { code, message, hint } = error.reason();
    let failed = Look::Failed(Problem { at: now, code, message, hint });
    let noted = work.service.database().write_blocking(move |tx| Ok(legible_sources::looked(tx, id, &failed, now)?));
    if let Err(error) = noted {
        tracing::warn!(%error, "why a source could not look was not noted");
    }
    work.service.bus().note(Changes { sources: true, ..Changes::default() });
}
