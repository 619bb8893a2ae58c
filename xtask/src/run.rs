//! `cargo xtask run`: the window, or the command line where there is no display or a verb is given.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{run as run_command, say};
use crate::{build, places, setup};

/// Sets up, builds and starts Legible.
pub fn run(args: &[OsString]) -> Result<()> {
    if is_for_cli(args, Path::exists) {
        setup::for_cli()?;
        say("run", "legible");
        return run_command(Command::new(build::program("legible")?).args(args));
    }
    if !has_display() {
        say("run", "there is no display (DISPLAY and WAYLAND_DISPLAY are not set), so no window can open");
        if !args.is_empty() {
            bail!(
                "these arguments are for the window. Start it within a desktop session, or give a verb: cargo xtask run -- --help"
            );
        }
        setup::for_cli()?;
        return read_samples();
    }
    setup::for_window()?;
    say("run", "legible-desktop");
    run_command(Command::new(build::program("legible-desktop")?).args(args))
}

/// Whether these arguments are for the command line program: a verb, or a question that it answers.
fn is_for_cli(args: &[OsString], exists: impl Fn(&Path) -> bool) -> bool {
    let Some(first) = args.first() else { return false };
    match first.to_str() {
        Some("--help" | "-h" | "--version" | "-V") => true,
        Some(option) if option.starts_with('-') => false,
        _ => !exists(Path::new(first)),
    }
}

fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

fn read_samples() -> Result<()> {
    let dir = places::root()?.join("tests/samples");
    let entries = fs::read_dir(&dir).with_context(|| format!("could not read {}", dir.display()))?;
    let mut images: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "png"))
        .collect();
    images.sort();
    if images.is_empty() {
        bail!("there is no sample image in {}", dir.display());
    }
    say("run", format!("reading the {} sample images with `legible read`", images.len()));
    run_command(Command::new(build::program("legible")?).arg("read").args(images))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(args: &[&str], expected: bool) {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        assert_eq!(is_for_cli(&args, |path| path == Path::new("photo.png")), expected, "{args:?}");
    }

    #[test]
    fn verbs_go_to_the_command_line_and_the_rest_to_the_window() {
        check(&["read", "photo.png"], true);
        check(&["--help"], true);
        check(&["-V"], true);
        check(&[], false);
        check(&["--hidden"], false);
        check(&["photo.png"], false);
    }
}
