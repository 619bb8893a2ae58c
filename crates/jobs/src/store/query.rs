//! Looking at jobs.

use super::broken::if_readable;
use super::damaged::Damage;
use super::filter::condition;
use super::row::{self, JOB_COLUMNS};
use crate::{ActiveJob, Attempt, Counts, Error, Filter, Job, JobId, Outcome, Owner, Page, Result, State};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};
use std::collections::HashMap;

/// One job; `None` if it does not exist or was pruned.
pub fn job(conn: &Connection, id: JobId) -> Result<Option<Job>> {
    let sql = format!("SELECT {JOB_COLUMNS} FROM job WHERE id = ?1");
    conn.prepare_cached(&sql)?.query_and_then([id.0], row::job)?.next().transpose()
}

/// The selected jobs, the running first, then the newest, from number `offset` (0 is the first) and at most `limit` of
/// them.
pub fn jobs(conn: &Connection, filter: &Filter, offset: u64, limit: u64) -> Result<Page> {
    let condition = condition(filter);
    let total = format!("SELECT count(*) FROM job WHERE {}", condition.sql);
    let total = conn
        .prepare_cached(&total)?
        .query_row(params_from_iter(condition.params.iter()), |row| row.get::<_, i64>(0))?;
    // The page is chosen by ids alone, so that whole rows are read only for the jobs on it; and the running, which are
    // few, are put before the others, so that no index has to know of this order.
    let page = format!(
        "SELECT {JOB_COLUMNS} FROM job
         WHERE id IN (
             SELECT id FROM (
                 SELECT id, 1 AS runs FROM job WHERE state = 'running' AND {0}
                 UNION ALL
                 SELECT * FROM (SELECT id, 0 FROM job WHERE state <> 'running' AND {0} ORDER BY id DESC LIMIT ?)
             ) ORDER BY runs DESC, id DESC LIMIT ? OFFSET ?)
         ORDER BY state = 'running' DESC, id DESC",
        condition.sql
    );
    let params = condition.params.iter().chain(&condition.params).cloned();
    let bounds = [limit.saturating_add(offset), limit, offset];
    let bounds = bounds.map(|bound| Value::from(i64::try_from(bound).unwrap_or(i64::MAX)));
    let jobs = conn
        .prepare_cached(&page)?
        .query_and_then(params_from_iter(params.chain(bounds)), row::job)?
        .collect::<Result<_>>()?;
    Ok(Page { jobs, total: total.unsigned_abs() })
}

/// How many jobs are in each state.
pub fn counts(conn: &Connection) -> Result<Counts> {
    let mut counts = Counts::default();
    let mut select = conn.prepare_cached("SELECT state, n FROM job_count")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let n = row.get::<_, i64>("n")?.unsigned_abs();
        // Of a state that only a newer version knows, nothing is told.
        let Some(state) = if_readable(row::state(row))? else { continue };
        match state {
            State::Enqueued => counts.enqueued = n,
            State::Blocked => counts.blocked = n,
            State::Running => counts.running = n,
            State::Succeeded => counts.succeeded = n,
            State::Failed => counts.failed = n,
            State::Cancelled => counts.cancelled = n,
        }
    }
    Ok(counts)
}

/// Every attempt of a job, oldest first.
pub fn history(conn: &Connection, id: JobId) -> Result<Vec<Attempt>> {
    conn.prepare_cached(
        "SELECT attempt, owner, started_at, ended_at, outcome, reason_code, reason_message, reason_hint
         FROM job_attempt WHERE job_id = ?1 ORDER BY id",
    )?
    .query_and_then([id.0], attempt)?
    .collect()
}

/// The active jobs about each of `subjects`, oldest first. Subjects without any are left out.
pub fn active_by_subject(conn: &Connection, subjects: &[String]) -> Result<HashMap<String, Vec<ActiveJob>>> {
    let mut select = conn.prepare_cached(
        "SELECT id, kind, state, run_at, attempts, progress_fraction, progress_words FROM job
         WHERE subject = ?1 AND state IN ('enqueued', 'blocked', 'running') ORDER BY id",
    )?;
    let mut found = HashMap::new();
    for subject in subjects {
        let jobs = select.query_and_then([subject], active_job)?.collect::<Result<Vec<_>>>()?;
        if !jobs.is_empty() {
            found.insert(subject.clone(), jobs);
        }
    }
    Ok(found)
}

fn attempt(row: &Row<'_>) -> Result<Attempt> {
    let mut damage = Damage::default();
    let outcome =
        |name: String| Outcome::from_name(&name).ok_or(Error::Corrupt { column: "job_attempt.outcome", problem: name });
    let mut attempt = Attempt {
        attempt: damage.get(row, "attempt")?,
        owner: Owner(damage.text(row, "owner")?.unwrap_or_default()),
        started_at: damage.get(row, "started_at")?,
        ended_at: damage.get(row, "ended_at")?,
        outcome: damage
            .text(row, "outcome")?
            .map_or(Ok(None), |name| damage.read("outcome", outcome(name).map(Some)))?,
        reason: row::reason(row, &mut damage)?,
    };
    attempt.reason = attempt.reason.or_else(|| damage.reason());
    Ok(attempt)
}

fn active_job(row: &Row<'_>) -> Result<ActiveJob> {
    let mut damage = Damage::default();
    Ok(ActiveJob {
        id: JobId(row.get("id")?),
        kind: damage.text(row, "kind")?.unwrap_or_default(),
        state: row::state(row)?,
        run_at: damage.get(row, "run_at")?,
        attempts: damage.get(row, "attempts")?,
        progress: row::progress(row, &mut damage)?,
    })
}
