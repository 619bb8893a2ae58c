//! A person's wish that jobs stop.

use super::depend::settle_dependents;
use super::filter::condition;
use crate::{Filter, JobId, Owner, Result, State};
use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params_from_iter};

/// Cancels the selected jobs: waiting ones end at once; running ones are marked and returned, and their handlers must
/// be told. Ended jobs stay as they are. What needs a cancelled job is cancelled with it.
pub fn request_cancel(tx: &Transaction<'_>, filter: &Filter, now: i64) -> Result<Vec<JobId>> {
    let condition = condition(filter);
    let params = || std::iter::once(Value::from(now)).chain(condition.params.iter().cloned());
    let running = format!(
        "UPDATE job SET cancel_requested_at = coalesce(cancel_requested_at, ?1), updated_at = ?1
         WHERE state = 'running' AND {} RETURNING id",
        condition.sql
    );
    let mut running: Vec<JobId> = tx
        .prepare_cached(&running)?
        .query_map(params_from_iter(params()), |row| row.get(0).map(JobId))?
        .collect::<rusqlite::Result<_>>()?;
    running.sort_unstable();
    let waiting = format!(
        "UPDATE job SET state = 'cancelled', finished_at = ?1, updated_at = ?1
         WHERE state IN ('enqueued', 'blocked') AND {} RETURNING id",
        condition.sql
    );
    let ended: Vec<i64> = tx
        .prepare_cached(&waiting)?
        .query_map(params_from_iter(params()), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    settle_dependents(tx, &ended, now)?;
    let every_state = |states: &Vec<State>| State::ACTIVE.iter().all(|state| states.contains(state));
    if filter.states.as_ref().is_none_or(every_state)
        && *filter == (Filter { states: filter.states.clone(), ..Filter::default() })
    {
        tx.execute("UPDATE job_queue SET cancelled_all_at = ?1", [now])?;
    }
    Ok(running)
}

/// When all jobs were last cancelled at once.
pub fn cancelled_all_at(conn: &Connection) -> Result<Option<i64>> {
    Ok(conn.prepare_cached("SELECT cancelled_all_at FROM job_queue")?.query_row([], |row| row.get(0))?)
}

/// The running jobs of `owner` that were asked to stop, by this process or another.
pub fn cancel_requests(conn: &Connection, owner: &Owner) -> Result<Vec<JobId>> {
    let ids = conn
        .prepare_cached(
            "SELECT id FROM job WHERE state = 'running' AND owner = ?1 AND cancel_requested_at IS NOT NULL ORDER BY id",
        )?
        .query_map([&owner.0], |row| row.get(0).map(JobId))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(ids)
}
