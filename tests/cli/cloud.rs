//! `legible cloud`: two homes and a folder between them, with real images, kills and a closed door.

mod full;
mod providers;
mod rclone;

use crate::program::draw::{number, png};
use crate::program::{Home, wait_for};
use std::path::Path;

/// A home that is kept in step with a folder; gives the number of the storage.
fn joined(storage: &Path, words: &[&str]) -> (Home, String) {
    let home = Home::new();
    let storage = storage.to_str().unwrap();
    let added = home.run(["cloud", "add", storage, "--json"].iter().chain(words)).with(0);
    (home, added.json()["id"].to_string())
}

fn between(folder: &tempfile::TempDir) -> std::path::PathBuf {
    let between = folder.path().join("Legible, 云");
    std::fs::create_dir(&between).unwrap();
    between
}

#[test]
fn what_is_read_on_one_machine_is_found_on_the_other_without_reading_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let between = between(&folder);
    let ((desk, of_desk), (lap, of_lap)) = (joined(&between, &[]), joined(&between, &[]));
    desk.write("in/a.png", png(&number(80_642)));
    desk.run(["add", "--wait", "in/a.png"]).with(0);

    let plan = desk.run(["cloud", "sync", &of_desk, "--dry-run"]).with(0).out;
    assert!(plan.contains("upload\t") && plan.contains("a.png.json"), "{plan}");
    assert_eq!(std::fs::read_dir(&between).unwrap().count(), 0, "nothing is moved by looking");
    let sent = desk.run(["cloud", "sync", &of_desk, "--wait"]).with(0).out;
    assert!(sent.contains("2 went up"), "{sent}");
    let came = lap.run(["cloud", "sync", "--wait"]).with(0).out;
    assert!(came.contains("2 came down"), "{came}");
    assert_eq!(lap.found("80642"), 1);
    lap.run(["run", "--until-idle"]).with(0);
    let read = lap.jobs(&["succeeded"]).iter().filter(|job| job["kind"] == "read").count();
    assert_eq!(read, 0, "its text came with it");

    let again = desk.run(["cloud", "sync", &of_desk, "--wait"]).with(0).out;
    assert!(again.contains("nothing to do"), "{again}");
    let listed = lap.run(["cloud", "list"]).with(0).out;
    assert!(listed.contains("in step as of") && listed.contains("keeps the library in step with"), "{listed}");
    lap.run(["cloud", "remove", &of_lap]).with(0);
    lap.run(["cloud", "list"]).with(1);
    assert!(lap.found("80642") == 1 && between.read_dir().unwrap().count() > 0, "nothing was deleted");
}

#[test]
fn a_sync_that_is_killed_goes_on_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let between = between(&folder);
    // Slow enough to be met in the midst of it.
    let (desk, id) = joined(&between, &["--limit", "40"]);
    let count = 12;
    for value in 0..count {
        desk.write(&format!("in/{value}.png"), png(&number(10_000 + value)));
    }
    desk.run(["add", "--wait", "in"]).with(0);
    let files = || walkdir(&between);
    let serving = desk.serve();
    desk.run(["cloud", "sync", &id]).with(0);
    wait_for("some of it is there", || (files() > 2).then_some(()));
    serving.kill();
    assert!(files() < 2 * count as usize, "it was in the midst");
    desk.run(["run", "--until-idle"]).with(0);
    let done = desk.run(["cloud", "status", &id, "--json"]).with(0).json();
    assert_eq!((files(), done["in_step"].as_u64()), (2 * count as usize, Some(2 * u64::from(count))));
    assert_eq!(done["problem"], serde_json::Value::Null);
    let (lap, _) = joined(&between, &[]);
    lap.run(["cloud", "sync", "--wait"]).with(0);
    assert_eq!(lap.found(""), u64::from(count));
}

/// How many files lie in a folder and below it, without hidden ones.
fn walkdir(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let shown = entries.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
    shown.map(|entry| if entry.path().is_dir() { walkdir(&entry.path()) } else { 1 }).sum()
}

#[test]
fn what_cannot_be_kept_in_step_says_what_to_do() {
    let home = Home::new();
    let add = |place: &str, more: &[&str]| home.run(["cloud", "add", place].iter().chain(more));
    add("gopher://x", &[]).with(1).complains(&["s3://, https://, sftp://"]);
    add("s3://bucket", &[]).with(1).complains(&["--endpoint"]);
    add("/nowhere/at/all", &[]).with(1).complains(&["is not there", "Connect the disk"]);
    add("https://127.0.0.1:9/dav", &[]).with(1);
    home.run(["cloud", "list"]).with(1);
    home.run(["cloud", "sync"]).with(1).complains(&["legible cloud add"]);
    home.run(["cloud", "status", "7"]).with(1).complains(&["Storage 7 was not found"]);

    let folder = tempfile::tempdir().unwrap();
    let between = between(&folder);
    let id = add(between.to_str().unwrap(), &["--json"]).with(0).json()["id"].to_string();
    home.write("in/a.png", png(&number(5)));
    home.run(["add", "--wait", "in/a.png"]).with(0);
    home.run(["cloud", "sync", &id, "--wait"]).with(0);
    std::fs::remove_dir_all(&between).unwrap();
    std::fs::create_dir(&between).unwrap();
    let sync = |words: &[&str]| home.run(["cloud", "sync", &id].iter().chain(words));
    sync(&["--same-folder"]).with(1).complains(&["did not ask which folder it is"]);
    let asked = sync(&["--wait"]).with(2).out;
    assert!(asked.contains("has lost its mark") && asked.contains("--as-new-folder"), "{asked}");
    sync(&["--wait", "--yes"]).with(1).complains(&["asks which folder it is", "--same-folder", "--as-new-folder"]);
    let either = sync(&["--dry-run"]).with(0).out;
    let (same, new) = either.split_once("If it is another one").unwrap();
    assert!(same.contains("trash here\t") && same.contains("The storage has no files, and had 2"), "{either}");
    assert!(new.contains("upload\t") && !new.contains("trash here"), "{either}");
    let same = sync(&["--wait", "--same-folder"]).with(2).out;
    assert!(same.contains("is said to be the same") && same.contains("The storage has no files, and had 2"), "{same}");
    assert_eq!((home.found(""), walkdir(&between)), (1, 0), "nothing is deleted unasked");
    let done = sync(&["--wait", "--as-new-folder"]).with(0).out;
    assert!(done.contains("2 went up"), "{done}");
    assert_eq!((home.found(""), walkdir(&between)), (1, 2));

    // Emptied, mark and all, by who meant it.
    std::fs::remove_dir_all(&between).unwrap();
    std::fs::create_dir(&between).unwrap();
    sync(&["--wait"]).with(2);
    sync(&["--wait", "--same-folder"]).with(2);
    sync(&["--wait", "--yes"]).with(0);
    assert_eq!(home.found(""), 0);
    assert!(home.library().iter().any(|file| file.starts_with(".trash/")), "{:?}", home.library());
}

#[test]
fn a_storage_is_changed_by_a_word_and_the_rest_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, id) = joined(&between(&folder), &["--when", "every 2h"]);
    let edit = |words: &[&str]| desk.run(["cloud", "edit", &id].iter().chain(words));
    edit(&[]).with(1).complains(&["Say what is to be changed"]);
    edit(&["--when", "now and then"]).with(1);
    let named = edit(&["--name", "the disk", "--on-change", "--json"]).with(0).json();
    assert_eq!((&named["draft"]["name"], &named["draft"]["on_change"]), (&"the disk".into(), &true.into()));
    assert_eq!(named["draft"]["rule"], desk.run(["cloud", "status", &id, "--json"]).with(0).json()["draft"]["rule"]);
    let changed = edit(&["--when", "never", "--on-change=false", "--json"]).with(0).json();
    assert_eq!((&changed["draft"]["rule"], &changed["draft"]["on_change"]), (&serde_json::Value::Null, &false.into()));
    desk.run(["cloud", "edit", "99", "--name", "x"]).with(1).complains(&["Storage 99 was not found"]);
}

#[test]
fn an_image_that_two_machines_changed_is_settled_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let between = between(&folder);
    let ((desk, _), (lap, _)) = (joined(&between, &[]), joined(&between, &[]));
    for (home, value) in [(&desk, 11_223), (&lap, 44_556)] {
        home.write("in/scan.png", png(&number(value)));
        home.run(["add", "--wait", "in/scan.png"]).with(0);
    }
    desk.run(["cloud", "sync", "--wait"]).with(0);
    lap.run(["cloud", "conflicts"]).with(1);
    lap.run(["cloud", "sync", "--wait"]).with(2);
    lap.run(["cloud", "sync", "--wait", "--yes"]).with(2).complains(&["<IDS>"]);
    let met = lap.run(["cloud", "sync", "1", "--wait", "--yes"]).with(0).out;
    assert!(met.contains("1 kept twice"), "an image, whatever is said of it: {met}");
    let conflicts = lap.run(["cloud", "conflicts", "--json"]).with(0).json();
    let (kept, other) = (&conflicts[0]["card"]["id"], &conflicts[0]["other"]["id"]);
    assert!(conflicts[0]["of"].as_str().unwrap().ends_with("/scan.png") && kept != other, "{conflicts}");
    lap.run(["cloud", "conflicts", "--keep", "999"]).with(1).complains(&["Image 999 is in no conflict"]);
    lap.run(["cloud", "conflicts", "--keep", &kept.to_string()]).with(0);
    lap.run(["cloud", "conflicts"]).with(1);
    assert_eq!((lap.found("44556"), lap.found("11223")), (1, 0), "the other one is in the trash");
    lap.run(["cloud", "sync", "--wait"]).with(0);
    desk.run(["cloud", "sync", "--wait"]).with(0);
    assert_eq!((desk.found("44556"), desk.found("11223")), (1, 0), "on every machine");
}

#[test]
fn a_storage_follows_changes_until_it_is_switched_off_and_is_stopped_by_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let between = between(&folder);
    let (desk, id) = joined(&between, &["--on-change", "--limit", "10"]);
    let sentence = desk.run(["cloud", "list"]).with(0).out;
    assert!(sentence.contains("Soon after each change, keeps the library in step"), "{sentence}");
    let switched = |verb: &str| desk.run(["cloud", verb, &id]).with(0);
    switched("disable");
    assert_eq!(desk.run(["cloud", "status", &id, "--json"]).with(0).json()["draft"]["enabled"], false);
    switched("enable");
    for value in 0..9 {
        desk.write(&format!("in/{value}.png"), png(&number(10_000 + value)));
    }
    desk.run(["add", "--wait", "in"]).with(0);
    // It takes long at this speed.
    let _serving = desk.serve();
    desk.run(["cloud", "sync", &id]).with(0);
    wait_for("it is under way", || desk.jobs(&["running"]).iter().any(|job| job["kind"] == "sync").then_some(()));
    switched("stop");
    wait_for("it is stopped", || desk.jobs(&["cancelled"]).iter().any(|job| job["kind"] == "sync").then_some(()));
    assert!(walkdir(&between) < 18, "in its midst");
}

#[test]
fn texts_go_up_as_markdown_for_other_programs() {
    let folder = tempfile::tempdir().unwrap();
    let between = between(&folder);
    let (desk, _) = joined(&between, &["--content", "markdown"]);
    desk.write("in/a.png", png(&number(80_642)));
    desk.run(["add", "--wait", "in/a.png"]).with(0);
    let sent = desk.run(["cloud", "sync", "--wait"]).with(0).out;
    assert!(sent.contains("1 went up"), "{sent}");
    let mut texts = std::fs::read_dir(&between).unwrap().flatten().map(|entry| entry.path());
    let text = texts.find(|path| path.extension().is_some_and(|ending| ending == "md")).unwrap();
    assert!(std::fs::read_to_string(text).unwrap().contains("80642"));
}
