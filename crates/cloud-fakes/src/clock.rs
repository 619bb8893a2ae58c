//! The time of the fakes: a second later with every change, so that runs are alike.

use chrono::{DateTime, SecondsFormat};

/// 2026-01-01T00:00:00Z in seconds since the Unix epoch.
const BEGINS: i64 = 1_767_225_600;

/// Seconds that went by.
#[derive(Debug, Default)]
pub struct Clock(i64);

impl Clock {
    /// The next second, as RFC 3339 has it.
    pub fn tick(&mut self) -> String {
        self.0 += 1;
        self.now()
    }

    /// The second of the last change.
    pub fn now(&self) -> String {
        DateTime::from_timestamp(BEGINS + self.0, 0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
    }
}

/// Whether a text is a time as RFC 3339 has it.
pub fn is_time(text: &str) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok()
}
