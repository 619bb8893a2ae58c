//! Where a picture changes between dark and light as often as the modules of a small code do. What searches along every edge is
//! spared the rest: skies, walls, margins, and what is so large that a coarser layer shows it better.

use rxing::common::{BitArray, BitMatrix};

/// Pixels to a side of a tile: the smallest code has ten modules of two pixels.
const TILE: u32 = 16;
/// Least changes in a tile along its rows, and along its columns. Modules of five pixels, each dark as often as light, make 25.
const LEAST_CHANGES: u32 = 10;
/// Tiles around a busy one that belong to its area: the edges of a code and its light zone.
const AROUND: usize = 2;
/// A picture with a shorter side below this is busy as a whole: no coarser layer shows what is large in it.
const WHOLE_UP_TO: u32 = 330;
/// So is one whose areas together have at least this share of its pixels.
const WHOLE_FROM_SHARE: f32 = 0.85;

/// A rectangle of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    pub left: u32,
    pub top: u32,
    pub width: u32,
    pub height: u32,
}

impl Area {
    /// The pixels of the area.
    pub fn cut(&self, matrix: &BitMatrix) -> Option<BitMatrix> {
        if (self.width, self.height) == (matrix.getWidth(), matrix.getHeight()) {
            return Some(matrix.clone());
        }
        let mut part = BitMatrix::new(self.width, self.height).ok()?;
        let first = self.left / usize::BITS;
        for y in 0..self.height {
            let row = matrix.getRow(self.top + y);
            let mut cut = BitArray::with_size(self.width as usize);
            for (at, &word) in row.getBitArray()[first as usize..].iter().take(cut.getBitArray().len()).enumerate() {
                cut.setBulk(at * usize::BITS as usize, word);
            }
            part.setRow(y, &cut);
        }
        Some(part)
    }
}

/// The busy areas of a picture. They begin where words of its rows begin.
pub fn areas(matrix: &BitMatrix) -> Vec<Area> {
    let (width, height) = (matrix.getWidth(), matrix.getHeight());
    let whole = Area { left: 0, top: 0, width, height };
    if width.min(height) < WHOLE_UP_TO {
        return vec![whole];
    }
    let columns = width.div_ceil(TILE) as usize;
    let mut free = widened(&busy(matrix, columns), columns);
    let mut areas = Vec::new();
    for start in 0..free.len() {
        if free[start] {
            areas.push(area(&whole, grow(start, columns, &mut free)));
        }
    }
    let pixels = |area: &Area| area.width as f32 * area.height as f32;
    if areas.iter().map(pixels).sum::<f32>() >= WHOLE_FROM_SHARE * pixels(&whole) {
        return vec![whole];
    }
    areas
}

/// Which tiles are busy, row by row.
fn busy(matrix: &BitMatrix, columns: usize) -> Vec<bool> {
    let (width, height) = (matrix.getWidth(), matrix.getHeight());
    let mut busy = Vec::with_capacity(columns * height.div_ceil(TILE) as usize);
    let of_a_word = (usize::BITS / TILE) as usize;
    let mut next = matrix.getRow(0);
    for top in (0..height).step_by(TILE as usize) {
        let mut changes = vec![(0, 0); columns.next_multiple_of(of_a_word)];
        for y in top..(top + TILE).min(height - 1) {
            let row = std::mem::replace(&mut next, matrix.getRow(y + 1));
            let words = row.getBitArray().iter().zip(next.getBitArray());
            // The bits behind the end of a row are light, and make one change at most.
            for ((here, below), tiles) in
                words.take(width.div_ceil(usize::BITS) as usize).zip(changes.chunks_mut(of_a_word))
            {
                let (mut along_row, mut along_column) = ((here ^ (here >> 1)) & (usize::MAX >> 1), here ^ below);
                if along_row | along_column == 0 {
                    continue;
                }
                for (in_row, in_column) in tiles {
                    let mask = (1 << TILE) - 1;
                    *in_row += (along_row & mask).count_ones();
                    *in_column += (along_column & mask).count_ones();
                    (along_row, along_column) = (along_row >> TILE, along_column >> TILE);
                }
            }
        }
        let enough = |&(in_row, in_column): &(u32, u32)| in_row >= LEAST_CHANGES && in_column >= LEAST_CHANGES;
        busy.extend(changes[..columns].iter().map(enough));
    }
    busy
}

/// The tiles with what is around them.
fn widened(tiles: &[bool], columns: usize) -> Vec<bool> {
    let rows = tiles.len() / columns;
    let mut wide = vec![false; tiles.len()];
    for at in (0..tiles.len()).filter(|&at| tiles[at]) {
        let (column, row) = (at % columns, at / columns);
        for y in row.saturating_sub(AROUND)..(row + AROUND + 1).min(rows) {
            wide[y * columns + column.saturating_sub(AROUND)..y * columns + (column + AROUND + 1).min(columns)]
                .fill(true);
        }
    }
    wide
}

/// Takes the tiles that hang together with `start`: the first and last column, the first and last row.
fn grow(start: usize, columns: usize, free: &mut [bool]) -> [usize; 4] {
    let mut edges = [usize::MAX, 0, usize::MAX, 0];
    let mut next = vec![start];
    free[start] = false;
    while let Some(at) = next.pop() {
        let (column, row) = (at % columns, at / columns);
        edges = [edges[0].min(column), edges[1].max(column), edges[2].min(row), edges[3].max(row)];
        let beside = [
            (column > 0).then(|| at - 1),
            (column + 1 < columns).then_some(at + 1),
            at.checked_sub(columns),
            Some(at + columns).filter(|&below| below < free.len()),
        ];
        for neighbour in beside.into_iter().flatten() {
            if std::mem::take(&mut free[neighbour]) {
                next.push(neighbour);
            }
        }
    }
    edges
}

fn area(whole: &Area, [first, last, top, bottom]: [usize; 4]) -> Area {
    let pixels = |tiles: usize| tiles as u32 * TILE;
    let left = pixels(first) / usize::BITS * usize::BITS;
    let (right, end) = (pixels(last + 1).min(whole.width), pixels(bottom + 1).min(whole.height));
    Area { left, top: pixels(top), width: right - left, height: end - pixels(top) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Squares of `module` pixels, dark and light in turn, from 400 to 500 in both directions.
    fn board(module: u32) -> BitMatrix {
        let mut matrix = BitMatrix::new(1000, 700).unwrap();
        for (x, y) in (400..500).flat_map(|x| (400..500).map(move |y| (x, y))) {
            matrix.set_bool(x, y, (x / module + y / module).is_multiple_of(2));
        }
        matrix
    }

    #[test]
    fn what_has_small_modules_is_busy_with_what_is_around_it() {
        for module in [2, 3, 5] {
            let matrix = board(module);
            let found = areas(&matrix);
            let [area] = found[..] else { panic!("{module}: {found:?}") };
            let (right, bottom) = (area.left + area.width, area.top + area.height);
            assert!((300..=380).contains(&area.left) && (350..=380).contains(&area.top), "{module}: {area:?}");
            assert!((520..=560).contains(&right) && (520..=560).contains(&bottom), "{module}: {area:?}");
            let cut = area.cut(&matrix).unwrap();
            for (x, y) in (0..area.width).flat_map(|x| (0..area.height).map(move |y| (x, y))) {
                assert_eq!(cut.get(x, y), matrix.get(area.left + x, area.top + y), "{module}: ({x}, {y})");
            }
        }
    }

    #[test]
    fn what_is_flat_or_has_lines_in_one_direction_is_not() {
        let mut lines = BitMatrix::new(1000, 700).unwrap();
        assert_eq!(areas(&lines), []);
        for x in (0..1000).step_by(6) {
            lines.setRegion(x, 0, 3, 700).unwrap();
        }
        assert_eq!(areas(&lines), []);
    }

    #[test]
    fn a_small_or_a_full_picture_is_one_area() {
        let mut full = BitMatrix::new(500, 400).unwrap();
        for (x, y) in (0..500).flat_map(|x| (0..400).map(move |y| (x, y))) {
            full.set_bool(x, y, (x / 2 + y / 2) % 2 == 0);
        }
        assert_eq!(areas(&full), [Area { left: 0, top: 0, width: 500, height: 400 }]);
        assert_eq!(areas(&BitMatrix::new(900, 100).unwrap()), [Area { left: 0, top: 0, width: 900, height: 100 }]);
    }
}
