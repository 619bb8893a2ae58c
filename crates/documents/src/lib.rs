//! Readings in the formats of other programs. A document has a page for each reading; it is made a page at a time, so that many images need
//! no more memory than one.
//!
//! | format | what it is |
//! | --- | --- |
//! | TSV | a table as Tesseract writes it: pages, blocks, paragraphs, lines and words, a row each |
//! | hOCR | XHTML with places and confidences in its titles (hOCR 1.2) |
//! | ALTO | XML of the Library of Congress (ALTO 4.2): one page, since it tells of one image |
//!
//! Places are whole pixels of the upright image around what they are of, confidences per cent (ALTO: 0 to 1).

mod alto;
mod hocr;
mod place;
#[cfg(test)]
mod tests;
mod tsv;
mod xml;

use legible_reading::Reading;
use std::io;

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Tabs between columns.
    Tsv,
    /// hOCR 1.2.
    Hocr,
    /// ALTO 4.2.
    Alto,
}

/// A document that is being made.
#[derive(Debug)]
pub struct Document {
    format: Format,
    pages: usize,
}

impl Document {
    /// One without pages.
    pub fn new(format: Format) -> Self {
        Document { format, pages: 0 }
    }

    /// The next page: of an image of this name. Before the first one stands what a document begins with. Ends with a line break.
    ///
    /// # Errors
    /// When it cannot be written, which memory alone decides.
    pub fn page(&mut self, name: &str, reading: &Reading) -> io::Result<String> {
        self.pages += 1;
        let begin = if self.pages == 1 { self.begin(name, reading)? } else { String::new() };
        let page = match self.format {
            Format::Tsv => tsv::page(reading, self.pages),
            Format::Hocr => hocr::page(name, reading, self.pages)?,
            Format::Alto => alto::page(reading, self.pages)?,
        };
        Ok(begin + &page)
    }

    fn begin(&self, name: &str, reading: &Reading) -> io::Result<String> {
        match self.format {
            Format::Tsv => Ok(tsv::HEADER.to_owned()),
            Format::Hocr => hocr::begin(&reading.engine),
            Format::Alto => alto::begin(name, &reading.engine),
        }
    }

    /// What a document ends with; nothing where it has no page.
    pub fn end(&self) -> &'static str {
        match self.format {
            _ if self.pages == 0 => "",
            Format::Tsv => "",
            Format::Hocr => hocr::END,
            Format::Alto => alto::END,
        }
    }
}
