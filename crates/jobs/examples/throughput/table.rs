//! What was measured, as a table of the medians of all runs.

use std::time::Duration;

#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

struct Row {
    what: String,
    count: usize,
    times: Vec<Duration>,
}

impl Table {
    /// Notes that `count` of these took so long together, in one run more.
    pub fn row(&mut self, what: &str, count: usize, time: Duration) {
        match self.rows.iter_mut().find(|row| row.what == what) {
            Some(row) => row.times.push(time),
            None => self.rows.push(Row { what: what.to_owned(), count, times: vec![time] }),
        }
    }

    pub fn print(&mut self) {
        println!("| step | count | time | each |\n| --- | ---: | ---: | ---: |");
        for Row { what, count, times } in &mut self.rows {
            times.sort_unstable();
            let time = times[times.len() / 2].as_secs_f64();
            println!("| {what} | {count} | {:.1} ms | {:.1} µs |", time * 1e3, time * 1e6 / *count as f64);
        }
    }
}
