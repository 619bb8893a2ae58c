//! Times as a person reads them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A time in milliseconds since the Unix epoch on the clock of this system, such as `2026-12-24 18:00`.
pub fn moment(at: i64) -> String {
    let time = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::system());
    time.strftime("%Y-%m-%d %H:%M").to_string()
}
