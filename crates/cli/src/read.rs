//! `legible read`: text out of images, without the library.

use crate::args::{Format, Read};
use crate::context;
use crate::inputs::{Outcomes, inputs};
use crate::output::{self, Exit, print_line};
use anyhow::bail;
use legible_service::documents::{self, Document};
use legible_service::reader::{Reader, Reading};
use std::cell::RefCell;

/// Reads images and prints their text in the order they were named.
///
/// # Errors
/// When standard output is closed; images that cannot be read are told one by one.
pub fn read(args: &Read) -> anyhow::Result<Exit> {
    context::log("warn");
    let reader = Reader::new(context::worker()?, &context::places()?, &args.engine, &args.language)?;
    let inputs = inputs(&args.files);
    let document = match args.format {
        Format::Text | Format::Json => None,
        Format::Tsv => Some(documents::Format::Tsv),
        Format::Hocr => Some(documents::Format::Hocr),
        Format::Alto if inputs.len() > 1 => {
            bail!("an ALTO document is of one image; name one file, or use --format hocr")
        }
        Format::Alto => Some(documents::Format::Alto),
    };
    let document = document.map(|format| RefCell::new(Document::new(format)));
    let in_words = |name: &str, reading: &Reading, before| match &document {
        None => print_text(&reading.text_as(args.layout), before > 0),
        Some(document) => output::print_text(document.borrow_mut().page(name, reading)?.trim_end_matches('\n')),
    };
    let mut outcomes = Outcomes::new(&in_words, (args.format == Format::Json).then_some("reading"));
    reader.read_all(&inputs, |input, result| outcomes.print(input, result.map_err(|error| error.to_wire())));
    let exit = outcomes.end(inputs.len())?;
    let end = document.as_ref().map_or("", |document| document.borrow().end());
    if !end.is_empty() {
        output::print_text(end.trim_end_matches('\n'))?;
    }
    Ok(exit)
}

fn print_text(text: &str, after_another: bool) -> anyhow::Result<()> {
    if after_another {
        print_line("")?;
    }
    if text.is_empty() { Ok(()) } else { output::print_text(text) }
}
