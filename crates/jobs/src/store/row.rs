//! Rows to types and back.

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
     created_at, updated_at, started_at, finished_at, needs, budget_ms, schedule_id, scheduled_for, generation, resting, \
     (SELECT json_group_array(tag) FROM job_tag WHERE job_id = job.id) AS tags, \
     (SELECT json_group_array(prerequisite) FROM job_dependency JOIN job AS earlier ON earlier.id = prerequisite \
      WHERE job_id = job.id AND job.state = 'blocked' AND earlier.finished_at IS NULL) AS blocked_by";

/// A whole job from a row with [`JOB_COLUMNS`].
pub(super) fn job(row: &Row<'_>) -> Result<Job> {
    Ok(Job {
        id: JobId(row.get("id")?),
        kind: row.get("kind")?,
        payload: json("payload", row.get_ref("payload")?.as_str().map_err(rusqlite::Error::from)?)?,
        subject: row.get("subject")?,
        title: row.get("title")?,
        priority: row.get("priority")?,
        group: row.get::<_, Option<i64>>("group_id")?.map(GroupId),
        unique: row.get("unique_key")?,
        tags: from_json("job.tags", &row.get::<_, String>("tags")?)?,
        conditions: needs(&row.get::<_, String>("needs")?)?,
        budget_ms: row.get("budget_ms")?,
        blocked_by: from_json::<Vec<i64>>("job.blocked_by", &row.get::<_, String>("blocked_by")?)?
            .into_iter()
            .map(JobId)
            .collect(),
        schedule: row.get::<_, Option<i64>>("schedule_id")?.map(ScheduleId),
        scheduled_for: row.get("scheduled_for")?,
        generation: row.get("generation")?,
        resting: row.get("resting")?,
        attempts: row.get("attempts")?,
        max_attempts: row.get("max_attempts")?,
        backoff: backoff(row)?,
        state: state(row)?,
        run_at: row.get("run_at")?,
        owner: row.get::<_, Option<String>>("owner")?.map(Owner),
        lease_until: row.get("lease_until")?,
        cancel_requested_at: row.get("cancel_requested_at")?,
        progress: progress(row)?,
        output: row.get::<_, Option<String>>("output")?.map(|text| json("output", &text)).transpose()?,
        reason: reason(row)?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        started_at: row.get("started_at")?,
        finished_at: row.get("finished_at")?,
    })
}

pub(super) fn state(row: &Row<'_>) -> Result<State> {
    let name: String = row.get("state")?;
    State::from_name(&name).ok_or(Error::Corrupt { column: "job.state", problem: name })
}

pub(super) fn progress(row: &Row<'_>) -> Result<Option<Progress>> {
    let fraction: Option<f32> = row.get("progress_fraction")?;
    let words: Option<String> = row.get("progress_words")?;
    Ok(fraction.map(|fraction| Progress { fraction, words: words.unwrap_or_default() }))
}

pub(super) fn reason(row: &Row<'_>) -> Result<Option<Reason>> {
    let code: Option<String> = row.get("reason_code")?;
    let Some(code) = code else { return Ok(None) };
    let message: Option<String> = row.get("reason_message")?;
    Ok(Some(Reason { code, message: message.unwrap_or_default(), hint: row.get("reason_hint")? }))
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
