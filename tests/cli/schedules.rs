//! `legible schedules`: what is said of them, what is refused, and that they run.

use crate::program::draw::{encoded, number, png, table};
use crate::program::slow::{SlowCheck, wait_until_slow};
use crate::program::{Home, wait_for};
use image::ImageFormat;
use serde_json::{Value, json};
use std::path::Path;

const DAY_MS: i64 = 24 * 3_600_000;

/// Nothing but a busy machine makes a run come so late.
const LATE_MS: i64 = 8_000;

/// The number of the schedule that came with the program and does this.
fn built_in(home: &Home, action: &str) -> String {
    let schedules = home.schedules();
    let found = schedules.iter().find(|one| one["built_in"] == true && one["draft"]["action"] == action);
    found.unwrap_or_else(|| panic!("{action}: {schedules:?}"))["id"].to_string()
}

/// Runs a schedule at once, to its end, and returns its last run.
fn run_now(home: &Home, schedule: &str) -> Value {
    home.run(["schedules", "run", schedule]).with(0);
    home.run(["run", "--until-idle"]).with(0);
    let view = home.schedule(schedule);
    assert_eq!(view["active"], Value::Null, "{view}");
    view["last"].clone()
}

/// How a run ended: its state and what it did.
fn outcome(run: &Value) -> (&str, &str) {
    (run["state"].as_str().unwrap(), run["words"].as_str().unwrap())
}

#[test]
fn a_new_home_has_nine_schedules_each_a_sentence() {
    let home = Home::new();
    let listed = home.run(["schedules", "list"]).with(0).out;
    let sentences: Vec<&str> = listed.lines().map(|line| line.split('\t').nth(3).unwrap()).collect();
    let away = "when on AC power and you are away for 10 minutes";
    let expected = [
        format!("Every day at 02:30, {away}, read new images."),
        format!("Every Sunday at 03:00, {away}, read images again that an older model read."),
        format!("Every day at 03:00, {away}, recognise what images show."),
        format!("Every Saturday at 03:30, {away}, find images that look alike."),
        "Every day at 04:00, when the battery is not low, tidy up the trash and old files.".to_owned(),
        "Every Monday at 04:30, when the battery is not low, check the models.".to_owned(),
        format!("On the 1st of every month at 03:00, {away}, check that all originals are whole."),
        format!("On the 15th of every month at 03:00, {away}, rebuild the index from the library folder."),
        "Every day at 05:00, when the battery is not low, export all texts as Markdown.".to_owned(),
    ];
    assert_eq!(sentences, expected);
    let off: Vec<bool> = listed.lines().map(|line| line.split('\t').nth(1) == Some("off")).collect();
    assert_eq!(off, [false, false, false, false, false, false, false, true, true]);
    for schedule in home.schedules() {
        let runs = schedule["next_runs"].as_array().unwrap().len();
        assert_eq!((schedule["built_in"].as_bool(), runs), (Some(true), 5), "{schedule}");
    }
}

#[test]
fn a_schedule_is_made_shown_changed_switched_and_removed() {
    let home = Home::new();
    let words = ["schedules", "add", "find-duplicates", "weekly", "thu,mon", "09:00", "--title", "Twins", "--json"];
    let more = ["--zone", "Europe/Berlin", "--needs", "ac", "--needs", "hours:08:00-18:00"];
    let rest = ["--missed", "3", "--overlap", "queue", "--flex", "60"];
    let made = home.run(words.iter().chain(&more).chain(&rest)).with(0).json();
    let sentence = "Every Monday and Thursday at 09:00, when on AC power and between 08:00 and 18:00, find images that \
        look alike.";
    assert_eq!(made["sentence"], sentence);
    let draft = &made["draft"];
    assert_eq!((&draft["missed"], &draft["overlap"]), (&json!({ "type": "all", "most": 3 }), &json!("queue")));
    let id = made["id"].to_string();

    let shown = home.run(["schedules", "show", &id]).with(0).out;
    let lines: Vec<&str> = shown.lines().collect();
    let ending = format!("\tTwins\t{sentence} (Europe/Berlin)");
    assert!(lines[0].starts_with(&format!("{id}\t")) && lines[0].ends_with(&ending), "{shown}");
    let set = [
        "  missed runs\tmade up for one by one, the newest 3 at most",
        "  while a run goes on\tthe new run waits for it",
        "  may be early by\t60 s",
    ];
    assert_eq!(lines[1..4], set);
    assert!(lines[4..].iter().all(|line| line.starts_with("  next\t")) && lines.len() == 9, "{shown}");
    assert_eq!(home.schedule(&id), made);

    let edited = home.run(["schedules", "edit", &id, "--when", "cron 15 7 * * *", "--needs", "none"]).with(0).out;
    let ending = "\tTwins\tEvery day at 07:15, find images that look alike. (Europe/Berlin)\n";
    assert!(edited.ends_with(ending), "{edited}");
    let draft = home.schedule(&id)["draft"].clone();
    assert_eq!((&draft["missed"]["most"], &draft["zone"]), (&json!(3), &json!("Europe/Berlin")), "what is not named");
    assert_eq!((&draft["overlap"], &draft["flex_seconds"]), (&json!("queue"), &json!(60)), "stays as it was");

    let off = home.run(["schedules", "off", &id]).with(0).out;
    assert!(off.starts_with(&format!("{id}\toff\tTwins\t")), "{off}");
    assert_eq!(home.schedule(&id)["next"], Value::Null);
    let on = home.run(["schedules", "on", &id]).with(0).out;
    assert!(!on.contains("\toff\t"), "{on}");

    assert_eq!(home.run(["schedules", "remove", &id]).with(0).out, format!("schedule {id} is removed\n"));
    home.run(["schedules", "show", &id]).with(1).complains(&[&format!("chedule {id}")]);
}

#[test]
fn what_cannot_be_used_is_one_clear_line_and_changes_nothing() {
    let home = Home::new();
    home.run(["run", "--until-idle"]).with(0);
    let before = home.run(["schedules", "list"]).with(0).out;
    let check = |args: &[&str], parts: &[&str]| {
        let said = home.run(["schedules"].iter().chain(args)).with(1);
        said.complains(parts);
        assert_eq!((said.err.lines().count(), said.out.as_str()), (1, ""), "{args:?}: {}", said.err);
        assert_eq!(home.run(["schedules", "list"]).with(0).out, before, "{args:?}");
    };
    check(&["add", "tidy", "sometimes"], &["sometimes", "every 15m", "daily 02:30"]);
    check(&["add", "tidy", "every", "0s"], &["at least 1 second"]);
    check(&["add", "tidy", "daily", "25:00"], &["25:00", "02:30"]);
    check(&["add", "tidy", "daily", "02:30", "--zone", "Mars/Olympus"], &["Mars/Olympus", "Europe/Berlin"]);
    check(&["add", "tidy", "cron", "0 0 30 2 *"], &["0 0 30 2 *", "never comes"]);
    check(&["add", "tidy", "cron", "61 * * * *"], &["61 * * * *"]);
    check(&["add", "tidy", "at", "2020-01-01", "10:00"], &["has passed"]);
    check(&["add", "tidy", "on", "folder", "/nowhere/at all"], &["here is no folder /nowhere/at all"]);
    check(&["add", "tidy", "on", "end", "4711"], &["4711"]);
    check(&["add", "export", "daily", "05:00"], &["folder"]);
    check(&["add", "tidy", "daily", "05:00", "--needs", "sunshine"], &["sunshine", "ac, battery, disk"]);
    check(&["add", "tidy", "daily", "05:00", "--needs", "hours:25:00-06:00"], &["25:00"]);
    check(&["add", "tidy", "daily", "05:00", "--needs", "idle:0"], &["0 is no number of minutes"]);
    check(&["add", "tidy", "daily", "05:00", "--needs", "idle:-5"], &["-5 is no number of minutes"]);
    check(&["add", "tidy", "daily", "05:00", "--needs", "hours:22:00-22:00"], &["22:00 to 22:00", "leave them out"]);
    let network = "only one of network, unmetered and metered";
    check(&["add", "tidy", "daily", "05:00", "--needs", "unmetered", "--needs", "metered"], &[network]);
    check(&["add", "tidy", "daily", "05:00", "--needs", "none", "--needs", "metered"], &["none stands alone"]);
    check(&["add", "tidy", "daily", "05:00", "--missed", "never"], &["never", "skip, once"]);
    check(&["add", "tidy", "daily", "05:00", "--missed", "0"], &["0 is neither skip, once nor a number from 1 on"]);
    check(&["add", "tidy", "every", "10s", "--flex", "10"], &["flex"]);
    check(&["remove", &built_in(&home, "tidy")], &["came with Legible", "switch it off"]);
    for verb in ["show", "on", "off", "run", "remove", "edit"] {
        check(&[verb, "4711"], &["4711"]);
    }
    let tidy = built_in(&home, "tidy");
    check(&["edit", &tidy, "--when", "daily 26:00"], &["26:00"]);
    check(&["edit", &tidy, "--zone", "Mars/Olympus"], &["Mars/Olympus"]);
    home.run(["schedules", "add", "dance", "daily", "05:00"]).with(2).complains(&["dance", "tidy"]);
    home.run(["schedules", "add", "tidy"]).with(2).complains(&["<WHEN>"]);
    let minus: [&[&str]; 3] =
        [&["add", "tidy", "daily", "05:00", "--flex", "-5"], &["add", "tidy", "every", "-5m"], &["on", "-5"]];
    for args in minus {
        home.run(["schedules"].iter().chain(args)).with(2).complains(&["leave the minus sign out"]);
    }
}

#[test]
fn images_that_look_alike_are_found() {
    let home = Home::new();
    let picture = table(5, 6);
    home.write("in/a.png", png(&picture));
    home.write("in/b.bmp", encoded(&picture, ImageFormat::Bmp));
    home.write("in/c.png", png(&number(1)));
    home.run(["add", "--wait", "in"]).with(0);
    let last = run_now(&home, &built_in(&home, "find_duplicates"));
    assert_eq!(outcome(&last), ("succeeded", "1 group of look-alikes"));
    assert!(last["started_at"].as_i64() <= last["finished_at"].as_i64(), "{last}");
    let shown = home.run(["schedules", "show", &built_in(&home, "find_duplicates")]).with(0).out;
    assert!(shown.contains("\tfind-duplicates\tdone\t"), "{shown}");
}

#[test]
fn texts_are_exported_as_markdown() {
    let home = Home::new();
    home.write("Bill.png", png(&number(74_944)));
    home.run(["add", "--wait", "Bill.png"]).with(0);
    std::fs::create_dir(home.path("texts")).unwrap();
    // The path is one of the person's shell, not of the service.
    let id = home.add_schedule(&["export", "daily", "05:00", "--folder", "texts"]);
    assert_eq!(outcome(&run_now(&home, &id)), ("succeeded", "1 text written"));
    let names: Vec<_> = std::fs::read_dir(home.path("texts")).unwrap().flatten().map(|entry| entry.path()).collect();
    let text = names.iter().find(|path| path.extension().is_some_and(|ending| ending == "md"));
    let text = std::fs::read_to_string(text.unwrap_or_else(|| panic!("{names:?}"))).unwrap();
    assert!(text.starts_with("---\n") && text.contains("name: \"Bill.png\"\n"), "{text}");
    assert!(text.ends_with("\n```text\n74944\n```\n"), "{text}");
    assert_eq!(outcome(&run_now(&home, &id)), ("succeeded", "1 text unchanged"));
}

#[test]
fn a_changed_original_is_found_and_told() {
    let home = Home::new();
    home.write("Bill.png", png(&number(1)));
    home.run(["add", "--wait", "Bill.png"]).with(0);
    let id = built_in(&home, "check_library");
    assert_eq!(outcome(&run_now(&home, &id)), ("succeeded", "1 original is sound"));
    let original = home.library().into_iter().find(|file| file.ends_with("Bill.png")).unwrap();
    std::fs::write(home.path("library").join(original), png(&number(2))).unwrap();
    let last = run_now(&home, &id);
    assert_eq!(last["state"], "failed");
    assert_eq!(last["error"]["message"], "1 original changed on disk, such as Bill.png.");
    let shown = home.run(["schedules", "show", &id]).with(0).out;
    assert!(shown.contains("\tfailed\t") && shown.contains("1 original changed on disk"), "{shown}");
    assert!(shown.contains("\tdone\t"), "both runs are in the history: {shown}");
}

#[test]
fn old_trash_is_emptied_and_new_trash_is_not() {
    let home = Home::new();
    for value in 1..=3 {
        home.write(&format!("in/{value}.png"), png(&number(value)));
    }
    home.run(["add", "--wait", "in"]).with(0);
    let trash_days_ago = |id: i64, days: i64| {
        for file in home.library().iter().filter(|file| file.contains(&format!("/{id}.png"))) {
            let trash = home.path("library/.trash").join(file);
            std::fs::create_dir_all(trash.parent().unwrap()).unwrap();
            std::fs::rename(home.path("library").join(file), trash).unwrap();
        }
        let now: i64 = home.database().query_row("SELECT unixepoch() * 1000", [], |row| row.get(0)).unwrap();
        let trash = "UPDATE item SET trashed_at = ?2 WHERE id = ?1";
        assert_eq!(home.database().execute(trash, [id, now - days * DAY_MS]).unwrap(), 1);
    };
    trash_days_ago(1, 31);
    trash_days_ago(2, 29);
    let last = run_now(&home, &built_in(&home, "tidy"));
    let (state, words) = outcome(&last);
    assert!(state == "succeeded" && words.starts_with("1 image deleted, "), "{last}");
    let images: Vec<String> = home.library().into_iter().filter(|file| file.ends_with(".png")).collect();
    assert_eq!(images.len(), 2, "{images:?}");
    let left: String =
        home.database().query_row("SELECT group_concat(id ORDER BY id) FROM item", [], |row| row.get(0)).unwrap();
    assert_eq!(left, "2,3");
}

#[test]
fn what_was_never_read_is_read_and_models_are_checked() {
    let home = Home::new();
    home.write("n.png", png(&number(58_209)));
    home.run(["add", "n.png"]).with(0);
    home.run(["run", "--until-idle"]).with(0);
    // As if the reading had never come to an end.
    home.database().execute_batch("DELETE FROM reading; UPDATE item SET has_reading = 0;").unwrap();
    let last = run_now(&home, &built_in(&home, "read_new"));
    assert_eq!(outcome(&last), ("succeeded", "1 image queued"));
    assert_eq!(home.found("58209"), 1);
    assert_eq!(outcome(&run_now(&home, &built_in(&home, "read_new"))), ("succeeded", "Nothing new to read"));
    let last = run_now(&home, &built_in(&home, "check_models"));
    let (state, words) = outcome(&last);
    assert!(state == "succeeded" && words.ends_with("models are sound"), "{last}");
}

#[test]
fn an_interval_fires_again_and_again_until_it_is_switched_off() {
    let home = Home::new();
    let _serving = home.serve();
    let id = home.add_schedule(&["tidy", "every", "2s"]);
    let other = home.add_schedule(&["check-models", "every", "1s"]);
    let done = |id: &str| home.runs(id, &["succeeded"]).len();
    wait_for("it ran three times", || (done(&id) >= 3).then_some(()));
    home.run(["schedules", "off", &id]).with(0);
    wait_for("its last run ended", || home.runs(&id, &["enqueued", "running"]).is_empty().then_some(()));
    let mut times: Vec<i64> = home.runs(&id, &[]).iter().map(|run| run["scheduled_for"].as_i64().unwrap()).collect();
    times.sort_unstable();
    assert!(times.windows(2).all(|pair| pair[1] > pair[0] && (pair[1] - pair[0]) % 2000 == 0), "no drift: {times:?}");

    let late = |run: &Value| run["started_at"].as_i64().unwrap() - run["scheduled_for"].as_i64().unwrap();
    let latest = home.runs(&id, &["succeeded"]).iter().map(late).max().unwrap();
    assert!(latest < LATE_MS, "a run came {latest} ms late");

    // The other one's runs are the clock.
    let enough = done(&other) + 4;
    wait_for("the other one ran on", || (done(&other) >= enough).then_some(()));
    assert_eq!(home.runs(&id, &[]).len(), times.len(), "it was switched off");
    home.run(["schedules", "on", &id]).with(0);
    wait_for("it runs again", || (done(&id) > times.len()).then_some(()));
}

#[test]
fn missed_times_are_made_up_for_as_the_schedule_says() {
    let home = Home::new();
    home.run(["run", "--until-idle"]).with(0);
    let daily = ["tidy", "daily", "12:00", "--overlap", "queue", "--missed"];
    let [once, skip, two] = ["once", "skip", "2"].map(|missed| home.add_schedule(&[&daily[..], &[missed]].concat()));
    // Five days pass in which nothing runs.
    let past = "UPDATE schedule SET handled_at = handled_at - ?1, next_at = next_at - ?1, \
         created_at = created_at - ?1, updated_at = updated_at - ?1 WHERE id IN (?2, ?3, ?4)";
    let changed = home.database().execute(past, (5 * DAY_MS, &once, &skip, &two)).unwrap();
    assert_eq!(changed, 3);

    for start in 0..2 {
        home.run(["run", "--until-idle"]).with(0);
        let runs = [&once, &skip, &two].map(|id| home.runs(id, &["succeeded"]).len());
        assert_eq!(runs, [1, 0, 2], "start {start}");
    }
    for id in [&once, &skip, &two] {
        let view = home.schedule(id);
        let at = |job: &Value| job["scheduled_for"].as_i64().unwrap();
        let next = view["next"].as_i64().unwrap();
        assert!(home.runs(id, &[]).iter().all(|run| at(run) < next && at(run) > next - 3 * DAY_MS), "{view}");
        assert!(view["skipped"].as_u64().unwrap() >= 3, "what was left out is counted: {view}");
    }
}

#[test]
fn a_change_in_a_folder_starts_what_waits_for_it() {
    let home = Home::new();
    let (here, there) = (home.path("scans"), home.path("scans/deep/down"));
    std::fs::create_dir_all(&there).unwrap();
    let before = home.add_schedule(&["find-duplicates", "on", "folder", here.to_str().unwrap()]);
    let _serving = home.serve();
    let after = home.add_schedule(&["tidy", "on", "folder", here.to_str().unwrap()]);
    // Once a schedule that was made later has run, the service knows of this one: that takes a moment, no more.
    let later = home.add_schedule(&["check-models", "in", "1s"]);
    wait_for("the service has seen it", || home.runs(&later, &["succeeded"]).pop());
    home.write("scans/deep/down/new.txt", "a file that is written soon after the schedule is made");
    wait_for("both ran", || [&before, &after].iter().all(|id| !home.runs(id, &["succeeded"]).is_empty()).then_some(()));
    assert_eq!([&before, &after].map(|id| home.runs(id, &[]).len()), [1, 1], "one change is one run");
}

#[test]
fn a_folder_is_meant_as_the_shell_of_the_person_sees_it() {
    let home = Home::new();
    std::fs::create_dir(home.path("scans")).unwrap();
    let id = home.add_schedule(&["tidy", "on", "folder", "scans"]);
    let path = home.schedule(&id)["draft"]["rule"]["trigger"]["path"].clone();
    assert!(Path::new(path.as_str().unwrap()).is_absolute(), "{path}");
}

#[test]
fn a_start_and_the_end_of_another_schedule_start_what_waits_for_them() {
    let home = Home::new();
    let on_start = home.add_schedule(&["check-models", "on", "start"]);
    let first = home.add_schedule(&["tidy", "daily", "02:30"]);
    let then = home.add_schedule(&["find-duplicates", "on", "end", &first]);
    for start in 1..=2 {
        home.run(["run", "--until-idle"]).with(0);
        assert_eq!(home.runs(&on_start, &["succeeded"]).len(), start);
    }
    assert_eq!(home.runs(&then, &[]).len(), 0);
    let _serving = home.serve();
    for round in 1..=2 {
        home.run(["schedules", "run", &first]).with(0);
        wait_for("the other one ran", || (home.runs(&then, &["succeeded"]).len() == round).then_some(()));
    }
    home.settle();
    assert_eq!((home.runs(&first, &[]).len(), home.runs(&then, &[]).len()), (2, 2));
    assert_eq!(home.runs(&on_start, &["succeeded"]).len(), 3);
}

#[test]
fn a_run_that_goes_on_is_neither_started_twice_nor_in_the_way_of_its_removal() {
    let home = Home::new();
    let slow = SlowCheck::in_home(&home);
    let _serving = home.serve();
    let id = home.add_schedule(&["check-library", "every", "1s"]);
    let first = wait_until_slow(&home, &id);
    wait_for("further times came and went", || (home.schedule(&id)["skipped"].as_u64().unwrap() >= 2).then_some(()));
    assert_eq!(home.runs(&id, &["enqueued", "running"]).len(), 1, "no overlap");
    home.run(["schedules", "remove", &id]).with(0);
    wait_for("its run is cancelled", || (home.job(&first["id"])["state"] == "cancelled").then_some(()));
    slow.hurry(&home);
}

#[test]
fn killed_in_the_middle_of_a_run_it_is_finished_at_the_next_start() {
    let home = Home::new();
    let slow = SlowCheck::in_home(&home);
    let id = built_in(&home, "check_library");
    let serving = home.serve();
    home.run(["schedules", "run", &id]).with(0);
    let run = wait_until_slow(&home, &id);
    serving.kill();
    slow.hurry(&home);
    home.run(["run", "--until-idle"]).with(0);
    assert_eq!(outcome(&home.schedule(&id)["last"]), ("succeeded", "3 originals are sound"));
    let shown = home.run(["jobs", "show", &run["id"].to_string(), "--json"]).with(0).json();
    let outcomes: Vec<&Value> = shown["history"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
    assert_eq!(outcomes, ["crashed", "succeeded"]);
}
