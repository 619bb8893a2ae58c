//! `legible jobs add`: work in steps, by name, with limits; what waits for what, and what ends with what.

use crate::program::Home;
use crate::program::draw::{number, png};
use serde_json::{Value, json};

/// Adds work of these words and returns what was answered.
fn add(home: &Home, words: &[&str]) -> Value {
    home.run(["jobs", "add", "--json"].iter().chain(words)).with(0).json()
}

/// The numbers of the jobs of each step.
fn numbers(added: &Value) -> Vec<Vec<String>> {
    let of = |step: &Value| step.as_array().unwrap().iter().map(|job| job["id"].to_string()).collect();
    added["steps"].as_array().unwrap().iter().map(of).collect()
}

/// All that is known of a job.
fn shown(home: &Home, id: &str) -> Value {
    home.run(["jobs", "show", id, "--json"]).with(0).json()
}

/// The states of all jobs, the oldest first.
fn states(home: &Home) -> Vec<String> {
    let jobs = home.jobs(&[]);
    jobs.iter().rev().map(|job| job["state"].as_str().unwrap().to_owned()).collect()
}

fn time(job: &Value, field: &str) -> i64 {
    job["job"][field].as_i64().unwrap_or_else(|| panic!("{field}: {job}"))
}

#[test]
fn steps_run_in_order_and_a_step_waits_for_all_of_the_one_before() {
    let home = Home::new();
    let words = ["tidy", "then", "check-models+find-duplicates", "then", "check-library", "--tag", "night"];
    let limits = ["--keep-for", "7d", "--budget", "2h", "--attempts", "1", "--priority", "-5", "--merge", "collect"];
    let said = home.run(["jobs", "add"].iter().chain(&words).chain(&limits)).with(0);
    assert_eq!(said.out, "Job 1 tidy, then 2 check-models and 3 find-duplicates, then 4 check-library\n");
    said.complains(&["Queued", "legible run"]);
    let listed = home.run(["jobs", "list"]).with(0).out;
    for line in
        ["4\tcheck-library\twaiting for job 2, job 3\t", "2\tcheck-models\twaiting for job 1\t", "1\ttidy\twaiting\t"]
    {
        assert!(listed.contains(line), "{line:?} is not in {listed}");
    }
    home.run(["run", "--until-idle"]).with(0);
    assert_eq!(states(&home), ["succeeded"; 4]);

    let [first, left, right, last] = ["1", "2", "3", "4"].map(|id| shown(&home, id));
    for side in [&left, &right] {
        assert!(time(side, "started_at") >= time(&first, "finished_at"), "{first} {side}");
        assert!(time(&last, "started_at") >= time(side, "finished_at"), "{side} {last}");
    }
    // What both put out went in, each field with all its values.
    let checked = &left["output"]["checked"];
    assert_eq!((&last["input"]["checked"], &last["input"]["groups"]), (&json!([checked]), &json!([[]])), "{last}");
    let seen = ["needs", "needed_by", "budget_ms", "keep_ms"].map(|field| left[field].clone());
    assert_eq!(seen, [json!([1]), json!([4]), json!(7_200_000), json!(604_800_000)]);
    let text = home.run(["jobs", "show", "2"]).with(0).out;
    let facts = ["  tags\tnight\n", "  after\tjob 1\n", "  before\tjob 4\n", "  priority\t-5\n", "  kept for\t7 d\n"];
    for fact in
        facts.iter().chain(&["  budget\t2 h for each attempt\n", "  output\t{\"checked\":", "  attempt 1\tdone\t"])
    {
        assert!(text.contains(fact), "{fact:?} is not in {text}");
    }
}

#[test]
fn what_waits_fails_and_is_cancelled_with_what_it_needs_and_comes_back_with_it() {
    let home = Home::new();
    home.write("Bill.png", png(&number(1)));
    home.run(["add", "--wait", "Bill.png"]).with(0);
    home.run(["jobs", "prune", "--all"]).with(0);
    let original =
        home.path("library").join(home.library().into_iter().find(|file| file.ends_with("Bill.png")).unwrap());
    let good = std::fs::read(&original).unwrap();
    std::fs::write(&original, png(&number(2))).unwrap();
    std::fs::create_dir(home.path("texts")).unwrap();
    let words = ["check-library", "then", "tidy+export", "then", "check-models", "--folder", "texts"];
    let steps = numbers(&add(&home, &words));
    home.run(["run", "--until-idle"]).with(0);
    assert_eq!(states(&home), ["failed"; 4]);
    let export = home.run(["jobs", "show", &steps[1][1]]).with(0).out;
    let why = format!("It needs job {} (Check that all originals are whole), which failed.", steps[0][0]);
    assert!(export.contains(&why) && export.contains(&format!("  Retry job {}", steps[0][0])), "{export}");
    assert!(!export.contains("  attempt"), "it never began: {export}");

    std::fs::write(&original, good).unwrap();
    assert_eq!(home.run(["jobs", "retry", &steps[0][0]]).with(0).out, "4 started again\n");
    home.run(["run", "--until-idle"]).with(0);
    assert_eq!(states(&home), ["succeeded"; 4]);
    // What the check put out is in the input of the export, and its folder is still the one that was set.
    let export = shown(&home, &steps[1][1]);
    assert_eq!((&export["input"]["checked"], &export["output"]["written"]), (&json!(1), &json!(1)), "{export}");

    home.run(["jobs", "prune", "--all"]).with(0);
    let steps = numbers(&add(&home, &["tidy", "then", "check-models", "then", "find-duplicates"]));
    home.run(["jobs", "cancel", &steps[1][0]]).with(0);
    assert_eq!(states(&home), ["enqueued", "cancelled", "cancelled"]);
    home.run(["jobs", "retry", &steps[2][0]]).with(0);
    assert_eq!(states(&home), ["enqueued", "blocked", "blocked"]);
}

#[test]
fn a_name_is_kept_replaced_or_queued_behind() {
    let home = Home::new();
    let named = |words: &[&str], policy: &str| {
        let name = ["--name", "nightly", "--policy", policy];
        home.run(["jobs", "add"].iter().chain(words).chain(&name))
    };
    named(&["tidy", "then", "check-models"], "keep").with(0);
    let kept = home.run(["jobs", "add", "find-duplicates", "--name", "nightly"]).with(0);
    assert_eq!(kept.out, "Job 1 tidy holds the name nightly and is kept; nothing was added\n");
    let kept = add(&home, &["find-duplicates", "--name", "nightly"]);
    assert_eq!((&kept["steps"], &kept["kept"]["id"]), (&json!([]), &json!(1)));

    let appended = named(&["find-duplicates", "then", "check-library"], "append").with(0).out;
    assert_eq!(appended, "Job 3 find-duplicates, then 4 check-library; waits for job 2\n");
    home.run(["run", "--until-idle"]).with(0);
    assert_eq!(states(&home), ["succeeded"; 4]);
    let started: Vec<i64> = ["1", "2", "3", "4"].map(|id| time(&shown(&home, id), "started_at")).to_vec();
    assert!(started.is_sorted(), "{started:?}");

    named(&["tidy"], "keep").with(0);
    assert_eq!(named(&["check-models"], "replace").with(0).out, "Job 6 check-models\n");
    assert_eq!(states(&home)[4..], ["cancelled", "enqueued"]);
    home.run(["jobs", "cancel", "6"]).with(0);
    let appended = named(&["tidy"], "append").with(1);
    assert_eq!(appended.out, "Job 7 tidy; cancelled at once\n");
    appended.complains(&["It needs job 6", "Retry job 6"]);
    assert_eq!(named(&["tidy"], "append-or-replace").with(0).out, "Job 8 tidy\n");
    assert_eq!(states(&home)[6..], ["cancelled", "enqueued"]);
}

#[test]
fn work_is_cancelled_by_name_by_tag_and_as_a_whole() {
    let home = Home::new();
    for name in ["left", "right"] {
        add(
            &home,
            &["tidy", "then", "check-models", "--name", name, "--tag", "both", "--tag", &format!("only {name}")],
        );
    }
    let moment = || home.run(["jobs", "list", "--json"]).with(0).json()["cancelled_all_at"].clone();
    assert_eq!(home.run(["jobs", "cancel", "--name", "lef"]).with(1).out, "0 cancelled\n", "a name is meant exactly");
    assert_eq!(home.run(["jobs", "cancel", "--name", "left"]).with(0).out, "2 cancelled\n");
    assert_eq!(states(&home), ["cancelled", "cancelled", "enqueued", "blocked"]);
    assert_eq!(home.run(["jobs", "cancel", "--tag", "only right"]).with(0).out, "2 cancelled\n");
    assert_eq!(states(&home), ["cancelled"; 4]);
    assert_eq!(home.run(["jobs", "retry", "--tag", "both"]).with(0).out, "4 started again\n");
    assert_eq!(moment(), Value::Null, "not all work was meant");

    assert_eq!(home.run(["jobs", "cancel", "--all"]).with(0).out, "4 cancelled\n");
    assert!(moment().as_i64() >= home.job(&json!(1))["finished_at"].as_i64(), "{}", moment());
    home.run(["jobs", "list"]).with(0).complains(&["All work was last cancelled 20"]);
}

#[test]
fn work_waits_for_its_time_and_its_needs_unless_it_is_to_run_now() {
    let home = Home::new();
    let later = home.run(["jobs", "add", "tidy", "--at", "2199-12-24 18:00", "--zone", "Europe/Berlin"]).with(0).out;
    assert!(later.starts_with("Job 1 tidy; begins 2199-12-24 "), "{later}");
    let away =
        home.run(["jobs", "add", "check-models", "then", "tidy", "--needs", "idle:10", "--in", "1h"]).with(0).out;
    assert!(away.starts_with("Job 2 check-models, then 3 tidy; begins 20"), "{away}");
    assert!(away.ends_with("; waits for you to be away, which this system does not tell\n"), "{away}");
    let text = home.run(["jobs", "show", "2"]).with(0).out;
    assert!(text.contains("\twaiting until 20") && text.contains("  needs\tyou are away for 10 minutes\n"), "{text}");

    let now = home.run(["jobs", "add", "find-duplicates", "then", "tidy", "--now"]).with(0).out;
    assert_eq!(now, "Job 4 find-duplicates, then 5 tidy\n");
    let text = home.run(["jobs", "show", "5"]).with(0).out;
    assert!(text.contains("  priority\tahead of all others\n"), "{text}");
    let _serving = home.serve();
    crate::program::wait_for("it ran", || (states(&home)[3..] == ["succeeded", "succeeded"]).then_some(()));
    assert_eq!(states(&home)[..3], ["enqueued", "enqueued", "blocked"]);
    home.run(["jobs", "now", "1", "2", "3"]).with(0);
    home.settle();
    assert_eq!(states(&home), ["succeeded"; 5]);
}

#[test]
fn work_that_cannot_be_is_one_clear_line_and_adds_nothing() {
    let home = Home::new();
    let check = |args: &[&str], parts: &[&str]| {
        let said = home.run(["jobs", "add"].iter().chain(args)).with(1);
        said.complains(parts);
        assert_eq!((said.err.lines().count(), said.out.as_str()), (1, ""), "{args:?}: {}", said.err);
        assert_eq!(states(&home), [""; 0], "{args:?}");
    };
    check(&["dance"], &["dance is no work", "read-new", "export"]);
    check(&["tidy", "export"], &["+ or then between tidy and export"]);
    check(&["tidy", "then"], &["no work after then"]);
    check(&["export"], &["hoose the folder"]);
    check(&["export", "--folder", "nowhere"], &["here is no folder", "nowhere"]);
    check(&["tidy", "--folder", "."], &["--folder is for export only"]);
    check(&["tidy", "--in", "soon"], &["soon"]);
    check(&["tidy", "--at", "2020-01-01 10:00"], &["has passed"]);
    check(&["tidy", "--needs", "hours:22:00-22:00"], &["22:00 to 22:00", "leave them out"]);
    check(&["tidy", "--needs", "network", "--needs", "metered"], &["only one of network, unmetered and metered"]);
    check(&["tidy", "--budget", "0s"], &["0s", "--budget", "2h"]);
    check(&["tidy", "--backoff", "exponential:1h..10s"], &["must not be shorter"]);
    check(&["tidy", "--priority", "9999"], &["-1000 to 1000"]);
    check(&["tidy", "--name", "schedule:1"], &["colon"]);
    check(&["tidy", "--tag", ""], &["tags"]);
    let refused: [(&[&str], &str); 6] = [
        (&["tidy", "--policy", "append"], "--name"),
        (&["tidy", "--attempts", "0"], "1..=1000"),
        (&["tidy", "--attempts", "-3"], "leave the minus sign out"),
        (&["tidy", "--now", "--in", "5m"], "--now"),
        (&["tidy", "--in", "5m", "--at", "2199-12-24 18:00"], "--at"),
        (&[], "<STEP>"),
    ];
    for (args, part) in refused {
        home.run(["jobs", "add"].iter().chain(args)).with(2).complains(&[part]);
    }
}
