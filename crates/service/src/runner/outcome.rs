//! Telling the person how work ended: a run of a schedule if that is news, what they asked for themselves in any case.

use crate::error::{Result, kept_error};
use crate::handlers::upkeep;
use crate::schedules::action_of;
use crate::tables::outbox;
use crate::telling::message::{self, RunEnded};
use legible_jobs::{Filter, Job, JobId, Lease, Reason, ScheduleId, State};
use rusqlite::Transaction;
use serde_json::Value;
use std::collections::BTreeSet;

/// Work that is told by itself, as its job knows it. Jobs of a batch are told as a batch.
pub(super) struct Run<'a> {
    job: JobId,
    schedule: Option<ScheduleId>,
    kind: &'a str,
    title: &'a str,
}

impl<'a> Run<'a> {
    /// The run that a running job is, if it is one.
    pub(super) fn leased(lease: &'a Lease) -> Option<Self> {
        let Lease { id, schedule, kind, title, .. } = lease;
        let run = Run { job: *id, schedule: *schedule, kind, title };
        Some(run).filter(|run| run.is_told(lease.group.is_some()))
    }

    /// The run that a job is, if it is one.
    pub(super) fn stored(job: &'a Job) -> Option<Self> {
        let Job { id, schedule, kind, title, .. } = job;
        let run = Run { job: *id, schedule: *schedule, kind, title };
        Some(run).filter(|run| run.is_told(job.group.is_some()))
    }

    fn is_told(&self, in_batch: bool) -> bool {
        action_of(self.kind).is_some() && (self.schedule.is_some() || !in_batch)
    }

    /// It ended well; to be called before its job is told so.
    pub(super) fn tell_success(&self, tx: &Transaction, output: Option<&Value>, now: i64) -> Result<()> {
        // Should it fail once more, that is news again.
        outbox::mended(tx, &message::of_run(&self.topic()), &BTreeSet::new())?;
        let Some(output) = output else { return Ok(()) };
        let words = upkeep::words(self.kind, output);
        let told = match self.schedule {
            Some(schedule) => upkeep::is_news(self.kind, output) && self.words_of_last(tx, schedule)? != words,
            None => !upkeep::has_batch(self.kind, output) && self.is_last(tx)?,
        };
        if told { self.tell(tx, words, None, now) } else { Ok(()) }
    }

    /// It failed for good.
    pub(super) fn tell_failure(&self, tx: &Transaction, reason: &Reason, now: i64) -> Result<()> {
        self.tell(tx, String::new(), Some(reason), now)
    }

    /// What came of the last run that ended well. What is just as it was then is no news.
    fn words_of_last(&self, tx: &Transaction, schedule: ScheduleId) -> Result<String> {
        let ended = Filter { schedule: Some(schedule), ..Filter::states([State::Succeeded]) };
        let last = legible_jobs::jobs(tx, &ended, 0, 1)?.jobs.pop().and_then(|job| job.output);
        Ok(last.map_or_else(String::new, |last| upkeep::words(self.kind, &last)))
    }

    /// Whether no other job goes on with it: of several steps the last is told.
    fn is_last(&self, tx: &Transaction) -> Result<bool> {
        Ok(legible_jobs::links(tx, self.job)?.needed_by.is_empty())
    }

    fn topic(&self) -> String {
        self.schedule.map_or_else(|| message::job_topic(self.job.0), |schedule| message::schedule_topic(schedule.0))
    }

    fn tell(&self, tx: &Transaction, outcome: String, error: Option<&Reason>, now: i64) -> Result<()> {
        let (title, error) = (self.title.to_owned(), error.map(kept_error));
        let ended = RunEnded { topic: self.topic(), title, outcome, error };
        outbox::put(tx, &message::run_ended(&ended), now)
    }
}
