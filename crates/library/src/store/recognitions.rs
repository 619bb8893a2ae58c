//! What was recognised in items: kept whole, and shown and searched without what a person called wrong.

use super::index::index_item;
use super::items::exists;
use super::{facets, similar};
use crate::error::{Error, Result};
use crate::item::ItemId;
use crate::limits::MAX_WRONG_CHARS;
use crate::sidecar::SidecarRecognition;
use legible_reading::recognition::{Code, Made, Part, PerceptualHash, Recognition, Wrong};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::collections::HashMap;

/// Keeps what was recognised in an item in place of what was before, and indexes it. `signature` names all that took part:
/// an item with another one is recognised anew. What a person called wrong stays wrong.
///
/// # Errors
/// When there is no such item, or the database fails.
pub fn save_recognition(
    tx: &Transaction<'_>,
    id: ItemId,
    recognition: &Recognition,
    signature: &str,
    at: i64,
) -> Result<()> {
    exists(tx, id)?;
    insert(tx, id, recognition, signature, at)?;
    index_item(tx, id)
}

/// As [`save_recognition`], without indexing the item.
pub(super) fn insert(
    tx: &Transaction<'_>,
    id: ItemId,
    recognition: &Recognition,
    signature: &str,
    at: i64,
) -> Result<()> {
    // The embedding lies in its own table, where it takes a third of the room and is found faster.
    let kept = Recognition { embedding: None, ..recognition.clone() };
    let unwritable = |error: serde_json::Error| Error::Damaged { what: "recognition", detail: error.to_string() };
    let data = serde_json::to_string(&kept).map_err(unwritable)?;
    let bits = |of: fn(PerceptualHash) -> u64| recognition.hash.map(|hash| of(hash).cast_signed());
    tx.prepare_cached(
        "INSERT OR REPLACE INTO recognition (item_id, recognised_at, signature, across, down, data)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![id.0, at, signature, bits(|hash| hash.across), bits(|hash| hash.down), data])?;
    similar::set_embedding(tx, id, recognition.embedding.as_ref())?;
    facets::set(tx, id, &kept.without(&wrong(tx, id)?))
}

/// What was recognised in an item without what a person called wrong, and when; `None` if nobody looked, or what is stored
/// is damaged.
///
/// # Errors
/// When the database fails.
pub fn recognition(conn: &Connection, id: ItemId) -> Result<Option<(Recognition, i64)>> {
    let Some(signed) = without_embedding(conn, id)? else { return Ok(None) };
    Ok(Some((signed.recognition.without(&wrong(conn, id)?), signed.recognised_at)))
}

/// All that was recognised in an item, also what a person called wrong, and what a model made of its looks: what a later
/// recognition adds to. `None` if nobody looked, or what is stored is damaged.
///
/// # Errors
/// When the database fails.
pub fn whole_recognition(conn: &Connection, id: ItemId) -> Result<Option<Recognition>> {
    Ok(signed(conn, id)?.map(|signed| signed.recognition))
}

/// The same with its signature, as a sidecar has it.
pub(super) fn signed(conn: &Connection, id: ItemId) -> Result<Option<SidecarRecognition>> {
    let Some(mut signed) = without_embedding(conn, id)? else { return Ok(None) };
    signed.recognition.embedding = similar::embedding(conn, id)?;
    Ok(Some(signed))
}

fn without_embedding(conn: &Connection, id: ItemId) -> Result<Option<SidecarRecognition>> {
    let found = conn
        .prepare_cached("SELECT data, recognised_at, signature FROM recognition WHERE item_id = ?1")?
        .query_row([id.0], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((data, recognised_at, signature)) = found else { return Ok(None) };
    // One that is damaged is as good as none, as it can be made anew: it must not keep others from being found.
    match serde_json::from_str(&data) {
        Ok(recognition) => Ok(Some(SidecarRecognition { recognised_at, signature, recognition })),
        Err(error) => {
            // The error itself may cite what an image says.
            let (line, column) = (error.line(), error.column());
            tracing::warn!(item = id.0, line, column, "what was recognised is damaged and passed over");
            Ok(None)
        }
    }
}

/// Notes that a name is wrong for an item, or takes that back. It is not found or shown by it then, whatever is recognised
/// later; what was recognised stays stored. For faces, which have no names, any name stands for all of them.
///
/// # Errors
/// When there is no such item, the name is too long, or the database fails.
pub fn set_wrong(tx: &Transaction<'_>, id: ItemId, part: Part, name: &str, wrong: bool) -> Result<()> {
    exists(tx, id)?;
    if name.chars().count() > MAX_WRONG_CHARS {
        return Err(Error::TooLong { what: "text in what is called wrong, in characters", limit: MAX_WRONG_CHARS });
    }
    note_wrong(tx, id, part, name, wrong)?;
    if let Some((shown, _)) = recognition(tx, id)? {
        facets::set(tx, id, &shown)?;
    }
    index_item(tx, id)
}

/// As [`set_wrong`], without a change to what is found.
pub(super) fn note_wrong(tx: &Transaction<'_>, id: ItemId, part: Part, name: &str, wrong: bool) -> Result<()> {
    let sql = match wrong {
        true => "INSERT OR IGNORE INTO wrong (item_id, part, name) VALUES (?1, ?2, ?3)",
        false => "DELETE FROM wrong WHERE item_id = ?1 AND part = ?2 AND name = ?3",
    };
    tx.prepare_cached(sql)?.execute(params![id.0, part.name(), name])?;
    Ok(())
}

/// What a person called wrong for an item.
///
/// # Errors
/// When the database fails.
pub fn wrong(conn: &Connection, id: ItemId) -> Result<Vec<Wrong>> {
    let mut select = conn.prepare_cached("SELECT part, name FROM wrong WHERE item_id = ?1 ORDER BY part, name")?;
    let rows = select
        .query_map([id.0], |row| Ok(Wrong { part: Part::named(&row.get::<_, String>(0)?), name: row.get(1)? }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What made what was recognised in an item, and its signature; `None` if nobody looked, or what is stored is damaged. Reads
/// much less than [`whole_recognition`].
///
/// # Errors
/// When the database fails.
pub fn made(conn: &Connection, id: ItemId) -> Result<Option<(Made, String)>> {
    let found = conn
        .prepare_cached("SELECT data, signature FROM recognition WHERE item_id = ?1")?
        .query_row([id.0], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))
        .optional()?;
    let Some((data, signature)) = found else { return Ok(None) };
    Ok(serde_json::from_str(&data).ok().map(|made| (made, signature)))
}

/// Signs what was recognised in an item anew, where another signature asks for nothing more. Without a recognition nothing
/// happens.
///
/// # Errors
/// When the database fails.
pub fn sign_recognition(tx: &Transaction<'_>, id: ItemId, signature: &str) -> Result<()> {
    tx.prepare_cached("UPDATE recognition SET signature = ?2 WHERE item_id = ?1")?.execute(params![id.0, signature])?;
    Ok(())
}

/// The codes of those of these items that have any, without what a person called wrong.
///
/// # Errors
/// When the database fails.
pub fn codes_of(conn: &Connection, ids: &[ItemId]) -> Result<HashMap<ItemId, Vec<Code>>> {
    let ids = serde_json::Value::from(ids.iter().map(|id| id.0).collect::<Vec<_>>()).to_string();
    // Few images have codes: one question for all of them, then a look at those alone.
    let sql = "SELECT DISTINCT code.item_id FROM json_each(?1) CROSS JOIN code ON code.item_id = value";
    let mut select = conn.prepare_cached(sql)?;
    let with = select.query_map([ids], |row| row.get(0).map(ItemId))?.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut codes = HashMap::new();
    for id in with {
        codes.extend(recognition(conn, id)?.map(|(recognition, _)| (id, recognition.codes)));
    }
    Ok(codes)
}

/// The texts of the codes of an item: they are found like its words.
pub(super) fn code_texts(conn: &Connection, id: ItemId) -> Result<String> {
    let found = recognition(conn, id)?.map(|(recognition, _)| recognition.codes).unwrap_or_default();
    Ok(found.into_iter().map(|code| code.text).collect::<Vec<_>>().join("\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Query;
    use crate::store::{Listing, add_item, adopt, edit, finds, page, purge, set_facts, sidecar, trash};
    use crate::testing::{database, new_item};
    use crate::{Edit, ImageFacts};
    use legible_reading::Quad;
    use legible_reading::recognition::{
        Colour, ColourName, Embedding, ImageKind, KindGuess, Label, Meaning, Symbology,
    };

    fn recognised(kind: ImageKind, colour: ColourName, code: &str) -> Recognition {
        let quad = Quad::from_edges(0.0, 0.0, 1.0, 1.0);
        let meaning = Meaning::Url { url: code.into() };
        let code = Code { symbology: Symbology::Qr, text: code.into(), quad, meaning };
        Recognition {
            kind: Some(KindGuess { kind, confidence: 0.9 }),
            colours: vec![Colour { name: colour, rgb: [0; 3], share: 0.5 }],
            codes: if code.text.is_empty() { vec![] } else { vec![code] },
            ..Recognition::default()
        }
    }

    #[test]
    fn images_are_found_by_what_they_are() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let add = |name: &str, taken: &str, recognition: &Recognition| {
            let (new, origin) = new_item(name, 1);
            let id = add_item(&tx, &new, &origin).unwrap().id;
            let facts = ImageFacts { format: "png".into(), taken_at: Some(taken.into()), ..ImageFacts::default() };
            set_facts(&tx, id, &facts).unwrap();
            save_recognition(&tx, id, recognition, "1", 5).unwrap();
            id
        };
        let dinner = add(
            "dinner",
            "2026-11-03T20:00:00",
            &recognised(ImageKind::Receipt, ColourName::White, "https://Pay.example/7"),
        );
        let beach = add("beach", "2026-07-01T12:00:00", &recognised(ImageKind::Photo, ColourName::Blue, ""));
        let gone = add("gone", "2026-07-02T12:00:00", &recognised(ImageKind::Photo, ColourName::Blue, ""));
        trash(&tx, &[gone], 9).unwrap();
        let check = |query: &str, expected: &[ItemId]| {
            let query = Query::parse(query);
            let listing = Listing { query: Some(query.clone()), limit: 9, ..Listing::default() };
            let found = page(&tx, &listing).unwrap();
            let ids: Vec<ItemId> = found.entries.iter().map(|entry| entry.item.id).collect();
            assert_eq!((ids.as_slice(), found.total), (expected, expected.len()), "{query:?}");
            for id in [dinner, beach] {
                assert_eq!(finds(&tx, &query, id).unwrap(), expected.contains(&id), "{query:?} {id}");
            }
        };
        check("kind:receipt", &[dinner]);
        check("kind:photo", &[beach]);
        check("-kind:photo", &[dinner]);
        check("kind:photo kind:receipt", &[]);
        check("colour:blue", &[beach]);
        check("code:https", &[dinner]);
        check("code:qr", &[dinner]);
        check("code:", &[dinner]);
        check("-code:", &[beach]);
        check("code:%", &[]);
        check("taken:2026", &[beach, dinner]);
        check("taken:2026-11", &[dinner]);
        check("-taken:2026-11", &[beach]);
        check("dinner kind:receipt", &[dinner]);
        check("dinner kind:photo", &[]);
        check("-dinner kind:photo", &[beach]);
        check("-dinner -kind:photo", &[]);
        check("pay example", &[dinner]);
        // What a person says of an item later does not lose the words of its codes.
        edit(&tx, dinner, &Edit { tags: Some(vec!["eaten".into()]), note: None }).unwrap();
        check("eaten example", &[dinner]);
        save_recognition(&tx, dinner, &recognised(ImageKind::Document, ColourName::White, ""), "2", 6).unwrap();
        check("kind:receipt", &[]);
        check("example", &[]);
    }

    #[test]
    fn codes_are_told_of_the_items_that_are_asked_about_and_have_any() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let texts = ["https://a.example", "", "https://c.example", "https://d.example"];
        let ids = ["a", "b", "c", "d"].map(|name| {
            let (new, origin) = new_item(name, 1);
            add_item(&tx, &new, &origin).unwrap().id
        });
        for (id, text) in ids.into_iter().zip(texts) {
            save_recognition(&tx, id, &recognised(ImageKind::Photo, ColourName::Red, text), "1", 5).unwrap();
        }
        set_wrong(&tx, ids[2], Part::Codes, texts[2], true).unwrap();
        let check = |asked: &[ItemId], expected: &[(ItemId, &str)]| {
            let mut told: Vec<_> = codes_of(&tx, asked)
                .unwrap()
                .into_iter()
                .flat_map(|(id, codes)| codes.into_iter().map(move |code| (id, code.text)))
                .collect();
            told.sort();
            let expected: Vec<_> = expected.iter().map(|(id, text)| (*id, (*text).to_owned())).collect();
            assert_eq!(told, expected);
        };
        check(&[], &[]);
        check(&ids[..3], &[(ids[0], texts[0])]);
        check(&[ids[3], ids[0], ids[1], ItemId(99)], &[(ids[0], texts[0]), (ids[3], texts[3])]);
    }

    #[test]
    fn a_damaged_recognition_is_passed_over_and_others_are_found() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let embedding = Embedding::new("m", &[1.0, 0.5]);
        let seen = Recognition { embedding, ..recognised(ImageKind::Photo, ColourName::Blue, "https://a.example") };
        let [damaged, sound, third] = ["a", "b", "c"].map(|name| {
            let (new, origin) = new_item(name, 1);
            let id = add_item(&tx, &new, &origin).unwrap().id;
            save_recognition(&tx, id, &seen, "1", 5).unwrap();
            id
        });
        let found = |query: &str| {
            let listing = Listing { query: Some(Query::parse(query)), limit: 9, ..Listing::default() };
            let mut found: Vec<(ItemId, usize)> =
                page(&tx, &listing).unwrap().entries.iter().map(|entry| (entry.item.id, entry.why.len())).collect();
            found.sort();
            found
        };
        for data in ["{", "", r#""x""#, r#"{"kind": 5} x"#] {
            tx.execute("UPDATE recognition SET data = ?2 WHERE item_id = ?1", params![damaged.0, data]).unwrap();
            // The tables know what it is, but not why.
            assert_eq!(found("kind:photo colour:blue"), [(damaged, 0), (sound, 2), (third, 2)], "{data}");
            assert_eq!(found(&format!("similar:{sound}")), [(damaged, 1), (third, 1)], "{data}");
            assert!(finds(&tx, &Query::parse("kind:photo"), sound).unwrap());
            assert_eq!((recognition(&tx, damaged).unwrap(), whole_recognition(&tx, damaged).unwrap()), (None, None));
            assert_eq!(sidecar(&tx, damaged).unwrap().unwrap().recognition, None);
            edit(&tx, damaged, &Edit { tags: Some(vec!["kept".into()]), note: None }).unwrap();
            set_wrong(&tx, damaged, Part::Labels, "dog", true).unwrap();
        }
        tx.execute("UPDATE embedding SET vector = x'0000' WHERE item_id = ?1", [sound.0]).unwrap();
        let alike: Vec<ItemId> = found(&format!("similar:{sound}")).into_iter().map(|found| found.0).collect();
        assert_eq!(alike, [], "without hashes and a direction it is like nothing");
        assert_eq!(whole_recognition(&tx, sound).unwrap().unwrap().embedding, None);
        save_recognition(&tx, damaged, &seen, "1", 6).unwrap();
        assert_eq!(found("kind:photo kept"), [(damaged, 1)]);
    }

    #[test]
    fn a_sidecar_brings_it_back() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let (new, origin) = new_item("a", 1);
        let id = add_item(&tx, &new, &origin).unwrap().id;
        let known = recognised(ImageKind::Photo, ColourName::Green, "https://a.example");
        save_recognition(&tx, id, &known, "7", 5).unwrap();
        let sidecar = sidecar(&tx, id).unwrap().unwrap();
        let mut another = database();
        let tx = another.transaction().unwrap();
        let id = adopt(&tx, &new.placement, &sidecar).unwrap().id;
        assert_eq!(recognition(&tx, id).unwrap(), Some((known, 5)));
        assert!(finds(&tx, &Query::parse("kind:photo a.example"), id).unwrap());
        assert_eq!(made(&tx, id).unwrap().unwrap().1, "7");
    }

    #[test]
    fn what_a_person_called_wrong_stays_wrong_until_that_is_taken_back() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let (new, origin) = new_item("a", 1);
        let id = add_item(&tx, &new, &origin).unwrap().id;
        let named = |name: &str, confidence| Label { name: name.into(), confidence };
        let labels = |first: f32| Recognition {
            labels: vec![named("dog", first), named("wolf", 0.3)],
            ..recognised(ImageKind::Photo, ColourName::Grey, "https://a.example")
        };
        let check =
            |query: &str, expected| assert_eq!(finds(&tx, &Query::parse(query), id).unwrap(), expected, "{query}");
        let shown = || recognition(&tx, id).unwrap().unwrap().0;
        set_wrong(&tx, id, Part::Labels, "wolf", true).unwrap();
        save_recognition(&tx, id, &labels(0.6), "1", 5).unwrap();
        check("label:wolf", false);
        check("label:dog", true);
        set_wrong(&tx, id, Part::Kind, "photo", true).unwrap();
        set_wrong(&tx, id, Part::Codes, "https://a.example", true).unwrap();
        for query in ["kind:photo", "code:", "example"] {
            check(query, false);
        }
        save_recognition(&tx, id, &labels(0.7), "2", 6).unwrap();
        check("label:wolf", false);
        assert_eq!((shown().labels, shown().kind, shown().codes), (vec![named("dog", 0.7)], None, vec![]));
        assert_eq!(whole_recognition(&tx, id).unwrap(), Some(labels(0.7)));

        // All of that comes back from a sidecar, and from taking it back.
        let written = sidecar(&tx, id).unwrap().unwrap();
        let mut another = database();
        let other = another.transaction().unwrap();
        let adopted = adopt(&other, &new.placement, &written).unwrap().id;
        assert!(!finds(&other, &Query::parse("label:wolf"), adopted).unwrap());
        assert_eq!(sidecar(&other, adopted).unwrap(), Some(written));
        for Wrong { part, name } in wrong(&tx, id).unwrap() {
            set_wrong(&tx, id, part, &name, false).unwrap();
        }
        for query in ["label:wolf", "kind:photo", "code:", "example"] {
            check(query, true);
        }
        assert_eq!((shown(), wrong(&tx, id).unwrap()), (labels(0.7), vec![]));
        assert!(matches!(set_wrong(&tx, ItemId(9), Part::Labels, "x", true), Err(Error::NoSuchItem(_))));
        let long = "x".repeat(MAX_WRONG_CHARS + 1);
        assert!(matches!(set_wrong(&tx, id, Part::Labels, &long, true), Err(Error::TooLong { .. })));
    }

    #[test]
    fn what_was_recognised_tells_what_made_it() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let ids = ["a", "b", "c"].map(|name| {
            let (new, origin) = new_item(name, 1);
            add_item(&tx, &new, &origin).unwrap().id
        });
        let recognition_of = |n: u8| recognised(ImageKind::Chart, ColourName::Red, &n.to_string());
        save_recognition(&tx, ids[0], &recognition_of(0), "1", 5).unwrap();
        save_recognition(&tx, ids[1], &recognition_of(1), "2", 5).unwrap();
        let is = |id, signature: &str| made(&tx, id).unwrap().is_some_and(|(_, signed)| signed == signature);
        assert_eq!(ids.map(|id| (is(id, "1"), is(id, "2"))), [(true, false), (false, true), (false, false)]);
        ids.iter().for_each(|id| sign_recognition(&tx, *id, "3").unwrap());
        assert_eq!(ids.map(|id| is(id, "3")), [true, true, false], "nothing is made up");
        let (by, kind) = (recognition_of(1).by, recognition_of(1).kind);
        assert_eq!(made(&tx, ids[1]).unwrap().unwrap().0, Made { by, kind });
        assert_eq!(recognition(&tx, ids[1]).unwrap(), Some((recognition_of(1), 5)));
        assert_eq!(recognition(&tx, ids[2]).unwrap(), None);
        trash(&tx, &[ids[1]], 9).unwrap();
        purge(&tx, &[ids[1]]).unwrap();
        let left: i64 =
            tx.query_row("SELECT count(*) FROM facet WHERE item_id = ?1", [ids[1].0], |r| r.get(0)).unwrap();
        assert_eq!((left, recognition(&tx, ids[1]).unwrap()), (0, None));
    }
}
