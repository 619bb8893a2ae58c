//! hOCR 1.2: XHTML whose titles tell where each part stands and how sure it is.

use crate::place::{Piece, Place, per_cent, pieces, slant};
use crate::xml::{DECLARATION, Xml, allowed, written};
use legible_reading::{Engine, Line, Reading};
use quick_xml::events::BytesText;
use std::io;

/// What stands behind the pages.
pub const END: &str = "</body>\n</html>\n";

/// What stands before the pages.
pub fn begin(engine: &Engine) -> io::Result<String> {
    let system = format!("legible {} ({} {})", env!("CARGO_PKG_VERSION"), engine.name, engine.version);
    let metas =
        [("ocr-system", system.as_str()), ("ocr-capabilities", "ocr_page ocr_carea ocr_par ocr_line ocrx_word")];
    let head = written(|xml| {
        xml.create_element("head")
            .write_inner_content(|xml| {
                xml.create_element("title").write_text_content(BytesText::new("Legible"))?;
                metas.iter().try_for_each(|(name, content)| {
                    let meta = xml.create_element("meta");
                    meta.with_attribute(("name", *name)).with_attribute(("content", *content)).write_empty().map(drop)
                })
            })
            .map(drop)
    })?;
    Ok(format!("{DECLARATION}<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\">\n{head}<body>\n"))
}

/// A page.
pub fn page(name: &str, reading: &Reading, number: usize) -> io::Result<String> {
    // Nothing in the standard says how a quote in a quoted name is written.
    let name = allowed(name).replace('"', "'");
    let Reading { width, height, .. } = reading;
    let title = format!("image \"{name}\"; bbox 0 0 {width} {height}; ppageno {}", number - 1);
    let mut ids = Ids { page: number, ..Ids::default() };
    written(|xml| {
        part(xml, "div", "ocr_page", &format!("page_{number}"), &title, |xml| {
            for paragraphs in reading.blocks() {
                let of_block = &reading.lines[paragraphs[0].start..paragraphs[paragraphs.len() - 1].end];
                let title = bbox(Place::around(of_block, reading));
                part(xml, "div", "ocr_carea", &ids.block(), &title, |xml| {
                    for lines in &paragraphs {
                        let lines = &reading.lines[lines.clone()];
                        let title = bbox(Place::around(lines, reading));
                        part(xml, "p", "ocr_par", &ids.paragraph(), &title, |xml| {
                            lines.iter().try_for_each(|line| self::line(xml, line, reading, &mut ids))
                        })?;
                    }
                    Ok(())
                })?;
            }
            Ok(())
        })
    })
}

/// The numbers of the parts of a page, which name them.
#[derive(Default)]
struct Ids {
    page: usize,
    blocks: usize,
    paragraphs: usize,
    lines: usize,
    words: usize,
}

impl Ids {
    fn block(&mut self) -> String {
        self.blocks += 1;
        format!("block_{}_{}", self.page, self.blocks)
    }

    fn paragraph(&mut self) -> String {
        self.paragraphs += 1;
        format!("par_{}_{}", self.page, self.paragraphs)
    }

    fn line(&mut self) -> String {
        self.lines += 1;
        format!("line_{}_{}", self.page, self.lines)
    }

    fn word(&mut self) -> String {
        self.words += 1;
        format!("word_{}_{}", self.page, self.words)
    }
}

fn line(xml: &mut Xml, line: &Line, reading: &Reading, ids: &mut Ids) -> io::Result<()> {
    let slanted = slant(line).map(|degrees| format!("; textangle {degrees:.1}")).unwrap_or_default();
    let title = bbox(Place::of(&line.quad, reading)) + &slanted;
    part(xml, "span", "ocr_line", &ids.line(), &title, |xml| {
        for piece in pieces(line) {
            match piece {
                Piece::Between(text) => {
                    xml.write_event(quick_xml::events::Event::Text(BytesText::new(&allowed(text))))?
                }
                Piece::Word { text, quad, confidence } => {
                    let title = format!("{}; x_wconf {}", bbox(Place::of(quad, reading)), per_cent(confidence));
                    let word = xml.create_element("span").with_attribute(("class", "ocrx_word"));
                    let word =
                        word.with_attribute(("id", ids.word().as_str())).with_attribute(("title", title.as_str()));
                    word.write_text_content(BytesText::new(&allowed(text)))?;
                }
            }
        }
        Ok(())
    })
}

fn bbox(Place { left, top, right, bottom }: Place) -> String {
    format!("bbox {left} {top} {right} {bottom}")
}

fn part(
    xml: &mut Xml,
    element: &str,
    class: &str,
    id: &str,
    title: &str,
    inner: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    let part = xml.create_element(element).with_attribute(("class", class)).with_attribute(("id", id));
    part.with_attribute(("title", title)).write_inner_content(inner).map(drop)
}
