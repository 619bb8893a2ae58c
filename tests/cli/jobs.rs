//! `legible jobs`, `pause` and `resume`.

use crate::program::draw::{number, png, table};
use crate::program::{Home, wait_for};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[test]
fn jobs_are_listed_shown_cancelled_and_started_again() {
    let home = Home::new();
    home.write("n.png", png(&number(58_209)));
    home.run(["add", "n.png"]).with(0);
    let listed = home.run(["jobs", "list"]).with(0).out;
    assert_eq!(listed, "1\timport\twaiting\tn.png\n");
    let shown = home.run(["jobs", "show", "1"]).with(0).out;
    assert!(shown.starts_with(&listed) && shown.contains("  input\t{") && shown.contains("n.png"), "{shown}");

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
    let last = &lines[lines.len() - 2..];
    assert!(last[0].starts_with("  attempt 1\tfailed\t20"), "{shown}");
    assert_eq!(last[1], "  Put the file back where it was and try again.");
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

#[test]
fn jobs_are_chosen_by_what_they_have_in_common() {
    let home = Home::new();
    home.run(["run", "--until-idle"]).with(0);
    home.write("n.png", png(&number(1)));
    home.run(["add", "n.png"]).with(0);
    let [tidy, twins] =
        [["tidy", "daily", "02:30"], ["find-duplicates", "daily", "02:30"]].map(|s| home.add_schedule(&s));
    home.run(["schedules", "run", &tidy, &twins]).with(0);
    let kinds = |args: &[&str]| -> BTreeSet<String> {
        let said = home.run(["jobs", "list", "--json"].iter().chain(args)).with(0).json();
        said["jobs"].as_array().unwrap().iter().map(|job| job["kind"].as_str().unwrap().to_owned()).collect()
    };
    let check = |args: &[&str], expected: &[&str]| {
        assert_eq!(kinds(args), expected.iter().map(|kind| (*kind).to_owned()).collect(), "{args:?}");
    };
    check(&[], &["find-duplicates", "import", "tidy"]);
    check(&["--tag", "schedule"], &["find-duplicates", "tidy"]);
    check(&["--tag", "sched"], &[]);
    check(&["--schedule", &tidy], &["tidy"]);
    check(&["--kind", "tidy", "--kind", "import"], &["import", "tidy"]);
    check(&["--state", "running", "--kind", "tidy"], &[]);

    // Each choice touches what it names and nothing else.
    home.run(["jobs", "cancel", "--tag", "nobody"]).with(1);
    assert_eq!(home.run(["jobs", "cancel", "--kind", "import"]).with(0).out, "1 cancelled\n");
    assert_eq!(home.run(["jobs", "cancel", "--schedule", &twins, "--json"]).with(0).json()["count"], 1);
    check(&["--state", "enqueued"], &["tidy"]);
    assert_eq!(home.run(["jobs", "cancel", "--tag", "schedule"]).with(0).out, "1 cancelled\n");
    assert_eq!(home.run(["jobs", "retry", "--kind", "tidy"]).with(0).out, "1 started again\n");
    home.run(["jobs", "now", "--kind", "tidy"]).with(0);
    home.run(["run", "--until-idle"]).with(0);
    check(&["--state", "succeeded"], &["tidy"]);
    assert_eq!(home.found(""), 0, "the import stays cancelled");

    assert_eq!(home.run(["jobs", "prune", "--kind", "import"]).with(0).out, "1 forgotten\n");
    check(&[], &["find-duplicates", "tidy"]);
    assert_eq!(home.run(["jobs", "prune", "--all"]).with(0).out, "2 forgotten\n");
    check(&[], &[]);
    for verb in ["cancel", "retry", "now", "prune"] {
        home.run(["jobs", verb]).with(2).complains(&["--tag", "--all"]);
    }
}

#[test]
fn what_another_process_does_is_watched_as_it_happens() {
    let home = Home::new();
    home.write("n.png", png(&number(58_209)));
    let mut watching = home.command(["jobs", "watch", "--json"]);
    let mut watching = watching.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut complaint = String::new();
    BufReader::new(watching.stderr.take().unwrap()).read_line(&mut complaint).unwrap();
    assert!(complaint.contains("Nobody runs the jobs"), "{complaint}");

    let serving = home.serve();
    let (tell, told) = std::sync::mpsc::channel();
    let lines = BufReader::new(watching.stdout.take().unwrap()).lines();
    // Nobody listens any more once enough was seen.
    std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| tell.send(line)));
    // It looks for whoever runs the jobs twice a second; what happens before it found them it does not hear of.
    wait_for("it follows", || {
        home.run(["resume"]).with(0);
        told.recv_timeout(Duration::from_millis(100)).ok()
    });
    home.run(["add", "n.png"]).with(0);
    let mut seen = Vec::new();
    for line in told {
        let event: Value = serde_json::from_str(&line).unwrap();
        let ended = event["type"] == "group_ended";
        seen.push(event);
        if ended {
            break;
        }
    }
    let read: Vec<&str> = seen
        .iter()
        .filter(|event| event["type"] == "job_changed" && event["job"]["kind"] == "read")
        .map(|event| event["job"]["state"].as_str().unwrap())
        .collect();
    assert!(read.contains(&"running") && read.last() == Some(&"succeeded"), "{seen:?}");
    drop(serving);
    // Nobody runs them any more: it waits for the next who does, and leaves when it is interrupted.
    assert_eq!(watching.try_wait().unwrap(), None);
    #[cfg(unix)]
    {
        crate::program::signal("INT", watching.id());
        let left = wait_for("the watching ends", || watching.try_wait().unwrap());
        assert_eq!(left.code(), Some(0));
    }
    let _ = watching.kill();
}

#[test]
fn a_worker_is_listed_and_stopped_from_another_process() {
    let home = Home::new();
    assert_eq!(home.run(["workers", "list"]).with(1).out, "");
    home.run(["workers", "stop", "1"]).with(1).complains(&["Worker 1"]);
    for index in 0..6 {
        home.write(&format!("in/{index}.png"), png(&table(6 + index, 14)));
    }
    let _serving = home.serve();
    home.run(["add", "in"]).with(0);
    let reading = wait_for("an image is being read", || {
        let workers = home.run(["workers", "list", "--json"]).json()["workers"].as_array().unwrap().clone();
        workers.into_iter().find(|worker| worker["what"].as_str().unwrap().starts_with("read: "))
    });
    let (worker, job) = (reading["id"].to_string(), &reading["job"]);
    home.run(["workers", "stop", &worker]).with(0);
    let outcomes = |job: &Value| -> Vec<Value> {
        let shown = home.run(["jobs", "show", &job.to_string(), "--json"]).with(0).json();
        shown["history"].as_array().unwrap().iter().map(|one| one["outcome"].clone()).collect()
    };
    wait_for("the job is handed back", || (outcomes(job).first() == Some(&"released".into())).then_some(()));
    home.settle();
    let job = home.job(job);
    assert_eq!((&job["state"], &job["attempts"]), (&"succeeded".into(), &1.into()), "no attempt was lost: {job}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_pause_really_stops_the_load() {
    use crate::program::load::{cpu_ticks, rests_after, used};
    let home = Home::new();
    for index in 0..8 {
        home.write(&format!("in/{index}.png"), png(&table(14 + index, 40)));
    }
    let serving = home.serve();
    home.run(["add", "in"]).with(0);
    wait_for("images are being read", || home.jobs(&["running"]).iter().any(|job| job["kind"] == "read").then_some(()));
    let busy = cpu_ticks(serving.pid());
    wait_for("there is load", || (used(&busy, &cpu_ticks(serving.pid())) > 50).then_some(()));

    let paused_at = Instant::now();
    let mut pausing = home.command(["pause"]).spawn().unwrap();
    let rests = rests_after(serving.pid(), paused_at, Duration::from_secs(3));
    assert!(pausing.wait().unwrap().success());
    println!("the load ended {rests:?} after `legible pause` was started");
    // A second is what it takes; the rest is for machines that have other things to do.
    assert!(rests < Duration::from_secs(5), "the load went on for {rests:?}");
    assert!(!home.jobs(&["enqueued"]).is_empty() && home.jobs(&["running"]).is_empty());

    let still = cpu_ticks(serving.pid());
    home.run(["resume"]).with(0);
    wait_for("the load is back", || (used(&still, &cpu_ticks(serving.pid())) > 50).then_some(()));
    home.run(["jobs", "cancel", "--all"]).with(0);
}
