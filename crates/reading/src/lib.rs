//! What was read and recognised in an image, as plain data.
//!
//! `vision` makes readings and [`recognition`]s, `library` keeps them, and neither knows the other: this crate is the
//! vocabulary they share. It holds data and pure geometry only.
//!
//! Coordinates are pixels of the *upright* image (EXIF orientation applied), x to the right, y down, with the origin at
//! the top left corner of the top left pixel.

mod language;
mod layout;
pub mod limits;
pub mod recognition;

pub use language::{LANGUAGES, Language, Script, language, scripts};
pub use layout::Layout;
use serde::{Deserialize, Serialize};

/// A point in pixels of the upright image.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Pixels from the left edge.
    pub x: f32,
    /// Pixels from the top edge.
    pub y: f32,
}

/// Four corners around a piece of text, clockwise as seen, starting where reading starts
/// (for upright Latin text: top left, top right, bottom right, bottom left).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quad(pub [Point; 4]);

impl Quad {
    /// The axis-aligned rectangle with the given edges, in pixels.
    pub fn from_edges(left: f32, top: f32, right: f32, bottom: f32) -> Self {
        Quad([
            Point { x: left, y: top },
            Point { x: right, y: top },
            Point { x: right, y: bottom },
            Point { x: left, y: bottom },
        ])
    }

    /// The edges of the smallest axis-aligned rectangle around the quad: left, top, right, bottom, in pixels.
    pub fn edges(&self) -> (f32, f32, f32, f32) {
        let start = (f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY);
        self.0.iter().fold(start, |(l, t, r, b), p| (l.min(p.x), t.min(p.y), r.max(p.x), b.max(p.y)))
    }

    /// The quad turned around the origin by `angle` radians, clockwise as seen.
    pub fn turned(&self, angle: f32) -> Self {
        let (sin, cos) = angle.sin_cos();
        Quad(self.0.map(|Point { x, y }| Point { x: x * cos - y * sin, y: x * sin + y * cos }))
    }

    /// The part of the quad between two fractions (0 to 1) of its reading direction, for example the box of one word.
    pub fn slice(&self, from: f32, to: f32) -> Self {
        let [top_left, top_right, bottom_right, bottom_left] = self.0;
        let between = |a: Point, b: Point, t: f32| Point { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
        Quad([
            between(top_left, top_right, from),
            between(top_left, top_right, to),
            between(bottom_left, bottom_right, to),
            between(bottom_left, bottom_right, from),
        ])
    }
}

/// One word of a line. In scripts without spaces a word is one character.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// The word as it stands in the line's text.
    pub text: String,
    /// Where it stands.
    pub quad: Quad,
    /// How sure the engine is, 0 to 1.
    pub confidence: f32,
}

/// One line of text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The whole line, spaces included.
    pub text: String,
    /// Where it stands.
    pub quad: Quad,
    /// How sure the engine is, 0 to 1.
    pub confidence: f32,
    /// The words in reading order. Their texts occur in `text` in this order.
    pub words: Vec<Word>,
}

/// Which engine and which models made a reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    /// The engine's name, such as `ppocr`.
    pub name: String,
    /// Names the models and the version of the code around them; a reading with another version may differ.
    pub version: String,
}

/// Everything one engine read in one image, in reading order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// What made this reading.
    pub engine: Engine,
    /// Width of the upright image in pixels.
    pub width: u32,
    /// Height of the upright image in pixels.
    pub height: u32,
    /// The lines in reading order.
    pub lines: Vec<Line>,
}

impl Reading {
    /// The lines' texts joined by line breaks.
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.lines.iter().map(|line| line.text.as_str()).collect();
        texts.join("\n")
    }

    /// The mean confidence of the lines weighted by their length in characters; `None` without text.
    pub fn confidence(&self) -> Option<f32> {
        let (sum, weight) = self.lines.iter().fold((0.0, 0.0), |(sum, weight), line| {
            let n = line.text.chars().count() as f32;
            (sum + line.confidence * n, weight + n)
        });
        (weight > 0.0).then(|| sum / weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_of_a_level_quad_keeps_its_height() {
        let half = Quad::from_edges(10.0, 20.0, 30.0, 40.0).slice(0.5, 1.0);
        assert_eq!(half.edges(), (20.0, 20.0, 30.0, 40.0));
    }

    #[test]
    fn an_empty_reading_has_no_confidence() {
        let engine = Engine { name: "ppocr".into(), version: "1".into() };
        let reading = Reading { engine, width: 1, height: 1, lines: vec![] };
        assert_eq!((reading.text(), reading.confidence()), (String::new(), None));
    }
}
