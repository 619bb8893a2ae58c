//! Account numbers: two letters of a country, two check digits, and up to 30 letters and digits, often in groups of four
//! (ISO 13616; `iban_validate` knows the countries and their lengths).

use crate::{Fact, Value, stands_alone};
use iban::Iban;
use regex::Regex;
use std::sync::LazyLock;

static LOOKS_LIKE_ONE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[A-Z]{2}\d{2}(?:[ \u{a0}]?[0-9A-Z]){11,30}").expect("a pattern of ours"));

/// The account numbers of a text.
pub fn find(text: &str) -> Vec<Fact> {
    LOOKS_LIKE_ONE.find_iter(text).filter_map(|found| longest(text, found.start(), found.as_str())).collect()
}

/// The longest beginning of some words that is one: what follows may be another word in capitals.
fn longest(text: &str, start: usize, words: &str) -> Option<Fact> {
    let ends = words.char_indices().rev().map(|(at, letter)| at + letter.len_utf8());
    let of = |end: usize| {
        let number: String = words[..end].chars().filter(|letter| !letter.is_whitespace()).collect();
        let at = start..start + end;
        let right = stands_alone(text, &at) && number.parse::<Iban>().is_ok();
        right.then_some(Fact { at, value: Value::Iban(number) })
    };
    ends.filter(|end| !words[..*end].ends_with(char::is_whitespace)).find_map(of)
}
