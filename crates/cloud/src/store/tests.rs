//! The tables give back what was put there, and only that.

use super::*;
use crate::digest::{ContentHash, Digest, DigestKind};
use crate::ledger::InStep;
use crate::path::FilePath;
use crate::remote::{Cursor, RemoteFile, Revision, Unusable};
use proptest::prelude::*;
use rusqlite::{Connection, Transaction};
use std::collections::BTreeMap;

fn open(path: &std::path::Path) -> Connection {
    let conn = Connection::open(path).unwrap();
    conn.pragma_update(None, "foreign_keys", true).unwrap();
    conn.pragma_update(None, "synchronous", "off").unwrap();
    conn
}

fn named(name: &str) -> StoredRemote {
    StoredRemote {
        id: RemoteId(0),
        kind: "folder".to_owned(),
        name: name.to_owned(),
        spec: r#"{"path":"/mnt"}"#.to_owned(),
        capabilities: None,
        enabled: true,
        created_at: 5,
    }
}

/// A database with two remotes.
fn database(home: &std::path::Path) -> (Connection, [RemoteId; 2]) {
    let mut conn = open(&home.join("db"));
    MIGRATIONS.iter().for_each(|batch| conn.execute_batch(batch).unwrap());
    let tx = conn.transaction().unwrap();
    let ids = ["one", "other"].map(|name| add(&tx, &named(name)).unwrap());
    tx.commit().unwrap();
    (conn, ids)
}

fn inside<T>(conn: &mut Connection, act: impl FnOnce(&Transaction<'_>) -> T) -> T {
    let tx = conn.transaction().unwrap();
    let done = act(&tx);
    tx.commit().unwrap();
    done
}

#[test]
fn remotes_are_kept_by_number_and_by_name() {
    let home = tempfile::tempdir().unwrap();
    let (mut conn, [one, other]) = database(home.path());
    let stored = StoredRemote { id: one, ..named("one") };
    assert_eq!(remote(&conn, one).unwrap(), Some(stored.clone()));
    inside(&mut conn, |tx| {
        assert!(matches!(add(tx, &named("one")), Err(Error::NameTaken(name)) if name == "one"));
        assert!(matches!(change(tx, &StoredRemote { id: one, ..named("other") }), Err(Error::NameTaken(_))));
        assert!(matches!(change(tx, &StoredRemote { id: RemoteId(9), ..named("x") }), Err(Error::NoSuchRemote(_))));
        change(tx, &StoredRemote { enabled: false, spec: "{}".to_owned(), ..stored.clone() }).unwrap();
        set_capabilities(tx, one, "[1]").unwrap();
        assert!(matches!(set_capabilities(tx, RemoteId(9), "[1]"), Err(Error::NoSuchRemote(_))));
    });
    let changed =
        StoredRemote { enabled: false, spec: "{}".to_owned(), capabilities: Some("[1]".to_owned()), ..stored };
    assert_eq!(remotes(&conn).unwrap(), [changed, StoredRemote { id: other, ..named("other") }]);
    assert_eq!(state(&conn, one).unwrap(), None);
    inside(&mut conn, |tx| {
        assert!(matches!(ended(tx, one, 8, None, None), Err(Error::NoSuchRemote(_))), "none began");
        began(tx, one, 7).unwrap();
        ended(tx, one, 8, Some("{}"), Some("it rains")).unwrap();
    });
    let after = |ended_at, problem: Option<&str>| State {
        started_at: if ended_at == Some(8) { 7 } else { 9 },
        ended_at,
        outcome: Some("{}".to_owned()),
        problem: problem.map(str::to_owned),
    };
    assert_eq!(state(&conn, one).unwrap(), Some(after(Some(8), Some("it rains"))));
    inside(&mut conn, |tx| began(tx, one, 9)).unwrap();
    assert_eq!(state(&conn, one).unwrap(), Some(after(None, Some("it rains"))), "what came of the run before stays");
    inside(&mut conn, |tx| ended(tx, one, 10, None, None)).unwrap();
    assert_eq!(state(&conn, one).unwrap(), Some(after(Some(10), None)), "without an outcome, that of the run before");
    let of = |conn: &Connection, id| generation(conn, id).unwrap();
    inside(&mut conn, |tx| forget_ledger(tx, one)).unwrap();
    assert_eq!((of(&conn, one), of(&conn, RemoteId(9))), (Some(0), None), "it is the same place");
    inside(&mut conn, |tx| forget_all(tx, one)).unwrap();
    assert_eq!((of(&conn, one), of(&conn, other)), (Some(1), Some(0)), "another one");
    assert!(inside(&mut conn, |tx| remove(tx, one)).unwrap() && !inside(&mut conn, |tx| remove(tx, one)).unwrap());
    assert_eq!(inside(&mut conn, |tx| add(tx, &named("one"))).unwrap(), RemoteId(3), "no number comes again");
}

#[test]
fn a_remote_goes_with_all_that_was_noted_of_it() {
    let home = tempfile::tempdir().unwrap();
    let (mut conn, [one, _]) = database(home.path());
    let mut memory = Memory::default();
    for call in [Call::Note(0, 1), Call::Session(0, 1, Some("s")), Call::See(vec![(0, 1)], Some(1))] {
        inside(&mut conn, |tx| call.on_tables(tx, one));
        call.on_memory(&mut memory);
    }
    inside(&mut conn, |tx| began(tx, one, 1)).unwrap();
    inside(&mut conn, |tx| note_marker(tx, one, "folder")).unwrap();
    assert_eq!(marker(&conn, one).unwrap().as_deref(), Some("folder"));
    inside(&mut conn, |tx| forget_marker(tx, one)).unwrap();
    assert_eq!(marker(&conn, one).unwrap(), None);
    inside(&mut conn, |tx| note_marker(tx, one, "folder")).unwrap();
    assert_eq!(told(&conn, one), memory.told());
    inside(&mut conn, |tx| remove(tx, one)).unwrap();
    let tables =
        ["cloud_state", "cloud_in_step", "cloud_gist", "cloud_cursor", "cloud_seen", "cloud_session", "cloud_marker"];
    for table in tables {
        let sql = format!("SELECT count(*) FROM {table}");
        assert_eq!(conn.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap(), 0, "{table}");
    }
}

#[test]
fn a_damaged_row_is_told() {
    let home = tempfile::tempdir().unwrap();
    let (conn, [one, _]) = database(home.path());
    let insert = "INSERT INTO cloud_in_step (remote, path, hash, size, revision) VALUES (1, ?1, ?2, ?3, 'r')";
    for (path, hash, size, column) in
        [("../a", [0u8; 32].as_slice(), 1, "path"), ("a", &[0; 31], 1, "hash"), ("a", &[0; 32], -1, "size")]
    {
        conn.execute(insert, rusqlite::params![path, hash, size]).unwrap();
        assert!(matches!(all(&conn, one), Err(Error::Damaged { column: of, .. }) if of == column), "{column}");
        conn.execute("DELETE FROM cloud_in_step", []).unwrap();
    }
}

#[test]
fn only_what_differs_is_written() {
    let home = tempfile::tempdir().unwrap();
    let (mut conn, [one, _]) = database(home.path());
    let files: Vec<RemoteFile> = (0..100).map(|number| file(number, 1)).collect();
    inside(&mut conn, |tx| see(tx, one, &files, &[], None)).unwrap();
    let mut later = files.clone();
    (later[3], later[4]) = (file(3, 2), file(200, 1));
    let before = conn.total_changes();
    inside(&mut conn, |tx| see(tx, one, &later, &[], None)).unwrap();
    assert_eq!(conn.total_changes() - before, 3, "one changed, one is gone, one came");
    later.sort_by(|a, b| a.path.cmp(&b.path));
    assert_eq!(seen(&conn, one).unwrap(), later);
}

#[test]
fn sessions_of_before_are_wiped_and_those_of_now_are_one_for_each_path() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("db");
    let mut conn = open(&file);
    let bytes_have = |text: &str| std::fs::read(&file).unwrap().windows(text.len()).any(|part| part == text.as_bytes());
    let before = MIGRATIONS.iter().position(|batch| batch.contains("secure_delete")).unwrap();
    MIGRATIONS[..before].iter().for_each(|batch| conn.execute_batch(batch).unwrap());
    let one = inside(&mut conn, |tx| add(tx, &named("one")).unwrap());
    inside(&mut conn, |tx| note_session(tx, one, &path(1), &hash(1), Some("https://secret.example")).unwrap());
    assert!(bytes_have("secret.example"));
    inside(&mut conn, |tx| MIGRATIONS[before..].iter().for_each(|batch| tx.execute_batch(batch).unwrap()));
    assert!(sessions(&conn, one).unwrap().is_empty() && !bytes_have("secret.example"));
    for content in [1, 2] {
        inside(&mut conn, |tx| note_session(tx, one, &path(1), &hash(content), Some("half")).unwrap());
    }
    assert_eq!(sessions(&conn, one).unwrap(), [(path(1), hash(2))]);
    // The base of merges is put aside while a content goes up: that ends no upload. Another state does.
    let gists = [Some(vec![1]), None];
    inside(&mut conn, |tx| note(tx, one, &path(1), &in_step(1)).unwrap());
    inside(&mut conn, |tx| note_session(tx, one, &path(1), &hash(2), Some("half")).unwrap());
    for gist in gists {
        inside(&mut conn, |tx| note(tx, one, &path(1), &InStep { gist, ..in_step(1) }).unwrap());
        assert_eq!(sessions(&conn, one).unwrap().len(), 1);
    }
    inside(&mut conn, |tx| note(tx, one, &path(1), &in_step(3)).unwrap());
    assert!(sessions(&conn, one).unwrap().is_empty(), "a content that went up in one part");
}

/// A ledger that is only in memory.
#[derive(Debug, Clone, Default, PartialEq)]
struct Memory {
    in_step: BTreeMap<FilePath, InStep>,
    seen: BTreeMap<FilePath, RemoteFile>,
    unusable: Vec<Unusable>,
    cursor: Option<Cursor>,
    sessions: BTreeMap<(FilePath, ContentHash), String>,
}

/// A call of a ledger; paths and contents are numbers.
#[derive(Debug, Clone)]
enum Call {
    Note(u8, u8),
    Forget(u8),
    See(Vec<(u8, u8)>, Option<u8>),
    Session(u8, u8, Option<&'static str>),
    Reopen,
}

const PATHS: u8 = 5;
const CONTENTS: u8 = 4;

fn path(number: u8) -> FilePath {
    FilePath::parse(&format!("d/收据 {number}.png")).unwrap()
}

fn hash(content: u8) -> ContentHash {
    ContentHash([content; 32])
}

fn in_step(content: u8) -> InStep {
    let gist = (content % 2 == 1).then(|| vec![content; 3]);
    InStep { hash: hash(content), size: u64::from(content), revision: Revision(format!("r{content}")), gist }
}

fn file(number: u8, content: u8) -> RemoteFile {
    let kinds = [DigestKind::Md5, DigestKind::Sha256, DigestKind::Dropbox, DigestKind::QuickXor];
    let kind = kinds.get(usize::from(content)).copied();
    RemoteFile {
        path: path(number),
        id: (content > 1).then(|| "id".to_owned()),
        revision: Revision(content.to_string()),
        size: u64::from(content) << 30,
        digest: kind.map(|kind| Digest { kind, hex: "0f".to_owned() }),
        modified: (content > 2).then_some(-1),
    }
}

/// Some of what is told of files that cannot be kept in step.
fn left(files: &[(u8, u8)]) -> Vec<Unusable> {
    let left = |(number, content): &(u8, u8)| Unusable {
        name: format!("a:{number}"),
        why: "why".to_owned(),
        id: (*content > 1).then(|| content.to_string()),
    };
    files.iter().skip(2).map(left).collect()
}

impl Call {
    fn on_memory(&self, memory: &mut Memory) {
        match self {
            Call::Note(number, content) => {
                let was = memory.in_step.insert(path(*number), in_step(*content));
                if was != Some(in_step(*content)) {
                    memory.sessions.retain(|(of, _), _| *of != path(*number));
                }
            }
            Call::Forget(number) => {
                memory.in_step.remove(&path(*number));
                memory.sessions.retain(|(of, _), _| *of != path(*number));
            }
            Call::See(files, mark) => {
                memory.seen = files.iter().map(|(number, content)| (path(*number), file(*number, *content))).collect();
                memory.unusable = left(files);
                memory.cursor = mark.map(|mark| Cursor(mark.to_string()));
            }
            Call::Session(number, content, Some(state)) => {
                memory.sessions.retain(|(of, _), _| *of != path(*number));
                memory.sessions.insert((path(*number), hash(*content)), (*state).to_owned());
            }
            Call::Session(number, content, None) => {
                memory.sessions.remove(&(path(*number), hash(*content)));
            }
            Call::Reopen => {}
        }
    }

    fn on_tables(&self, tx: &Transaction<'_>, remote: RemoteId) {
        match self {
            Call::Note(number, content) => note(tx, remote, &path(*number), &in_step(*content)),
            Call::Forget(number) => forget(tx, remote, &path(*number)),
            Call::See(files, mark) => {
                let left = left(files);
                let files: Vec<RemoteFile> = files.iter().map(|(number, content)| file(*number, *content)).collect();
                see(tx, remote, &files, &left, mark.map(|mark| Cursor(mark.to_string())).as_ref())
            }
            Call::Session(number, content, state) => note_session(tx, remote, &path(*number), &hash(*content), *state),
            Call::Reopen => Ok(()),
        }
        .unwrap();
    }
}

/// All that the tables tell of a remote.
fn told(conn: &Connection, remote: RemoteId) -> (BTreeMap<FilePath, InStep>, Memory) {
    let session = |(path, hash): (FilePath, ContentHash)| {
        session(conn, remote, &path, &hash).unwrap().map(|state| ((path, hash), state))
    };
    let one = |path: FilePath| one(conn, remote, &path).unwrap().map(|one| (path, one));
    let memory = Memory {
        in_step: (0..PATHS).map(path).filter_map(one).collect(),
        seen: seen(conn, remote).unwrap().into_iter().map(|file| (file.path.clone(), file)).collect(),
        unusable: unusable(conn, remote).unwrap(),
        cursor: cursor(conn, remote).unwrap(),
        sessions: sessions(conn, remote).unwrap().into_iter().filter_map(session).collect(),
    };
    (all(conn, remote).unwrap(), memory)
}

impl Memory {
    /// The same.
    fn told(&self) -> (BTreeMap<FilePath, InStep>, Memory) {
        let bare = |(path, one): (&FilePath, &InStep)| (path.clone(), InStep { gist: None, ..one.clone() });
        (self.in_step.iter().map(bare).collect(), self.clone())
    }
}

fn call() -> impl Strategy<Value = Call> {
    let states = prop::sample::select(vec![None, Some("half"), Some("more")]);
    prop_oneof![
        (0..PATHS, 0..CONTENTS).prop_map(|(number, content)| Call::Note(number, content)),
        (0..PATHS).prop_map(Call::Forget),
        (prop::collection::vec((0..PATHS, 0..=CONTENTS), 0..6), prop::option::of(0u8..9))
            .prop_map(|(files, mark)| Call::See(files, mark)),
        (0..PATHS, 0..CONTENTS, states).prop_map(|(number, content, state)| Call::Session(number, content, state)),
        Just(Call::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_tables_are_a_ledger_for_each_remote(calls in prop::collection::vec((0usize..2, call()), 0..25)) {
        let home = tempfile::tempdir().unwrap();
        let (mut conn, ids) = database(home.path());
        let mut memories = [Memory::default(), Memory::default()];
        for (of, call) in calls {
            if let Call::Reopen = call {
                drop(conn);
                conn = open(&home.path().join("db"));
            }
            inside(&mut conn, |tx| call.on_tables(tx, ids[of]));
            call.on_memory(&mut memories[of]);
            for (id, memory) in ids.iter().zip(&memories) {
                prop_assert_eq!(told(&conn, *id), memory.told());
            }
        }
    }
}
