//! Forgetting what ended.

use crate::Result;
use rusqlite::{Transaction, params};
use serde_json::json;

/// Deletes jobs that ended before `finished_before`, those that ended first and at most `limit` of them, with their
/// history, and says how many. Fewer than `limit` means that none is left.
///
/// Jobs of a group stay until the group's end is told; the group itself goes with its last job.
pub fn prune(tx: &Transaction<'_>, finished_before: i64, limit: usize) -> Result<usize> {
    let ids: Vec<i64> = tx
        .prepare_cached(
            "SELECT job.id FROM job LEFT JOIN job_group ON job_group.id = job.group_id
             WHERE job.finished_at < ?1 AND (job.group_id IS NULL OR job_group.told_at IS NOT NULL)
             ORDER BY job.finished_at LIMIT ?2",
        )?
        .query_map(params![finished_before, i64::try_from(limit).unwrap_or(i64::MAX)], |row| row.get(0))?
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
        .prepare_cached("SELECT id FROM job WHERE subject = ?1 AND finished_at IS NOT NULL")?
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
