//! The worker process from outside: real children, faults injected from outside them.
//!
//! This program is its own worker, as `legible` is in the product: with `vision-worker` as its first argument it serves,
//! with `one-task-worker` it serves badly, with `sandbox-probe` it confines itself and tries what should be refused; else it
//! runs the tests.

#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

mod faults;
mod images;
mod models;
#[path = "../onnx/mod.rs"]
mod onnx;
mod pools;
#[cfg(target_os = "linux")]
mod probe;
mod reading;

use std::ffi::OsString;
use std::process::ExitCode;

use legible_vision::worker::{ServeArgs, serve};
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    match args.first().and_then(|verb| verb.to_str()) {
        Some("vision-worker") => match ServeArgs::parse(args.into_iter().skip(1)).and_then(serve) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        },
        Some("one-task-worker") => {
            faults::do_one_task();
            ExitCode::SUCCESS
        }
        #[cfg(target_os = "linux")]
        Some("sandbox-probe") => {
            println!("{}", probe::findings(args[1].as_ref(), args[2].as_ref()));
            ExitCode::SUCCESS
        }
        _ => libtest_mimic::run(&Arguments::from_args(), trials()).exit_code(),
    }
}

fn trials() -> Vec<Trial> {
    let all = [
        pools::TESTS,
        faults::TESTS,
        models::TESTS,
        reading::TESTS,
        #[cfg(target_os = "linux")]
        probe::TESTS,
    ]
    .concat();
    let trial = |(name, test): (&str, fn())| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    all.into_iter().map(trial).collect()
}
