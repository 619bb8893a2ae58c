//! Phone numbers: with the code of a country (`+49 30 901820`, ITU-T E.123 and E.164), or behind a word that says that it is one. Any other row of
//! digits is as likely the number of an order.

use crate::{Fact, Value, stands_alone};
use regex::Regex;
use std::sync::LazyLock;

/// How many digits a number has (E.164 allows 15, with the code of the country).
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

static DIALLED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:\+|00)[1-9]\d{0,2}(?:[ \u{a0}./-]?(?:\(0\)|\(?\d{1,6}\)?))+").expect("a pattern of ours")
});
static SAID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:tel|telefon|telephone|téléphone|teléfono|telefono|phone|fon|mobile?|mobil|handy|cell|fax|тел|电话|電話)[.:]{0,2}\s{0,2}(\(?\d[\d \u{a0}./()-]{5,20}\d)",
    )
    .expect("a pattern of ours")
});

/// The numbers to call of a text.
pub fn find(text: &str) -> Vec<Fact> {
    let dialled = DIALLED.find_iter(text).map(|found| found.range());
    let said = SAID.captures_iter(text).filter_map(|found| Some(found.get(1)?.range()));
    dialled.chain(said).filter_map(|at| number(text, at)).collect()
}

fn number(text: &str, at: std::ops::Range<usize>) -> Option<Fact> {
    let words = &text[at.clone()];
    // The zero in "+49 (0)30" is dialled at home alone.
    let abroad = words.starts_with('+') || words.starts_with("00");
    let words = if abroad { words.replacen("(0)", "", 1) } else { words.to_owned() };
    let digits: String = words.chars().filter(char::is_ascii_digit).collect();
    let (plus, digits) = match (abroad, digits.strip_prefix("00")) {
        (true, Some(rest)) => ("+", rest.to_owned()),
        (true, None) => ("+", digits),
        (false, _) => ("", digits),
    };
    let right = DIGITS.contains(&digits.len()) && stands_alone(text, &at);
    right.then(|| Fact { at, value: Value::Phone(format!("{plus}{digits}")) })
}
