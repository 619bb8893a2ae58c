//! Items, their origins, and what is found out about them.

use super::edit::tags;
use super::index::index_item;
use super::rows::{SUMMARY_COLUMNS, kind_of, kind_text, placement, placement_columns, summary};
use crate::error::{Error, Result};
use crate::hash::ContentHash;
use crate::item::{Added, ImageFacts, Item, ItemId, NewItem, Origin, Placement, Problem};
use crate::limits::MAX_ITEM_NAME_CHARS;
use legible_paths as paths;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::path::{Path, PathBuf};

/// Adds an image, or one more origin to the item that has the same bytes. An item in the trash comes back.
///
/// The same path or address is kept as an origin once, and so is each kind of origin without either.
///
/// # Errors
/// When the database fails.
pub fn add_item(tx: &Transaction<'_>, new: &NewItem, origin: &Origin) -> Result<Added> {
    let found: Option<(ItemId, bool)> = tx
        .prepare_cached("SELECT id, trashed_at IS NOT NULL FROM item WHERE hash = ?1")?
        .query_row([new.hash.as_str()], |row| Ok((ItemId(row.get(0)?), row.get(1)?)))
        .optional()?;
    let added = match found {
        Some((id, restored)) => {
            if restored {
                tx.execute("UPDATE item SET trashed_at = NULL WHERE id = ?1", [id.0])?;
            }
            Added { id, new: false, restored }
        }
        None => Added { id: insert(tx, new)?, new: true, restored: false },
    };
    add_origin(tx, added.id, origin)?;
    if added.new {
        index_item(tx, added.id)?;
    }
    Ok(added)
}

/// Adds the row of an item that is not there yet. It is not indexed.
pub(super) fn insert(tx: &Transaction<'_>, new: &NewItem) -> Result<ItemId> {
    super::trash::belongs_to_an_item(tx, &new.hash, &new.placement)?;
    let (managed, path) = placement_columns(&new.placement);
    let name: String = new.name.chars().take(MAX_ITEM_NAME_CHARS).collect();
    let size = i64::try_from(new.size).unwrap_or(i64::MAX);
    let mut statement = tx.prepare_cached(
        "INSERT INTO item (hash, name, size, managed, path, added_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    Ok(ItemId(statement.insert(params![new.hash.as_str(), name, size, managed, path, new.added_at])?))
}

/// Adds an origin unless the item has one of the same path or address, or of the same kind when there is neither.
pub(super) fn add_origin(tx: &Transaction<'_>, id: ItemId, origin: &Origin) -> Result<()> {
    let path = origin.path.as_deref().map(paths::to_text);
    tx.prepare_cached(
        "INSERT INTO origin (item_id, kind, path, url, at) SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM origin \
         WHERE item_id = ?1 AND path IS ?3 AND url IS ?4 AND (coalesce(?3, ?4) IS NOT NULL OR kind = ?2))",
    )?
    .execute(params![id.0, kind_text(origin.kind), path, origin.url, origin.at])?;
    Ok(())
}

/// Saves what the file says about its image; a place that is none on earth is left out.
///
/// # Errors
/// When there is no such item, or the database fails.
pub fn set_facts(tx: &Transaction<'_>, id: ItemId, facts: &ImageFacts) -> Result<()> {
    let on_earth = |(north, east): &(f64, f64)| north.abs() <= 90.0 && east.abs() <= 180.0;
    let place = facts.place().filter(on_earth);
    let changed = tx
        .prepare_cached(
            "UPDATE item SET width = ?2, height = ?3, format = ?4, taken_at = ?5, taken_offset = ?6, camera = ?7, \
             latitude = ?8, longitude = ?9 WHERE id = ?1",
        )?
        .execute(params![
            id.0,
            facts.width,
            facts.height,
            facts.format,
            facts.taken_at,
            facts.taken_offset,
            facts.camera,
            place.map(|place| place.0),
            place.map(|place| place.1)
        ])?;
    changed_one(id, changed)
}

/// Says why an item could not be read, or with `None` that nothing is wrong any more.
///
/// # Errors
/// When there is no such item, or the database fails.
pub fn set_problem(tx: &Transaction<'_>, id: ItemId, problem: Option<&Problem>) -> Result<()> {
    let (code, message, hint) = match problem {
        Some(problem) => (Some(&problem.code), Some(&problem.message), Some(&problem.hint)),
        None => (None, None, None),
    };
    let changed = tx
        .prepare_cached("UPDATE item SET problem_code = ?2, problem_message = ?3, problem_hint = ?4 WHERE id = ?1")?
        .execute(params![id.0, code, message, hint])?;
    changed_one(id, changed)
}

/// Everything about an item; `None` when there is no such item.
///
/// # Errors
/// When the database fails or holds damaged values.
pub fn item(conn: &Connection, id: ItemId) -> Result<Option<Item>> {
    let mut statement = conn.prepare_cached(&format!("SELECT {SUMMARY_COLUMNS}, item.note FROM item WHERE id = ?1"))?;
    let mut rows = statement.query([id.0])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let (summary, note) = (summary(row)?, row.get(23)?);
    Ok(Some(Item { summary, tags: tags(conn, id)?, note, origins: origins(conn, id)? }))
}

fn origins(conn: &Connection, id: ItemId) -> Result<Vec<Origin>> {
    let mut statement =
        conn.prepare_cached("SELECT kind, path, url, at FROM origin WHERE item_id = ?1 ORDER BY at, id")?;
    let mut rows = statement.query([id.0])?;
    let mut origins = Vec::new();
    while let Some(row) = rows.next()? {
        let path = match row.get::<_, Option<String>>(1)? {
            None => None,
            Some(text) => Some(paths::from_text(&text).ok_or(Error::Damaged { what: "path", detail: text })?),
        };
        origins.push(Origin { kind: kind_of(&row.get::<_, String>(0)?)?, path, url: row.get(2)?, at: row.get(3)? });
    }
    Ok(origins)
}

/// The item whose bytes have this hash, also when it is in the trash.
///
/// # Errors
/// When the database fails.
pub fn find_by_hash(conn: &Connection, hash: &ContentHash) -> Result<Option<ItemId>> {
    let mut statement = conn.prepare_cached("SELECT id FROM item WHERE hash = ?1")?;
    Ok(statement.query_row([hash.as_str()], |row| row.get(0).map(ItemId)).optional()?)
}

/// Says that the bytes of an item lie elsewhere from now on.
///
/// # Errors
/// When there is no such item, or the database fails.
pub fn set_placement(tx: &Transaction<'_>, id: ItemId, placement: &Placement) -> Result<()> {
    let item = item(tx, id)?.ok_or(Error::NoSuchItem(id))?;
    super::trash::belongs_to_an_item(tx, &item.hash, placement)?;
    let (managed, path) = placement_columns(placement);
    let sql = "UPDATE item SET managed = ?2, path = ?3, missing_at = NULL WHERE id = ?1";
    tx.execute(sql, params![id.0, managed, path])?;
    Ok(())
}

/// Gives an item another name, and indexes it.
///
/// # Errors
/// When there is no such item, or the database fails.
pub fn rename(tx: &Transaction<'_>, id: ItemId, name: &str) -> Result<()> {
    let name: String = name.chars().take(MAX_ITEM_NAME_CHARS).collect();
    changed_one(id, tx.execute("UPDATE item SET name = ?2 WHERE id = ?1", params![id.0, name])?)?;
    index_item(tx, id)
}

/// The item whose image lies at a path of the library folder, or where none does, one that did before it went to the trash.
///
/// # Errors
/// When the database fails.
pub fn find_managed(conn: &Connection, path: &Path) -> Result<Option<ItemId>> {
    let mut select = conn.prepare_cached(
        "SELECT id FROM item WHERE managed = 1 AND path = ?1 ORDER BY trashed_at IS NOT NULL, trashed_at DESC LIMIT 1",
    )?;
    Ok(select.query_row([paths::to_text(path)], |row| row.get(0).map(ItemId)).optional()?)
}

/// The images of the library folder outside the trash whose path has these words in it, with their paths, in the order of these.
///
/// # Errors
/// When the database fails or holds damaged values.
pub fn managed_with(conn: &Connection, words: &str) -> Result<Vec<(ItemId, PathBuf)>> {
    let sql =
        "SELECT id, path FROM item WHERE managed = 1 AND trashed_at IS NULL AND instr(path, ?1) > 0 ORDER BY path";
    let mut select = conn.prepare_cached(sql)?;
    let mut rows = select.query([words])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if let Placement::Managed { path } = placement(true, &row.get::<_, String>(1)?)? {
            found.push((ItemId(row.get(0)?), path));
        }
    }
    Ok(found)
}

/// Notes since when the file of a referenced image is gone, or with `None` that it is there. Its readings stay.
///
/// # Errors
/// When the database fails.
pub fn set_missing(tx: &Transaction<'_>, id: ItemId, since: Option<i64>) -> Result<()> {
    tx.execute("UPDATE item SET missing_at = ?2 WHERE id = ?1", params![id.0, since])?;
    Ok(())
}

/// The placements of all images that the library folder is to hold, those in the trash too.
///
/// # Errors
/// When the database fails or holds damaged values.
pub fn managed(conn: &Connection) -> Result<Vec<Placement>> {
    let mut select = conn.prepare_cached("SELECT path FROM item WHERE managed ORDER BY id")?;
    let mut rows = select.query([])?;
    let mut placements = Vec::new();
    while let Some(row) = rows.next()? {
        placements.push(placement(true, &row.get::<_, String>(0)?)?);
    }
    Ok(placements)
}

/// Fails when there is no such item.
pub(super) fn exists(conn: &Connection, id: ItemId) -> Result<()> {
    let found = conn.prepare_cached("SELECT 1 FROM item WHERE id = ?1")?.exists([id.0])?;
    if found { Ok(()) } else { Err(Error::NoSuchItem(id)) }
}

fn changed_one(id: ItemId, changed: usize) -> Result<()> {
    if changed == 1 { Ok(()) } else { Err(Error::NoSuchItem(id)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::OriginKind;
    use crate::store::{counts, edit, files_deleted, purge, purged, reading, restore, save_reading, trash};
    use crate::testing::{self, database, new_item};
    use crate::{Counts, Edit, Purged};

    fn problem() -> Problem {
        Problem { code: "too_large".into(), message: "It is too large.".into(), hint: "Make it smaller.".into() }
    }

    #[test]
    fn the_same_image_twice_is_one_item_with_two_origins() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let (new, origin) = new_item("a.png", 10);
        let first = add_item(&tx, &new, &origin).unwrap();
        let elsewhere = Origin { kind: OriginKind::Cli, path: Some("/other.png".into()), url: None, at: 20 };
        let again = Origin { kind: OriginKind::Cli, at: 30, ..origin.clone() };
        let pasted = Origin { kind: OriginKind::Paste, path: None, url: None, at: 40 };
        for origin in [&elsewhere, &again, &pasted, &pasted] {
            let added = add_item(&tx, &NewItem { name: "b.png".into(), ..new.clone() }, origin).unwrap();
            assert_eq!(added, Added { id: first.id, new: false, restored: false });
        }
        let item = item(&tx, first.id).unwrap().unwrap();
        assert!(first.new);
        assert_eq!(item.origins, [origin, elsewhere, pasted]);
        assert_eq!((item.name.as_str(), item.added_at), ("a.png", 10));
        assert_eq!(find_by_hash(&tx, &new.hash).unwrap(), Some(first.id));
    }

    #[test]
    fn facts_problems_and_readings() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let (new, origin) = new_item("a.png", 10);
        let id = add_item(&tx, &new, &origin).unwrap().id;
        let facts = ImageFacts {
            width: 8,
            height: 6,
            format: "png".into(),
            taken_at: Some("2024-02-03T04:05:06".into()),
            taken_offset: Some("+01:00".into()),
            camera: Some("Nikon".into()),
            latitude: Some(48.1),
            longitude: Some(-11.6),
        };
        set_facts(&tx, id, &facts).unwrap();
        set_problem(&tx, id, Some(&problem())).unwrap();
        let before = item(&tx, id).unwrap().unwrap();
        assert_eq!((&before.facts, &before.problem, before.has_reading), (&Some(facts), &Some(problem()), false));

        let mut read = testing::reading(&["two", "lines"]);
        read.lines[0].words[0].confidence = f32::NAN;
        save_reading(&tx, id, &read, 7).unwrap();
        read.engine.name = "other".into();
        save_reading(&tx, id, &read, 6).unwrap();
        read.lines.pop();
        save_reading(&tx, id, &read, 8).unwrap();
        read.lines[0].words[0].confidence = 0.0;
        let after = item(&tx, id).unwrap().unwrap();
        assert_eq!((after.problem.clone(), after.has_reading, after.text_len, after.reads), (None, true, 3, 3));
        assert_eq!(reading(&tx, id).unwrap(), Some(read));
    }

    #[test]
    fn trash_restore_purge() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let [a, b, c] = ["a", "b", "c"].map(|name| {
            let (new, origin) = new_item(name, 1);
            add_item(&tx, &new, &origin).unwrap().id
        });
        save_reading(&tx, a, &testing::reading(&["text"]), 1).unwrap();
        edit(&tx, a, &Edit { tags: Some(vec!["tag".into()]), note: None }).unwrap();
        set_problem(&tx, b, Some(&problem())).unwrap();
        assert_eq!(counts(&tx).unwrap(), Counts { items: 3, with_text: 1, problems: 1, trashed: 0 });
        assert_eq!(trash(&tx, &[a, b, a, ItemId(99)], 50).unwrap(), 2);
        assert_eq!(trash(&tx, &[a], 60).unwrap(), 0);
        assert_eq!(item(&tx, a).unwrap().unwrap().trashed_at, Some(50));
        assert_eq!(counts(&tx).unwrap(), Counts { items: 1, with_text: 0, problems: 0, trashed: 2 });
        assert_eq!(restore(&tx, &[b, c]).unwrap(), 1);

        let (new, origin) = new_item("a", 1);
        assert_eq!(purge(&tx, &[a, b, a]).unwrap(), 1);
        assert_eq!(purged(&tx).unwrap(), [Purged { id: a, hash: new.hash.clone(), placement: new.placement.clone() }]);
        files_deleted(&tx, &[a]).unwrap();
        assert_eq!(purged(&tx).unwrap(), []);
        for table in ["item", "tag", "origin", "reading", "item_search"] {
            let key = match table {
                "item" => "id",
                "item_search" => "rowid",
                _ => "item_id",
            };
            let left = tx.query_row(&format!("SELECT count(*) FROM {table} WHERE {key} = ?1"), [a.0], |row| row.get(0));
            assert_eq!(left, Ok(0), "{table}");
        }
        let anew = add_item(&tx, &new, &origin).unwrap();
        assert!(anew.new && anew.id > c);
        trash(&tx, &[anew.id], 70).unwrap();
        assert_eq!(add_item(&tx, &new, &origin).unwrap(), Added { id: anew.id, new: false, restored: true });
        assert_eq!(item(&tx, anew.id).unwrap().unwrap().trashed_at, None);
    }

    #[test]
    fn files_of_a_living_item_are_not_deleted_for_one_that_lay_there_before() {
        let referenced = Placement::Referenced { path: "/home/u/a".into() };
        let elsewhere = Placement::Referenced { path: "/home/u/other".into() };
        let managed = Placement::Managed { path: "1970/01/a".into() };
        let other = Placement::Managed { path: "1970/01/a 2".into() };
        // Where the item lay, where it lies when it comes again, and whether the first place's files are then to go.
        let cases = [
            (&referenced, &elsewhere, false),
            (&referenced, &managed, true),
            (&managed, &managed, false),
            (&managed, &other, true),
            (&managed, &referenced, true),
        ];
        for (before, again, to_go) in cases {
            let mut connection = database();
            let tx = connection.transaction().unwrap();
            let (new, origin) = new_item("a", 1);
            let id = add_item(&tx, &NewItem { placement: before.clone(), ..new.clone() }, &origin).unwrap().id;
            trash(&tx, &[id], 2).unwrap();
            purge(&tx, &[id]).unwrap();
            add_item(&tx, &NewItem { placement: again.clone(), ..new }, &origin).unwrap();
            assert_eq!(!purged(&tx).unwrap().is_empty(), to_go, "{before:?} {again:?}");
        }
    }

    #[test]
    fn an_item_may_move() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let (new, origin) = new_item("a", 1);
        let id = add_item(&tx, &new, &origin).unwrap().id;
        assert_eq!(managed(&tx).unwrap(), [new.placement]);
        let elsewhere = Placement::Referenced { path: "/home/u/a".into() };
        set_placement(&tx, id, &elsewhere).unwrap();
        assert_eq!((managed(&tx).unwrap(), item(&tx, id).unwrap().unwrap().summary.placement), (vec![], elsewhere));
    }

    #[test]
    fn an_item_that_is_gone_is_said_so() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let gone = ItemId(7);
        let facts = ImageFacts { width: 1, height: 1, format: "png".into(), ..ImageFacts::default() };
        assert!(matches!(set_facts(&tx, gone, &facts), Err(Error::NoSuchItem(id)) if id == gone));
        assert!(matches!(set_problem(&tx, gone, None), Err(Error::NoSuchItem(_))));
        assert!(matches!(edit(&tx, gone, &Edit::default()), Err(Error::NoSuchItem(_))));
        assert!(matches!(save_reading(&tx, gone, &testing::reading(&["x"]), 1), Err(Error::NoSuchItem(_))));
        assert_eq!((item(&tx, gone).unwrap(), reading(&tx, gone).unwrap()), (None, None));
    }
}
