//! Forgetting what ended, but for what another job still needs.

use super::filter::{Condition, condition};
use crate::limits::{MAX_RUNS_KEPT, RUNS_FORGOTTEN_AT_ONCE};
use crate::{Filter, Result, ScheduleId};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Transaction, params, params_from_iter};
use serde_json::json;

/// A job that another stored job needs which has not succeeded: its output is an input, and a retry runs both.
const NEEDED: &str = "EXISTS (SELECT 1 FROM job_dependency JOIN job AS later ON later.id = job_id
     WHERE prerequisite = job.id AND edge = 'success' AND later.state <> 'succeeded')";

/// Deletes the selected jobs that ended before `finished_before`, those that ended first and at most `limit` of them,
/// with their history, and says how many. Fewer than `limit` means that none is left.
///
/// Jobs stay that are to be kept longer, that another stored job needs which has not succeeded (a retry runs both), or
/// whose group's end is not told; a group goes with its last job.
pub fn prune(tx: &Transaction<'_>, filter: &Filter, finished_before: i64, now: i64, limit: usize) -> Result<usize> {
    let selected = condition(filter);
    let bounds = [Value::from(finished_before), Value::from(now)];
    let old = Condition {
        sql: format!(
            "finished_at < ? AND finished_at + keep_ms <= ?
                AND (group_id IS NULL OR group_id IN (SELECT id FROM job_group WHERE told_at IS NOT NULL)) AND {}",
            selected.sql
        ),
        params: bounds.into_iter().chain(selected.params).collect(),
    };
    let pruned = delete_unneeded(tx, &old, limit)?;
    tx.execute(
        "DELETE FROM job_group WHERE told_at IS NOT NULL AND ended_at < ?1
            AND NOT EXISTS (SELECT 1 FROM job WHERE job.group_id = job_group.id)",
        [finished_before],
    )?;
    Ok(pruned)
}

/// Deletes the ended jobs about `subject`, with their history, and says how many: for a subject that is itself deleted.
/// Jobs that are still active stay, so do those that a job about something else needs which has not succeeded, and so do
/// the counts of their groups.
pub fn forget(tx: &Transaction<'_>, subject: &str) -> Result<usize> {
    let about = Condition { sql: "subject = ?".into(), params: vec![subject.to_owned().into()] };
    delete_unneeded(tx, &about, usize::MAX)
}

/// Deletes the oldest ended runs of a schedule if there are more than [`MAX_RUNS_KEPT`], some of them at a time.
pub(super) fn trim_runs(tx: &Transaction<'_>, schedule: ScheduleId) -> Result<()> {
    let newest_to_go: Option<i64> = tx
        .prepare_cached(
            "SELECT id FROM job INDEXED BY job_ended_run WHERE schedule_id = ?1 AND finished_at IS NOT NULL
             ORDER BY id DESC LIMIT 1 OFFSET ?2",
        )?
        .query_row(params![schedule.0, MAX_RUNS_KEPT], |row| row.get(0))
        .optional()?;
    let Some(newest_to_go) = newest_to_go else { return Ok(()) };
    let sql = format!(
        "SELECT id FROM job INDEXED BY job_ended_run
         WHERE schedule_id = ?1 AND id <= ?2 AND finished_at IS NOT NULL AND NOT {NEEDED} ORDER BY id LIMIT ?3"
    );
    let ids: Vec<i64> = tx
        .prepare_cached(&sql)?
        .query_map(params![schedule.0, newest_to_go, RUNS_FORGOTTEN_AT_ONCE], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    delete(tx, &ids)
}

/// Deletes the ended jobs of a condition that nobody needs, those that ended first and at most `limit` of them.
fn delete_unneeded(tx: &Transaction<'_>, which: &Condition, limit: usize) -> Result<usize> {
    let find = |of: &str, first: Option<Value>, left: usize| -> Result<Vec<i64>> {
        let sql = format!(
            "SELECT job.id FROM {of} WHERE finished_at IS NOT NULL AND {} AND NOT {NEEDED}
             ORDER BY finished_at LIMIT ?",
            which.sql
        );
        let left = Value::from(i64::try_from(left).unwrap_or(i64::MAX));
        let params = first.into_iter().chain(which.params.iter().cloned()).chain([left]);
        let mut select = tx.prepare_cached(&sql)?;
        Ok(select.query_map(params_from_iter(params), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    };
    let mut ids = find("job", None, limit)?;
    let mut deleted = 0;
    while !ids.is_empty() {
        let needed = prerequisites(tx, &ids)?;
        delete(tx, &ids)?;
        deleted += ids.len();
        // What only these needed may go now.
        let of = "(SELECT value FROM json_each(?)) CROSS JOIN job ON job.id = value";
        ids = find(of, Some(json!(needed).to_string().into()), limit - deleted)?;
    }
    Ok(deleted)
}

/// The jobs that any of these waited for.
fn prerequisites(tx: &Transaction<'_>, jobs: &[i64]) -> Result<Vec<i64>> {
    let sql = "SELECT DISTINCT prerequisite FROM job_dependency WHERE job_id IN (SELECT value FROM json_each(?1))";
    let mut select = tx.prepare_cached(sql)?;
    Ok(select.query_map([json!(jobs).to_string()], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Deletes jobs with their history.
fn delete(tx: &Transaction<'_>, jobs: &[i64]) -> Result<()> {
    let ids = json!(jobs).to_string();
    let mut attempts =
        tx.prepare_cached("DELETE FROM job_attempt WHERE job_id IN (SELECT value FROM json_each(?1))")?;
    attempts.execute([&ids])?;
    tx.prepare_cached("DELETE FROM job WHERE id IN (SELECT value FROM json_each(?1))")?.execute([&ids])?;
    Ok(())
}
