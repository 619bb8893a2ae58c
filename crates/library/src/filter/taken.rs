//! When an image was taken, as a person says it: in a year, month or day, between two, before or after one.

use super::parse::Order;
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// A time in which an image was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Taken {
    /// In it.
    In(Date),
    /// From the beginning of the one to the end of the other.
    Between(Date, Date),
    /// Before or after it; with [`Order::AtLeast`] and [`Order::AtMost`] also in it.
    Compared(Order, Date),
}

/// A year, month or day: `2026`, `2026-11`, `2026-11-03`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date(String);

/// Stands behind every time of a day, month or year in the order of bytes.
const END: char = '~';

impl Taken {
    /// The first and the last text of a time in it, each left out where there is no such end. Times are texts such as
    /// `2026-11-03T12:00:00`, whose order is that of the times.
    pub fn bounds(&self) -> (Option<String>, Option<String>) {
        match self {
            Taken::In(date) => (Some(date.first()), Some(date.last())),
            Taken::Between(from, to) => (Some(from.first()), Some(to.last())),
            Taken::Compared(Order::More, date) => (Some(date.last()), None),
            Taken::Compared(Order::AtLeast, date) => (Some(date.first()), None),
            Taken::Compared(Order::Less, date) => (None, Some(date.first())),
            Taken::Compared(Order::AtMost, date) => (None, Some(date.last())),
            Taken::Compared(Order::Equal, date) => Taken::In(date.clone()).bounds(),
        }
    }

    /// Whether a time such as `2026-11-03T12:00:00` lies in it.
    pub fn holds(&self, at: &str) -> bool {
        let (first, last) = self.bounds();
        first.is_none_or(|first| at >= first.as_str()) && last.is_none_or(|last| at < last.as_str())
    }
}

impl Date {
    fn first(&self) -> String {
        self.0.clone()
    }

    fn last(&self) -> String {
        format!("{}{END}", self.0)
    }
}

/// It is no such time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoTime;

impl FromStr for Date {
    type Err = NoTime;

    fn from_str(text: &str) -> Result<Self, NoTime> {
        let mut parts = text.split('-');
        let mut number = |digits: usize, from: u32, to: u32| -> Result<Option<u32>, NoTime> {
            let Some(part) = parts.next() else { return Ok(None) };
            let right = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            let value: u32 = part.parse().map_err(|_| NoTime)?;
            if right && (from..=to).contains(&value) { Ok(Some(value)) } else { Err(NoTime) }
        };
        let (year, month) = (number(4, 0, 9999)?, number(2, 1, 12)?);
        if let (Some(year), Some(month)) = (year, month) {
            number(2, 1, days(year, month))?;
        }
        if parts.next().is_some() {
            return Err(NoTime);
        }
        Ok(Date(text.to_owned()))
    }
}

/// How many days a month has (Gregorian calendar).
fn days(year: u32, month: u32) -> u32 {
    let leaps = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u32::from(leaps),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl FromStr for Taken {
    type Err = NoTime;

    fn from_str(text: &str) -> Result<Self, NoTime> {
        if let Some((order, date)) = Order::split(text) {
            let date = date.parse()?;
            return Ok(if order == Order::Equal { Taken::In(date) } else { Taken::Compared(order, date) });
        }
        match text.split_once("..") {
            None => Ok(Taken::In(text.parse()?)),
            Some((from, "")) => Ok(Taken::Compared(Order::AtLeast, from.parse()?)),
            Some(("", to)) => Ok(Taken::Compared(Order::AtMost, to.parse()?)),
            Some((from, to)) => {
                let (from, to): (Date, Date) = (from.parse()?, to.parse()?);
                if from.first() < to.last() { Ok(Taken::Between(from, to)) } else { Err(NoTime) }
            }
        }
    }
}

impl Display for Taken {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Taken::In(date) => f.write_str(&date.0),
            Taken::Between(from, to) => write!(f, "{}..{}", from.0, to.0),
            Taken::Compared(order, date) => write!(f, "{order}{}", date.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_hold_what_was_taken_in_them() {
        let times = ["2025-12-31T23:59:59", "2026-01-01T00:00:00", "2026-03-31T23:59:59", "2026-04-01T00:00:00"];
        let check = |text: &str, expected: [bool; 4]| {
            let taken: Taken = text.parse().unwrap();
            assert_eq!(times.map(|at| taken.holds(at)), expected, "{text}");
            assert_eq!(taken.to_string().parse(), Ok(taken), "{text}");
        };
        check("2026", [false, true, true, true]);
        check("=2026-01-01", [false, true, false, false]);
        check("2026-01..2026-03", [false, true, true, false]);
        check("2025..2026-01", [true, true, false, false]);
        check("2026-03-31..2026", [false, false, true, true]);
        check(">2025", [false, true, true, true]);
        check(">2026-01", [false, false, true, true]);
        check(">=2026", [false, true, true, true]);
        check("<2026", [true, false, false, false]);
        check("<=2026-03", [true, true, true, false]);
        check("2026-04..", [false, false, false, true]);
        check("2024-02-29..2026-02-28", [true, true, false, false]);
        check("..2025", [true, false, false, false]);
    }

    #[test]
    fn what_is_no_time() {
        let wrong = [
            "26",
            "2026-1",
            "2026-13",
            "2026-00",
            "2026-11-31",
            "2026-02-29",
            "1900-02-29",
            "2026-11-03-01",
            "2026-*",
            "..",
            ">",
            ">x",
            "2026-02..2026-01",
        ];
        for text in wrong {
            assert_eq!(text.parse::<Taken>(), Err(NoTime), "{text}");
        }
    }
}
