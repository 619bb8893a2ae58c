//! Telling the person how a run of a schedule ended, if that is news.

use crate::error::{Result, kept_error};
use crate::handlers::upkeep;
use crate::schedules::action_of;
use crate::tables::outbox;
use crate::telling::message::{self, ScheduleEnded};
use legible_jobs::{Filter, Job, Lease, Reason, ScheduleId, State};
use rusqlite::Transaction;
use serde_json::Value;
use std::collections::BTreeSet;

/// A run of a schedule that a person can make, as its job knows it.
pub(super) struct Run<'a> {
    schedule: ScheduleId,
    kind: &'a str,
    title: &'a str,
}

impl<'a> Run<'a> {
    /// The run that a running job is, if it is one.
    pub(super) fn leased(lease: &'a Lease) -> Option<Self> {
        Self::of(lease.schedule, &lease.kind, &lease.title)
    }

    /// The run that a job is, if it is one.
    pub(super) fn stored(job: &'a Job) -> Option<Self> {
        Self::of(job.schedule, &job.kind, &job.title)
    }

    fn of(schedule: Option<ScheduleId>, kind: &'a str, title: &'a str) -> Option<Self> {
        action_of(kind)?;
        Some(Run { schedule: schedule?, kind, title })
    }

    /// It ended well; to be called before its job is told so. What is just as it was the last time is no news.
    pub(super) fn tell_success(&self, tx: &Transaction, output: Option<&Value>, now: i64) -> Result<()> {
        // Should it fail once more, that is news again.
        outbox::mended(tx, &message::of_schedule(self.schedule.0), &BTreeSet::new())?;
        let Some(output) = output.filter(|output| upkeep::is_news(self.kind, output)) else { return Ok(()) };
        let words = upkeep::words(self.kind, output);
        let ended = Filter { schedule: Some(self.schedule), ..Filter::states([State::Succeeded]) };
        let last = legible_jobs::jobs(tx, &ended, 0, 1)?.jobs.pop().and_then(|job| job.output);
        if last.is_some_and(|last| upkeep::words(self.kind, &last) == words) {
            return Ok(());
        }
        self.tell(tx, words, None, now)
    }

    /// It failed for good.
    pub(super) fn tell_failure(&self, tx: &Transaction, reason: &Reason, now: i64) -> Result<()> {
        self.tell(tx, String::new(), Some(reason), now)
    }

    fn tell(&self, tx: &Transaction, outcome: String, error: Option<&Reason>, now: i64) -> Result<()> {
        let (title, error) = (self.title.to_owned(), error.map(kept_error));
        let ended = ScheduleEnded { id: self.schedule.0, title, outcome, error };
        outbox::put(tx, &message::schedule_ended(&ended), now)
    }
}
