//! Real servers for the tests of cloud storages: S3, WebDAV and rclone, in an environment of Python of their own, and a provider that
//! people sign in to, beside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{probe, run, say};
use crate::node::Node;
use crate::places;

/// What is installed, each at one version, with all that these need: a server that changes would change what is tested.
const REQUIREMENTS: &str = include_str!("servers.txt");
/// Says that an installation came to its end, and of what.
const DONE: &str = "legible-installed.txt";

/// The packages of the provider, with their versions: files of `crates/cloud/tests/oauth`.
const PROVIDER: &[&str] = &["package.json", "package-lock.json", ".npmrc"];

/// Installs the servers into the cache unless they are there, and returns their folder. Where it cannot be done the tests
/// that need it say that they were skipped.
pub fn ensure(node: &Node) -> Result<Option<PathBuf>> {
    let root = places::cache()?.join("test-servers");
    let is_there = [ensure_storages(&root), ensure_provider(node, &root)?];
    Ok(is_there.contains(&true).then_some(root))
}

/// S3, WebDAV and rclone. Where they are made anew, all that is in the folder goes.
fn ensure_storages(root: &Path) -> bool {
    if fs::read_to_string(root.join(DONE)).is_ok_and(|done| done == REQUIREMENTS) {
        say("servers", format!("skipped, those for tests are in {}", root.display()));
        return true;
    }
    let Some(python) = python() else {
        say("servers", "SKIPPED: there is no Python 3; storages are tested without S3 and WebDAV");
        return false;
    };
    say("servers", format!("installing moto, wsgidav and rclone into {}", root.display()));
    let installed = install(python, root);
    if let Err(error) = &installed {
        say("servers", format!("SKIPPED: {error:#}; storages are tested without S3 and WebDAV"));
    }
    installed.is_ok()
}

/// npm oidc-provider, in a folder of its own.
fn ensure_provider(node: &Node, root: &Path) -> Result<bool> {
    let (from, into) = (places::root()?.join("crates/cloud/tests/oauth"), root.join("oauth"));
    let lock = fs::read_to_string(from.join("package-lock.json")).context("the provider's packages are not listed")?;
    if fs::read_to_string(into.join(DONE)).is_ok_and(|done| done == lock) {
        say("servers", format!("skipped, oidc-provider is in {}", into.display()));
        return Ok(true);
    }
    say("servers", format!("installing oidc-provider into {}", into.display()));
    let installed = install_provider(node, &from, &into, &lock);
    if let Err(error) = &installed {
        say("servers", format!("SKIPPED: {error:#}; accounts are tested without a real provider"));
    }
    Ok(installed.is_ok())
}

fn install_provider(node: &Node, from: &Path, into: &Path, lock: &str) -> Result<()> {
    fs::create_dir_all(into).with_context(|| format!("could not make {}", into.display()))?;
    for name in PROVIDER {
        fs::copy(from.join(name), into.join(name)).with_context(|| format!("could not copy {name}"))?;
    }
    run(node.npm(into)?.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]))?;
    fs::write(into.join(DONE), lock).context("could not note that the provider is installed")
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
