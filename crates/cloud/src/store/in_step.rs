//! What was in step with a remote, and the upload sessions that are open. See [`crate::ledger::Ledger`], whose calls these are.

use super::{Error, RemoteId, Result};
use crate::digest::ContentHash;
use crate::ledger::InStep;
use crate::path::FilePath;
use crate::remote::Revision;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use std::collections::BTreeMap;

/// All that is in step, without gists.
///
/// # Errors
/// When the database fails or a row is damaged.
pub fn all(conn: &Connection, remote: RemoteId) -> Result<BTreeMap<FilePath, InStep>> {
    let sql = "SELECT path, hash, size, revision FROM cloud_in_step WHERE remote = ?1 ORDER BY path";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([remote.0])?;
    let mut all = BTreeMap::new();
    while let Some(row) = rows.next()? {
        all.insert(path(row, 0)?, in_step(row, 1, None)?);
    }
    Ok(all)
}

/// How many files are in step.
///
/// # Errors
/// When the database fails.
pub fn count(conn: &Connection, remote: RemoteId) -> Result<u64> {
    let sql = "SELECT count(*) FROM cloud_in_step WHERE remote = ?1";
    let count: i64 = conn.prepare_cached(sql)?.query_row([remote.0], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Forgets all that was in step and seen: the remote is to be another place from now on, of another [`super::generation`].
///
/// # Errors
/// When the database fails.
pub fn forget_all(tx: &Transaction<'_>, remote: RemoteId) -> Result<()> {
    forget_ledger(tx, remote)?;
    tx.execute("UPDATE cloud_remote SET generation = generation + 1 WHERE id = ?1", [remote.0])?;
    tx.execute("DELETE FROM cloud_state WHERE remote = ?1", [remote.0])?;
    Ok(())
}

/// What is known of a remote as long as it is the same place.
const TABLES: [&str; 7] =
    ["cloud_in_step", "cloud_gist", "cloud_session", "cloud_seen", "cloud_unusable", "cloud_cursor", "cloud_marker"];

/// The same, but what came of the last run stays known.
///
/// # Errors
/// When the database fails.
pub fn forget_ledger(tx: &Transaction<'_>, remote: RemoteId) -> Result<()> {
    for table in TABLES {
        tx.execute(&format!("DELETE FROM {table} WHERE remote = ?1"), [remote.0])?;
    }
    Ok(())
}

/// What is in step of one file.
///
/// # Errors
/// When the database fails or the row is damaged.
pub fn one(conn: &Connection, remote: RemoteId, path: &FilePath) -> Result<Option<InStep>> {
    let sql = "SELECT hash, size, revision, gist FROM cloud_in_step LEFT JOIN cloud_gist USING (remote, path)
        WHERE remote = ?1 AND path = ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params![remote.0, path.as_str()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    in_step(row, 0, row.get(3)?).map(Some)
}

/// The files of a content that are in step.
///
/// # Errors
/// When the database fails or a row is damaged.
pub fn paths_with(conn: &Connection, remote: RemoteId, content: &ContentHash) -> Result<Vec<FilePath>> {
    let sql = "SELECT path FROM cloud_in_step WHERE remote = ?1 AND hash = ?2 ORDER BY path";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params![remote.0, content.0])?;
    let mut paths = Vec::new();
    while let Some(row) = rows.next()? {
        paths.push(path(row, 0)?);
    }
    Ok(paths)
}

/// Notes that a file is in step. In another state than before, the uploads to its path are over, and their sessions are forgotten.
///
/// # Errors
/// When there is no such remote, or the database fails.
pub fn note(tx: &Transaction<'_>, remote: RemoteId, path: &FilePath, in_step: &InStep) -> Result<()> {
    let InStep { hash, size, revision, gist } = in_step;
    if one(tx, remote, path)?.is_none_or(|was| was.hash != *hash || was.revision != *revision) {
        delete(tx, "DELETE FROM cloud_session WHERE remote = ?1 AND path = ?2", remote, path)?;
    }
    let sql = "INSERT OR REPLACE INTO cloud_in_step (remote, path, hash, size, revision) VALUES (?1, ?2, ?3, ?4, ?5)";
    let size = i64::try_from(*size).unwrap_or(i64::MAX);
    tx.prepare_cached(sql)?.execute(params![remote.0, path.as_str(), hash.0, size, revision.0])?;
    match gist {
        Some(gist) => {
            let sql = "INSERT OR REPLACE INTO cloud_gist (remote, path, gist) VALUES (?1, ?2, ?3)";
            tx.prepare_cached(sql)?.execute(params![remote.0, path.as_str(), gist])?;
        }
        None => delete(tx, "DELETE FROM cloud_gist WHERE remote = ?1 AND path = ?2", remote, path)?,
    }
    Ok(())
}

/// Forgets a file, and the upload sessions to its path.
///
/// # Errors
/// When the database fails.
pub fn forget(tx: &Transaction<'_>, remote: RemoteId, path: &FilePath) -> Result<()> {
    delete(tx, "DELETE FROM cloud_in_step WHERE remote = ?1 AND path = ?2", remote, path)?;
    delete(tx, "DELETE FROM cloud_gist WHERE remote = ?1 AND path = ?2", remote, path)?;
    delete(tx, "DELETE FROM cloud_session WHERE remote = ?1 AND path = ?2", remote, path)
}

/// The contents, by their paths, whose upload sessions are noted.
///
/// # Errors
/// When the database fails or a row is damaged.
pub fn sessions(conn: &Connection, remote: RemoteId) -> Result<Vec<(FilePath, ContentHash)>> {
    let sql = "SELECT path, hash FROM cloud_session WHERE remote = ?1 ORDER BY path, hash";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([remote.0])?;
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        sessions.push((path(row, 0)?, hash(row, 1)?));
    }
    Ok(sessions)
}

/// Where the upload session of a content to a path is.
///
/// # Errors
/// When the database fails.
pub fn session(conn: &Connection, remote: RemoteId, path: &FilePath, hash: &ContentHash) -> Result<Option<String>> {
    let sql = "SELECT state FROM cloud_session WHERE remote = ?1 AND path = ?2 AND hash = ?3";
    let key = params![remote.0, path.as_str(), hash.0];
    Ok(conn.prepare_cached(sql)?.query_row(key, |row| row.get(0)).optional()?)
}

/// Notes where it is; `None` when it ended. A session of another content to the same path is forgotten: nobody goes on with it.
///
/// # Errors
/// When there is no such remote, or the database fails.
pub fn note_session(
    tx: &Transaction<'_>,
    remote: RemoteId,
    path: &FilePath,
    hash: &ContentHash,
    state: Option<&str>,
) -> Result<()> {
    let (put, others, end) = (
        "INSERT OR REPLACE INTO cloud_session (remote, path, hash, state) VALUES (?1, ?2, ?3, ?4)",
        "DELETE FROM cloud_session WHERE remote = ?1 AND path = ?2 AND hash <> ?3",
        "DELETE FROM cloud_session WHERE remote = ?1 AND path = ?2 AND hash = ?3",
    );
    let key = params![remote.0, path.as_str(), hash.0];
    match state {
        Some(state) => {
            tx.prepare_cached(others)?.execute(key)?;
            tx.prepare_cached(put)?.execute(params![remote.0, path.as_str(), hash.0, state])?
        }
        None => tx.prepare_cached(end)?.execute(key)?,
    };
    Ok(())
}

/// The path in a column.
pub(super) fn path(row: &Row<'_>, column: usize) -> Result<FilePath> {
    let text = row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?;
    FilePath::parse(text).map_err(|_| Error::Damaged { column: "path", found: text.to_owned() })
}

/// The size in a column.
pub(super) fn size(row: &Row<'_>, column: usize) -> Result<u64> {
    let size: i64 = row.get(column)?;
    u64::try_from(size).map_err(|_| Error::Damaged { column: "size", found: size.to_string() })
}

/// The hash in a column.
fn hash(row: &Row<'_>, column: usize) -> Result<ContentHash> {
    let hash = row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?;
    let damaged = |_| Error::Damaged { column: "hash", found: format!("{} bytes", hash.len()) };
    Ok(ContentHash(hash.try_into().map_err(damaged)?))
}

/// Hash, size and revision from a column on.
fn in_step(row: &Row<'_>, from: usize, gist: Option<Vec<u8>>) -> Result<InStep> {
    Ok(InStep { hash: hash(row, from)?, size: size(row, from + 1)?, revision: Revision(row.get(from + 2)?), gist })
}

fn delete(tx: &Transaction<'_>, sql: &str, remote: RemoteId, path: &FilePath) -> Result<()> {
    tx.prepare_cached(sql)?.execute(params![remote.0, path.as_str()])?;
    Ok(())
}
