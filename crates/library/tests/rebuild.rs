//! A database made anew from the library folder says what the old one said, whatever else lies in the folder.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use legible_library::*;
use legible_reading::{Engine, Line, Quad, Reading, Word};
use rusqlite::Connection;
use std::fs;
use std::path::Path;

fn database() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    MIGRATIONS.iter().for_each(|batch| connection.execute_batch(batch).unwrap());
    connection
}

fn made(root: impl AsRef<Path>) -> Folder {
    let folder = Folder::at(root.as_ref());
    folder.make().unwrap();
    folder
}

fn reading(engine: &str, text: &str) -> Reading {
    let quad = Quad::from_edges(0.1, 2.0, 33.333_332, 44.0);
    let word = Word { text: text.into(), quad, confidence: 0.7 };
    let line = Line { text: text.into(), quad, confidence: 0.9, words: vec![word] };
    Reading { engine: Engine { name: engine.into(), version: "1".into() }, width: 640, height: 480, lines: vec![line] }
}

/// Adds an image whose bytes are its text, as the service does.
fn add(connection: &mut Connection, folder: &Folder, name: &str, text: &str, at: i64) -> ItemId {
    let tx = connection.transaction().unwrap();
    let path = folder.place(name, text.as_bytes(), at).unwrap();
    let (hash, size) = (ContentHash::of(text.as_bytes()), text.len() as u64);
    let new = NewItem { hash, name: name.into(), size, placement: Placement::Managed { path }, added_at: at };
    let origin = Origin { kind: OriginKind::Drop, path: Some(format!("/home/u/{name}").into()), url: None, at };
    let id = add_item(&tx, &new, &origin).unwrap().id;
    save_reading(&tx, id, &reading("ppocr", text), at + 1).unwrap();
    tx.commit().unwrap();
    write_sidecar(connection, folder, id);
    id
}

fn write_sidecar(connection: &Connection, folder: &Folder, id: ItemId) {
    let item = item(connection, id).unwrap().unwrap();
    folder.write_sidecar(&item.placement, &sidecar(connection, id).unwrap().unwrap()).unwrap();
}

fn rebuild(folder: &Folder) -> (Connection, Vec<FolderError>) {
    let mut connection = database();
    let mut errors = Vec::new();
    let tx = connection.transaction().unwrap();
    for found in folder.sidecars() {
        match found {
            Ok((placement, sidecar)) => assert!(adopt(&tx, &placement, &sidecar).unwrap().new),
            Err(error) => errors.push(error),
        }
    }
    tx.commit().unwrap();
    (connection, errors)
}

/// Everything that the library says about its items, by their hashes, as ids may differ.
fn contents(connection: &Connection) -> Vec<(Sidecar, Placement)> {
    let mut all = Vec::new();
    for trashed in [false, true] {
        let listing = Listing { query: None, trashed, offset: 0, limit: 100 };
        for entry in page(connection, &listing).unwrap().entries {
            all.push((sidecar(connection, entry.item.id).unwrap().unwrap(), entry.item.placement));
        }
    }
    all.sort_by(|a, b| a.0.hash.cmp(&b.0.hash));
    all
}

fn found(connection: &Connection, query: &str) -> Vec<String> {
    let listing = Listing { query: Some(Query::parse(query)), limit: 100, ..Listing::default() };
    page(connection, &listing).unwrap().entries.into_iter().map(|entry| entry.item.name).collect()
}

#[test]
fn a_rebuilt_database_equals_the_old_one() {
    let home = tempfile::tempdir().unwrap();
    let folder = made(home.path().join("Legible"));
    let mut old = database();
    let receipt = add(&mut old, &folder, "receipt.png", "Grand total 12", 1_000);
    let fapiao = add(&mut old, &folder, "发票.png", "发票上税号", 2_000);
    let gone = add(&mut old, &folder, "gone.png", "Old total", 3_000);

    let tx = old.transaction().unwrap();
    let facts = ImageFacts {
        width: 640,
        height: 480,
        format: "png".into(),
        camera: Some("Nikon".into()),
        ..ImageFacts::default()
    };
    set_facts(&tx, receipt, &facts).unwrap();
    save_reading(&tx, receipt, &reading("ocrs", "Grand tota1 l2"), 900).unwrap();
    edit(&tx, receipt, &Edit { tags: Some(vec!["Tax".into(), "2024".into()]), note: Some("from Anna".into()) })
        .unwrap();
    let problem = Problem { code: "c".into(), message: "m".into(), hint: "h".into() };
    set_problem(&tx, fapiao, Some(&problem)).unwrap();
    let photo = home.path().join("photo.png");
    let placement = Placement::Referenced { path: photo.clone() };
    let new = NewItem { hash: ContentHash::of(b"p"), name: "photo.png".into(), size: 1, placement, added_at: 4 };
    let photo = add_item(&tx, &new, &Origin { kind: OriginKind::Cli, path: Some(photo), url: None, at: 4 }).unwrap().id;
    trash(&tx, &[gone], 9_000).unwrap();
    tx.commit().unwrap();
    let gone_placement = item(&old, gone).unwrap().unwrap().summary.placement;
    folder.trash(&gone_placement).unwrap();
    [receipt, fapiao, gone, photo].into_iter().for_each(|id| write_sidecar(&old, &folder, id));

    let (new, errors) = rebuild(&folder);
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(contents(&new), contents(&old));
    assert_eq!(counts(&new).unwrap(), counts(&old).unwrap());
    for query in ["total", "tax", "anna", "票上", "photo", "nothing", "-total"] {
        assert_eq!(found(&new, query), found(&old, query), "{query}");
    }
    assert_eq!(found(&new, "grand"), ["receipt.png"]);
    assert_eq!(folder.images_without_sidecar().count(), 0);
}

#[test]
fn hostile_files_give_one_error_each_and_the_rest_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let folder = made(home.path().join("Legible"));
    let mut old = database();
    add(&mut old, &folder, "good.png", "good", 0);
    let root = folder.root();
    let write = |path: &str, bytes: &[u8]| {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::write(root.join(path), bytes).unwrap();
    };
    write("bare.jpg", b"an image that the user put there");
    write("deep/er/bare.PNG", b"another");
    write("notes.json", b"not a sidecar and no image beside it");
    write(".hidden/x.png", b"not ours");
    let broken = ["invalid.png", "huge.png", "nested.png", "version.png", "hash.png"];
    broken.iter().for_each(|image| write(image, b"x"));
    let good = fs::read_to_string(root.join("1970/01/good.png.json")).unwrap();
    write("invalid.png.json", b"{\"version\":1,\"name\":\"\xFF\"}");
    write("huge.png.json", &vec![b' '; limits::MAX_SIDECAR_BYTES as usize + 1]);
    write("nested.png.json", format!("{{\"version\":1,\"x\":{}", "[".repeat(10_000_000)).as_bytes());
    write("version.png.json", good.replace("\"version\":1", "\"version\":99").as_bytes());
    write("hash.png.json", good.replace(ContentHash::of(b"good").as_str(), "../../../etc/passwd").as_bytes());
    write("missing.png.json", good.as_bytes());
    write("Referenced/relative.json", good.replacen('{', "{\"path\":\"../../etc/passwd\",", 1).as_bytes());

    let (new, errors) = rebuild(&folder);
    let names = |error: &FolderError| {
        let message = error.to_string();
        let file = message.split(".json").next().unwrap().rsplit(['/', '\\']).next().unwrap().to_owned();
        assert!(message.contains(';'), "an error says what to do: {message}");
        file
    };
    let mut failed: Vec<String> = errors.iter().map(names).collect();
    failed.sort();
    assert_eq!(failed, ["hash.png", "huge.png", "invalid.png", "missing.png", "nested.png", "relative", "version.png"]);
    assert!(errors.iter().any(|error| matches!(error, FolderError::NewerSidecar { version: 99, .. })));
    assert!(errors.iter().any(|error| matches!(error, FolderError::LargeSidecar { .. })));
    assert_eq!(contents(&new), contents(&old));
    let bare: Vec<_> = folder.images_without_sidecar().map(|found| found.unwrap()).collect();
    assert_eq!(bare, [Path::new("bare.jpg"), Path::new("deep/er/bare.PNG")]);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let home = tempfile::tempdir().unwrap();
    let outside = home.path().join("outside.png");
    fs::write(&outside, "secret").unwrap();
    let folder = made(home.path().join("Legible"));
    add(&mut database(), &folder, "good.png", "good", 0);
    let root = folder.root();
    symlink(root, root.join("loop")).unwrap();
    symlink(root.join("1970"), root.join("1970/again")).unwrap();
    symlink(home.path(), root.join("up")).unwrap();
    symlink(&outside, root.join("link.png")).unwrap();
    assert_eq!(folder.sidecars().map(|found| found.unwrap().1.name).collect::<Vec<_>>(), ["good.png"]);
    assert!(folder.images_without_sidecar().next().is_none());
}

#[test]
fn adopting_again_adds_only_what_is_missing() {
    let home = tempfile::tempdir().unwrap();
    let folder = made(home.path());
    let mut connection = database();
    let id = add(&mut connection, &folder, "a.png", "text", 1);
    let mut more = sidecar(&connection, id).unwrap().unwrap();
    let before = more.clone();
    more.readings.insert(0, SidecarReading { read_at: 0, reading: reading("ocrs", "older") });
    more.origins.push(Origin { kind: OriginKind::Paste, path: None, url: None, at: 9 });
    more.note = "another note".into();
    let placement = item(&connection, id).unwrap().unwrap().summary.placement;
    let tx = connection.transaction().unwrap();
    for sidecar in [&before, &more, &more] {
        assert_eq!(adopt(&tx, &placement, sidecar).unwrap(), Added { id, new: false, restored: false });
    }
    let after = sidecar(&tx, id).unwrap().unwrap();
    assert_eq!(after, Sidecar { note: before.note, ..more });
}
