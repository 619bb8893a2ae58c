//! Forgetting what ended.

use super::filter::condition;
use crate::{Filter, Result};
use rusqlite::types::Value;
use rusqlite::{Transaction, params_from_iter};
use serde_json::json;

/// Deletes the selected jobs that ended before `finished_before`, those that ended first and at most `limit` of them,
/// with their history, and says how many. Fewer than `limit` means that none is left.
///
/// Jobs stay that are to be kept longer, that another stored job needs which has not succeeded (a retry runs both), or
/// whose group's end is not told; a group goes with its last job.
pub fn prune(tx: &Transaction<'_>, filter: &Filter, finished_before: i64, now: i64, limit: usize) -> Result<usize> {
    let condition = condition(filter);
    let prunable = format!(
        "finished_at < ? AND finished_at + keep_ms <= ?
            AND (group_id IS NULL OR group_id IN (SELECT id FROM job_group WHERE told_at IS NOT NULL))
            AND NOT EXISTS (SELECT 1 FROM job_dependency JOIN job AS later ON later.id = job_id
                WHERE prerequisite = job.id AND later.state <> 'succeeded')
            AND {}",
        condition.sql
    );
    let find = |of: &str, first: Option<Value>, left: usize| -> Result<Vec<i64>> {
        let sql = format!("SELECT job.id FROM {of} WHERE {prunable} ORDER BY finished_at LIMIT ?");
        let bounds = [Value::from(finished_before), Value::from(now)];
        let left = Value::from(i64::try_from(left).unwrap_or(i64::MAX));
        let params = first.into_iter().chain(bounds).chain(condition.params.iter().cloned()).chain([left]);
        let mut select = tx.prepare_cached(&sql)?;
        Ok(select.query_map(params_from_iter(params), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    };
    let mut ids = find("job", None, limit)?;
    let mut pruned = 0;
    while !ids.is_empty() {
        let needed = prerequisites(tx, &ids)?;
        delete(tx, &ids)?;
        pruned += ids.len();
        // What only these needed may go now.
        let of = "(SELECT value FROM json_each(?)) CROSS JOIN job ON job.id = value";
        ids = find(of, Some(json!(needed).to_string().into()), limit - pruned)?;
    }
    tx.execute(
        "DELETE FROM job_group WHERE told_at IS NOT NULL AND ended_at < ?1
            AND NOT EXISTS (SELECT 1 FROM job WHERE job.group_id = job_group.id)",
        [finished_before],
    )?;
    Ok(pruned)
}

/// The jobs that any of these waited for.
fn prerequisites(tx: &Transaction<'_>, jobs: &[i64]) -> Result<Vec<i64>> {
    let sql = "SELECT DISTINCT prerequisite FROM job_dependency WHERE job_id IN (SELECT value FROM json_each(?1))";
    let mut select = tx.prepare_cached(sql)?;
    Ok(select.query_map([json!(jobs).to_string()], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
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
