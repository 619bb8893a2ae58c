//! The builds. All of them serve the UI from inside the app (`custom-protocol`), so that tests see what users get.
//!
//! Cargo compiles a crate once for each set of features, and what is selected decides that set. So every build here
//! selects the whole workspace and names an example, which counts the features that tests ask for: `run`, `test` and
//! `bindings` then share all that they compile.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::command::{cargo, executable, run, say};
use crate::places;

/// Feature flags of every build of the workspace.
pub const FEATURES: &[&str] = &["--features", "legible-desktop/custom-protocol"];

/// The command line program, and nothing that needs GTK to build.
pub fn cli() -> Result<()> {
    say("build", "legible (the command line program)");
    run(build().args(["--bin", "legible", "--example", "bindings"]))
}

/// Both programs.
pub fn programs() -> Result<()> {
    say("build", "legible and legible-desktop");
    run(build().args(["--bin", "legible", "--bin", "legible-desktop", "--example", "bindings"]))
}

/// Everything at once, tests included.
pub fn everything() -> Result<()> {
    say("build", "the whole workspace with its tests");
    run(build().arg("--all-targets"))
}

/// The program that prints the TypeScript bindings; returns its path.
pub fn bindings() -> Result<PathBuf> {
    run(build().args(["--example", "bindings"]))?;
    Ok(executable(&places::target()?.join("debug/examples"), "bindings"))
}

/// The command line program as users get it, optimised; returns its path.
pub fn release_cli() -> Result<PathBuf> {
    say("build", "legible, release build");
    run(cargo().args(["build", "--release", "--package", "legible-cli"]))?;
    Ok(executable(&places::target()?.join("release"), "legible"))
}

/// Path of a program of the development build.
pub fn program(name: &str) -> Result<PathBuf> {
    Ok(executable(&places::target()?.join("debug"), name))
}

fn build() -> Command {
    let mut command = cargo();
    command.args(["build", "--workspace"]).args(FEATURES);
    command
}
