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

/// The runs of a column, in place of those in `runs`.
pub fn of_column(matrix: &BitMatrix, x: u32, runs: &mut Vec<Run>) {
    runs.clear();
    runs.extend(of_all((0..matrix.getHeight()).map(|y| matrix.get(x, y))));
}

/// The runs of a line.
pub fn of(line: &[bool]) -> Vec<Run> {
    of_all(line.iter().copied())
}

fn of_all(line: impl Iterator<Item = bool>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, printed) in line.enumerate() {
        match runs.last_mut().filter(|run| run.printed == printed) {
            Some(run) => run.length += 1,
            None => runs.push(Run { start: at, length: 1, printed }),
        }
    }
    runs
}
