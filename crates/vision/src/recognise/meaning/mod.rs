//! What the text of a code means.
//!
//! Pure: text in, meaning out. What breaks the rules of its format stays text: a person sees it either way, and nothing is
//! offered that is not there. Each room names the specification that it follows.

mod card;
mod content_lines;
mod event;
mod fields;
mod gtin;
mod iban;
mod payment;
mod uri;
mod wifi;

use legible_reading::recognition::Meaning;

/// What a text means.
pub fn of(text: &str) -> Meaning {
    let text = text.trim();
    let readers: [fn(&str) -> Option<Meaning>; 8] =
        [wifi::wifi, payment::payment, card::contact, event::event, uri::mail, uri::phone_or_sms, uri::place, uri::web];
    readers.into_iter().find_map(|read| read(text)).unwrap_or_default()
}

/// What the digits of a product's bar code mean (EAN-13, UPC-A as EAN-13, EAN-8).
pub fn of_product(digits: &str) -> Meaning {
    match gtin::is_valid(digits) {
        true => Meaning::Product { gtin: digits.to_string() },
        false => Meaning::Text,
    }
}

/// The rest of a text after a prefix in any case.
fn after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

/// A text that is there.
fn filled(text: impl Into<String>) -> Option<String> {
    let text = text.into();
    let trimmed = text.trim();
    (!trimmed.is_empty()).then(|| if trimmed.len() == text.len() { text.clone() } else { trimmed.to_string() })
}

#[cfg(test)]
mod tests;
