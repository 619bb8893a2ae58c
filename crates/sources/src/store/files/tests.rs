//! The ledger by itself.

use super::*;
use crate::{Filing, MIGRATIONS, Source, Spec};

/// A database with two sources, the first of which is asked about.
fn database() -> (Connection, SourceId) {
    let mut conn = Connection::open_in_memory().unwrap();
    conn.pragma_update(None, "foreign_keys", true).unwrap();
    MIGRATIONS.iter().for_each(|batch| conn.execute_batch(batch).unwrap());
    let tx = conn.transaction().unwrap();
    let ids = ["one", "other"].map(|name| {
        let (name, filing) = (name.to_owned(), Filing::default());
        crate::add(&tx, &Source { id: SourceId(0), name, spec: Spec::Camera, filing, enabled: true, created_at: 0 })
            .unwrap()
    });
    note_taken(&tx, ids[1], Path::new("d/a.png"), &stamp(1), "other", 1).unwrap();
    tx.commit().unwrap();
    (conn, ids[0])
}

fn stamp(id: u128) -> Stamp {
    Stamp { size: 7, modified_ns: -5, id: Some(FileId(id)) }
}

/// All rows, as `path number standing`, with a star for what is missing.
fn rows(conn: &Connection, source: SourceId) -> Vec<String> {
    let folders = folders_below(conn, source, Path::new("")).unwrap();
    let files = folders.iter().flat_map(|folder| files_in(conn, source, folder).unwrap());
    let text = |known: Known| {
        let star = if known.missing_since.is_some() { "*" } else { "" };
        let standing = match known.standing {
            Standing::Taken { hash, item } => format!("{hash} {item}"),
            Standing::Refused { code, .. } => code,
        };
        format!("{} {} {standing}{star}", known.path.display(), known.stamp.id.unwrap().0)
    };
    files.map(text).collect()
}

#[test]
fn what_is_noted_is_known() {
    let (mut conn, source) = database();
    let tx = conn.transaction().unwrap();
    let big = Stamp { size: 1 << 40, modified_ns: i64::MAX, id: Some(FileId(u128::MAX)) };
    let (a, b) = (Path::new("a.png"), Path::new("d/e/b.png"));
    note_taken(&tx, source, a, &big, "h", 5).unwrap();
    note_refused(&tx, source, b, &Stamp { id: None, ..stamp(1) }, "no-image", "it is no image").unwrap();
    let known = file(&tx, source, a).unwrap().unwrap();
    let standing = Standing::Taken { hash: "h".into(), item: 5 };
    assert_eq!(known, Known { path: a.into(), stamp: big, standing, missing_since: None, displaced: false });
    assert_eq!(of_item(&tx, 5).unwrap(), [(source, known.clone())]);
    assert_eq!(with_id(&tx, source, FileId(u128::MAX)).unwrap(), [known]);
    let standing = Standing::Refused { code: "no-image".into(), message: "it is no image".into() };
    let known = file(&tx, source, b).unwrap().unwrap();
    assert_eq!((known.stamp.id, known.standing, known.missing_since), (None, standing, None));
    assert_eq!(file(&tx, source, Path::new("d")).unwrap(), None);
    assert_eq!(counts(&tx, source).unwrap(), Counts { taken: 1, refused: 1, missing: 0 });

    assert!(note_missing(&tx, source, a, 9).unwrap() && !note_missing(&tx, source, a, 10).unwrap());
    assert_eq!(file(&tx, source, a).unwrap().unwrap().missing_since, Some(9));
    assert_eq!(counts(&tx, source).unwrap(), Counts { taken: 0, refused: 1, missing: 1 });
    assert!(note_back(&tx, source, a, &stamp(8)).unwrap() && !note_back(&tx, source, a, &stamp(8)).unwrap());
    assert_eq!(file(&tx, source, a).unwrap().unwrap().stamp.id, Some(FileId(8)));
    assert!(any_here(&tx, source).unwrap());
    assert_eq!(forget_refused(&tx, source).unwrap(), 1);
    note_missing(&tx, source, a, 9).unwrap();
    assert!(!any_here(&tx, source).unwrap());
    assert_eq!((forget_missing(&tx, source, 9).unwrap(), forget_missing(&tx, source, 10).unwrap()), (0, 1));
    assert!(!forget(&tx, source, a).unwrap());
}

#[test]
fn the_watched_folder_has_a_number() {
    let (mut conn, source) = database();
    let tx = conn.transaction().unwrap();
    assert_eq!(root(&tx, source).unwrap(), None);
    for id in [3, 4] {
        note(&tx, source, &Finding::Root(FileId(id)), 0).unwrap();
        assert_eq!(root(&tx, source).unwrap(), Some(FileId(id)));
    }
}

#[test]
fn moves_happen_at_once() {
    let check = |moves: &[(&str, &str)], expected: &[&str]| {
        let (mut conn, source) = database();
        let tx = conn.transaction().unwrap();
        for (number, path) in ["a", "b", "d/c"].iter().enumerate() {
            note_taken(&tx, source, Path::new(path), &stamp(number as u128), path, number as i64).unwrap();
        }
        let known = |path: &str| file(&tx, source, Path::new(path)).unwrap().unwrap();
        let made = moves.iter().map(|(from, to)| {
            let known = known(from);
            Move { stamp: known.stamp, known, to: to.into(), over: None }
        });
        let moves: Vec<Move> = made.collect();
        note(&tx, source, &Finding::Moved(moves), 0).unwrap();
        assert_eq!(rows(&tx, source), expected);
    };
    check(&[("a", "z")], &["b 1 b 1", "z 0 a 0", "d/c 2 d/c 2"]);
    check(&[("a", "b"), ("b", "a")], &["a 1 b 1", "b 0 a 0", "d/c 2 d/c 2"]);
    check(&[("a", "b"), ("b", "d/c"), ("d/c", "a")], &["a 2 d/c 2", "b 0 a 0", "d/c 1 b 1"]);
    check(&[("a", "b")], &["b 0 a 0", "d/c 2 d/c 2"]);
}

#[test]
fn a_file_that_lost_its_name_is_known_for_a_month() {
    let (mut conn, source) = database();
    let tx = conn.transaction().unwrap();
    let path = Path::new("a");
    note_taken(&tx, source, path, &stamp(1), "first", 1).unwrap();
    note_taken(&tx, source, path, &stamp(1), "again", 2).unwrap();
    assert_eq!(with_id(&tx, source, FileId(1)).unwrap().len(), 1, "the same file displaces nothing");
    note_taken(&tx, source, path, &stamp(2), "second", 3).unwrap();
    let displaced = || with_id(&tx, source, FileId(1)).unwrap().pop().map(|known| (known.item(), known.displaced));
    assert_eq!(displaced(), Some((Some(2), true)));
    for (day, expected) in [(0, true), (29, true), (30, true), (31, false)] {
        note(&tx, source, &Finding::Complete, day * 86_400_000).unwrap();
        assert_eq!(displaced().is_some(), expected, "day {day}");
    }
}

#[test]
fn folders_are_found_below_a_folder() {
    let (mut conn, source) = database();
    let tx = conn.transaction().unwrap();
    for path in ["a.png", "d/a.png", "d/e/a.png", "d e/a.png", "d0/a.png", "raw:/a.png", "d/raw:/a.png"] {
        note_taken(&tx, source, Path::new(path), &stamp(1), "h", 1).unwrap();
    }
    let check = |dir: &str, expected: &[&str]| {
        let mut found = folders_below(&tx, source, Path::new(dir)).unwrap();
        found.sort();
        assert_eq!(found, expected.iter().map(PathBuf::from).collect::<Vec<_>>(), "{dir}");
    };
    check("", &["", "d", "d/e", "d/raw:", "d e", "d0", "raw:"]);
    check("d", &["d", "d/e", "d/raw:"]);
    check("d/e", &["d/e"]);
    check("raw:", &["raw:"]);
    check("e", &[]);
}

#[test]
fn a_damaged_row_is_told() {
    let (mut conn, source) = database();
    let tx = conn.transaction().unwrap();
    note_taken(&tx, source, Path::new("a"), &stamp(1), "h", 1).unwrap();
    for (change, column) in [("file_id = x'00'", "file_id"), ("hash = NULL", "hash"), ("name = 'raw:x'", "name")] {
        tx.execute_batch(&format!("SAVEPOINT s; UPDATE source_file SET {change} WHERE source = 1")).unwrap();
        let error = files_in(&tx, source, Path::new("")).unwrap_err();
        assert!(matches!(error, Error::Damaged { column: told, .. } if told == column), "{error}");
        tx.execute_batch("ROLLBACK TO s; RELEASE s").unwrap();
    }
}

#[test]
fn a_source_takes_its_ledger_with_it_and_may_begin_a_new_one() {
    for forget in [|tx: &Transaction<'_>, id| crate::remove(tx, id).map(drop), forget_all] {
        let (mut conn, source) = database();
        let tx = conn.transaction().unwrap();
        note_taken(&tx, source, Path::new("a"), &stamp(1), "h", 1).unwrap();
        note_taken(&tx, source, Path::new("a"), &stamp(2), "h", 1).unwrap();
        note_root(&tx, source, FileId(1)).unwrap();
        forget(&tx, source).unwrap();
        let count = |table: &str| -> i64 {
            tx.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
        };
        assert_eq!(
            ["source_file", "source_displaced", "source_root"].map(count),
            [1, 0, 0],
            "the other source's file stays"
        );
    }
}

#[test]
fn items_whose_files_are_there_come_part_by_part() {
    let (mut conn, source) = database();
    let tx = conn.transaction().unwrap();
    for (name, item) in [("a", 2), ("also a", 2), ("b", 3), ("c", 5), ("gone", 7)] {
        note_taken(&tx, source, Path::new(name), &stamp(1), "h", item).unwrap();
    }
    note_refused(&tx, source, Path::new("no"), &stamp(1), "no-image", "it is no image").unwrap();
    note_missing(&tx, source, Path::new("gone"), 9).unwrap();
    let check = |after, most, expected: &[i64]| assert_eq!(items_here(&tx, source, after, most).unwrap(), expected);
    check(0, 2, &[2, 3]);
    check(3, 2, &[5]);
    check(5, 2, &[]);
}

/// With 100,000 files, a question that goes through all of them is asked 100,000 times.
#[test]
fn no_question_about_a_file_goes_through_all_of_them() {
    let (conn, _) = database();
    let plan = |sql: &str| -> String {
        let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let steps = statement.raw_query().mapped(|row| row.get::<_, String>(3)).collect::<rusqlite::Result<Vec<_>>>();
        steps.unwrap().join("; ")
    };
    let check = |sql: &str, expected: &str| assert!(plan(sql).contains(expected), "{sql}: {}", plan(sql));
    check(&format!("{COLUMNS} {OF_ID}"), "source_file_id (file_id=?)");
    check(&format!("{COLUMNS} WHERE item = ?1"), "source_file_item (item=?)");
    check(ITEMS_HERE, "source_file_item (item>?)");
    check(&format!("{COLUMNS} WHERE source = ?1 AND dir = ?2 ORDER BY name"), "PRIMARY KEY (source=? AND dir=?)");
}
