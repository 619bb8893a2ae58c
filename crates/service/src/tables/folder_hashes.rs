//! Hashes of the files of the library folder, with what tells that a file is still the same: without them, all of it would be read
//! anew after each start.

use crate::error::{Error, Result};
use legible_cloud::FilePath;
use legible_cloud::digest::ContentHash;
use legible_cloud::local::Stamp;
use rusqlite::{Connection, Transaction, params};
use std::collections::BTreeSet;

/// The table: paths below the library folder, with `/`; for the other columns see [`Stamp`].
pub const TABLES: &str = "CREATE TABLE folder_hash (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    touched_ns INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT, WITHOUT ROWID";

/// A file in the state that it was hashed in.
pub type Hashed = (FilePath, Stamp, ContentHash);

/// All that is known. A row that cannot be understood is left out: its file is read anew.
///
/// # Errors
/// When the database fails.
pub fn all(conn: &Connection) -> Result<Vec<Hashed>> {
    let mut select = conn.prepare("SELECT path, size, modified_ns, touched_ns, number, hash FROM folder_hash")?;
    let rows = select.query_map([], |row| {
        let stamp = Stamp {
            size: row.get::<_, i64>(1)?.cast_unsigned(),
            modified_ns: row.get(2)?,
            touched_ns: row.get(3)?,
            number: row.get::<_, i64>(4)?.cast_unsigned(),
        };
        Ok((row.get::<_, String>(0)?, stamp, row.get::<_, Vec<u8>>(5)?))
    })?;
    let understood = |row: rusqlite::Result<(String, Stamp, Vec<u8>)>| {
        let (path, stamp, hash) = match row {
            Ok(row) => row,
            Err(error) => return Some(Err(Error::from(error))),
        };
        Some(Ok((FilePath::parse(&path).ok()?, stamp, ContentHash(hash.try_into().ok()?))))
    };
    rows.filter_map(understood).collect()
}

/// Keeps what was hashed anew, and forgets files that are not among `there`.
///
/// # Errors
/// When the database fails.
pub fn keep(tx: &Transaction<'_>, new: &[Hashed], there: &BTreeSet<String>) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO folder_hash (path, size, modified_ns, touched_ns, number, hash)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut insert = tx.prepare_cached(sql)?;
    for (path, stamp, hash) in new {
        let (size, number) = (stamp.size.cast_signed(), stamp.number.cast_signed());
        insert.execute(params![path.as_str(), size, stamp.modified_ns, stamp.touched_ns, number, hash.0])?;
    }
    let mut select = tx.prepare_cached("SELECT path FROM folder_hash")?;
    let all = select.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut delete = tx.prepare_cached("DELETE FROM folder_hash WHERE path = ?1")?;
    all.iter().filter(|path| !there.contains(*path)).try_for_each(|path| delete.execute([path]).map(drop))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_kept_while_their_files_are_there() {
        let mut conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(TABLES).unwrap();
        let hashed = |name: &str, byte: u8| {
            let stamp = Stamp { size: u64::from(byte), modified_ns: -1, touched_ns: i64::MAX, number: u64::MAX };
            (FilePath::parse(name).unwrap(), stamp, ContentHash([byte; 32]))
        };
        let mut check = |new: &[Hashed], there: &[&str], expected: &[Hashed]| {
            let tx = conn.transaction().unwrap();
            keep(&tx, new, &there.iter().map(|name| (*name).to_owned()).collect()).unwrap();
            assert_eq!(all(&tx).unwrap(), expected);
            tx.commit().unwrap();
        };
        check(
            &[hashed("a.png", 1), hashed("b.png", 2)],
            &["a.png", "b.png"],
            &[hashed("a.png", 1), hashed("b.png", 2)],
        );
        check(&[hashed("b.png", 3)], &["b.png"], &[hashed("b.png", 3)]);
        conn.execute("INSERT INTO folder_hash VALUES ('c.png', 1, 1, 1, 1, x'00')", []).unwrap();
        assert_eq!(all(&conn).unwrap(), [hashed("b.png", 3)]);
    }
}
