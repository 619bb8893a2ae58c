//! Jobs that wait for others: who may go on when something ended.

use super::row::json;
use super::unique::run_before;
use crate::limits::MAX_SET_BACK_MS;
use crate::{After, Edge, Error, JobId, Reason, Result, State};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::Value;

/// The code of a job that failed because one it needs did.
pub const NEEDED_FAILED: &str = "needed.failed";
/// The code of a job that was cancelled because one it needs was.
pub const NEEDED_CANCELLED: &str = "needed.cancelled";

/// Notes that `job` waits. Two wishes about one job are the stronger one, its success.
///
/// Fails with [`Error::NoSuchJob`] when one of those it waits for is not stored.
pub(super) fn link(tx: &Transaction<'_>, job: i64, after: &[After]) -> Result<()> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO job_dependency (job_id, prerequisite, edge) SELECT ?1, id, ?3 FROM job WHERE id = ?2
         ON CONFLICT (job_id, prerequisite) DO UPDATE SET edge = max(edge, excluded.edge)",
    )?;
    for After { job: prerequisite, on } in after {
        let edge = if *on == Edge::Success { "success" } else { "end" };
        if insert.execute(params![job, prerequisite.0, edge])? == 0 {
            return Err(Error::NoSuchJob(*prerequisite));
        }
    }
    Ok(())
}

/// Lets the jobs go on, or end, that waited for those that just ended; and so on through their dependents.
pub(super) fn settle_dependents(tx: &Transaction<'_>, ended: &[i64], now: i64) -> Result<()> {
    let mut ended = ended.to_vec();
    while !ended.is_empty() {
        let waiting: Vec<i64> = tx
            .prepare_cached(
                // In this order: the planner would rather read every blocked job there is.
                "SELECT DISTINCT job_id FROM json_each(?1) CROSS JOIN job_dependency ON prerequisite = value
                 CROSS JOIN job ON job.id = job_id WHERE state = 'blocked' ORDER BY job_id",
            )?
            .query_map([serde_json::json!(ended).to_string()], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        ended.clear();
        for job in waiting {
            if settle(tx, job, now)?.is_some_and(|state| !state.is_active()) {
                ended.push(job);
            }
        }
    }
    Ok(())
}

/// Lets a blocked job go on or end if what it waits for allows; says where it stands then, or `None` if it still waits.
pub(super) fn settle(tx: &Transaction<'_>, job: i64, now: i64) -> Result<Option<State>> {
    let (state, reason) = match fate(tx, job)? {
        Fate::Waits => return Ok(None),
        Fate::Ready => match run_before(tx, job)? {
            // The one between them was cancelled while it waited itself.
            Some(earlier) => return link(tx, job, &[After { job: earlier, on: Edge::End }]).map(|()| None),
            None => (State::Enqueued, None),
        },
        Fate::Failed(needed) => (State::Failed, Some((NEEDED_FAILED, needed, "failed"))),
        Fate::Cancelled(needed) => (State::Cancelled, Some((NEEDED_CANCELLED, needed, "was cancelled"))),
    };
    let reason = reason.map(|(code, (id, title), what)| Reason {
        code: code.into(),
        message: format!("It needs job {id} ({title}), which {what}."),
        hint: Some(format!("Retry job {id}; this one then comes back with it.")),
    });
    let (code, message, hint) = super::row::reason_columns(reason.as_ref());
    tx.prepare_cached(
        "UPDATE job SET state = ?2, updated_at = ?3, finished_at = CASE WHEN ?2 = 'enqueued' THEN NULL ELSE ?3 END,
                        reason_code = ?4, reason_message = ?5, reason_hint = ?6,
                        run_at = CASE WHEN updated_at > ?7 THEN ?3 + max(0, run_at - updated_at) ELSE run_at END
         WHERE id = ?1",
    )?
    // What came from further in the future than a clock is set back on purpose came while it was wrong.
    .execute(params![job, state.as_str(), now, code, message, hint, now.saturating_add(MAX_SET_BACK_MS)])?;
    Ok(Some(state))
}

/// The outputs of the jobs whose success this one waited for, in the order of their numbers.
pub(super) fn inputs(conn: &Connection, job: i64) -> Result<Vec<Value>> {
    conn.prepare_cached(
        "SELECT output FROM job_dependency JOIN job ON job.id = prerequisite
         WHERE job_id = ?1 AND edge = 'success' AND output IS NOT NULL ORDER BY prerequisite",
    )?
    .query_and_then([job], |row| json("output", row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?))?
    .collect()
}

/// The jobs whose end, or success, a job still waits for.
pub(super) fn open_prerequisites(conn: &Connection, job: i64) -> Result<Vec<JobId>> {
    let ids = conn
        .prepare_cached(
            "SELECT prerequisite FROM job_dependency JOIN job ON job.id = prerequisite
             WHERE job_id = ?1 AND finished_at IS NULL ORDER BY prerequisite",
        )?
        .query_map([job], |row| row.get(0).map(JobId))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(ids)
}

/// What becomes of a job that waits.
enum Fate {
    Ready,
    Waits,
    /// The number and title of the job that it needed.
    Failed((i64, String)),
    Cancelled((i64, String)),
}

fn fate(tx: &Transaction<'_>, job: i64) -> Result<Fate> {
    let bad: Option<(String, i64, String)> = tx
        .prepare_cached(
            "SELECT state, id, title FROM job_dependency JOIN job ON job.id = prerequisite
             WHERE job_id = ?1 AND edge = 'success' AND state IN ('failed', 'cancelled') ORDER BY id LIMIT 1",
        )?
        .query_row([job], |row| {
            // A title is only shown: a damaged one holds nobody up.
            let title = String::from_utf8_lossy(row.get_ref(2)?.as_bytes()?).into_owned();
            Ok((row.get(0)?, row.get(1)?, title))
        })
        .optional()?;
    match bad {
        Some((state, id, title)) if state == State::Failed.as_str() => Ok(Fate::Failed((id, title))),
        Some((_, id, title)) => Ok(Fate::Cancelled((id, title))),
        None if open_prerequisites(tx, job)?.is_empty() => Ok(Fate::Ready),
        None => Ok(Fate::Waits),
    }
}
