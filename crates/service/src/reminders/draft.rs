//! A reminder between what a person sets and the schedule that it is.

use crate::api::ReminderDraft;
use crate::error::{Error, Result};
use crate::handler::subject_of;
use crate::handlers::REMIND;
use crate::limits::MAX_REMINDER_CHARS;
use crate::schedules::{rule, zone};
use legible_jobs::{Backoff, Conditions, Missed, Overlap, RUN_NOW, Schedule, StoredSchedule};
use rusqlite::Connection;
use serde_json::json;

/// A draft as the queue stores it, in place of `old` or as a new schedule of this name.
///
/// # Errors
/// When something in it cannot be used.
pub fn schedule(
    conn: &Connection,
    draft: &ReminderDraft,
    old: Option<&StoredSchedule>,
    name: &str,
    now: i64,
) -> Result<Schedule> {
    let title = draft.title.trim();
    if title.is_empty() {
        return Err(Error::BadRequest("say what you want to be reminded of".into()));
    }
    if title.chars().count() + draft.note.chars().count() > MAX_REMINDER_CHARS {
        return Err(Error::BadRequest(format!("a reminder may have {MAX_REMINDER_CHARS} characters")));
    }
    if let Some(id) = draft.item
        && legible_library::item(conn, legible_library::ItemId(id))?.is_none()
    {
        return Err(Error::NotFound(format!("image {id}")));
    }
    let rule = rule(&draft.rule, old.map(|old| &old.schedule.rule), now)?;
    let stays = old.is_some_and(|old| old.schedule.rule == rule);
    if !stays && matches!(rule, legible_jobs::Rule::Once { at } if at <= now) {
        return Err(Error::BadRequest("choose a time that is still to come".into()));
    }
    Ok(Schedule {
        name: old.map_or(name, |old| &old.schedule.name).to_owned(),
        title: title.to_owned(),
        kind: REMIND.to_owned(),
        payload: json!({ "note": draft.note }),
        subject: draft.item.map(subject_of),
        tags: vec!["reminder".into()],
        priority: RUN_NOW,
        max_attempts: 5,
        backoff: Backoff::default(),
        budget_ms: None,
        conditions: Conditions::default(),
        rule,
        zone: zone(&draft.zone)?.name().to_owned(),
        missed: Missed::Once,
        overlap: Overlap::Skip,
        flex_ms: 0,
        enabled: true,
    })
}
