//! What is known of a reminder beside its schedule: since when it is due, and when it was dealt with.

use crate::error::Result;
use legible_jobs::ScheduleId;
use rusqlite::{Connection, OptionalExtension, Transaction};

/// The table of reminders. A row belongs to the schedule of its number.
pub const TABLES: &str = "CREATE TABLE reminder (
        schedule_id INTEGER PRIMARY KEY,
        due_since INTEGER,
        done_at INTEGER
    ) STRICT";

/// Times in milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Since when it is due, if it is.
    pub due_since: Option<i64>,
    /// When it was last dealt with.
    pub done_at: Option<i64>,
}

/// How a reminder stands.
///
/// # Errors
/// When the database fails.
pub fn standing(conn: &Connection, id: ScheduleId) -> Result<Standing> {
    let row = conn
        .prepare_cached("SELECT due_since, done_at FROM reminder WHERE schedule_id = ?1")?
        .query_row([id.0], |row| Ok(Standing { due_since: row.get(0)?, done_at: row.get(1)? }))
        .optional()?;
    Ok(row.unwrap_or_default())
}

/// Notes that a reminder is due, or that nobody need be told any more. A time of `None` for `done_at` keeps the last.
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
