//! Groups of jobs and the event of their end. The triggers in the schema keep the counts.

use crate::limits::{MAX_TITLE_BYTES, cut};
use crate::{Error, Group, GroupId, Lease, Result};
use rusqlite::{Connection, Row, Transaction, params};

const GROUP_COLUMNS: &str =
    "id, label, created_at, total, succeeded, failed, cancelled, sealed, ended_at, told_at IS NOT NULL AS told";

/// Makes an open group without jobs.
pub fn new_group(tx: &Transaction<'_>, label: &str, now: i64) -> Result<GroupId> {
    tx.prepare_cached("INSERT INTO job_group (label, created_at, changed_at) VALUES (?1, ?2, ?2)")?
        .execute(params![cut(label, MAX_TITLE_BYTES), now])?;
    Ok(GroupId(tx.last_insert_rowid()))
}

/// Puts a running job that is in no group yet into one: it found out that it has jobs of its own to add.
///
/// Fails with [`Error::LeaseLost`] when the lease is not held any more, or the job has a group.
pub fn join_group(tx: &Transaction<'_>, lease: &Lease, group: GroupId, now: i64) -> Result<()> {
    let joined = tx
        .prepare_cached(
            "UPDATE job SET group_id = ?4
             WHERE id = ?1 AND state = 'running' AND owner = ?2 AND lease_id = ?3 AND group_id IS NULL",
        )?
        .execute(params![lease.id.0, lease.owner.0, lease.token, group.0])?;
    if joined == 0 {
        return Err(Error::LeaseLost(lease.id));
    }
    tx.prepare_cached("UPDATE job_group SET total = total + 1, changed_at = ?2 WHERE id = ?1")?
        .execute(params![group.0, now])?;
    Ok(())
}

/// Declares that nobody adds jobs from outside any more: the group ends as soon as none of its jobs is active, which may
/// be now. Until then its own jobs may add more. Sealing twice is no error.
///
/// Fails with [`Error::NoSuchGroup`].
pub fn seal(tx: &Transaction<'_>, id: GroupId, now: i64) -> Result<()> {
    let known = tx
        .prepare_cached("UPDATE job_group SET sealed = 1, changed_at = ?2 WHERE id = ?1")?
        .execute(params![id.0, now])?;
    if known == 0 { Err(Error::NoSuchGroup(id)) } else { Ok(()) }
}

/// Seals the open groups in which nothing happened since `unchanged_since` and that have no active jobs: whoever was
/// adding to them died. Returns them.
pub fn seal_stale(tx: &Transaction<'_>, unchanged_since: i64, now: i64) -> Result<Vec<GroupId>> {
    let mut sealed: Vec<GroupId> = tx
        .prepare_cached(
            "UPDATE job_group SET sealed = 1, changed_at = ?2
             WHERE ended_at IS NULL AND NOT sealed AND changed_at < ?1 AND total = succeeded + failed + cancelled
             RETURNING id",
        )?
        .query_map([unchanged_since, now], |row| row.get(0).map(GroupId))?
        .collect::<rusqlite::Result<_>>()?;
    sealed.sort_unstable();
    Ok(sealed)
}

/// One group; `None` if it does not exist or was pruned.
pub fn group(conn: &Connection, id: GroupId) -> Result<Option<Group>> {
    let sql = format!("SELECT {GROUP_COLUMNS} FROM job_group WHERE id = ?1");
    conn.prepare_cached(&sql)?.query_and_then([id.0], group_row)?.next().transpose()
}

/// At most `limit` groups, newest first; only those that have not ended if `active_only`.
pub fn groups(conn: &Connection, limit: usize, active_only: bool) -> Result<Vec<Group>> {
    let condition = if active_only { "ended_at IS NULL" } else { "1" };
    let sql = format!("SELECT {GROUP_COLUMNS} FROM job_group WHERE {condition} ORDER BY id DESC LIMIT ?1");
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    conn.prepare_cached(&sql)?.query_and_then([limit], group_row)?.collect()
}

/// The groups whose end nobody was told of, in the order of their ends.
pub fn ended_untold(conn: &Connection) -> Result<Vec<Group>> {
    let sql = format!(
        "SELECT {GROUP_COLUMNS} FROM job_group WHERE ended_at IS NOT NULL AND told_at IS NULL ORDER BY ended_at, id"
    );
    conn.prepare_cached(&sql)?.query_and_then([], group_row)?.collect()
}

/// Notes that the group's end is told. Returns whether the caller is the one to tell: `false` if the group was told
/// before, has not ended, or does not exist.
pub fn mark_told(tx: &Transaction<'_>, id: GroupId, now: i64) -> Result<bool> {
    let changed = tx
        .prepare_cached("UPDATE job_group SET told_at = ?2 WHERE id = ?1 AND ended_at IS NOT NULL AND told_at IS NULL")?
        .execute(params![id.0, now])?;
    Ok(changed == 1)
}

fn group_row(row: &Row<'_>) -> Result<Group> {
    let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
    let (total, succeeded) = (count("total")?, count("succeeded")?);
    let (failed, cancelled) = (count("failed")?, count("cancelled")?);
    Ok(Group {
        id: GroupId(row.get("id")?),
        label: row.get("label")?,
        created_at: row.get("created_at")?,
        total,
        succeeded,
        failed,
        cancelled,
        active: total - succeeded - failed - cancelled,
        sealed: row.get("sealed")?,
        ended_at: row.get("ended_at")?,
        told: row.get("told")?,
    })
}
