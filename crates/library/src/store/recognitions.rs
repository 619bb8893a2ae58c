//! What was recognised in items: kept whole, and what can be searched for as facets beside it.

use super::index::index_item;
use super::items::exists;
use super::rows::SUMMARY_COLUMNS;
use super::upkeep::summaries;
use crate::error::{Error, Result};
use crate::item::{ItemId, ItemSummary};
use crate::limits::MAX_FACET_CHARS;
use crate::sidecar::SidecarRecognition;
use legible_reading::recognition::Recognition;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

/// Keeps what was recognised in an item in place of what was before, and indexes it. `signature` names all that took part:
/// an item with another one is recognised anew.
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
    let data = serde_json::to_string(recognition).map_err(|error| damaged(&error))?;
    tx.prepare_cached(
        "INSERT OR REPLACE INTO recognition (item_id, recognised_at, signature, data) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![id.0, at, signature, data])?;
    tx.prepare_cached("DELETE FROM facet WHERE item_id = ?1")?.execute([id.0])?;
    let mut facet = tx.prepare_cached("INSERT OR IGNORE INTO facet (name, value, item_id) VALUES (?1, ?2, ?3)")?;
    for (name, value) in facets(recognition) {
        facet.execute(params![name, value, id.0])?;
    }
    Ok(())
}

/// What was recognised in an item, and when; `None` if nobody looked.
///
/// # Errors
/// When the database fails or holds a damaged recognition.
pub fn recognition(conn: &Connection, id: ItemId) -> Result<Option<(Recognition, i64)>> {
    Ok(signed(conn, id)?.map(|signed| (signed.recognition, signed.recognised_at)))
}

/// The same with its signature, as a sidecar has it.
pub(super) fn signed(conn: &Connection, id: ItemId) -> Result<Option<SidecarRecognition>> {
    let found = conn
        .prepare_cached("SELECT data, recognised_at, signature FROM recognition WHERE item_id = ?1")?
        .query_row([id.0], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((data, recognised_at, signature)) = found else { return Ok(None) };
    let recognition = serde_json::from_str(&data).map_err(|error| damaged(&error))?;
    Ok(Some(SidecarRecognition { recognised_at, signature, recognition }))
}

/// Whether something was recognised in an item with this signature: with another one it is due again.
///
/// # Errors
/// When the database fails.
pub fn is_recognised(conn: &Connection, id: ItemId, signature: &str) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM recognition WHERE item_id = ?1 AND signature = ?2)";
    Ok(conn.prepare_cached(sql)?.query_row(params![id.0, signature], |row| row.get(0))?)
}

/// The next items outside the trash that nobody recognised with this signature, at most `limit`.
///
/// # Errors
/// When the database fails or holds damaged values.
pub fn recognised_otherwise(
    conn: &Connection,
    signature: &str,
    after: ItemId,
    limit: usize,
) -> Result<Vec<ItemSummary>> {
    let sql = format!(
        "SELECT {SUMMARY_COLUMNS} FROM item WHERE id > ?1 AND trashed_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM recognition WHERE item_id = item.id AND signature = ?2)
         ORDER BY id LIMIT {limit}"
    );
    summaries(conn, &sql, params![after.0, signature])
}

/// The texts of the codes of an item: they are found like its words.
pub(super) fn code_texts(conn: &Connection, id: ItemId) -> Result<String> {
    let found = recognition(conn, id)?.map(|(recognition, _)| recognition.codes).unwrap_or_default();
    Ok(found.into_iter().map(|code| code.text).collect::<Vec<_>>().join("\n\n"))
}

/// What a search can ask for.
fn facets(recognition: &Recognition) -> Vec<(&'static str, String)> {
    let kind = recognition.kind.iter().map(|guess| ("kind", guess.kind.name().to_owned()));
    let colours = recognition.colours.iter().map(|colour| ("colour", colour.name.name().to_owned()));
    let codes = recognition.codes.iter().map(|code| {
        let text: String = code.text.chars().take(MAX_FACET_CHARS).collect();
        ("code", format!("{} {} {}", code.symbology, code.meaning.name(), text.to_lowercase()))
    });
    kind.chain(colours).chain(codes).collect()
}

fn damaged(error: &serde_json::Error) -> Error {
    Error::Damaged { what: "recognition", detail: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Query;
    use crate::store::{Listing, add_item, adopt, edit, finds, page, purge, set_facts, sidecar, trash};
    use crate::testing::{database, new_item};
    use crate::{Edit, ImageFacts};
    use legible_reading::Quad;
    use legible_reading::recognition::{Code, Colour, ColourName, ImageKind, KindGuess, Meaning, Symbology};

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
            let (width, height, taken_at) = (1, 1, Some(taken.into()));
            set_facts(&tx, id, &ImageFacts { width, height, format: "png".into(), taken_at, camera: None }).unwrap();
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
        assert!(is_recognised(&tx, id, "7").unwrap());
    }

    #[test]
    fn what_another_version_recognised_is_due_again() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let ids = ["a", "b", "c"].map(|name| {
            let (new, origin) = new_item(name, 1);
            add_item(&tx, &new, &origin).unwrap().id
        });
        let recognition_of = |n: u8| recognised(ImageKind::Chart, ColourName::Red, &n.to_string());
        save_recognition(&tx, ids[0], &recognition_of(0), "1", 5).unwrap();
        save_recognition(&tx, ids[1], &recognition_of(1), "2", 5).unwrap();
        let is = |id, signature: &str| is_recognised(&tx, id, signature).unwrap();
        assert_eq!(ids.map(|id| (is(id, "1"), is(id, "2"))), [(true, false), (false, true), (false, false)]);
        assert_eq!(recognition(&tx, ids[1]).unwrap(), Some((recognition_of(1), 5)));
        let due = |signature, after| -> Vec<ItemId> {
            let items = recognised_otherwise(&tx, signature, after, 9).unwrap();
            items.into_iter().map(|item| item.id).collect()
        };
        assert_eq!((due("1", ItemId(0)), due("2", ids[0])), (vec![ids[1], ids[2]], vec![ids[2]]));
        assert_eq!(recognition(&tx, ids[2]).unwrap(), None);
        trash(&tx, &[ids[1]], 9).unwrap();
        purge(&tx, &[ids[1]]).unwrap();
        let left: i64 =
            tx.query_row("SELECT count(*) FROM facet WHERE item_id = ?1", [ids[1].0], |r| r.get(0)).unwrap();
        assert_eq!((left, recognition(&tx, ids[1]).unwrap()), (0, None));
    }
}
