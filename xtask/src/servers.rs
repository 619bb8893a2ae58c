//! Real servers for the tests of cloud storages: S3, WebDAV and rclone, in an environment of Python of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{probe, run, say};
use crate::places;

/// What is installed, each at one version, with all that these need: a server that changes would change what is tested.
const REQUIREMENTS: &str = include_str!("servers.txt");
/// Says that an installation came to its end, and of what.
const DONE: &str = "legible-installed.txt";

/// Installs the servers into the cache unless they are there, and returns their environment. Where it cannot be done the tests
/// that need it say that they were skipped.
pub fn ensure() -> Result<Option<PathBuf>> {
    let root = places::cache()?.join("test-servers");
    if fs::read_to_string(root.join(DONE)).is_ok_and(|done| done == REQUIREMENTS) {
        say("servers", format!("skipped, those for tests are in {}", root.display()));
        return Ok(Some(root));
    }
    let Some(python) = python() else {
        say("servers", "SKIPPED: there is no Python 3; storages are tested without S3 and WebDAV");
        return Ok(None);
    };
    say("servers", format!("installing moto, wsgidav and rclone into {}", root.display()));
    match install(python, &root) {
        Ok(()) => Ok(Some(root)),
        Err(error) => {
            say("servers", format!("SKIPPED: {error:#}; storages are tested without S3 and WebDAV"));
            Ok(None)
        }
    }
}

fn python() -> Option<&'static str> {
    ["python3", "python"]
        .into_iter()
        .find(|python| probe(python, &["--version"]).is_some_and(|version| version.starts_with("Python 3.")))
}

fn install(python: &str, root: &Path) -> Result<()> {
    run(Command::new(python).args(["-m", "venv", "--clear"]).arg(root))?;
    let requirements = root.join("requirements.txt");
    fs::write(&requirements, REQUIREMENTS).with_context(|| format!("could not write {}", requirements.display()))?;
    let own = if cfg!(windows) { root.join("Scripts/python.exe") } else { root.join("bin/python") };
    run(Command::new(own).args(["-m", "pip", "install", "--quiet", "--no-input", "--requirement"]).arg(&requirements))?;
    fs::write(root.join(DONE), REQUIREMENTS).context("could not note that the servers are installed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_has_one_version() {
        let mut lines = REQUIREMENTS.lines().filter(|line| !line.starts_with('#'));
        assert!(lines.clone().any(|line| line.starts_with("moto==")));
        assert!(
            lines.all(|line| line
                .split_once("==")
                .is_some_and(|(name, version)| !name.is_empty() && !version.is_empty()))
        );
    }
}
