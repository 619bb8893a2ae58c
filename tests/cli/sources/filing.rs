//! What a source says about its images: names, tags, reminders, the engine, where files go, what is kept.

use crate::program::Home;
use crate::program::draw::{due, number, png};
use std::fs;

#[test]
fn images_are_named_and_tagged_as_they_come() {
    let home = Home::new();
    let id = home
        .watch("in", &["--name", "Scans", "--tag", "papers", "--tag", "2026", "--rename", "{source} {n} of {name}"]);
    for value in 1..=3 {
        home.write(&format!("in/{value}.png"), png(&number(12_300 + value)));
        home.look(&id).with(0);
    }
    assert_eq!(home.names(), ["Scans 1 of 1.png", "Scans 2 of 2.png", "Scans 3 of 3.png"]);
    home.work();
    assert!(home.kept().iter().all(|kept| kept.tags == ["papers", "2026"]), "{:?}", home.kept());
    assert_eq!((home.found("papers"), home.found("12302")), (3, 1));
    home.write("in/another.png", fs::read(home.path("in/1.png")).unwrap());
    home.look(&id).with(0);
    assert_eq!(home.images(), 3);
}

#[test]
fn rules_file_by_what_images_say_and_once_only() {
    let home = Home::new();
    let rules = ["--rule", "DUE => bills, remind:3", "--rule", "1234* => numbers", "--rule", "bills -DUE => never"];
    let id = home.watch("in", &rules);
    home.write("in/bill.png", png(&due("2029-12-24", 70_001)));
    home.write("in/number.png", png(&number(123_456)));
    home.work();
    let tags = |home: &Home| home.kept().into_iter().map(|kept| (kept.name, kept.tags.join(","))).collect::<Vec<_>>();
    let filed = [("bill.png".to_owned(), "bills".to_owned()), ("number.png".to_owned(), "numbers".to_owned())];
    assert_eq!(tags(&home), filed, "{:?}", home.kept());
    let reminders =
        |home: &Home| home.run(["remind", "list", "--json"]).json()["reminders"].as_array().unwrap().clone();
    let made = reminders(&home);
    assert_eq!(made.len(), 1, "{made:?}");
    let next = made[0]["next"].as_i64().unwrap();
    let due_day = 1_892_764_800_000_i64;
    assert!((due_day - 4 * 86_400_000..due_day - 2 * 86_400_000).contains(&next), "three days before: {made:?}");

    // What a person changes after that stays, however often it is read.
    home.run(["remind", "remove", &made[0]["id"].to_string()]).with(0);
    let item = home.count("SELECT id FROM item WHERE name = 'bill.png'");
    home.database().execute("DELETE FROM tag WHERE item_id = ?1", [item]).unwrap();
    let again = home.database().execute("UPDATE item SET has_reading = 0 WHERE id = ?1", [item]).unwrap();
    assert_eq!(again, 1);
    let read_new = home.schedules().into_iter().find(|one| one["draft"]["action"] == "read_new").unwrap();
    home.run(["schedules", "run", &read_new["id"].to_string()]).with(0);
    home.work();
    assert_eq!(home.count("SELECT reads FROM item WHERE name = 'bill.png'"), 2, "it was read again");
    assert_eq!((tags(&home)[0].1.as_str(), reminders(&home).len()), ("", 0), "filing is done once");
    home.look(&id).with(0);
    home.work();
    assert_eq!((tags(&home)[0].1.as_str(), home.count_jobs("read")), ("", 3));
}

#[test]
fn files_go_where_they_belong_once_they_are_read() {
    let home = Home::new();
    let id = home.watch("in", &["--move-to", "done"]);
    for value in 1..=3 {
        home.write(&format!("in/{value}.png"), png(&number(45_600 + value)));
    }
    home.work();
    let mut moved: Vec<_> = fs::read_dir(home.path("done")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    moved.sort();
    assert_eq!(moved, ["1.png", "2.png", "3.png"]);
    assert_eq!((home.images(), home.found("45602"), home.library().len()), (3, 1, 6));
    assert_eq!(home.found_by(&id), "Nothing new");
    // The same image comes once more: it is known, filed and moved out of the way too.
    fs::copy(home.path("done/2.png"), home.path("in/2.png")).unwrap();
    home.look(&id).with(0);
    home.work();
    assert_eq!(home.images(), 3);
    assert_eq!(fs::read_dir(home.path("in")).unwrap().count(), 0, "nothing piles up");
}

#[test]
fn an_image_that_cannot_be_read_stays_where_it_is() {
    let home = Home::new();
    home.watch("in", &["--move-to", "done"]);
    let image = png(&number(1));
    home.write("in/broken.png", &image[..image.len() / 2]);
    home.work();
    assert!(home.path("in/broken.png").exists() && !home.path("done/broken.png").exists());
}

#[test]
fn only_the_text_is_kept_and_outlives_the_database() {
    let home = Home::new();
    home.write("in/mine.png", png(&number(56_789)));
    let id = home.watch("in", &["--keep", "text", "--tag", "texts"]);
    home.work();
    assert_eq!((home.found("56789"), home.pictures()), (1, Vec::<String>::new()), "{:?}", home.library());
    assert!(home.path("in/mine.png").is_file(), "the file itself is the person's");
    assert_eq!(home.found_by(&id), "Nothing new");
    let thumbnails = || crate::program::sources::files_below(&home.path("cache")).len();
    assert_eq!(thumbnails(), 0, "no small picture is left either");

    for side in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(home.path(&format!("data/legible.db{side}")));
    }
    home.run(["rebuild", "--wait"]).with(0);
    let kept = home.kept();
    assert_eq!((home.found("56789"), kept.len(), kept[0].tags.join("")), (1, 1, "texts".to_owned()), "{kept:?}");
    assert_eq!((home.count_jobs("read"), home.pictures()), (0, Vec::<String>::new()));
    home.work();
    assert_eq!(home.count_jobs("read"), 0, "what has no picture cannot be read again, and is not tried");
}

#[test]
fn a_source_has_an_engine_of_its_own() {
    const MODEL: &str = "text-detection.rten";
    let home = Home::new();
    home.write("in/a.png", fs::read(crate::program::sample("page.png")).unwrap());
    home.watch("in", &["--engine", "ocrs"]);
    home.work();
    let read = home.jobs(&[]).into_iter().find(|job| job["kind"] == "read").unwrap();
    let engines = home.count("SELECT count(*) FROM reading WHERE engine = 'ocrs'");
    match crate::program::models().join(MODEL).is_file() {
        true => assert_eq!((engines, home.count("SELECT count(*) FROM reading")), (1, 1)),
        // It is not read with another engine in secret.
        false => {
            assert!(read["error"]["message"].as_str().unwrap().contains(MODEL), "{read}");
            assert_eq!(home.count("SELECT count(*) FROM reading"), 0);
        }
    }
}

#[test]
fn a_source_says_in_which_languages_its_images_are_and_how_lines_are_put_together() {
    let home = Home::new();
    let refused = home.run(["sources", "add", "folder", "in", "--language", "ru"]);
    assert!(refused.code != 0 && refused.err.contains("can read Russian"), "{refused:?}");
    let id = home.watch("in", &["--language", "de", "--language", "en-US", "--layout", "one-line"]);
    home.write("in/due.png", png(&due("2029-12-24", 70_001)));
    home.work();
    let database = home.database();
    let lines: String = database.query_row("SELECT text FROM reading", [], |row| row.get(0)).unwrap();
    assert!(lines.lines().count() > 1, "it is kept as it was read: {lines}");
    let read = |layout: &str| home.run(["read", "in/due.png", "--layout", layout]).with(0).out;
    assert_eq!(read("lines").trim_end(), lines);
    assert_eq!(read("one-line").trim_end(), lines.replace('\n', " "));
    let filing = |id: &str| home.source(id)["draft"]["filing"].clone();
    assert_eq!(filing(&id)["languages"], serde_json::json!(["de", "en-US"]));
    home.run(["sources", "edit", &id, "--language", "any", "--layout", "paragraphs"]).with(0);
    let now = filing(&id);
    assert_eq!((&now["languages"], now["layout"].as_str()), (&serde_json::json!([]), Some("paragraphs")));
}
