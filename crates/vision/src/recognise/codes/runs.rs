//! Runs of equal pixels along rows: what patterns of dark and light are recognised by.

use rxing::common::BitMatrix;

/// A run of equal pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Where it begins.
    pub start: usize,
    pub length: usize,
    pub printed: bool,
}

/// The runs of a row, in place of those in `runs`.
pub fn of_row(matrix: &BitMatrix, y: u32, runs: &mut Vec<Run>) {
    runs.clear();
    let row = matrix.getRow(y);
    let (mut start, mut printed) = (0, row.get(0));
    while start < row.get_size() {
        let end = if printed { row.getNextUnset(start) } else { row.getNextSet(start) };
        runs.push(Run { start, length: end - start, printed });
        (start, printed) = (end, !printed);
    }
}
