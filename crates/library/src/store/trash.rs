//! The trash: items are set aside, come back, or go for good.

use super::index;
use super::rows::{hash, placement};
use crate::error::Result;
use crate::item::{ItemId, Purged};
use rusqlite::Transaction;

/// Puts items in the trash. Those already there keep their time. Unknown ids are passed over. Gives how many went.
///
/// # Errors
/// When the database fails.
pub fn trash(tx: &Transaction<'_>, ids: &[ItemId], at: i64) -> Result<usize> {
    let mut update = tx.prepare_cached("UPDATE item SET trashed_at = ?2 WHERE id = ?1 AND trashed_at IS NULL")?;
    ids.iter().try_fold(0, |sum, id| Ok(sum + update.execute((id.0, at))?))
}

/// Takes items out of the trash. Unknown ids and items outside the trash are passed over. Gives how many came back.
///
/// # Errors
/// When the database fails.
pub fn restore(tx: &Transaction<'_>, ids: &[ItemId]) -> Result<usize> {
    let mut update = tx.prepare_cached("UPDATE item SET trashed_at = NULL WHERE id = ?1 AND trashed_at IS NOT NULL")?;
    ids.iter().try_fold(0, |sum, id| Ok(sum + update.execute([id.0])?))
}

/// Deletes items that are in the trash for good, with all that is known about them; others are passed over. The caller
/// deletes the files with `Folder::purge` after the transaction is committed.
///
/// # Errors
/// When the database fails or holds damaged values.
pub fn purge(tx: &Transaction<'_>, ids: &[ItemId]) -> Result<Vec<Purged>> {
    let mut purged = Vec::new();
    for &id in ids {
        let mut select =
            tx.prepare_cached("SELECT hash, managed, path FROM item WHERE id = ?1 AND trashed_at IS NOT NULL")?;
        let mut rows = select.query([id.0])?;
        let Some(row) = rows.next()? else { continue };
        let hash = hash(&row.get::<_, String>(0)?)?;
        purged.push(Purged { id, hash, placement: placement(row.get(1)?, &row.get::<_, String>(2)?)? });
        index::remove(tx, id)?;
        for table in ["tag", "origin", "reading"] {
            tx.prepare_cached(&format!("DELETE FROM {table} WHERE item_id = ?1"))?.execute([id.0])?;
        }
        tx.prepare_cached("DELETE FROM item WHERE id = ?1")?.execute([id.0])?;
    }
    Ok(purged)
}
