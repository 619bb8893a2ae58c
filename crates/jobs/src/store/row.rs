//! Rows to types and back.

use super::damaged::Damage;
use crate::limits::{MAX_WORDS_BYTES, cut};
use crate::{
    Backoff, BackoffKind, Conditions, Error, GroupId, Job, JobId, Merger, Owner, Progress, Reason, Result, ScheduleId,
    State,
};
use rusqlite::Row;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The columns that [`job`] reads, in any order.
pub(super) const JOB_COLUMNS: &str = "id, kind, payload, subject, title, priority, group_id, unique_key, max_attempts, \
     backoff_kind, backoff_initial_ms, backoff_max_ms, state, run_at, attempts, owner, lease_until, \
     cancel_requested_at, progress_fraction, progress_words, output, reason_code, reason_message, reason_hint, \
     created_at, updated_at, started_at, finished_at, needs, budget_ms, schedule_id, scheduled_for, generation, resting, merger, \
     (SELECT json_group_array(tag) FROM job_tag WHERE job_id = job.id) AS tags, \
     (SELECT json_group_array(prerequisite) FROM job_dependency JOIN job AS earlier ON earlier.id = prerequisite \
      WHERE job_id = job.id AND job.state = 'blocked' AND earlier.finished_at IS NULL) AS blocked_by";

/// A whole job from a row with [`JOB_COLUMNS`], as far as it can be read: stand-ins take the place of what cannot, and its
/// reason, if it has no other, tells of it.
pub(super) fn job(row: &Row<'_>) -> Result<Job> {
    let mut damage = Damage::default();
    let d = &mut damage;
    let mut job = Job {
        id: JobId(row.get("id")?),
        kind: d.text(row, "kind")?.unwrap_or_default(),
        payload: d.json(row, "payload")?.unwrap_or_default(),
        subject: d.text(row, "subject")?,
        title: d.text(row, "title")?.unwrap_or_default(),
        priority: d.get(row, "priority")?,
        group: d.get::<Option<i64>>(row, "group_id")?.map(GroupId),
        unique: d.text(row, "unique_key")?,
        tags: d.parsed(row, "tags", |text| from_json("tags", text))?,
        conditions: d.parsed(row, "needs", needs)?,
        budget_ms: d.get(row, "budget_ms")?,
        blocked_by: d
            .parsed::<Vec<i64>>(row, "blocked_by", |text| from_json("blocked_by", text))?
            .into_iter()
            .map(JobId)
            .collect(),
        schedule: d.get::<Option<i64>>(row, "schedule_id")?.map(ScheduleId),
        scheduled_for: d.get(row, "scheduled_for")?,
        generation: d.get(row, "generation")?,
        resting: d.get(row, "resting")?,
        attempts: d.get(row, "attempts")?,
        max_attempts: d.get(row, "max_attempts")?,
        backoff: d.read("backoff_kind", backoff(row))?,
        // One that a newer version knows: it did not end well here.
        state: d.read("state", state(row).map(Some))?.unwrap_or(State::Failed),
        run_at: d.get(row, "run_at")?,
        owner: d.text(row, "owner")?.map(Owner),
        lease_until: d.get(row, "lease_until")?,
        cancel_requested_at: d.get(row, "cancel_requested_at")?,
        progress: progress(row, d)?,
        output: d.json(row, "output")?,
        reason: reason(row, d)?,
        created_at: d.get(row, "created_at")?,
        updated_at: d.get(row, "updated_at")?,
        started_at: d.get(row, "started_at")?,
        finished_at: d.get(row, "finished_at")?,
    };
    // Not shown, but without it the job does not run.
    damage.parsed(row, "merger", merger)?;
    job.reason = job.reason.or_else(|| damage.reason());
    Ok(job)
}

pub(super) fn state(row: &Row<'_>) -> Result<State> {
    let name: String = row.get("state")?;
    State::from_name(&name).ok_or(Error::Corrupt { column: "job.state", problem: name })
}

pub(super) fn progress(row: &Row<'_>, damage: &mut Damage) -> Result<Option<Progress>> {
    let fraction: Option<f32> = damage.get(row, "progress_fraction")?;
    let words = damage.text(row, "progress_words")?;
    Ok(fraction.map(|fraction| Progress { fraction, words: words.unwrap_or_default() }))
}

pub(super) fn reason(row: &Row<'_>, damage: &mut Damage) -> Result<Option<Reason>> {
    let Some(code) = damage.text(row, "reason_code")? else { return Ok(None) };
    let message = damage.text(row, "reason_message")?.unwrap_or_default();
    Ok(Some(Reason { code, message, hint: damage.text(row, "reason_hint")? }))
}

pub(super) fn backoff(row: &Row<'_>) -> Result<Backoff> {
    let name: String = row.get("backoff_kind")?;
    let kind = match name.as_str() {
        "exponential" => BackoffKind::Exponential,
        "linear" => BackoffKind::Linear,
        _ => return Err(Error::Corrupt { column: "job.backoff_kind", problem: name }),
    };
    Ok(Backoff { initial_ms: row.get("backoff_initial_ms")?, max_ms: row.get("backoff_max_ms")?, kind })
}

pub(super) fn backoff_name(kind: BackoffKind) -> &'static str {
    match kind {
        BackoffKind::Exponential => "exponential",
        BackoffKind::Linear => "linear",
    }
}

pub(super) fn merger(name: &str) -> Result<Merger> {
    match name {
        "overwriting" => Ok(Merger::Overwriting),
        "array_creating" => Ok(Merger::ArrayCreating),
        _ => Err(Error::Corrupt { column: "job.merger", problem: name.to_owned() }),
    }
}

pub(super) fn merger_name(merger: Merger) -> &'static str {
    match merger {
        Merger::Overwriting => "overwriting",
        Merger::ArrayCreating => "array_creating",
    }
}

/// A reason as three columns: code, message, hint.
pub(super) type ReasonColumns<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>);

pub(super) fn reason_columns(reason: Option<&Reason>) -> ReasonColumns<'_> {
    let Some(reason) = reason else { return (None, None, None) };
    (
        Some(cut(&reason.code, MAX_WORDS_BYTES)),
        Some(cut(&reason.message, MAX_WORDS_BYTES)),
        reason.hint.as_deref().map(|hint| cut(hint, MAX_WORDS_BYTES)),
    )
}

pub(super) fn json(column: &'static str, text: &str) -> Result<Value> {
    from_json(column, text)
}

pub(super) fn from_json<T: DeserializeOwned>(column: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Corrupt { column, problem: error.to_string() })
}

/// Conditions as the text of their column: one text for one need.
pub(super) fn needs_text(conditions: &Conditions) -> Result<String> {
    if *conditions == Conditions::default() {
        return Ok(String::new());
    }
    let invalid = |error: serde_json::Error| Error::Invalid { field: "conditions", problem: error.to_string() };
    serde_json::to_string(conditions).map_err(invalid)
}

pub(super) fn needs(text: &str) -> Result<Conditions> {
    if text.is_empty() { Ok(Conditions::default()) } else { from_json("needs", text) }
}
