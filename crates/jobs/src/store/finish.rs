//! The ways a lease ends: well, with an error, handed back, cancelled, or taken back from a dead owner.
//!
//! A person's wish to cancel wins over every end but success: a job that was asked to stop never goes back into the
//! queue.

use super::damaged::Damage;
use super::depend::settle_dependents;
use super::enqueue::json_text;
use super::fire::schedule_ended;
use super::row::{backoff, reason_columns};
use crate::limits::{MAX_HISTORY_ROWS, MAX_SET_BACK_MS};
use crate::{Backoff, Error, Failure, JobId, Lease, Outcome, Owner, Reason, Reclaim, Result, ScheduleId, State, Stop};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde_json::Value;

/// The code of a job whose last allowed attempt ended with its process.
pub const CRASHED: &str = "crashed";

/// Ends the job well. Fails with [`Error::LeaseLost`] when the lease is no longer held.
pub fn succeed(tx: &Transaction<'_>, lease: &Lease, output: Option<Value>, now: i64) -> Result<()> {
    let held = held(tx, lease)?;
    let output = output.map(|output| json_text("output", &output)).transpose()?;
    tx.prepare_cached("UPDATE job SET output = ?2, progress_fraction = 1.0 WHERE id = ?1")?
        .execute(params![held.job, output])?;
    leave(tx, &held, State::Succeeded, Outcome::Succeeded, None, now).map(drop)
}

/// Ends the attempt with an error and says where the job stands now: [`State::Enqueued`] after a retryable error with
/// attempts left, due after its backoff (`jitter` from 0 to 1, see [`Backoff::delay_ms`]), or later if it asks for that; otherwise
/// [`State::Failed`], or [`State::Cancelled`] if that was asked for.
///
/// Fails with [`Error::LeaseLost`] when the lease is no longer held.
pub fn fail(tx: &Transaction<'_>, lease: &Lease, failure: &Failure, now: i64, jitter: f64) -> Result<State> {
    let held = held(tx, lease)?;
    let reason = Some(failure.reason());
    if held.cancel_requested {
        return leave(tx, &held, State::Cancelled, Outcome::Cancelled, reason, now);
    }
    let no_sooner_than = match failure {
        Failure::Retryable(_) => Some(0),
        Failure::After(_, wait_ms) => Some(*wait_ms),
        Failure::Final(_) => None,
    };
    if let Some(wait_ms) = no_sooner_than.filter(|_| held.attempts < held.max_attempts) {
        if let Some(damaged) = &held.damaged {
            let message = format!("{} It cannot be tried again. {}", failure.reason().message, damaged.message);
            let reason = Reason { message, ..damaged.clone() };
            return leave(tx, &held, State::Failed, Outcome::Failed, Some(&reason), now);
        }
        let run_at = now.saturating_add(held.backoff.delay_ms(held.attempts, jitter).max(wait_ms));
        return leave(tx, &Held { run_at, ..held }, State::Enqueued, Outcome::Retried, reason, now);
    }
    leave(tx, &held, State::Failed, Outcome::Failed, reason, now)
}

/// Hands the job back in its old place without counting the attempt; why it was stopped goes into the history. Says where
/// the job stands: [`State::Enqueued`], or [`State::Cancelled`] if that was asked for.
///
/// Fails with [`Error::LeaseLost`] when the lease is no longer held.
pub fn release(tx: &Transaction<'_>, lease: &Lease, why: &Stop, now: i64) -> Result<State> {
    let held = held(tx, lease)?;
    let reason = why.reason();
    if held.cancel_requested {
        return leave(tx, &held, State::Cancelled, Outcome::Cancelled, Some(&reason), now);
    }
    trim_history(tx, held.job)?;
    // It was due; if it no longer is, the clock had been wrong.
    let back = Held { run_at: held.run_at.min(now), attempts: held.attempts.saturating_sub(1), ..held };
    leave(tx, &back, State::Enqueued, Outcome::Released, Some(&reason), now)
}

/// Takes leases back from owners that are gone and says where each job stands now.
///
/// The attempt stays counted. With attempts left the job is due at once, but after the others of its priority, so that
/// a job which kills its process lets them pass; without, it ends as failed with the code [`CRASHED`]; and it ends as
/// cancelled if that was asked for. One that cannot be read ends as failed with the code [`crate::JOB_DAMAGED`].
///
/// Jobs that wait for a time which a wrong clock, set back since, had named wait as long from now on.
pub fn reclaim(tx: &Transaction<'_>, which: &Reclaim<'_>, now: i64) -> Result<Vec<(JobId, State)>> {
    set_right(tx, now)?;
    lost(tx, which, now)?
        .into_iter()
        .map(|job| {
            // Read only now: the end of one may have started a schedule that cancels the next.
            let held = still_held(tx, job)?;
            let reason = crashed(&held);
            let state = if held.cancel_requested {
                leave(tx, &held, State::Cancelled, Outcome::Cancelled, None, now)
            } else if held.damaged.is_some() {
                leave(tx, &held, State::Failed, Outcome::Crashed, held.damaged.as_ref(), now)
            } else if held.attempts < held.max_attempts {
                leave(tx, &Held { run_at: now, ..held }, State::Enqueued, Outcome::Crashed, Some(&reason), now)
            } else {
                leave(tx, &held, State::Failed, Outcome::Crashed, Some(&reason), now)
            };
            Ok((JobId(job), state?))
        })
        .collect()
}

/// Ends a job that was just leased as failed: it cannot be handed out.
pub(super) fn fail_unread(tx: &Transaction<'_>, job: i64, reason: &Reason, now: i64) -> Result<()> {
    leave(tx, &still_held(tx, job)?, State::Failed, Outcome::Failed, Some(reason), now).map(drop)
}

/// Jobs that were last touched in a future which is further off than a clock is set back on purpose.
fn set_right(tx: &Transaction<'_>, now: i64) -> Result<()> {
    tx.prepare_cached(
        "UPDATE job INDEXED BY job_due SET run_at = ?2 + max(0, run_at - updated_at), updated_at = ?2
         WHERE state = 'enqueued' AND run_at > ?1 AND updated_at > ?1",
    )?
    .execute([now.saturating_add(MAX_SET_BACK_MS), now])?;
    Ok(())
}

/// What decides how a leased job goes on.
struct Held {
    job: i64,
    token: i64,
    attempts: u32,
    max_attempts: u32,
    backoff: Backoff,
    run_at: i64,
    cancel_requested: bool,
    schedule: Option<ScheduleId>,
    /// Why it cannot be tried again: its row cannot be read.
    damaged: Option<Reason>,
}

const HELD_COLUMNS: &str = "id, lease_id, attempts, max_attempts, backoff_kind, backoff_initial_ms, backoff_max_ms, \
     run_at, cancel_requested_at IS NOT NULL AS cancel_requested, schedule_id";

fn held_row(row: &Row<'_>) -> Result<Held> {
    let mut damage = Damage::default();
    let held = Held {
        job: row.get("id")?,
        token: row.get("lease_id")?,
        attempts: damage.get(row, "attempts")?,
        max_attempts: damage.get(row, "max_attempts")?,
        backoff: damage.read("backoff_kind", backoff(row))?,
        run_at: damage.get(row, "run_at")?,
        cancel_requested: row.get("cancel_requested")?,
        schedule: damage.get::<Option<i64>>(row, "schedule_id")?.map(ScheduleId),
        damaged: None,
    };
    Ok(Held { damaged: damage.reason(), ..held })
}

/// The job behind a lease, if the lease is still the one that counts.
fn held(tx: &Transaction<'_>, lease: &Lease) -> Result<Held> {
    let sql =
        format!("SELECT {HELD_COLUMNS} FROM job WHERE id = ?1 AND state = 'running' AND owner = ?2 AND lease_id = ?3");
    tx.prepare_cached(&sql)?
        .query_row(params![lease.id.0, lease.owner.0, lease.token], |row| Ok(held_row(row)))
        .optional()?
        .unwrap_or(Err(Error::LeaseLost(lease.id)))
}

fn still_held(tx: &Transaction<'_>, job: i64) -> Result<Held> {
    let sql = format!("SELECT {HELD_COLUMNS} FROM job WHERE id = ?1");
    tx.prepare_cached(&sql)?.query_row([job], |row| Ok(held_row(row)))?
}

fn lost(tx: &Transaction<'_>, which: &Reclaim<'_>, now: i64) -> Result<Vec<i64>> {
    let mut sql = String::from("SELECT id FROM job WHERE state = 'running' AND ");
    let param: Box<dyn rusqlite::ToSql> = match which {
        Reclaim::Expired => {
            sql.push_str("lease_until <= ?1 ORDER BY id");
            Box::new(now)
        }
        Reclaim::NotOwnedBy(Owner(owner)) => {
            sql.push_str("owner <> ?1 ORDER BY id");
            Box::new(owner.clone())
        }
    };
    Ok(tx.prepare_cached(&sql)?.query_map([param], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

fn crashed(held: &Held) -> Reason {
    let last = held.attempts >= held.max_attempts;
    Reason {
        code: CRASHED.into(),
        message: format!("The program stopped during attempt {} of {}.", held.attempts, held.max_attempts),
        hint: last.then(|| "Retry it; if the program stops again, report what it was working on.".into()),
    }
}

/// Ends the attempt, and with it the job or not, and says where the job stands then. Back in the queue, it is due and has
/// its attempts as `held` says.
fn leave(
    tx: &Transaction<'_>,
    held: &Held,
    state: State,
    outcome: Outcome,
    reason: Option<&Reason>,
    now: i64,
) -> Result<State> {
    let (code, message, hint) = reason_columns(reason);
    let finished_at = if state.is_active() { None } else { Some(now) };
    tx.prepare_cached(
        "UPDATE job SET state = ?2, owner = NULL, lease_id = NULL, lease_until = NULL, run_at = ?3, attempts = ?4,
                        finished_at = ?5, updated_at = ?6, reason_code = ?7, reason_message = ?8, reason_hint = ?9
         WHERE id = ?1",
    )?
    .execute(params![
        held.job,
        state.as_str(),
        held.run_at,
        held.attempts,
        finished_at,
        now,
        code,
        message,
        hint
    ])?;
    tx.prepare_cached(
        "UPDATE job_attempt SET ended_at = ?2, outcome = ?3, reason_code = ?4, reason_message = ?5, reason_hint = ?6
         WHERE id = ?1",
    )?
    .execute(params![held.token, now, outcome.as_str(), code, message, hint])?;
    if !state.is_active() {
        settle_dependents(tx, &[held.job], now)?;
        if let Some(schedule) = held.schedule.filter(|_| state != State::Cancelled) {
            schedule_ended(tx, schedule, now)?;
        }
    }
    Ok(state)
}

fn trim_history(tx: &Transaction<'_>, job: i64) -> Result<()> {
    tx.prepare_cached(
        "DELETE FROM job_attempt WHERE job_id = ?1 AND id <= (
             SELECT id FROM job_attempt WHERE job_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
    )?
    .execute(params![job, MAX_HISTORY_ROWS])?;
    Ok(())
}
