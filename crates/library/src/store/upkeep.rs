//! Items in the order of their numbers, some at a time: what goes through the whole library asks for them, so that a
//! stop between two parts costs little and memory stays small.

use super::rows::{HAS_ORIGINAL, SUMMARY_COLUMNS, count, summary};
use crate::error::Result;
use crate::item::{ItemId, ItemSummary};
use legible_reading::Engine;
use rusqlite::{Connection, Params};

/// The next items outside the trash, at most `limit`.
///
/// # Errors
/// When the database fails or holds damaged values.
pub fn items_after(conn: &Connection, after: ItemId, limit: usize) -> Result<Vec<ItemSummary>> {
    let sql =
        format!("SELECT {SUMMARY_COLUMNS} FROM item WHERE id > ?1 AND trashed_at IS NULL ORDER BY id LIMIT {limit}");
    summaries(conn, &sql, [after.0])
}

/// The next items outside the trash that were read and whose originals are there, as far as is known, but whose shown
/// reading is not by this engine and version; at most `limit`.
///
/// # Errors
/// When the database fails or holds damaged values.
pub fn read_otherwise(conn: &Connection, engine: &Engine, after: ItemId, limit: usize) -> Result<Vec<ItemSummary>> {
    let sql = format!(
        "SELECT {SUMMARY_COLUMNS} FROM item WHERE id > ?1 AND trashed_at IS NULL AND has_reading AND missing_at IS NULL AND {HAS_ORIGINAL}
            AND (SELECT engine <> ?2 OR engine_version <> ?3 FROM reading
                 WHERE item_id = item.id ORDER BY read_at DESC, reading.id DESC LIMIT 1)
         ORDER BY id LIMIT {limit}"
    );
    summaries(conn, &sql, (after.0, &engine.name, &engine.version))
}

/// How many items outside the trash have a shown reading that is by this engine and version.
///
/// # Errors
/// When the database fails.
pub fn read_by(conn: &Connection, engine: &Engine) -> Result<usize> {
    let mut select = conn.prepare_cached(
        "SELECT count(*) FROM item WHERE trashed_at IS NULL AND has_reading
            AND (SELECT engine = ?1 AND engine_version = ?2 FROM reading
                 WHERE item_id = item.id ORDER BY read_at DESC, reading.id DESC LIMIT 1)",
    )?;
    Ok(select.query_row((&engine.name, &engine.version), |row| count(row, 0))?)
}

/// Items that were put in the trash at this time or before, at most `limit`.
///
/// # Errors
/// When the database fails or holds damaged values.
pub fn trashed_before(conn: &Connection, time: i64, limit: usize) -> Result<Vec<ItemSummary>> {
    let sql = format!("SELECT {SUMMARY_COLUMNS} FROM item WHERE trashed_at <= ?1 ORDER BY id LIMIT {limit}");
    summaries(conn, &sql, [time])
}

/// How many items outside the trash, whose originals are there as far as is known, have a recognition with none of these
/// signatures, or none at all.
///
/// # Errors
/// When the database fails.
pub fn signed_otherwise(conn: &Connection, [one, other]: [&str; 2]) -> Result<usize> {
    let sql = format!(
        "SELECT count(*) FROM item WHERE trashed_at IS NULL AND missing_at IS NULL AND {HAS_ORIGINAL} AND NOT EXISTS
            (SELECT 1 FROM recognition WHERE item_id = item.id AND signature IN (?1, ?2))"
    );
    Ok(conn.prepare_cached(&sql)?.query_row([one, other], |row| count(row, 0))?)
}

pub(super) fn summaries(conn: &Connection, sql: &str, params: impl Params) -> Result<Vec<ItemSummary>> {
    let mut select = conn.prepare_cached(sql)?;
    let mut rows = select.query(params)?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(summary(row)?);
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{add_item, restore, save_reading, save_recognition, trash};
    use crate::testing::{database, new_item, reading};
    use legible_reading::Reading;
    use legible_reading::recognition::Recognition;

    fn names(items: &[ItemSummary]) -> String {
        items.iter().map(|item| item.name.as_str()).collect()
    }

    #[test]
    fn items_come_in_parts_and_the_trash_by_its_age() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let ids = ["a", "b", "c", "d"].map(|name| {
            let (new, origin) = new_item(name, 1);
            add_item(&tx, &new, &origin).unwrap().id
        });
        trash(&tx, &[ids[1]], 10).unwrap();
        trash(&tx, &[ids[3]], 20).unwrap();
        let after = |after, limit| names(&items_after(&tx, after, limit).unwrap());
        assert_eq!((after(ItemId(0), 9), after(ItemId(0), 1), after(ids[0], 9)), ("ac".into(), "a".into(), "c".into()));
        let old = |time, limit| names(&trashed_before(&tx, time, limit).unwrap());
        assert_eq!((old(9, 9), old(10, 9), old(20, 9), old(20, 1)), ("".into(), "b".into(), "bd".into(), "b".into()));
        restore(&tx, &ids).unwrap();
        assert_eq!(names(&trashed_before(&tx, i64::MAX, 9).unwrap()), "");
    }

    #[test]
    fn the_shown_reading_decides_what_was_read_otherwise() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let engine = |name: &str, version: &str| Engine { name: name.into(), version: version.into() };
        let read = |name: &str, readings: &[(&str, &str)]| {
            let (new, origin) = new_item(name, 1);
            let id = add_item(&tx, &new, &origin).unwrap().id;
            for (at, (name, version)) in readings.iter().enumerate() {
                let by = Reading { engine: engine(name, version), ..reading(&["text"]) };
                save_reading(&tx, id, &by, at as i64).unwrap();
            }
            id
        };
        read("unread ", &[]);
        read("current ", &[("one", "2")]);
        read("older ", &[("one", "1")]);
        let other = read("other ", &[("two", "2")]);
        read("again ", &[("two", "2"), ("one", "2")]);
        read("switched ", &[("one", "2"), ("two", "2")]);
        let trashed = read("trashed ", &[("one", "1")]);
        trash(&tx, &[trashed], 9).unwrap();
        let due = |after, limit| names(&read_otherwise(&tx, &engine("one", "2"), after, limit).unwrap());
        assert_eq!(
            (due(ItemId(0), 9), due(ItemId(0), 1), due(other, 9)),
            ("older other switched ".into(), "older ".into(), "switched ".into())
        );
        assert_eq!(read_by(&tx, &engine("one", "2")).unwrap(), 2, "current and again");
    }

    #[test]
    fn what_others_signed_or_nobody_is_counted() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let ids = ["a", "b", "c", "d"].map(|name| {
            let (new, origin) = new_item(name, 1);
            add_item(&tx, &new, &origin).unwrap().id
        });
        let sign = |id, signature: &str| save_recognition(&tx, id, &Recognition::default(), signature, 5).unwrap();
        let counted = || signed_otherwise(&tx, ["now", "now, a photo"]).unwrap();
        assert_eq!(counted(), 4);
        for (id, signature) in ids.iter().zip(["now", "now, a photo", "before"]) {
            sign(*id, signature);
        }
        assert_eq!(counted(), 2);
        trash(&tx, &[ids[2]], 9).unwrap();
        assert_eq!(counted(), 1);
        sign(ids[3], "now");
        assert_eq!(counted(), 0);
    }
}
