//! What work needs of the machine, before and while it runs: power and network, as UPower and NetworkManager tell them.
#![cfg(target_os = "linux")]

use crate::bus::{Bus, NETWORK, UPOWER};
use crate::program::slow::{SlowCheck, wait_until_slow};
use crate::program::{Home, wait_for};
use serde_json::Value;

/// A laptop that runs on its battery.
fn unplugged() -> Option<(Home, Bus)> {
    let mut home = Home::new();
    let mut bus = Bus::of(&mut home)?;
    bus.mock("upower", UPOWER);
    bus.set(UPOWER, "OnBattery", "true");
    Some((home, bus))
}

fn outcomes(home: &Home, job: &Value) -> Vec<String> {
    let shown = home.run(["jobs", "show", &job.to_string(), "--json"]).with(0).json();
    let history = shown["history"].as_array().unwrap();
    history.iter().map(|one| one["outcome"].as_str().unwrap_or("running").to_owned()).collect()
}

#[test]
fn what_needs_ac_power_waits_for_it_and_runs_once_it_is_there() {
    let Some((home, bus)) = unplugged() else { return };
    let _serving = home.serve();
    let id = home.add_schedule(&["tidy", "in", "1s", "--needs", "ac"]);
    let waiting = wait_for("its time has come", || home.runs(&id, &["enqueued"]).pop());
    let line = format!("{}\ttidy\twaiting for AC power\t", waiting["id"]);
    let listed = home.run(["jobs", "list"]).with(0).out;
    assert!(listed.contains(&line), "{line:?} is not in {listed}");
    let listed = home.run(["schedules", "list"]).with(0).out;
    assert!(listed.contains(&format!("{id}\twaits for AC power\t")), "{listed}");

    // Work that does not need it passes by.
    let other = home.add_schedule(&["check-models", "in", "1s"]);
    wait_for("the other one ran", || home.runs(&other, &["succeeded"]).pop());
    assert_eq!(home.job(&waiting["id"])["state"], "enqueued");

    bus.set(UPOWER, "OnBattery", "false");
    wait_for("it runs", || (home.job(&waiting["id"])["state"] == "succeeded").then_some(()));
    assert_eq!(outcomes(&home, &waiting["id"]), ["succeeded"]);
}

#[test]
fn what_loses_its_power_stops_says_why_and_goes_on_later_without_losing_an_attempt() {
    let Some((home, bus)) = unplugged() else { return };
    let slow = SlowCheck::in_home(&home);
    bus.set(UPOWER, "OnBattery", "false");
    let _serving = home.serve();
    let id = home.add_schedule(&["check-library", "in", "1s", "--needs", "ac"]);
    let job = wait_until_slow(&home, &id)["id"].clone();

    bus.set(UPOWER, "OnBattery", "true");
    let stopped = wait_for("it stopped", || Some(home.job(&job)).filter(|job| job["state"] == "enqueued"));
    assert_eq!(stopped["stopped"], "It has to wait for AC power.");
    assert_eq!((&stopped["attempts"], &stopped["error"]), (&0.into(), &Value::Null), "{stopped}");
    let shown = home.run(["jobs", "show", &job.to_string()]).with(0).out;
    let lines: Vec<&str> = shown.lines().collect();
    let before = "stopped before: It has to wait for AC power.";
    assert!(lines[0].contains("waiting for AC power") && lines[0].ends_with(before), "{shown}");
    let history = lines[lines.len() - 1];
    assert!(history.starts_with("  attempt 1\tstopped before\t20") && history.ends_with("AC power."), "{shown}");

    // Running again it tells of the stop as of the past.
    bus.set(UPOWER, "OnBattery", "false");
    wait_for("it goes on", || (home.job(&job)["state"] == "running").then_some(()));
    let shown = home.run(["jobs", "show", &job.to_string()]).with(0).out;
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[0].contains("\trunning ") && !lines[0].contains("AC power"), "{shown}");
    assert!(shown.contains("  attempt 1\tstopped before\t20") && shown.contains("\trunning since\t20"), "{shown}");

    bus.set(UPOWER, "OnBattery", "true");
    wait_for("it stopped again", || (home.job(&job)["state"] == "enqueued").then_some(()));
    slow.hurry(&home);
    bus.set(UPOWER, "OnBattery", "false");
    let ended = wait_for("it goes on", || Some(home.job(&job)).filter(|job| job["state"] == "succeeded"));
    assert_eq!((&ended["attempts"], &ended["stopped"]), (&1.into(), &Value::Null), "{ended}");
    assert_eq!(home.schedule(&id)["last"]["words"], "3 originals are sound");
}

#[test]
fn a_person_may_have_it_run_whatever_the_machine_is_like() {
    let Some((home, _bus)) = unplugged() else { return };
    let _serving = home.serve();
    let id = home.add_schedule(&["tidy", "in", "1s", "--needs", "ac", "--needs", "idle:10"]);
    let job = wait_for("it waits", || home.runs(&id, &["enqueued"]).pop())["id"].clone();
    let waits = home.job(&job)["waiting_for"].to_string();
    assert!(waits.contains("AC power") && waits.contains("away"), "{waits}");
    assert_eq!(home.run(["jobs", "now", &job.to_string()]).with(0).out, "1 moved ahead\n");
    wait_for("it runs", || (home.job(&job)["state"] == "succeeded").then_some(()));

    // So does a run of the schedule that a person asks for.
    let id = home.add_schedule(&["tidy", "daily", "02:30", "--needs", "ac"]);
    home.run(["schedules", "run", &id]).with(0);
    wait_for("it runs", || home.runs(&id, &["succeeded"]).pop());
}

#[test]
fn plugging_in_and_the_network_coming_back_start_what_waits_for_them() {
    let Some((home, mut bus)) = unplugged() else { return };
    bus.mock("networkmanager", NETWORK);
    let on_power = home.add_schedule(&["tidy", "on", "power"]);
    let on_network = home.add_schedule(&["check-models", "on", "network"]);
    let needs_network = home.add_schedule(&["find-duplicates", "in", "1s", "--needs", "network"]);
    bus.set(NETWORK, "Connectivity", "uint32 1");
    bus.set(NETWORK, "State", "uint32 20");
    let _serving = home.serve();
    let waiting = wait_for("one waits for the network", || home.runs(&needs_network, &["enqueued"]).pop());
    assert_eq!(waiting["waiting_for"][0], "a network connection");
    for id in [&on_power, &on_network] {
        assert_eq!(home.runs(id, &[]).len(), 0, "nothing happened yet");
    }
    bus.set(UPOWER, "OnBattery", "false");
    wait_for("plugging in started one", || home.runs(&on_power, &["succeeded"]).pop());
    assert_eq!(home.runs(&on_network, &[]).len(), 0);

    bus.set(NETWORK, "Connectivity", "uint32 4");
    bus.set(NETWORK, "State", "uint32 70");
    wait_for("the network started one", || home.runs(&on_network, &["succeeded"]).pop());
    wait_for("the network let one run", || home.runs(&needs_network, &["succeeded"]).pop());
    // Unplugged and plugged in again, it runs again.
    bus.set(UPOWER, "OnBattery", "true");
    let witness = home.add_schedule(&["tidy", "in", "1s", "--needs", "ac"]);
    wait_for("it runs on its battery", || home.runs(&witness, &["enqueued"]).pop());
    bus.set(UPOWER, "OnBattery", "false");
    wait_for("plugging in started it again", || (home.runs(&on_power, &["succeeded"]).len() == 2).then_some(()));
}

#[test]
fn a_worker_rests_and_goes_on_and_stops_as_another_process_says() {
    let home = Home::new();
    let slow = SlowCheck::in_home(&home);
    let _serving = home.serve();
    let id = home.add_schedule(&["check-library", "in", "1s"]);
    let job = wait_until_slow(&home, &id)["id"].clone();
    let worker = home.run(["workers", "list", "--json"]).with(0).json()["workers"][0].clone();
    assert_eq!(worker["job"], job);
    let number = worker["id"].to_string();
    home.run(["workers", "pause", &number]).with(0);
    wait_for("it says that it rests", || {
        home.run(["workers", "list"]).out.starts_with(&format!("{number}\tpaused\t")).then_some(())
    });
    home.run(["workers", "resume", &number]).with(0);
    home.run(["workers", "stop", &number]).with(0);
    wait_for("it is handed back", || (outcomes(&home, &job)[0] == "released").then_some(()));
    let stopped = home.run(["jobs", "show", &job.to_string()]).with(0).out;
    assert!(stopped.contains("You stopped its worker."), "{stopped}");
    slow.hurry(&home);
    // It may have begun anew on the large file by then.
    home.run(["workers", "stop", &number]);
    wait_for("it ends", || (home.job(&job)["state"] == "succeeded").then_some(()));
    assert_eq!(home.job(&job)["attempts"], 1);
}
