//! Runs the recogniser on one line and makes a [`Line`] with words of the answer.

use image::RgbImage;
use legible_reading::{Line, Quad, Word};
use rten::{Model, RunOptions};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::crop::{COLUMNS_PER_STEP, columns, cuts, line_image, size};
use super::ctc::{Alphabet, Glyph, Surprises, decode, stands_alone};
use super::vertical::{self, Placed};
use super::{inference, stop_if_cancelled};
use crate::engine::{ReadError, Watch};
use crate::limits::MAX_LINE_WIDTH;

/// A quad at least so many times taller than wide holds text that runs downwards …
pub const VERTICAL_ASPECT: f32 = 1.5;
/// … for sure from here on; below, it may be a single tall character, and both ways are tried.
const SURELY_VERTICAL_ASPECT: f32 = 4.0;
/// Text that is read downwards with this confidence does not run upwards.
const SURELY_DOWNWARDS: f32 = 0.9;

/// The recogniser over one image.
pub struct LineReader<'a> {
    pub model: &'a Model,
    pub options: &'a (dyn Fn() -> Option<RunOptions> + Sync),
    pub alphabet: &'a Alphabet,
    pub surprises: &'a Surprises,
    pub image: &'a RgbImage,
    pub watch: &'a dyn Watch,
}

impl LineReader<'_> {
    /// Reads the line in `quad`, whose first corner is where reading starts if it is no tall one; `None` when there is no
    /// text in it.
    ///
    /// A tall one is read downwards, upwards if that is unsure, and, if it may be a single character, as it stands too.
    pub fn read(&self, quad: &Quad) -> Result<Option<Line>, ReadError> {
        let (width, height) = size(quad);
        if height / width < VERTICAL_ASPECT {
            return self.along(*quad);
        }
        let [top_left, top_right, bottom_right, bottom_left] = quad.0;
        let confidence = |line: &Option<Line>| line.as_ref().map_or(0.0, |line| line.confidence);
        let mut best = self.along(Quad([top_right, bottom_right, bottom_left, top_left]))?;
        let upwards = Quad([bottom_left, top_left, top_right, bottom_right]);
        let ways =
            [(upwards, SURELY_DOWNWARDS), (*quad, if height / width < SURELY_VERTICAL_ASPECT { 1.0 } else { 0.0 })];
        for (way, unless) in ways {
            if confidence(&best) < unless {
                let other = self.along(way)?;
                if confidence(&other) > confidence(&best) {
                    best = other;
                }
            }
        }
        Ok(best)
    }

    fn along(&self, quad: Quad) -> Result<Option<Line>, ReadError> {
        let glyphs = self.glyphs(&quad)?;
        if vertical::may_be(&glyphs, &quad)
            && let Some((cells, step)) = vertical::doubtful_cells(self.image, &quad, &glyphs)
        {
            return Ok(line(&vertical::mended(&cells, &self.upright(&quad, &cells, step)?), quad));
        }
        Ok(line(&glyphs, quad))
    }

    /// What the upright cells of a column say; places are in cells.
    fn upright(&self, quad: &Quad, cells: &[vertical::Cell], step: f32) -> Result<Vec<Placed>, ReadError> {
        let mut glyphs = Vec::new();
        for (i, part) in cells.chunks(MAX_LINE_WIDTH / vertical::CELL).enumerate() {
            stop_if_cancelled(self.watch)?;
            let first = i * (MAX_LINE_WIDTH / vertical::CELL);
            let steps_per_cell = (vertical::CELL / COLUMNS_PER_STEP) as f32;
            let found = self.run(&vertical::line_of(self.image, quad, part, step))?.into_iter();
            glyphs.extend(found.map(|g| Placed {
                at: first as f32 + g.at / steps_per_cell,
                text: g.text,
                probability: g.probability,
            }));
        }
        Ok(glyphs)
    }

    fn run(&self, input: &NdTensor<f32, 4>) -> Result<Vec<Glyph>, ReadError> {
        let output = self.model.run_one(input.view().into(), (self.options)()).map_err(inference)?;
        let output: NdTensor<f32, 3> = output.try_into().map_err(|_| inference("the recogniser's answer is odd"))?;
        if output.size(0) != 1 || output.size(2) != self.alphabet.classes() {
            return Err(inference("the recogniser does not match its alphabet"));
        }
        Ok(decode(output.slice(0), self.alphabet, self.surprises))
    }

    fn glyphs(&self, quad: &Quad) -> Result<Vec<Placed>, ReadError> {
        let mut glyphs: Vec<Placed> = Vec::new();
        for ends in cuts(self.image, quad, MAX_LINE_WIDTH).windows(2) {
            stop_if_cancelled(self.watch)?;
            let piece = quad.slice(ends[0], ends[1]);
            let input = line_image(self.image, &piece);
            let output = self.model.run_one(input.view().into(), (self.options)()).map_err(inference)?;
            let output: NdTensor<f32, 3> =
                output.try_into().map_err(|_| inference("the recogniser's answer is odd"))?;
            if output.size(0) != 1 || output.size(2) != self.alphabet.classes() {
                return Err(inference("the recogniser does not match its alphabet"));
            }
            let steps = columns(&piece) as f32 / COLUMNS_PER_STEP as f32;
            let found = decode(output.slice(0), self.alphabet, self.surprises);
            let place = |at: f32| ends[0] + (ends[1] - ends[0]) * (at / steps).min(1.0);
            let found = found.into_iter();
            let mut found =
                found.map(|g| Placed { at: place(g.at), text: g.text, probability: g.probability }).peekable();
            if let (Some(last), Some(first)) = (glyphs.last(), found.peek()) {
                // Cuts lie in the widest blanks, which are spaces wherever spaces are used.
                if !stands_alone(&last.text) && !stands_alone(&first.text) {
                    let probability = last.probability;
                    glyphs.push(Placed { text: " ".to_string(), at: ends[0], probability });
                }
            }
            glyphs.extend(found);
        }
        Ok(glyphs)
    }
}

fn line(glyphs: &[Placed], quad: Quad) -> Option<Line> {
    let text: String = glyphs.iter().map(|glyph| glyph.text.as_str()).collect();
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let confidence = mean(glyphs);
    Some(Line { text: text.to_string(), quad, confidence, words: words(glyphs, quad) })
}

fn mean(glyphs: &[Placed]) -> f32 {
    let sum: f32 = glyphs.iter().map(|glyph| glyph.probability).sum();
    (sum / glyphs.len() as f32).clamp(0.0, 1.0)
}

fn words(glyphs: &[Placed], quad: Quad) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = 0;
    while start < glyphs.len() {
        if is_blank(&glyphs[start].text) {
            start += 1;
            continue;
        }
        let mut end = start + 1;
        if !stands_alone(&glyphs[start].text) {
            while end < glyphs.len() && !is_blank(&glyphs[end].text) && !stands_alone(&glyphs[end].text) {
                end += 1;
            }
        }
        let (from, to) = extent(glyphs, start, end);
        let word = &glyphs[start..end];
        words.push(Word {
            text: word.iter().map(|glyph| glyph.text.as_str()).collect(),
            quad: quad.slice(from, to),
            confidence: mean(word),
        });
        start = end;
    }
    words
}

/// From where to where `glyphs[start..end]` reach, as fractions of the line: CTC gives only middles, so an edge lies
/// half an advance beyond the outer middle, but not past the middle between neighbours or the line's end.
fn extent(glyphs: &[Placed], start: usize, end: usize) -> (f32, f32) {
    let (first, last) = (glyphs[start].at, glyphs[end - 1].at);
    let before = if start == 0 { 0.0 } else { (glyphs[start - 1].at + first) / 2.0 };
    let after = if end == glyphs.len() { 1.0 } else { (last + glyphs[end].at) / 2.0 };
    let advance = if end - start > 1 { (last - first) / (end - start - 1) as f32 } else { f32::INFINITY };
    (before.max(first - advance * 0.7), after.min(last + advance * 0.7))
}

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let n = text.chars().count() as f32;
        let glyph = |(i, c): (usize, char)| Placed { text: c.to_string(), at: (i as f32 + 0.5) / n, probability: 0.9 };
        let glyphs: Vec<Placed> = text.chars().enumerate().map(glyph).collect();
        let line = line(&glyphs, Quad::from_edges(0.0, 0.0, n * 10.0, 10.0));
        let words = line.as_ref().map_or(vec![], |line| line.words.clone());
        assert_eq!(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), expected, "{text:?}");
        let mut end = 0.0;
        for word in &words {
            let (left, top, right, bottom) = word.quad.edges();
            assert!(left >= end - 1e-3 && right > left && (top, bottom) == (0.0, 10.0), "{words:?}");
            end = right;
        }
    }

    #[test]
    fn lines_split_into_words_left_to_right() {
        check("", &[]);
        check("   ", &[]);
        check("one two", &["one", "two"]);
        check(" a  b ", &["a", "b"]);
        check("日本 2024年", &["日", "本", "2024", "年"]);
        check("你\u{3000}好。", &["你", "好", "。"]);
        check("x", &["x"]);
    }

    #[test]
    fn a_word_between_spaces_is_where_its_characters_are() {
        let glyphs: Vec<Placed> = "ab cd ef"
            .chars()
            .enumerate()
            .map(|(i, c)| Placed { text: c.to_string(), at: (i as f32 + 0.5) / 8.0, probability: 1.0 })
            .collect();
        let words = words(&glyphs, Quad::from_edges(0.0, 0.0, 80.0, 10.0));
        let (left, _, right, _) = words[1].quad.edges();
        assert!((left - 30.0).abs() < 3.0 && (right - 50.0).abs() < 3.0, "{left} {right}");
    }
}
