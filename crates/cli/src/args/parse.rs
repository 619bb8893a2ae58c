//! From what was typed to [`Args`], and what is said when that is none.

use super::Args;
use clap::Parser;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue};

/// The command line of this process; ends it with a message where that is none.
pub fn parse() -> Args {
    Args::try_parse().unwrap_or_else(|error| mended(error).exit())
}

/// A negative number looks like an option, and the usual advice, `-- -5`, would only lead to the next error.
fn mended(mut error: clap::Error) -> clap::Error {
    let is_number = |text: &str| text.starts_with('-') && text[1..].starts_with(|first: char| first.is_ascii_digit());
    if let Some(ContextValue::String(text)) = error.get(ContextKind::InvalidArg)
        && is_number(text)
    {
        let advice = StyledStr::from("no number here may be negative; leave the minus sign out");
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![advice]));
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_holds_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_negative_number_is_met_with_sound_advice() {
        let check = |words: &[&str]| {
            let typed = std::iter::once("legible").chain(words.iter().copied());
            let said = mended(Args::try_parse_from(typed).unwrap_err()).to_string();
            assert!(said.contains("may be negative") && !said.contains("-- -"), "{words:?}: {said}");
        };
        check(&["schedules", "add", "tidy", "daily", "02:30", "--flex", "-5"]);
        check(&["schedules", "add", "tidy", "every", "-5m"]);
        check(&["schedules", "show", "-5"]);
        check(&["jobs", "cancel", "-5"]);
        check(&["jobs", "list", "--limit", "-5"]);
        check(&["remind", "snooze", "1", "-10"]);
        check(&["remind", "add", "Tea", "in", "-20m"]);
    }

    #[test]
    fn a_file_a_word_and_a_priority_may_look_like_one() {
        let check = |words: &[&str]| {
            let typed = std::iter::once("legible").chain(words.iter().copied());
            assert!(Args::try_parse_from(typed).is_ok(), "{words:?}");
        };
        check(&["read", "-5"]);
        check(&["add", "-5"]);
        check(&["search", "invoice", "-5"]);
        check(&["jobs", "add", "tidy", "--priority", "-5"]);
    }
}
