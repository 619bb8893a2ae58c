//! The builds. All of them serve the UI from inside the app (`custom-protocol`), so that tests see what users get.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::command::{cargo, executable, run, say};
use crate::places;

/// Feature flags of every build of the workspace.
pub const FEATURES: &[&str] = &["--features", "legible-desktop/custom-protocol"];

/// The command line program, and nothing that needs a display to run or GTK to build.
pub fn cli() -> Result<()> {
    say("build", "legible (the command line program)");
    run(build().args(["--package", "legible-cli"]))
}

/// Both programs.
pub fn programs() -> Result<()> {
    say("build", "legible and legible-desktop");
    run(build().args(["--package", "legible-cli", "--package", "legible-desktop", "--bins"]).args(FEATURES))
}

/// Everything at once, tests included: one set of features for all, so that nothing is compiled twice.
pub fn everything() -> Result<()> {
    say("build", "the whole workspace with its tests");
    run(build().args(["--workspace", "--all-targets"]).args(FEATURES))
}

/// The command line program as users get it, optimised; returns its path.
pub fn release_cli() -> Result<PathBuf> {
    say("build", "legible, release build");
    run(build().args(["--release", "--package", "legible-cli"]))?;
    Ok(executable(&places::target()?.join("release"), "legible"))
}

/// Path of a program of the development build.
pub fn program(name: &str) -> Result<PathBuf> {
    Ok(executable(&places::target()?.join("debug"), name))
}

fn build() -> Command {
    let mut command = cargo();
    command.arg("build");
    command
}
