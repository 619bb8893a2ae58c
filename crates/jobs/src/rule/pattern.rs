//! Wall-clock patterns: which days, and which times on them. No time zones here; wall-clock time is counted in seconds
//! since the clock showed the start of 1970.

use super::{Rule, TimeOfDay, Weekday, cron};
use croner::CronPattern;
use jiff::{Span, civil::Date};

/// Times that a wall clock shows.
pub(super) struct Pattern {
    pub days: Days,
    pub hours: Field,
    pub minutes: Field,
    pub seconds: Field,
}

/// Which days.
pub(super) enum Days {
    Every,
    Week(Vec<Weekday>),
    /// The day of the month, or the last one of a shorter month.
    Month(u8),
    Cron(Box<CronPattern>),
}

/// A set of small numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field(u64);

const DAY: i64 = 86_400;

impl Pattern {
    /// The pattern of a rule that looks at the wall clock; `None` for other rules and for a cron expression that cannot be
    /// read.
    pub fn of(rule: &Rule) -> Option<Pattern> {
        match rule {
            Rule::Daily { at } => Some(Pattern::at(Days::Every, *at)),
            Rule::Weekly { days, at } => Some(Pattern::at(Days::Week(days.clone()), *at)),
            Rule::Monthly { day, at } => Some(Pattern::at(Days::Month(*day), *at)),
            Rule::Cron { expression } => cron::pattern(expression).ok(),
            Rule::Every { .. } | Rule::Once { .. } | Rule::On { .. } => None,
        }
    }

    fn at(days: Days, time: TimeOfDay) -> Pattern {
        let only = |number: u8| Field::of([u16::from(number)]);
        Pattern { days, hours: only(time.hour()), minutes: only(time.minute()), seconds: only(0) }
    }

    /// Whether it counts the minutes of every hour instead of naming hours.
    pub fn is_for_every_hour(&self) -> bool {
        self.hours == Field::of(0..24)
    }

    /// The first time of the pattern in `from..=until`.
    pub fn first(&self, from: i64, until: i64) -> Option<i64> {
        let earliest = self.time_from(0)?;
        let mut day = Day::of(from)?;
        let mut time = self.time_from(from.rem_euclid(DAY));
        while day.start() <= until {
            if let Some(time) = time.filter(|_| self.days.include(day)) {
                return Some(day.start() + time).filter(|found| *found <= until);
            }
            day = day.next()?;
            time = Some(earliest);
        }
        None
    }

    /// The last time of the pattern in `from..=until`.
    pub fn last(&self, from: i64, until: i64) -> Option<i64> {
        let latest = self.time_until(DAY - 1)?;
        let mut day = Day::of(until)?;
        let mut time = self.time_until(until.rem_euclid(DAY));
        while day.start() + DAY > from {
            if let Some(time) = time.filter(|_| self.days.include(day)) {
                return Some(day.start() + time).filter(|found| *found >= from);
            }
            day = day.previous()?;
            time = Some(latest);
        }
        None
    }

    /// The first time of day from this second of the day on.
    fn time_from(&self, second: i64) -> Option<i64> {
        let (hour, minute, second) = split(second);
        let (first_minute, first_second) = (self.minutes.from(0)?, self.seconds.from(0)?);
        if self.hours.from(hour) == Some(hour) {
            if self.minutes.from(minute) == Some(minute)
                && let Some(second) = self.seconds.from(second)
            {
                return Some(join(hour, minute, second));
            }
            if let Some(minute) = self.minutes.from(minute + 1) {
                return Some(join(hour, minute, first_second));
            }
        }
        Some(join(self.hours.from(hour + 1)?, first_minute, first_second))
    }

    /// The last time of day up to this second of the day.
    fn time_until(&self, second: i64) -> Option<i64> {
        let (hour, minute, second) = split(second);
        let (last_minute, last_second) = (self.minutes.until(59)?, self.seconds.until(59)?);
        if self.hours.until(hour) == Some(hour) {
            if self.minutes.until(minute) == Some(minute)
                && let Some(second) = self.seconds.until(second)
            {
                return Some(join(hour, minute, second));
            }
            if let Some(minute) = minute.checked_sub(1).and_then(|minute| self.minutes.until(minute)) {
                return Some(join(hour, minute, last_second));
            }
        }
        Some(join(self.hours.until(hour.checked_sub(1)?)?, last_minute, last_second))
    }
}

fn split(second: i64) -> (u8, u8, u8) {
    ((second / 3600) as u8, (second / 60 % 60) as u8, (second % 60) as u8)
}

fn join(hour: u8, minute: u8, second: u8) -> i64 {
    i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second)
}

impl Field {
    /// The set of these numbers; those above 63 are left out.
    pub fn of(numbers: impl IntoIterator<Item = u16>) -> Field {
        Field(numbers.into_iter().filter_map(|number| 1_u64.checked_shl(number.into())).fold(0, |set, bit| set | bit))
    }

    /// The numbers, in order.
    pub fn numbers(self) -> Vec<u8> {
        (0..64).filter(|number| self.0 >> number & 1 == 1).collect()
    }

    fn from(self, least: u8) -> Option<u8> {
        let above = self.0.checked_shr(least.into())?;
        (above != 0).then(|| least + above.trailing_zeros() as u8)
    }

    fn until(self, most: u8) -> Option<u8> {
        let below = self.0 << 63_u8.checked_sub(most)?;
        (below != 0).then(|| most - below.leading_zeros() as u8)
    }
}

/// A day of the calendar, and its number since 1970.
#[derive(Clone, Copy)]
struct Day {
    number: i64,
    date: Date,
}

impl Day {
    fn of(second: i64) -> Option<Day> {
        let number = second.div_euclid(DAY);
        Some(Day { number, date: jiff::civil::date(1970, 1, 1).checked_add(Span::new().try_days(number).ok()?).ok()? })
    }

    fn start(self) -> i64 {
        self.number * DAY
    }

    fn next(self) -> Option<Day> {
        Some(Day { number: self.number + 1, date: self.date.tomorrow().ok()? })
    }

    fn previous(self) -> Option<Day> {
        Some(Day { number: self.number - 1, date: self.date.yesterday().ok()? })
    }

    /// Days since Monday.
    fn of_week(self) -> usize {
        // The first day of 1970 was a Thursday.
        (self.number + 3).rem_euclid(7) as usize
    }
}

impl Days {
    fn include(&self, day: Day) -> bool {
        match self {
            Days::Every => true,
            Days::Week(days) => days.contains(&Weekday::ALL[day.of_week()]),
            Days::Month(wanted) => {
                let (number, last) = (day.date.day() as u8, day.date.days_in_month() as u8);
                number == *wanted || number == last && *wanted > last
            }
            Days::Cron(pattern) => {
                let (month, number) = (day.date.month() as u32, day.date.day() as u32);
                let weekday = croner::Weekday::from_days_from_sunday(day.of_week() as u32 + 1);
                pattern.month_match(month).unwrap_or(false)
                    && pattern.day_match(day.date.year().into(), month, number, weekday).unwrap_or(false)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_find_their_neighbours() {
        let check = |numbers: &[u16], at, from, until| {
            let field = Field::of(numbers.iter().copied());
            assert_eq!((field.from(at), field.until(at)), (from, until), "{numbers:?} at {at}");
        };
        check(&[], 5, None, None);
        check(&[5], 5, Some(5), Some(5));
        check(&[0, 63], 1, Some(63), Some(0));
        check(&[0, 63], 63, Some(63), Some(63));
        check(&[0, 63], 0, Some(0), Some(0));
        check(&[3], 4, None, Some(3));
        check(&[3], 2, Some(3), None);
        check(&[64, 1000], 0, None, None);
        assert_eq!(Field::of([0]).from(64), None);
        assert_eq!(Field::of([1, 63, 64]).numbers(), [1, 63]);
    }

    proptest! {
        /// A day walked second by second finds the same times.
        #[test]
        fn a_day_holds_the_times_of_its_fields(
            hours in prop::collection::vec(0_u16..24, 0..4), minutes in prop::collection::vec(0_u16..60, 0..4),
            seconds in prop::collection::vec(0_u16..60, 0..4), from in 0..DAY, length in 0..DAY,
        ) {
            let set = |numbers: &[u16]| Field::of(numbers.iter().copied());
            let pattern =
                Pattern { days: Days::Every, hours: set(&hours), minutes: set(&minutes), seconds: set(&seconds) };
            let until = from + length;
            let matching = |at: &i64| {
                let (hour, minute, second) = split(at % DAY);
                [(&hours, hour), (&minutes, minute), (&seconds, second)].iter().all(|(set, n)| set.contains(&(*n).into()))
            };
            prop_assert_eq!(pattern.first(from, until), (from..=until).find(matching));
            prop_assert_eq!(pattern.last(from, until), (from..=until).rev().find(matching));
        }
    }
}
