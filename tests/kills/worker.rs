//! Workers that die in the middle of an image, by the hand of another or for want of memory.

use crate::program::draw::{number, png, promising_png, table};
use crate::program::{Home, signal, wait_for};
use serde_json::Value;

/// The job's view and its attempts, by the kind of the job.
fn job(home: &Home, kind: &str) -> Value {
    let found = home.jobs(&[]).into_iter().find(|job| job["kind"] == kind).unwrap();
    home.run(["jobs", "show", "--json", &found["id"].to_string()]).with(0).json()
}

/// The worker processes of a running service.
#[cfg(target_os = "linux")]
fn workers(service: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let is_worker = |pid: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // `PID (NAME) STATE PARENT ...`; the name may hold anything.
        let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)?.parse().ok());
        let arguments = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        parent == Some(service) && arguments.split(|byte| *byte == 0).any(|argument| argument == b"vision-worker")
    };
    pids.filter(is_worker).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn a_worker_killed_in_the_middle_of_an_image_costs_one_attempt() {
    let home = Home::new();
    let serving = home.serve();
    home.write("long.png", png(&table(12, 30)));
    home.run(["add", "long.png"]).with(0);
    let killed = wait_for("a worker reads", || {
        let reading =
            home.jobs(&["running"]).iter().any(|job| job["kind"] == "read" && job["fraction"].as_f64() > Some(0.0));
        let workers = workers(serving.pid());
        (reading && !workers.is_empty()).then_some(workers)
    });
    killed.iter().for_each(|worker| signal("KILL", *worker));
    home.settle();
    let read = job(&home, "read");
    let outcomes: Vec<_> = read["history"].as_array().unwrap().iter().map(|attempt| &attempt["outcome"]).collect();
    assert_eq!(outcomes, ["retried", "succeeded"], "{read}");
    let error = &read["history"][0]["error"];
    assert_eq!(error["code"], "worker");
    assert!(error["message"].as_str().unwrap().contains("stopped unexpectedly"), "{error}");
    assert_eq!((home.found("10037"), home.found("23283")), (1, 1), "the first rows and the last");
    assert_eq!(serving.stop(), 0, "the service itself lives on");
}

#[test]
fn an_image_beyond_a_workers_memory_is_one_failed_job_and_the_rest_goes_on() {
    let home = Home::new();
    // Within the limit of pixels; decoded and turned into eight bits it takes 2.2 GB, and a worker may have 2.
    home.write("in/a vast.png", promising_png(14_100, 14_100, true));
    home.write("in/b small.png", png(&number(66_470)));
    let said = home.run(["add", "--wait", "in"]).with(2);
    said.complains(&["a vast.png: ", "needs more memory than the 2048 MB", "Make the image smaller"]);
    let read = job_of(&home, "read", "a vast.png");
    assert_eq!((&read["state"], &read["error"]["code"]), (&"failed".into(), &"worker".into()), "{read}");
    assert_eq!(read["attempts"], 1, "it would fail again: {read}");
    assert_eq!((job_of(&home, "read", "b small.png")["state"].as_str(), home.found("66470")), (Some("succeeded"), 1));
}

fn job_of(home: &Home, kind: &str, title: &str) -> Value {
    home.jobs(&[]).into_iter().find(|job| job["kind"] == kind && job["title"] == title).unwrap()
}
