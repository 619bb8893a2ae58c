//! Random wall-clock rules, with a naive matcher of their own.

use crate::oracle::month_length;
use chrono::{Datelike, NaiveDate, NaiveTime};
use legible_jobs::rule::{Missed, Rule, TimeOfDay, Weekday};
use std::collections::BTreeSet;

/// Random numbers that a seed repeats: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
/// 2014).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number in `from..=until`.
    pub fn between(&mut self, from: i64, until: i64) -> i64 {
        from + (self.next() % (until - from + 1) as u64) as i64
    }

    /// True in `percent` of all cases.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.between(0, from.len() as i64 - 1) as usize]
    }

    /// A number from 1 to one of these, so that small ones come as often as large ones.
    pub fn up_to_one_of(&mut self, mosts: &[i64]) -> i64 {
        let most = *self.pick(mosts);
        self.between(1, most)
    }

    fn some(&mut self, least: u32, most: u32, count: i64) -> BTreeSet<u32> {
        (0..count).map(|_| self.between(least.into(), most.into()) as u32).collect()
    }

    pub fn missed(&mut self) -> Missed {
        match self.between(0, 2) {
            0 => Missed::Skip,
            1 => Missed::Once,
            _ => Missed::All { most: self.between(0, 6) as u32 },
        }
    }

    /// A time of day; clocks change at night, so most lie there.
    fn time(&mut self) -> TimeOfDay {
        let hour = if self.chance(75) { self.between(0, 4) } else { self.between(0, 23) };
        TimeOfDay::from_minutes((hour * 60 + *self.pick(&[0, 1, 15, 29, 30, 31, 45, 59])) as u16).unwrap()
    }

    pub fn pattern(&mut self) -> Pattern {
        match self.between(0, 9) {
            0 | 1 => Pattern::simple(Days::All, self.time(), |at| Rule::Daily { at }),
            2 => {
                let days = self.some(0, 6, 3);
                let names = days.iter().map(|day| Weekday::ALL[*day as usize]).collect();
                Pattern::simple(Days::Week(days), self.time(), |at| Rule::Weekly { days: names, at })
            }
            3 => {
                let day = if self.chance(50) { self.between(28, 31) } else { self.between(1, 31) } as u8;
                Pattern::simple(Days::MonthOrLast(day.into()), self.time(), |at| Rule::Monthly { day, at })
            }
            _ => self.cron(),
        }
    }

    fn cron(&mut self) -> Pattern {
        let (mut text, mut seconds) = (String::new(), BTreeSet::from([0]));
        if self.chance(20) {
            (text, seconds) = self.field(0, 59);
            text.push(' ');
        }
        let (minute, minutes) = self.field(0, 59);
        let (hour, hours) = if self.chance(30) { self.night() } else { self.field(0, 23) };
        let (day, day_of_month) = self.day_of_month();
        let (month, months) = if self.chance(70) { ("*".to_owned(), (1..=12).collect()) } else { self.field(1, 12) };
        let (weekday, day_of_week) = self.day_of_week();
        let both = day != "*" && weekday != "*" && self.chance(40);
        let plus = if both { "+" } else { "" };
        let expression = format!("{text}{minute} {hour} {day} {month} {plus}{weekday}");
        let days = Days::Cron { months, day: day_of_month, weekday: day_of_week, both };
        Pattern { rule: Rule::Cron { expression }, days, hours, minutes, seconds }
    }

    fn night(&mut self) -> (String, BTreeSet<u32>) {
        let hour = self.between(0, 4) as u32;
        (hour.to_string(), BTreeSet::from([hour]))
    }

    /// The text of a field, and what it names.
    fn field(&mut self, least: u32, most: u32) -> (String, BTreeSet<u32>) {
        let count = i64::from(most - least);
        match self.between(0, 5) {
            0 => ("*".to_owned(), (least..=most).collect()),
            1 => {
                let step = self.between(1, count) as usize;
                (format!("*/{step}"), (least..=most).step_by(step).collect())
            }
            2 => {
                let ends = self.some(least, most, 2);
                let (first, last) = (*ends.first().unwrap(), *ends.last().unwrap());
                let step = self.between(1, count.min(9)) as usize;
                (format!("{first}-{last}/{step}"), (first..=last).step_by(step).collect())
            }
            _ => {
                let count = self.between(1, 4);
                let numbers = self.some(least, most, count);
                let texts: Vec<String> = numbers.iter().map(u32::to_string).collect();
                (texts.join(","), numbers)
            }
        }
    }

    fn day_of_month(&mut self) -> (String, Day) {
        match self.between(0, 9) {
            0 => ("L".to_owned(), Day::Last),
            1 => {
                let day = self.between(1, 28) as u32;
                (format!("{day}W"), Day::Workday(day))
            }
            2 => ("LW".to_owned(), Day::LastWorkday),
            3..=5 => {
                // One of them exists in each month.
                let mut numbers = self.some(1, 31, 3);
                numbers.insert(self.between(1, 28) as u32);
                let texts: Vec<String> = numbers.iter().map(u32::to_string).collect();
                (texts.join(","), Day::Numbers(numbers))
            }
            _ => ("*".to_owned(), Day::Any),
        }
    }

    fn day_of_week(&mut self) -> (String, Week) {
        const NAMES: [&str; 7] = ["MON", "tue", "3", "Thu", "FRI", "6", "7"];
        let day = self.between(0, 6) as u32;
        let name = NAMES[day as usize];
        match self.between(0, 9) {
            0 => {
                let nth = self.between(1, 4) as u32;
                (format!("{name}#{nth}"), Week::Nth(day, nth))
            }
            1 => (format!("{name}L"), Week::Last(day)),
            2 | 3 => {
                let days = self.some(0, 6, 3);
                let texts: Vec<&str> = days.iter().map(|day| NAMES[*day as usize]).collect();
                (texts.join(","), Week::Numbers(days))
            }
            _ => ("*".to_owned(), Week::Any),
        }
    }
}

/// A rule on the wall clock, and what it means.
pub struct Pattern {
    pub rule: Rule,
    pub days: Days,
    pub hours: BTreeSet<u32>,
    pub minutes: BTreeSet<u32>,
    pub seconds: BTreeSet<u32>,
}

pub enum Days {
    All,
    /// Counted from Monday.
    Week(BTreeSet<u32>),
    MonthOrLast(u32),
    Cron {
        months: BTreeSet<u32>,
        day: Day,
        weekday: Week,
        both: bool,
    },
}

#[derive(PartialEq)]
pub enum Day {
    Any,
    Numbers(BTreeSet<u32>),
    Last,
    Workday(u32),
    LastWorkday,
}

#[derive(PartialEq)]
pub enum Week {
    Any,
    Numbers(BTreeSet<u32>),
    Nth(u32, u32),
    Last(u32),
}

impl Pattern {
    fn simple(days: Days, at: TimeOfDay, rule: impl FnOnce(TimeOfDay) -> Rule) -> Self {
        let only = |number: u8| BTreeSet::from([number.into()]);
        Pattern { rule: rule(at), days, hours: only(at.hour()), minutes: only(at.minute()), seconds: only(0) }
    }

    pub fn rule(&self) -> Rule {
        self.rule.clone()
    }

    pub fn is_for_every_hour(&self) -> bool {
        self.hours.len() == 24
    }

    pub fn times_per_day(&self) -> usize {
        self.hours.len() * self.minutes.len() * self.seconds.len()
    }

    pub fn times(&self) -> impl Iterator<Item = NaiveTime> {
        let seconds = |hour, minute| self.seconds.iter().map(move |second| (hour, minute, *second));
        let minutes = move |hour| self.minutes.iter().flat_map(move |minute| seconds(hour, *minute));
        let all = self.hours.iter().flat_map(move |hour| minutes(*hour));
        all.map(|(hour, minute, second)| NaiveTime::from_hms_opt(hour, minute, second).unwrap())
    }

    pub fn has_day(&self, date: NaiveDate) -> bool {
        match &self.days {
            Days::All => true,
            Days::Week(days) => days.contains(&date.weekday().num_days_from_monday()),
            Days::MonthOrLast(day) => date.day() == (*day).min(month_length(date)),
            Days::Cron { months, day, weekday, both } => {
                let (by_day, by_weekday) = (day.has(date), weekday.has(date));
                let either = match (day == &Day::Any, weekday == &Week::Any) {
                    (true, true) => true,
                    (true, false) => by_weekday,
                    (false, true) => by_day,
                    (false, false) if *both => by_day && by_weekday,
                    (false, false) => by_day || by_weekday,
                };
                months.contains(&date.month()) && either
            }
        }
    }
}

fn is_workday(date: NaiveDate) -> bool {
    date.weekday().num_days_from_monday() < 5
}

impl Day {
    fn has(&self, date: NaiveDate) -> bool {
        let length = month_length(date);
        let on = |day: u32| date.with_day(day).unwrap();
        match self {
            Day::Any => true,
            Day::Numbers(days) => days.contains(&date.day()),
            Day::Last => date.day() == length,
            Day::LastWorkday => (1..=length).map(on).rfind(|date| is_workday(*date)) == Some(date),
            // The nearest working day of the same month.
            Day::Workday(day) => {
                let workdays = (1..=length).map(on).filter(|date| is_workday(*date));
                workdays.min_by_key(|date| date.day().abs_diff(*day)) == Some(date)
            }
        }
    }
}

impl Week {
    fn has(&self, date: NaiveDate) -> bool {
        let weekday = date.weekday().num_days_from_monday();
        let same = |day: u32| day == weekday;
        match self {
            Week::Any => true,
            Week::Numbers(days) => days.contains(&weekday),
            Week::Nth(day, nth) => same(*day) && (date.day() - 1) / 7 + 1 == *nth,
            Week::Last(day) => same(*day) && date.day() + 7 > month_length(date),
        }
    }
}
