//! Sealed secrets: what is here opens only with the key of this machine, which is not in the database.

use crate::error::Result;
use rusqlite::{Connection, OptionalExtension, Transaction};

/// The table of secrets.
pub const TABLES: &str = "CREATE TABLE secret (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID";

/// The sealed secret of a name.
///
/// # Errors
/// When the database fails.
pub fn sealed(conn: &Connection, name: &str) -> Result<Option<Vec<u8>>> {
    let mut select = conn.prepare_cached("SELECT sealed FROM secret WHERE name = ?1")?;
    Ok(select.query_row([name], |row| row.get(0)).optional()?)
}

/// Whether there is any.
///
/// # Errors
/// When the database fails.
pub fn any(conn: &Connection) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM secret)")?.query_row([], |row| row.get(0))?)
}

/// The names of all secrets.
///
/// # Errors
/// When the database fails.
pub fn names(conn: &Connection) -> Result<Vec<String>> {
    let mut select = conn.prepare_cached("SELECT name FROM secret ORDER BY name")?;
    Ok(select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Keeps a sealed secret in place of the one before.
///
/// # Errors
/// When the database fails.
pub fn put(tx: &Transaction, name: &str, sealed: &[u8]) -> Result<()> {
    let mut put = tx.prepare_cached("INSERT OR REPLACE INTO secret (name, sealed) VALUES (?1, ?2)")?;
    put.execute((name, sealed))?;
    Ok(())
}

/// Forgets a secret.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &Transaction, name: &str) -> Result<()> {
    tx.prepare_cached("DELETE FROM secret WHERE name = ?1")?.execute([name])?;
    Ok(())
}
