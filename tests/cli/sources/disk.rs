//! Watched folders and disks that cannot be used: what can be read is, the rest is told and comes later.
#![cfg(target_os = "linux")]

use super::problem;
use crate::disk::{Mounted, with_noise};
use crate::program::draw::{number, png, speck};
use crate::program::{Home, Said, said, wait_for};
use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::Command;

#[test]
fn a_full_disk_is_told_on_the_source_and_the_rest_comes_once_there_is_room() {
    let home = Home::new();
    let Some(disk) = Mounted::at(home.path("library"), "size=256k") else { return };
    let id = home.watch("in", &[]);
    for value in 0..6 {
        home.write(&format!("in/{value}.png"), with_noise(&png(&number(36_000 + value)), 30_000));
    }
    std::fs::write(disk.0.join("ballast"), vec![0; 120_000]).unwrap();
    let _serving = home.serve();
    let told = wait_for("the full disk is told", || Some(problem(&home, &id)).filter(|problem| !problem.is_empty()));
    assert!(told.contains("free some space"), "{told}");
    std::fs::remove_file(disk.0.join("ballast")).unwrap();
    disk.again("size=4m");
    wait_for("all came in and were read", || {
        (home.found("36000") + home.found("36005") == 2 && home.images() == 6).then_some(())
    });
    wait_for("nothing is wrong any more", || problem(&home, &id).is_empty().then_some(()));
    assert!(home.kept().iter().all(|kept| kept.reads <= 1));
}

#[test]
fn a_watched_folder_that_may_not_be_written_is_read_all_the_same() {
    let home = Home::new();
    let Some(disk) = Mounted::at(home.path("in"), "size=1m") else { return };
    std::fs::write(disk.0.join("a.png"), png(&number(47_474))).unwrap();
    disk.again("ro");
    let id = home.watch("in", &["--move-to", "done"]);
    home.look(&id).with(0);
    home.run(["run", "--until-idle"]);
    assert_eq!(home.found("47474"), 1);
    let told = home.jobs(&["enqueued", "failed"]).into_iter().find(|job| job["kind"] == "move-away").unwrap();
    assert!(told["error"]["message"].as_str().unwrap().contains("a.png"), "the move is told: {told}");
    assert!(problem(&home, &id).contains("could not be moved"), "{}", problem(&home, &id));
    assert!(home.path("in/a.png").exists());
}

#[test]
fn a_locked_folder_is_told_and_hides_nothing_else() {
    let mut home = Home::new();
    home.without_models();
    for (name, value) in [("in/a.png", 1), ("in/locked/b.png", 2), ("in/z.png", 3)] {
        home.write(name, png(&speck(value)));
    }
    let Some(run) = as_nobody(&home) else { return };
    let id = run(&["sources", "add", "folder", "in", "--quiet", "0", "--json"]).with(0).json()["id"].to_string();
    assert_eq!(run(&["sources", "run", "--wait", &id]).with(0).out, format!("{id}\t3 new images\n"));
    let locked = home.path("in/locked");
    set_permissions(&locked, Permissions::from_mode(0o000)).unwrap();
    let said = run(&["sources", "run", "--wait", &id]).with(0);
    assert!(said.out.contains("could not be used: ") && said.out.contains("in/locked"), "{}", said.out);
    let gone = "SELECT count(*) FROM source_file WHERE missing_since IS NOT NULL";
    assert_eq!((home.images(), home.count(gone)), (3, 0), "what nobody could look for is not gone");
    let tested = run(&["sources", "test", &id]).with(0);
    assert!(tested.err.contains("locked"), "{tested:?}");

    // A file that may not be read comes once it may, though nothing else about it changes.
    set_permissions(&locked, Permissions::from_mode(0o755)).unwrap();
    let file = home.write("in/c.png", png(&speck(4)));
    chown(&file, Some(0), Some(0)).unwrap();
    set_permissions(&file, Permissions::from_mode(0o000)).unwrap();
    let said = run(&["sources", "run", "--wait", &id]).with(0);
    assert!(said.out.contains("c.png"), "{}", said.out);
    set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    assert_eq!(run(&["sources", "run", "--wait", &id]).with(0).out, format!("{id}\t1 new image\n"));
}

/// Runs the program as nobody in this home, since root may read everything. `None`, said loudly, where that cannot be.
fn as_nobody(home: &Home) -> Option<impl Fn(&[&str]) -> Said> {
    const NOBODY: u32 = 65_534;
    let is_root = std::fs::metadata(home.path("")).unwrap().uid() == 0;
    if is_root {
        let chowned = Command::new("chown").args(["-R", &format!("{NOBODY}:{NOBODY}")]).arg(home.path("")).status();
        assert!(chowned.unwrap().success());
    }
    let run = move |args: &[&str]| {
        let mut command = home.command(args);
        if is_root { said(command.uid(NOBODY).gid(NOBODY)) } else { said(&mut command) }
    };
    let may_run = !is_root || {
        let mut command = home.command(["--version"]);
        command.uid(NOBODY).gid(NOBODY).output().is_ok_and(|output| output.status.success())
    };
    if !may_run {
        eprintln!("SKIPPED: nobody may not run the program where it lies, so locked folders are not tested here");
        return None;
    }
    Some(run)
}
