//! Reminders: schedules that tell a person something, and that are due until the person says that they are dealt with.

pub mod suggest;

use crate::api::{ReminderDraft, ReminderView};
use crate::error::Result;
use crate::handler::item_of;
use crate::handlers::REMIND;
use crate::schedules::rule_view;
use legible_jobs::{ScheduleId, StoredSchedule, Zone};
use rusqlite::{Connection, OptionalExtension, Transaction};
use serde_json::Value;

/// The service's table of reminders. A row belongs to the schedule of its number.
pub const MIGRATION: &str = "CREATE TABLE reminder (
        schedule_id INTEGER PRIMARY KEY,
        due_since INTEGER,
        done_at INTEGER
    ) STRICT";

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
    let (due_since, done_at) = conn
        .prepare_cached("SELECT due_since, done_at FROM reminder WHERE schedule_id = ?1")?
        .query_row([stored.id.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .unwrap_or_default();
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
        next: stored.next_at.filter(|_| schedule.enabled),
        due_since,
        done_at,
    })
}

/// Notes that a reminder is due, or that nobody need be told any more.
///
/// # Errors
/// When the database fails.
pub fn set_due(tx: &Transaction<'_>, id: ScheduleId, due_since: Option<i64>, done_at: Option<i64>) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO reminder (schedule_id, due_since, done_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (schedule_id) DO UPDATE SET due_since = ?2, done_at = coalesce(?3, done_at)",
    )?
    .execute((id.0, due_since, done_at))?;
    Ok(())
}

/// Forgets what is known of a reminder that is removed.
///
/// # Errors
/// When the database fails.
pub fn forget(tx: &Transaction<'_>, id: ScheduleId) -> Result<()> {
    tx.prepare_cached("DELETE FROM reminder WHERE schedule_id = ?1")?.execute([id.0])?;
    Ok(())
}
