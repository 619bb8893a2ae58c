//! `legible remind`: reminders come due, are told, put off and done with, also those that were missed.

use crate::program::draw::{due, png};
use crate::program::{Home, wait_for};
use crate::server::Server;
use serde_json::Value;
use std::time::{SystemTime, UNIX_EPOCH};

/// Nothing but a busy machine makes a reminder come so late.
const LATE_MS: i64 = 8_000;

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}

fn add(home: &Home, words: &[&str]) -> Value {
    home.run(["remind", "add", "--json"].iter().chain(words)).with(0).json()
}

/// The reminder of this number.
fn reminder(home: &Home, id: &Value) -> Value {
    let all = home.run(["remind", "list", "--json"]).json()["reminders"].as_array().unwrap().clone();
    all.into_iter().find(|one| one["id"] == *id).unwrap_or_default()
}

fn wait_until_due(home: &Home, id: &Value) -> i64 {
    wait_for("it is due", || reminder(home, id)["due_since"].as_i64())
}

#[test]
fn a_reminder_comes_due_is_put_off_and_done_with() {
    let home = Home::new();
    assert_eq!(home.run(["remind", "list"]).with(1).out, "");
    let _serving = home.serve();
    let made = add(&home, &["Water the plants", "in", "2s", "--note", "the big one"]);
    let (id, number) = (&made["id"], made["id"].to_string());
    assert!(made["next"].as_i64().unwrap() - now() <= 2000, "{made}");
    let since = wait_until_due(&home, id);
    let late = since - made["next"].as_i64().unwrap();
    assert!((0..LATE_MS).contains(&late), "it came {late} ms late");
    let listed = home.run(["remind", "list"]).with(0).out;
    assert!(
        listed.starts_with(&format!("{number}\tdue since ")) && listed.contains("\tWater the plants\t"),
        "{listed}"
    );

    let put_off = home.run(["remind", "snooze", &number]).with(0).out;
    assert!(put_off.starts_with(&format!("{number}\tnext ")), "{put_off}");
    let view = reminder(&home, id);
    let next = view["next"].as_i64().unwrap();
    assert!((9 * 60_000..=10 * 60_000).contains(&(next - now())), "{view}");
    assert_eq!(view["due_since"], Value::Null);
    // The ten minutes pass.
    let pass = "UPDATE schedule SET next_at = ?2, override_at = ?2 WHERE id = ?1";
    assert_eq!(home.database().execute(pass, (id.as_i64(), now() - 1)).unwrap(), 1);
    home.run(["resume"]).with(0);
    wait_until_due(&home, id);

    let done = home.run(["remind", "done", &number]).with(0).out;
    assert!(done.starts_with(&format!("{number}\tdone ")), "{done}");
    let view = reminder(&home, id);
    assert_eq!((&view["due_since"], &view["next"]), (&Value::Null, &Value::Null), "{view}");
    assert_eq!(home.run(["remind", "remove", &number]).with(0).out, format!("reminder {number} is removed\n"));
    home.run(["remind", "list"]).with(1);
    home.run(["remind", "done", &number]).with(1).complains(&[&format!("Reminder {number}")]);
    assert_eq!(home.schedules().len(), 9, "reminders are no schedules to a person");
}

#[test]
fn a_reminder_that_repeats_comes_again_after_it_is_done() {
    let home = Home::new();
    let _serving = home.serve();
    let made = add(&home, &["Stretch", "every", "2s"]);
    let (id, number) = (&made["id"], made["id"].to_string());
    let first = wait_until_due(&home, id);
    home.run(["remind", "done", &number]).with(0);
    let second = wait_for("it is due again", || reminder(&home, id)["due_since"].as_i64().filter(|at| *at > first));
    assert!(second - first >= 1000, "{first} {second}");
    home.run(["remind", "remove", &number]).with(0);
    assert_eq!(reminder(&home, id), Value::Null);
}

#[test]
fn a_reminder_that_was_missed_is_due_at_the_next_start() {
    let home = Home::new();
    let made = add(&home, &["Call the bank", "in", "1s"]);
    let daily = add(&home, &["Take the pill", "daily", "12:00"]);
    let days = "UPDATE schedule SET handled_at = handled_at - ?2, next_at = next_at - ?2 WHERE id = ?1";
    let changed = home.database().execute(days, (daily["id"].as_i64(), 3 * 24 * 3_600_000_i64)).unwrap();
    assert_eq!(changed, 1);
    wait_for("its time has passed", || (now() > made["next"].as_i64().unwrap() + 1000).then_some(()));
    assert_eq!(reminder(&home, &made["id"])["due_since"], Value::Null, "nobody was there");
    let started = now();
    let _serving = home.serve();
    for one in [&made, &daily] {
        assert!(wait_until_due(&home, &one["id"]) >= started);
    }
    home.settle();
    let told = home.run(["jobs", "list", "--json", "--kind", "remind"]).with(0).json();
    assert_eq!(told["total"], 2, "three missed days are told once: {told}");
    assert!(reminder(&home, &daily["id"])["next"].as_i64().unwrap() > started, "tomorrow it comes again");
}

#[test]
fn a_reminder_of_a_start_waits_for_it_and_comes_with_each() {
    let home = Home::new();
    let made = home.run(["remind", "add", "Look at the scans", "on", "start"]).with(0).out;
    let (number, rest) = made.split_once('\t').unwrap();
    assert_eq!(rest, "waits\tLook at the scans\tWhen Legible starts\n");
    let id = number.parse::<i64>().unwrap().into();
    for _ in 0..2 {
        let serving = home.serve();
        wait_until_due(&home, &id);
        let done = home.run(["remind", "done", number]).with(0).out;
        assert!(done.starts_with(&format!("{number}\twaits\t")), "{done}");
        drop(serving);
    }
}

#[test]
fn a_reminder_in_another_zone_says_so_and_commands_no_terminal() {
    let home = Home::new();
    let bad = "Tea\u{1b}[2J\u{202e}\nx";
    let args = ["remind", "add", bad, "daily", "09:00", "--zone", "Asia/Tokyo"];
    let made = home.run(args).with(0).out;
    assert!(made.contains("\tTea\\u{1b}[2J\\u{202e}\\nx\tEvery day at 09:00 (Asia/Tokyo)\n"), "{made}");
    let told = home.run(["remind", "list", "--json"]).with(0).json()["reminders"][0].clone();
    assert_eq!(told["draft"]["title"], bad, "other programs get it as it is");
    let next = told["next_time"].as_str().unwrap();
    assert!(next.ends_with("T09:00:00+09:00"), "{next}");
}

#[test]
fn what_is_no_reminder_is_refused() {
    let home = Home::new();
    let check = |args: &[&str], parts: &[&str]| {
        let said = home.run(["remind"].iter().chain(args)).with(1);
        said.complains(parts);
        assert_eq!((said.err.lines().count(), said.out.as_str()), (1, ""), "{args:?}: {}", said.err);
        home.run(["remind", "list"]).with(1);
    };
    check(&["add", " ", "in", "2s"], &["reminded of"]);
    check(&["add", "x", "soon"], &["soon", "is not a rule"]);
    check(&["add", "x", "at", "2020-01-01", "10:00"], &["passed"]);
    check(&["add", "x", "daily", "10:00", "--zone", "Mars/Olympus"], &["Mars/Olympus"]);
    check(&["add", "x", "in", "2s", "--item", "77"], &["77"]);
    for args in [&["snooze", "77"][..], &["done", "77"], &["remove", "77"], &["suggest", "77"]] {
        check(args, &["77"]);
    }
    home.run(["remind", "snooze", "1", "0"]).with(2).complains(&["0"]);
}

#[test]
fn a_due_date_in_an_image_suggests_a_reminder_until_there_is_one() {
    let home = Home::new();
    home.run(["run", "--until-idle"]).with(0);
    let date = |days: &str| -> String {
        home.database().query_row("SELECT date('now', ?1)", [days], |row| row.get(0)).unwrap()
    };
    let (soon, past) = (date("+30 days"), date("-30 days"));
    home.write("bill.png", png(&due(&soon, 74_944)));
    home.write("old.png", png(&due(&past, 11_223)));
    home.run(["add", "--wait", "bill.png", "old.png"]).with(0);
    let item = |number: &str| home.run(["search", "--json", number]).with(0).json()["items"][0]["id"].to_string();
    let (bill, old) = (item("74944"), item("11223"));

    let found = home.run(["remind", "suggest", &bill, "--json"]).with(0).json();
    let suggestions = found["suggestions"].as_array().unwrap();
    assert_eq!(suggestions.len(), 1, "{found}");
    assert!(suggestions[0]["why"].as_str().unwrap().contains(&soon), "{found}");
    let said = home.run(["remind", "suggest", &bill]).with(0).out;
    assert!(said.starts_with(&format!("{soon} 09:00 ")), "{said}");
    home.run(["remind", "suggest", &old]).with(1);

    let made = add(&home, &["Pay it", "at", &soon, "09:00", "--item", &bill]);
    assert_eq!(made["draft"]["item"].to_string(), bill);
    home.run(["remind", "suggest", &bill]).with(1);
}

#[test]
fn a_reminder_is_pushed_once_it_is_wanted_and_again_after_an_error_of_the_server() {
    let home = Home::new();
    let server = Server::answering(&[500]);
    let off = home.write("config/settings.toml", "[push]\nkind = \"off\"\n");
    let serving = home.serve();
    let made = add(&home, &["Not pushed", "in", "1s"]);
    wait_until_due(&home, &made["id"]);
    // It is told within a moment, and whatever were pushed would be a job by then.
    let untold = || home.database().query_row("SELECT count(*) FROM message", [], |row| row.get::<_, i64>(0)).unwrap();
    wait_for("it is told", || (untold() == 0).then_some(()));
    home.settle();
    serving.stop();
    assert_eq!(server.taken(), Vec::<Value>::new());

    std::fs::write(off, format!("[push]\nkind = \"webhook\"\nurl = {:?}\n", server.url())).unwrap();
    let _serving = home.serve();
    add(&home, &["Pay the rent", "in", "1s", "--note", "To Ms. Miller"]);
    let failed = wait_for("the first try failed", || {
        let all = home.run(["jobs", "list", "--json", "--kind", "push"]).with(0).json()["jobs"].clone();
        all.as_array().unwrap().iter().find(|job| job["error"] != Value::Null).cloned()
    });
    let error = failed["error"].to_string();
    assert!(error.contains("500") && !error.contains("secret"), "{error}");
    wait_for("it is sent again", || (server.taken().len() == 2).then_some(()));
    home.settle();
    let taken = server.taken();
    assert_eq!((taken.len(), &taken[0]), (2, &taken[1]));
    let said = ["app", "kind", "title", "body"].map(|field| taken[0][field].as_str().unwrap());
    assert_eq!(said, ["Legible", "reminder", "Pay the rent", "To Ms. Miller"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_reminder_is_shown_with_its_buttons_and_they_work() {
    use crate::bus::Bus;
    let mut home = Home::new();
    let Some(mut bus) = Bus::of(&mut home) else { return };
    bus.notifications(&home);
    let _serving = home.serve();
    let shown = |count: usize| {
        wait_for("it is shown", || Some(Bus::notified(&home)).filter(|told| told.len() == count))[count - 1].clone()
    };
    let first = add(&home, &["Water the plants", "in", "1s", "--note", "the <big> one"]);
    let told = shown(1);
    for part in ["Water the plants", "the &lt;big&gt; one", "Done", "In 10 minutes", "In 1 hour"] {
        assert!(told.contains(part), "{part:?} is not in {told}");
    }
    bus.press(1, "1");
    wait_for("it is put off", || reminder(&home, &first["id"])["next"].as_i64());
    assert_eq!(reminder(&home, &first["id"])["due_since"], Value::Null);

    let second = add(&home, &["Call the bank", "in", "1s"]);
    shown(2);
    bus.press(2, "0");
    wait_for("it is done", || reminder(&home, &second["id"])["done_at"].as_i64());
    assert_eq!(reminder(&home, &second["id"])["due_since"], Value::Null);

    // Whoever does not want to be told of reminders is not; they are due all the same.
    home.write("config/settings.toml", "[notify]\nreminders = false\n");
    let third = add(&home, &["In silence", "in", "1s"]);
    wait_until_due(&home, &third["id"]);
    let fourth = add(&home, &["In silence too", "in", "1s"]);
    wait_until_due(&home, &fourth["id"]);
    assert_eq!(Bus::notified(&home).len(), 2, "{:?}", Bus::notified(&home));
}
