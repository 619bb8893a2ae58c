//! `legible jobs`, `pause` and `resume`.

use crate::program::Home;
use crate::program::draw::{number, png};
use std::time::{SystemTime, UNIX_EPOCH};

#[test]
fn jobs_are_listed_shown_cancelled_and_started_again() {
    let home = Home::new();
    home.write("n.png", png(&number(58_209)));
    home.run(["add", "n.png"]).with(0);
    let listed = home.run(["jobs", "list"]).with(0).out;
    assert_eq!(listed, "1\timport\twaiting\tn.png\n");
    assert_eq!(home.run(["jobs", "show", "1"]).with(0).out, listed);

    home.run(["jobs", "cancel", "7"]).with(1);
    home.run(["jobs", "show", "7"]).with(1).complains(&["Job 7 was not found"]);
    home.run(["jobs", "cancel"]).with(2).complains(&["--all"]);
    assert_eq!(home.run(["jobs", "cancel", "1"]).with(0).out, "1 cancelled\n");
    assert_eq!(home.run(["jobs", "cancel", "--all", "--json"]).with(1).json()["count"], 0);
    assert_eq!(home.run(["jobs", "list", "--state", "cancelled"]).with(0).out, "1\timport\tcancelled\tn.png\n");
    home.run(["run", "--until-idle"]).with(0);
    assert_eq!(home.found(""), 0, "a person's stop is not undone by a start");

    assert_eq!(home.run(["jobs", "retry", "1"]).with(0).out, "1 started again\n");
    home.run(["run", "--until-idle"]).with(0);
    assert_eq!(home.found("58209"), 1);
    assert_eq!(home.run(["jobs", "retry", "--all"]).with(1).out, "0 started again\n");
    let detail = home.run(["jobs", "show", "1", "--json"]).with(0).json();
    assert_eq!((&detail["job"]["state"], &detail["history"][0]["outcome"]), (&"succeeded".into(), &"succeeded".into()));
}

#[test]
fn a_failed_job_shows_why_and_what_to_do() {
    let home = Home::new();
    let file = home.write("n.png", png(&number(1)));
    home.run(["add", "n.png"]).with(0);
    std::fs::remove_file(file).unwrap();
    home.run(["run", "--until-idle"]).with(0);
    let failed = home.jobs(&["failed"])[0]["id"].to_string();
    let shown = home.run(["jobs", "show", &failed]).with(0).out;
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[0].contains("\tfailed\tn.png\t") && lines[0].ends_with("the file is not there"), "{shown}");
    assert!(lines[1].starts_with("  attempt 1\tfailed: "), "{shown}");
    assert_eq!(lines[2], "  Put the file back where it was and try again.");
}

#[test]
fn a_pause_outlives_a_restart_and_ends_with_resume() {
    let home = Home::new();
    home.run(["pause"]).with(0);
    let serving = home.serve();
    home.write("n.png", png(&number(74_944)));
    home.run(["add", "n.png"]).with(0);
    drop(serving);
    let _serving = home.serve();
    let resumed_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    home.run(["resume"]).with(0);
    home.settle();
    assert_eq!(home.found("74944"), 1);
    for job in home.jobs(&["succeeded"]) {
        assert!(job["started_at"].as_i64().unwrap() >= resumed_at, "it ran in the pause: {job}");
    }
}
