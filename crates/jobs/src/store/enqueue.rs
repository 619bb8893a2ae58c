//! Ways into the queue: one job, or a chain of them.

use super::depend::{link, settle};
use super::row::{backoff_name, needs_text};
use super::unique::{Admission, admit};
use crate::limits::{
    MAX_ATTEMPTS, MAX_CHAIN_JOBS, MAX_JSON_BYTES, MAX_KIND_BYTES, MAX_NAME_BYTES, MAX_TAG_BYTES, MAX_TAGS,
    MAX_TITLE_BYTES, cut,
};
use crate::{After, Backoff, Chain, Edge, Enqueued, Error, GroupId, JobId, Merger, NewJob, Result, UniquePolicy};
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::Value;

/// Adds a job, or finds the active job that holds its unique name and keeps it.
///
/// A job found this way stays as it is, also in the group it was added with.
///
/// Fails with [`Error::Invalid`], [`Error::NoSuchGroup`], [`Error::GroupEnded`] or [`Error::NoSuchJob`].
pub fn enqueue(tx: &Transaction<'_>, new: &NewJob, now: i64) -> Result<Enqueued> {
    enqueue_on(tx, new, Edge::Success, now)
}

/// The same for a job that, where it is appended to others of its name, waits for this end of them.
pub(super) fn enqueue_on(tx: &Transaction<'_>, new: &NewJob, on: Edge, now: i64) -> Result<Enqueued> {
    check(new)?;
    let payload = json_text("payload", &new.payload)?;
    let (mut after, mut chain) = (new.after.clone(), None);
    if let Some(unique) = &new.unique {
        match admit(tx, unique, new.policy, on, now)? {
            Admission::Kept(id) => return Ok(Enqueued { id, new: false }),
            Admission::Added { after: more, chain: to } => {
                after.extend(more);
                chain = to;
            }
        }
    }
    let id = insert(tx, new, &payload, new.unique.as_deref(), chain, now)?;
    wait_for(tx, id, &after, now)?;
    Ok(Enqueued { id: JobId(id), new: true })
}

/// Adds the jobs of a chain, all or none, and returns them in the order in which they were put into the chain.
///
/// The chain as a whole holds the unique name, if one is given; the names and policies of its jobs are not looked at.
/// If the name is held and kept, the answer is the holder alone and nothing is added.
///
/// Fails as [`enqueue`] does.
pub fn enqueue_chain(
    tx: &Transaction<'_>,
    chain: &Chain,
    unique: Option<(&str, UniquePolicy)>,
    now: i64,
) -> Result<Vec<Enqueued>> {
    if chain.jobs.is_empty() || chain.jobs.len() > MAX_CHAIN_JOBS {
        return Err(Error::Invalid { field: "chain", problem: format!("it must have 1 to {MAX_CHAIN_JOBS} jobs") });
    }
    let mut first = (vec![], None);
    if let Some((name, policy)) = unique {
        check_name("unique", name)?;
        match admit(tx, name, policy, Edge::Success, now)? {
            Admission::Kept(id) => return Ok(vec![Enqueued { id, new: false }]),
            Admission::Added { after, chain } => first = (after, chain),
        }
    }
    let (before, mut chain_id) = first;
    let mut ids: Vec<i64> = Vec::new();
    for (new, places) in &chain.jobs {
        check(new)?;
        let payload = json_text("payload", &new.payload)?;
        let id = insert(tx, new, &payload, unique.map(|(name, _)| name), chain_id, now)?;
        chain_id = chain_id.or(Some(id));
        let inside = places.iter().map(|place| After { job: JobId(ids[*place]), on: Edge::Success });
        let outside = if places.is_empty() { before.as_slice() } else { &[] };
        let after: Vec<After> = new.after.iter().chain(outside).copied().chain(inside).collect();
        wait_for(tx, id, &after, now)?;
        ids.push(id);
    }
    Ok(ids.into_iter().map(|id| Enqueued { id: JobId(id), new: true }).collect())
}

fn insert(
    tx: &Transaction<'_>,
    new: &NewJob,
    payload: &str,
    unique: Option<&str>,
    chain: Option<i64>,
    now: i64,
) -> Result<i64> {
    if let Some(group) = new.group {
        check_open(tx, group)?;
    }
    tx.prepare_cached(
        "INSERT INTO job (kind, payload, subject, title, priority, group_id, unique_key, max_attempts, backoff_kind,
                          backoff_initial_ms, backoff_max_ms, run_at, state, created_at, updated_at, needs, budget_ms,
                          keep_ms, merger, chain_id, schedule_id, scheduled_for)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'enqueued', ?13, ?13, ?14, ?15, ?16, ?17, ?18,
                 ?19, ?20)",
    )?
    .execute(params![
        new.kind,
        payload,
        new.subject,
        cut(&new.title, MAX_TITLE_BYTES),
        new.priority,
        new.group.map(|group| group.0),
        unique,
        new.max_attempts,
        backoff_name(new.backoff.kind),
        new.backoff.initial_ms,
        new.backoff.max_ms,
        new.run_at,
        now,
        needs_text(&new.conditions)?,
        new.budget_ms,
        new.keep_ms.unwrap_or(0),
        merger_name(new.merger),
        chain,
        new.schedule.map(|(schedule, _)| schedule.0),
        new.schedule.and_then(|(_, slot)| slot),
    ])?;
    let id = tx.last_insert_rowid();
    let mut tag = tx.prepare_cached("INSERT OR IGNORE INTO job_tag (job_id, tag) VALUES (?1, ?2)")?;
    for name in &new.tags {
        tag.execute(params![id, name])?;
    }
    Ok(id)
}

/// Blocks a new job if it has to wait. What it waits for may have ended: then it goes on, or ends, at once.
fn wait_for(tx: &Transaction<'_>, id: i64, after: &[After], now: i64) -> Result<()> {
    if after.is_empty() {
        return Ok(());
    }
    link(tx, id, after)?;
    tx.prepare_cached("UPDATE job SET state = 'blocked' WHERE id = ?1")?.execute([id])?;
    settle(tx, id, now).map(drop)
}

pub(super) fn merger_name(merger: Merger) -> &'static str {
    match merger {
        Merger::Overwriting => "overwriting",
        Merger::ArrayCreating => "array_creating",
    }
}

pub(super) fn merger_named(name: &str) -> Merger {
    match name {
        "array_creating" => Merger::ArrayCreating,
        _ => Merger::Overwriting,
    }
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

pub(super) fn check(new: &NewJob) -> Result<()> {
    let invalid = |field, problem| Err(Error::Invalid { field, problem });
    if new.kind.is_empty() || new.kind.len() > MAX_KIND_BYTES {
        return invalid("kind", format!("it must have 1 to {MAX_KIND_BYTES} bytes"));
    }
    for (field, text) in [("subject", &new.subject), ("unique", &new.unique)] {
        text.as_ref().map_or(Ok(()), |text| check_name(field, text))?;
    }
    check_tags(&new.tags)?;
    if new.budget_ms.is_some_and(|budget| budget <= 0) || new.keep_ms.is_some_and(|keep| keep < 0) {
        return invalid("budget or keeping time", "it must not be negative, and a budget not zero".into());
    }
    if !(1..=MAX_ATTEMPTS).contains(&new.max_attempts) {
        return invalid("max_attempts", format!("{} is not from 1 to {MAX_ATTEMPTS}", new.max_attempts));
    }
    check_backoff(new.backoff)
}

pub(super) fn check_backoff(Backoff { initial_ms, max_ms, .. }: Backoff) -> Result<()> {
    if initial_ms < 0 || max_ms < initial_ms {
        let problem = format!("from {initial_ms} ms to {max_ms} ms is not a rising, positive span");
        return Err(Error::Invalid { field: "backoff", problem });
    }
    Ok(())
}

fn check_name(field: &'static str, text: &str) -> Result<()> {
    if text.is_empty() || text.len() > MAX_NAME_BYTES {
        return Err(Error::Invalid { field, problem: format!("it must have 1 to {MAX_NAME_BYTES} bytes") });
    }
    Ok(())
}

pub(super) fn check_tags(tags: &[String]) -> Result<()> {
    if tags.len() > MAX_TAGS || tags.iter().any(|tag| tag.is_empty() || tag.len() > MAX_TAG_BYTES) {
        let problem = format!("there may be {MAX_TAGS} tags of 1 to {MAX_TAG_BYTES} bytes each");
        return Err(Error::Invalid { field: "tags", problem });
    }
    Ok(())
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
