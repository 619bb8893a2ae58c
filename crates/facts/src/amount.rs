//! Amounts of money: a number with the sign or the code of a currency before or behind it. A number alone is none.

use crate::{Fact, Value, stands_alone};
use regex::Regex;
use std::fmt::{self, Display, Formatter};
use std::sync::LazyLock;

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// How much, in thousandths of the currency: `12.50` is 12,500.
    pub thousandths: i64,
    /// Of what.
    pub currency: Currency,
}

impl Display for Amount {
    /// `12.50 EUR`, `-3 JPY`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sign = if self.thousandths < 0 { "-" } else { "" };
        let (whole, part) = (self.thousandths.unsigned_abs() / 1_000, self.thousandths.unsigned_abs() % 1_000);
        let part = if part == 0 { String::new() } else { format!(".{:02}", part / 10) };
        write!(f, "{sign}{whole}{part} {}", self.currency.code())
    }
}

/// A currency: its code by ISO 4217. A sign that several have stands for the one that most people mean by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(&'static str);

impl Currency {
    /// Its code: `EUR`.
    pub fn code(self) -> &'static str {
        self.0
    }

    /// The currency that is written so, by its sign or its code in any case.
    pub fn written(as_: &str) -> Option<Self> {
        let is_it = |(_, signs): &&(&str, &[&str])| signs.iter().any(|sign| sign.eq_ignore_ascii_case(as_));
        let by_code = CURRENCIES.iter().find(|(code, _)| code.eq_ignore_ascii_case(as_));
        by_code.or_else(|| CURRENCIES.iter().find(is_it)).map(|(code, _)| Currency(code))
    }
}

/// Codes, and the signs that are written for them.
const CURRENCIES: &[(&str, &[&str])] = &[
    ("EUR", &["€", "Euro", "Euros"]),
    ("USD", &["$", "US$"]),
    ("GBP", &["£"]),
    ("CHF", &["Fr.", "SFr."]),
    ("JPY", &["¥", "¥", "円"]),
    ("CNY", &["元", "RMB"]),
    ("INR", &["₹", "Rs."]),
    ("KRW", &["₩", "원"]),
    ("RUB", &["₽", "руб", "руб."]),
    ("UAH", &["₴", "грн"]),
    ("PLN", &["zł"]),
    ("CZK", &["Kč"]),
    ("SEK", &[]),
    ("NOK", &[]),
    ("DKK", &[]),
    ("HUF", &["Ft"]),
    ("TRY", &["₺"]),
    ("ILS", &["₪"]),
    ("BRL", &["R$"]),
    ("AUD", &["A$"]),
    ("CAD", &["C$"]),
    ("NZD", &["NZ$"]),
    ("HKD", &["HK$"]),
    ("SGD", &["S$"]),
    ("MXN", &["MX$"]),
    ("THB", &["฿"]),
    ("VND", &["₫"]),
    ("ZAR", &[]),
];

/// The most digits before the decimal sign: more is a number of something else.
const MAX_DIGITS: usize = 12;

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"[-−–]?\d{1,3}(?:[ \u{a0}\u{202f}.,'’]\d{3})+(?:[.,]\d{1,2})?|[-−–]?\d{1,12}(?:[.,](?:\d{1,2}|[-–—]{1,2}))?",
    )
    .expect("a pattern of ours")
});

/// The amounts of a text.
pub fn find(text: &str) -> Vec<Fact> {
    NUMBER.find_iter(text).filter_map(|number| amount(text, number.start(), number.as_str())).collect()
}

/// Whether amounts are of the United States, or of anywhere else; `None` where they do not tell.
pub fn is_of_the_united_states(amounts: &[Fact]) -> Option<bool> {
    let mut is_dollar = amounts.iter().filter_map(|fact| match &fact.value {
        Value::Amount(amount) => Some(amount.currency.code() == "USD"),
        _ => None,
    });
    let first = is_dollar.next()?;
    is_dollar.all(|other| other == first).then_some(first)
}

fn amount(text: &str, start: usize, number: &str) -> Option<Fact> {
    let end = start + number.len();
    let (currency, at) = match (before(text, start), behind(text, end)) {
        (Some((currency, from)), _) => (currency, from..end),
        (None, Some((currency, to))) => (currency, start..to),
        (None, None) => return None,
    };
    let rest = &text[end..];
    let goes_on = rest.starts_with(|letter: char| letter.is_ascii_digit())
        || rest.starts_with(['.', ',']) && rest[1..].starts_with(|letter: char| letter.is_ascii_digit());
    let begins_before =
        text[..start].ends_with(|letter: char| letter.is_ascii_digit() || letter == '.' || letter == ',');
    if goes_on || begins_before || !stands_alone(text, &at) {
        return None;
    }
    let value = Value::Amount(Amount { thousandths: thousandths(number)?, currency });
    Some(Fact { at, value })
}

/// The currency that stands before a number, and where it begins.
fn before(text: &str, number: usize) -> Option<(Currency, usize)> {
    let words = text[..number].trim_end_matches([' ', '\u{a0}', '\u{202f}']);
    if number - words.len() > '\u{a0}'.len_utf8() {
        return None;
    }
    let (currency, written) = longest(|word| words.ends_with(word))?;
    Some((currency, words.len() - written.len()))
}

/// The currency that stands behind a number, and where it ends.
fn behind(text: &str, number: usize) -> Option<(Currency, usize)> {
    let words = text[number..].trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    let gap = text.len() - number - words.len();
    if gap > '\u{a0}'.len_utf8() {
        return None;
    }
    let (currency, written) = longest(|word| words.starts_with(word))?;
    Some((currency, number + gap + written.len()))
}

/// Of the signs and codes that fit, the longest: `US$` is not `$`.
fn longest(fits: impl Fn(&str) -> bool) -> Option<(Currency, &'static str)> {
    let written =
        CURRENCIES.iter().flat_map(|(code, signs)| signs.iter().chain([code]).map(|word| (Currency(code), *word)));
    written.filter(|(_, word)| fits(word)).max_by_key(|(_, word)| word.len())
}

/// A number in thousandths: the last sign is that of decimals if one or two digits follow it.
fn thousandths(number: &str) -> Option<i64> {
    let negative = number.starts_with(['-', '−', '–']);
    let number = number.trim_start_matches(['-', '−', '–']);
    let (whole, part) = match number.rfind(['.', ',']) {
        Some(at) if number.len() - at - 1 != 3 => (&number[..at], &number[at + 1..]),
        _ => (number, ""),
    };
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    let part: String = part.chars().filter(char::is_ascii_digit).collect();
    if digits.len() > MAX_DIGITS {
        return None;
    }
    let (whole, part): (i64, i64) = (digits.parse().ok()?, format!("{part:0<3}").parse().ok()?);
    let value = whole * 1_000 + part;
    Some(if negative { -value } else { value })
}
