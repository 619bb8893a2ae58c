//! `legible search` over the sample images, what it says of filters, and `legible rebuild`, which must give the same answers.

use crate::program::codes::qr;
use crate::program::draw::png;
use crate::program::{Home, sample};
use serde_json::Value;

const YELLOW: [u8; 3] = [250, 220, 40];

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
    check("amount:0,5€", &["german.png"]);
    check("amount:>1000", &[]);
    check("has:amount -date:", &["german.png"]);
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

#[test]
fn filters_are_told_why_they_hold_and_why_they_do_not() {
    let home = Home::new();
    let tea = png(&qr("https://tea.example/menu", YELLOW));
    let image = home.write("code.png", tea);
    home.run(["add", "--wait", image.to_str().unwrap(), sample("page.png").to_str().unwrap()]).with(0);

    let found = home.run(["search", "code:https colour:yellow tea"]).with(0);
    let columns: Vec<&str> = found.out.trim_end().split('\t').collect();
    assert_eq!((columns.len(), columns[1]), (4, "code.png"), "{found:?}");
    assert_eq!(columns[3], "Code: https://tea.example/menu; Colour: yellow");
    assert!(found.err.is_empty(), "{}", found.err);
    let told = home.run(["search", "--json", "code:https colour:yellow"]).with(0).json();
    let why = serde_json::json!(["Code: https://tea.example/menu", "Colour: yellow"]);
    assert_eq!(items(&told)[0]["why"], why, "{told}");
    let plain = home.run(["search", "tea"]).with(0);
    assert!(plain.out.ends_with("\t\n") && plain.err.is_empty(), "nothing but words: {plain:?}");

    let check = |query: &str, complaints: &[&str]| {
        for json in [&["--json"][..], &[]] {
            let said = home.run(["search"].iter().chain(json).chain(&["--", query])).with(1);
            assert!(said.out.is_empty() || items(&said.json()).is_empty(), "{}", said.out);
            said.complains(complaints);
            assert_eq!(said.err.is_empty(), complaints.is_empty(), "{query}: {}", said.err);
        }
    };
    check("kind:recipt", &["no kind “recipt”", "did you mean receipt?", "nothing is found", "--help"]);
    check("-colour:teal tea faces:two", &["no colour “teal”", "“two” is no number of faces"]);
    check("place:munich", &["“munich” is no place", "48.1..48.2,11.5..11.6"]);
    check("kind:\u{1b}[2J", &["\\u{1b}"]);
    check("kind:receipt", &[]);
    check("xylophone", &[]);

    let help = home.run(["search", "--help"]).with(0).out;
    let fields = ["kind", "code", "colour", "taken", "label", "object", "faces", "similar", "looks", "place", "has"];
    for field in fields {
        assert!(help.contains(&format!("  {field}:")), "{field} is not in: {help}");
    }
}

fn items(page: &Value) -> &Vec<Value> {
    page["items"].as_array().unwrap()
}

fn name(item: &Value) -> String {
    item["name"].as_str().unwrap().to_owned()
}
