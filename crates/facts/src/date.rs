//! Days: `2026-11-23`, `23.11.2026`, `11/23/26`, `23 November 2026`, `Nov. 23, 2026`, `2026年11月23日`. A day without its year is none: nobody
//! knows which one is meant. Nor is `03/04/2026`, unless something else in the text tells whether that is in March or in April.

mod months;

use crate::{Fact, Value, stands_alone};
use jiff::civil::Date;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// Which comes first where a text writes a day as three numbers with slashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DayOrder {
    /// 23/11/2026, as in most of the world.
    DayFirst,
    /// 11/23/2026, as in the United States.
    MonthFirst,
}

/// Years that are meant by what is written with four digits. Others are numbers of something else.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2099;
/// Two digits up to this one are a year of this century.
const LAST_OF_THIS_CENTURY: i16 = 69;

/// A pattern of ours, made once.
macro_rules! pattern {
    ($name:ident, $words:expr) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($words).expect("a pattern of ours"));
    };
}

pattern!(YEAR_FIRST, r"(\d{4})([-./])(\d{1,2})([-./])(\d{1,2})");
pattern!(EAST_ASIAN, r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号]");
pattern!(THREE_NUMBERS, r"(\d{1,2})([-./])[ \u{a0}]?(\d{1,2})([-./])[ \u{a0}]?(\d{4}|\d{2})");
pattern!(
    DAY_AND_NAME,
    r"(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?[ \u{a0}-]?(?:de |of )?(\p{L}{3,12})\.?,?[ \u{a0}-](?:de |del )?(\d{4})"
);
pattern!(NAME_AND_DAY, r"(\p{L}{3,12})\.?[ \u{a0}](\d{1,2})(?:st|nd|rd|th)?,?[ \u{a0}](\d{4})");

/// How a day is written, and which one that is.
type Way<'a> = (&'a Regex, &'a dyn Fn(&Captures<'_>) -> Option<Date>);

/// The days of a text; `of_the_united_states` is what else tells where it was written, where something does.
pub fn find(text: &str, of_the_united_states: Option<bool>) -> Vec<Fact> {
    let by_place = |there: bool| if there { DayOrder::MonthFirst } else { DayOrder::DayFirst };
    let order = order_of(text).or(of_the_united_states.map(by_place));
    let in_order = |three: &Captures<'_>| match order {
        Some(order) => numbers(three, order),
        None => numbers(three, DayOrder::DayFirst)
            .filter(|day| numbers(three, DayOrder::MonthFirst).is_none_or(|other| other == *day)),
    };
    let ways: [Way<'_>; 5] = [
        (&YEAR_FIRST, &|found| same(found, 2, 4).then(|| day(&found[1], &found[3], &found[5])).flatten()),
        (&EAST_ASIAN, &|found| day(&found[1], &found[2], &found[3])),
        (&DAY_AND_NAME, &|found| named(&found[3], &found[2], &found[1])),
        (&NAME_AND_DAY, &|found| named(&found[3], &found[1], &found[2])),
        (&THREE_NUMBERS, &in_order),
    ];
    ways.iter()
        .flat_map(|(pattern, date)| pattern.captures_iter(text).filter_map(|found| fact(text, &found, date(&found)?)))
        .collect()
}

fn fact(text: &str, found: &Captures<'_>, date: Date) -> Option<Fact> {
    let at = found.get(0)?.range();
    // A version, an address of a machine, or the number of a chapter goes on.
    let joined = |letter: char| matches!(letter, '.' | '-' | '/');
    let rest = text[at.end..].strip_prefix(joined);
    let goes_on = rest.is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()));
    let begins_before = text[..at.start].strip_suffix(joined);
    let begins_before = begins_before.is_some_and(|before| before.ends_with(|letter: char| letter.is_ascii_digit()));
    (stands_alone(text, &at) && !goes_on && !begins_before).then_some(Fact { at, value: Value::Date(date) })
}

/// Which comes first, if the text says so by a day that can be meant in one way alone, and by none that can in the other.
fn order_of(text: &str) -> Option<DayOrder> {
    let slashes = || THREE_NUMBERS.captures_iter(text).filter(|found| &found[2] == "/" && &found[4] == "/");
    let is_one = |order: DayOrder| {
        slashes().any(|found| numbers(&found, order).is_some() && numbers(&found, other(order)).is_none())
    };
    match (is_one(DayOrder::DayFirst), is_one(DayOrder::MonthFirst)) {
        (true, false) => Some(DayOrder::DayFirst),
        (false, true) => Some(DayOrder::MonthFirst),
        _ => None,
    }
}

fn other(order: DayOrder) -> DayOrder {
    match order {
        DayOrder::DayFirst => DayOrder::MonthFirst,
        DayOrder::MonthFirst => DayOrder::DayFirst,
    }
}

/// The day that three numbers are. With dots and hyphens, the day is first everywhere.
fn numbers(found: &Captures<'_>, order: DayOrder) -> Option<Date> {
    if !same(found, 2, 4) {
        return None;
    }
    match (&found[2], order) {
        ("/", DayOrder::MonthFirst) => day(&found[5], &found[1], &found[3]),
        _ => day(&found[5], &found[3], &found[1]),
    }
}

fn same(found: &Captures<'_>, one: usize, other: usize) -> bool {
    found[one] == found[other]
}

fn named(year: &str, month: &str, day: &str) -> Option<Date> {
    let month = months::number(month)?;
    made(year, month, day.parse().ok()?)
}

fn day(year: &str, month: &str, day: &str) -> Option<Date> {
    made(year, month.parse().ok()?, day.parse().ok()?)
}

fn made(year: &str, month: i8, day: i8) -> Option<Date> {
    let number: i16 = year.parse().ok()?;
    let year = match year.len() {
        2 if number <= LAST_OF_THIS_CENTURY => 2000 + number,
        2 => 1900 + number,
        _ => number,
    };
    Date::new(year, month, day).ok().filter(|_| YEARS.contains(&year))
}
