//! `legible search` over the sample images, and `legible rebuild`, which must give the same answers.

use crate::program::{Home, sample};
use serde_json::Value;

#[test]
fn samples_are_found_and_found_again_after_a_rebuild() {
    let home = Home::new();
    let samples = sample("").to_str().unwrap().to_owned();
    home.run(["add", "--wait", &samples]).with(0);
    assert_eq!((home.found(""), home.library().len()), (6, 12));
    queries(&home);
    output(&home);

    for side in ["", "-wal", "-shm"] {
        let file = home.path(&format!("data/legible.db{side}"));
        if file.exists() {
            std::fs::remove_file(file).unwrap();
        }
    }
    let before = home.library();
    assert_eq!(home.found(""), 0, "a new database knows nothing");
    home.run(["rebuild", "--wait"]).with(0);
    assert_eq!(home.found(""), 6);
    queries(&home);
    assert_eq!(home.library(), before);
    assert!(home.jobs(&[]).iter().all(|job| job["kind"] != "read"), "what was read is not read again");
    home.run(["rebuild", "--wait"]).with(0);
    assert_eq!((home.found(""), home.library()), (6, before), "safe to repeat");
}

/// The names of the images that each query must find, best or newest first or not.
fn queries(home: &Home) {
    let check = |query: &str, expected: &[&str]| {
        let found = home.run(["search", "--json", query]);
        assert_eq!(found.code, i32::from(expected.is_empty()), "{query:?}: {}", found.err);
        let mut names: Vec<String> = items(&found.json()).iter().map(name).collect();
        names.sort();
        assert_eq!(names, expected, "{query:?}");
    };
    check("croissant", &["receipt.png"]);
    check("croiss", &["receipt.png"]);
    check("\"corner bakery\"", &["receipt.png"]);
    check("\"bakery corner\"", &[]);
    check("bakery corner", &["receipt.png"]);
    check("bakery -croissant", &[]);
    check("offnungszeiten", &["german.png"]);
    check("Öffnungszeiten", &["german.png"]);
    check("stadtbucherei", &["german.png"]);
    check("图书馆", &["chinese.png"]);
    check("预约", &["chinese.png"]);
    check("书馆图", &[]);
    check("5550172", &["chinese.png", "german.png"]);
    check("receipt.png", &["receipt.png"]);
    check("xylophone", &[]);
}

fn output(home: &Home) {
    let told = home.run(["search", "--json", "croiss"]).json();
    let parts = told["items"][0]["snippet"]["parts"].as_array().unwrap();
    let hits: Vec<_> = parts.iter().filter(|part| part["hit"] == true).map(|part| part["text"].as_str()).collect();
    assert_eq!(hits, [Some("croiss")], "{told}");
    assert_eq!(told["items"][0]["state"], "text");

    let plain = home.run(["search", "corner", "bakery"]).with(0).out;
    let fields: Vec<_> = plain.trim_end().split('\t').collect();
    assert_eq!((fields.len(), fields[1]), (3, "receipt.png"));
    assert!(fields[2].contains("CORNER BAKERY") && !plain.contains('\x1b'), "no colours in a pipe: {plain}");

    assert_eq!(home.run(["search", "croiss", "--json"]).json(), told, "options may stand behind the words");
    home.run(["search", "-croiss"]).with(2).complains(&["--"]);
    assert_eq!(items(&home.run(["search", "--json", "--", "-croissant"]).json()).len(), 5);

    let few = home.run(["search", "--limit", "2", ""]).with(0);
    assert_eq!(few.out.lines().count(), 2);
    few.complains(&["2 of 6 shown"]);
    assert_eq!(home.run(["search", "xylophone"]).with(1).out, "");
    for limit in ["0", "501"] {
        home.run(["search", "--limit", limit, "x"]).with(2).complains(&["--limit", "500"]);
    }
}

fn items(page: &Value) -> &Vec<Value> {
    page["items"].as_array().unwrap()
}

fn name(item: &Value) -> String {
    item["name"].as_str().unwrap().to_owned()
}
