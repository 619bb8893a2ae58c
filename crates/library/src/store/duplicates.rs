//! Images that are likely the same picture, in groups, and those that a person told apart.

use super::items::exists;
use super::looks;
use super::rows::count;
use crate::error::Result;
use crate::hash::ContentHash;
use crate::item::ItemId;
use crate::look_alikes::groups;
use rusqlite::{Connection, Transaction, params};
use std::collections::HashMap;

/// Images that are likely the same picture in other sizes or files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateGroup {
    /// By their numbers; at least two.
    pub items: Vec<Duplicate>,
}

/// One image of such a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duplicate {
    /// The item.
    pub id: ItemId,
    /// Pixels of the upright image, width times height; 0 before it was decoded.
    pub pixels: u64,
    /// Bytes of the file.
    pub size: u64,
    /// When it came in, in milliseconds since the Unix epoch.
    pub added_at: i64,
}

/// The image of a group that is worth keeping: that with the most pixels, then the largest file, then the one that came in
/// first; `None` for an empty group.
pub fn best(group: &DuplicateGroup) -> Option<ItemId> {
    let worth = |image: &&Duplicate| (image.pixels, image.size, -i128::from(image.added_at), -i128::from(image.id.0));
    group.items.iter().max_by_key(worth).map(|image| image.id)
}

/// Groups of images outside the trash that look alike by their hashes, without plain images, and without any two that were
/// told apart; the largest first. The same library gives the same groups in the same order.
///
/// # Errors
/// When the database fails.
pub fn duplicate_groups(conn: &Connection) -> Result<Vec<DuplicateGroup>> {
    let trashed = super::filters::set(conn, "SELECT id FROM item WHERE trashed_at IS NOT NULL", [])?;
    let mut items = Vec::new();
    looks::for_each(conn, |id, hash| {
        if !hash.is_plain() && !trashed.contains(id) {
            items.push((id.0, hash));
        }
    })?;
    items.sort_unstable_by_key(|item| item.0);
    let mut group = Vec::new();
    for ids in groups(&items, &told_apart(conn)?) {
        let items = ids.into_iter().map(|id| duplicate(conn, ItemId(id))).collect::<Result<_>>()?;
        group.push(DuplicateGroup { items });
    }
    Ok(group)
}

fn duplicate(conn: &Connection, id: ItemId) -> Result<Duplicate> {
    let sql = "SELECT coalesce(width * height, 0), size, added_at FROM item WHERE id = ?1";
    let found = conn.prepare_cached(sql)?.query_row([id.0], |row| {
        Ok(Duplicate { id, pixels: count(row, 0)? as u64, size: count(row, 1)? as u64, added_at: row.get(2)? })
    })?;
    Ok(found)
}

/// Notes that no two of these images are duplicates, however alike they look. It is remembered by their bytes.
///
/// # Errors
/// When one of the items is not there, or the database fails.
pub fn tell_apart(tx: &Transaction<'_>, ids: &[ItemId]) -> Result<()> {
    let name = name_of(tx, ids)?;
    for id in ids {
        note_told_apart(tx, *id, std::slice::from_ref(&name))?;
    }
    Ok(())
}

/// Takes back that these images were told apart, which must be just those of one [`tell_apart`]; else nothing changes.
///
/// # Errors
/// When one of the items is not there, or the database fails.
pub fn undo_tell_apart(tx: &Transaction<'_>, ids: &[ItemId]) -> Result<()> {
    let name = name_of(tx, ids)?;
    tx.prepare_cached("DELETE FROM told_apart WHERE name = ?1")?.execute([name])?;
    Ok(())
}

/// The name of a group of images: the hash of the hashes of their bytes.
fn name_of(conn: &Connection, ids: &[ItemId]) -> Result<String> {
    let mut hashes = Vec::new();
    for id in ids {
        exists(conn, *id)?;
        let hash: String =
            conn.prepare_cached("SELECT hash FROM item WHERE id = ?1")?.query_row([id.0], |row| row.get(0))?;
        hashes.push(hash);
    }
    hashes.sort_unstable();
    hashes.dedup();
    Ok(ContentHash::of(hashes.concat().as_bytes()).as_str().to_owned())
}

/// Notes that an item belongs to groups that were told apart.
pub(super) fn note_told_apart(tx: &Transaction<'_>, id: ItemId, names: &[String]) -> Result<()> {
    let mut insert =
        tx.prepare_cached("INSERT OR IGNORE INTO told_apart (hash, name) SELECT hash, ?2 FROM item WHERE id = ?1")?;
    for name in names {
        // A sidecar may say anything.
        if let Ok(name) = ContentHash::parse(name) {
            insert.execute(params![id.0, name.as_str()])?;
        }
    }
    Ok(())
}

/// The names of the groups that an item was told apart in, as its sidecar has them.
pub(super) fn told_apart_groups(conn: &Connection, id: ItemId) -> Result<Vec<String>> {
    let mut select = conn.prepare_cached(
        "SELECT name FROM told_apart WHERE hash = (SELECT hash FROM item WHERE id = ?1) ORDER BY name",
    )?;
    let rows = select.query_map([id.0], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The groups of each item that was told apart from others, by numbers of their own.
fn told_apart(conn: &Connection) -> Result<HashMap<i64, Vec<u32>>> {
    let mut select = conn
        .prepare_cached("SELECT item.id, told_apart.name FROM told_apart JOIN item ON item.hash = told_apart.hash")?;
    let mut rows = select.query([])?;
    let (mut apart, mut numbers): (HashMap<i64, Vec<u32>>, HashMap<String, u32>) = (HashMap::new(), HashMap::new());
    while let Some(row) = rows.next()? {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        let number = *numbers.entry(row.get(1)?).or_insert(next);
        apart.entry(row.get(0)?).or_default().push(number);
    }
    Ok(apart)
}
