//! Changing what is in the queue already: again, now, or otherwise.

use super::depend::{NEEDED_CANCELLED, NEEDED_FAILED, settle};
use super::enqueue::{check, json_text, set_tags};
use super::filter::condition;
use super::row::{backoff_name, merger_name, needs_text};
use crate::limits::{MAX_TITLE_BYTES, cut};
use crate::{Filter, JobId, NewJob, RUN_NOW, Result, State};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Transaction, params, params_from_iter};
use std::collections::BTreeSet;

/// Puts the selected failed and cancelled jobs back into the queue with all their attempts, to run from `now`.
///
/// With a job come back those that it needs and that did not succeed, and those that ended only because it did. Jobs
/// whose unique name another active job holds, or one that has not stopped yet, stay as they are. Of several ended jobs
/// with one unique name the newest comes back, with all of its chain; of the runs of a schedule, which never run beside
/// each other, the newest alone. Returns the jobs that did.
pub fn retry(tx: &Transaction<'_>, filter: &Filter, now: i64) -> Result<Vec<JobId>> {
    let mut revived = Vec::new();
    for id in with_their_chains(tx, ended_badly(tx, filter)?)?.into_iter().rev() {
        if revive(tx, id, now)? {
            revived.push(id);
        }
    }
    // Those that wait for others do so again, the first ones first.
    let mut block = tx.prepare_cached(
        "UPDATE job SET state = 'blocked' WHERE id = ?1 AND EXISTS (SELECT 1 FROM job_dependency WHERE job_id = ?1)",
    )?;
    let mut ended_again = BTreeSet::new();
    for id in revived.iter().rev() {
        if block.execute([id])? == 1 && settle(tx, *id, now)?.is_some_and(|state| !state.is_active()) {
            ended_again.insert(*id);
        }
    }
    revived.retain(|id| !ended_again.contains(id));
    Ok(revived.into_iter().map(JobId).collect())
}

/// Moves the selected waiting jobs ahead of all others and runs them as soon as there is room: their delay is over, and
/// their conditions are waived. Jobs that wait for other jobs go on waiting for those. Returns how many were moved.
pub fn run_now(tx: &Transaction<'_>, filter: &Filter, now: i64) -> Result<usize> {
    let condition = condition(filter);
    let sql = format!(
        "UPDATE job SET priority = max(priority, ?1), run_at = min(run_at, ?2), needs = '', updated_at = ?2
         WHERE state IN ('enqueued', 'blocked') AND {}",
        condition.sql
    );
    let params = [Value::from(i64::from(RUN_NOW)), Value::from(now)].into_iter().chain(condition.params);
    Ok(tx.prepare_cached(&sql)?.execute(params_from_iter(params))?)
}

/// When a change of a job takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// Never: the job has ended, or does not exist.
    Not,
    /// At once.
    Immediately,
    /// Should it run again: it is running.
    ForNextRun,
}

/// Changes what an active job is to do and how, and counts its generation up. Its state, its attempts, its unique name,
/// its group, its schedule and what it waits for stay. A job that waits for another attempt has that one left, however
/// few are allowed now.
///
/// Fails with [`crate::Error::Invalid`] as [`crate::enqueue`] does.
pub fn update(tx: &Transaction<'_>, id: JobId, new: &NewJob, now: i64) -> Result<Applied> {
    check(new)?;
    let payload = json_text("payload", &new.payload)?;
    let state: Option<String> = tx
        .prepare_cached(
            "UPDATE job SET kind = ?2, payload = ?3, subject = ?4, title = ?5, priority = ?6,
                            max_attempts = max(?7, attempts + (state <> 'running')), backoff_kind = ?8,
                            backoff_initial_ms = ?9, backoff_max_ms = ?10,
                            run_at = CASE WHEN attempts = 0 THEN ?11 ELSE run_at END, needs = ?12, budget_ms = ?13, keep_ms = ?14, merger = ?15, generation = generation + 1, updated_at = ?16
             WHERE id = ?1 AND finished_at IS NULL RETURNING state",
        )?
        .query_row(
            params![
                id.0,
                new.kind,
                payload,
                new.subject,
                cut(&new.title, MAX_TITLE_BYTES),
                new.priority,
                new.max_attempts,
                backoff_name(new.backoff.kind),
                new.backoff.initial_ms,
                new.backoff.max_ms,
                new.run_at,
                needs_text(&new.conditions)?,
                new.budget_ms,
                new.keep_ms.unwrap_or(0),
                merger_name(new.merger),
                now
            ],
            |row| row.get(0),
        )
        .optional()?;
    let Some(state) = state else { return Ok(Applied::Not) };
    set_tags(tx, id.0, &new.tags)?;
    Ok(if state == State::Running.as_str() { Applied::ForNextRun } else { Applied::Immediately })
}

fn ended_badly(tx: &Transaction<'_>, filter: &Filter) -> Result<BTreeSet<i64>> {
    let condition = condition(filter);
    let sql = format!("SELECT id FROM job WHERE state IN ('failed', 'cancelled') AND {}", condition.sql);
    let ids = tx
        .prepare_cached(&sql)?
        .query_map(params_from_iter(condition.params), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(ids)
}

/// These, what they need and did not get, and what ended only because of them.
fn with_their_chains(tx: &Transaction<'_>, chosen: BTreeSet<i64>) -> Result<BTreeSet<i64>> {
    let mut needed = tx.prepare_cached(
        "SELECT prerequisite FROM job_dependency JOIN job ON job.id = prerequisite
         WHERE job_id = ?1 AND edge = 'success' AND state IN ('failed', 'cancelled')",
    )?;
    let mut inheriting = tx.prepare_cached(
        "SELECT job_id FROM job_dependency JOIN job ON job.id = job_id
         WHERE prerequisite = ?1 AND finished_at IS NOT NULL AND reason_code IN (?2, ?3)",
    )?;
    let mut all = chosen.clone();
    let mut unseen: Vec<i64> = chosen.into_iter().collect();
    while let Some(id) = unseen.pop() {
        let up = needed.query_map([id], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
        let down = inheriting
            .query_map(params![id, NEEDED_FAILED, NEEDED_CANCELLED], |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<i64>>>()?;
        unseen.extend(up.into_iter().chain(down).filter(|id| all.insert(*id)));
    }
    Ok(all)
}

fn revive(tx: &Transaction<'_>, id: i64, now: i64) -> Result<bool> {
    let changed = tx
        .prepare_cached(
            "UPDATE job SET state = 'enqueued', attempts = 0, run_at = ?2, updated_at = ?2, finished_at = NULL,
                            cancel_requested_at = NULL, started_at = NULL, progress_fraction = NULL,
                            progress_words = NULL, reason_code = NULL, reason_message = NULL, reason_hint = NULL
             WHERE id = ?1 AND (unique_key IS NULL OR NOT EXISTS (
                 SELECT 1 FROM job AS other INDEXED BY job_holds WHERE other.unique_key = job.unique_key
                    AND other.state IN ('enqueued', 'blocked', 'running')
                    AND (job.unique_key = 'schedule:' || job.schedule_id
                         OR coalesce(other.chain_id, other.id) <> coalesce(job.chain_id, job.id))))",
        )?
        .execute([id, now])?;
    Ok(changed == 1)
}
