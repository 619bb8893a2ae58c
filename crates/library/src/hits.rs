//! The boxes of a query's matches on the image.

use crate::matching::{matches, merged};
use crate::query::Query;
use crate::text::atoms;
use legible_reading::{Line, Quad, Reading};

/// A match of a query in one line of a reading. A phrase over two lines gives a hit in each.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Index of the line.
    pub line: usize,
    /// First character (Unicode scalar value) of the line's text.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Around these characters, in pixels of the upright image.
    pub quad: Quad,
}

/// Where a query matches in a reading, in reading order.
pub fn hits(reading: &Reading, query: &Query) -> Vec<Hit> {
    let ranges = merged(&matches(&atoms(&reading.text()), query));
    let mut found = Vec::new();
    let mut line_start = 0;
    for (index, line) in reading.lines.iter().enumerate() {
        let length = line.text.chars().count();
        let line_end = line_start + length;
        let words = word_ranges(line);
        for &(start, end) in ranges.iter().filter(|(start, end)| *start < line_end && *end > line_start) {
            let (start, end) = (start.max(line_start) - line_start, end.min(line_end) - line_start);
            found.push(Hit { line: index, start, end, quad: quad_of(line, &words, length, start, end) });
        }
        line_start = line_end + 1;
    }
    found
}

/// The characters of the line that each word covers. A word that does not occur after the one before is left out.
fn word_ranges(line: &Line) -> Vec<(usize, usize, Quad)> {
    let mut ranges = Vec::with_capacity(line.words.len());
    let (mut byte, mut start) = (0, 0);
    for word in line.words.iter().filter(|word| !word.text.is_empty()) {
        let Some(gap) = line.text[byte..].find(&word.text) else { continue };
        start += line.text[byte..byte + gap].chars().count();
        let end = start + word.text.chars().count();
        ranges.push((start, end, word.quad));
        (byte, start) = (byte + gap + word.text.len(), end);
    }
    ranges
}

/// From the first to the last matched word, cut at the matched characters; without words, a part of the line.
fn quad_of(line: &Line, words: &[(usize, usize, Quad)], length: usize, start: usize, end: usize) -> Quad {
    let part = |from: usize, to: usize, quad: Quad| {
        let fraction = |at: usize| (at.clamp(from, to) - from) as f32 / (to - from) as f32;
        quad.slice(fraction(start), fraction(end))
    };
    let touched: Vec<_> = words.iter().filter(|word| word.0 < end && word.1 > start).collect();
    let (Some(first), Some(last)) = (touched.first(), touched.last()) else { return part(0, length, line.quad) };
    let Quad([top_left, _, _, bottom_left]) = part(first.0, first.1, first.2);
    let Quad([_, top_right, bottom_right, _]) = part(last.0, last.1, last.2);
    Quad([top_left, top_right, bottom_right, bottom_left])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::reading;
    use proptest::prelude::*;

    /// Characters are 10 by 20 pixels, lines 30 pixels apart: `line:start-end left..right`.
    fn check(lines: &[&str], query: &str, expected: &[&str]) {
        let found = hits(&reading(lines), &Query::parse(query));
        let show = |hit: &Hit| {
            let (left, top, right, bottom) = hit.quad.edges();
            assert_eq!((top, bottom), (hit.line as f32 * 30.0, hit.line as f32 * 30.0 + 20.0));
            format!("{}:{}-{} {left}..{right}", hit.line, hit.start, hit.end)
        };
        assert_eq!(found.iter().map(show).collect::<Vec<_>>(), expected, "{query:?}");
    }

    #[test]
    fn boxes_follow_the_words() {
        check(&["The grand total"], "grand", &["0:4-9 40..90"]);
        check(&["The grand total"], "\"grand total\"", &["0:4-15 40..150"]);
        check(&["The grand total"], "rand", &["0:5-9 50..90"]);
        check(&["The", "grand", "total"], "\"grand total\"", &["1:0-5 0..50", "2:0-5 0..50"]);
        check(&["Über-", "prüfung"], "uberprufung", &["0:0-5 0..50", "1:0-7 0..70"]);
        check(&["发票上税"], "票上", &["0:1-3 10..30"]);
        check(&["", "x"], "x", &["1:0-1 0..10"]);
    }

    #[test]
    fn without_words_a_hit_is_a_part_of_the_line() {
        let mut reading = reading(&["abcdefghij"]);
        reading.lines[0].words.clear();
        let found = hits(&reading, &Query::parse("cde"));
        assert_eq!(found[0].quad.edges(), (20.0, 0.0, 50.0, 20.0));
    }

    proptest! {
        #[test]
        fn boxes_stay_in_their_lines(
            lines in prop::collection::vec("[ab票发ß. -]{0,12}", 0..4), query in "[ab票发s \"-]{0,6}", lost in any::<prop::sample::Index>(),
        ) {
            let texts: Vec<&str> = lines.iter().map(String::as_str).collect();
            let mut reading = reading(&texts);
            // An engine may lose a word or give one that is not in the line.
            if let Some(word) = reading.lines.iter_mut().flat_map(|line| &mut line.words).nth(lost.index(4)) {
                word.text = "?".into();
            }
            for hit in hits(&reading, &Query::parse(&query)) {
                let line = &reading.lines[hit.line];
                prop_assert!(hit.start < hit.end && hit.end <= line.text.chars().count());
                let (inner, outer) = (hit.quad.edges(), line.quad.edges());
                prop_assert!(inner.0 >= outer.0 && inner.2 <= outer.2 && inner.0 <= inner.2, "{inner:?} in {outer:?}");
                prop_assert_eq!((inner.1, inner.3), (outer.1, outer.3));
            }
        }
    }
}
