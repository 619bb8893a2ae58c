use super::*;
use legible_reading::{Engine, Line, Quad, Word};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// A line of words, a character 10 pixels wide and 20 high, as many pixels lower at its end as it is slanted.
fn line(text: &str, left: f32, top: f32, slanted: f32) -> Line {
    let width = 10.0 * text.chars().count() as f32;
    let mut quad = Quad::from_edges(left, top, left + width, top + 20.0);
    (quad.0[1].y, quad.0[2].y) = (quad.0[1].y + slanted, quad.0[2].y + slanted);
    let length = text.chars().count().max(1) as f32;
    let words = text.split_whitespace().map(|word| {
        let from = word.as_ptr() as usize - text.as_ptr() as usize;
        let (from, count) = (text[..from].chars().count() as f32, word.chars().count() as f32);
        Word { text: word.to_owned(), quad: quad.slice(from / length, (from + count) / length), confidence: 0.97 }
    });
    Line { text: text.to_owned(), quad, confidence: 0.9, words: words.collect() }
}

fn reading(lines: Vec<Line>) -> Reading {
    let engine = Engine { name: "ppocr".into(), version: "v6 & more".into() };
    Reading { engine, width: 400, height: 200, lines }
}

fn sample() -> Reading {
    reading(vec![
        line("Fish & chips <5 €", 20.0, 10.0, 0.0),
        line("“fresh” every", 20.0, 35.0, 0.0),
        line("slanted a bit", 30.0, 120.0, 6.0),
        Line { words: vec![], ..line("no words told", 250.0, 170.4, 0.0) },
    ])
}

fn document(format: Format, readings: &[(&str, &Reading)]) -> String {
    let mut document = Document::new(format);
    let pages: String = readings.iter().map(|(name, reading)| document.page(name, reading).unwrap()).collect();
    pages + document.end()
}

/// The elements of a document, which is well formed, with the text that each has directly before or in it.
fn elements(document: &str) -> Vec<(BytesStart<'static>, String)> {
    let mut reader = Reader::from_str(document);
    reader.config_mut().expand_empty_elements = true;
    let mut found: Vec<(BytesStart<'static>, String)> = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return found,
            Event::Start(start) => found.push((start.into_owned(), String::new())),
            Event::Text(text) => {
                let text = text.as_ref().to_owned();
                found.last_mut().into_iter().for_each(|(_, of)| of.push_str(&text));
            }
            Event::GeneralRef(of) => {
                let text = quick_xml::escape::unescape(&format!("&{};", &*of)).unwrap().into_owned();
                found.last_mut().into_iter().for_each(|(_, of)| of.push_str(&text));
            }
            _ => {}
        }
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.try_get_attribute(name).unwrap()?;
    Some(quick_xml::escape::unescape(&found.value).unwrap().into_owned())
}

/// The words of a document, in their order.
fn words(format: Format, document: &str) -> Vec<String> {
    match format {
        Format::Tsv => {
            let rows = document.lines().skip(1).map(|row| row.split('\t').collect::<Vec<_>>());
            rows.filter(|row| row[0] == "5").map(|row| row[11].to_owned()).collect()
        }
        Format::Hocr => {
            let is_word = |start: &BytesStart<'_>| attribute(start, "class").as_deref() == Some("ocrx_word");
            elements(document)
                .into_iter()
                .filter(|(start, _)| is_word(start))
                .map(|(_, text)| text.trim().to_owned())
                .collect()
        }
        Format::Alto => {
            let strings = elements(document).into_iter().filter(|(start, _)| start.name().as_ref() == "String");
            strings.map(|(start, _)| attribute(&start, "CONTENT").unwrap()).collect()
        }
    }
}

#[test]
fn documents_are_as_others_read_them() {
    let (one, empty) = (sample(), reading(vec![]));
    insta::assert_snapshot!("tsv", document(Format::Tsv, &[("a.png", &one), ("b.png", &empty)]));
    insta::assert_snapshot!("hocr", document(Format::Hocr, &[("menu \"1\" & 2.png", &one), ("b.png", &empty)]));
    insta::assert_snapshot!("alto", document(Format::Alto, &[("menu & 2.png", &one)]));
    assert_eq!(document(Format::Hocr, &[]), "", "no page is no document");
}

#[test]
fn every_word_is_in_every_format() {
    let expected = ["Fish", "&", "chips", "<5", "€", "“fresh”", "every", "slanted", "a", "bit", "no words told"];
    for format in [Format::Tsv, Format::Hocr, Format::Alto] {
        assert_eq!(words(format, &document(format, &[("a.png", &sample())])), expected, "{format:?}");
    }
}

proptest! {
    #[test]
    fn whatever_was_read_makes_a_document(texts in prop::collection::vec("\\PC{0,12}|[ a-z\u{0}-\u{1f}&<>\"'\u{fffe}]{0,12}", 0..5), edge in prop::num::f32::ANY) {
        let lines: Vec<Line> = texts.iter().zip(0_u8..).map(|(text, row)| {
            let mut line = line(text, 5.0, 30.0 * f32::from(row), 0.0);
            line.quad.0[1].x = edge;
            line
        }).collect();
        let reading = reading(lines);
        for format in [Format::Tsv, Format::Hocr, Format::Alto] {
            let document = document(format, &[("\u{1}\".png", &reading)]);
            let count = reading.lines.iter().map(|line| line.words.len()).sum::<usize>();
            prop_assert_eq!(words(format, &document).len(), count, "{}", document);
        }
    }
}
