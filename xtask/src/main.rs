//! `cargo xtask`: one command for everything a developer does. Every step says what it does or why it skips it, and
//! may be repeated.

mod bench;
mod bindings;
mod build;
mod bundle;
mod command;
mod driver;
mod node;
mod packages;
mod places;
mod run;
mod servers;
mod setup;
mod test;
mod train;
mod ui;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  run [-- ARGS]        install what is missing, build and start Legible; ARGS go to the program. If ARGS begin with a
                       verb (or --help, --version) they go to the command line program `legible`. Without a display the
                       sample images are read through the command line instead.
  test [ARGS]          the same set-up and what tests need, the checks of the UI, then `cargo test` for the whole
                       workspace. With ARGS only `cargo test ARGS`: a filter, for example.
  setup [--tests]      just the set-up of `run` (with --tests: of `test`)
  models [ARGS]        `legible models ARGS`; without ARGS `legible models install`
  bindings [--check]   write the TypeScript bindings of the service (with --check: fail if they are stale)
  bench [ARGS]         measure against RapidOCR and Tesseract; ARGS go to bench/run.py
  train-kinds [ARGS]   train the classifier of kinds of images anew (docs/kinds.md); ARGS go to the trainer, --help lists them
  bundle [ARGS]        make the installers (.deb and .rpm on Linux); ARGS go to `tauri build`

Environment: CARGO_TARGET_DIR (build output), LEGIBLE_MODELS_DIR (a directory that has the models already).
";

fn main() -> ExitCode {
    match dispatch(std::env::args_os().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: Vec<OsString>) -> Result<()> {
    let Some((verb, rest)) = args.split_first() else { bail!("no command given\n\n{USAGE}") };
    let rest = rest.strip_prefix(&[OsString::from("--")]).unwrap_or(rest);
    match verb.to_str().unwrap_or_default() {
        "run" => run::run(rest),
        "test" => test::test(rest),
        "setup" => setup::command(rest),
        "models" => setup::models_command(rest),
        "bindings" => bindings::bindings(rest),
        "bench" => bench::bench(rest),
        "train-kinds" => train::train_kinds(rest),
        "bundle" => bundle::bundle(rest),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        _ => bail!("unknown command {}\n\n{USAGE}", verb.display()),
    }
}
