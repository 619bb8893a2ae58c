//! `legible sources`: what is said of sources, what is refused, and how they are tried, changed, switched and removed.

use crate::program::Home;
use crate::program::draw::{number, png};
use serde_json::{Value, json};
use std::fs;

#[test]
fn a_new_home_has_screen_clipboard_and_camera() {
    let home = Home::new();
    let listed = home.run(["sources", "list"]).with(0).out;
    let lines: Vec<Vec<&str>> = listed.lines().map(|line| line.split('\t').skip(1).collect()).collect();
    let expected = [
        ["-", "Screen", "0 images", "Reads what you capture of the screen."],
        ["off", "Clipboard", "0 images", "Reads images that you copy."],
        ["-", "Camera", "0 images", "Reads pictures that you take in the window."],
    ];
    assert_eq!(lines, expected);
    let ids: Vec<&str> = listed.lines().filter_map(|line| line.split('\t').next()).collect();
    home.run(["sources", "remove", ids[0]]).with(1).complains(&["Screen came with Legible", "switch it off"]);
    home.run(["sources", "run", ids[1]]).with(1).complains(&["Clipboard has nowhere to look"]);
    home.run(["sources", "on", ids[1]]).with(0);
    assert!(home.run(["sources", "list"]).with(0).out.contains("\t-\tClipboard\t"));
}

#[test]
fn a_source_is_tried_made_shown_changed_switched_and_removed() {
    let home = Home::new();
    home.write("in/a.png", png(&number(12_121)));
    home.write("in/text.txt", "no image");
    let tried = home.run(["sources", "add", "--try", "folder", "in"]).with(0).out;
    assert_eq!(tried, "1 image would be taken now.\n  a.png\n");
    assert_eq!(home.run(["sources", "list"]).with(0).out.lines().count(), 3, "trying makes nothing");

    let words = ["sources", "add", "folder", "in", "--name", "Scans", "--when", "daily 02:30", "--zone", "UTC"];
    let more = ["--tag", "scan", "--rule", "invoice => bills, remind:3", "--quiet", "0", "--json"];
    let made = home.run(words.iter().chain(&more)).with(0).json();
    let id = made["id"].to_string();
    let folder = home.path("in").display().to_string();
    let sentence = format!("Watches {folder} and the folders in it, and looks through all of it every day at 02:30.");
    assert_eq!(made["sentence"], sentence.as_str());
    let filing = &made["draft"]["filing"];
    let rule = json!({ "when": "invoice", "tags": ["bills"], "remind_days_before": 3 });
    assert_eq!((&filing["tags"], &filing["rules"]), (&json!(["scan"]), &json!([rule])));
    assert_eq!(home.found_by(&id), "1 new image");
    home.work();
    let shown = home.run(["sources", "show", &id]).with(0).out;
    assert!(shown.contains("\tScans\t1 image\t") && shown.contains("\tlooked\t1 new image\n"), "{shown}");

    let edited = home.run(["sources", "edit", &id, "--name", "Papers", "--when", "never", "--json"]).with(0).json();
    assert_eq!((&edited["draft"]["filing"], &edited["draft"]["rule"]), (filing, &Value::Null), "the rest stays");
    assert_eq!(home.found_by(&id), "Nothing new", "what it saw stays known");
    let off = home.run(["sources", "off", &id]).with(0).out;
    assert!(off.starts_with(&format!("{id}\toff\tPapers\t1 image\t")), "{off}");
    home.write("in/b.png", png(&number(23_232)));
    home.work();
    assert_eq!(home.images(), 1, "it is off");
    home.run(["sources", "on", &id]).with(0);
    home.work();
    assert_eq!((home.images(), home.found("23232")), (2, 1));

    assert_eq!(home.run(["sources", "remove", &id]).with(0).out, format!("source {id} is removed; its images stay\n"));
    home.run(["sources", "show", &id]).with(1).complains(&[&format!("Source {id} was not found")]);
    home.write("in/c.png", png(&number(34_343)));
    home.work();
    assert_eq!((home.images(), home.found("12121")), (2, 1), "nobody looks any more, and the images stay");
    assert_eq!(home.count("SELECT count(*) FROM source_file"), 0);
}

#[test]
fn what_cannot_be_used_is_one_clear_line_and_changes_nothing() {
    let home = Home::new();
    fs::create_dir_all(home.path("in")).unwrap();
    home.write("a file", "");
    let id = home.watch("in", &["--name", "Taken"]);
    home.work();
    let before = home.run(["sources", "list", "--json"]).with(0).out;
    let check = |args: &[&str], parts: &[&str]| {
        let said = home.run(["sources"].iter().chain(args)).with(1);
        said.complains(parts);
        assert!(said.err.lines().count() <= 2 && said.out.is_empty(), "{args:?}: {}", said.err);
        assert_eq!(home.run(["sources", "list", "--json"]).with(0).out, before, "{args:?}");
    };
    let own = home.path("data").display().to_string();
    for verb in [&["add"][..], &["add", "--try"]] {
        let check = |args: &[&str], parts: &[&str]| check(&[verb, args].concat(), parts);
        check(&["folder", "nowhere"], &["here is no folder", "nowhere", "make it first"]);
        check(&["folder", "a file"], &["here is no folder", "a file"]);
        check(&["folder", &own], &["belongs to Legible"]);
        check(&["folder", "in", "--include", "a[.png"], &["a[.png"]);
        check(&["folder", "in", "--exclude", "{a"], &["{a"]);
        check(&["folder", "in", "--rename", "{what}"], &["{what}", "{name}", "{date}"]);
        check(&["folder", "in", "--rename", "../{name}"], &["/"]);
        check(&["folder", "in", "--quiet", "999999999"], &["a day at most"]);
        check(&["folder", "in", "--language", "Klingon"], &["“Klingon” is no language"]);
        check(&["folder", "in", "--tag", &"x".repeat(201)], &["too long"]);
        check(&["urls", "https://example.org/a.png", "--most", "0"], &["at least"]);
        check(&["folder", "in", "--when", "sometimes"], &["sometimes", "daily 02:30"]);
        check(&["folder", "in", "--needs", "sunshine"], &["sunshine"]);
        check(&["folder", "in", "--rule", "invoice"], &["invoice => invoice"]);
        check(&["folder", "in", "--rule", "=> a"], &["rule needs a search"]);
        check(&["folder", "in", "--rule", "a =>"], &["does nothing"]);
        check(&["folder", "in", "--rule", "a => remind:soon"], &["soon is no number of days"]);
        check(&["folder", "in", "--header", "A: b"], &["for servers only"]);
        check(&["urls", "https://example.org/a.png", "--flat"], &["for folders only"]);
        check(&["urls", "https://example.org/a.png", "--keep", "in-place"], &["nly files of a folder"]);
        check(&["urls", "ftp://example.org/a.png"], &["“ftp://example.org/a.png” is not a web address"]);
        check(&["urls", "nonsense"], &["“nonsense” is not a web address"]);
        check(&["page", "https://example.org", "--depth", "99"], &["99 links away"]);
        check(&["api", "https://example.org", "photos["], &["photos[", "JSONPath"]);
        check(&["feed", "https://example.org", "--header", "No colon"], &["No colon", "Accept-Language: de"]);
        check(&["feed", "https://example.org", "--header", "Ho st: x"], &["Ho st"]);
    }
    check(&["add", "folder", "in", "--name", "Taken"], &["Taken"]);
    check(&["edit", &id, "--name", "Screen"], &["Screen"]);
    check(&["edit", &id, "--include", "a[.png"], &["a[.png"]);
    for verb in ["show", "edit", "test", "run", "on", "off", "remove"] {
        check(&[verb, "4711"], &["4711"]);
    }
    home.run(["sources", "add", "folder"]).with(2).complains(&["<PATH>"]);
    home.run(["sources", "add", "urls"]).with(2).complains(&["<URL>"]);
    home.run(["sources", "add", "folder", "in", "--keep", "nothing"]).with(2).complains(&["copy, in-place, text"]);
    home.run(["sources", "add", "folder", "in", "--engine", "magic"]).with(2).complains(&["ppocr, ocrs"]);
}

#[test]
fn some_of_several_may_fail() {
    let home = Home::new();
    let id = home.watch("in", &[]);
    let said = home.run(["sources", "off", &id, "4711"]).with(2);
    said.complains(&["4711"]);
    assert!(said.out.starts_with(&format!("{id}\toff\t")), "{}", said.out);
}
