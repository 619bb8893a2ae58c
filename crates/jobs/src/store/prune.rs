//! Forgetting what ended long ago.

use crate::Result;
use rusqlite::Transaction;
use serde_json::json;

/// Deletes jobs that ended before `finished_before`, with their history, and says how many.
///
/// Jobs of a group stay until the group's end is told; the group itself goes with its last job.
pub fn prune(tx: &Transaction<'_>, finished_before: i64) -> Result<usize> {
    let ids: Vec<i64> = tx
        .prepare_cached(
            "SELECT job.id FROM job LEFT JOIN job_group ON job_group.id = job.group_id
             WHERE job.finished_at < ?1 AND (job.group_id IS NULL OR job_group.told_at IS NOT NULL)",
        )?
        .query_map([finished_before], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let ids = json!(ids).to_string();
    tx.execute("DELETE FROM job_attempt WHERE job_id IN (SELECT value FROM json_each(?1))", [&ids])?;
    let pruned = tx.execute("DELETE FROM job WHERE id IN (SELECT value FROM json_each(?1))", [&ids])?;
    tx.execute(
        "DELETE FROM job_group WHERE told_at IS NOT NULL AND ended_at < ?1
            AND NOT EXISTS (SELECT 1 FROM job WHERE job.group_id = job_group.id)",
        [finished_before],
    )?;
    Ok(pruned)
}
