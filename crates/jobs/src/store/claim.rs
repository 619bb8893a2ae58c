//! Taking jobs, keeping them, and knowing when to look again.
//!
//! The questions of a claim name their index: without statistics the planner may take the index by state, and a claim
//! would then read every waiting job.

use super::broken::if_readable;
use super::damaged::Damage;
use super::depend::inputs;
use super::finish::fail_unread;
use super::row::{backoff, merger, needs};
use crate::limits::{DAMAGED_AT_ONCE, MAX_WORDS_BYTES, cut};
use crate::{Claim, Conditions, GroupId, JobId, Lease, Machine, Owner, Result, ScheduleId};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use std::cmp::Reverse;

/// Leases due jobs to `owner` until `now + lease_ms`: highest priority first, then the longest due, then the oldest.
///
/// Takes nothing while the queue is paused, unless the claim says so, and only jobs whose conditions hold on the machine
/// of the claim. Each lease counts as an attempt and opens a line in the job's history.
///
/// A job that cannot be read as it is stored ends as failed with the code [`crate::JOB_DAMAGED`], and the next takes its
/// place.
pub fn claim(tx: &Transaction<'_>, owner: &Owner, now: i64, lease_ms: i64, claim: &Claim) -> Result<Vec<Lease>> {
    if claim.limit == 0 || (!claim.even_paused && paused(tx)?) {
        return Ok(Vec::new());
    }
    let until = now.saturating_add(lease_ms);
    let mut leases = Vec::new();
    let mut at_once = claim.limit;
    loop {
        let due = due(tx, claim, now, at_once)?;
        let mut gone = 0;
        for Due { id, .. } in due {
            if leases.len() == claim.limit {
                return Ok(leases);
            }
            match lease(tx, id, owner, now, until)? {
                Some(lease) => leases.push(lease),
                None => gone += 1,
            }
        }
        // Most often all could be read, and there is no more to be had.
        if gone == 0 || leases.len() == claim.limit {
            return Ok(leases);
        }
        // Where one is damaged, many are: a newer version was here.
        at_once = claim.limit.max(DAMAGED_AT_ONCE);
    }
}

/// The first `most` jobs that may be claimed now, in their turn.
fn due(tx: &Transaction<'_>, claim: &Claim, now: i64, most: usize) -> Result<Vec<Due>> {
    let mut due = Vec::new();
    for line in lines(tx)? {
        if wanted(claim, &line.kind) && met(&line.needs, &claim.machine, now)? {
            due_of_line(tx, &line, claim.least_priority, now, most, &mut due)?;
        }
    }
    due.sort_unstable_by_key(|due| (Reverse(due.priority), due.run_at, due.id));
    due.truncate(most);
    Ok(due)
}

/// Whether the claim is for this kind. A kind that is no text is everyone's, or else nobody would end such jobs.
fn wanted(claim: &Claim, kind: &[u8]) -> bool {
    let Ok(kind) = std::str::from_utf8(kind) else { return true };
    let is = |other: &String| other == kind;
    claim.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(is)) && !claim.excluded_kinds.iter().any(is)
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

/// Jobs of one kind with the same conditions, as they are stored: bytes, for what is damaged may be no text.
struct Line {
    kind: Vec<u8>,
    needs: Vec<u8>,
}

/// The lines that have enqueued jobs, each found with a step or two in the index. A comparison of both columns at once
/// would read every job of a line to come to the next.
fn lines(conn: &Connection) -> Result<Vec<Line>> {
    let mut same_kind = conn.prepare_cached(
        "SELECT kind, needs FROM job INDEXED BY job_ready
         WHERE state = 'enqueued' AND kind = CAST(?1 AS TEXT) AND needs > CAST(?2 AS TEXT)
         ORDER BY needs LIMIT 1",
    )?;
    let mut next_kind = conn.prepare_cached(
        "SELECT kind, needs FROM job INDEXED BY job_ready WHERE state = 'enqueued' AND kind > CAST(?1 AS TEXT)
         ORDER BY kind, needs LIMIT 1",
    )?;
    let bytes = |row: &Row<'_>, column| Ok::<_, rusqlite::Error>(row.get_ref(column)?.as_bytes()?.to_vec());
    let line = |row: &Row<'_>| Ok(Line { kind: bytes(row, 0)?, needs: bytes(row, 1)? });
    let mut lines = Vec::<Line>::new();
    loop {
        let next = match lines.last() {
            Some(Line { kind, needs }) => match same_kind.query_row([kind, needs], line).optional()? {
                Some(next) => Some(next),
                None => next_kind.query_row([kind], line).optional()?,
            },
            // No kind is empty.
            None => next_kind.query_row([b""], line).optional()?,
        };
        match next {
            Some(next) => lines.push(next),
            None => return Ok(lines),
        }
    }
}

/// Whether the conditions hold. Those that cannot be read keep nothing from being looked at.
fn met(stored: &[u8], machine: &Machine, now: i64) -> Result<bool> {
    Ok(stored.is_empty() || readable_needs(stored)?.is_none_or(|needs| needs.unmet(machine, now).is_empty()))
}

fn readable_needs(stored: &[u8]) -> Result<Option<Conditions>> {
    match std::str::from_utf8(stored) {
        Ok(text) => if_readable(needs(text)),
        Err(_) => Ok(None),
    }
}

/// The different conditions of the jobs that wait for their turn, those without any left out, and those that cannot be
/// read: the next claim ends such jobs.
pub fn waiting_conditions(conn: &Connection) -> Result<Vec<Conditions>> {
    let mut stored: Vec<_> = lines(conn)?.into_iter().map(|line| line.needs).filter(|n| !n.is_empty()).collect();
    stored.sort_unstable();
    stored.dedup();
    stored.iter().filter_map(|stored| readable_needs(stored).transpose()).collect()
}

/// Adds the first `limit` due jobs of one line. Going priority by priority keeps jobs that are not yet due, however
/// many, out of the way.
fn due_of_line(
    tx: &Transaction<'_>,
    line: &Line,
    least_priority: Option<i32>,
    now: i64,
    limit: usize,
    due: &mut Vec<Due>,
) -> Result<()> {
    let mut next_priority = tx.prepare_cached(
        "SELECT priority FROM job INDEXED BY job_ready
         WHERE state = 'enqueued' AND kind = CAST(?1 AS TEXT) AND needs = CAST(?2 AS TEXT) AND priority <= ?3
         ORDER BY priority DESC LIMIT 1",
    )?;
    let mut of_priority = tx.prepare_cached(
        "SELECT id, priority, run_at FROM job INDEXED BY job_ready
         WHERE state = 'enqueued' AND kind = CAST(?1 AS TEXT) AND needs = CAST(?2 AS TEXT) AND priority = ?3
            AND run_at <= ?4
         ORDER BY run_at, id LIMIT ?5",
    )?;
    let end = due.len().saturating_add(limit);
    let mut highest = Some(i64::MAX);
    while let Some(below) = highest.filter(|_| due.len() < end) {
        let next = next_priority.query_row(params![line.kind, line.needs, below], |row| row.get::<_, i64>(0));
        let Some(priority) = next.optional()? else { break };
        if least_priority.is_some_and(|least| priority < i64::from(least)) {
            break;
        }
        highest = priority.checked_sub(1);
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

/// Leases a job; `None` if it cannot be read, which is its end, or no longer waits: the end of such a job may have started
/// a schedule that cancels the next.
fn lease(tx: &Transaction<'_>, id: i64, owner: &Owner, now: i64, until: i64) -> Result<Option<Lease>> {
    // A job in the queue has an attempt left, whatever a damaged count of them says.
    let opened = tx
        .prepare_cached(
            "INSERT INTO job_attempt (job_id, attempt, owner, started_at)
             SELECT id, min(attempts + 1, max_attempts), ?2, ?3 FROM job WHERE id = ?1 AND state = 'enqueued'",
        )?
        .execute(params![id, owner.0, now])?;
    if opened == 0 {
        return Ok(None);
    }
    let token = tx.last_insert_rowid();
    let mut update = tx.prepare_cached(
        "UPDATE job SET state = 'running', attempts = min(attempts + 1, max_attempts), owner = ?2, lease_id = ?3,
                        lease_until = ?4, started_at = ?5, updated_at = ?5, progress_fraction = NULL,
                        progress_words = NULL, resting = 0
         WHERE id = ?1
         RETURNING kind, payload, subject, title, group_id, attempts, max_attempts, needs, budget_ms, schedule_id,
                   merger, priority, generation, unique_key, backoff_kind, backoff_initial_ms, backoff_max_ms",
    )?;
    let mut rows = update.query(params![id, owner.0, token, until, now])?;
    let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    let mut damage = Damage::default();
    let d = &mut damage;
    let merger = d.parsed(row, "merger", merger)?;
    let mut lease = Lease {
        id: JobId(id),
        kind: d.text(row, "kind")?.unwrap_or_default(),
        payload: d.json(row, "payload")?.unwrap_or_default(),
        subject: d.text(row, "subject")?,
        title: d.text(row, "title")?.unwrap_or_default(),
        group: d.get::<Option<i64>>(row, "group_id")?.map(GroupId),
        attempt: d.get(row, "attempts")?,
        max_attempts: d.get(row, "max_attempts")?,
        conditions: d.parsed(row, "needs", needs)?,
        budget_ms: d.get(row, "budget_ms")?,
        schedule: d.get::<Option<i64>>(row, "schedule_id")?.map(ScheduleId),
        owner: owner.clone(),
        lease_until: until,
        token,
    };
    // What its end will need, and whoever looks at it, is read now: it is not to fail after its work.
    d.read("backoff_kind", backoff(row))?;
    d.get::<i32>(row, "priority")?;
    d.get::<u32>(row, "generation")?;
    d.text(row, "unique_key")?;
    // SQLite promises the whole update only once the statement has run to its end.
    while rows.next()?.is_some() {}
    let outputs = damage.read("the output of a job that it needs", inputs(tx, id))?;
    if let Some(reason) = damage.reason() {
        fail_unread(tx, id, &reason, now)?;
        return Ok(None);
    }
    lease.payload = merger.merge(lease.payload, outputs);
    Ok(Some(lease))
}
