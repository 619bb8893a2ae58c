//! A worker's last words: its stderr, drained always and kept in part.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::limits::{PIPE_GRACE, STDERR_LINE_BYTES, STDERR_LINES};

/// The last lines a worker wrote to its stderr.
pub(super) struct LastWords {
    lines: Arc<Mutex<VecDeque<String>>>,
    ended: Receiver<()>,
}

impl LastWords {
    /// Drains `stderr` on a thread of its own until it ends.
    pub(super) fn listen(stderr: impl Read + Send + 'static) -> std::io::Result<Self> {
        let lines = Arc::new(Mutex::new(VecDeque::new()));
        let (end, ended) = channel();
        let kept = Arc::clone(&lines);
        thread::Builder::new().name("vision-worker-stderr".into()).spawn(move || {
            drain(stderr, &kept);
            drop(end);
        })?;
        Ok(LastWords { lines, ended })
    }

    /// The last lines of a worker that has ended, joined; waits a moment for what is still in the pipe.
    pub(super) fn get(&self) -> String {
        // An error here means that the pipe has ended, or that something else holds it open: either way this is all.
        let _ = self.ended.recv_timeout(PIPE_GRACE);
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(String::as_str).collect::<Vec<_>>().join("; ")
    }
}

fn drain(stderr: impl Read, kept: &Mutex<VecDeque<String>>) {
    let mut stderr = BufReader::new(stderr);
    while let Some(line) = next_line(&mut stderr) {
        tracing::debug!(target: "vision-worker", "{line}");
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == STDERR_LINES {
            kept.pop_front();
        }
        kept.push_back(line);
    }
}

/// The next line that says something, cut to [`STDERR_LINE_BYTES`]; `None` at the end.
fn next_line(input: &mut impl BufRead) -> Option<String> {
    loop {
        let mut line = Vec::new();
        if input.by_ref().take(STDERR_LINE_BYTES as u64).read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        if line.len() == STDERR_LINE_BYTES && !line.ends_with(b"\n") {
            input.skip_until(b'\n').ok()?;
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_string();
        if !line.is_empty() {
            return Some(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_and_long_ones_cut() {
        let many: String = (0..100).map(|n| format!("line {n}\n\n")).collect();
        let words = LastWords::listen(std::io::Cursor::new(many + &"x".repeat(100_000) + "\nlast")).unwrap().get();
        let lines: Vec<&str> = words.split("; ").collect();
        assert_eq!(lines.len(), STDERR_LINES);
        assert_eq!(lines[0], format!("line {}", 100 - (STDERR_LINES - 2)));
        assert_eq!((lines[STDERR_LINES - 2].len(), lines[STDERR_LINES - 1]), (STDERR_LINE_BYTES, "last"));
    }
}
