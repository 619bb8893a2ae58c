//! Taking jobs, keeping them, and knowing when to look again.
//!
//! The questions of a claim name their index: without statistics the planner may take the index by state, and a claim
//! would then read every waiting job.

use super::depend::inputs;
use super::enqueue::merger_named;
use super::row::{json, needs};
use crate::limits::{MAX_WORDS_BYTES, cut};
use crate::{Claim, Conditions, GroupId, JobId, Lease, Machine, Owner, Result, ScheduleId};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

/// Leases due jobs to `owner` until `now + lease_ms`: highest priority first, then the longest due, then the oldest.
///
/// Takes nothing while the queue is paused, unless the claim says so, and only jobs whose conditions hold on the machine of the claim. Each lease counts as an attempt and opens a line in the job's history.
pub fn claim(tx: &Transaction<'_>, owner: &Owner, now: i64, lease_ms: i64, claim: &Claim) -> Result<Vec<Lease>> {
    if claim.limit == 0 || (!claim.even_paused && paused(tx)?) {
        return Ok(Vec::new());
    }
    let mut due = Vec::new();
    for Line { kind, needs } in lines(tx)? {
        let wanted = claim.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
        if wanted && !claim.excluded_kinds.contains(&kind) && met(&needs, &claim.machine, now)? {
            due_of_line(tx, &Line { kind, needs }, now, claim.limit, &mut due)?;
        }
    }
    due.sort_unstable_by_key(|due| (-due.priority, due.run_at, due.id));
    due.truncate(claim.limit);
    let until = now.saturating_add(lease_ms);
    due.into_iter().map(|due| lease(tx, due.id, owner, now, until)).collect()
}

/// Extends the leases that `owner` still holds among `ids` to `now + lease_ms` and returns those jobs. The others were
/// taken back: their handlers must stop.
pub fn renew(tx: &Transaction<'_>, owner: &Owner, ids: &[JobId], now: i64, lease_ms: i64) -> Result<Vec<JobId>> {
    let mut update =
        tx.prepare_cached("UPDATE job SET lease_until = ?3 WHERE id = ?1 AND state = 'running' AND owner = ?2")?;
    let until = now.saturating_add(lease_ms);
    let mut kept = Vec::new();
    for id in ids {
        if update.execute(params![id.0, owner.0, until])? == 1 {
            kept.push(*id);
        }
    }
    Ok(kept)
}

/// Notes how far the job is: `fraction` from 0 to 1 (clamped) and words for a person. Returns whether the lease is
/// still held; if not, nothing is noted.
pub fn progress(tx: &Transaction<'_>, lease: &Lease, fraction: f32, words: &str, now: i64) -> Result<bool> {
    let fraction = if fraction.is_nan() { 0.0 } else { fraction.clamp(0.0, 1.0) };
    let changed = tx
        .prepare_cached(
            "UPDATE job SET progress_fraction = ?4, progress_words = ?5, updated_at = ?6
             WHERE id = ?1 AND state = 'running' AND owner = ?2 AND lease_id = ?3",
        )?
        .execute(params![lease.id.0, lease.owner.0, lease.token, fraction, cut(words, MAX_WORDS_BYTES), now])?;
    Ok(changed == 1)
}

/// Notes that a person lets a running job rest, or go on: it keeps its lease. The next attempt does not rest.
pub fn set_resting(tx: &Transaction<'_>, id: JobId, resting: bool) -> Result<()> {
    tx.prepare_cached("UPDATE job SET resting = ?2 WHERE id = ?1 AND state = 'running'")?
        .execute(params![id.0, resting])?;
    Ok(())
}

/// Stops or starts handing out jobs, for every process and over restarts. Running jobs are not touched.
pub fn set_paused(tx: &Transaction<'_>, paused: bool) -> Result<()> {
    tx.execute("UPDATE job_queue SET paused = ?1", [paused])?;
    Ok(())
}

/// Whether the queue is paused.
pub fn paused(conn: &Connection) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT paused FROM job_queue")?.query_row([], |row| row.get(0))?)
}

/// When the next job that is not yet due becomes due; `None` if there is none or the queue is paused.
///
/// Jobs that are already due are left out, so a runner that claims with the same `now` and has no free place for some
/// kind may sleep until this time or until a place is free.
pub fn next_run_at(conn: &Connection, now: i64) -> Result<Option<i64>> {
    if paused(conn)? {
        return Ok(None);
    }
    Ok(conn
        .prepare_cached("SELECT min(run_at) FROM job INDEXED BY job_due WHERE state = 'enqueued' AND run_at > ?1")?
        .query_row([now], |row| row.get(0))?)
}

/// A job that may be claimed, with what decides its turn.
struct Due {
    id: i64,
    priority: i64,
    run_at: i64,
}

/// Jobs of one kind with the same conditions.
struct Line {
    kind: String,
    needs: String,
}

/// The lines that have enqueued jobs, each found with a step or two in the index. A comparison of both columns at once
/// would read every job of a line to come to the next.
fn lines(conn: &Connection) -> Result<Vec<Line>> {
    let mut same_kind = conn.prepare_cached(
        "SELECT kind, needs FROM job INDEXED BY job_ready WHERE state = 'enqueued' AND kind = ?1 AND needs > ?2
         ORDER BY needs LIMIT 1",
    )?;
    let mut next_kind = conn.prepare_cached(
        "SELECT kind, needs FROM job INDEXED BY job_ready WHERE state = 'enqueued' AND kind > ?1
         ORDER BY kind, needs LIMIT 1",
    )?;
    let line = |row: &Row<'_>| Ok(Line { kind: row.get(0)?, needs: row.get(1)? });
    let mut lines = Vec::<Line>::new();
    loop {
        let next = match lines.last() {
            Some(Line { kind, needs }) => match same_kind.query_row([kind, needs], line).optional()? {
                Some(next) => Some(next),
                None => next_kind.query_row([kind], line).optional()?,
            },
            // No kind is empty.
            None => next_kind.query_row([""], line).optional()?,
        };
        match next {
            Some(next) => lines.push(next),
            None => return Ok(lines),
        }
    }
}

fn met(needs_text: &str, machine: &Machine, now: i64) -> Result<bool> {
    Ok(needs_text.is_empty() || needs(needs_text)?.unmet(machine, now).is_empty())
}

/// The different conditions of the jobs that wait for their turn, those without any left out.
pub fn waiting_conditions(conn: &Connection) -> Result<Vec<Conditions>> {
    let mut texts: Vec<String> = lines(conn)?.into_iter().map(|line| line.needs).filter(|n| !n.is_empty()).collect();
    texts.sort_unstable();
    texts.dedup();
    texts.iter().map(|text| needs(text)).collect()
}

/// Adds the first `limit` due jobs of one line. Going priority by priority keeps jobs that are not yet due, however
/// many, out of the way.
fn due_of_line(tx: &Transaction<'_>, line: &Line, now: i64, limit: usize, due: &mut Vec<Due>) -> Result<()> {
    let mut next_priority = tx.prepare_cached(
        "SELECT priority FROM job INDEXED BY job_ready
         WHERE state = 'enqueued' AND kind = ?1 AND needs = ?2 AND priority < ?3 ORDER BY priority DESC LIMIT 1",
    )?;
    let mut of_priority = tx.prepare_cached(
        "SELECT id, priority, run_at FROM job INDEXED BY job_ready
         WHERE state = 'enqueued' AND kind = ?1 AND needs = ?2 AND priority = ?3 AND run_at <= ?4
         ORDER BY run_at, id LIMIT ?5",
    )?;
    let end = due.len().saturating_add(limit);
    let mut priority = i64::from(i32::MAX) + 1;
    while due.len() < end {
        match next_priority.query_row(params![line.kind, line.needs, priority], |row| row.get(0)).optional()? {
            Some(next) => priority = next,
            None => break,
        }
        let left = i64::try_from(end - due.len()).unwrap_or(i64::MAX);
        let rows = of_priority.query_map(params![line.kind, line.needs, priority, now, left], |row| {
            Ok(Due { id: row.get(0)?, priority: row.get(1)?, run_at: row.get(2)? })
        })?;
        for row in rows {
            due.push(row?);
        }
    }
    Ok(())
}

fn lease(tx: &Transaction<'_>, id: i64, owner: &Owner, now: i64, until: i64) -> Result<Lease> {
    tx.prepare_cached(
        "INSERT INTO job_attempt (job_id, attempt, owner, started_at)
         SELECT id, attempts + 1, ?2, ?3 FROM job WHERE id = ?1",
    )?
    .execute(params![id, owner.0, now])?;
    let token = tx.last_insert_rowid();
    let mut update = tx.prepare_cached(
        "UPDATE job SET state = 'running', attempts = attempts + 1, owner = ?2, lease_id = ?3, lease_until = ?4,
                        started_at = ?5, updated_at = ?5, progress_fraction = NULL, progress_words = NULL,
                        resting = 0
         WHERE id = ?1
         RETURNING kind, payload, subject, title, group_id, attempts, max_attempts, needs, budget_ms, schedule_id,
                   merger",
    )?;
    let mut rows = update.query(params![id, owner.0, token, until, now])?;
    let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    let merger = merger_named(row.get_ref(10)?.as_str().map_err(rusqlite::Error::from)?);
    let mut lease = Lease {
        id: JobId(id),
        kind: row.get(0)?,
        payload: json("job.payload", row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?,
        subject: row.get(2)?,
        title: row.get(3)?,
        group: row.get::<_, Option<i64>>(4)?.map(GroupId),
        attempt: row.get(5)?,
        max_attempts: row.get(6)?,
        conditions: needs(&row.get::<_, String>(7)?)?,
        budget_ms: row.get(8)?,
        schedule: row.get::<_, Option<i64>>(9)?.map(ScheduleId),
        owner: owner.clone(),
        lease_until: until,
        token,
    };
    // SQLite promises the whole update only once the statement has run to its end.
    while rows.next()?.is_some() {}
    lease.payload = merger.merge(lease.payload, inputs(tx, id)?);
    Ok(lease)
}
