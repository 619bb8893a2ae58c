//! What a search can ask for of what was recognised, in tables of its own: facets with how often an item has them, and the
//! texts of codes.

use crate::error::Result;
use crate::item::ItemId;
use crate::why::{looked_for, searched};
use legible_reading::recognition::{Part, Recognition};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::collections::BTreeMap;

/// The number of a facet: a name such as `label` with a value.
pub(super) type FacetId = u32;

/// Puts what is shown of a recognition in the place of an item's facets.
pub(super) fn set(tx: &Transaction<'_>, id: ItemId, shown: &Recognition) -> Result<()> {
    let before = take(tx, id)?;
    let mut facets: BTreeMap<FacetId, u32> = BTreeMap::new();
    for (name, value) in facets_of(shown) {
        *facets.entry(number(tx, name, value)?).or_default() += 1;
    }
    let mut insert = tx.prepare_cached("INSERT INTO facet (facet_id, item_id, count) VALUES (?1, ?2, ?3)")?;
    for (facet, count) in &facets {
        insert.execute(params![facet, id.0, count])?;
    }
    if !facets.is_empty() {
        let together: Vec<u8> = facets.keys().flat_map(|facet| facet.to_le_bytes()).collect();
        tx.prepare_cached("INSERT INTO item_facets (item_id, facets) VALUES (?1, ?2)")?.execute((id.0, together))?;
    }
    let mut insert = tx.prepare_cached("INSERT INTO code (item_id, position, text) VALUES (?1, ?2, ?3)")?;
    for (position, code) in (0_i64..).zip(&shown.codes) {
        insert.execute(params![id.0, position, searched(code)])?;
    }
    forget_unused(tx, before.iter().filter(|facet| !facets.contains_key(facet)))
}

/// Takes away an item's facets.
pub(super) fn remove(tx: &Transaction<'_>, id: ItemId) -> Result<()> {
    let before = take(tx, id)?;
    forget_unused(tx, &before)
}

/// Takes away an item's facets and tells which they were.
fn take(tx: &Transaction<'_>, id: ItemId) -> Result<Vec<FacetId>> {
    let together: Option<Vec<u8>> = tx
        .prepare_cached("SELECT facets FROM item_facets WHERE item_id = ?1")?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    let before: Vec<FacetId> = numbers(&together.unwrap_or_default()).collect();
    let mut delete = tx.prepare_cached("DELETE FROM facet WHERE facet_id = ?1 AND item_id = ?2")?;
    for facet in &before {
        delete.execute((facet, id.0))?;
    }
    for table in ["item_facets", "code"] {
        tx.prepare_cached(&format!("DELETE FROM {table} WHERE item_id = ?1"))?.execute([id.0])?;
    }
    Ok(before)
}

/// Lets go of those facets that no item has any more.
fn forget_unused<'a>(tx: &Transaction<'_>, facets: impl IntoIterator<Item = &'a FacetId>) -> Result<()> {
    let sql = "DELETE FROM facet_name WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM facet WHERE facet_id = ?1)";
    let mut delete = tx.prepare_cached(sql)?;
    for facet in facets {
        delete.execute([facet])?;
    }
    Ok(())
}

/// The facets that lie together in a row of `item_facets`.
pub(super) fn numbers(together: &[u8]) -> impl Iterator<Item = FacetId> + '_ {
    together.as_chunks::<4>().0.iter().map(|bytes| FacetId::from_le_bytes(*bytes))
}

/// The number of a facet, which gets one if it is new.
fn number(tx: &Transaction<'_>, name: &str, value: &str) -> Result<FacetId> {
    let known = tx
        .prepare_cached("SELECT id FROM facet_name WHERE name = ?1 AND value = ?2")?
        .query_row((name, value), |row| row.get(0))
        .optional()?;
    match known {
        Some(number) => Ok(number),
        None => {
            let number =
                tx.prepare_cached("INSERT INTO facet_name (name, value) VALUES (?1, ?2)")?.insert((name, value))?;
            Ok(FacetId::try_from(number).unwrap_or(FacetId::MAX))
        }
    }
}

/// All facets there are: number, name, value.
pub(super) fn names(conn: &Connection) -> Result<Vec<(FacetId, String, String)>> {
    let mut select = conn.prepare_cached("SELECT id, name, value FROM facet_name ORDER BY id")?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The facets of a recognition, each as often as it is there.
fn facets_of(shown: &Recognition) -> Vec<(&'static str, &str)> {
    let mut facets: Vec<(&'static str, &str)> = Vec::new();
    facets.extend(shown.kind.iter().map(|guess| ("kind", guess.kind.name())));
    facets.extend(shown.colours.iter().map(|colour| ("colour", colour.name.name())));
    facets.extend(shown.codes.iter().map(|code| ("symbology", code.symbology.name())));
    facets.extend(shown.codes.iter().map(|code| ("meaning", code.meaning.name())));
    facets.extend(shown.labels.iter().map(|label| ("label", label.name.as_str())));
    facets.extend(shown.objects.iter().map(|object| ("object", object.name.as_str())));
    facets.extend(shown.faces.iter().map(|_| ("faces", "")));
    let looked = [Part::Objects, Part::Faces].into_iter().filter(|part| looked_for(shown, *part));
    facets.extend(looked.map(|part| ("looked", part.name())));
    facets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::ImageFacts;
    use crate::store::{purge, save_recognition, set_wrong, trash};
    use crate::testing::{add_recognised, database};
    use legible_reading::recognition::Label;

    #[test]
    fn a_name_is_kept_while_an_item_has_it() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let seen = |labels: &[&str]| {
            let label = |name: &&str| Label { name: (*name).to_owned(), confidence: 0.5 };
            Recognition { labels: labels.iter().map(label).collect(), ..Recognition::default() }
        };
        let check = |expected: &[&str]| {
            let mut known: Vec<String> = names(&tx).unwrap().into_iter().map(|(_, _, value)| value).collect();
            known.sort();
            assert_eq!(known, expected);
        };
        let a = add_recognised(&tx, "a", &seen(&["dog", "owl"]), &ImageFacts::default());
        let b = add_recognised(&tx, "b", &seen(&["dog", "cat"]), &ImageFacts::default());
        check(&["cat", "dog", "owl"]);
        save_recognition(&tx, a, &seen(&["dog", "cow"]), "2", 2).unwrap();
        check(&["cat", "cow", "dog"]);
        set_wrong(&tx, b, Part::Labels, "cat", true).unwrap();
        check(&["cow", "dog"]);
        set_wrong(&tx, b, Part::Labels, "cat", false).unwrap();
        trash(&tx, &[a, b], 3).unwrap();
        check(&["cat", "cow", "dog"]);
        purge(&tx, &[b]).unwrap();
        check(&["cow", "dog"]);
        save_recognition(&tx, a, &Recognition::default(), "3", 3).unwrap();
        check(&[]);
        save_recognition(&tx, a, &seen(&["dog"]), "4", 4).unwrap();
        check(&["dog"]);
    }
}
