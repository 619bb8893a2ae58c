//! How the command ends and how it speaks: results on standard output, everything else on standard error.

use legible_service::api::WireError;
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
        None => eprintln!("legible: {}", plain(&format!("{error:#}"))),
    }
    ExitCode::FAILURE
}

/// Says what went wrong with one thing.
pub fn complain(error: &WireError) {
    eprintln!("legible: {}", plain(&error.message));
    if let Some(hint) = &error.hint {
        eprintln!("  {}", plain(hint));
    }
}

/// Text on one line that a terminal only shows. File names may hold anything, also newlines and commands to the terminal.
pub fn plain(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

/// Prints a value as one line of JSON.
///
/// # Errors
/// When standard output is closed.
pub fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    print_line(&serde_json::to_string(value)?)
}

/// Prints a line; unlike `println!` it does not panic when nobody reads.
///
/// # Errors
/// When standard output is closed.
pub fn print_line(line: &str) -> anyhow::Result<()> {
    use std::io::Write;
    Ok(writeln!(std::io::stdout().lock(), "{line}")?)
}

fn wire(error: &anyhow::Error) -> Option<WireError> {
    error
        .downcast_ref::<legible_service::Error>()
        .map(legible_service::Error::to_wire)
        .or_else(|| error.downcast_ref::<WireError>().cloned())
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn names_cannot_command_the_terminal() {
        let check = |text, expected: &str| assert_eq!(plain(text), expected);
        check("Überweisung 2026.png", "Überweisung 2026.png");
        check("a\tb\nc", "a\\tb\\nc");
        check("\u{1b}[2J", "\\u{1b}[2J");
    }
}
