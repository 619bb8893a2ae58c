//! `legible read`: text out of images, without the library.

use crate::args::{Format, Read};
use crate::context;
use crate::inputs::{Outcomes, inputs};
use crate::output::{self, Exit, print_line};
use legible_service::reader::{Reader, Reading};

/// Reads images and prints their text in the order they were named.
///
/// # Errors
/// When standard output is closed; images that cannot be read are told one by one.
pub fn read(args: &Read) -> anyhow::Result<Exit> {
    context::log("warn");
    let reader = Reader::new(context::worker()?, &context::places()?, &args.engine, &args.language)?;
    let inputs = inputs(&args.files);
    let in_words = |_: &str, reading: &Reading, before| print_text(&reading.text_as(args.layout), before > 0);
    let mut outcomes = Outcomes::new(&in_words, (args.format == Format::Json).then_some("reading"));
    reader.read_all(&inputs, |input, result| outcomes.print(input, result.map_err(|error| error.to_wire())));
    outcomes.end(inputs.len())
}

fn print_text(text: &str, after_another: bool) -> anyhow::Result<()> {
    if after_another {
        print_line("")?;
    }
    if text.is_empty() { Ok(()) } else { output::print_text(text) }
}
