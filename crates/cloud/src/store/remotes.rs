//! The remotes themselves, and what came of the last run of each.

use super::{Error, Result};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, Transaction, params};
use std::fmt::{self, Display, Formatter};

const COLUMNS: &str = "SELECT id, kind, name, spec, capabilities, enabled, created_at FROM cloud_remote";

/// The number of a remote. It is never given again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RemoteId(pub i64);

impl Display for RemoteId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A remote as it was set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRemote {
    /// Its number.
    pub id: RemoteId,
    /// What kind of a storage it is.
    pub kind: String,
    /// What a person calls it.
    pub name: String,
    /// How it is reached and what is kept in step: JSON of who calls, without secrets.
    pub spec: String,
    /// What it can do, as was found out: JSON of who calls; `None` before.
    pub capabilities: Option<String>,
    /// Whether it runs by itself.
    pub enabled: bool,
    /// When it was added, in milliseconds since the Unix epoch.
    pub created_at: i64,
}

/// What came of the last run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// When it started, in milliseconds since the Unix epoch.
    pub started_at: i64,
    /// When it ended, the same; `None` while it goes, or where it was killed.
    pub ended_at: Option<i64>,
    /// What it did: JSON of who calls.
    pub outcome: Option<String>,
    /// What stopped it: JSON of who calls.
    pub problem: Option<String>,
}

/// How often a remote was made another place; `None` where there is no such remote. Who began with one place is to note nothing of the next.
///
/// # Errors
/// When the database fails.
pub fn generation(conn: &Connection, id: RemoteId) -> Result<Option<i64>> {
    let sql = "SELECT generation FROM cloud_remote WHERE id = ?1";
    Ok(conn.prepare_cached(sql)?.query_row([id.0], |row| row.get(0)).optional()?)
}

/// Adds a remote; the number of `new` counts for nothing.
///
/// # Errors
/// [`Error::NameTaken`], or when the database fails.
pub fn add(tx: &Transaction<'_>, new: &StoredRemote) -> Result<RemoteId> {
    let StoredRemote { id: _, kind, name, spec, capabilities, enabled, created_at } = new;
    let sql = "INSERT INTO cloud_remote (kind, name, spec, capabilities, enabled, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let added = tx.execute(sql, params![kind, name, spec, capabilities, enabled, created_at]);
    added.map_err(|error| taken(error, name))?;
    Ok(RemoteId(tx.last_insert_rowid()))
}

/// Changes a remote's name, spec and whether it is enabled. What was in step stays.
///
/// # Errors
/// [`Error::NoSuchRemote`], [`Error::NameTaken`], or when the database fails.
pub fn change(tx: &Transaction<'_>, new: &StoredRemote) -> Result<()> {
    let sql = "UPDATE cloud_remote SET name = ?2, spec = ?3, enabled = ?4 WHERE id = ?1";
    let changed = tx.execute(sql, params![new.id.0, new.name, new.spec, new.enabled]);
    found(new.id, changed.map_err(|error| taken(error, &new.name))?)
}

/// Notes what a remote can do.
///
/// # Errors
/// [`Error::NoSuchRemote`], or when the database fails.
pub fn set_capabilities(tx: &Transaction<'_>, id: RemoteId, capabilities: &str) -> Result<()> {
    found(id, tx.execute("UPDATE cloud_remote SET capabilities = ?2 WHERE id = ?1", params![id.0, capabilities])?)
}

/// Removes a remote and all that was in step with it. Returns whether there was one.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &Transaction<'_>, id: RemoteId) -> Result<bool> {
    Ok(tx.execute("DELETE FROM cloud_remote WHERE id = ?1", [id.0])? > 0)
}

/// The remote of this number.
///
/// # Errors
/// When the database fails.
pub fn remote(conn: &Connection, id: RemoteId) -> Result<Option<StoredRemote>> {
    let sql = format!("{COLUMNS} WHERE id = ?1");
    Ok(conn.prepare_cached(&sql)?.query_row([id.0], read).optional()?)
}

/// All remotes, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn remotes(conn: &Connection) -> Result<Vec<StoredRemote>> {
    let mut statement = conn.prepare_cached(&format!("{COLUMNS} ORDER BY id"))?;
    Ok(statement.query_map([], read)?.collect::<rusqlite::Result<_>>()?)
}

/// Notes that a run started; what came of the one before stays known until it ends. At a time in milliseconds since the Unix epoch.
///
/// # Errors
/// When there is no such remote, or the database fails.
pub fn began(tx: &Transaction<'_>, id: RemoteId, at: i64) -> Result<()> {
    let sql = "INSERT INTO cloud_state (remote, started_at) VALUES (?1, ?2)
        ON CONFLICT DO UPDATE SET started_at = ?2, ended_at = NULL";
    tx.execute(sql, params![id.0, at])?;
    Ok(())
}

/// Notes what came of it. Without an outcome, that of the run before stays.
///
/// # Errors
/// [`Error::NoSuchRemote`] where none began, or when the database fails.
pub fn ended(tx: &Transaction<'_>, id: RemoteId, at: i64, outcome: Option<&str>, problem: Option<&str>) -> Result<()> {
    let sql = "UPDATE cloud_state SET ended_at = ?2, outcome = coalesce(?3, outcome), problem = ?4 WHERE remote = ?1";
    found(id, tx.execute(sql, params![id.0, at, outcome, problem])?)
}

/// What came of the last run; `None` where none ever began.
///
/// # Errors
/// When the database fails.
pub fn state(conn: &Connection, id: RemoteId) -> Result<Option<State>> {
    let sql = "SELECT started_at, ended_at, outcome, problem FROM cloud_state WHERE remote = ?1";
    let read = |row: &Row<'_>| {
        Ok(State { started_at: row.get(0)?, ended_at: row.get(1)?, outcome: row.get(2)?, problem: row.get(3)? })
    };
    Ok(conn.prepare_cached(sql)?.query_row([id.0], read).optional()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<StoredRemote> {
    Ok(StoredRemote {
        id: RemoteId(row.get(0)?),
        kind: row.get(1)?,
        name: row.get(2)?,
        spec: row.get(3)?,
        capabilities: row.get(4)?,
        enabled: row.get(5)?,
        created_at: row.get(6)?,
    })
}

fn found(id: RemoteId, changed: usize) -> Result<()> {
    if changed > 0 { Ok(()) } else { Err(Error::NoSuchRemote(id)) }
}

fn taken(error: rusqlite::Error, name: &str) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => Error::NameTaken(name.to_owned()),
        _ => Error::Sqlite(error),
    }
}
