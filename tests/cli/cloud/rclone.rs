//! A remote of the person's own rclone from the command line, by the real program.

use super::between;
use crate::program::Home;
use crate::program::draw::{number, png};
use std::path::PathBuf;

/// The rclone that `cargo xtask test` sets up.
fn rclone() -> Option<PathBuf> {
    let venv = PathBuf::from(std::env::var_os("LEGIBLE_TEST_SERVERS").filter(|dir| !dir.is_empty())?);
    let programs = venv.join(if cfg!(windows) { "Scripts" } else { "bin" });
    Some(programs.join(format!("rclone{}", std::env::consts::EXE_SUFFIX))).filter(|program| program.is_file())
}

#[test]
fn a_remote_of_rclone_is_kept_in_step() {
    let Some(program) = rclone() else {
        return eprintln!("SKIPPED: LEGIBLE_TEST_SERVERS names no folder with an rclone; `cargo xtask test` does");
    };
    let folder = tempfile::tempdir().unwrap();
    let between = between(&folder);
    let config = format!("[mybox]\ntype = alias\nremote = {}\n", between.display());
    let joined = |remote: &str| {
        let home = Home::new();
        let config = home.write("rclone.conf", &config);
        let (config, program) = (config.to_str().unwrap().to_owned(), program.to_str().unwrap().to_owned());
        let words = ["cloud", "add", "--rclone", remote, "--rclone-config", &config, "--rclone-program", &program];
        let said = home.run(words.iter().chain(&["--json"]));
        (home, said)
    };
    joined("nope:x").1.with(1).complains(&["nope"]);
    let ((desk, _), (lap, added)) = (joined("mybox:收"), joined("mybox:收"));
    let sentence = added.with(0).json()["sentence"].as_str().unwrap().to_owned();
    assert!(sentence.contains("mybox:收 of rclone"), "{sentence}");
    desk.write("in/a.png", png(&number(80_642)));
    desk.run(["add", "--wait", "in/a.png"]).with(0);
    let sent = desk.run(["cloud", "sync", "--wait"]).with(0).out;
    assert!(sent.contains("2 went up") && between.join("收").is_dir(), "{sent}");
    let came = lap.run(["cloud", "sync", "--wait"]).with(0).out;
    assert!(came.contains("2 came down"), "{came}");
    assert_eq!(lap.found("80642"), 1);
}
