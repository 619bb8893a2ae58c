//! A library folder that cannot be used, and a disk that is full.

use crate::program::draw::{number, png};
use crate::program::{Home, wait_for};
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn a_library_folder_that_is_a_file_is_refused_at_once() {
    let home = Home::new();
    let file = home.write("a file", b"mine");
    let folder = file.join("library");
    home.write("config/settings.toml", format!("library_folder = {:?}", folder.to_str().unwrap()));
    home.write("n.png", png(&number(1)));
    for args in [&["add", "n.png"][..], &["add", "--wait", "n.png"]] {
        home.run(args).with(1).complains(&["is a file, not a folder", "choose another library folder"]);
    }
    assert!(home.jobs(&[]).is_empty());
    home.run(["doctor"]).with(1);
    assert_eq!(std::fs::read(file).unwrap(), b"mine");
}

/// A small file system in memory, taken down when dropped. `None` where mounting is not allowed, said loudly.
pub struct Mounted(pub PathBuf);

impl Mounted {
    /// Mounts it with these options of `mount`.
    pub fn at(path: PathBuf, options: &str) -> Option<Self> {
        std::fs::create_dir_all(&path).unwrap();
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", options, "legible-test"]).arg(&path);
        if command.output().is_ok_and(|output| output.status.success()) {
            return Some(Mounted(path));
        }
        eprintln!("SKIPPED: this user may not mount a tmpfs, so full and read-only disks are not tested here");
        None
    }

    /// Mounts it anew with other options.
    pub fn again(&self, options: &str) {
        let mut command = Command::new("mount");
        assert!(command.args(["-o", &format!("remount,{options}")]).arg(&self.0).status().unwrap().success());
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Lazily: a process that is being killed may still hold it.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_read_only_library_folder_is_told_and_works_once_it_can_be_written() {
    let home = Home::new();
    let Some(disk) = Mounted::at(home.path("library"), "ro,size=4m") else { return };
    home.write("n.png", png(&number(80_865)));
    home.run(["add", "n.png"]).with(1).complains(&["cannot be written to", "choose another library folder"]);
    disk.again("rw");
    home.run(["add", "--wait", "n.png"]).with(0);
    assert_eq!(home.found("80865"), 1);

    // What is in the library can be looked at all the same.
    disk.again("ro");
    assert_eq!(home.found("80865"), 1);
    home.run(["doctor"]).with(1);
}

#[test]
fn a_full_disk_is_told_and_the_rest_comes_in_once_there_is_room() {
    let home = Home::new();
    let Some(disk) = Mounted::at(home.path("library"), "size=256k") else { return };
    let ballast = disk.0.join("ballast");
    for value in 0..6 {
        home.write(&format!("in/{value}.png"), with_noise(&png(&number(36_000 + value)), 30_000));
    }
    std::fs::write(&ballast, vec![0; 120_000]).unwrap();
    let _serving = home.serve();
    home.run(["add", "in"]).with(0);
    let told = wait_for("the full disk is told", || {
        home.jobs(&["enqueued"]).into_iter().map(|job| job["error"].clone()).find(|error| error["code"] == "disk_full")
    });
    assert!(told["message"].as_str().unwrap().contains("free some space"), "{told}");
    assert!(no_half_files(&disk.0));

    std::fs::remove_file(ballast).unwrap();
    disk.again("size=4m");
    home.settle();
    assert!(home.jobs(&["failed", "cancelled"]).is_empty(), "{:?}", home.jobs(&["failed"]));
    assert_eq!((home.found(""), home.library().len()), (6, 12));
    assert_eq!((home.found("36000"), home.found("36005")), (1, 1));
}

/// The PNG with a text chunk of noise before its end, so that it takes up room on the disk.
pub fn with_noise(png: &[u8], bytes: usize) -> Vec<u8> {
    let end = png.len() - 12;
    let mut grown = png[..end].to_vec();
    crate::program::draw::chunk(&mut grown, b"noIz", &vec![0x5A; bytes]);
    grown.extend(&png[end..]);
    grown
}

/// Whether all images are whole and no temporary file is left.
fn no_half_files(library: &Path) -> bool {
    let months = std::fs::read_dir(library).unwrap().flatten().filter(|entry| entry.path().is_dir());
    let years = months.flat_map(|year| std::fs::read_dir(year.path()).unwrap().flatten());
    let files = years.flat_map(|month| std::fs::read_dir(month.path()).unwrap().flatten());
    files.map(|file| file.path()).all(|file| {
        let whole = file.extension().is_some_and(|ending| ending == "json")
            || std::fs::read(&file).is_ok_and(|bytes| bytes.ends_with(b"IEND\xAE\x42\x60\x82"));
        whole && !file.file_name().unwrap().to_str().unwrap().starts_with('.')
    })
}
