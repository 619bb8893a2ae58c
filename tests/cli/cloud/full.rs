//! A disk that is full, on the storage or here: it is told, what moved is whole, and the rest moves once there is room.

use super::{joined, walkdir};
use crate::disk::{Mounted, with_noise};
use crate::program::draw::{number, png};
use crate::program::{Home, wait_for};
use std::path::Path;

/// How many images there are, and how large each is: on a full disk some of them have room.
const IMAGES: u32 = 6;
const BYTES: usize = 30_000;

/// Brings it in step until its problem is of this code, then makes room and does it again.
fn goes_on_once_there_is_room(home: &Home, id: &str, disk: &Mounted, ballast: &Path, code: &str) {
    let _serving = home.serve();
    home.run(["cloud", "sync", id]).with(0);
    let status = || home.run(["cloud", "status", id, "--json"]).with(0).json();
    let told = wait_for("the full disk is told", || {
        let problem = status()["problem"]["error"].clone();
        (problem["code"] == code).then(|| problem["message"].as_str().unwrap().to_lowercase())
    });
    assert!(["full", "no space", "free some space"].iter().any(|words| told.contains(words)), "{told}");
    std::fs::remove_file(ballast).unwrap();
    disk.again("size=4m");
    home.run(["cloud", "sync", id]).with(0);
    // What came is the library's at the end of the run, which is stopped with who serves.
    wait_for("all of it is in step", || {
        let now = status();
        (now["in_step"] == 2 * u64::from(IMAGES) && now["job"].is_null()).then_some(())
    });
}

#[test]
fn a_full_disk_on_either_side_is_told_and_the_rest_moves_once_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Mounted::at(folder.path().join("disk"), "size=256k") else { return };
    let ballast = disk.0.join("ballast");
    let there = disk.0.join("Legible");
    std::fs::create_dir(&there).unwrap();
    let (desk, id) = joined(&there, &[]);
    for value in 0..IMAGES {
        desk.write(&format!("in/{value}.png"), with_noise(&png(&number(36_000 + value)), BYTES));
    }
    desk.run(["add", "--wait", "in"]).with(0);
    std::fs::write(&ballast, vec![0; 120_000]).unwrap();
    goes_on_once_there_is_room(&desk, &id, &disk, &ballast, "network");
    assert_eq!(walkdir(&there), 2 * IMAGES as usize);

    let home = Home::new();
    let Some(library) = Mounted::at(home.path("library"), "size=256k") else { return };
    let ballast = library.0.join(".ballast");
    std::fs::write(&ballast, vec![0; 120_000]).unwrap();
    let added = home.run(["cloud", "add", there.to_str().unwrap(), "--json"]).with(0);
    goes_on_once_there_is_room(&home, &added.json()["id"].to_string(), &library, &ballast, "disk_full");
    wait_for("all of it is found", || (home.found("") == u64::from(IMAGES)).then_some(()));
}
