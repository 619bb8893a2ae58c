//! Readings and items for tests.

use crate::hash::ContentHash;
use crate::item::{ImageFacts, ItemId, NewItem, Origin, OriginKind, Placement};
use crate::sidecar::{SIDECAR_VERSION, Sidecar, SidecarReading};
use crate::store::{MIGRATIONS, add_item, save_recognition, set_facts};
use legible_reading::recognition::Recognition;
use legible_reading::{Engine, Line, Quad, Reading, Word};
use rusqlite::{Connection, Transaction};

/// A reading by the engine `test`. Characters are 10 by 20 pixels, lines 30 pixels apart, words split at spaces.
pub(crate) fn reading(lines: &[&str]) -> Reading {
    let line = |(index, text): (usize, &&str)| {
        let top = index as f32 * 30.0;
        let quad = |from: usize, to: usize| Quad::from_edges(from as f32 * 10.0, top, to as f32 * 10.0, top + 20.0);
        let mut at = 0;
        let mut words = Vec::new();
        for text in text.split(' ') {
            let end = at + text.chars().count();
            words.push(Word { text: text.into(), quad: quad(at, end), confidence: 0.9 });
            at = end + 1;
        }
        Line { text: (*text).into(), quad: quad(0, text.chars().count()), confidence: 0.9, words }
    };
    let engine = Engine { name: "test".into(), version: "1".into() };
    Reading { engine, width: 800, height: 600, lines: lines.iter().enumerate().map(line).collect() }
}

/// A database in memory with the tables of this crate.
pub(crate) fn database() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    for batch in MIGRATIONS {
        connection.execute_batch(batch).unwrap();
    }
    connection
}

/// A managed image whose bytes are its name, and a drop of it.
pub(crate) fn new_item(name: &str, added_at: i64) -> (NewItem, Origin) {
    let item = NewItem {
        hash: ContentHash::of(name.as_bytes()),
        name: name.into(),
        size: name.len() as u64,
        placement: Placement::Managed { path: format!("1970/01/{name}").into() },
        added_at,
    };
    (item, Origin { kind: OriginKind::Drop, path: Some(format!("/home/u/{name}").into()), url: None, at: added_at })
}

/// A sidecar for an image whose bytes are its name.
pub(crate) fn sidecar(name: &str) -> Sidecar {
    let (new, origin) = new_item(name, 1);
    Sidecar {
        version: SIDECAR_VERSION,
        name: new.name,
        hash: new.hash,
        size: new.size,
        path: None,
        text_only: false,
        added_at: new.added_at,
        trashed_at: None,
        origins: vec![origin],
        facts: None,
        readings: vec![SidecarReading { read_at: 2, reading: reading(&["some text"]) }],
        recognition: None,
        wrong: vec![],
        told_apart: vec![],
        reads: 1,
        problem: None,
        tags: vec!["tag".into()],
        note: "a note".into(),
    }
}

/// Adds an image in which this was recognised, with these facts.
pub(crate) fn add_recognised(tx: &Transaction<'_>, name: &str, seen: &Recognition, facts: &ImageFacts) -> ItemId {
    let (new, origin) = new_item(name, 1);
    let id = add_item(tx, &new, &origin).unwrap().id;
    set_facts(tx, id, facts).unwrap();
    save_recognition(tx, id, seen, "1", 1).unwrap();
    id
}
