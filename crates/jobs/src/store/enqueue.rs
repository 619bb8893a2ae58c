//! Ways into the queue: new jobs, and ended ones that a person wants again.

use super::filter::condition;
use super::row::backoff_name;
use crate::limits::{MAX_ATTEMPTS, MAX_JSON_BYTES, MAX_KIND_BYTES, MAX_NAME_BYTES, MAX_TITLE_BYTES, cut};
use crate::{Backoff, Enqueued, Error, Filter, GroupId, JobId, NewJob, Result};
use rusqlite::{OptionalExtension, Transaction, params, params_from_iter};
use serde_json::Value;

/// Adds a job, or finds the active job that holds its unique name.
///
/// A job found this way stays as it is, also in the group it was added with.
///
/// Fails with [`Error::Invalid`], [`Error::NoSuchGroup`] or [`Error::GroupEnded`] without adding anything.
pub fn enqueue(tx: &Transaction<'_>, new: &NewJob, now: i64) -> Result<Enqueued> {
    check(new)?;
    let payload = json_text("payload", &new.payload)?;
    if let Some(unique) = &new.unique
        && let Some(id) = holder(tx, unique)?
    {
        return Ok(Enqueued { id, new: false });
    }
    if let Some(group) = new.group {
        check_open(tx, group)?;
    }
    tx.prepare_cached(
        "INSERT INTO job (kind, payload, subject, title, priority, group_id, unique_key, max_attempts, backoff_kind,
                          backoff_initial_ms, backoff_max_ms, run_at, state, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'enqueued', ?13, ?13)",
    )?
    .execute(params![
        new.kind,
        payload,
        new.subject,
        cut(&new.title, MAX_TITLE_BYTES),
        new.priority,
        new.group.map(|group| group.0),
        new.unique,
        new.max_attempts,
        backoff_name(new.backoff.kind),
        new.backoff.initial_ms,
        new.backoff.max_ms,
        new.run_at,
        now
    ])?;
    Ok(Enqueued { id: JobId(tx.last_insert_rowid()), new: true })
}

/// Puts the selected failed and cancelled jobs back into the queue with all their attempts, to run from `now`.
///
/// Jobs whose unique name another active job holds stay as they are. Of several ended jobs with one unique name the
/// newest comes back. Returns the jobs that did.
pub fn retry(tx: &Transaction<'_>, filter: &Filter, now: i64) -> Result<Vec<JobId>> {
    let condition = condition(filter);
    let sql =
        format!("SELECT id FROM job WHERE state IN ('failed', 'cancelled') AND {} ORDER BY id DESC", condition.sql);
    let ids: Vec<i64> = tx
        .prepare_cached(&sql)?
        .query_map(params_from_iter(condition.params), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut update = tx.prepare_cached(
        "UPDATE job SET state = 'enqueued', attempts = 0, run_at = ?2, updated_at = ?2, finished_at = NULL,
                        cancel_requested_at = NULL, started_at = NULL, progress_fraction = NULL,
                        progress_words = NULL, reason_code = NULL, reason_message = NULL, reason_hint = NULL
         WHERE id = ?1 AND (unique_key IS NULL OR NOT EXISTS (
             SELECT 1 FROM job AS other WHERE other.unique_key = job.unique_key
                AND other.state IN ('enqueued', 'blocked', 'running') AND other.cancel_requested_at IS NULL))",
    )?;
    let mut retried = Vec::new();
    for id in ids {
        if update.execute([id, now])? == 1 {
            retried.push(JobId(id));
        }
    }
    Ok(retried)
}

/// `value` as the text to store, proven to be readable again: what cannot be read back would stop the queue later.
pub(super) fn json_text(field: &'static str, value: &Value) -> Result<String> {
    let text = value.to_string();
    let invalid = |problem| Err(Error::Invalid { field, problem });
    if text.len() > MAX_JSON_BYTES {
        return invalid(format!("it has {} bytes as JSON, at most {MAX_JSON_BYTES} are allowed", text.len()));
    }
    match serde_json::from_str::<Value>(&text) {
        Ok(_) => Ok(text),
        Err(error) => invalid(error.to_string()),
    }
}

fn check(new: &NewJob) -> Result<()> {
    let invalid = |field, problem| Err(Error::Invalid { field, problem });
    if new.kind.is_empty() || new.kind.len() > MAX_KIND_BYTES {
        return invalid("kind", format!("it must have 1 to {MAX_KIND_BYTES} bytes"));
    }
    for (field, text) in [("subject", &new.subject), ("unique", &new.unique)] {
        if text.as_ref().is_some_and(|text| text.is_empty() || text.len() > MAX_NAME_BYTES) {
            return invalid(field, format!("it must have 1 to {MAX_NAME_BYTES} bytes"));
        }
    }
    if !(1..=MAX_ATTEMPTS).contains(&new.max_attempts) {
        return invalid("max_attempts", format!("{} is not from 1 to {MAX_ATTEMPTS}", new.max_attempts));
    }
    let Backoff { initial_ms, max_ms, .. } = new.backoff;
    if initial_ms < 0 || max_ms < initial_ms {
        return invalid("backoff", format!("from {initial_ms} ms to {max_ms} ms is not a rising, positive span"));
    }
    Ok(())
}

/// The active job that holds a unique name.
fn holder(tx: &Transaction<'_>, unique: &str) -> Result<Option<JobId>> {
    let id = tx
        .prepare_cached(
            "SELECT id FROM job WHERE unique_key = ?1 AND state IN ('enqueued', 'blocked', 'running')
                AND cancel_requested_at IS NULL",
        )?
        .query_row([unique], |row| row.get(0))
        .optional()?;
    Ok(id.map(JobId))
}

fn check_open(tx: &Transaction<'_>, group: GroupId) -> Result<()> {
    let ended: Option<bool> = tx
        .prepare_cached("SELECT ended_at IS NOT NULL FROM job_group WHERE id = ?1")?
        .query_row([group.0], |row| row.get(0))
        .optional()?;
    match ended {
        None => Err(Error::NoSuchGroup(group)),
        Some(true) => Err(Error::GroupEnded(group)),
        Some(false) => Ok(()),
    }
}
