//! What images show: `legible recognise`, the jobs behind it, and searches that ask for it.

use crate::program::codes::qr;
use crate::program::draw::png;
use crate::program::{Home, sample};
use serde_json::Value;

const WIFI: &str = "WIFI:T:WPA;S:Tea House;P:oolong 42;;";
const YELLOW: [u8; 3] = [250, 220, 40];

#[test]
fn images_are_recognised_without_the_library() {
    let home = Home::new();
    let code = home.write("code.png", png(&qr(WIFI, YELLOW)));
    let broken = home.write("broken.png", b"\x89PNG\r\n\x1a\n and no more");
    let args = |files: &[&std::path::Path]| -> Vec<String> {
        let files = files.iter().map(|file| file.to_str().unwrap().to_owned());
        std::iter::once("recognise".to_owned()).chain(files).collect()
    };
    let said = home.run(args(&[&code, &broken, &sample("page.png")]));
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.contains("broken.png"), "{}", said.err);
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines[0], format!("{}: of no known kind", code.display()), "a code is no chart");
    for expected in [&format!("  QR code, Wi-Fi network: {WIFI}"), "    Name: Tea House", "    Password: oolong 42"] {
        assert!(lines.contains(&expected), "{lines:?}");
    }
    assert!(lines.iter().any(|line| line.contains("Colours:") && line.contains("yellow")), "{lines:?}");
    assert!(lines.iter().any(|line| line.ends_with("page.png: screenshot")), "{lines:?}");

    let mut json = args(&[&code]);
    json.push("--json".into());
    let told = home.run(json).with(0).json();
    assert_eq!(told["recognition"]["codes"][0]["text"], WIFI);
    assert!(!home.path("library").exists(), "the library is not touched");
}

#[test]
fn images_are_found_by_what_they_show_and_again_after_a_rebuild() {
    let home = Home::new();
    let code = home.write("code.png", png(&qr("https://Tea.example/menu", YELLOW)));
    home.run(["add", "--wait", code.to_str().unwrap(), sample("page.png").to_str().unwrap()]).with(0);
    let check = |query: &str, expected: &[&str]| {
        let found = home.run(["search", "--json", query]);
        let mut names: Vec<String> = found.json()["items"].as_array().unwrap().iter().map(name).collect();
        names.sort();
        assert_eq!(names, expected, "{query}");
    };
    let all = || {
        check("code:https", &["code.png"]);
        check("code:qr colour:yellow", &["code.png"]);
        check("kind:screenshot", &["page.png"]);
        check("kind:screenshot -code:", &["page.png"]);
        check("kind:receipt", &[]);
        check("tea menu", &["code.png"]);
    };
    all();
    let recognised = |home: &Home| home.count_jobs("recognise");
    assert_eq!(recognised(&home), 2);
    for side in ["", "-wal", "-shm"] {
        let file = home.path(&format!("data/legible.db{side}"));
        if file.exists() {
            std::fs::remove_file(file).unwrap();
        }
    }
    home.run(["rebuild", "--wait"]).with(0);
    all();
    assert_eq!(recognised(&home), 0, "what was recognised is not recognised again");
}

fn name(item: &Value) -> String {
    item["name"].as_str().unwrap().to_owned()
}

#[test]
fn what_this_version_has_not_recognised_is_found_by_the_schedule_and_only_the_rest_is_made() {
    let home = Home::new();
    (0..3).for_each(|n| drop(home.write(&format!("in/{n}.png"), png(&qr(&format!("number {n}"), YELLOW)))));
    home.run(["add", "--wait", "in"]).with(0);
    let database = home.database();
    // The first as another version would have it, the second never looked at, the third as it is.
    let older = r#"UPDATE recognition SET signature = 'older', data = replace(replace(data, '"number 0"', '"by hand"'),
        '{"part":"kind","name":"kinds","version":"1"}', '{"part":"kind","name":"kinds","version":"0"}') WHERE item_id = 1"#;
    assert_eq!(database.execute(older, []).unwrap(), 1);
    database.execute("DELETE FROM recognition WHERE item_id = 2", []).unwrap();
    let schedule = home.schedules().into_iter().find(|one| one["draft"]["action"] == "recognise_new").unwrap();
    home.run(["schedules", "run", &schedule["id"].to_string()]).with(0);
    home.work();
    assert_eq!(home.count_jobs("recognise"), 5, "the two that were due");
    let data = |id: i64| -> Value {
        let sql = "SELECT data FROM recognition WHERE item_id = ?1";
        serde_json::from_str(&database.query_row(sql, [id], |row| row.get::<_, String>(0)).unwrap()).unwrap()
    };
    assert_eq!(data(1)["codes"][0]["text"], "by hand", "codes of this version are not looked for again");
    let stamps = data(1)["by"].as_array().unwrap().clone();
    assert!(stamps.iter().any(|stamp| stamp["part"] == "kind" && stamp["version"] == "1"), "{stamps:?}");
    assert_eq!(data(2)["codes"][0]["text"], "number 1");
}

#[test]
fn codes_are_read_where_only_the_text_is_kept() {
    let home = Home::new();
    let id = home.watch("in", &["--keep", "text", "--rule", "code:wifi => networks"]);
    home.write("in/code.png", png(&qr(WIFI, YELLOW)));
    home.look(&id).with(0);
    home.work();
    let kept = home.kept();
    assert_eq!((kept[0].path.as_os_str().is_empty(), kept[0].tags.clone()), (true, vec!["networks".to_owned()]));
    assert_eq!((home.found("code:wifi"), home.found("oolong")), (1, 1));
}
