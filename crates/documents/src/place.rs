//! Where something stands, in whole pixels of the page.

use legible_reading::{Line, Quad, Reading};

/// Below this slant, in degrees, a line is level.
const LEVEL: f32 = 0.5;

/// A rectangle in pixels of the upright image; the right and the lower edge are just outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub left: u32,
    pub top: u32,
    pub right: u32,
    pub bottom: u32,
}

impl Place {
    /// Around a quad, as far as it lies on the page.
    pub fn of(quad: &Quad, page: &Reading) -> Self {
        let (left, top, right, bottom) = quad.edges();
        // Also of what is no number: there, a cast gives 0.
        let within = |edge: f32, size: u32| edge.clamp(0.0, size as f32) as u32;
        let (left, top) = (within(left.floor(), page.width), within(top.floor(), page.height));
        let (right, bottom) = (within(right.ceil(), page.width), within(bottom.ceil(), page.height));
        Place { left, top, right: right.max(left), bottom: bottom.max(top) }
    }

    /// Around some lines; nowhere where there is none.
    pub fn around(lines: &[Line], page: &Reading) -> Self {
        let both = |one: Place, other: Place| Place {
            left: one.left.min(other.left),
            top: one.top.min(other.top),
            right: one.right.max(other.right),
            bottom: one.bottom.max(other.bottom),
        };
        let places = lines.iter().map(|line| Place::of(&line.quad, page));
        places.reduce(both).unwrap_or(Place { left: 0, top: 0, right: 0, bottom: 0 })
    }

    pub fn width(self) -> u32 {
        self.right - self.left
    }

    pub fn height(self) -> u32 {
        self.bottom - self.top
    }
}

/// How far a line is turned, in degrees counterclockwise; `None` for one that is level.
pub fn slant(line: &Line) -> Option<f32> {
    let [start, end, ..] = line.quad.0;
    let degrees = (start.y - end.y).atan2(end.x - start.x).to_degrees();
    (degrees.is_finite() && degrees.abs() >= LEVEL).then_some(degrees)
}

/// A confidence of 0 to 1 in per cent.
pub fn per_cent(confidence: f32) -> u32 {
    (confidence.clamp(0.0, 1.0) * 100.0).round() as u32
}

/// A piece of a line's text: a word, or what stands between two.
pub enum Piece<'a> {
    Word { text: &'a str, quad: &'a Quad, confidence: f32 },
    Between(&'a str),
}

/// The words of a line with what stands between them, which together are its text. A line whose words are not told is one.
pub fn pieces(line: &Line) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = line.text.as_str();
    for word in line.words.iter().filter(|word| !word.text.is_empty()) {
        let Some(at) = rest.find(&word.text) else { continue };
        let (between, from) = rest.split_at(at);
        let (text, after) = from.split_at(word.text.len());
        if !between.is_empty() {
            pieces.push(Piece::Between(between));
        }
        pieces.push(Piece::Word { text, quad: &word.quad, confidence: word.confidence });
        rest = after;
    }
    if pieces.is_empty() && !rest.trim().is_empty() {
        return vec![Piece::Word { text: rest.trim(), quad: &line.quad, confidence: line.confidence }];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Between(rest));
    }
    pieces
}
