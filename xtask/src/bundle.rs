//! `cargo xtask bundle`: installers with the command line program and the models inside.
//!
//! `src-tauri/bundle.conf.json` names those extra files. It is merged in only here, since every build of the app fails
//! when a file that the configuration names is missing.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{executable, output, run, say};
use crate::node::Node;
use crate::{build, packages, places, setup, ui};

/// The Tauri command line, prebuilt in the npm registry.
const TAURI_CLI: &str = "@tauri-apps/cli@2.12.5";

/// Makes the bundles; `args` go to `tauri build`.
pub fn bundle(args: &[OsString]) -> Result<()> {
    packages::ensure(&[packages::BUILD, packages::DESKTOP])?;
    let node = Node::ensure()?;
    ui::build(&node)?;
    let legible = build::release_cli()?;
    let models = setup::development_models(&legible)?;
    let root = places::root()?;
    stage(&root.join("src-tauri/sidecar"), &legible, &models)?;
    say("bundle", format!("{TAURI_CLI} build"));
    run(node
        .npm(&root)?
        .args(["exec", "--yes", "--package", TAURI_CLI, "--", "tauri", "build"])
        .args(["--config", "src-tauri/bundle.conf.json"])
        .args(args))?;
    say("bundle", format!("the installers are in {}", places::target()?.join("release/bundle").display()));
    Ok(())
}

/// Puts the files that `bundle.conf.json` names where it names them.
fn stage(sidecar: &Path, legible: &Path, models: &Path) -> Result<()> {
    // Nothing of an earlier run may slip into the installers.
    if sidecar.exists() {
        fs::remove_dir_all(sidecar).with_context(|| format!("could not remove {}", sidecar.display()))?;
    }
    let staged_models = sidecar.join("models");
    fs::create_dir_all(&staged_models).with_context(|| format!("could not create {}", staged_models.display()))?;
    let target = output(Command::new("rustc").args(["--print", "host-tuple"]))?;
    copy(legible, &executable(sidecar, &format!("legible-{}", target.trim())))?;
    for entry in fs::read_dir(models).with_context(|| format!("could not read {}", models.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "onnx")
            && let Some(name) = path.file_name()
        {
            copy(&path, &staged_models.join(name))?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("could not copy {} to {}", from.display(), to.display()))?;
    Ok(())
}
