//! The processes that ran the jobs. The number of a row is what tells their leases apart.

use crate::error::Result;
use rusqlite::Transaction;

/// The table of runners.
pub const TABLES: &str = "
    CREATE TABLE runner (
        epoch INTEGER PRIMARY KEY AUTOINCREMENT,
        pid INTEGER NOT NULL,
        started_at INTEGER NOT NULL,
        ended_at INTEGER
    ) STRICT";

/// Notes that a process runs the jobs from `now` on, in milliseconds since the Unix epoch; returns its number, which no
/// other ever had.
///
/// # Errors
/// When the database fails.
pub fn begin(tx: &Transaction, pid: u32, now: i64) -> Result<i64> {
    tx.execute("INSERT INTO runner (pid, started_at) VALUES (?1, ?2)", (pid, now))?;
    Ok(tx.last_insert_rowid())
}

/// Notes that the runner of this number ended in good order.
///
/// # Errors
/// When the database fails.
pub fn end(tx: &Transaction, epoch: i64, now: i64) -> Result<()> {
    tx.execute("UPDATE runner SET ended_at = ?2 WHERE epoch = ?1", (epoch, now))?;
    Ok(())
}
