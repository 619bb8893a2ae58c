//! Exports of real items into real folders, with faults.

use super::index::NAME;
use super::page;
use crate::api::{EditItem, ErrorCode, ItemIds, NoArgs, Settings};
use crate::error::Error;
use crate::handlers::EXPORT;
use crate::testing::{Home, at_safe_points, png};
use legible_library::{ContentHash, ItemId};
use legible_reading::{Engine, Line, Quad, Reading};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn read(home: &Home, id: i64, text: &str) {
    let quad = Quad::from_edges(0.0, 0.0, 1.0, 1.0);
    let lines = text.lines().map(|text| Line { text: text.into(), quad, confidence: 1.0, words: vec![] }).collect();
    let engine = Engine { name: "ppocr".into(), version: "1".into() };
    let reading = Reading { engine, width: 2, height: 2, lines };
    let save = move |tx: &rusqlite::Transaction<'_>| Ok(legible_library::save_reading(tx, ItemId(id), &reading, 1)?);
    home.service.database().write_blocking(save).unwrap();
}

/// A service with images of the names `1.png` and so on that were read, and a folder to export to.
fn filled(count: u8) -> (Home, Vec<i64>) {
    let home = Home::new();
    fs::create_dir(home.path("texts")).unwrap();
    let add = |shade| {
        let id = home.take_in(&format!("{shade}.png"), &png(shade));
        read(&home, id, &format!("text {shade}"));
        id
    };
    let ids = (1..=count).map(add).collect();
    (home, ids)
}

fn payload(home: &Home) -> Value {
    json!({ "folder": home.path("texts") })
}

fn export(home: &Home) -> Value {
    home.do_job(EXPORT, payload(home)).unwrap()
}

fn done(written: u64, unchanged: u64, removed: u64) -> Value {
    json!({ "written": written, "unchanged": unchanged, "removed": removed })
}

fn file(home: &Home, number: u8) -> PathBuf {
    let name = page::file_name(&format!("{number}.png"), &ContentHash::of(&png(number)), &|_| false);
    home.path("texts").join(name)
}

fn files(home: &Home) -> BTreeMap<String, String> {
    let entries = fs::read_dir(home.path("texts")).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| {
        (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap_or_default())
    };
    entries.map(read).collect()
}

#[test]
fn a_text_is_written_with_what_is_known_of_its_image() {
    let (home, ids) = filled(1);
    read(&home, ids[0], "Grand ```total```\n# 12,50 <b>");
    let edit =
        EditItem { id: ids[0], tags: Some(vec!["tax: \"2026\"".into(), "a".into()]), note: Some("Paid.".into()) };
    home.ask(home.service.edit_item(edit)).unwrap();
    assert_eq!(export(&home), done(1, 0, 0));
    let expected = format!(
        "---\n# Written by Legible. The next export overwrites what is changed here.\nname: \"1.png\"\n\
         date: \"1970-01-01T00:16:40Z\"\nadded: \"1970-01-01T00:16:40Z\"\ntags: [\"tax: \\\"2026\\\"\", \"a\"]\n\
         source: \"{}\"\nengine: \"ppocr 1\"\nhash: \"{}\"\n---\n\nPaid.\n\n\
         ````text\nGrand ```total```\n# 12,50 <b>\n````\n",
        home.path("in/1.png").display(),
        ContentHash::of(&png(1)),
    );
    assert_eq!(fs::read_to_string(file(&home, 1)).unwrap(), expected);
}

#[test]
fn only_what_differs_is_written_and_only_what_is_ours_is_removed() {
    let (home, ids) = filled(5);
    home.take_in("unread.png", &png(99));
    fs::write(home.path("texts/mine.md"), "mine").unwrap();
    assert_eq!(export(&home), done(5, 0, 0));
    let modified = |number| fs::metadata(file(&home, number)).unwrap().modified().unwrap();
    let before = modified(2);
    read(&home, ids[0], "another text");
    fs::write(file(&home, 3), "edited").unwrap();
    fs::write(file(&home, 4), "edited").unwrap();
    home.ask(home.service.trash_items(ItemIds { ids: ids[3..].to_vec() })).unwrap();
    assert_eq!(export(&home), done(2, 1, 1));
    assert_eq!(modified(2), before);
    assert!(fs::read_to_string(file(&home, 1)).unwrap().contains("another text"));
    assert!(fs::read_to_string(file(&home, 3)).unwrap().contains("text 3"), "what was edited is written again");
    assert!(file(&home, 4).exists() && !file(&home, 5).exists(), "but what was edited is not deleted");
    assert!(home.path("texts/mine.md").exists());
    home.ask(home.service.restore_items(ItemIds { ids: ids[3..].to_vec() })).unwrap();
    assert_eq!(export(&home), done(2, 3, 0));
    // Without the index, what is there already is taken over.
    fs::remove_file(home.path("texts").join(NAME)).unwrap();
    assert_eq!(export(&home), done(0, 5, 0));
    home.ask(home.service.trash_items(ItemIds { ids })).unwrap();
    assert_eq!(export(&home), done(0, 0, 5));
    assert_eq!(files(&home).into_keys().collect::<Vec<_>>(), [NAME, "mine.md"]);
}

#[test]
fn images_of_one_name_do_not_meet() {
    let home = Home::new();
    fs::create_dir(home.path("texts")).unwrap();
    for (shade, name) in [(1, "scan.png"), (2, "Scan.png"), (3, "scan.jpg"), (4, "sc?an.png")] {
        let id = home.take_in(name, &png(shade));
        read(&home, id, "text");
    }
    assert_eq!(export(&home), done(4, 0, 0));
    assert_eq!(files(&home).len(), 5);
    assert_eq!(export(&home), done(0, 4, 0));
}

#[test]
fn a_kill_at_any_point_leaves_whole_files_that_are_all_known() {
    for point in 0.. {
        let (home, ids) = filled(4);
        export(&home);
        for (index, id) in ids[..3].iter().enumerate() {
            read(&home, *id, &format!("changed {index}"));
        }
        home.ask(home.service.trash_items(ItemIds { ids: ids[3..].to_vec() })).unwrap();
        let lease = home.begin(EXPORT, payload(&home), None);
        let ended = home.stop_at(&lease, point);
        // As a kill leaves it: a line cut off in the middle, and a file that is not finished.
        let index = home.path("texts").join(NAME);
        let mut lines = fs::read(&index).unwrap();
        lines.extend(b"{\"image\":\"");
        fs::write(&index, lines).unwrap();
        fs::write(home.path("texts/.legible-export-x"), "half").unwrap();
        assert!(files(&home).iter().all(|(name, text)| !name.ends_with(".md") || text.ends_with("```\n")));
        if ended.is_none() {
            home.work();
        }
        assert_eq!(export(&home), done(0, 3, 0), "stopped at {point}");
        assert_eq!(files(&home).len(), 4, "three texts and the index: {:?}", files(&home).keys());
        home.ask(home.service.trash_items(ItemIds { ids: ids[..3].to_vec() })).unwrap();
        assert_eq!(export(&home), done(0, 0, 3), "all of them were known to be ours");
        if ended.is_some() {
            assert!(point >= 4, "there were points to stop at");
            return;
        }
    }
}

#[test]
fn what_was_written_before_a_kill_and_then_deleted_is_removed() {
    let (home, ids) = filled(1);
    export(&home);
    read(&home, ids[0], "changed");
    // Killed after the index was written and before the text was.
    let content = ContentHash::of(b"what was to come");
    let line = json!({ "image": ContentHash::of(&png(1)), "file": file(&home, 1).file_name().unwrap().to_str(), "content": content });
    let index = home.path("texts").join(NAME);
    let lines = fs::read_to_string(&index).unwrap();
    fs::write(&index, format!("{lines}{line}\n")).unwrap();
    home.ask(home.service.trash_items(ItemIds { ids })).unwrap();
    assert_eq!(export(&home), done(0, 0, 1));
}

#[test]
fn a_folder_that_cannot_be_used_is_told_with_what_to_do() {
    let (home, _) = filled(1);
    let refused = |folder: &Path, code: ErrorCode, word: &str| {
        let error = home.do_job(EXPORT, json!({ "folder": folder })).unwrap_err().to_wire();
        assert!(error.code == code && error.hint.is_some() && error.message.contains(word), "{error:?}");
    };
    refused(Path::new(""), ErrorCode::BadRequest, "not a whole path");
    refused(Path::new("relative"), ErrorCode::BadRequest, "not a whole path");
    refused(&home.path("nowhere"), ErrorCode::File, "not there");
    assert!(!home.path("nowhere").exists());
    refused(&home.path("in/1.png"), ErrorCode::File, "not there");
    refused(&home.path("library"), ErrorCode::BadRequest, "library folder");
    refused(&home.path("library/1970"), ErrorCode::BadRequest, "library folder");
    refused(&home.path("texts/../library"), ErrorCode::BadRequest, "library folder");
    assert_eq!(home.do_job(EXPORT, json!({})).unwrap_err().code(), ErrorCode::BadRequest);
    let before = walkdir::WalkDir::new(home.path("library")).into_iter().count();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(home.path("library"), home.path("link")).unwrap();
        refused(&home.path("link"), ErrorCode::BadRequest, "library folder");
    }
    assert_eq!(walkdir::WalkDir::new(home.path("library")).into_iter().count(), before);
    fs::create_dir(file(&home, 1)).unwrap();
    refused(&home.path("texts"), ErrorCode::File, "in the way");
    fs::remove_dir(file(&home, 1)).unwrap();
    assert_eq!(export(&home), done(1, 0, 0));
}

/// Of root, permissions keep nothing away; the kernel's own file systems do.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_is_read_only_is_told() {
    let (home, _) = filled(1);
    let error = home.do_job(EXPORT, json!({ "folder": "/sys/kernel" })).unwrap_err().to_wire();
    assert!(error.code == ErrorCode::File && error.message.contains("cannot be written to"), "{error:?}");
}

#[test]
fn a_folder_that_goes_away_midway_is_not_made_anew() {
    let (home, _) = filled(3);
    let (texts, away) = (home.path("texts"), home.path("unmounted"));
    let mut passed = 0;
    at_safe_points(move |_| {
        passed += 1;
        if passed == 2 {
            fs::rename(&texts, &away).unwrap();
        }
    });
    let error = home.do_job(EXPORT, payload(&home)).unwrap_err().to_wire();
    at_safe_points(|_| ());
    assert!(error.message.contains("not there any more"), "{error:?}");
    assert!(!home.path("texts").exists());
    fs::rename(home.path("unmounted"), home.path("texts")).unwrap();
    assert_eq!(export(&home), done(2, 1, 0));
}

#[test]
fn texts_of_another_library_and_of_a_damaged_database_stay() {
    let (home, _) = filled(2);
    export(&home);
    fs::create_dir(home.path("data/legible.db.damaged-7")).unwrap();
    let error = home.do_job(EXPORT, payload(&home)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Database);
    fs::remove_dir(home.path("data/legible.db.damaged-7")).unwrap();

    fs::rename(home.path("library"), home.path("moved")).unwrap();
    let settings = home.ask(home.service.settings(NoArgs {})).unwrap();
    let library_folder = home.path("moved").to_str().unwrap().to_owned();
    home.ask(home.service.save_settings(Settings { library_folder, ..settings })).unwrap();
    // Another folder is looked through for images to adopt.
    home.work();
    let Error::Told(error) = home.do_job(EXPORT, payload(&home)).unwrap_err() else { panic!() };
    assert!(error.message.contains("another library"), "{error:?}");
    assert_eq!(files(&home).len(), 3);
}

#[test]
fn names_in_a_tampered_index_lead_nowhere() {
    let (home, _) = filled(1);
    export(&home);
    let victim = home.write("victim.md", "mine");
    let gone = ContentHash::of(b"gone");
    let line = json!({ "image": gone, "file": "../victim.md", "content": ContentHash::of(b"mine") });
    let index = home.path("texts").join(NAME);
    let lines = fs::read_to_string(&index).unwrap();
    fs::write(&index, format!("{lines}{line}\nno json\n")).unwrap();
    assert_eq!(export(&home), done(0, 1, 0));
    assert!(victim.exists());
}
