//! What images look like, as 64 bits in each direction. The bits are made elsewhere; here they are only kept, by the hash of the bytes.

use super::rows::SUMMARY_COLUMNS;
use super::upkeep::summaries;
use crate::error::Result;
use crate::hash::ContentHash;
use crate::item::{ItemId, ItemSummary};
use rusqlite::{Connection, Transaction};

/// What an image looks like, in bits that change little when it is resized or compressed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PerceptualHash {
    /// How it gets brighter and darker from left to right.
    pub across: u64,
    /// And from top to bottom.
    pub down: u64,
}

/// Keeps the perceptual hash of the image with these bytes.
///
/// # Errors
/// When the database fails.
pub fn save_perceptual_hash(tx: &Transaction<'_>, hash: &ContentHash, perceptual: PerceptualHash) -> Result<()> {
    tx.prepare_cached("INSERT OR REPLACE INTO perceptual_hash (hash, across, down) VALUES (?1, ?2, ?3)")?.execute((
        hash.as_str(),
        perceptual.across.cast_signed(),
        perceptual.down.cast_signed(),
    ))?;
    Ok(())
}

/// The next items outside the trash that have no perceptual hash yet, at most `limit`.
///
/// # Errors
/// When the database fails or holds damaged values.
pub fn without_perceptual_hash(conn: &Connection, after: ItemId, limit: usize) -> Result<Vec<ItemSummary>> {
    let sql = format!(
        "SELECT {SUMMARY_COLUMNS} FROM item WHERE id > ?1 AND trashed_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM perceptual_hash WHERE perceptual_hash.hash = item.hash)
         ORDER BY id LIMIT {limit}"
    );
    summaries(conn, &sql, [after.0])
}

/// The items outside the trash with their perceptual hashes, where they have one, in the order of their numbers.
///
/// # Errors
/// When the database fails.
pub fn perceptual_hashes(conn: &Connection) -> Result<Vec<(ItemId, PerceptualHash)>> {
    let mut select = conn.prepare_cached(
        "SELECT item.id, across, down FROM item JOIN perceptual_hash ON perceptual_hash.hash = item.hash
         WHERE item.trashed_at IS NULL ORDER BY item.id",
    )?;
    let rows = select.query_map([], |row| {
        let (across, down) = (row.get::<_, i64>(1)?.cast_unsigned(), row.get::<_, i64>(2)?.cast_unsigned());
        Ok((ItemId(row.get(0)?), PerceptualHash { across, down }))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{add_item, purge, trash};
    use crate::testing::{database, new_item};

    #[test]
    fn a_perceptual_hash_stays_as_long_as_its_image() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let [a, b] = ["a", "b"].map(|name| {
            let (new, origin) = new_item(name, 1);
            (add_item(&tx, &new, &origin).unwrap().id, new.hash)
        });
        let without = |tx: &Transaction<'_>| -> Vec<ItemId> {
            without_perceptual_hash(tx, ItemId(0), 9).unwrap().into_iter().map(|item| item.id).collect()
        };
        assert_eq!(without(&tx), [a.0, b.0]);
        let looks = |across, down| PerceptualHash { across, down };
        save_perceptual_hash(&tx, &a.1, looks(1, 2)).unwrap();
        save_perceptual_hash(&tx, &a.1, looks(u64::MAX, 1 << 63)).unwrap();
        assert_eq!((without(&tx), perceptual_hashes(&tx).unwrap()), (vec![b.0], vec![(a.0, looks(u64::MAX, 1 << 63))]));
        trash(&tx, &[a.0, b.0], 5).unwrap();
        assert_eq!((without(&tx), perceptual_hashes(&tx).unwrap()), (vec![], vec![]));
        purge(&tx, &[a.0]).unwrap();
        let left: i64 = tx.query_row("SELECT count(*) FROM perceptual_hash", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "nothing is left of what was deleted for good");
    }
}
