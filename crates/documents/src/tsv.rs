//! A table as Tesseract 5 writes it with its configuration `tsv`: what reads that reads this.

use crate::place::{Piece, Place, per_cent, pieces};
use legible_reading::Reading;
use std::fmt::Write;

/// The names of the columns. `conf` is per cent for words, and −1 for all else.
pub const HEADER: &str =
    "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n";

/// The rows of a page.
pub fn page(reading: &Reading, number: usize) -> String {
    let mut rows = String::new();
    let mut row = |level: usize, at: [usize; 4], place: Place, word: Option<(f32, &str)>| {
        let [block, paragraph, line, word_number] = at;
        let Place { left, top, .. } = place;
        let (width, height) = (place.width(), place.height());
        let (conf, text) = word.map_or(("-1".to_owned(), String::new()), |(conf, text)| {
            (per_cent(conf).to_string(), text.split_whitespace().collect::<Vec<_>>().join(" "))
        });
        // Writing to a text cannot fail.
        let _ = writeln!(
            rows,
            "{level}\t{number}\t{block}\t{paragraph}\t{line}\t{word_number}\t{left}\t{top}\t{width}\t{height}\t{conf}\t{text}"
        );
    };
    row(1, [0; 4], Place { left: 0, top: 0, right: reading.width, bottom: reading.height }, None);
    for (block, paragraphs) in (1..).zip(reading.blocks()) {
        let of_block = &reading.lines[paragraphs[0].start..paragraphs[paragraphs.len() - 1].end];
        row(2, [block, 0, 0, 0], Place::around(of_block, reading), None);
        for (paragraph, lines) in (1..).zip(paragraphs) {
            let lines = &reading.lines[lines];
            row(3, [block, paragraph, 0, 0], Place::around(lines, reading), None);
            for (at, line) in (1..).zip(lines) {
                row(4, [block, paragraph, at, 0], Place::of(&line.quad, reading), None);
                let words = pieces(line).into_iter().filter_map(|piece| match piece {
                    Piece::Word { text, quad, confidence } => Some((text, quad, confidence)),
                    Piece::Between(_) => None,
                });
                for (word, (text, quad, confidence)) in (1..).zip(words) {
                    row(5, [block, paragraph, at, word], Place::of(quad, reading), Some((confidence, text)));
                }
            }
        }
    }
    rows
}
