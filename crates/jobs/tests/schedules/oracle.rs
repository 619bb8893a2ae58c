//! The oracle: chrono and its zone data, days walked one by one, wall-clock times mapped one by one.

use crate::random::Pattern;
use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Timelike,
    Utc,
};
use chrono_tz::Tz;
use std::collections::BTreeSet;
use std::fmt;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A zone in some years, as chrono sees it. All times are milliseconds since the Unix epoch.
pub struct Oracle {
    zone: Tz,
    from: i64,
    until: i64,
    changes: Vec<i64>,
}

impl Oracle {
    /// The zone from the start of one year to the start of another.
    pub fn new(zone: &str, from_year: i32, until_year: i32) -> Self {
        let zone: Tz = zone.parse().unwrap();
        let start = |year| Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).unwrap().timestamp_millis();
        let (from, until) = (start(from_year), start(until_year));
        let steps = |from: i64, until: i64, step: i64| (from..until).step_by(step as usize);
        let differs = |at: &i64, step: i64| offset(zone, *at) != offset(zone, at + step);
        let quarters = |at: i64| steps(at, at + 6 * HOUR, 15 * MINUTE).filter(|at| differs(at, 15 * MINUTE));
        let changes = steps(from, until, 6 * HOUR).filter(|at| differs(at, 6 * HOUR)).flat_map(quarters).collect();
        Oracle { zone, from, until, changes }
    }

    pub fn zone_name(&self) -> &'static str {
        self.zone.name()
    }

    pub fn span(&self) -> (i64, i64) {
        (self.from, self.until)
    }

    /// Whether the engine's library has the same clock, looked at every six hours and around each change.
    pub fn has_same_zone_data(&self) -> bool {
        let zone = jiff::tz::TimeZone::get(self.zone_name()).unwrap();
        let around = |at: &i64| [at - 15 * MINUTE, *at, at + 15 * MINUTE, at + 30 * MINUTE];
        let changes = self.changes.iter().flat_map(around);
        (self.from..self.until).step_by(6 * HOUR as usize).chain(changes).all(|at| {
            let other = zone.to_offset(jiff::Timestamp::from_millisecond(at).unwrap()).seconds();
            i64::from(other) == offset(self.zone, at)
        })
    }

    /// All years for a rule with few slots; for one with many the days around each change of the clock.
    pub fn windows(&self, pattern: &Pattern) -> Vec<(i64, i64)> {
        if pattern.times_per_day() <= 2 {
            return vec![(self.from, self.until)];
        }
        let days = (60 / pattern.times_per_day() as i64).clamp(1, 20);
        let around = |at: &i64| (at - days * DAY, at + days * DAY);
        let most = if pattern.times_per_day() > 1500 { 1 } else { 6 };
        let skip = (self.changes.len() / most).max(1);
        let mut windows: Vec<_> = self.changes.iter().step_by(skip).map(around).collect();
        windows.push((self.from, self.from + 2 * days * DAY));
        windows
    }

    /// The slots in `(from, until]`.
    pub fn slots(&self, pattern: &Pattern, from: i64, until: i64) -> Vec<i64> {
        let day = |at: i64| DateTime::from_timestamp_millis(at).unwrap().date_naive();
        let (mut date, last) = (day(from - 3 * DAY), day(until + 3 * DAY));
        let mut slots = BTreeSet::new();
        while date <= last {
            if pattern.has_day(date) {
                for time in pattern.times() {
                    slots.extend(self.moments(date.and_time(time), pattern.is_for_every_hour()));
                }
            }
            date = date + Days::new(1);
        }
        slots.into_iter().filter(|slot| from < *slot && *slot <= until).collect()
    }

    /// When the clock shows this time. A rule for every hour takes each, and none in a gap; the others the first, and the
    /// first minute after a gap.
    fn moments(&self, wall: NaiveDateTime, for_every_hour: bool) -> Vec<i64> {
        match self.zone.from_local_datetime(&wall) {
            LocalResult::Single(moment) => vec![moment.timestamp_millis()],
            LocalResult::Ambiguous(first, second) => {
                let both = [first.timestamp_millis(), second.timestamp_millis()];
                if for_every_hour { both.to_vec() } else { both[..1].to_vec() }
            }
            LocalResult::None if for_every_hour => Vec::new(),
            LocalResult::None => {
                let mut wall = wall.date().and_time(NaiveTime::from_hms_opt(wall.hour(), wall.minute(), 0).unwrap());
                loop {
                    wall += TimeDelta::minutes(1);
                    if let Some(moment) = self.zone.from_local_datetime(&wall).earliest() {
                        return vec![moment.timestamp_millis()];
                    }
                }
            }
        }
    }

    /// How many of these slots lie within three hours of a change of the clock.
    pub fn near_changes(&self, slots: &[i64]) -> u64 {
        let count =
            |from: i64, until: i64| slots.partition_point(|s| *s < until) - slots.partition_point(|s| *s < from);
        self.changes.iter().map(|change| count(change - 3 * HOUR, change + 3 * HOUR) as u64).sum()
    }

    /// A moment as the zone's clock shows it.
    pub fn show(&self, at: i64) -> String {
        self.zone.timestamp_millis_opt(at).unwrap().to_rfc3339()
    }
}

/// Seconds that the clock is ahead of UTC.
fn offset(zone: Tz, at: i64) -> i64 {
    let utc = DateTime::from_timestamp_millis(at).unwrap().naive_utc();
    zone.offset_from_utc_datetime(&utc).fix().local_minus_utc().into()
}

impl fmt::Debug for Oracle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = |at| DateTime::from_timestamp_millis(at).unwrap().year();
        write!(f, "{} {} to {}", self.zone_name(), year(self.from), year(self.until))
    }
}

/// How many days the month of a date has.
pub fn month_length(date: NaiveDate) -> u32 {
    (28..=31).rev().find(|day| date.with_day(*day).is_some()).unwrap()
}
