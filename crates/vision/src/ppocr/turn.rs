//! Which way a page is turned. Detection does not mind: it finds lines that lie on their side or stand on their head as
//! well. The recogniser does: what it reads the wrong way, it reads unsurely (0.6 to 0.8 on average, against 0.99).
//!
//! So a few of the longest lines are read first, the likely way; only if that is unsure, the other way too, and the
//! surer way is the page's. An upright page costs nothing more than it did. Vertical Chinese and Japanese need no word
//! of their own: the recogniser knows characters that lie on their side, and the columns of a page that is turned to the
//! right stand in the right order.

use image::RgbImage;
use legible_reading::{Line, Point, Quad};

use super::crop::size;
use super::recognise::VERTICAL_ASPECT;
use crate::engine::ReadError;

/// Lines that are read before the others.
const SAMPLE: usize = 5;
/// Mean confidence from which on nobody asks whether the page is turned …
const SURE: f32 = 0.88;
/// … and below which another way is not believed either.
const LEAST: f32 = 0.7;
/// How much surer the other way is, at least.
const MARGIN: f32 = 0.1;

/// How a page lies in its image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Lines run from left to right.
    Upright,
    /// Turned clockwise by 90 degrees: lines run from top to bottom.
    Right,
    /// Lines run from right to left, on their head.
    Over,
    /// Turned anticlockwise by 90 degrees: lines run from bottom to top.
    Left,
}

impl Turn {
    const ALL: [Turn; 4] = [Turn::Upright, Turn::Right, Turn::Over, Turn::Left];

    /// The same box with the corner first at which its reading starts, where it was the top left one.
    pub fn facing(self, quad: &Quad) -> Quad {
        let mut corners = quad.0;
        corners.rotate_left(self as usize);
        Quad(corners)
    }

    /// How a page lies that lies so, seen by who holds it as if it lay `held`.
    pub fn since(self, held: Turn) -> Turn {
        Turn::ALL[(self as usize + 4 - held as usize) % 4]
    }

    /// Where a box of `image` stands on the page when that is held upright, in pixels.
    pub fn on_page(self, quad: &Quad, image: &RgbImage) -> Quad {
        let (width, height) = (image.width() as f32, image.height() as f32);
        Quad(quad.0.map(|Point { x, y }| match self {
            Turn::Upright => Point { x, y },
            Turn::Right => Point { x: y, y: width - x },
            Turn::Over => Point { x: width - x, y: height - y },
            Turn::Left => Point { x: height - y, y: x },
        }))
    }

    fn on_its_head(self) -> Turn {
        Turn::ALL[(self as usize + 2) % 4]
    }
}

/// How a page lies if its lines are not on their head; `quads` are as detected, the top left corner first.
pub fn likely(quads: &[Quad]) -> Turn {
    let share = |tall: bool| quads.iter().filter(|quad| is_tall(quad) == tall).map(length).sum::<f32>();
    if share(true) > share(false) { Turn::Right } else { Turn::Upright }
}

/// Puts the longest lines first, which tell how the page lies, and says how many they are. `quads` begin where reading
/// starts.
pub fn longest_first(quads: &mut [Quad]) -> usize {
    let rank = |quad: &Quad| if is_tall(quad) { 0.0 } else { -length(quad) };
    quads.sort_by(|a, b| rank(a).total_cmp(&rank(b)));
    quads.iter().filter(|quad| !is_tall(quad)).count().min(SAMPLE)
}

fn is_tall(quad: &Quad) -> bool {
    let (width, height) = size(quad);
    height >= VERTICAL_ASPECT * width
}

/// The length of a line in heights: its size says nothing of how much it can tell.
fn length(quad: &Quad) -> f32 {
    let (width, height) = size(quad);
    width.max(height) / width.min(height)
}

/// How the page is turned, as `sample` tells, which was read the `likely` way; `read` reads it another way.
///
/// # Errors
/// Those of `read`.
pub fn of_page(
    likely: Turn,
    sample: &[Option<Line>],
    read: impl FnOnce(Turn) -> Result<Vec<Option<Line>>, ReadError>,
) -> Result<Turn, ReadError> {
    let first = confidence(sample);
    if sample.is_empty() || first >= SURE {
        return Ok(likely);
    }
    let other = confidence(&read(likely.on_its_head())?);
    let surer = if other >= first + MARGIN { likely.on_its_head() } else { likely };
    // Tall boxes that cannot be read either way are no lines that run down or up.
    Ok(if first.max(other) >= LEAST { surer } else { Turn::Upright })
}

/// The mean confidence, with a line counted as often as it has characters, and once where nothing was read.
fn confidence(lines: &[Option<Line>]) -> f32 {
    let (sum, weight) = lines.iter().fold((0.0, 0.0), |(sum, weight), line| match line {
        Some(line) => {
            let count = line.text.chars().count() as f32;
            (sum + line.confidence * count, weight + count)
        }
        None => (sum, weight + 1.0),
    });
    if weight > 0.0 { sum / weight } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(confidence: f32) -> Option<Line> {
        Some(Line { text: "ten letters".into(), quad: Quad::from_edges(0.0, 0.0, 1.0, 1.0), confidence, words: vec![] })
    }

    #[test]
    fn the_surer_way_wins() {
        let check = |likely, first: &[Option<Line>], other: &[Option<Line>], expected| {
            assert_eq!(of_page(likely, first, |_| Ok(other.to_vec())), Ok(expected), "{first:?} {other:?}");
        };
        let (good, fair, bad, none) = ([line(0.99)], [line(0.8)], [line(0.6)], [None]);
        check(Turn::Upright, &bad, &good, Turn::Over);
        check(Turn::Upright, &bad, &fair, Turn::Over);
        check(Turn::Upright, &fair, &bad, Turn::Upright);
        check(Turn::Upright, &bad, &[line(0.65)], Turn::Upright);
        check(Turn::Upright, &none, &good, Turn::Over);
        check(Turn::Right, &bad, &good, Turn::Left);
        check(Turn::Right, &bad, &bad, Turn::Upright);
        check(Turn::Right, &none, &none, Turn::Upright);
        check(Turn::Right, &fair, &none, Turn::Right);
        check(Turn::Upright, &[], &good, Turn::Upright);
        // Nobody asks where it is sure.
        let asked = |_| Err(ReadError::Cancelled);
        assert_eq!(of_page(Turn::Right, &good, asked), Ok(Turn::Right));
        assert_eq!(of_page(Turn::Upright, &bad, asked), Err(ReadError::Cancelled));
    }

    #[test]
    fn the_longest_lines_tell() {
        let wide = |x: f32| Quad::from_edges(0.0, 0.0, x, 10.0);
        let tall = |y: f32| Quad::from_edges(0.0, 0.0, 10.0, y);
        let check = |quads: &[Quad], turn: Turn, count: usize, longest: Quad| {
            assert_eq!(likely(quads), turn, "{quads:?}");
            let mut held: Vec<Quad> = quads.iter().map(|quad| turn.facing(quad)).collect();
            assert_eq!((longest_first(&mut held), held[0]), (count, turn.facing(&longest)), "{quads:?}");
        };
        check(&[wide(50.0), tall(90.0), wide(80.0)], Turn::Upright, 2, wide(80.0));
        check(&[wide(50.0), tall(90.0), tall(80.0)], Turn::Right, 2, tall(90.0));
        check(&[wide(30.0); 9], Turn::Upright, 5, wide(30.0));
        assert_eq!((likely(&[]), longest_first(&mut [])), (Turn::Upright, 0));
    }

    #[test]
    fn a_turned_box_stands_upright_on_its_page() {
        let image = RgbImage::new(200, 100);
        // Where a line that begins at (10, 20) of an upright page of 200 x 100 or 100 x 200 lies after the turn.
        for (turn, detected) in [
            (Turn::Upright, Quad::from_edges(10.0, 20.0, 60.0, 30.0)),
            (Turn::Right, Quad::from_edges(170.0, 10.0, 180.0, 60.0)),
            (Turn::Over, Quad::from_edges(140.0, 70.0, 190.0, 80.0)),
            (Turn::Left, Quad::from_edges(20.0, 40.0, 30.0, 90.0)),
        ] {
            let upright = turn.on_page(&turn.facing(&detected), &image);
            assert_eq!(upright, Quad::from_edges(10.0, 20.0, 60.0, 30.0), "{turn:?}");
            for held in Turn::ALL {
                assert_eq!(turn.since(held).facing(&held.facing(&detected)), turn.facing(&detected));
            }
        }
    }
}
