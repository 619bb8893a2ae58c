//! A damaged database is said so, set aside, and made anew from the library folder. A lost one costs nothing either.

use crate::program::Home;
use crate::program::draw::{number, png};
use serde_json::Value;

/// A home whose library has three images, read.
fn filled() -> Home {
    let home = Home::new();
    for value in [25_421, 17_067, 98_214] {
        home.write(&format!("in/{value}.png"), png(&number(value)));
    }
    home.run(["add", "--wait", "in"]).with(0);
    assert_eq!(found(&home), [1, 1, 1]);
    assert!(!home.path("data/legible.db-wal").exists(), "a program that ends by itself closes its database");
    home
}

fn found(home: &Home) -> [u64; 3] {
    ["25421", "17067", "98214"].map(|number| home.found(number))
}

fn database_check(home: &Home) -> Value {
    let told = home.run(["doctor", "--json"]).json();
    told["checks"].as_array().unwrap().iter().find(|check| check["name"] == "Database").unwrap().clone()
}

fn set_aside(home: &Home) -> usize {
    let entries = std::fs::read_dir(home.path("data")).unwrap().map(|entry| entry.unwrap().file_name());
    entries.filter(|name| name.to_str().unwrap().starts_with("legible.db.damaged-")).count()
}

/// Brings the library back and checks that all is as before.
fn rebuild(home: &Home, before: &[String]) {
    assert_eq!(set_aside(home), 1);
    let check = database_check(home);
    assert_eq!((&check["health"], check["detail"].as_str().unwrap().contains("set aside")), (&"limited".into(), true));
    assert!(check["hint"].as_str().unwrap().contains("legible rebuild"), "{check}");
    home.run(["rebuild", "--wait"]).with(0);
    assert_eq!((found(home), home.library().as_slice()), ([1, 1, 1], before));
    assert_eq!((database_check(home)["health"].as_str(), set_aside(home)), (Some("good"), 0));
    let kept: Vec<_> = std::fs::read_dir(home.path("data/set-aside")).unwrap().map(Result::unwrap).collect();
    assert!(kept.len() == 1 && kept[0].path().join("legible.db").is_file(), "the damaged file is kept: {kept:?}");
}

#[test]
fn a_file_that_is_no_database_is_set_aside_and_rebuilt() {
    let home = filled();
    let before = home.library();
    home.write("data/legible.db", b"This was a database once. ".repeat(400));
    let said = home.run(["search", "25421"]).with(1);
    said.complains(&["damaged", "set aside"]);
    rebuild(&home, &before);
}

#[test]
fn a_database_damaged_inside_is_seen_by_the_next_run() {
    let home = filled();
    let before = home.library();
    let mut bytes = std::fs::read(home.path("data/legible.db")).unwrap();
    // All pages but the first, which has the schema: a database that opens and fails in use.
    bytes[4096..].fill(0x5A);
    home.write("data/legible.db", bytes);
    home.run(["run", "--until-idle"]).with(0).complains(&["damaged", "set aside"]);
    rebuild(&home, &before);
}

#[test]
fn images_added_to_a_lost_database_come_back_with_what_was_read_and_noted() {
    let home = filled();
    let before = home.library();
    let sidecar = home.path("library").join(before.iter().find(|file| file.ends_with("17067.png.json")).unwrap());
    let noted = std::fs::read_to_string(&sidecar).unwrap().replace("\"note\":\"\"", "\"note\":\"keep me\"");
    std::fs::write(&sidecar, noted).unwrap();
    for side in ["", "-wal", "-shm"] {
        let file = home.path(&format!("data/legible.db{side}"));
        if file.exists() {
            std::fs::remove_file(file).unwrap();
        }
    }
    home.run(["add", "--wait", "in"]).with(0);
    assert_eq!((found(&home), home.library()), ([1, 1, 1], before), "no image lies there twice");
    assert_eq!(home.found("\"keep me\""), 1);
    assert!(home.jobs(&[]).iter().all(|job| job["kind"] != "read"), "nothing is read twice");
}

#[test]
fn a_rebuild_tells_what_it_could_not_use() {
    let home = filled();
    let sidecar = home.library().into_iter().find(|file| file.ends_with("17067.png.json")).unwrap();
    home.write(&format!("library/{sidecar}"), "{");
    for side in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(home.path(&format!("data/legible.db{side}")));
    }
    let said = home.run(["rebuild", "--wait"]).with(2);
    said.complains(&["2 images brought back", "1 file could not be used"]);
}

#[test]
fn a_broken_settings_file_is_told_and_left_alone() {
    let home = Home::new();
    let file = home.write("config/settings.toml", "engine = ");
    home.write("n.png", png(&number(1)));
    home.run(["add", "n.png"]).with(1).complains(&["settings.toml", "Correct the file or delete it"]);
    assert_eq!(std::fs::read_to_string(file).unwrap(), "engine = ");
}
