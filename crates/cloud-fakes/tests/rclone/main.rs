//! The fakes as rclone sees them, unmodified: what a client that knows the real providers can do, it can do here.
//! `cargo xtask test` sets rclone up; without it these tests say that they are skipped.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod run;

use legible_cloud_fakes::{Clouds, OneDrive};
use libtest_mimic::{Arguments, Failed, Trial};
use run::{Disk, Rclone, Remotes};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A name without anything special, of a file that is there in every test.
const PLAIN: &str = "plain.txt";
/// More than a few pieces of any provider.
const LARGE: usize = (3 << 20) + 17;

fn main() -> ExitCode {
    let trials = vec![
        trial("drive_is_one_for_rclone", |rclone| {
            let clouds = Clouds::start().unwrap();
            let settings = [("type", "drive"), ("chunk_size", "256Ki"), ("upload_cutoff", "256Ki")];
            let mut remote = rclone.remote(&clouds, &settings, &clouds.drive.grant());
            serves(&clouds, &mut remote, &Disk::from(&clouds.drive));
            assert!(clouds.drive.log().iter().any(|entry| entry.line.contains("upload_id")), "a session was used");
        }),
        trial("dropbox_is_one_for_rclone", |rclone| {
            let clouds = Clouds::start().unwrap();
            let settings = [("type", "dropbox"), ("chunk_size", "1M")];
            let mut remote = rclone.remote(&clouds, &settings, &clouds.dropbox.grant());
            serves(&clouds, &mut remote, &Disk::from(&clouds.dropbox));
            assert!(clouds.dropbox.log().iter().any(|entry| entry.line.contains("append_v2")), "a session was used");
        }),
        trial("onedrive_is_one_for_rclone", |rclone| {
            let clouds = Clouds::start().unwrap();
            let settings = [("type", "onedrive"), ("chunk_size", "320Ki"), ("upload_cutoff", "320Ki")];
            let drive = [("drive_id", OneDrive::DRIVE), ("drive_type", "personal"), ("delta", "true")];
            let mut remote = rclone.remote(&clouds, &[settings.as_slice(), &drive].concat(), &clouds.onedrive.grant());
            serves(&clouds, &mut remote, &Disk::from(&clouds.onedrive));
            assert!(clouds.onedrive.log().iter().any(|entry| entry.line.contains("/upload/")), "a session was used");
            assert!(clouds.onedrive.log().iter().any(|entry| entry.line.contains("/delta")), "delta was used");
        }),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A test, if rclone is there.
fn trial(name: &'static str, run: fn(&Path)) -> Trial {
    let programs = std::env::var_os("LEGIBLE_TEST_SERVERS").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    match programs {
        Some(dir) => Trial::test(name, move || -> Result<(), Failed> {
            run(&dir.join(if cfg!(windows) { "Scripts/rclone.exe" } else { "bin/rclone" }));
            Ok(())
        }),
        None => {
            eprintln!("SKIPPED {name}: LEGIBLE_TEST_SERVERS is not set; `cargo xtask test` sets it up");
            Trial::test(name, || Ok(())).with_ignored_flag(true)
        }
    }
}

/// What all tests put up: names that are hard, an empty file, one that goes up in pieces.
fn contents() -> BTreeMap<String, Vec<u8>> {
    let large = (0..LARGE).map(|at| (at * 31 % 251) as u8).collect();
    let mut contents = BTreeMap::from([
        (PLAIN.to_owned(), b"plain".to_vec()),
        ("empty.txt".to_owned(), Vec::new()),
        ("large.bin".to_owned(), large),
        ("\u{4e2d}\u{6587}/\u{6536}\u{636e} 2026.png".to_owned(), b"receipt".to_vec()),
        ("with spaces/a & b + c%20#1.txt".to_owned(), b"spaces".to_vec()),
        ("deep/er/and/\u{e9}t\u{e9} \u{1f600}.txt".to_owned(), b"letters".to_vec()),
    ]);
    if !cfg!(windows) {
        contents.insert("it's \"quoted\".txt".to_owned(), b"quotes".to_vec());
    }
    contents
}

/// Everything that is held against a fake.
fn serves(clouds: &Clouds, remote: &mut Rclone<'_>, disk: &Disk) {
    let contents = contents();
    let (here, back) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    run::write(here.path(), &contents);
    let paths = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    let (local, fetched) = (here.path().to_str().unwrap(), back.path().to_str().unwrap());

    remote.run(&["copy", local, "fake:"]);
    let sizes = |files: &BTreeMap<String, Vec<u8>>| {
        let mut sizes: Vec<usize> = files.values().map(Vec::len).collect();
        sizes.sort_unstable();
        sizes
    };
    assert_eq!(sizes(&(disk.files)()), sizes(&contents), "the fake has what went up");
    assert_eq!((disk.files)().get(PLAIN), contents.get(PLAIN));
    let mut listed: Vec<String> =
        remote.run(&["lsf", "-R", "--files-only", "fake:"]).lines().map(str::to_owned).collect();
    listed.sort();
    assert_eq!(listed, paths(&contents));

    let expected: String = paths(&contents).iter().map(|path| format!("= {path}\n")).collect();
    let mut check: Vec<String> =
        remote.run(&["check", "--combined", "-", local, "fake:"]).lines().map(str::to_owned).collect();
    check.sort();
    assert_eq!(check.join("\n") + "\n", expected);

    // By hash, so that the check is worth something: as many bytes, but others.
    (disk.put)(PLAIN, b"pIain");
    let (came, said) = remote.try_run(&["check", "--combined", "-", local, "fake:"]);
    assert!(!came && said.contains(&format!("* {PLAIN}\n")), "{said}");
    (disk.put)(PLAIN, b"plain");

    remote.run(&["copy", "fake:", fetched]);
    assert_eq!(run::read(back.path()), contents);

    // Over what is there, and all of it seen by whatever the provider has for a list of everything.
    run::write(here.path(), &BTreeMap::from([(PLAIN.to_owned(), b"another plain".to_vec())]));
    remote.run(&["copy", local, "fake:"]);
    assert_eq!((disk.files)().get(PLAIN).unwrap(), b"another plain");
    let mut listed = remote.run(&["lsf", "-R", "--fast-list", "--files-only", "fake:"]);
    assert_eq!(listed.lines().count(), contents.len(), "{listed}");
    listed = remote.run(&["about", "--json", "fake:"]);
    let used: usize = (disk.files)().values().map(Vec::len).sum();
    assert!(listed.contains(&format!("\"used\": {used}")), "{listed}");
    remote.run(&["moveto", "fake:large.bin", "fake:deep/moved.bin"]);
    assert_eq!((disk.files)().get("deep/moved.bin"), contents.get("large.bin"));
    remote.run(&["deletefile", "fake:with spaces/a & b + c%20#1.txt"]);
    remote.run(&["purge", "fake:deep"]);
    let left = contents.len() - 3;
    assert_eq!((disk.files)().len(), left);
    assert_eq!(remote.run(&["lsf", "-R", "--files-only", "fake:"]).lines().count(), left);
    remote.token_is_out_of_date();
    assert_eq!(remote.run(&["cat", &format!("fake:{PLAIN}")]), "another plain");
    assert_eq!(clouds.refused(), Vec::<String>::new(), "rclone asked only the fakes");
}
