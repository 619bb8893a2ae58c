//! `legible read`: text out of images, without the library.

use crate::args::{Format, Read};
use crate::context;
use crate::output::{self, Exit, complain, print_line, print_plain_json};
use legible_service::api::WireError;
use legible_service::reader::{Input, Reader};
use serde::Serialize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    #[serde(flatten)]
    outcome: Outcome<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome<'a> {
    Reading(&'a legible_service::reader::Reading),
    Error(WireError),
}

/// Reads images and prints their text in the order they were named.
///
/// # Errors
/// When standard output is closed; images that cannot be read are told one by one.
pub fn read(args: &Read) -> anyhow::Result<Exit> {
    context::log("warn");
    let reader = Reader::new(context::worker()?, &context::places()?, &args.engine, &args.language)?;
    let inputs: Vec<Input> = args.files.iter().map(input).collect();
    let (mut failed, mut printed, mut broken) = (0, 0, None);
    reader.read_all(&inputs, |input, result| {
        let name = name(input);
        let result = result.map_err(|error| error.to_wire());
        failed += usize::from(result.is_err());
        let print = match (args.format, &result) {
            (Format::Json, Ok(reading)) => print_plain_json(&Line { file: &name, outcome: Outcome::Reading(reading) }),
            (Format::Json, Err(error)) => {
                print_plain_json(&Line { file: &name, outcome: Outcome::Error(error.clone()) })
            }
            (Format::Text, Ok(reading)) => {
                printed += 1;
                print_text(&reading.text_as(args.layout), printed > 1)
            }
            (Format::Text, Err(_)) => Ok(()),
        };
        if let (Format::Text, Err(error)) = (args.format, &result) {
            complain(&named(&name, error));
        }
        broken = print.err();
        // Nobody reads on.
        if broken.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    match (broken, failed) {
        (Some(error), _) => Err(error),
        (None, 0) => Ok(Exit::Fine),
        (None, failed) if failed == inputs.len() => Ok(Exit::Nothing),
        (None, _) => Ok(Exit::SomeFailed),
    }
}

/// An error that names its file, once.
fn named(name: &str, error: &WireError) -> WireError {
    match error.message.starts_with(name) {
        true => error.clone(),
        false => WireError { message: format!("{name}: {}", error.message), ..error.clone() },
    }
}

fn print_text(text: &str, after_another: bool) -> anyhow::Result<()> {
    if after_another {
        print_line("")?;
    }
    if text.is_empty() { Ok(()) } else { output::print_text(text) }
}

fn input(path: &PathBuf) -> Input {
    if path == Path::new("-") { Input::Stdin } else { Input::File(path.clone()) }
}

fn name(input: &Input) -> String {
    match input {
        Input::File(path) => path.display().to_string(),
        Input::Stdin => "-".to_owned(),
    }
}
