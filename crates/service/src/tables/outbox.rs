//! The messages that wait to be told, and when troubles were told: kept in the database, so that no kill loses a message
//! and no restart tells a trouble again.

use crate::error::{Error, Result};
use crate::telling::message::Message;
use crate::telling::planner::Waiting;
use rusqlite::{Connection, Transaction, params};
use std::collections::{BTreeMap, BTreeSet};

/// The tables of telling.
pub const TABLES: &str = "
    CREATE TABLE message (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        content TEXT NOT NULL
    ) STRICT;
    CREATE TABLE told_trouble (
        key TEXT PRIMARY KEY,
        at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;";

/// The most messages that wait. While nothing tells them, the oldest go.
const MOST_WAITING: i64 = 500;

/// Leaves a message to be told, in the transaction that notes what it tells of. Follow the commit with any change on the
/// bus: that wakes whoever tells.
///
/// # Errors
/// When the database fails.
pub fn put(tx: &Transaction, message: &Message, now: i64) -> Result<()> {
    let content = serde_json::to_string(message).map_err(|e| Error::Internal(format!("a message: {e}")))?;
    tx.prepare_cached("INSERT INTO message (at, content) VALUES (?1, ?2)")?.execute(params![now, content])?;
    tx.prepare_cached("DELETE FROM message WHERE id <= (SELECT max(id) FROM message) - ?1")?.execute([MOST_WAITING])?;
    Ok(())
}

/// The messages that wait, the oldest first, and the rows that are none: of another version.
///
/// # Errors
/// When the database fails.
pub fn waiting(conn: &Connection) -> Result<(Vec<Waiting>, Vec<i64>)> {
    let mut all = conn.prepare_cached("SELECT id, at, content FROM message ORDER BY id")?;
    let mut rows = all.query([])?;
    let (mut waiting, mut unknown) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let (id, at, content): (i64, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        match serde_json::from_str(&content) {
            Ok(message) => waiting.push(Waiting { id, at, message }),
            Err(_) => unknown.push(id),
        }
    }
    Ok((waiting, unknown))
}

/// When which trouble was told.
///
/// # Errors
/// When the database fails.
pub fn told(conn: &Connection) -> Result<BTreeMap<String, i64>> {
    let mut all = conn.prepare_cached("SELECT key, at FROM told_trouble")?;
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, rusqlite::Error>>()?)
}

/// Notes that these rows are dealt with and these troubles are told; forgets those told before `forget`.
///
/// # Errors
/// When the database fails.
pub fn done(tx: &Transaction, gone: &[i64], told: &BTreeSet<String>, now: i64, forget: i64) -> Result<()> {
    let mut delete = tx.prepare_cached("DELETE FROM message WHERE id = ?1")?;
    gone.iter().try_for_each(|id| delete.execute([id]).map(drop))?;
    let mut note = tx.prepare_cached("INSERT OR REPLACE INTO told_trouble (key, at) VALUES (?1, ?2)")?;
    told.iter().try_for_each(|key| note.execute(params![key, now]).map(drop))?;
    tx.prepare_cached("DELETE FROM told_trouble WHERE at < ?1")?.execute([forget])?;
    Ok(())
}

/// Notes that troubles are mended, all whose key begins so but those in `but`: their next time is news.
///
/// # Errors
/// When the database fails.
pub fn mended(tx: &Transaction, beginning: &str, but: &BTreeSet<String>) -> Result<()> {
    let gone: Vec<String> =
        told(tx)?.into_keys().filter(|key| key.starts_with(beginning) && !but.contains(key)).collect();
    let mut forget = tx.prepare_cached("DELETE FROM told_trouble WHERE key = ?1")?;
    gone.iter().try_for_each(|key| forget.execute([key]).map(drop))?;
    Ok(())
}

/// Takes back what waits about troubles whose key begins so, but for those in `but`: they passed by themselves.
///
/// # Errors
/// When the database fails.
pub fn take_back(tx: &Transaction, beginning: &str, but: &BTreeSet<String>) -> Result<()> {
    let passed = |one: &Waiting| {
        one.message.once.as_ref().is_some_and(|once| once.key.starts_with(beginning) && !but.contains(&once.key))
    };
    let (waiting, _) = waiting(tx)?;
    let mut delete = tx.prepare_cached("DELETE FROM message WHERE id = ?1")?;
    waiting.iter().filter(|one| passed(one)).try_for_each(|one| delete.execute([one.id]).map(drop))?;
    Ok(())
}
