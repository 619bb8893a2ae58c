//! ALTO 4.2 (Library of Congress): XML that tells of one image where its blocks, lines and words stand.

use crate::place::{Piece, Place, pieces, slant};
use crate::xml::{DECLARATION, Xml, allowed, written};
use legible_reading::{Engine, Line, Reading};
use quick_xml::events::BytesText;
use std::io;

/// What stands behind the page.
pub const END: &str = "</Layout>\n</alto>\n";

/// What stands before the page of an image of this name.
pub fn begin(name: &str, engine: &Engine) -> io::Result<String> {
    let version = format!("{} ({} {})", env!("CARGO_PKG_VERSION"), engine.name, engine.version);
    let description = written(|xml| {
        let text = |xml: &mut Xml, element: &str, text: &str| {
            xml.create_element(element).write_text_content(BytesText::new(&allowed(text))).map(drop)
        };
        let inside = |xml: &mut Xml| {
            text(xml, "MeasurementUnit", "pixel")?;
            let source = xml.create_element("sourceImageInformation");
            source.write_inner_content(|xml| text(xml, "fileName", name))?;
            let processing = xml.create_element("Processing").with_attribute(("ID", "processing_1"));
            processing.write_inner_content(|xml| {
                let software = xml.create_element("processingSoftware");
                software
                    .write_inner_content(|xml| {
                        text(xml, "softwareName", "Legible")?;
                        text(xml, "softwareVersion", &version)
                    })
                    .map(drop)
            })?;
            Ok(())
        };
        xml.create_element("Description").write_inner_content(inside).map(drop)
    })?;
    let names = "xmlns=\"http://www.loc.gov/standards/alto/ns-v4#\" SCHEMAVERSION=\"4.2\"";
    Ok(format!("{DECLARATION}<alto {names}>\n{description}<Layout>\n"))
}

/// The page.
pub fn page(reading: &Reading, number: usize) -> io::Result<String> {
    let (width, height) = (reading.width.to_string(), reading.height.to_string());
    let (mut blocks, mut lines) = (1.., 1..);
    let mut ids = move |of: &str| {
        let next = if of == "block" { blocks.next() } else { lines.next() };
        format!("{of}_{number}_{}", next.unwrap_or_default())
    };
    written(|xml| {
        let page = xml.create_element("Page").with_attribute(("ID", format!("page_{number}").as_str()));
        let page = page.with_attribute(("PHYSICAL_IMG_NR", number.to_string().as_str()));
        let page = page.with_attribute(("WIDTH", width.as_str())).with_attribute(("HEIGHT", height.as_str()));
        let whole = Place { left: 0, top: 0, right: reading.width, bottom: reading.height };
        page.write_inner_content(|xml| {
            placed(xml, "PrintSpace", None, whole, |xml| {
                for paragraph in reading.blocks().into_iter().flatten() {
                    let of_it = &reading.lines[paragraph];
                    placed(xml, "TextBlock", Some(&ids("block")), Place::around(of_it, reading), |xml| {
                        of_it.iter().try_for_each(|line| self::line(xml, line, &ids("line"), reading))
                    })?;
                }
                Ok(())
            })
        })
        .map(drop)
    })
}

fn line(xml: &mut Xml, line: &Line, id: &str, reading: &Reading) -> io::Result<()> {
    placed(xml, "TextLine", Some(id), Place::of(&line.quad, reading), |xml| {
        if slant(line).is_some() {
            let points = line.quad.0.map(|point| format!("{:.0},{:.0}", point.x, point.y)).join(" ");
            let polygon = |xml: &mut Xml| {
                xml.create_element("Polygon").with_attribute(("POINTS", points.as_str())).write_empty().map(drop)
            };
            xml.create_element("Shape").write_inner_content(polygon)?;
        }
        for piece in pieces(line) {
            match piece {
                Piece::Between(text) if text.trim().is_empty() => drop(xml.create_element("SP").write_empty()?),
                // What belongs to no word is told all the same.
                Piece::Between(text) => string(xml, text.trim(), Place::of(&line.quad, reading), line.confidence)?,
                Piece::Word { text, quad, confidence } => string(xml, text, Place::of(quad, reading), confidence)?,
            }
        }
        Ok(())
    })
}

fn string(xml: &mut Xml, text: &str, place: Place, confidence: f32) -> io::Result<()> {
    let word = xml.create_element("String").with_attribute(("CONTENT", &*allowed(text)));
    let word = edges(place).into_iter().fold(word, |word, (name, value)| word.with_attribute((name, value.as_str())));
    word.with_attribute(("WC", format!("{:.2}", confidence.clamp(0.0, 1.0)).as_str())).write_empty().map(drop)
}

fn placed(
    xml: &mut Xml,
    element: &str,
    id: Option<&str>,
    place: Place,
    inner: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    let part = xml.create_element(element);
    let part = match id {
        Some(id) => part.with_attribute(("ID", id)),
        None => part,
    };
    let part = edges(place).into_iter().fold(part, |part, (name, value)| part.with_attribute((name, value.as_str())));
    part.write_inner_content(inner).map(drop)
}

fn edges(place: Place) -> [(&'static str, String); 4] {
    [("HPOS", place.left), ("VPOS", place.top), ("WIDTH", place.width()), ("HEIGHT", place.height())]
        .map(|(name, value)| (name, value.to_string()))
}
