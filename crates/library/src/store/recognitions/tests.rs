use super::*;
use crate::query::Query;
use crate::store::{Listing, add_item, adopt, edit, finds, page, purge, set_facts, sidecar, trash};
use crate::testing::{database, new_item};
use crate::{Edit, ImageFacts};
use legible_reading::Quad;
use legible_reading::recognition::{Colour, ColourName, Embedding, ImageKind, KindGuess, Label, Meaning, Symbology};

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
    let check = |query: &str, expected| assert_eq!(finds(&tx, &Query::parse(query), id).unwrap(), expected, "{query}");
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
    let left: i64 = tx.query_row("SELECT count(*) FROM facet WHERE item_id = ?1", [ids[1].0], |r| r.get(0)).unwrap();
    assert_eq!((left, recognition(&tx, ids[1]).unwrap()), (0, None));
}
