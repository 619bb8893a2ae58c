//! Forgetting what ended.

use super::filter::condition;
use crate::{Filter, Result};
use rusqlite::types::Value;
use rusqlite::{Transaction, params_from_iter};
use serde_json::json;

/// Deletes the selected jobs that ended before `finished_before`, those that ended first and at most `limit` of them,
/// with their history, and says how many. Fewer than `limit` means that none is left.
///
/// Jobs stay that are to be kept longer, that another job waits for, or whose group's end is not told; a group goes with
/// its last job.
pub fn prune(
    tx: &Transaction<'_>,
    filter: &Filter,
    finished_before: i64,
    now: i64,
    limit: usize,
) -> Result<usize> {
    let condition = condition(filter);
    let sql = format!(
        "SELECT id FROM job
         WHERE finished_at < ? AND finished_at + keep_ms <= ?
            AND (group_id IS NULL OR group_id IN (SELECT id FROM job_group WHERE told_at IS NOT NULL))
            AND NOT EXISTS (SELECT 1 FROM job_dependency JOIN job AS later ON later.id = job_id
                WHERE prerequisite = job.id AND later.finished_at IS NULL)
            AND {}
         ORDER BY finished_at LIMIT ?",
        condition.sql
    );
    let bounds = [Value::from(finished_before), Value::from(now)].into_iter();
    let params = bounds.chain(condition.params).chain([Value::from(i64::try_from(limit).unwrap_or(i64::MAX))]);
    let ids: Vec<i64> = tx
        .prepare_cached(&sql)?
        .query_map(params_from_iter(params), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    delete(tx, &ids)?;
    tx.execute(
        "DELETE FROM job_group WHERE told_at IS NOT NULL AND ended_at < ?1
            AND NOT EXISTS (SELECT 1 FROM job WHERE job.group_id = job_group.id)",
        [finished_before],
    )?;
    Ok(ids.len())
}

/// Deletes the ended jobs about `subject`, with their history, and says how many: for a subject that is itself deleted.
/// Jobs that are still active stay, and so do the counts of their groups.
pub fn forget(tx: &Transaction<'_>, subject: &str) -> Result<usize> {
    let ids: Vec<i64> = tx
        .prepare_cached(
            "SELECT id FROM job WHERE subject = ?1 AND finished_at IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM job_dependency JOIN job AS later ON later.id = job_id
                    WHERE prerequisite = job.id AND later.finished_at IS NULL)",
        )?
        .query_map([subject], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    delete(tx, &ids)?;
    Ok(ids.len())
}

/// Deletes jobs with their history.
fn delete(tx: &Transaction<'_>, jobs: &[i64]) -> Result<()> {
    let ids = json!(jobs).to_string();
    tx.execute("DELETE FROM job_attempt WHERE job_id IN (SELECT value FROM json_each(?1))", [&ids])?;
    tx.execute("DELETE FROM job WHERE id IN (SELECT value FROM json_each(?1))", [&ids])?;
    Ok(())
}
