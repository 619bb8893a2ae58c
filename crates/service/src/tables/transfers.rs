//! Files that were moved between the library and storages: the last ones of each storage, for a person to see what was done.

use crate::api::{SyncTransfer, SyncWhat};
use crate::error::{Error, Result};
use crate::limits::KEPT_TRANSFERS;
use legible_cloud::store::RemoteId;
use rusqlite::{Connection, Transaction, params};

/// The table: `at` is in milliseconds since the Unix epoch, `what` as on the wire.
pub const TABLES: &str = "
CREATE TABLE transfer (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    storage INTEGER NOT NULL REFERENCES cloud_remote (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    path TEXT NOT NULL,
    what TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    problem TEXT
) STRICT;
CREATE INDEX transfer_of_storage ON transfer (storage, id);
";

/// Notes what ended, the oldest first, and forgets what is too old to be told. Of a storage that was removed meanwhile nothing is noted.
///
/// # Errors
/// When the database fails.
pub fn note(tx: &Transaction<'_>, storage: RemoteId, ended: &[SyncTransfer]) -> Result<()> {
    let sql = "INSERT INTO transfer (storage, at, path, what, bytes, problem)
        SELECT id, ?2, ?3, ?4, ?5, ?6 FROM cloud_remote WHERE id = ?1";
    let mut insert = tx.prepare_cached(sql)?;
    for transfer in &ended[ended.len().saturating_sub(KEPT_TRANSFERS)..] {
        let SyncTransfer { at, path, what, bytes, problem } = transfer;
        insert.execute(params![storage.0, at, path, written(*what)?, bytes.cast_signed(), problem])?;
    }
    let sql = "DELETE FROM transfer WHERE storage = ?1 AND id <= (
        SELECT id FROM transfer WHERE storage = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
    tx.prepare_cached(sql)?.execute(params![storage.0, KEPT_TRANSFERS as i64])?;
    Ok(())
}

/// What is told of a storage, the newest first. A row of a newer version that cannot be understood is left out.
///
/// # Errors
/// When the database fails.
pub fn last(conn: &Connection, storage: RemoteId) -> Result<Vec<SyncTransfer>> {
    let sql = "SELECT at, path, what, bytes, problem FROM transfer WHERE storage = ?1 ORDER BY id DESC";
    let mut select = conn.prepare_cached(sql)?;
    let rows = select.query_map([storage.0], |row| {
        let what = serde_json::from_value::<SyncWhat>(row.get::<_, String>(2)?.into()).ok();
        let (at, path, bytes, problem) = (row.get(0)?, row.get(1)?, row.get::<_, i64>(3)?, row.get(4)?);
        Ok(what.map(|what| SyncTransfer { at, path, what, bytes: bytes.cast_unsigned(), problem }))
    })?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// Forgets what was moved to and from a storage.
///
/// # Errors
/// When the database fails.
pub fn forget(tx: &Transaction<'_>, storage: RemoteId) -> Result<()> {
    tx.execute("DELETE FROM transfer WHERE storage = ?1", [storage.0])?;
    Ok(())
}

fn written(what: SyncWhat) -> Result<String> {
    let failed = |error: serde_json::Error| Error::Internal(format!("a transfer cannot be written: {error}"));
    Ok(serde_json::to_value(what).map_err(failed)?.as_str().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Home;
    use legible_cloud::store::{self, StoredRemote};

    #[test]
    fn the_last_ones_of_a_storage_are_told() {
        let home = Home::new();
        let transfer = |at: i64| SyncTransfer {
            at,
            path: format!("{at}.png"),
            what: SyncWhat::RemoveThere,
            bytes: 7,
            problem: (at == 3).then(|| "no".to_owned()),
        };
        let storage = |name: &str| StoredRemote {
            id: RemoteId(0),
            kind: "folder".into(),
            name: name.into(),
            spec: "{}".into(),
            capabilities: None,
            enabled: true,
            created_at: 0,
        };
        let told = home.service.database().write_blocking(move |tx| {
            let (one, other) = (store::add(tx, &storage("one"))?, store::add(tx, &storage("other"))?);
            note(tx, other, &[transfer(1)])?;
            note(tx, one, &(0..150).map(transfer).collect::<Vec<_>>())?;
            note(tx, one, &(150..KEPT_TRANSFERS as i64 + 3).map(transfer).collect::<Vec<_>>())?;
            note(tx, RemoteId(99), &[transfer(1)])?;
            let told = (last(tx, one)?, last(tx, other)?, last(tx, RemoteId(99))?);
            assert!(store::remove(tx, one)?);
            assert_eq!(last(tx, one)?, []);
            forget(tx, other)?;
            assert_eq!(last(tx, other)?, []);
            Ok(told)
        });
        let (one, other, none) = told.unwrap();
        assert_eq!((one.len(), &one[0], &one[KEPT_TRANSFERS - 1]), (KEPT_TRANSFERS, &transfer(202), &transfer(3)));
        assert_eq!((other, none), (vec![transfer(1)], vec![]));
    }
}
