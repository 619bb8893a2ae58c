//! What ties one job to others, and what else is told of it alone: for whoever looks at it closely.

use super::damaged::Damage;
use super::depend::inputs;
use super::row::merger;
use crate::{Error, JobId, Links, Result};
use rusqlite::Connection;

/// The links of a job. Its input is what it would get now, and for one that has begun, what it got.
///
/// What cannot be read of its input is left out.
///
/// Fails with [`Error::NoSuchJob`].
pub fn links(conn: &Connection, id: JobId) -> Result<Links> {
    let mut damage = Damage::default();
    let mut select = conn.prepare_cached("SELECT payload, merger, keep_ms FROM job WHERE id = ?1")?;
    let mut rows = select.query([id.0])?;
    let row = rows.next()?.ok_or(Error::NoSuchJob(id))?;
    let payload = damage.json(row, "payload")?.unwrap_or_default();
    let merger = damage.parsed(row, "merger", merger)?;
    let keep_ms: i64 = damage.get(row, "keep_ms")?;
    let neighbours = |sql| -> Result<Vec<JobId>> {
        let ids =
            conn.prepare_cached(sql)?.query_map([id.0], |row| row.get(0).map(JobId))?.collect::<rusqlite::Result<_>>();
        Ok(ids?)
    };
    Ok(Links {
        needs: neighbours("SELECT prerequisite FROM job_dependency WHERE job_id = ?1 ORDER BY prerequisite")?,
        needed_by: neighbours("SELECT job_id FROM job_dependency WHERE prerequisite = ?1 ORDER BY job_id")?,
        input: merger.merge(payload, damage.read("output", inputs(conn, id.0))?),
        keep_ms: Some(keep_ms).filter(|keep| *keep > 0),
    })
}
