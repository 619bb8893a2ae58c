//! What images look like: their hashes, as they lie beside what was recognised.

use crate::error::Result;
use crate::item::ItemId;
use legible_reading::recognition::PerceptualHash;
use rusqlite::{Connection, OptionalExtension, Row};

/// The hash of an item, where it has one.
pub(super) fn hash(conn: &Connection, id: ItemId) -> Result<Option<PerceptualHash>> {
    let mut select =
        conn.prepare_cached("SELECT item_id, across, down FROM recognition WHERE item_id = ?1 AND across IS NOT NULL")?;
    Ok(select.query_row([id.0], looks).optional()?)
}

/// Tells each item that has a hash, those in the trash too, by the order of hashes.
pub(super) fn for_each(conn: &Connection, mut tell: impl FnMut(ItemId, PerceptualHash)) -> Result<()> {
    let mut select = conn.prepare_cached("SELECT item_id, across, down FROM recognition WHERE across IS NOT NULL")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        tell(ItemId(row.get(0)?), looks(row)?);
    }
    Ok(())
}

fn looks(row: &Row<'_>) -> rusqlite::Result<PerceptualHash> {
    let bits = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
    Ok(PerceptualHash { across: bits(1)?, down: bits(2)? })
}
