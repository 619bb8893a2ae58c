//! The due dates in a text, as this person and this system read dates.

use super::suggest::{Suggestion, suggest};
use crate::clock::local_time;

/// The due dates in a text, as this person and this system read dates; `languages` are those that the text is probably in,
/// as far as that is known.
pub fn due_dates(text: &str, languages: &[String], now: i64) -> Vec<Suggestion> {
    let now = local_time(now);
    let own = sys_locale::get_locale();
    let languages: Vec<&str> = languages.iter().chain(&own).map(String::as_str).collect();
    suggest(text, &languages, now.date(), now.time_zone())
}
