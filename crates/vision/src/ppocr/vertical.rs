//! Chinese and Japanese in columns from top to bottom.
//!
//! The recogniser reads such a column as a line whose characters lie on their side, and knows them; but it drops what
//! stands elsewhere in its cell than in a line: commas, full stops and small kana, which hang at the upper right. So a
//! column with gaps is set anew as a line of upright cells, with small marks where a line has them, and read once more.
//! What was missing or doubtful is taken from there. Brackets and long vowels, which are turned in columns, stay as
//! first read.

use std::ops::Range;

use image::RgbImage;
use legible_reading::{Quad, Script};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::crop::{LINE_HEIGHT, MIN_COLUMNS, fill, size};
use super::ctc::stands_alone;

/// Width and height of a cell as it is read.
pub const CELL: usize = LINE_HEIGHT;
/// From this distance on, in steps from character to character, something stands between two.
const GAP: f32 = 1.55;
/// From this distance on, in such steps, something stands between the first or last character and the end of the line.
const END_GAP: f32 = 1.0;
/// Characters read with a lower probability are doubtful.
const DOUBTFUL: f32 = 0.8;
/// Upright cells that are read less surely than this on average are none: the whole line lies on its side.
const UPRIGHT: f32 = 0.8;
/// Contrast from which on a cell is not empty, where 2 is black on white.
const LEAST_INK: f32 = 0.4;
/// A mark up to this size, in cells, hangs in a corner.
const CORNER_MARK: f32 = 0.5;
/// A mark up to this size, in cells, is a small kana.
const SMALL_KANA: f32 = 0.72;
/// Neighbours reach so many pixels into a cell at most.
const MAX_REACH: usize = 6;
/// How far from the edges of its cell a mark stands in a line, in cells.
const BEARING: f32 = 0.08;
/// What columns turn or print unlike lines.
const TURNED: &str = "ー～〜…—–‥「」『』（）〔〕［］｛｝〈〉《》【】：；＝-()[]{}:;";

/// What a long vowel looks like on end.
const BARS: [&str; 6] = ["1", "|", "l", "I", "丨", "｜"];

/// A character on its line.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    pub text: String,
    /// Its middle as a fraction of the line's length.
    pub at: f32,
    pub probability: f32,
}

/// A cell of a column: its middle as a fraction of the line, and what was read there.
pub type Cell<'a> = (f32, Option<&'a Placed>);

/// Whether a line may be a column: it runs down the image, and its characters are Chinese or Japanese for the most part.
pub fn may_be(glyphs: &[Placed], quad: &Quad) -> bool {
    let (dx, dy) = (quad.0[1].x - quad.0[0].x, quad.0[1].y - quad.0[0].y);
    dy > 2.0 * dx.abs() && 2 * glyphs.iter().filter(|glyph| stands_alone(&glyph.text)).count() > glyphs.len()
}

/// The cells of a column and their length as a fraction of it, if any of them is missing or doubtful as it was read.
pub fn doubtful_cells<'a>(image: &RgbImage, quad: &Quad, glyphs: &'a [Placed]) -> Option<(Vec<Cell<'a>>, f32)> {
    // A mark hangs in a corner of its cell and tells the middle of none.
    let (marks, signs): (Vec<&Placed>, Vec<&Placed>) = glyphs.iter().partition(|glyph| is_mark(glyph));
    let mut steps: Vec<f32> = signs.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
    steps.sort_by(f32::total_cmp);
    let (length, thickness) = size(quad);
    // A cell is as long as wide; boxes are a little wider.
    let step = steps.get(steps.len().saturating_sub(1) / 2).copied().unwrap_or(0.85 * thickness / length);
    let (first, last) = (signs.first()?.at, signs.last()?.at);
    if step <= 0.0 {
        return None;
    }
    let mut cells: Vec<Cell> = Vec::new();
    if first >= END_GAP * step {
        cells.push((first - step, None));
    }
    for (i, sign) in signs.iter().enumerate() {
        cells.push((sign.at, Some(sign)));
        let distance = signs.get(i + 1).map_or(0.0, |next| next.at - sign.at);
        if distance >= GAP * step {
            let missing = (distance / step).round() as usize - 1;
            cells.extend((1..=missing).map(|k| (sign.at + distance * k as f32 / (missing + 1) as f32, None)));
        }
    }
    if 1.0 - last >= END_GAP * step {
        cells.push((last + step, None));
    }
    cells.retain(|(at, sign)| sign.is_some() || has_ink(&cell(image, quad, *at, step)));
    for mark in marks {
        match cells.iter_mut().find(|(at, sign)| sign.is_none() && (at - mark.at).abs() < step) {
            Some((_, sign)) => *sign = Some(mark),
            None => cells.push((mark.at, Some(mark))),
        }
    }
    cells.sort_by(|a, b| a.0.total_cmp(&b.0));
    let is_doubtful = |(_, sign): &Cell| sign.is_none_or(is_doubtful);
    cells.iter().any(is_doubtful).then_some((cells, step))
}

/// Cells as one line image, as [`super::crop::line_image`] makes them.
pub fn line_of(image: &RgbImage, quad: &Quad, cells: &[Cell], step: f32) -> NdTensor<f32, 4> {
    let mut line = NdTensor::<f32, 4>::zeros([1, 3, LINE_HEIGHT, (cells.len() * CELL).max(MIN_COLUMNS)]);
    for (i, (at, _)) in cells.iter().enumerate() {
        let mut cell = cell(image, quad, *at, step);
        set_as_in_a_line(&mut cell);
        line.slice_mut((.., .., .., i * CELL..(i + 1) * CELL)).copy_from(&cell.view());
    }
    line
}

/// The column with what its upright cells say; `upright` has their places in cells.
pub fn mended(cells: &[Cell], upright: &[Placed]) -> Vec<Placed> {
    let sum: f32 = upright.iter().map(|glyph| glyph.probability).sum();
    let trusted = !upright.is_empty() && sum >= UPRIGHT * upright.len() as f32;
    let mut mended: Vec<Placed> = Vec::with_capacity(cells.len());
    for (i, (at, glyph)) in cells.iter().enumerate() {
        let of_cell = upright.iter().filter(|other| trusted && other.at as usize == i);
        let surest = of_cell.max_by(|a, b| a.probability.total_cmp(&b.probability));
        let better = surest.filter(|other| {
            glyph.is_none_or(|glyph| is_doubtful(glyph) && other.probability > glyph.probability - 0.1)
        });
        let after_kana =
            mended.last().is_some_and(|last| last.text.chars().next().and_then(Script::of) == Some(Script::Kana));
        mended.extend(match better {
            // A long vowel stands on end in a column.
            Some(other) if after_kana && BARS.contains(&other.text.as_str()) => {
                Some(Placed { text: "ー".into(), at: *at, probability: other.probability })
            }
            Some(other) => Some(Placed { at: *at, ..other.clone() }),
            None => glyph.cloned(),
        });
    }
    mended
}

/// Not read surely, or as what a comma at an odd place looks like.
fn is_doubtful(glyph: &Placed) -> bool {
    let is_turned = glyph.text.chars().all(|c| TURNED.contains(c));
    !is_turned && (is_mark(glyph) || glyph.probability < DOUBTFUL)
}

fn is_mark(glyph: &Placed) -> bool {
    !stands_alone(&glyph.text) && glyph.text.chars().all(|c| !c.is_alphanumeric() && !TURNED.contains(c))
}

/// The upright cell of `quad`'s line whose middle is at a fraction of its length, and `step` of it long.
fn cell(image: &RgbImage, quad: &Quad, at: f32, step: f32) -> NdTensor<f32, 4> {
    let [top_right, bottom_right, bottom_left, top_left] = quad.slice(at - step / 2.0, at + step / 2.0).0;
    let mut cell = NdTensor::<f32, 4>::zeros([1, 3, CELL, CELL]);
    fill(&mut cell, image, &Quad([top_left, top_right, bottom_right, bottom_left]), CELL);
    cell
}

/// The colour of the paper and the strongest contrast with it, in the green channel.
fn paper_and_contrast(cell: &NdTensor<f32, 4>) -> (f32, f32) {
    let mut values: Vec<f32> = cell.slice((0, 1)).iter().copied().collect();
    values.sort_by(f32::total_cmp);
    let paper = values[values.len() / 2];
    (paper, (paper - values[0]).max(values[values.len() - 1] - paper))
}

fn has_ink(cell: &NdTensor<f32, 4>) -> bool {
    paper_and_contrast(cell).1 >= LEAST_INK
}

/// Moves what hangs at the upper right of a cell, as in a column, to where a line has it.
fn set_as_in_a_line(cell: &mut NdTensor<f32, 4>) {
    let Some((columns, rows)) = ink(cell) else { return };
    let (width, height) = (columns.len(), rows.len());
    let largest = width.max(height) as f32 / CELL as f32;
    let hangs = columns.start + width / 2 > CELL / 2 && rows.start + height / 2 < CELL / 2;
    if largest > SMALL_KANA || !hangs {
        return;
    }
    let bearing = (BEARING * CELL as f32) as usize;
    let left = if largest <= CORNER_MARK { bearing } else { (CELL - width) / 2 };
    let top = CELL - bearing - height;
    let mark = cell.slice((.., .., rows, columns)).to_tensor();
    for channel in 0..3 {
        let ground = ground(cell, channel);
        cell.slice_mut((0, channel)).fill(ground);
    }
    cell.slice_mut((.., .., top..top + height, left..left + width)).copy_from(&mark.view());
}

/// The columns and rows of a cell between which its character stands, without what neighbours above and below reach into it.
fn ink(cell: &NdTensor<f32, 4>) -> Option<(Range<usize>, Range<usize>)> {
    let (paper, contrast) = paper_and_contrast(cell);
    let is_ink = |x: usize, y: usize| contrast >= LEAST_INK && (cell[[0, 1, y, x]] - paper).abs() > contrast / 2.0;
    let mut runs: Vec<Range<usize>> = Vec::new();
    for y in (0..CELL).filter(|y| (0..CELL).any(|x| is_ink(x, *y))) {
        match runs.last_mut() {
            Some(run) if run.end == y => run.end = y + 1,
            _ => runs.push(y..y + 1),
        }
    }
    let reaches_in = |run: &Range<usize>| run.len() <= MAX_REACH && (run.start == 0 || run.end == CELL);
    if !runs.iter().all(reaches_in) {
        runs.retain(|run| !reaches_in(run));
    }
    let rows = runs.first()?.start..runs.last()?.end;
    let has_ink = |x: &usize| rows.clone().any(|y| is_ink(*x, y));
    let columns = (0..CELL).find(has_ink)?..(0..CELL).rfind(has_ink)? + 1;
    Some((columns, rows))
}

fn ground(cell: &NdTensor<f32, 4>, channel: usize) -> f32 {
    let mut values: Vec<f32> = cell.slice((0, channel)).iter().copied().collect();
    values.sort_by(f32::total_cmp);
    values[values.len() / 2]
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    fn placed(text: &str, at: f32, probability: f32) -> Placed {
        Placed { text: text.into(), at, probability }
    }

    /// A column of ten cells of 20 x 20 pixels, with ink in the middle of those in `full`, and its glyphs as read.
    fn check(full: &[u32], read: &[(&str, f32)], expected: Option<&[(f32, Option<&str>)]>) {
        let mut image = RgbImage::from_pixel(40, 240, Rgb([255, 255, 255]));
        for cell in full {
            let top = 20 + 20 * cell;
            (top + 5..top + 15).for_each(|y| (15..25).for_each(|x| image.put_pixel(x, y, Rgb([0, 0, 0]))));
        }
        let quad = Quad::from_edges(10.0, 20.0, 30.0, 220.0).0;
        let quad = Quad([quad[1], quad[2], quad[3], quad[0]]);
        let glyphs: Vec<Placed> = read.iter().map(|(text, cell)| placed(text, (cell + 0.5) / 10.0, 0.99)).collect();
        let found = doubtful_cells(&image, &quad, &glyphs).map(|(cells, step)| {
            assert!((step - 0.1).abs() < 0.02, "{step}");
            let cells = cells.into_iter();
            cells
                .map(|(at, glyph)| ((at * 100.0).round() / 10.0 - 0.5, glyph.map(|g| g.text.clone())))
                .collect::<Vec<_>>()
        });
        let expected = expected.map(|cells| cells.iter().map(|(at, text)| (*at, text.map(str::to_owned))).collect());
        assert_eq!(found, expected, "{read:?}");
    }

    #[test]
    fn gaps_and_odd_marks_are_doubtful() {
        let all: Vec<u32> = (0..10).collect();
        let ten = "日本語縦書文章全部".chars().map(String::from).collect::<Vec<_>>();
        let whole: Vec<(&str, f32)> = ten.iter().zip(0u8..).map(|(text, i)| (text.as_str(), f32::from(i))).collect();
        check(&all[..9], &whole, None);
        check(&[], &[], None);
        // One between two, one at the end, one at the beginning.
        check(
            &all[..4],
            &[("日", 0.0), ("本", 1.0), ("語", 3.0)],
            Some(&[(0.0, Some("日")), (1.0, Some("本")), (2.0, None), (3.0, Some("語"))]),
        );
        check(
            &all,
            &whole,
            Some(&[
                (0.0, Some("日")),
                (1.0, Some("本")),
                (2.0, Some("語")),
                (3.0, Some("縦")),
                (4.0, Some("書")),
                (5.0, Some("文")),
                (6.0, Some("章")),
                (7.0, Some("全")),
                (8.0, Some("部")),
                (9.0, None),
            ]),
        );
        check(&all[..3], &[("本", 1.0), ("語", 2.0)], Some(&[(0.0, None), (1.0, Some("本")), (2.0, Some("語"))]));
        // An empty cell is a blank.
        check(&[0, 1, 3], &[("日", 0.0), ("本", 1.0), ("語", 3.0)], None);
        // What hangs in the corner of its cell stands in the middle of it.
        check(
            &all[..4],
            &[("日", 0.0), ("本", 1.0), ("’", 1.7), ("語", 3.0)],
            Some(&[(0.0, Some("日")), (1.0, Some("本")), (2.0, Some("’")), (3.0, Some("語"))]),
        );
    }

    #[test]
    fn what_was_missing_comes_from_the_upright_cells() {
        let (first, mark, vowel) = (placed("が", 0.1, 0.99), placed("’", 0.2, 0.9), placed("ー", 0.4, 0.9));
        let cells: Vec<Cell> =
            vec![(0.1, Some(&first)), (0.2, Some(&mark)), (0.3, None), (0.4, Some(&vowel)), (0.5, None)];
        let check = |upright: &[(&str, f32, f32)], expected: &str| {
            let upright: Vec<Placed> = upright.iter().map(|(text, at, p)| placed(text, *at, *p)).collect();
            let mended = mended(&cells, &upright);
            assert_eq!(mended.iter().map(|glyph| glyph.text.as_str()).collect::<String>(), expected, "{upright:?}");
            assert!(mended.is_sorted_by(|a, b| a.at < b.at));
        };
        check(&[], "が’ー");
        check(&[("か", 0.5, 0.9), ("、", 1.5, 0.95), ("っ", 2.5, 0.9), ("|", 3.5, 0.99)], "が、っー");
        // A bar after kana is a long vowel.
        check(&[("、", 1.5, 0.95), ("た", 2.5, 0.9), ("1", 4.5, 0.9)], "が、たーー");
        // Cells that cannot be read upright are not.
        check(&[("w", 1.5, 0.5), ("v", 2.5, 0.4)], "が’ー");
    }

    #[test]
    fn a_mark_moves_to_where_a_line_has_it() {
        let check = |ink: (usize, usize, usize, usize), expected: (usize, usize, usize, usize)| {
            let mut cell = NdTensor::<f32, 4>::full([1, 3, CELL, CELL], 1.0);
            let (left, top, right, bottom) = ink;
            cell.slice_mut((.., .., top..bottom, left..right)).fill(-1.0);
            set_as_in_a_line(&mut cell);
            let (columns, rows) = super::ink(&cell).unwrap();
            assert_eq!((columns.start, rows.start, columns.end, rows.end), expected, "{ink:?}");
        };
        // A comma to the lower left, a small kana to the lower middle; what fills its cell, or stands low, stays.
        check((30, 4, 42, 16), (3, 33, 15, 45));
        check((20, 4, 46, 30), (11, 19, 37, 45));
        check((4, 4, 30, 44), (4, 4, 30, 44));
        check((4, 30, 16, 42), (4, 30, 16, 42));
    }
}
