//! What queue, schedules and machine ask of the runner at one moment: what has to stop, and how long nothing is due.

use super::looks::watched_folders;
use super::{Runner, Running};
use crate::error::Result;
use crate::limits::MAX_SLEEP;
use legible_jobs::{Conditions, JobId, Owner, Stop, StoredSchedule};
use legible_sources::{FolderSpec, SourceId};
use rusqlite::Connection;
use std::time::Duration;
use tokio::time::Instant;
use tracing::info;

/// What the database asks of the runner at one moment.
pub(super) struct Demands {
    pub cancelled: Vec<JobId>,
    pub paused: bool,
    /// When the next job is due that is not yet.
    pub next_run_at: Option<i64>,
    /// When the next schedule is due; in the past if one is due now.
    pub next_schedule_at: Option<i64>,
    /// The schedules that wait for a change of a folder.
    pub folder_schedules: Vec<StoredSchedule>,
    /// The folders of sources that are to be watched.
    pub watched_folders: Vec<(SourceId, FolderSpec)>,
    /// What waiting jobs need of the machine.
    pub conditions: Vec<Conditions>,
}

impl Demands {
    fn read(conn: &Connection, owner: &Owner, now: i64) -> Result<Self> {
        Ok(Demands {
            cancelled: legible_jobs::cancel_requests(conn, owner)?,
            paused: legible_jobs::paused(conn)?,
            next_run_at: legible_jobs::next_run_at(conn, now)?,
            next_schedule_at: legible_jobs::next_schedule_at(conn, now)?,
            folder_schedules: legible_jobs::folder_schedules(conn)?,
            watched_folders: watched_folders(conn)?,
            conditions: legible_jobs::waiting_conditions(conn)?,
        })
    }
}

impl Runner {
    /// Starts the schedules that are due; returns what is asked for then, and when that was.
    pub(super) async fn demands_after_firing(&mut self) -> Result<(Demands, i64)> {
        let now = self.service.now();
        let demands = self.demands(now).await?;
        if demands.next_schedule_at.is_none_or(|due| due > now) {
            return Ok((demands, now));
        }
        self.fire_schedules(now).await?;
        Ok((self.demands(now).await?, now))
    }

    async fn demands(&self, now: i64) -> Result<Demands> {
        let owner = self.owner.clone();
        self.service.database().read(move |conn| Demands::read(conn, &owner, now)).await
    }

    /// Tells the running jobs to stop that were cancelled or paused, are out of time, or lost a condition.
    pub(super) fn stop_what_is_to_stop(&self, demands: &Demands, now: i64) {
        let clock = Instant::now();
        for running in self.running.values() {
            let lost = || running.conditions.unmet(&self.machine, now).into_iter().next();
            let why = if demands.cancelled.contains(&running.job) {
                Stop::Cancelled
            } else if demands.paused && !running.lane.ignores_pause() {
                Stop::Paused
            } else if let Some(timeout) = running.timeout(clock) {
                timeout
            } else if let Some(unmet) = lost() {
                Stop::ConditionLost(unmet)
            } else {
                continue;
            };
            if running.control.stop(why.clone()) {
                info!(job = running.job.0, why = why.code(), "stopping a job");
            }
        }
    }

    /// How long nothing is due by the clock alone.
    pub(super) fn sleep(&self, demands: &Demands, now: i64) -> Duration {
        let conditions = demands.conditions.iter().chain(self.running.values().map(|running| &running.conditions));
        let changes = conditions.filter_map(|conditions| conditions.changes_at(&self.machine, now));
        let next = demands.next_run_at.into_iter().chain(changes).min();
        let next = next.map(|next| Duration::from_millis(u64::try_from(next - now).unwrap_or(0)));
        let clock = Instant::now();
        // The time of one that rests does not run: when it goes on, the runner is woken.
        let at_work = self.running.values().filter(|running| !running.control.is_resting());
        let out_of_time = at_work.filter_map(|running| running.time_left(clock)).min();
        next.into_iter().chain(out_of_time).fold(MAX_SLEEP, Duration::min)
    }
}

impl Running {
    /// What is left of its budget, if it has one. Its rests do not count.
    pub(super) fn time_left(&self, clock: Instant) -> Option<Duration> {
        let budget = Duration::from_millis(self.budget_ms?.unsigned_abs());
        let worked = clock.saturating_duration_since(self.began).saturating_sub(self.control.rested(clock));
        Some(budget.saturating_sub(worked))
    }

    fn timeout(&self, clock: Instant) -> Option<Stop> {
        let over = self.time_left(clock)?.is_zero();
        self.budget_ms.filter(|_| over).map(|budget_ms| Stop::Timeout { budget_ms })
    }
}
