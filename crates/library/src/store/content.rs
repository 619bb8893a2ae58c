//! The bytes of images: which are known, and what becomes of an image whose file has others by now.

use super::index::index_item;
use super::items::exists;
use super::rows::{hash, placement};
use crate::error::Result;
use crate::hash::ContentHash;
use crate::item::{ItemId, Placement};
use rusqlite::{Connection, Transaction, params};
use std::path::PathBuf;

/// The images of the library folder outside the trash, with their paths and what is known of their bytes.
///
/// # Errors
/// When the database fails or holds damaged values.
pub fn contents(conn: &Connection) -> Result<Vec<(ItemId, PathBuf, ContentHash)>> {
    let mut select =
        conn.prepare_cached("SELECT id, path, hash FROM item WHERE managed = 1 AND trashed_at IS NULL ORDER BY id")?;
    let mut rows = select.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if let Placement::Managed { path } = placement(true, &row.get::<_, String>(1)?)? {
            found.push((ItemId(row.get(0)?), path, hash(&row.get::<_, String>(2)?)?));
        }
    }
    Ok(found)
}

/// Notes that the file of an item has other bytes by now. What a person said of it stays; what was read and seen in what it was is forgotten.
/// No other item may have these bytes.
///
/// # Errors
/// When there is no such item, another one has these bytes, or the database fails.
pub fn set_content(tx: &Transaction<'_>, id: ItemId, hash: &ContentHash, size: u64) -> Result<()> {
    exists(tx, id)?;
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    tx.execute(
        "UPDATE item SET hash = ?2, size = ?3, width = NULL, height = NULL, format = NULL, taken_at = NULL, taken_offset = NULL, \
         camera = NULL, latitude = NULL, longitude = NULL, problem_code = NULL, problem_message = NULL, problem_hint = NULL, \
         has_reading = 0, text_len = 0, missing_at = NULL WHERE id = ?1",
        params![id.0, hash.as_str(), size],
    )?;
    for table in ["reading", "text_fact", "file_check", "recognition", "embedding", "wrong"] {
        tx.prepare_cached(&format!("DELETE FROM {table} WHERE item_id = ?1"))?.execute([id.0])?;
    }
    index_item(tx, id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Query;
    use crate::item::Edit;
    use crate::store::{add_item, edit, finds, item, reading, save_reading, set_problem};
    use crate::testing::{self, database, new_item};

    #[test]
    fn of_other_bytes_only_what_a_person_said_is_known() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let (new, origin) = new_item("a.png", 10);
        let id = add_item(&tx, &new, &origin).unwrap().id;
        let said = Edit { tags: Some(vec!["tax".into()]), note: Some("of may".into()) };
        edit(&tx, id, &said).unwrap();
        save_reading(&tx, id, &testing::reading(&["receipt"]), 7).unwrap();
        set_problem(&tx, id, None).unwrap();
        assert_eq!(contents(&tx).unwrap().len(), 1);

        let other = ContentHash::of(b"other bytes");
        set_content(&tx, id, &other, 11).unwrap();
        let after = item(&tx, id).unwrap().unwrap();
        assert_eq!((&after.hash, after.size, after.has_reading, after.text_len), (&other, 11, false, 0));
        assert_eq!((after.tags, after.note), (vec!["tax".to_owned()], "of may".to_owned()));
        assert_eq!(reading(&tx, id).unwrap(), None);
        let found = |words: &str| finds(&tx, &Query::parse(words), id).unwrap();
        assert_eq!((found("receipt"), found("tax")), (false, true));
        assert_eq!(contents(&tx).unwrap()[0].2, other);
        let (second, origin) = new_item("b.png", 10);
        let second = add_item(&tx, &second, &origin).unwrap().id;
        assert!(set_content(&tx, second, &other, 11).is_err(), "no two images have the same bytes");
    }
}
