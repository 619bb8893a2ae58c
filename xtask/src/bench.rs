//! `cargo xtask bench`: what `bench/run.py` needs, then `bench/run.py` itself.

use std::ffi::OsString;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{run, say};
use crate::node::make_venv;
use crate::{build, packages, places, setup};

/// Runs the benchmark with a release build of the command line program; `args` go to `bench/run.py`.
pub fn bench(args: &[OsString]) -> Result<()> {
    packages::ensure(&[packages::BUILD, packages::BENCH])?;
    let bench = places::root()?.join("bench");
    let requirements = bench.join("requirements.txt");
    let wanted = fs::read(&requirements).with_context(|| format!("could not read {}", requirements.display()))?;
    let venv = places::cache()?.join("bench-venv");
    let installed = venv.join("installed.txt");
    if fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        say("python", format!("skipped, {} has what bench/requirements.txt asks for", venv.display()));
    } else {
        say("python", format!("installing bench/requirements.txt into {}", venv.display()));
        make_venv(&venv, &["-r", &requirements.to_string_lossy()])?;
        fs::write(&installed, &wanted).with_context(|| format!("could not write {}", installed.display()))?;
    }
    let legible = build::release_cli()?;
    let models = setup::development_models(&legible)?;
    say("bench", "bench/run.py");
    let python = venv.join(if cfg!(windows) { "Scripts/python" } else { "bin/python" });
    run(Command::new(python)
        .arg(bench.join("run.py"))
        .args(args)
        .env("LEGIBLE_CLI", legible)
        .env("LEGIBLE_MODELS_DIR", models))
}
