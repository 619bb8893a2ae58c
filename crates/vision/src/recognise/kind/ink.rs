//! What stands out from its surroundings, as connected shapes: letters, strokes, lines, specks.

use super::view::{Measured, View, mean_and_deviation, percentile};

/// Half the side of the square around a pixel whose mean is its surroundings, in pixels of the reduced image.
const REACH: usize = 12;

/// The smallest difference from the surroundings that is ink, in levels of brightness.
const LEAST_CONTRAST: i32 = 12;

/// A shape of connected ink. Coordinates are pixels of the reduced image; right and bottom belong to the shape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// First column.
    pub left: u32,
    /// First row.
    pub top: u32,
    /// Last column.
    pub right: u32,
    /// Last row.
    pub bottom: u32,
    /// Pixels of ink.
    pub area: u32,
    /// Pixels of ink with a neighbour that is none.
    pub outline: u32,
}

impl Shape {
    /// Columns it covers.
    pub fn width(&self) -> f32 {
        (self.right - self.left + 1) as f32
    }

    /// Rows it covers.
    pub fn height(&self) -> f32 {
        (self.bottom - self.top + 1) as f32
    }

    /// Share of its box that is ink.
    pub fn fill(&self) -> f32 {
        self.area as f32 / (self.width() * self.height())
    }

    /// About how thick its strokes are, in pixels.
    pub fn stroke(&self) -> f32 {
        2.0 * self.area as f32 / self.outline.max(1) as f32
    }

    /// Whether it can be a letter or a word of joined letters, by size and form alone.
    pub fn may_be_text(&self, longest_side: f32) -> bool {
        let (width, height) = (self.width(), self.height());
        (3.0..longest_side / 10.0).contains(&height)
            && width >= 1.0
            && width < 14.0 * height
            && height < 9.0 * width
            && self.area >= 5
            && (0.07..=1.0).contains(&self.fill())
    }
}

/// Finds the shapes, and notes what they are like as a whole.
pub fn measure(view: &View<'_>, measured: &mut Measured) -> Vec<Shape> {
    let (ink, contrast) = ink(view);
    let shapes = connected(&ink, view.width(), view.height());
    let longest = view.width().max(view.height()) as f32;
    let inked = ink.iter().filter(|ink| **ink).count();
    measured.note("contrast", contrast / 255.0);
    measured.share("ink", inked, ink.len());
    let specks = shapes.iter().filter(|shape| shape.area < 5).count();
    measured.share("specks", specks, shapes.len());
    measured.note("shapes", (1.0 + (shapes.len() - specks) as f32).ln());
    let text: Vec<Shape> = shapes.iter().filter(|shape| shape.may_be_text(longest)).copied().collect();
    let text_ink: u32 = text.iter().map(|shape| shape.area).sum();
    measured.share("ink_of_text", text_ink as usize, inked);
    let largest = shapes.iter().map(|shape| shape.width() * shape.height()).fold(0.0, f32::max);
    measured.note("largest_shape", largest / ink.len() as f32);
    let large = |shape: &&Shape| shape.width().max(shape.height()) > longest / 8.0;
    let large_ink: u32 = shapes.iter().filter(large).map(|shape| shape.area).sum();
    measured.share("ink_of_large", large_ink as usize, inked);
    let thin = |shape: &&Shape| shape.width() > 20.0 * shape.height() || shape.height() > 20.0 * shape.width();
    measured.note("bars", (1.0 + shapes.iter().filter(thin).count() as f32).ln());
    let broken: u32 = shapes.iter().map(|shape| shape.outline).sum();
    measured.share("outline_of_ink", broken as usize, inked);
    forms(&text, longest, measured);
    text
}

/// Sizes, proportions and strokes of what may be text.
fn forms(text: &[Shape], longest: f32, measured: &mut Measured) {
    measured.note("letters", (1.0 + text.len() as f32).ln());
    let mut heights: Vec<f32> = text.iter().map(Shape::height).collect();
    let middle = percentile(&mut heights, 0.5);
    let spread = percentile(&mut heights, 0.75) - percentile(&mut heights, 0.25);
    measured.note("letter_height", middle / longest);
    measured.note("letter_height_pixels", middle);
    measured.note("letter_height_spread", spread / middle.max(1.0));
    measured.note("tallest_letters", percentile(&mut heights, 0.95) / middle.max(1.0));
    let mut proportions: Vec<f32> = text.iter().map(|shape| shape.width() / shape.height()).collect();
    measured.note("letter_proportion", percentile(&mut proportions, 0.5));
    measured.note("letter_proportion_p10", percentile(&mut proportions, 0.1));
    measured.note("letter_proportion_p90", percentile(&mut proportions, 0.9));
    let fills: Vec<f32> = text.iter().map(Shape::fill).collect();
    let (fill, fill_deviation) = mean_and_deviation(&fills);
    measured.note("letter_fill", fill);
    measured.note("letter_fill_deviation", fill_deviation);
    let strokes: Vec<f32> = text.iter().map(Shape::stroke).collect();
    let (stroke, stroke_deviation) = mean_and_deviation(&strokes);
    measured.note("stroke", stroke);
    measured.note("stroke_to_height", stroke / middle.max(1.0));
    measured.note("stroke_variation", stroke_deviation / stroke.max(0.5));
    // Joined letters wind: much outline for the height of the shape.
    let mut winding: Vec<f32> = text.iter().map(|s| s.outline as f32 / (s.width() + s.height())).collect();
    measured.note("winding", percentile(&mut winding, 0.5));
    measured.note("winding_p90", percentile(&mut winding, 0.9));
}

/// Which pixels are ink, and how far ink stands out (levels of brightness). Ink is darker than its surroundings or
/// brighter, whichever is rarer and sharper in this image.
fn ink(view: &View<'_>) -> (Vec<bool>, f32) {
    let (width, height) = (view.width(), view.height());
    let sums = Sums::of(&view.luma, width, height);
    let mut offsets = vec![0i16; width * height];
    let mut cubes = 0i64;
    for y in 0..height {
        for x in 0..width {
            let offset = i32::from(view.luma[y * width + x]) - sums.mean_around(x, y);
            offsets[y * width + x] = offset as i16;
            cubes += i64::from(offset * offset * offset);
        }
    }
    let sign = if cubes > 0 { 1 } else { -1 };
    let mut levels = [0u32; 256];
    for offset in &offsets {
        levels[(i32::from(*offset) * sign).clamp(0, 255) as usize] += 1;
    }
    let strongest = level_of_top(&levels, (width * height / 150).max(1) as u32);
    let threshold = LEAST_CONTRAST.max(strongest * 3 / 10);
    let ink = offsets.iter().map(|offset| i32::from(*offset) * sign >= threshold).collect();
    (ink, strongest as f32)
}

/// The level that only `n` of the counted are at or above.
fn level_of_top(levels: &[u32; 256], n: u32) -> i32 {
    let mut above = 0;
    for level in (0..256).rev() {
        above += levels[level];
        if above >= n {
            return level as i32;
        }
    }
    0
}

/// Sums of brightness over every rectangle that begins at the top left corner.
struct Sums {
    width: usize,
    height: usize,
    sums: Vec<u32>,
}

impl Sums {
    fn of(luma: &[u8], width: usize, height: usize) -> Self {
        let mut sums = vec![0u32; (width + 1) * (height + 1)];
        for y in 0..height {
            let mut row = 0;
            for x in 0..width {
                row += u32::from(luma[y * width + x]);
                sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
            }
        }
        Sums { width, height, sums }
    }

    fn mean_around(&self, x: usize, y: usize) -> i32 {
        let (left, right) = (x.saturating_sub(REACH), (x + REACH + 1).min(self.width));
        let (top, bottom) = (y.saturating_sub(REACH), (y + REACH + 1).min(self.height));
        let at = |x: usize, y: usize| self.sums[y * (self.width + 1) + x];
        let sum = at(right, bottom) + at(left, top) - at(left, bottom) - at(right, top);
        (sum / ((right - left) * (bottom - top)) as u32) as i32
    }
}

/// The shapes of ink that touch, corners included, from top to bottom.
fn connected(ink: &[bool], width: usize, height: usize) -> Vec<Shape> {
    const NONE: u32 = u32::MAX;
    let mut labels = vec![NONE; ink.len()];
    let mut parents: Vec<u32> = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let at = y * width + x;
            if !ink[at] {
                continue;
            }
            let mut label = NONE;
            let mut meet = |other: usize, parents: &mut Vec<u32>| {
                if labels[other] != NONE {
                    let root = root(parents, labels[other]);
                    if label == NONE || label == root {
                        label = root;
                    } else {
                        let (low, high) = (label.min(root), label.max(root));
                        parents[high as usize] = low;
                        label = low;
                    }
                }
            };
            if x > 0 {
                meet(at - 1, &mut parents);
            }
            if y > 0 {
                meet(at - width, &mut parents);
                if x > 0 {
                    meet(at - width - 1, &mut parents);
                }
                if x + 1 < width {
                    meet(at - width + 1, &mut parents);
                }
            }
            if label == NONE {
                label = parents.len() as u32;
                parents.push(label);
            }
            labels[at] = label;
        }
    }
    let mut shapes: Vec<Option<Shape>> = vec![None; parents.len()];
    for (at, label) in labels.iter().enumerate().filter(|(_, label)| **label != NONE) {
        let (x, y) = ((at % width) as u32, (at / width) as u32);
        let inner = |dx: i32, dy: i32| {
            let (x, y) = (x as i32 + dx, y as i32 + dy);
            x >= 0 && y >= 0 && x < width as i32 && y < height as i32 && ink[y as usize * width + x as usize]
        };
        let on_outline = !(inner(-1, 0) && inner(1, 0) && inner(0, -1) && inner(0, 1));
        let shape = shapes[root(&mut parents, *label) as usize].get_or_insert(Shape {
            left: x,
            top: y,
            right: x,
            bottom: y,
            area: 0,
            outline: 0,
        });
        (shape.left, shape.right) = (shape.left.min(x), shape.right.max(x));
        (shape.top, shape.bottom) = (shape.top.min(y), shape.bottom.max(y));
        shape.area += 1;
        shape.outline += u32::from(on_outline);
    }
    shapes.into_iter().flatten().collect()
}

fn root(parents: &mut [u32], mut label: u32) -> u32 {
    while parents[label as usize] != label {
        let above = parents[parents[label as usize] as usize];
        parents[label as usize] = above;
        label = above;
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[&str], expected: &[(u32, u32, u32, u32, u32)]) {
        let ink: Vec<bool> = rows.iter().flat_map(|row| row.chars().map(|c| c == '#')).collect();
        let found = connected(&ink, rows[0].len(), rows.len());
        let found: Vec<_> = found.iter().map(|s| (s.left, s.top, s.right, s.bottom, s.area)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn shapes_are_what_touches() {
        check(&["#..#", ".#.#", "...#"], &[(0, 0, 1, 1, 2), (3, 0, 3, 2, 3)]);
        check(&["#.#", "#.#", "###"], &[(0, 0, 2, 2, 7)]);
        check(&["...", "..."], &[]);
    }
}
