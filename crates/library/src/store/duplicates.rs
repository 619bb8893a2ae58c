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
    /// How much of where, when and by what it was taken its file tells, 0 to 3: copies that programs made have lost it.
    pub facts: u32,
    /// Bytes of the file.
    pub size: u64,
    /// When it came in, in milliseconds since the Unix epoch.
    pub added_at: i64,
}

/// The image of a group that is worth keeping: that with the most pixels, then the one whose file tells most of how it was
/// taken, then the largest file, then the one that came in first; `None` for an empty group.
pub fn best(group: &DuplicateGroup) -> Option<ItemId> {
    let worth = |image: &&Duplicate| {
        (image.pixels, image.facts, image.size, -i128::from(image.added_at), -i128::from(image.id.0))
    };
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

/// How many images outside the trash have no hash of their looks: nobody recognised them yet. Those that cannot be read as
/// images do not count.
///
/// # Errors
/// When the database fails.
pub fn unhashed(conn: &Connection) -> Result<usize> {
    let sql = "SELECT count(*) FROM item WHERE trashed_at IS NULL AND problem_code IS NULL
        AND NOT EXISTS (SELECT 1 FROM recognition WHERE item_id = item.id AND across IS NOT NULL)";
    Ok(conn.prepare_cached(sql)?.query_row([], |row| count(row, 0))?)
}

fn duplicate(conn: &Connection, id: ItemId) -> Result<Duplicate> {
    let sql = "SELECT coalesce(width * height, 0), size, added_at,
        (taken_at IS NOT NULL) + (camera IS NOT NULL) + (latitude IS NOT NULL) FROM item WHERE id = ?1";
    let found = conn.prepare_cached(sql)?.query_row([id.0], |row| {
        let (pixels, size) = (count(row, 0)? as u64, count(row, 1)? as u64);
        Ok(Duplicate { id, pixels, size, added_at: row.get(2)?, facts: row.get(3)? })
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

/// Whether these images, and perhaps others with them, were told apart.
///
/// # Errors
/// When the database fails.
pub fn are_told_apart(conn: &Connection, one: ItemId, other: ItemId) -> Result<bool> {
    let theirs = told_apart_groups(conn, other)?;
    Ok(told_apart_groups(conn, one)?.iter().any(|name| theirs.contains(name)))
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

/// Forgets all groups that an item was told apart in.
pub(super) fn forget_told_apart(tx: &Transaction<'_>, id: ItemId) -> Result<()> {
    tx.prepare_cached("DELETE FROM told_apart WHERE hash = (SELECT hash FROM item WHERE id = ?1)")?.execute([id.0])?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::ImageFacts;
    use crate::store::{adopt, purge, sidecar, trash};
    use crate::testing::{add_recognised, database};
    use legible_reading::recognition::{PerceptualHash, Recognition};

    const LOOKS: u64 = 0x0123_4567_89AB_CDEF;

    /// Adds an image whose hash differs in so many bits from others.
    fn add(tx: &Transaction<'_>, name: &str, bits: u32, pixels: u32) -> ItemId {
        let hash = Some(PerceptualHash { across: LOOKS ^ ((1 << bits) - 1), down: LOOKS });
        let facts = ImageFacts { width: pixels, height: 1, format: "png".into(), ..ImageFacts::default() };
        add_recognised(tx, name, &Recognition { hash, ..Recognition::default() }, &facts)
    }

    fn groups_of(conn: &Connection) -> Vec<Vec<i64>> {
        let ids = |group: DuplicateGroup| group.items.iter().map(|image| image.id.0).collect();
        duplicate_groups(conn).unwrap().into_iter().map(ids).collect()
    }

    #[test]
    fn look_alikes_are_grouped_until_a_person_tells_them_apart() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let ids = [("a", 0), ("b", 3), ("c", 40), ("d", 41), ("e", 5), ("plain", 64)]
            .map(|(name, bits)| add(&tx, name, bits.min(63), 1));
        let plain = Recognition { hash: Some(PerceptualHash { across: 0, down: 0 }), ..Recognition::default() };
        for name in ["white", "black"] {
            add_recognised(&tx, name, &plain, &ImageFacts::default());
        }
        assert_eq!(groups_of(&tx), [vec![1, 2, 5], vec![3, 4]]);
        tell_apart(&tx, &[ids[1], ids[0]]).unwrap();
        assert_eq!(groups_of(&tx), [[1, 5], [3, 4]]);
        tell_apart(&tx, &[ids[0], ids[1], ids[4]]).unwrap();
        tell_apart(&tx, &[ids[2], ids[3]]).unwrap();
        assert_eq!(groups_of(&tx), Vec::<Vec<i64>>::new());

        // A database that is made anew from the sidecars knows it too.
        let mut another = database();
        let other = another.transaction().unwrap();
        for id in ids {
            let written = sidecar(&tx, id).unwrap().unwrap();
            let adopted = adopt(&other, &crate::item::Placement::TextOnly, &written).unwrap().id;
            assert_eq!(sidecar(&other, adopted).unwrap().unwrap().told_apart, written.told_apart);
        }
        assert_eq!(groups_of(&other), Vec::<Vec<i64>>::new());

        undo_tell_apart(&tx, &[ids[2], ids[3]]).unwrap();
        undo_tell_apart(&tx, &[ids[4], ids[0], ids[1]]).unwrap();
        assert_eq!(groups_of(&tx), [[1, 5], [3, 4]]);
        undo_tell_apart(&tx, &[ids[0], ids[1]]).unwrap();
        assert_eq!(groups_of(&tx), [vec![1, 2, 5], vec![3, 4]]);
        trash(&tx, &[ids[0], ids[2]], 5).unwrap();
        assert_eq!(groups_of(&tx), [[2, 5]]);
        tell_apart(&tx, &[ids[0], ids[2]]).unwrap();
        purge(&tx, &[ids[0], ids[2]]).unwrap();
        let left: i64 = tx.query_row("SELECT count(*) FROM told_apart", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "nothing is left of what was deleted for good");
        assert!(tell_apart(&tx, &[ids[0], ids[1]]).is_err());
    }

    #[test]
    fn the_best_has_the_most_pixels_then_facts_then_bytes_then_age() {
        let image = |id, pixels, size, added_at| Duplicate { id: ItemId(id), pixels, size, added_at, facts: 0 };
        let check = |items: &[Duplicate], expected: Option<i64>| {
            assert_eq!(best(&DuplicateGroup { items: items.to_vec() }), expected.map(ItemId));
        };
        check(&[], None);
        check(&[image(1, 10, 99, 0), image(2, 11, 1, 5)], Some(2));
        check(&[image(1, 10, 5, 0), image(2, 10, 6, 5)], Some(2));
        check(&[image(1, 10, 5, 7), image(2, 10, 5, 5)], Some(2));
        check(&[Duplicate { facts: 1, ..image(1, 10, 5, 7) }, image(2, 10, 9, 5)], Some(1));
        check(&[Duplicate { facts: 3, ..image(1, 10, 5, 7) }, image(2, 11, 9, 5)], Some(2));
        check(&[image(1, 10, 5, i64::MIN), image(2, 10, 5, i64::MIN)], Some(1));
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        for (name, pixels) in [("a", 5), ("bb", 9), ("c", 9)] {
            add(&tx, name, 0, pixels);
        }
        assert_eq!(best(&duplicate_groups(&tx).unwrap()[0]), Some(ItemId(2)));
    }
}
