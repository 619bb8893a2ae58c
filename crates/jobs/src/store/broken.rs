//! Schedules that cannot be run as they are stored, because a newer version of the program wrote them or their time zone
//! is no longer known: they are set aside and told of, and all others go on.

use super::schedule::{COLUMNS, stored};
use crate::limits::SET_ASIDE_MS;
use crate::{BrokenSchedule, Error, Result, ScheduleId, StoredSchedule};
use rusqlite::{Connection, Transaction, params};

/// The schedules whose rows this version of the program cannot read, the oldest first. They are not run; they can be
/// removed, or set anew by their name.
pub fn broken_schedules(conn: &Connection) -> Result<Vec<BrokenSchedule>> {
    let mut select = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM schedule ORDER BY id"))?;
    let mut rows = select.query([])?;
    let mut broken = Vec::new();
    while let Some(row) = rows.next()? {
        if let Err(error) = stored(row) {
            broken.push(BrokenSchedule {
                id: ScheduleId(row.get("id")?),
                name: row.get("name")?,
                title: row.get("title")?,
                kind: row.get("kind")?,
                problem: said(error)?,
            });
        }
    }
    Ok(broken)
}

/// The rows that can be read.
pub(super) fn readable(rows: impl Iterator<Item = Result<StoredSchedule>>) -> Result<Vec<StoredSchedule>> {
    rows.filter_map(|row| if_readable(row).transpose()).collect()
}

/// What was read; `None` if this version of the program cannot read it.
pub(super) fn if_readable<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) => said(error).map(|_| None),
    }
}

/// Looks at a schedule again after a while, and leaves all else: should it be readable then, its missed times are dealt
/// with as it says.
pub(super) fn set_aside(tx: &Transaction<'_>, id: ScheduleId, now: i64) -> Result<()> {
    tx.prepare_cached("UPDATE schedule SET next_at = ?2 WHERE id = ?1")?
        .execute(params![id.0, now.saturating_add(SET_ASIDE_MS)])?;
    Ok(())
}

/// What is wrong with a row, for a person. Every other error stays one.
fn said(error: Error) -> Result<String> {
    let words = error.to_string();
    unreadable(error).map(|_| format!("{words}; perhaps a newer version of Legible wrote it"))
}

/// Why a value cannot be read. Every other error stays one.
pub(super) fn unreadable(error: Error) -> Result<String> {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error};
    match error {
        Error::Corrupt { problem, .. } => Ok(problem),
        Error::Sqlite(IntegralValueOutOfRange(_, number)) => Ok(format!("{number} is out of range")),
        Error::Sqlite(error @ (FromSqlConversionFailure(..) | InvalidColumnType(..) | Utf8Error(..))) => {
            Ok(error.to_string())
        }
        other => Err(other),
    }
}
