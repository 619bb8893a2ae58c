//! Options of `read`, `add`, `search` and `rebuild`.

use super::Print;
use super::names::{LAYOUTS, named};
use clap::ValueEnum;
use legible_service::MAX_ITEMS_PAGE;
use legible_service::reader::Layout;
use std::path::PathBuf;

/// Options of `read`.
#[derive(Debug, clap::Args)]
pub struct Read {
    /// Images; - reads one from standard input
    #[arg(required = true, value_name = "FILE", allow_negative_numbers = true)]
    pub files: Vec<PathBuf>,
    /// How to print what was read
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// The engine that reads
    #[arg(long, default_value = "ppocr", value_parser = ["ppocr", "ocrs"])]
    pub engine: String,
    /// A language that the text is probably in, such as de or ja; may be repeated
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Vec<String>,
    /// How the lines of the text are put together
    #[arg(long, default_value = "lines", value_parser = named::<Layout>(LAYOUTS))]
    pub layout: Layout,
}

/// Options of `recognise`.
#[derive(Debug, clap::Args)]
pub struct Recognise {
    /// Images; - takes one from standard input
    #[arg(required = true, value_name = "FILE", allow_negative_numbers = true)]
    pub files: Vec<PathBuf>,
    /// Print one JSON object a line and file
    #[arg(long)]
    pub json: bool,
}

/// How readings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The text; files are separated by an empty line
    Text,
    /// One JSON object a line and file: lines with polygons in pixels, words, confidences
    Json,
    /// A table as Tesseract writes it: pages, blocks, paragraphs, lines and words, with places and confidences
    Tsv,
    /// One hOCR document, with a page for each file
    Hocr,
    /// One ALTO document, of one file
    Alto,
}

/// Options of `add`.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// Files and folders
    #[arg(required = true, value_name = "PATH", allow_negative_numbers = true)]
    pub paths: Vec<PathBuf>,
    /// Stay until all is read; runs the service in this process if no other does
    #[arg(long)]
    pub wait: bool,
}

/// What `search --help` says below the options.
const SEARCHING: &str = "\
Filters ask what an image is. They stand among the words, and a - before one excludes:
  kind:receipt              photo, screenshot, document, receipt, handwriting or chart
  code:wifi, code:https     a code that means this, is printed so, or says this
  colour:blue               among its main colours
  taken:2026-11             in a year, month or day; 2026-01..2026-03; >2025
  date:2026-11, date:>2026  a day that stands in the text
  amount:>100, amount:5EUR  an amount of money in the text; 10..20; of any currency or of one
  label:dog                 what a model calls it; label:\"hot dog\" is the whole label
  object:person>2           things in it, and how many: > >= < <= =
  faces:2, faces:>0         so many faces
  similar:17                looks like image 17
  looks:\"a red car\"         looks as described, in English; needs the models of the pack better
  place:48.1,11.6,50km      taken within 10 km, or so many; 48.1..48.2,11.5..11.6
  has:text                  text, code, face, place or label; in the text date, amount, email, link,
                            phone or iban
One that is not understood finds nothing, and is told with what could be meant.

Each image is a line, with tabs between its number, its name, where it matches, and why the
filters hold.";

/// Options of `search`.
#[derive(Debug, clap::Args)]
#[command(after_help = SEARCHING)]
pub struct Search {
    /// Words, "phrases", filters and -exclusions (after --, or within one argument); the last word may be the beginning of one
    #[arg(required = true, value_name = "QUERY", allow_negative_numbers = true)]
    pub query: Vec<String>,
    /// How they are printed.
    #[command(flatten)]
    pub print: Print,
    /// How many images at most
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_ITEMS_PAGE)))]
    pub limit: u32,
}

/// Options of `rebuild`.
#[derive(Debug, clap::Args)]
pub struct Rebuild {
    /// Stay until it is done; runs the service in this process if no other does
    #[arg(long)]
    pub wait: bool,
}
