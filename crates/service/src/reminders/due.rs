//! The due dates in a text, as this person and this system read dates.

use super::suggest::{Suggestion, suggest};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The due dates in a text, as this person and this system read dates.
pub fn due_dates(text: &str, now: i64) -> Vec<Suggestion> {
    let zone = TimeZone::system();
    let today = Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone()).date();
    let language = sys_locale::get_locale();
    suggest(text, language.as_deref().as_slice(), today, &zone)
}
