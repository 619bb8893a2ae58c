//! The desktop app: `legible-desktop [--hidden] [--activity] [--item ID] [--capture-region]`.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    match legible_desktop::run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("legible-desktop: {error:#}");
            ExitCode::FAILURE
        }
    }
}
