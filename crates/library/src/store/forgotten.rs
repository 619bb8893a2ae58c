//! Forgetting what models saw in items: for good, there is no way back but to have a model look again.

use super::index::index_item;
use super::recognitions::{insert, made, note_wrong, signed, wrong};
use crate::error::Result;
use crate::item::ItemId;
use legible_reading::recognition::{Part, Stamp};
use rusqlite::{Connection, Transaction, params};

/// What of a recognition is to be forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forget {
    /// These parts.
    pub parts: Vec<Part>,
    /// Only where this model made them, alone or with others.
    pub model: Option<String>,
}

impl Forget {
    fn concerns(&self, stamp: &Stamp) -> bool {
        self.parts.contains(&stamp.part) && self.model.as_ref().is_none_or(|model| stamp.is_by(model))
    }
}

/// The next items in which something was recognised, in the trash too, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn recognised_after(conn: &Connection, after: ItemId, limit: usize) -> Result<Vec<ItemId>> {
    let mut select =
        conn.prepare_cached("SELECT item_id FROM recognition WHERE item_id > ?1 ORDER BY item_id LIMIT ?2")?;
    let rows = select.query_map(params![after.0, i64::try_from(limit).unwrap_or(i64::MAX)], |row| row.get(0))?;
    Ok(rows.map(|id| id.map(ItemId)).collect::<rusqlite::Result<_>>()?)
}

/// Forgets what models saw in an item, with what a person called wrong of it; returns whether there was something. It is not
/// signed any more, so that a model that looks for it later does so anew. In the file of the database it is until that is
/// written anew.
///
/// # Errors
/// When the database fails.
pub fn forget_seen(tx: &Transaction<'_>, id: ItemId, forget: &Forget) -> Result<bool> {
    let Some((made, _)) = made(tx, id)? else { return Ok(false) };
    let mut parts: Vec<Part> = made.by.iter().filter(|stamp| forget.concerns(stamp)).map(|stamp| stamp.part).collect();
    if parts.is_empty() && forget.model.is_some() {
        return Ok(false);
    }
    let Some(mut known) = signed(tx, id)? else { return Ok(false) };
    if forget.model.is_none() {
        // What a sidecar of others says without a stamp is known by nobody's name.
        parts.extend(forget.parts.iter().filter(|part| known.recognition.has(**part)));
    }
    if parts.is_empty() {
        return Ok(false);
    }
    known.recognition.forget(&parts);
    for wrong in wrong(tx, id)?.iter().filter(|wrong| parts.contains(&wrong.part)) {
        note_wrong(tx, id, wrong.part, &wrong.name, false)?;
    }
    insert(tx, id, &known.recognition, "", known.recognised_at)?;
    index_item(tx, id)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Query;
    use crate::store::{add_item, finds, recognition, save_recognition, set_wrong, sidecar, trash};
    use crate::testing::{database, new_item};
    use legible_reading::Quad;
    use legible_reading::recognition::{Embedding, Face, Label, Recognition};

    /// A photo with a label and a face, and what made them.
    fn seen() -> Recognition {
        let stamp = |part, name: &str| Stamp { part, name: name.into(), version: "1".into() };
        Recognition {
            by: vec![
                stamp(Part::Colours, "colours"),
                stamp(Part::Labels, "tags+mine"),
                stamp(Part::Faces, "faces"),
                stamp(Part::Embedding, "tags"),
            ],
            labels: vec![Label { name: "dog".into(), confidence: 0.9 }],
            faces: vec![Face { confidence: 0.5, quad: Quad::from_edges(0.0, 0.0, 1.0, 1.0), landmarks: vec![] }],
            embedding: Embedding::new("tags", &[1.0, 0.0]),
            ..Recognition::default()
        }
    }

    #[test]
    fn parts_are_forgotten_whoever_made_them_or_those_of_one_model() {
        use Part::{Colours, Embedding, Faces, Labels};
        let check = |parts: &[Part], model: Option<&str>, expected: Option<&[Part]>| {
            let mut connection = database();
            let tx = connection.transaction().unwrap();
            let (new, origin) = new_item("a", 1);
            let id = add_item(&tx, &new, &origin).unwrap().id;
            save_recognition(&tx, id, &seen(), "7", 5).unwrap();
            let forget = Forget { parts: parts.to_vec(), model: model.map(str::to_owned) };
            assert_eq!(forget_seen(&tx, id, &forget).unwrap(), expected.is_some(), "{forget:?}");
            let (left, signature) = made(&tx, id).unwrap().unwrap();
            let left: Vec<Part> = left.by.iter().map(|stamp| stamp.part).collect();
            assert_eq!(left, expected.unwrap_or(&[Colours, Labels, Faces, Embedding]), "{forget:?}");
            assert_eq!(signature, if expected.is_some() { "" } else { "7" }, "{forget:?}");
            assert!(!forget_seen(&tx, id, &forget).unwrap(), "nothing is left of it");
        };
        check(&Part::SEEN, None, Some(&[Colours]));
        check(&[Faces], None, Some(&[Colours, Labels, Embedding]));
        check(&Part::SEEN, Some("tags"), Some(&[Colours, Faces]));
        check(&Part::SEEN, Some("mine"), Some(&[Colours, Faces, Embedding]));
        check(&[Labels], Some("faces"), None);
        check(&Part::SEEN, Some("tag"), None);
    }

    #[test]
    fn nothing_is_found_or_written_by_what_was_forgotten() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let (new, origin) = new_item("a", 1);
        let id = add_item(&tx, &new, &origin).unwrap().id;
        save_recognition(&tx, id, &seen(), "7", 5).unwrap();
        set_wrong(&tx, id, Part::Labels, "wolf", true).unwrap();
        let found = |query: &str| finds(&tx, &Query::parse(query), id).unwrap();
        assert!(found("label:dog") && found("faces:1"));
        assert!(forget_seen(&tx, id, &Forget { parts: Part::SEEN.to_vec(), model: None }).unwrap());
        assert!(!found("label:dog") && !found("faces:1"));
        let written = sidecar(&tx, id).unwrap().unwrap();
        let kept = Recognition { by: vec![seen().by.remove(0)], ..Recognition::default() };
        assert_eq!((written.recognition.unwrap().recognition, written.wrong), (kept, vec![]));
        assert_eq!(recognition(&tx, id).unwrap().unwrap().1, 5, "when somebody looked is still known");
    }

    #[test]
    fn all_items_are_gone_through_in_the_trash_too() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let ids = ["a", "b", "c", "d"].map(|name| {
            let (new, origin) = new_item(name, 1);
            add_item(&tx, &new, &origin).unwrap().id
        });
        ids[..3].iter().for_each(|id| save_recognition(&tx, *id, &seen(), "7", 5).unwrap());
        trash(&tx, &[ids[1]], 9).unwrap();
        assert_eq!(recognised_after(&tx, ItemId(0), 2).unwrap(), ids[..2]);
        assert_eq!(recognised_after(&tx, ids[1], 2).unwrap(), [ids[2]]);
    }
    #[test]
    fn what_nobody_signed_is_forgotten_with_its_part() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let (new, origin) = new_item("a", 1);
        let id = add_item(&tx, &new, &origin).unwrap().id;
        save_recognition(&tx, id, &Recognition { by: vec![], ..seen() }, "7", 5).unwrap();
        let forget = |model: Option<&str>, parts: &[Part]| {
            forget_seen(&tx, id, &Forget { parts: parts.to_vec(), model: model.map(str::to_owned) }).unwrap()
        };
        assert!(!forget(Some("tags"), &Part::SEEN));
        assert!(forget(None, &[Part::Labels, Part::Objects]));
        let left = recognition(&tx, id).unwrap().unwrap().0;
        assert_eq!((left.labels.len(), left.faces.len()), (0, 1));
    }
}
