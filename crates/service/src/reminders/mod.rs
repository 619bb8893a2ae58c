//! Reminders: schedules that tell a person something, and that are due until the person says that they are dealt with.

mod draft;
mod due;
pub mod suggest;

pub use draft::schedule;
pub use due::due_dates;

use crate::api::{ReminderDraft, ReminderView};
use crate::error::Result;
use crate::handler::item_of;
use crate::handlers::REMIND;
use crate::schedules::rule_view;
use crate::tables::reminders::{Standing, standing};
use legible_jobs::{ScheduleId, StoredSchedule, Zone};
use rusqlite::Connection;
use serde_json::Value;

/// All reminders: those that are due first, then by their next time, then those that are done.
///
/// # Errors
/// When the database fails.
pub fn all(conn: &Connection) -> Result<Vec<ReminderView>> {
    let stored = legible_jobs::schedules(conn, Some(REMIND))?;
    let mut views = stored.iter().map(|stored| view(conn, stored)).collect::<Result<Vec<_>>>()?;
    let last = i64::MAX;
    views.sort_by_key(|view| (view.due_since.unwrap_or(last), view.next.unwrap_or(last), -view.done_at.unwrap_or(0)));
    Ok(views)
}

/// The reminder of this number.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &Connection, id: i64) -> Result<Option<StoredSchedule>> {
    let found = legible_jobs::schedule(conn, ScheduleId(id))?;
    Ok(found.filter(|stored| stored.schedule.kind == REMIND))
}

/// What is known of a reminder.
///
/// # Errors
/// When the database fails.
pub fn view(conn: &Connection, stored: &StoredSchedule) -> Result<ReminderView> {
    let schedule = &stored.schedule;
    let Standing { due_since, done_at } = standing(conn, stored.id)?;
    let item = match item_of(schedule.subject.as_deref()) {
        // An image that was deleted for good takes nothing of the reminder with it but itself.
        Some(id) => legible_library::item(conn, legible_library::ItemId(id))?.map(|item| item.id.0),
        None => None,
    };
    let zone = Zone::named(&schedule.zone).unwrap_or_else(|_| Zone::utc());
    Ok(ReminderView {
        id: stored.id.0,
        draft: ReminderDraft {
            id: Some(stored.id.0),
            item,
            title: schedule.title.clone(),
            note: schedule.payload.get("note").and_then(Value::as_str).unwrap_or_default().to_owned(),
            rule: rule_view(&schedule.rule),
            zone: schedule.zone.clone(),
        },
        sentence: schedule.rule.words(&zone),
        next: stored.next_at.filter(|_| schedule.enabled && stored.problem.is_none()),
        due_since,
        done_at,
        problem: stored.problem.clone(),
    })
}
