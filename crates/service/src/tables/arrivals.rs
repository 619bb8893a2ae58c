//! Files that came into the library folder from a storage, until the library knows of them. A file is noted here before it has
//! its name, so that a kill in between costs nothing.

use crate::error::Result;
use rusqlite::{Connection, Transaction};

/// The table of arrivals: paths below the library folder, with `/`.
pub const TABLES: &str = "CREATE TABLE arrival (path TEXT PRIMARY KEY) STRICT, WITHOUT ROWID";

/// Notes that a file is about to come.
///
/// # Errors
/// When the database fails.
pub fn expect(tx: &Transaction, path: &str) -> Result<()> {
    tx.prepare_cached("INSERT OR IGNORE INTO arrival (path) VALUES (?1)")?.execute([path])?;
    Ok(())
}

/// Notes that the library knows of a file.
///
/// # Errors
/// When the database fails.
pub fn arrived(tx: &Transaction, path: &str) -> Result<()> {
    tx.prepare_cached("DELETE FROM arrival WHERE path = ?1")?.execute([path])?;
    Ok(())
}

/// Whether a file is about to come, or came and is still to be made known.
///
/// # Errors
/// When the database fails.
pub fn is_expected(conn: &Connection, path: &str) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM arrival WHERE path = ?1")?.exists([path])?)
}

/// What is still to be made known to the library, in the order of the paths: an image before its sidecar.
///
/// # Errors
/// When the database fails.
pub fn expected(conn: &Connection) -> Result<Vec<String>> {
    let mut select = conn.prepare_cached("SELECT path FROM arrival ORDER BY path")?;
    let paths = select.query_map([], |row| row.get(0))?;
    Ok(paths.collect::<rusqlite::Result<_>>()?)
}
