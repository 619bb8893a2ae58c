//! The trash: items are set aside, come back, or go for good.

use super::rows::{hash, placement, placement_columns};
use super::{duplicates, facets, index};
use crate::error::Result;
use crate::hash::ContentHash;
use crate::item::{ItemId, Placement, Purged};
use rusqlite::{Connection, Transaction};

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

/// Deletes items that are in the trash for good, with all that is known about them; others are passed over. Their files
/// stand in [`purged`] from then on. Gives how many went.
///
/// # Errors
/// When the database fails.
pub fn purge(tx: &Transaction<'_>, ids: &[ItemId]) -> Result<usize> {
    let mut count = 0;
    for &id in ids {
        let mut note = tx.prepare_cached(
            "INSERT INTO purged (item_id, hash, managed, path)
             SELECT id, hash, managed, path FROM item WHERE id = ?1 AND trashed_at IS NOT NULL",
        )?;
        if note.execute([id.0])? == 0 {
            continue;
        }
        count += 1;
        index::remove(tx, id)?;
        duplicates::forget_told_apart(tx, id)?;
        facets::remove(tx, id)?;
        for table in ["tag", "origin", "reading", "text_fact", "file_check", "recognition", "embedding", "wrong"] {
            tx.prepare_cached(&format!("DELETE FROM {table} WHERE item_id = ?1"))?.execute([id.0])?;
        }
        tx.prepare_cached("DELETE FROM item WHERE id = ?1")?.execute([id.0])?;
    }
    Ok(count)
}

/// Items that were deleted for good and whose files are still to be deleted, with `Folder::purge`, after the transaction
/// that deleted them is committed.
///
/// # Errors
/// When the database fails or holds damaged values.
pub fn purged(conn: &Connection) -> Result<Vec<Purged>> {
    let mut select = conn.prepare_cached("SELECT item_id, hash, managed, path FROM purged ORDER BY item_id")?;
    let mut rows = select.query([])?;
    let mut purged = Vec::new();
    while let Some(row) = rows.next()? {
        let (hash, placement) = (hash(&row.get::<_, String>(1)?)?, placement(row.get(2)?, &row.get::<_, String>(3)?)?);
        purged.push(Purged { id: ItemId(row.get(0)?), hash, placement });
    }
    Ok(purged)
}

/// Notes that the files of these deleted items are deleted.
///
/// # Errors
/// When the database fails.
pub fn files_deleted(tx: &Transaction<'_>, ids: &[ItemId]) -> Result<()> {
    let mut delete = tx.prepare_cached("DELETE FROM purged WHERE item_id = ?1")?;
    ids.iter().try_for_each(|id| delete.execute([id.0]).map(drop))?;
    Ok(())
}

/// What lies in this place belongs to an item now, and is not to be deleted for one that lay there before: its file, or
/// for an image elsewhere the sidecar that is named by its hash.
pub(super) fn belongs_to_an_item(tx: &Transaction<'_>, hash: &ContentHash, place: &Placement) -> Result<()> {
    let (managed, path) = placement_columns(place);
    tx.prepare_cached("DELETE FROM purged WHERE managed = ?1 AND CASE WHEN managed THEN path = ?2 ELSE hash = ?3 END")?
        .execute((managed, path, hash.as_str()))?;
    Ok(())
}
