//! What checks of the originals found. A check may take hours and be stopped at any time: what it has looked at stays
//! noted under its number, and it goes on with the others.

use super::rows::{HAS_ORIGINAL, SUMMARY_COLUMNS, count};
use super::upkeep::summaries;
use crate::error::{Error, Result};
use crate::item::{ItemId, ItemSummary};
use rusqlite::{Connection, Transaction, params};

/// What is wrong with an original.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileTrouble {
    /// The file is not there.
    Missing,
    /// The file has other bytes than the image that came in.
    Changed,
    /// The file is there and cannot be read.
    Unreadable,
}

impl FileTrouble {
    /// The name in the database.
    fn as_str(self) -> &'static str {
        match self {
            FileTrouble::Missing => "missing",
            FileTrouble::Changed => "changed",
            FileTrouble::Unreadable => "unreadable",
        }
    }

    fn of(name: &str) -> Result<Self> {
        let all = [FileTrouble::Missing, FileTrouble::Changed, FileTrouble::Unreadable];
        let unknown = || Error::Damaged { what: "file check", detail: format!("unknown trouble {name:?}") };
        all.into_iter().find(|trouble| trouble.as_str() == name).ok_or_else(unknown)
    }
}

/// What a check has found so far, items in the trash left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileChecks {
    /// Originals that were looked at.
    pub checked: usize,
    /// Of these, those that are not there.
    pub missing: usize,
    /// Of these, those with other bytes.
    pub changed: usize,
    /// Of these, those that cannot be read.
    pub unreadable: usize,
}

/// Notes what the check `run` found at `at`; `None` for an original that is as it should be.
///
/// # Errors
/// When the database fails.
pub fn note_file_check(
    tx: &Transaction<'_>,
    id: ItemId,
    run: i64,
    at: i64,
    trouble: Option<FileTrouble>,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO file_check (item_id, run, checked_at, trouble)
         SELECT id, ?2, ?3, ?4 FROM item WHERE id = ?1",
    )?
    .execute(params![id.0, run, at, trouble.map(FileTrouble::as_str)])?;
    Ok(())
}

/// The next items outside the trash that the check `run` has not found to be as they should be, at most `limit`; not those
/// of which only the text was kept. So a check that is repeated looks again at what was wrong, and a person may have put right.
///
/// # Errors
/// When the database fails or holds damaged values.
pub fn unchecked(conn: &Connection, run: i64, after: ItemId, limit: usize) -> Result<Vec<ItemSummary>> {
    let sql = format!(
        "SELECT {SUMMARY_COLUMNS} FROM item WHERE id > ?1 AND trashed_at IS NULL AND {HAS_ORIGINAL} AND NOT EXISTS
            (SELECT 1 FROM file_check WHERE item_id = item.id AND run = ?2 AND trouble IS NULL)
         ORDER BY id LIMIT {limit}"
    );
    summaries(conn, &sql, (after.0, run))
}

/// How many items outside the trash have an original: more than their text was kept.
///
/// # Errors
/// When the database fails.
pub fn originals(conn: &Connection) -> Result<usize> {
    let sql = format!("SELECT count(*) FROM item WHERE trashed_at IS NULL AND {HAS_ORIGINAL}");
    Ok(conn.prepare_cached(&sql)?.query_row([], |row| count(row, 0))?)
}

/// What the check `run` has found so far.
///
/// # Errors
/// When the database fails or holds damaged values.
pub fn file_checks(conn: &Connection, run: i64) -> Result<FileChecks> {
    let mut select = conn.prepare_cached(
        "SELECT trouble, count(*) FROM file_check JOIN item ON item.id = item_id
         WHERE run = ?1 AND trashed_at IS NULL GROUP BY trouble",
    )?;
    let mut rows = select.query([run])?;
    let mut checks = FileChecks::default();
    while let Some(row) = rows.next()? {
        let count = count(row, 1)?;
        checks.checked += count;
        if let Some(name) = row.get::<_, Option<String>>(0)? {
            match FileTrouble::of(&name)? {
                FileTrouble::Missing => checks.missing = count,
                FileTrouble::Changed => checks.changed = count,
                FileTrouble::Unreadable => checks.unreadable = count,
            }
        }
    }
    Ok(checks)
}

/// The names of the first items whose originals the check `run` found something wrong with, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn troubled_files(conn: &Connection, run: i64, limit: usize) -> Result<Vec<String>> {
    let sql = format!(
        "SELECT item.name FROM file_check JOIN item ON item.id = item_id
         WHERE run = ?1 AND trouble IS NOT NULL AND trashed_at IS NULL ORDER BY item_id LIMIT {limit}"
    );
    let mut select = conn.prepare_cached(&sql)?;
    let names = select.query_map([run], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{add_item, purge, trash};
    use crate::testing::{database, new_item};

    #[test]
    fn a_check_goes_on_where_it_was_and_looks_again_at_what_was_wrong() {
        use FileTrouble::{Changed, Missing, Unreadable};
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let ids = ["a", "b", "c", "d", "e"].map(|name| {
            let (new, origin) = new_item(name, 1);
            add_item(&tx, &new, &origin).unwrap().id
        });
        let due = |run| unchecked(&tx, run, ItemId(0), 9).unwrap().iter().map(|i| i.name.clone()).collect::<String>();
        for (id, trouble) in ids.iter().zip([None, Some(Missing), Some(Changed), Some(Unreadable)]) {
            note_file_check(&tx, *id, 7, 50, trouble).unwrap();
        }
        note_file_check(&tx, ItemId(99), 7, 50, None).unwrap();
        assert_eq!((due(7), due(8)), ("bcde".into(), "abcde".into()));
        assert_eq!(file_checks(&tx, 7).unwrap(), FileChecks { checked: 4, missing: 1, changed: 1, unreadable: 1 });
        assert_eq!(troubled_files(&tx, 7, 2).unwrap(), ["b", "c"]);
        note_file_check(&tx, ids[1], 7, 60, None).unwrap();
        trash(&tx, &[ids[2]], 70).unwrap();
        assert_eq!(file_checks(&tx, 7).unwrap(), FileChecks { checked: 3, missing: 0, changed: 0, unreadable: 1 });
        assert_eq!((due(7), troubled_files(&tx, 7, 9).unwrap()), ("de".into(), vec!["d".to_owned()]));
        assert_eq!(file_checks(&tx, 8).unwrap(), FileChecks::default());
        purge(&tx, &[ids[2]]).unwrap();
        let left: i64 = tx.query_row("SELECT count(*) FROM file_check", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 3);
    }
}
