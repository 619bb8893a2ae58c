//! Unique names: who holds one, and what a newcomer does about it.

use super::cancel::request_cancel;
use crate::{After, Edge, Filter, JobId, Result, ScheduleId, State, UniquePolicy};
use rusqlite::{OptionalExtension, Transaction};

/// What becomes of a newcomer with a unique name.
pub(super) enum Admission {
    /// The holder stays; nothing is added.
    Kept(JobId),
    /// It is added, and its first jobs wait for these.
    Added {
        after: Vec<After>,
        /// The chain it is appended to.
        chain: Option<i64>,
    },
}

/// Asks for a name under a policy. [`UniquePolicy::Replace`] cancels the holders; what is appended waits for the end `on`
/// of them.
pub(super) fn admit(tx: &Transaction<'_>, name: &str, policy: UniquePolicy, on: Edge, now: i64) -> Result<Admission> {
    match (policy, holder(tx, name)?) {
        (UniquePolicy::Keep, Some(id)) => Ok(Admission::Kept(id)),
        (UniquePolicy::Replace, Some(_)) => {
            let named = Filter { unique: Some(name.to_owned()), ..Filter::default() };
            let running = request_cancel(tx, &named, now)?;
            let after = running.into_iter().map(|job| After { job, on: Edge::End }).collect();
            Ok(Admission::Added { after, chain: None })
        }
        (UniquePolicy::Append | UniquePolicy::AppendOrReplace, Some(_)) => appended(tx, &active_ends(tx, name)?, on),
        (UniquePolicy::Append, None) if let Some(last) = last_if_it_ended_badly(tx, name)? => appended(tx, &[last], on),
        // What is being cancelled has not stopped yet: the newcomer does not run beside it.
        (_, None) => {
            let after = stopping(tx, name)?.into_iter().map(|job| After { job: JobId(job), on: Edge::End }).collect();
            Ok(Admission::Added { after, chain: None })
        }
    }
}

/// The oldest active job that holds a unique name.
pub(super) fn holder(tx: &Transaction<'_>, name: &str) -> Result<Option<JobId>> {
    let id = tx
        .prepare_cached(
            "SELECT id FROM job INDEXED BY job_holds
             WHERE unique_key = ?1 AND state IN ('enqueued', 'blocked', 'running') AND cancel_requested_at IS NULL
             ORDER BY id LIMIT 1",
        )?
        .query_row([name], |row| row.get(0))
        .optional()?;
    Ok(id.map(JobId))
}

fn appended(tx: &Transaction<'_>, ends: &[i64], on: Edge) -> Result<Admission> {
    let Some(first) = ends.first() else { return Ok(Admission::Added { after: vec![], chain: None }) };
    let chain = tx
        .prepare_cached("SELECT coalesce(chain_id, id) FROM job WHERE id = ?1")?
        .query_row([first], |row| row.get(0))?;
    let after = ends.iter().map(|job| After { job: JobId(*job), on }).collect();
    Ok(Admission::Added { after, chain: Some(chain) })
}

/// The active jobs of a name that no other active job of it waits for.
fn active_ends(tx: &Transaction<'_>, name: &str) -> Result<Vec<i64>> {
    ids(
        tx,
        "SELECT id FROM job INDEXED BY job_holds
         WHERE unique_key = ?1 AND state IN ('enqueued', 'blocked', 'running') AND cancel_requested_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM job_dependency JOIN job AS later ON later.id = job_id
                WHERE prerequisite = job.id AND later.unique_key = ?1 AND later.finished_at IS NULL)
         ORDER BY id",
        name,
    )
}

fn last_if_it_ended_badly(tx: &Transaction<'_>, name: &str) -> Result<Option<i64>> {
    let last: Option<(i64, String)> = tx
        .prepare_cached("SELECT id, state FROM job WHERE unique_key = ?1 ORDER BY id DESC LIMIT 1")?
        .query_row([name], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(last.filter(|(_, state)| state != State::Succeeded.as_str()).map(|(id, _)| id))
}

/// The jobs of a name that were asked to stop and still run.
fn stopping(tx: &Transaction<'_>, name: &str) -> Result<Vec<i64>> {
    ids(
        tx,
        "SELECT id FROM job INDEXED BY job_holds
         WHERE unique_key = ?1 AND state IN ('enqueued', 'blocked', 'running') AND state = 'running' ORDER BY id",
        name,
    )
}

/// The name that the runs of a schedule share. None of them runs beside another.
pub(super) fn name_of_runs(schedule: ScheduleId) -> String {
    format!("schedule:{schedule}")
}

/// The run before this one of a schedule whose runs share a name ([`name_of_runs`]), if it has not ended.
pub(super) fn run_before(tx: &Transaction<'_>, job: i64) -> Result<Option<JobId>> {
    let id = tx
        .prepare_cached(
            "SELECT earlier.id FROM job CROSS JOIN job AS earlier INDEXED BY job_holds
                ON earlier.unique_key = job.unique_key AND earlier.id < job.id
             WHERE job.id = ?1 AND job.unique_key = 'schedule:' || job.schedule_id
                AND earlier.state IN ('enqueued', 'blocked', 'running')
             ORDER BY earlier.id DESC LIMIT 1",
        )?
        .query_row([job], |row| row.get(0))
        .optional()?;
    Ok(id.map(JobId))
}

fn ids(tx: &Transaction<'_>, sql: &str, name: &str) -> Result<Vec<i64>> {
    Ok(tx.prepare_cached(sql)?.query_map([name], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}
