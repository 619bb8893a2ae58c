//! Quiet hours: when they hold, and when they end. Pure; time and zone are passed in.

use crate::api::Hours;
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

/// A part of the day by the clock on the wall; it may span midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    from: Time,
    to: Time,
}

impl QuietHours {
    /// Understands hours as a person wrote them.
    ///
    /// # Errors
    /// In words, when a time is none or both are the same.
    pub fn parse(hours: &Hours) -> Result<Self, String> {
        let (from, to) = (time(&hours.from)?, time(&hours.to)?);
        if from == to {
            return Err("the first and the last hour must differ".into());
        }
        Ok(QuietHours { from, to })
    }

    /// When the quiet hours that hold at `now` end, in milliseconds since the Unix epoch; `None` while they do not hold.
    pub fn until(&self, now: i64, zone: &TimeZone) -> Option<i64> {
        let local = zone.to_datetime(Timestamp::from_millisecond(now).ok()?);
        let (time, date) = (local.time(), local.date());
        let holds = match self.from < self.to {
            true => (self.from..self.to).contains(&time),
            false => time >= self.from || time < self.to,
        };
        if !holds {
            return None;
        }
        let last_day = if time < self.to { date } else { date.tomorrow().ok()? };
        let end = last_day.to_datetime(self.to);
        // Where the clock jumps over that minute, the first one after the gap counts.
        let end = zone.to_ambiguous_timestamp(end).compatible().ok()?.as_millisecond();
        // In an hour that comes twice its end on the clock may lie behind: then it ends when the clock shows it again.
        Some(if end > now { end } else { end.saturating_add(HOUR_MS).max(now.saturating_add(1)) })
    }
}

/// One hour, in milliseconds.
const HOUR_MS: i64 = 3_600_000;

/// A time such as `6:30` or `22:00`.
fn time(text: &str) -> Result<Time, String> {
    let bad = || format!("\"{text}\" is no time of the day; write it as 22:00");
    let (hours, minutes) = text.trim().split_once(':').ok_or_else(bad)?;
    let digits = |part: &str, most: usize| -> Option<i8> {
        let plain = !part.is_empty() && part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| part.parse().ok())?
    };
    let (hours, minutes) = digits(hours, 2).zip(digits(minutes, 2)).filter(|_| minutes.len() == 2).ok_or_else(bad)?;
    Time::new(hours, minutes, 0, 0).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quiet(from: &str, to: &str) -> QuietHours {
        QuietHours::parse(&Hours { from: from.into(), to: to.into() }).unwrap()
    }

    fn at(zone: &TimeZone, local: &str) -> i64 {
        zone.to_ambiguous_timestamp(local.parse().unwrap()).compatible().unwrap().as_millisecond()
    }

    #[test]
    fn they_hold_by_the_clock_on_the_wall() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let check = |(from, to): (&str, &str), now: &str, expected: Option<&str>| {
            let until = quiet(from, to).until(at(&zone, now), &zone);
            assert_eq!(until, expected.map(|end| at(&zone, end)), "{from} to {to} at {now}");
        };
        let night = ("22:00", "06:00");
        check(night, "2026-11-21T21:59:59", None);
        check(night, "2026-11-21T22:00", Some("2026-11-22T06:00"));
        check(night, "2026-11-22T05:59:59", Some("2026-11-22T06:00"));
        check(night, "2026-11-22T06:00", None);
        check(("13:00", "15:30"), "2026-11-21T14:00", Some("2026-11-21T15:30"));
        check(("13:00", "15:30"), "2026-11-21T15:30", None);
        check(("22:00", "00:00"), "2026-11-21T23:00", Some("2026-11-22T00:00"));
        // The night when the clock jumps from 02:00 to 03:00, and the one when it goes back.
        check(("22:00", "02:30"), "2026-03-29T01:00", Some("2026-03-29T03:30"));
        check(night, "2026-10-25T01:00", Some("2026-10-25T06:00"));
    }

    #[test]
    fn only_times_are_understood() {
        let check = |text: &str, good: bool| assert_eq!(time(text).is_ok(), good, "{text}");
        check("6:30", true);
        check("06:30", true);
        check(" 23:59 ", true);
        for bad in ["", "24:00", "12:60", "12", "12:3", "-1:00", "1e1:00", "12:00:00", "012:00", "six"] {
            check(bad, false);
        }
    }

    proptest! {
        #[test]
        fn the_end_lies_ahead_and_is_near(now in 0_i64..4_000_000_000_000, from in 0..1440_i32, length in 1..1440_i32) {
            let zone = TimeZone::get("Europe/Berlin").unwrap();
            let text = |minute: i32| format!("{:02}:{:02}", minute % 1440 / 60, minute % 60);
            if let Some(end) = quiet(&text(from), &text(from + length)).until(now, &zone) {
                prop_assert!(end > now && end - now <= 26 * HOUR_MS);
            }
        }
    }
}
