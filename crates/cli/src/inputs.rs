//! Images named on the command line that are looked at without the library: what `read` and `recognise` have in common.

use crate::output::{Exit, complain, print_plain_json};
use legible_service::api::WireError;
use legible_service::reader::Input;
use serde::Serialize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// The inputs that files name; `-` is standard input.
pub fn inputs(files: &[PathBuf]) -> Vec<Input> {
    let input = |path: &PathBuf| if path == Path::new("-") { Input::Stdin } else { Input::File(path.clone()) };
    files.iter().map(input).collect()
}

/// Prints what came of inputs as it comes, and counts what failed.
pub struct Outcomes<'a, T> {
    /// Prints one in words: its name, what came of it, and how many were printed before.
    pub in_words: &'a dyn Fn(&str, &T, usize) -> anyhow::Result<()>,
    /// What it is called in JSON, which is printed instead if that is wanted.
    pub json: Option<&'static str>,
    printed: usize,
    failed: usize,
    broken: Option<anyhow::Error>,
}

impl<'a, T: Serialize> Outcomes<'a, T> {
    /// Nothing printed yet.
    pub fn new(in_words: &'a dyn Fn(&str, &T, usize) -> anyhow::Result<()>, json: Option<&'static str>) -> Self {
        Outcomes { in_words, json, printed: 0, failed: 0, broken: None }
    }

    /// Prints what came of one; breaks when nobody reads on.
    pub fn print(&mut self, input: &Input, result: Result<T, WireError>) -> ControlFlow<()> {
        let name = name(input);
        self.failed += usize::from(result.is_err());
        let printed = match (self.json, &result) {
            (Some(called), Ok(value)) => print_plain_json(&serde_json::json!({ "file": name, called: value })),
            (Some(_), Err(error)) => print_plain_json(&serde_json::json!({ "file": name, "error": error })),
            (None, Ok(value)) => {
                self.printed += 1;
                (self.in_words)(&name, value, self.printed - 1)
            }
            (None, Err(error)) => {
                complain(&named(&name, error));
                Ok(())
            }
        };
        self.broken = printed.err();
        if self.broken.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// How that ended, of so many inputs.
    ///
    /// # Errors
    /// When standard output is closed.
    pub fn end(self, inputs: usize) -> anyhow::Result<Exit> {
        match (self.broken, self.failed) {
            (Some(error), _) => Err(error),
            (None, 0) => Ok(Exit::Fine),
            (None, failed) if failed == inputs => Ok(Exit::Nothing),
            (None, _) => Ok(Exit::SomeFailed),
        }
    }
}

/// An error that names its file, once.
fn named(name: &str, error: &WireError) -> WireError {
    match error.message.starts_with(name) {
        true => error.clone(),
        false => WireError { message: format!("{name}: {}", error.message), ..error.clone() },
    }
}

/// What an input is called where something is said of it.
pub fn name(input: &Input) -> String {
    match input {
        Input::File(path) => path.display().to_string(),
        Input::Stdin => "-".to_owned(),
    }
}
