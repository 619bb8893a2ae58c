//! `cargo xtask test`: the checks of the UI and all tests, with one line of totals at the end.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::command::{cargo, say};
use crate::{build, places, setup, ui};

/// Sets up and runs everything, or only `cargo test ARGS` if there are any.
pub fn test(args: &[OsString]) -> Result<()> {
    let found = setup::for_tests()?;
    if args.is_empty() {
        ui::check(&found.node)?;
    } else {
        say("ui", "checks skipped, since arguments for `cargo test` are given");
    }
    say("test", "the whole workspace");
    let mut command = cargo();
    command
        .current_dir(places::root()?)
        .args(["test", "--workspace", "--no-fail-fast"])
        .args(build::FEATURES)
        .args(args)
        .env("LEGIBLE_APP", build::program("legible-desktop")?)
        .env("LEGIBLE_CLI", build::program("legible")?)
        .env("LEGIBLE_MODELS_DIR", &found.models);
    if let Some(driver) = &found.driver {
        command.env("TAURI_DRIVER", driver);
    }
    if let Some(servers) = &found.servers {
        command.env("LEGIBLE_TEST_SERVERS", servers).env("LEGIBLE_TEST_NODE", found.node.program());
    }
    let totals = run_counting(&mut command)?;
    println!("tests: {} passed, {} failed, {} skipped", totals.passed, totals.failed, totals.ignored);
    if totals.failed > 0 || !totals.exited_well {
        bail!("`cargo test` failed; what failed is named above");
    }
    if totals.passed == 0 {
        bail!("no test ran");
    }
    Ok(())
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Totals {
    passed: u64,
    failed: u64,
    ignored: u64,
    exited_well: bool,
}

/// Runs `cargo test`, passes its output on, and adds up its `test result` lines (it prints one for each test program).
fn run_counting(command: &mut Command) -> Result<Totals> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("could not start cargo")?;
    let stdout = child.stdout.take().context("cargo has no output")?;
    let mut totals = Totals::default();
    let mut lines = BufReader::new(stdout);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        print!("{text}");
        count(&text, &mut totals);
        line.clear();
    }
    totals.exited_well = child.wait()?.success();
    Ok(totals)
}

/// Adds `test result: ok. 3 passed; 1 failed; 2 ignored; ...` to the totals.
fn count(line: &str, totals: &mut Totals) {
    let Some((_, counts)) = line.trim_end().strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")) else {
        return;
    };
    for (number, what) in counts.split("; ").filter_map(|part| part.split_once(' ')) {
        let number = number.parse().unwrap_or(0);
        match what {
            "passed" => totals.passed += number,
            "failed" => totals.failed += number,
            "ignored" => totals.ignored += number,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_added_up() {
        let mut totals = Totals::default();
        for line in [
            "running 4 tests\n",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n",
            "test names::passed ... ok\n",
            "test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 5 filtered out; finished in 1.00s\n",
        ] {
            count(line, &mut totals);
        }
        assert_eq!(totals, Totals { passed: 13, failed: 2, ignored: 1, exited_well: false });
    }
}
