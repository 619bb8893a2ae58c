//! How the command ends and how it speaks: results on standard output, everything else on standard error. Nothing else
//! in this program prints, so that nothing reaches a terminal that would do more than be shown.
#![allow(clippy::print_stderr, reason = "this is the place for it")]

use crate::args::Print;
use crate::times;
use legible_service::api::{SnippetPart, WireError};
use serde::Serialize;
use std::io::{IsTerminal, Write, stderr, stdout};
use std::process::ExitCode;

/// How a verb ended that did not fail as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All went well.
    Fine,
    /// Nothing was found.
    Nothing,
    /// Some of several things failed; they were told one by one.
    SomeFailed,
}

/// Says what went wrong and what to do.
pub fn report(error: &anyhow::Error) -> ExitCode {
    let closed = error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe);
    // Whoever read our output has seen enough, as `head` does.
    if closed {
        return ExitCode::SUCCESS;
    }
    match wire(error) {
        Some(wire) => complain(&wire),
        None => say(&format!("legible: {}", plain(&format!("{error:#}")))),
    }
    ExitCode::FAILURE
}

/// Changes one thing after the other. What goes wrong with one of several is said, and the others are changed all the
/// same.
///
/// # Errors
/// What goes wrong with the only one.
pub async fn each(ids: &[i64], change: impl AsyncFn(i64) -> anyhow::Result<()>) -> anyhow::Result<Exit> {
    let mut exit = Exit::Fine;
    for id in ids {
        if let Err(error) = change(*id).await {
            if ids.len() == 1 {
                return Err(error);
            }
            report(&error);
            exit = Exit::SomeFailed;
        }
    }
    Ok(exit)
}

/// Says what went wrong with one thing.
pub fn complain(error: &WireError) {
    say(&format!("legible: {}", plain(&error.message)));
    if let Some(hint) = &error.hint {
        say(&format!("  {}", plain(hint)));
    }
}

/// Says something beside the result, on standard error.
pub fn say(line: &str) {
    eprintln!("{}", shown(line));
}

/// Shows on a terminal how far something is, in place of what was shown so before.
pub fn show_progress(line: &str) {
    let mut terminal = stderr().lock();
    if terminal.is_terminal() {
        // A line that cannot be drawn is no reason to stop the work.
        let _ = write!(terminal, "\r\x1b[K{}", shown(line));
        let _ = terminal.flush();
    }
}

/// Leaves the last progress where it stands and goes on below.
pub fn end_progress() {
    if stderr().is_terminal() {
        eprintln!();
    }
}

/// A part of a line, such as a title, on that line: neither ends it nor begins another column. File names, titles and
/// what a server says may hold anything, also commands to the terminal and marks that turn the direction of writing.
pub fn plain(text: &str) -> String {
    shown(text).replace('\t', "\\t")
}

/// Text that a terminal only shows, with its tabs, which part columns.
fn shown(text: &str) -> String {
    text.chars().flat_map(|c| if c != '\t' && is_unseen(c) { c.escape_default().collect() } else { vec![c] }).collect()
}

/// Whether a character commands instead of being seen: control characters, marks of direction (Unicode Standard Annex 9),
/// ends of lines and paragraphs, interlinear notes, tags and the byte order mark. The joiners that scripts and emoji need
/// are none of them.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

impl Print {
    /// Prints a value as JSON if that is wanted, else by `lines`.
    ///
    /// # Errors
    /// When standard output is closed.
    pub fn show<T: Serialize>(self, value: &T, lines: impl FnOnce(&T) -> anyhow::Result<()>) -> anyhow::Result<()> {
        if self.json { print_json(value) } else { lines(value) }
    }
}

/// Prints a value as one line of JSON. Texts in it are exact; times are told twice, see [`times::with_words`].
///
/// # Errors
/// When standard output is closed.
pub fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    // By way of its text: as a value, 0.9 of 32 bits would become 0.8999999761581421.
    let value = serde_json::from_str(&serde_json::to_string(value)?)?;
    write_line(&times::with_words(value).to_string())
}

/// Prints a value without times as one line of JSON, its fields in their order.
///
/// # Errors
/// When standard output is closed.
pub fn print_plain_json(value: &impl Serialize) -> anyhow::Result<()> {
    write_line(&serde_json::to_string(value)?)
}

/// Prints a line; tabs part its columns.
///
/// # Errors
/// When standard output is closed.
pub fn print_line(line: &str) -> anyhow::Result<()> {
    write_line(&shown(line))
}

/// Prints a line with a text in parts between its start and its end; their hits are bold where that is seen.
///
/// # Errors
/// When standard output is closed.
pub fn print_marked(start: &str, parts: &[SnippetPart], end: &str) -> anyhow::Result<()> {
    let bold = stdout().is_terminal();
    let part = |part: &SnippetPart| match part.hit && bold {
        true => format!("\x1b[1m{}\x1b[0m", plain(&part.text)),
        false => plain(&part.text),
    };
    write_line(&format!("{}{}{}", shown(start), parts.iter().map(part).collect::<String>(), shown(end)))
}

/// Prints a text of many lines: as it is for files and other programs, to be seen on a terminal.
///
/// # Errors
/// When standard output is closed.
pub fn print_text(text: &str) -> anyhow::Result<()> {
    if stdout().is_terminal() { text.lines().try_for_each(print_line) } else { write_line(text) }
}

/// Unlike `println!` it does not panic when nobody reads.
fn write_line(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(stdout().lock(), "{line}")?)
}

fn wire(error: &anyhow::Error) -> Option<WireError> {
    error
        .downcast_ref::<legible_service::Error>()
        .map(legible_service::Error::to_wire)
        .or_else(|| error.downcast_ref::<WireError>().cloned())
}

#[cfg(test)]
mod tests {
    use super::{plain, shown};

    #[test]
    fn names_cannot_command_the_terminal() {
        let check = |text: &str, expected: &str| assert_eq!(plain(text), expected);
        check("Überweisung 2026.png", "Überweisung 2026.png");
        check("a\tb\nc", "a\\tb\\nc");
        check("\u{1b}[2J", "\\u{1b}[2J");
        check("\u{9b}2J\u{7}", "\\u{9b}2J\\u{7}");
        check("invoice\u{202e}gnp.exe", "invoice\\u{202e}gnp.exe");
        check("\u{2066}a\u{2069}\u{200f}\u{61c}", "\\u{2066}a\\u{2069}\\u{200f}\\u{61c}");
        check("one\u{2028}two\u{feff}", "one\\u{2028}two\\u{feff}");
        check("family 👩‍👧, می‌خواهم", "family 👩‍👧, می‌خواهم");
    }

    #[test]
    fn a_line_keeps_the_columns_that_we_made() {
        assert_eq!(shown("1\tread\u{1b}\tx"), "1\tread\\u{1b}\tx");
    }
}
