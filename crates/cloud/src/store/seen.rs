//! What a remote had at its last mark.

use super::in_step::{path, size};
use super::{Error, RemoteId, Result};
use crate::digest::{Digest, DigestKind};
use crate::path::FilePath;
use crate::remote::{Cursor, RemoteFile, Revision, Unusable};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use std::collections::BTreeMap;

const KINDS: [(DigestKind, &str); 4] = [
    (DigestKind::Md5, "md5"),
    (DigestKind::Sha256, "sha256"),
    (DigestKind::Dropbox, "dropbox"),
    (DigestKind::QuickXor, "quick-xor"),
];

/// The mark up to which [`seen`] tells what the remote has.
///
/// # Errors
/// When the database fails.
pub fn cursor(conn: &Connection, remote: RemoteId) -> Result<Option<Cursor>> {
    let mut statement = conn.prepare_cached("SELECT cursor FROM cloud_cursor WHERE remote = ?1")?;
    Ok(statement.query_row([remote.0], |row| row.get(0).map(Cursor)).optional()?)
}

/// What the folder was called by its marker when it was last in step: see [`crate::marker`].
///
/// # Errors
/// When the database fails.
pub fn marker(conn: &Connection, remote: RemoteId) -> Result<Option<String>> {
    let mut statement = conn.prepare_cached("SELECT name FROM cloud_marker WHERE remote = ?1")?;
    Ok(statement.query_row([remote.0], |row| row.get(0)).optional()?)
}

/// Notes what the folder is called.
///
/// # Errors
/// When there is no such remote, or the database fails.
pub fn note_marker(tx: &Transaction<'_>, remote: RemoteId, name: &str) -> Result<()> {
    tx.execute("INSERT OR REPLACE INTO cloud_marker (remote, name) VALUES (?1, ?2)", params![remote.0, name])?;
    Ok(())
}

/// Forgets what the folder is called: it has no marker any more, and is the same.
///
/// # Errors
/// When the database fails.
pub fn forget_marker(tx: &Transaction<'_>, remote: RemoteId) -> Result<()> {
    tx.execute("DELETE FROM cloud_marker WHERE remote = ?1", [remote.0])?;
    Ok(())
}

/// What it had at that mark, in the order of the paths.
///
/// # Errors
/// When the database fails or a row is damaged.
pub fn seen(conn: &Connection, remote: RemoteId) -> Result<Vec<RemoteFile>> {
    let sql = "SELECT path, id, revision, size, digest_kind, digest, modified FROM cloud_seen
        WHERE remote = ?1 ORDER BY path";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([remote.0])?;
    let mut files = Vec::new();
    while let Some(row) = rows.next()? {
        files.push(file(row)?);
    }
    Ok(files)
}

/// What it had at that mark and could not be kept in step, in the order in which it was noted.
///
/// # Errors
/// When the database fails.
pub fn unusable(conn: &Connection, remote: RemoteId) -> Result<Vec<Unusable>> {
    let sql = "SELECT name, why, id FROM cloud_unusable WHERE remote = ?1 ORDER BY rowid";
    let mut statement = conn.prepare_cached(sql)?;
    let read = |row: &Row<'_>| Ok(Unusable { name: row.get(0)?, why: row.get(1)?, id: row.get(2)? });
    let left = statement.query_map([remote.0], read)?.collect::<rusqlite::Result<_>>()?;
    Ok(left)
}

/// Notes what it had at a mark, with those that could not be kept in step. Only what differs from what was noted is written. Of files
/// of one path, the last one counts.
///
/// # Errors
/// When there is no such remote, or the database fails.
pub fn see(
    tx: &Transaction<'_>,
    remote: RemoteId,
    files: &[RemoteFile],
    left: &[Unusable],
    cursor: Option<&Cursor>,
) -> Result<()> {
    if unusable(tx, remote)? != left {
        tx.prepare_cached("DELETE FROM cloud_unusable WHERE remote = ?1")?.execute([remote.0])?;
        let mut put =
            tx.prepare_cached("INSERT INTO cloud_unusable (remote, name, why, id) VALUES (?1, ?2, ?3, ?4)")?;
        left.iter().try_for_each(|left| put.execute(params![remote.0, left.name, left.why, left.id]).map(drop))?;
    }
    let mut new: BTreeMap<&FilePath, &RemoteFile> = files.iter().map(|file| (&file.path, file)).collect();
    for was in seen(tx, remote)? {
        match new.remove(&was.path) {
            Some(now) if *now == was => {}
            Some(now) => put(tx, remote, now)?,
            None => {
                let mut statement = tx.prepare_cached("DELETE FROM cloud_seen WHERE remote = ?1 AND path = ?2")?;
                statement.execute(params![remote.0, was.path.as_str()])?;
            }
        }
    }
    new.into_values().try_for_each(|file| put(tx, remote, file))?;
    match cursor {
        Some(cursor) => {
            let sql = "INSERT OR REPLACE INTO cloud_cursor (remote, cursor) VALUES (?1, ?2)";
            tx.prepare_cached(sql)?.execute(params![remote.0, cursor.0])?
        }
        None => tx.prepare_cached("DELETE FROM cloud_cursor WHERE remote = ?1")?.execute([remote.0])?,
    };
    Ok(())
}

fn put(tx: &Transaction<'_>, remote: RemoteId, file: &RemoteFile) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO cloud_seen
        (remote, path, id, revision, size, digest_kind, digest, modified) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let RemoteFile { path, id, revision, size, digest, modified } = file;
    let size = i64::try_from(*size).unwrap_or(i64::MAX);
    let (kind, hex) = digest.as_ref().map(|digest| (word(digest.kind), &digest.hex)).unzip();
    tx.prepare_cached(sql)?.execute(params![remote.0, path.as_str(), id, revision.0, size, kind, hex, modified])?;
    Ok(())
}

fn file(row: &Row<'_>) -> Result<RemoteFile> {
    let (kind, hex): (Option<String>, Option<String>) = (row.get(4)?, row.get(5)?);
    let digest = kind.zip(hex).map(|(kind, hex)| Ok::<_, Error>(Digest { kind: read_kind(kind)?, hex })).transpose()?;
    Ok(RemoteFile {
        path: path(row, 0)?,
        id: row.get(1)?,
        revision: Revision(row.get(2)?),
        size: size(row, 3)?,
        digest,
        modified: row.get(6)?,
    })
}

fn word(kind: DigestKind) -> &'static str {
    KINDS.iter().find(|(of, _)| *of == kind).map_or("", |(_, word)| word)
}

fn read_kind(word: String) -> Result<DigestKind> {
    let found = KINDS.iter().find(|(_, of)| *of == word).map(|(kind, _)| *kind);
    found.ok_or(Error::Damaged { column: "digest_kind", found: word })
}
