//! `legible add`: files, folders, loops, crowds, twice the same, things that cannot come in.

use crate::program::draw::{locked_zip, number, png, promising_png};
use crate::program::{Home, wait_for};
use std::collections::BTreeMap;

#[test]
fn files_come_in_with_their_sidecars_once() {
    let home = Home::new();
    home.write("in/one.png", png(&number(11_223)));
    home.write("in/two.png", png(&number(44_556)));
    home.write("in/two again.png", png(&number(44_556)));
    home.run(["add", "--wait", "in/one.png", "in/two.png", "in/two again.png"]).with(0);
    let month = home.library()[0][..7].to_owned();
    let expected = ["one.png", "one.png.json", "two.png", "two.png.json"].map(|name| format!("{month}/{name}"));
    assert_eq!(home.library(), expected);
    assert_eq!((home.found("11223"), home.found("44556")), (1, 1));
    home.run(["add", "--wait", "in"]).with(0);
    assert_eq!(home.library(), expected, "nothing comes in a second time");
    let sidecar = std::fs::read(home.path(&format!("library/{month}/two.png.json"))).unwrap();
    let sidecar: serde_json::Value = serde_json::from_slice(&sidecar).unwrap();
    assert_eq!((sidecar["reads"].as_u64(), sidecar["origins"].as_array().unwrap().len()), (Some(1), 2));
}

#[test]
fn what_is_queued_while_nobody_runs_is_done_by_the_next_run() {
    let home = Home::new();
    home.write("n.png", png(&number(27_182)));
    let said = home.run(["add", "n.png"]).with(0);
    said.complains(&["Queued", "legible run"]);
    assert_eq!(home.jobs(&["enqueued"]).len(), 1);
    assert_eq!(home.found(""), 0);
    home.run(["run", "--until-idle"]).with(0);
    assert_eq!((home.jobs(&["succeeded"]).len(), home.found("27182")), (4, 1), "import, read, recognise, thumbnail");
}

#[cfg(unix)]
#[test]
fn names_cannot_command_the_terminal() {
    let home = Home::new();
    home.write("bad\n\u{1b}[2Jname.png", png(&number(60_221)));
    home.run(["add", "--wait", "bad\n\u{1b}[2Jname.png"]).with(0);
    for told in [home.run(["search", "60221"]).with(0).out, home.run(["jobs", "list"]).with(0).out] {
        let lines: Vec<&str> = told.lines().filter(|line| line.contains("bad")).collect();
        assert!(!lines.is_empty() && lines.iter().all(|line| line.contains(r"bad\n\u{1b}[2Jname.png")), "{told:?}");
    }
}

#[test]
fn what_is_not_there_is_told_and_the_rest_is_added() {
    let home = Home::new();
    home.write("a.png", png(&number(27_183)));
    home.write("b.png", png(&number(60_221)));
    let said = home.run(["add", "--wait", "a.png", "gone.png", "b.png", "lost.png"]).with(2);
    said.complains(&["gone.png cannot be added", "lost.png cannot be added"]);
    assert_eq!((home.found("27183"), home.found("60221")), (1, 1));
    let before = home.jobs(&[]).len();
    home.run(["add", "gone.png"]).with(1).complains(&["gone.png cannot be added"]);
    assert_eq!(home.jobs(&[]).len(), before);
}

#[test]
fn waiting_ends_when_the_work_is_paused() {
    let home = Home::new();
    home.write("n.png", png(&number(14_142)));
    home.run(["pause"]).with(0);
    home.run(["add", "--wait", "n.png"]).with(1).complains(&["paused", "legible resume"]);
    home.run(["run", "--until-idle"]).with(1).complains(&["paused", "legible resume"]);
    assert_eq!((home.jobs(&["enqueued"]).len(), home.found("")), (1, 0), "it stays queued");
    home.run(["resume"]).with(0);
    home.run(["run", "--until-idle"]).with(0);
    assert_eq!(home.found("14142"), 1);
}

#[cfg(unix)]
#[test]
fn a_loop_of_links_ends() {
    let home = Home::new();
    home.write("in/deep/n.png", png(&number(16_180)));
    std::os::unix::fs::symlink(home.path("in"), home.path("in/deep/up")).unwrap();
    std::os::unix::fs::symlink("self", home.path("in/self")).unwrap();
    std::os::unix::fs::symlink(home.path("in/nowhere"), home.path("in/dangling.png")).unwrap();
    home.run(["add", "--wait", "in"]).with(0);
    assert_eq!((home.found("16180"), home.library().len()), (1, 2));
}

#[test]
fn a_crowd_of_ten_thousand_files_is_sifted() {
    let home = Home::new();
    for index in 0..9_980 {
        home.write(&format!("in/{:03}/{index}.txt", index / 100), index.to_string());
    }
    for index in 0..12 {
        home.write(&format!("in/{index:03}/broken {index}.jpg"), format!("no image {index}"));
    }
    for index in 0..4 {
        home.write(&format!("in/{index:03}/scan {index}.png"), png(&number(70_100 + index)));
        home.write(&format!("in/{index:03}/without ending {index}"), png(&number(80_200 + index)));
    }
    let said = home.run(["add", "--wait", "in"]).with(2);
    assert_eq!(said.err.matches("not an image").count(), 12, "{}", said.err);
    assert_eq!((home.found(""), home.library().len()), (8, 16));
    assert_eq!((home.found("70103"), home.found("80203")), (1, 1));
}

#[test]
fn each_bad_file_is_one_failed_job_and_the_rest_goes_on() {
    let home = Home::new();
    let good = png(&number(53_589));
    home.write("in/a cut.png", &good[..good.len() / 2]);
    home.write("in/b empty.png", b"");
    home.write("in/c text.png", b"Only text, called an image.");
    home.write("in/d huge.png", promising_png(50_000, 50_000, false));
    home.write("in/e locked.zip", locked_zip());
    home.write("in/f locked.png", locked_zip());
    home.write("in/g good.png", &good);
    home.write("in/h good.jpg", png(&number(79_323)));
    let said = home.run(["add", "--wait", "in", "in/e locked.zip"]).with(2);
    let mut failed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for job in home.jobs(&["failed"]).iter().filter(|job| job["kind"] != "thumbnail") {
        assert_eq!(job["error"]["code"], "bad_image", "{job}");
        let (title, why) = (job["title"].as_str().unwrap(), job["error"]["message"].as_str().unwrap());
        assert!(said.err.contains(&format!("legible: {title}: {why}")), "{}", said.err);
        failed.entry(title.to_owned()).or_default().push(why.to_owned());
    }
    let expected = [
        ("a cut.png", "cut short"),
        ("b empty.png", "empty"),
        ("c text.png", "not an image"),
        ("d huge.png", "50000 × 50000"),
        ("e locked.zip", "password"),
        ("f locked.png", "password"),
    ];
    assert_eq!(failed.keys().collect::<Vec<_>>(), expected.map(|(name, _)| name).iter().collect::<Vec<_>>());
    for (name, why) in expected {
        assert!(failed[name].len() == 1 && failed[name][0].contains(why), "{name}: {:?}", failed[name]);
    }
    assert_eq!((home.found("53589"), home.found("79323")), (1, 1));
    let shown = home.run(["search", "--json", ""]).json();
    let states = shown["items"].as_array().unwrap().iter().map(|item| (item["name"].clone(), item["state"].clone()));
    let states: BTreeMap<_, _> = states.map(|(name, state)| (name.to_string(), state)).collect();
    assert_eq!(states["\"a cut.png\""], "problem");
    assert_eq!(states["\"g good.png\""], "text");
}

/// Only Linux lets a file have such a name.
#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_are_names_all_the_same() {
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new();
    let odd = |name: &[u8]| home.path("in").join(std::ffi::OsStr::from_bytes(name));
    std::fs::create_dir(home.path("in")).unwrap();
    std::fs::write(odd(b"good \xff.png"), png(&number(27_961))).unwrap();
    std::fs::write(odd(b"bad \xff.png"), b"no image").unwrap();
    std::fs::write(odd(b"raw:ff.png"), png(&number(64_085))).unwrap();
    // In a folder, and by itself.
    home.run(["add", "--wait", "in"]).with(2).complains(&["bad ", "not an image"]);
    home.run(["add".as_ref(), "--wait".as_ref(), odd(b"good \xff.png").as_os_str()]).with(0);
    assert_eq!((home.found("27961"), home.found("64085")), (1, 1));
    assert_eq!(home.library().iter().filter(|file| file.ends_with(".png")).count(), 2);
}

#[cfg(unix)]
#[test]
fn a_pipe_that_nobody_writes_to_is_not_waited_for() {
    let home = Home::new();
    home.write("good.png", png(&number(31_472)));
    assert!(std::process::Command::new("mkfifo").arg(home.path("pipe.png")).status().unwrap().success());
    home.run(["add", "--wait", "pipe.png", "good.png"]).with(2).complains(&["pipe.png: ", "a pipe or a device"]);
    assert_eq!(home.found("31472"), 1);
}

#[test]
fn a_file_that_vanishes_fails_alone_and_can_be_put_back() {
    let home = Home::new();
    let good = home.write("in/a.png", png(&number(84_626)));
    home.write("in/b.png", png(&number(43_383)));
    home.run(["add", "in/a.png", "in/b.png"]).with(0);
    std::fs::rename(&good, home.path("elsewhere.png")).unwrap();
    home.run(["run", "--until-idle"]).with(0);
    let failed = home.jobs(&["failed"]);
    assert_eq!(failed.len(), 1, "{failed:?}");
    let error = &failed[0]["error"];
    assert!(error["message"].as_str().unwrap().ends_with("in/a.png: the file is not there"), "{error}");
    assert!(error["hint"].as_str().unwrap().contains("try again"), "{error}");
    assert_eq!((home.found("84626"), home.found("43383")), (0, 1));

    std::fs::rename(home.path("elsewhere.png"), good).unwrap();
    home.run(["jobs", "retry", "--all"]).with(0);
    home.run(["run", "--until-idle"]).with(0);
    assert_eq!((home.found("84626"), home.jobs(&["failed"]).len()), (1, 0));
}

#[test]
fn a_running_service_takes_up_what_another_process_adds_at_once() {
    let home = Home::new();
    let serving = home.serve();
    for value in [50_288, 41_971] {
        home.write(&format!("{value}.png"), png(&number(value)));
        let said = home.run(["add", &format!("{value}.png")]).with(0);
        assert_eq!(said.err, "", "there is a runner: nothing to say");
        wait_for("it is read", || (home.found(&value.to_string()) == 1).then_some(()));
    }
    for import in home.jobs(&["succeeded"]).iter().filter(|job| job["kind"] == "import") {
        let waited = import["started_at"].as_i64().unwrap() - import["created_at"].as_i64().unwrap();
        // Without the signal the runner looks once a minute.
        assert!(waited < 10_000, "{waited} ms: {import}");
    }
    home.write("third.png", png(&number(69_399)));
    home.run(["add", "--wait", "third.png"]).with(0);
    assert_eq!(home.found("69399"), 1, "a second process follows the first until the group ends");
    let log = std::fs::read_to_string(home.path("service.log")).unwrap();
    assert_eq!(log.matches("running jobs").count(), 1, "it did not take the work over: {log}");
    #[cfg(unix)]
    assert_eq!(serving.stop(), 0);
    #[cfg(not(unix))]
    drop(serving);
}
