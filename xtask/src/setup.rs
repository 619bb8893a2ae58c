//! The set-up for running and for testing.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{cargo, probe, run, say};
use crate::node::Node;
use crate::{build, driver, packages, places, servers, ui};

/// `cargo xtask setup [--tests]`
pub fn command(args: &[OsString]) -> Result<()> {
    match args {
        [] => for_window(),
        [tests] if tests == "--tests" => for_tests().map(|_| ()),
        _ => bail!("setup takes --tests or nothing"),
    }
}

/// `cargo xtask models [ARGS]`
pub fn models_command(args: &[OsString]) -> Result<()> {
    packages::ensure(&[packages::BUILD])?;
    build::cli()?;
    match args {
        [] => models(&build::program("legible")?, None),
        _ => run(Command::new(build::program("legible")?).arg("models").args(args)),
    }
}

/// What the command line program needs: a compiler and the models.
pub fn for_cli() -> Result<()> {
    packages::ensure(&[packages::BUILD])?;
    build::cli()?;
    models(&build::program("legible")?, None)
}

/// What the window needs.
pub fn for_window() -> Result<()> {
    packages::ensure(&[packages::BUILD, packages::DESKTOP])?;
    ui::build(&Node::ensure()?)?;
    build::programs()?;
    models(&build::program("legible")?, None)
}

/// What the tests find on this machine.
pub struct Tests {
    /// Runs the checks of the UI, and a server.
    pub node: Node,
    /// The WebDriver server for the window, where there is one for this system.
    pub driver: Option<PathBuf>,
    /// The directory with the models.
    pub models: PathBuf,
    /// The servers that cloud storages are tested on, where they can be had.
    pub servers: Option<PathBuf>,
}

/// What the tests need. They get their own copy of the models, so that they do not depend on what the user has.
pub fn for_tests() -> Result<Tests> {
    packages::ensure(&[packages::BUILD, packages::DESKTOP, packages::TESTS])?;
    let node = Node::ensure()?;
    ui::build(&node)?;
    say("crates", "fetching those of the other systems too: tests/house.rs looks at what every system builds");
    run(cargo().args(["fetch", "--locked"]))?;
    build::everything()?;
    let models = development_models(&build::program("legible")?)?;
    let driver = driver::ensure()?;
    let servers = servers::ensure(&node)?;
    Ok(Tests { node, driver, models, servers })
}

/// Installs the models into the cache for development with this build of `legible`, and returns their directory.
pub fn development_models(legible: &Path) -> Result<PathBuf> {
    let home = places::cache()?.join("home");
    if let Some(dir) = std::env::var_os("LEGIBLE_MODELS_DIR").filter(|dir| !dir.is_empty()) {
        add_models_of(Path::new(&dir), legible, &home)?;
    }
    models(legible, Some(&home))?;
    Ok(home.join("data/models"))
}

/// Copies what is a model in `dir`. Legible itself would use the files where they are, but an installer needs them.
fn add_models_of(dir: &Path, legible: &Path, home: &Path) -> Result<()> {
    let entries = fs::read_dir(dir).with_context(|| format!("could not read LEGIBLE_MODELS_DIR, {}", dir.display()))?;
    for file in entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_file()) {
        // Refuses what is no model; the models that are missing then are installed from another source.
        let _ = Command::new(legible).args(["models", "add"]).arg(&file).env("LEGIBLE_HOME", home).output();
    }
    Ok(())
}

/// `legible models install`, for this user or below another home of Legible.
fn models(legible: &Path, home: Option<&Path>) -> Result<()> {
    let install = || {
        let mut command = Command::new(legible);
        command.args(["models", "install"]);
        if let Some(home) = home {
            command.env("LEGIBLE_HOME", home).env_remove("LEGIBLE_MODELS_DIR");
        }
        run(&mut command)
    };
    say("models", "checking, and installing what is missing");
    match install() {
        Err(_) if cfg!(target_os = "linux") && !has_pip() => {
            say("models", "trying again with pip, which is one of the sources");
            packages::ensure(&[&["python3-pip"]])?;
            install()
        }
        result => result,
    }
}

fn has_pip() -> bool {
    probe("python3", &["-m", "pip", "--version"]).is_some()
        || ["pip3", "pip"].iter().any(|pip| probe(pip, &["--version"]).is_some())
}
