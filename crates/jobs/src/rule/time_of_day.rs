//! A time on the wall clock, to the minute.

use super::RuleError;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A time on the wall clock, to the minute. Its text form is `02:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay {
    minutes: u16,
}

impl TimeOfDay {
    /// The time `minutes` after midnight; `None` from 24:00 on.
    pub fn from_minutes(minutes: u16) -> Option<Self> {
        (minutes < 24 * 60).then_some(TimeOfDay { minutes })
    }

    /// Minutes since midnight.
    pub fn minutes(self) -> u16 {
        self.minutes
    }

    /// The hour, 0 to 23.
    pub fn hour(self) -> u8 {
        (self.minutes / 60) as u8
    }

    /// The minute of the hour, 0 to 59.
    pub fn minute(self) -> u8 {
        (self.minutes % 60) as u8
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour(), self.minute())
    }
}

impl FromStr for TimeOfDay {
    type Err = RuleError;

    /// Reads `2:30` and `02:30`.
    fn from_str(text: &str) -> Result<Self, RuleError> {
        let number = |part: &str, digits: std::ops::RangeInclusive<usize>, below: u16| {
            let plain = digits.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse::<u16>().ok().filter(|number| plain && *number < below)
        };
        let minutes = text
            .split_once(':')
            .and_then(|(hour, minute)| Some(number(hour, 1..=2, 24)? * 60 + number(minute, 2..=2, 60)?));
        let shown = || crate::limits::cut(text, 40).to_owned();
        minutes.map(|minutes| TimeOfDay { minutes }).ok_or_else(|| RuleError::TimeOfDay(shown()))
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = RuleError;

    fn try_from(text: String) -> Result<Self, RuleError> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> String {
        time.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::TimeOfDay;

    #[test]
    fn reads_times_of_day() {
        let check = |text: &str, expected: Option<u16>| {
            assert_eq!(text.parse::<TimeOfDay>().ok().map(TimeOfDay::minutes), expected, "{text:?}");
        };
        check("02:30", Some(150));
        check("2:30", Some(150));
        check("00:00", Some(0));
        check("23:59", Some(1439));
        for bad in ["", ":", "24:00", "12:60", "12:5", "12", "-1:30", "+1:30", "1:+3", "012:30", "12:300", "１２:30"]
        {
            check(bad, None);
        }
    }

    #[test]
    fn every_minute_of_the_day_comes_back_from_its_text() {
        for minutes in 0..24 * 60 {
            let time = TimeOfDay::from_minutes(minutes).unwrap();
            assert_eq!(time.to_string().parse(), Ok(time));
            assert_eq!(serde_json::from_str::<TimeOfDay>(&format!("\"{time}\"")).unwrap(), time);
        }
        assert_eq!(TimeOfDay::from_minutes(1440), None);
        assert!(serde_json::from_str::<TimeOfDay>("\"25:00\"").is_err());
    }
}
