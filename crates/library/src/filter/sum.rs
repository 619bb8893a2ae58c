//! An amount of money, as a person says it: so much, more or less than that, between two, of a currency or of any.

use super::parse::Order;
use legible_facts::{Amount, Currency};
use std::fmt::{self, Display, Formatter};
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Amounts of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sum {
    /// How much; any where it is left out.
    range: Option<Range>,
    /// Of what; of anything where it is left out.
    currency: Option<Currency>,
}

/// How much, in thousandths.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Range {
    Compared(Order, i64),
    Between(i64, i64),
}

impl Sum {
    /// The least and the most that it may be, in thousandths.
    pub fn bounds(&self) -> RangeInclusive<i64> {
        match self.range {
            None => i64::MIN..=i64::MAX,
            Some(Range::Between(least, most)) => least..=most,
            Some(Range::Compared(order, number)) => match order {
                Order::Less => i64::MIN..=number.saturating_sub(1),
                Order::AtMost => i64::MIN..=number,
                Order::Equal => number..=number,
                Order::AtLeast => number..=i64::MAX,
                Order::More => number.saturating_add(1)..=i64::MAX,
            },
        }
    }

    /// The code of its currency (ISO 4217), where one is asked for.
    pub fn code(&self) -> Option<&'static str> {
        self.currency.map(Currency::code)
    }

    /// Whether an amount is one of them.
    pub fn holds(&self, amount: &Amount) -> bool {
        self.currency.is_none_or(|currency| amount.currency == currency) && self.bounds().contains(&amount.thousandths)
    }
}

/// It is no amount.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoSum;

impl FromStr for Sum {
    type Err = NoSum;

    fn from_str(text: &str) -> Result<Self, NoSum> {
        let (text, currency) = of_currency(text.trim());
        if text.is_empty() {
            return if currency.is_some() { Ok(Sum { range: None, currency }) } else { Err(NoSum) };
        }
        let range = match (Order::split(text), text.split_once("..")) {
            (Some((order, number)), _) => Range::Compared(order, thousandths(number)?),
            (None, None) => Range::Compared(Order::Equal, thousandths(text)?),
            (None, Some((least, ""))) => Range::Compared(Order::AtLeast, thousandths(least)?),
            (None, Some(("", most))) => Range::Compared(Order::AtMost, thousandths(most)?),
            (None, Some((least, most))) => match (thousandths(least)?, thousandths(most)?) {
                (least, most) if least <= most => Range::Between(least, most),
                _ => return Err(NoSum),
            },
        };
        Ok(Sum { range: Some(range), currency })
    }
}

/// A text without the currency that it ends or begins with, and that.
fn of_currency(text: &str) -> (&str, Option<Currency>) {
    let is_number = |letter: char| letter.is_ascii_digit() || "<>=.,-".contains(letter);
    let (number, behind) = text.split_at(text.rfind(is_number).map_or(0, |at| at + 1));
    if let Some(currency) = Currency::written(behind.trim()) {
        return (number.trim(), Some(currency));
    }
    // "€>100" is odd, but nobody doubts what it means.
    let (before, number) = text.split_at(text.find(is_number).unwrap_or(0));
    match Currency::written(before.trim()) {
        Some(currency) => (number.trim(), Some(currency)),
        None => (text, None),
    }
}

/// `12.5` or `12,50` in thousandths: up to three decimals, no signs between thousands.
fn thousandths(text: &str) -> Result<i64, NoSum> {
    let text = text.trim();
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    let are_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(whole) || !are_digits(part) || part.len() > 3 || whole.len() > 15 {
        return Err(NoSum);
    }
    let number = |digits: &str| digits.parse::<i64>().map_err(|_| NoSum);
    let value = number(whole)? * 1_000 + number(&format!("{part:0<3}"))?;
    Ok(if negative { -value } else { value })
}

/// As [`thousandths`] reads it, without needless noughts.
struct Plain(i64);

impl Display for Plain {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.unsigned_abs() / 1_000, format!("{:03}", self.0.unsigned_abs() % 1_000));
        match part.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            part => write!(f, "{sign}{whole}.{part}"),
        }
    }
}

impl Display for Sum {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.range {
            None => {}
            Some(Range::Compared(Order::Equal, number)) => write!(f, "{}", Plain(*number))?,
            Some(Range::Compared(order, number)) => write!(f, "{order}{}", Plain(*number))?,
            Some(Range::Between(least, most)) => write!(f, "{}..{}", Plain(*least), Plain(*most))?,
        }
        f.write_str(self.code().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_as_they_are_said() {
        let amounts = [("EUR", 99_990), ("EUR", 100_000), ("USD", 100_000), ("EUR", 250_500), ("EUR", -5_000)]
            .map(|(code, thousandths)| Amount { thousandths, currency: Currency::written(code).unwrap() });
        let check = |text: &str, shown: &str, expected: [bool; 5]| {
            let sum: Sum = text.parse().unwrap();
            assert_eq!(amounts.each_ref().map(|amount| sum.holds(amount)), expected, "{text}");
            assert_eq!((sum.to_string(), shown.parse().as_ref()), (shown.to_owned(), Ok(&sum)), "{text}");
        };
        check("100", "100", [false, true, true, false, false]);
        check(">100", ">100", [false, false, false, true, false]);
        check(">=100 eur", ">=100EUR", [false, true, false, true, false]);
        check("€99,99", "99.99EUR", [true, false, false, false, false]);
        check("<100", "<100", [true, false, false, false, true]);
        check("90..250.50", "90..250.5", [true, true, true, true, false]);
        check("100..$", ">=100USD", [false, false, true, false, false]);
        check("..0", "<=0", [false, false, false, false, true]);
        check("usd", "USD", [false, false, true, false, false]);
        check("=-5", "-5", [false, false, false, false, true]);
    }

    #[test]
    fn what_is_no_amount() {
        for text in ["", "..", ">", "much", "1.2345", "5..2", "1.000.000", "12abc", "9999999999999999", "5€€"] {
            assert_eq!(text.parse::<Sum>(), Err(NoSum), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_understood_alike(text in "[<>=]{0,2}-?[0-9]{0,6}[.,]{0,2}[0-9]{0,4}(€|USD|kr)?") {
            if let Ok(sum) = text.parse::<Sum>() {
                prop_assert_eq!(sum.to_string().parse(), Ok(sum), "{}", text);
            }
        }
    }
}
