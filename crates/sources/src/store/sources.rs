//! The sources themselves.

use super::pages::read_lists_afresh;
use crate::{Error, Filing, Kind, Result, Source, SourceId, Spec};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, Transaction, params};
use serde::de::DeserializeOwned;

const COLUMNS: &str = "SELECT id, name, spec, filing, enabled, created_at FROM source";

/// Adds a source; the number of `new` counts for nothing.
///
/// # Errors
/// [`Error::NameTaken`], or when the database fails.
pub fn add(tx: &Transaction<'_>, new: &Source) -> Result<SourceId> {
    let (spec, filing) = (json(&new.spec), json(&new.filing));
    let sql = "INSERT INTO source (kind, name, spec, filing, enabled, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let kind = new.spec.kind().as_str();
    let added = tx.execute(sql, params![kind, new.name, spec, filing, new.enabled, new.created_at]);
    added.map_err(|error| taken(error, &new.name))?;
    let id = SourceId(tx.last_insert_rowid());
    tx.execute("INSERT INTO source_state (source) VALUES (?1)", [id.0])?;
    Ok(id)
}

/// Changes a source to what `new` says; what it has seen stays, but its lists are read afresh and what was refused is tried
/// again.
///
/// # Errors
/// [`Error::NoSuchSource`], [`Error::NameTaken`], or when the database fails.
pub fn change(tx: &Transaction<'_>, new: &Source) -> Result<()> {
    let (spec, filing) = (json(&new.spec), json(&new.filing));
    let sql = "UPDATE source SET kind = ?2, name = ?3, spec = ?4, filing = ?5, enabled = ?6 WHERE id = ?1";
    let kind = new.spec.kind().as_str();
    let changed = tx.execute(sql, params![new.id.0, kind, new.name, spec, filing, new.enabled]);
    match changed.map_err(|error| taken(error, &new.name))? {
        0 => Err(Error::NoSuchSource(new.id)),
        _ => read_lists_afresh(tx, new.id),
    }
}

/// Removes a source and what it has seen. Returns whether there was one.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &Transaction<'_>, id: SourceId) -> Result<bool> {
    Ok(tx.execute("DELETE FROM source WHERE id = ?1", [id.0])? > 0)
}

/// The source of this number.
///
/// # Errors
/// When the database fails or the row is damaged.
pub fn source(conn: &Connection, id: SourceId) -> Result<Option<Source>> {
    let found = conn.prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?.query_row([id.0], raw).optional()?;
    found.map(Raw::read).transpose()
}

/// The first source of a kind of which there is one only, such as the screen.
///
/// # Errors
/// When the database fails or the row is damaged.
pub fn source_of_kind(conn: &Connection, kind: Kind) -> Result<Option<Source>> {
    let sql = format!("{COLUMNS} WHERE kind = ?1 ORDER BY id LIMIT 1");
    let found = conn.prepare_cached(&sql)?.query_row([kind.as_str()], raw).optional()?;
    found.map(Raw::read).transpose()
}

/// All sources, the oldest first. One whose row is damaged is told in its place and hinders no other.
///
/// # Errors
/// When the database fails.
pub fn sources(conn: &Connection) -> Result<Vec<std::result::Result<Source, DamagedSource>>> {
    let mut statement = conn.prepare_cached(&format!("{COLUMNS} ORDER BY id"))?;
    let rows = statement.query_map([], raw)?.collect::<rusqlite::Result<Vec<Raw>>>()?;
    let read = |row: Raw| {
        let (id, name) = (SourceId(row.id), row.name.clone());
        row.read().map_err(|error| DamagedSource { id, name, error })
    };
    Ok(rows.into_iter().map(read).collect())
}

/// The names of all sources.
///
/// # Errors
/// When the database fails.
pub fn names(conn: &Connection) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached("SELECT name FROM source ORDER BY id")?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// A source whose row this version of the program cannot read. It does not look and can only be removed.
#[derive(Debug)]
pub struct DamagedSource {
    /// Its number.
    pub id: SourceId,
    /// What a person calls it.
    pub name: String,
    /// What cannot be read.
    pub error: Error,
}

/// A row as it is stored.
struct Raw {
    id: i64,
    name: String,
    spec: String,
    filing: String,
    enabled: bool,
    created_at: i64,
}

impl Raw {
    fn read(self) -> Result<Source> {
        let Raw { id, name, spec, filing, enabled, created_at } = self;
        let spec: Spec = parse("spec", &spec)?;
        let filing: Filing = parse("filing", &filing)?;
        Ok(Source { id: SourceId(id), name, spec, filing, enabled, created_at })
    }
}

fn raw(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok(Raw {
        id: row.get(0)?,
        name: row.get(1)?,
        spec: row.get(2)?,
        filing: row.get(3)?,
        enabled: row.get(4)?,
        created_at: row.get(5)?,
    })
}

fn parse<T: DeserializeOwned>(column: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Damaged { column, problem: error.to_string() })
}

fn json<T: serde::Serialize>(value: &T) -> String {
    // Neither type has a map with keys that are no text, nor a serialiser that fails.
    serde_json::to_string(value).unwrap_or_default()
}

fn taken(error: rusqlite::Error, name: &str) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => Error::NameTaken(name.to_owned()),
        _ => Error::Sqlite(error),
    }
}
