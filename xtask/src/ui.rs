//! The web UI: its packages, its build, its checks. Skips what is newer than what it is made from.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::command::{run, say};
use crate::node::Node;
use crate::places;

/// What the build reads, relative to `ui/`.
const BUILD_INPUTS: &[&str] = &[
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "svelte.config.js",
    "tsconfig.json",
];

/// Installs the UI's packages and builds it into `ui/dist`, from where it is compiled into the app.
pub fn build(node: &Node) -> Result<()> {
    let ui = places::root()?.join("ui");
    install(node, &ui)?;
    match (newest(&ui, BUILD_INPUTS), modified(&ui.join("dist/index.html"))) {
        (Some(inputs), Some(built)) if built >= inputs => say("ui", "skipped, ui/dist is newer than its sources"),
        _ => {
            say("ui", "building ui/dist");
            run(node.npm(&ui)?.args(["run", "--silent", "build"]))?;
        }
    }
    Ok(())
}

/// Format, types, lint and unit tests of the UI.
pub fn check(node: &Node) -> Result<()> {
    let ui = places::root()?.join("ui");
    for script in ["format:check", "check", "lint", "test"] {
        say("ui", format!("npm run {script}"));
        run(node.npm(&ui)?.args(["run", "--silent", "--if-present", script]))?;
    }
    Ok(())
}

fn install(node: &Node, ui: &Path) -> Result<()> {
    // npm writes this file last, so an interrupted installation does not look like a whole one.
    let done = modified(&ui.join("node_modules/.package-lock.json"));
    if done.is_some_and(|done| newest(ui, &["package.json", "package-lock.json"]).is_some_and(|wanted| done >= wanted))
    {
        say("npm", "skipped, ui/node_modules is newer than package-lock.json");
        return Ok(());
    }
    say("npm", "installing the packages of ui/package-lock.json");
    let ci = node.npm(ui)?.args(["ci", "--no-audit", "--no-fund"]).output().context("could not start npm")?;
    if ci.status.success() {
        return Ok(());
    }
    // A lock file made where the registry lacks the packages of other systems is not whole, and `npm ci` refuses it.
    let errors = String::from_utf8_lossy(&ci.stderr).into_owned();
    let reason =
        errors.lines().filter_map(|line| line.strip_prefix("npm error ")).find(|line| !line.starts_with("code "));
    say(
        "npm",
        format!(
            "`npm ci` failed, trying `npm install` with the same lock file ({})",
            reason.unwrap_or("no reason given")
        ),
    );
    run(node.npm(ui)?.args(["install", "--no-save", "--no-audit", "--no-fund"]))
}

/// The newest time below these files and directories; directories count too, so that a removed file shows.
fn newest(base: &Path, names: &[&str]) -> Option<SystemTime> {
    let mut newest = None;
    let mut todo: Vec<PathBuf> = names.iter().map(|name| base.join(name)).collect();
    while let Some(path) = todo.pop() {
        newest = newest.max(modified(&path));
        if let Ok(entries) = fs::read_dir(&path) {
            todo.extend(entries.filter_map(|entry| Some(entry.ok()?.path())));
        }
    }
    newest
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}
