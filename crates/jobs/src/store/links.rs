//! What ties one job to others, and what else is told of it alone: for whoever looks at it closely.

use super::depend::inputs;

use super::row::{json, merger};
use crate::{Error, JobId, Links, Result};
use rusqlite::{Connection, OptionalExtension};

/// The links of a job. Its input is what it would get now, and for one that has begun, what it got.
///
/// Fails with [`Error::NoSuchJob`].
pub fn links(conn: &Connection, id: JobId) -> Result<Links> {
    let row = conn
        .prepare_cached("SELECT payload, merger, keep_ms FROM job WHERE id = ?1")?
        .query_row([id.0], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?)))
        .optional()?;
    let (payload, merger_name, keep_ms) = row.ok_or(Error::NoSuchJob(id))?;
    let neighbours = |sql| -> Result<Vec<JobId>> {
        let ids =
            conn.prepare_cached(sql)?.query_map([id.0], |row| row.get(0).map(JobId))?.collect::<rusqlite::Result<_>>();
        Ok(ids?)
    };
    Ok(Links {
        needs: neighbours("SELECT prerequisite FROM job_dependency WHERE job_id = ?1 ORDER BY prerequisite")?,
        needed_by: neighbours("SELECT job_id FROM job_dependency WHERE prerequisite = ?1 ORDER BY job_id")?,
        input: merger(&merger_name)?.merge(json("payload", &payload)?, inputs(conn, id.0)?),
        keep_ms: Some(keep_ms).filter(|keep| *keep > 0),
    })
}
