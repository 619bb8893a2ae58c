//! What one can act on in a text: dates, amounts of money, e-mail and web addresses, phone numbers, and account numbers (IBAN).
//!
//! Texts are read from images, so they come in any language, with letters misread. What is told is what stands there beyond doubt: a wrong
//! date is worse than none. Nothing here knows images, the clock or the network.

mod amount;
mod date;
mod iban;
mod links;
mod phone;

pub use amount::{Amount, Currency};
pub use jiff::civil::Date;

use std::ops::Range;

/// The longest text that is looked through, in bytes; of a longer one, its beginning.
pub const MAX_TEXT_BYTES: usize = 1 << 20;
/// The most facts that are told of one text.
pub const MAX_FACTS: usize = 1_000;

/// Radicals, kana, Han and Hangul, with the signs between them (Unicode 16, blocks of the Basic Multilingual Plane).
const EAST_ASIAN: std::ops::RangeInclusive<char> = '\u{2e80}'..='\u{d7ff}';

/// Something in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Where it stands, in bytes of the text.
    pub at: Range<usize>,
    /// What it is.
    pub value: Value,
}

/// What something in a text is.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// An e-mail address, as it stands there.
    Email(String),
    /// A web address that can be opened.
    Url(String),
    /// An account number (ISO 13616) with the right check digits, without spaces.
    Iban(String),
    /// A day.
    Date(Date),
    /// An amount of money.
    Amount(Amount),
    /// A phone number as it is dialled: digits, and a `+` before that of a country.
    Phone(String),
}

/// What each [`Value`] is called.
pub const KINDS: [&str; 6] = ["date", "amount", "email", "link", "phone", "iban"];

impl Value {
    /// What it is called: one of [`KINDS`].
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Date(_) => "date",
            Value::Amount(_) => "amount",
            Value::Email(_) => "email",
            Value::Url(_) => "link",
            Value::Phone(_) => "phone",
            Value::Iban(_) => "iban",
        }
    }
}

/// All that stands in a text, in the order of their places; no two have a letter in common.
pub fn find(text: &str) -> Vec<Fact> {
    let text = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
    let mut found: Vec<Fact> = Vec::new();
    // What is surer of itself comes first: part of an address is no number to call.
    let amounts = amount::find(text);
    let days = date::find(text, amount::is_of_the_united_states(&amounts));
    let all = [links::find(text), iban::find(text), days, amounts, phone::find(text)];
    for fact in all.into_iter().flatten() {
        let at = found.partition_point(|other| other.at.start < fact.at.start);
        let touches = |other: &Fact| other.at.start < fact.at.end && fact.at.start < other.at.end;
        let is_free = !found[..at].last().is_some_and(touches) && !found[at..].first().is_some_and(touches);
        if is_free && found.len() < MAX_FACTS {
            found.insert(at, fact);
        }
    }
    found
}

/// Whether nothing that belongs to the same word or number stands before and behind a place.
fn stands_alone(text: &str, at: &Range<usize>) -> bool {
    // Scripts without spaces join nothing: of their letters, any may begin a word.
    let joins = |letter: char| letter.is_alphanumeric() && !EAST_ASIAN.contains(&letter);
    !text[..at.start].chars().next_back().is_some_and(joins) && !text[at.end..].chars().next().is_some_and(joins)
}

#[cfg(test)]
mod tests;
