//! How the lines of a reading become one text: a pass over what was read, so that it can be chosen anew at any time.
//!
//! Lines are compared in the frame of the upper one – along its reading direction and across it – so that slanted and
//! vertical text is treated like level text. Lengths are told in heights of that line.

use crate::{Line, Point, Reading, Script};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How the lines of a reading are put together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Each line for itself, as it stands in the image.
    #[default]
    Lines,
    /// Lines that were broken only for want of room are joined again; an empty line stands between paragraphs.
    Paragraphs,
    /// All in one line.
    OneLine,
}

/// A line goes on in the next one if the blank between them is at most so high …
const MAX_LEADING: f32 = 1.0;
/// … they overlap at least so much across (the next one may begin a little higher than this one ends) …
const MAX_OVERLAP: f32 = 0.5;
/// … their heights differ at most by this factor …
const MAX_HEIGHT_RATIO: f32 = 1.5;
/// … and the next one begins at most so far to the right (it would be a paragraph's first line) …
const MAX_INDENT: f32 = 1.0;
/// … or so far to the left: this one may have been such a first line.
const MAX_OUTDENT: f32 = 4.0;
/// A line also ends where the first word of the next one had found room, with so much of a blank before it.
const BLANK: f32 = 0.3;

impl Reading {
    /// The blocks of lines that lie below each other, each with the lines of its paragraphs: at least one of at least one line.
    pub fn blocks(&self) -> Vec<Vec<Range<usize>>> {
        blocks(&self.lines)
    }

    /// The text, put together as `layout` says.
    pub fn text_as(&self, layout: Layout) -> String {
        match layout {
            Layout::Lines => self.text(),
            Layout::Paragraphs => paragraphs(&self.lines).join("\n\n"),
            Layout::OneLine => paragraphs(&self.lines).join(" "),
        }
    }
}

/// The paragraphs, each in one line. A list's points are paragraphs.
fn paragraphs(lines: &[Line]) -> Vec<String> {
    let in_one_line = |range: Range<usize>| {
        let mut text = lines[range.start].text.clone();
        lines[range.start + 1..range.end].iter().for_each(|line| append(&mut text, &line.text));
        text
    };
    blocks(lines).into_iter().flatten().map(in_one_line).collect()
}

/// The lines of each paragraph of each block.
fn blocks(lines: &[Line]) -> Vec<Vec<Range<usize>>> {
    let rooms = rooms(lines);
    let mut blocks: Vec<Vec<Range<usize>>> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let follows = i > 0 && follows(&lines[i - 1], line);
        let alone = i..i + 1;
        match blocks.last_mut() {
            Some(block) if follows => match block.last_mut() {
                Some(paragraph) if goes_on(&lines[i - 1], line, rooms[i - 1]) => paragraph.end = i + 1,
                _ => block.push(alone),
            },
            _ => blocks.push(vec![alone]),
        }
    }
    blocks
}

/// How far each line could have reached along itself, in pixels: to the end of the longest line of its block.
fn rooms(lines: &[Line]) -> Vec<f32> {
    let mut rooms = Vec::with_capacity(lines.len());
    let mut start = 0;
    while start < lines.len() {
        let mut end = start + 1;
        while end < lines.len() && follows(&lines[end - 1], &lines[end]) {
            end += 1;
        }
        let block = &lines[start..end];
        rooms.extend(block.iter().map(|line| {
            let frame = Frame::of(line);
            block.iter().map(|other| frame.span(other).1).fold(frame.length, f32::max)
        }));
        start = end;
    }
    rooms
}

/// Whether a line lies just below another and is as high: both belong to one block.
fn follows(line: &Line, next: &Line) -> bool {
    let (frame, other) = (Frame::of(line), Frame::of(next));
    if frame.height <= 0.0 || other.height <= 0.0 {
        return false;
    }
    let ratio = frame.height.max(other.height) / frame.height.min(other.height);
    let (top, _) = frame.depth(next);
    let (left, right) = frame.span(next);
    let leading = (top - frame.height) / frame.height;
    ratio <= MAX_HEIGHT_RATIO && (-MAX_OVERLAP..=MAX_LEADING).contains(&leading) && left < frame.length && right > 0.0
}

/// Whether the text of a line goes on in the next one, where `room` is how far it could have reached.
fn goes_on(line: &Line, next: &Line, room: f32) -> bool {
    if !follows(line, next) || is_point(&next.text) {
        return false;
    }
    let frame = Frame::of(line);
    let (left, right) = frame.span(next);
    let indent = left / frame.height;
    if !(-MAX_OUTDENT..=MAX_INDENT).contains(&indent) {
        return false;
    }
    let first = next.words.first().map_or(right - left, |word| {
        let (from, to) = frame.extent(word.quad.0, |frame, point| frame.along(point));
        to - from
    });
    frame.length + BLANK * frame.height + first > room
}

/// Whether a line begins a point of a list.
fn is_point(text: &str) -> bool {
    let Some((mark, rest)) = text.split_once(char::is_whitespace) else { return false };
    let is_number = |mark: &str| {
        let digits = mark.trim_start_matches('(').trim_end_matches(['.', ')']);
        digits.len() < mark.len()
            && digits.len() <= 3
            && !digits.is_empty()
            && digits.chars().all(|c| c.is_ascii_digit())
    };
    !rest.trim().is_empty() && (matches!(mark, "-" | "–" | "•" | "◦" | "▪" | "*" | "·") || is_number(mark))
}

/// Joins a line to a paragraph: a word that was divided is made whole, and scripts without blanks get none.
fn append(paragraph: &mut String, line: &str) {
    let mut end = paragraph.chars().rev();
    let (last, before, first) = (end.next(), end.next(), line.chars().next());
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    match last {
        Some('\u{AD}') => drop(paragraph.pop()),
        Some('-' | '\u{2010}') if is_letter(before) && first.is_some_and(char::is_lowercase) => drop(paragraph.pop()),
        _ if is_without_blanks(last) && is_without_blanks(first) => {}
        _ => paragraph.push(' '),
    }
    paragraph.push_str(line);
}

fn is_without_blanks(character: Option<char>) -> bool {
    matches!(character.and_then(Script::of), Some(Script::Han | Script::Kana | Script::Thai))
}

/// The frame of a line: its origin is where its reading starts.
struct Frame {
    origin: Point,
    /// The unit vector along the line.
    direction: (f32, f32),
    length: f32,
    height: f32,
}

impl Frame {
    fn of(line: &Line) -> Frame {
        let [start, end, _, below] = line.quad.0;
        let (dx, dy) = (end.x - start.x, end.y - start.y);
        let length = dx.hypot(dy);
        let direction = if length > 0.0 { (dx / length, dy / length) } else { (1.0, 0.0) };
        let frame = Frame { origin: start, direction, length, height: 0.0 };
        Frame { height: frame.across(below), ..frame }
    }

    fn along(&self, point: Point) -> f32 {
        (point.x - self.origin.x) * self.direction.0 + (point.y - self.origin.y) * self.direction.1
    }

    fn across(&self, point: Point) -> f32 {
        (point.y - self.origin.y) * self.direction.0 - (point.x - self.origin.x) * self.direction.1
    }

    /// From where to where a line reaches along this one.
    fn span(&self, line: &Line) -> (f32, f32) {
        self.extent(line.quad.0, Frame::along)
    }

    /// From where to where a line reaches across this one.
    fn depth(&self, line: &Line) -> (f32, f32) {
        self.extent(line.quad.0, Frame::across)
    }

    fn extent(&self, points: [Point; 4], measure: impl Fn(&Frame, Point) -> f32) -> (f32, f32) {
        let measures = points.map(|point| measure(self, point));
        measures.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(from, to), &m| (from.min(m), to.max(m)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Engine, Quad, Word};

    /// Lines as a page shows them: a character is 10 pixels wide and 20 high, a line 30 pixels below the one before. An
    /// empty line is left out, blanks at the beginning indent.
    fn page(text: &str, turn: impl Fn(Point) -> Point) -> Reading {
        let turned = |quad: Quad| Quad(quad.0.map(&turn));
        let rows = text.lines().enumerate().filter(|(_, row)| !row.trim().is_empty());
        let lines = rows.map(|(i, row)| {
            let (text, width) = (row.trim_start(), |text: &str| text.chars().count() as f32 * 10.0);
            let (left, top) = (width(row) - width(text), i as f32 * 30.0);
            let quad = Quad::from_edges(left, top, left + width(text), top + 20.0);
            let word = text.split(' ').next().unwrap();
            let first = Quad::from_edges(left, top, left + width(word), top + 20.0);
            let words = vec![Word { text: word.into(), quad: turned(first), confidence: 1.0 }];
            Line { text: text.into(), quad: turned(quad), confidence: 1.0, words }
        });
        let engine = Engine { name: "test".into(), version: "1".into() };
        Reading { engine, width: 1000, height: 1000, lines: lines.collect() }
    }

    fn check(text: &str, expected: &[&str]) {
        let turns: [fn(Point) -> Point; 3] = [
            |p| p,
            |p| Point { x: 900.0 - p.y, y: p.x },
            |p| Point { x: p.x * 0.96 - p.y * 0.28, y: p.x * 0.28 + p.y * 0.96 },
        ];
        for turn in turns {
            let reading = page(text, turn);
            assert_eq!(reading.text_as(Layout::Paragraphs), expected.join("\n\n"));
            assert_eq!(reading.text_as(Layout::OneLine), expected.join(" "));
            let lines: Vec<_> = text.lines().map(str::trim_start).filter(|line| !line.is_empty()).collect();
            assert_eq!(reading.text_as(Layout::Lines), lines.join("\n"));
        }
    }

    #[test]
    fn lines_become_paragraphs() {
        check("", &[]);
        check("one line", &["one line"]);
        check("lines that were broken\nfor want of room", &["lines that were broken for want of room"]);
        check(
            "a paragraph ends in a\nshort line.\nThe next one begins.",
            &["a paragraph ends in a short line.", "The next one begins."],
        );
        check(
            "a blank line ends one\n\nfor certain, does it not",
            &["a blank line ends one", "for certain, does it not"],
        );
        check(
            "the words of a long line\n   An indent begins another",
            &["the words of a long line", "An indent begins another"],
        );
        check("   An indent begins one\nwhich goes on like this.", &["An indent begins one which goes on like this."]);
        check(
            "- a point of a list that\nis too long for a line\n- and the next of points",
            &["- a point of a list that is too long for a line", "- and the next of points"],
        );
        check(
            "1. one of a numbered list\n2. two of a numbered list",
            &["1. one of a numbered list", "2. two of a numbered list"],
        );
    }

    #[test]
    fn words_are_made_whole() {
        check("a word may be divi-\nded at its end.", &["a word may be divided at its end."]);
        check("from 1990 to 1995-\n1999 it was so.", &["from 1990 to 1995- 1999 it was so."]);
        check("the river Saale-\nUnstrut is there", &["the river Saale- Unstrut is there"]);
        check("今日は天気がいいから\n散歩しましょう。", &["今日は天気がいいから散歩しましょう。"]);
    }

    #[test]
    fn lines_without_a_size_stay_alone() {
        let mut reading = page("one two three\nfour five six", |_| Point { x: f32::NAN, y: 0.0 });
        assert_eq!(reading.text_as(Layout::Paragraphs), "one two three\n\nfour five six");
        reading.lines.iter_mut().for_each(|line| line.quad = Quad::from_edges(5.0, 5.0, 5.0, 5.0));
        assert_eq!(reading.text_as(Layout::Paragraphs), "one two three\n\nfour five six");
    }

    #[test]
    fn columns_are_not_joined() {
        let mut reading = page("the left column has this\nthe right column has that", |p| p);
        let beside = Quad::from_edges(400.0, 0.0, 650.0, 20.0);
        reading.lines[1].quad = beside;
        assert_eq!(reading.text_as(Layout::Paragraphs), "the left column has this\n\nthe right column has that");
    }
}
