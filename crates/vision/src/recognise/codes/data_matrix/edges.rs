//! Straight edges between dark and light: what the solid sides of a Data Matrix show.
//!
//! Where the pixels of a row change, an edge crosses it; changes of neighbouring rows that lie beside each other are followed for
//! as long as one straight line runs through them. Along columns the same finds the flatter ones, so each edge is found in one
//! direction at least, and in both near 45°.

use legible_reading::Point;
use rxing::common::BitMatrix;

use crate::limits::MAX_STRAIGHT_EDGES;

/// Fewest rows that an edge crosses: the smallest code has sides of ten modules, and 1.4 rows to two pixels at 45°.
const FEWEST_ROWS: u32 = 10;
/// Most pixels from a change to that of the next row: an edge at 45° moves by one, and its steps are uneven.
const FARTHEST: i32 = 2;
/// How far the changes of an edge may be from its line: pixels, and pixels more for each row.
const SLACK: (f32, f32) = (1.5, 0.01);
/// Rows before those that the line is taken from: a corner is round.
const ROUND_ROWS: u32 = 4;

/// A straight edge, in pixels of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    pub ends: [Point; 2],
    /// The direction from its light side to its dark one, about one pixel long and along a row or a column.
    pub inward: (f32, f32),
}

/// Those edges of a picture that cross more rows than columns, and those that cross more columns.
pub fn edges(matrix: &BitMatrix) -> (Vec<Edge>, Vec<Edge>) {
    let bits = Bits::of(matrix);
    let swapped = |p: Point| Point { x: p.y, y: p.x };
    let flat = steep(&bits.transposed()).into_iter();
    let flat = flat.map(|edge| Edge { ends: edge.ends.map(swapped), inward: (edge.inward.1, edge.inward.0) });
    (steep(&bits), flat.collect())
}

/// The pixels of a picture as words of its rows.
struct Bits {
    width: usize,
    height: usize,
    /// Words of a row; bits beyond its end are light.
    stride: usize,
    words: Vec<usize>,
}

const WORD: usize = usize::BITS as usize;

impl Bits {
    fn of(matrix: &BitMatrix) -> Bits {
        let (width, height) = (matrix.getWidth() as usize, matrix.getHeight() as usize);
        let stride = width.div_ceil(WORD);
        let mut words = Vec::with_capacity(stride * height);
        for y in 0..height {
            words.extend_from_slice(&matrix.getRow(y as u32).getBitArray()[..stride]);
            let beyond = stride * WORD - width;
            if let Some(last) = words.last_mut() {
                *last &= usize::MAX >> beyond;
            }
        }
        Bits { width, height, stride, words }
    }

    fn transposed(&self) -> Bits {
        let stride = self.height.div_ceil(WORD);
        let mut words = vec![0; stride * self.width];
        let mut block = [0; WORD];
        for (row, column) in (0..stride).flat_map(|row| (0..self.stride).map(move |column| (row, column))) {
            for (at, word) in block.iter_mut().enumerate() {
                *word = self.words.get((row * WORD + at) * self.stride + column).copied().unwrap_or_default();
            }
            transpose(&mut block);
            for (x, word) in (column * WORD..self.width).zip(block) {
                words[x * stride + row] = word;
            }
        }
        Bits { width: self.height, height: self.width, stride, words }
    }
}

/// Swaps rows and columns of a square of bits: halves of it first, then halves of those.
fn transpose(block: &mut [usize; WORD]) {
    let mut half = WORD / 2;
    let mut mask = usize::MAX >> half;
    while half > 0 {
        for at in (0..WORD).filter(|at| at & half == 0) {
            let changed = ((block[at] >> half) ^ block[at + half]) & mask;
            block[at] ^= changed << half;
            block[at + half] ^= changed;
        }
        half /= 2;
        mask ^= mask << half;
    }
}

fn steep(bits: &Bits) -> Vec<Edge> {
    let mut edges = Vec::new();
    // Those with light to the left, and those with dark to the left.
    let mut tracks = [Vec::new(), Vec::new()];
    let mut changes = [Vec::new(), Vec::new()];
    let mut next = Vec::new();
    for y in 0..bits.height {
        changes.iter_mut().for_each(Vec::clear);
        let mut before = 0;
        for (at, &word) in bits.words[y * bits.stride..][..bits.stride].iter().enumerate() {
            let changed = word ^ ((word << 1) | before);
            before = word >> (WORD - 1);
            for (bits, changes) in [changed & word, changed & !word].into_iter().zip(&mut changes) {
                let mut bits = bits;
                while bits != 0 {
                    changes.push((at * WORD) as i32 + bits.trailing_zeros() as i32);
                    bits &= bits - 1;
                }
            }
        }
        for ((tracks, changes), inward) in tracks.iter_mut().zip(&changes).zip([1.0, -1.0]) {
            let mut ended = |track: &Track| {
                if edges.len() < MAX_STRAIGHT_EDGES {
                    edges.extend(track.edge(inward));
                }
            };
            follow(tracks, changes, y as u32, &mut next, &mut ended);
            std::mem::swap(tracks, &mut next);
        }
    }
    for (tracks, inward) in tracks.iter().zip([1.0, -1.0]) {
        edges.extend(tracks.iter().filter_map(|track| track.edge(inward)));
    }
    edges.truncate(MAX_STRAIGHT_EDGES);
    edges
}

/// Continues tracks with the changes of the row `y`; both are sorted from left to right, and so is `next`.
fn follow(tracks: &[Track], changes: &[i32], y: u32, next: &mut Vec<Track>, ended: &mut impl FnMut(&Track)) {
    next.clear();
    let mut at = 0;
    for track in tracks {
        let apart = |at: usize| changes.get(at).map(|x| x - track.last);
        while apart(at).is_some_and(|apart| apart < -FARTHEST)
            || apart(at + 1).zip(apart(at)).is_some_and(|(next, this)| next.abs() < this.abs())
        {
            next.push(Track::new(changes[at], y));
            at += 1;
        }
        if apart(at).is_some_and(|apart| apart <= FARTHEST) {
            next.push(track.with(changes[at], y, ended));
            at += 1;
        } else {
            ended(track);
        }
    }
    next.extend(changes[at..].iter().map(|&x| Track::new(x, y)));
}

/// Changes of rows above each other.
#[derive(Debug, Clone, Copy)]
struct Track {
    /// The row of its first change.
    top: u32,
    rows: u32,
    /// The change that its line begins with.
    from: (i32, u32),
    last: i32,
    /// Between which the pixels to the right for each row are, of lines from there that run through all changes.
    slope: (f32, f32),
}

impl Track {
    fn new(x: i32, y: u32) -> Track {
        Track { top: y, rows: 1, from: (x, y), last: x, slope: (f32::NEG_INFINITY, f32::INFINITY) }
    }

    /// The track with a change in the next row. One that no line runs through any more ends, and another begins.
    fn with(&self, x: i32, y: u32, ended: &mut impl FnMut(&Track)) -> Track {
        if self.rows < ROUND_ROWS {
            return Track { top: self.top, rows: self.rows + 1, ..Track::new(x, y) };
        }
        let rows = (y - self.from.1) as f32;
        let (slope, slack) = ((x - self.from.0) as f32 / rows, SLACK.0 / rows + SLACK.1);
        let slope = (self.slope.0.max(slope - slack), self.slope.1.min(slope + slack));
        if slope.0 <= slope.1 {
            return Track { last: x, rows: self.rows + 1, slope, ..*self };
        }
        ended(self);
        Track { top: y - 1, rows: 2, ..Track::new(x, y) }
    }

    fn edge(&self, inward: f32) -> Option<Edge> {
        if self.rows < FEWEST_ROWS {
            return None;
        }
        let (x, y) = (self.from.0 as f32, self.from.1 as f32 + 0.5);
        let (top, bottom) = (self.top as f32 + 0.5, (self.top + self.rows) as f32 - 0.5);
        let slope = (self.last as f32 - x) / (bottom - y);
        let ends = [Point { x: x + slope * (top - y), y: top }, Point { x: self.last as f32, y: bottom }];
        Some(Edge { ends, inward: (inward, 0.0) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_columns() {
        for (width, height) in [(64, 64), (130, 70), (3, 200)] {
            let mut matrix = BitMatrix::new(width, height).unwrap();
            let dark = |x: u32, y: u32| (x * x + 3 * y * y + x * y) % 7 < 3;
            for (x, y) in (0..width).flat_map(|x| (0..height).map(move |y| (x, y))) {
                matrix.set_bool(x, y, dark(x, y));
            }
            let turned = Bits::of(&matrix).transposed();
            for (x, y) in (0..width).flat_map(|x| (0..height).map(move |y| (x, y))) {
                let word = turned.words[x as usize * turned.stride + y as usize / WORD];
                assert_eq!(word >> (y as usize % WORD) & 1 == 1, dark(x, y), "{width} × {height}: ({x}, {y})");
            }
        }
    }

    #[test]
    fn the_sides_of_a_square_are_edges() {
        for degrees in [0.0_f32, 10.0, 30.0, 44.0, 60.0, 85.0] {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let mut matrix = BitMatrix::new(200, 200).unwrap();
            for (x, y) in (0..200).flat_map(|x| (0..200).map(move |y| (x, y))) {
                let (dx, dy) = (x as f32 + 0.5 - 100.0, y as f32 + 0.5 - 100.0);
                matrix.set_bool(x, y, (dx * cos + dy * sin).abs() < 40.0 && (dy * cos - dx * sin).abs() < 40.0);
            }
            let (steep, flat) = edges(&matrix);
            let long = |edge: &&Edge| {
                let [from, to] = edge.ends;
                (to.x - from.x).hypot(to.y - from.y) > 72.0
            };
            for (name, edges) in [("steep", &steep), ("flat", &flat)] {
                let long: Vec<_> = edges.iter().filter(long).collect();
                assert!(long.len() >= 2, "{degrees}°, {name}: {edges:?}");
                for edge in long {
                    let middle = |axis: fn(&Point) -> f32| (axis(&edge.ends[0]) + axis(&edge.ends[1])) / 2.0 - 100.0;
                    let outward = (middle(|p| p.x), middle(|p| p.y));
                    assert!((outward.0.hypot(outward.1) - 40.0).abs() < 2.0, "{degrees}°: {edge:?}");
                    assert!(edge.inward.0 * outward.0 + edge.inward.1 * outward.1 < 0.0, "{degrees}°: {edge:?}");
                }
            }
        }
    }
}
