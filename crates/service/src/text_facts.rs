//! What one can act on in the text of an image, for a person.

use crate::api::{TextFact, TextFactKind};
use crate::limits::MAX_TEXT_FACTS;
use legible_facts::{Fact, Value, find};
use legible_library::Field;

/// What stands in a text, each once, in the order of their places; the first of them.
pub fn text_facts(text: &str) -> Vec<TextFact> {
    let mut facts: Vec<TextFact> = Vec::new();
    for fact in find(text) {
        let fact = view(text, &fact);
        if facts.iter().all(|other| (other.kind, &other.value) != (fact.kind, &fact.value)) {
            facts.push(fact);
        }
        if facts.len() == MAX_TEXT_FACTS {
            break;
        }
    }
    facts
}

fn view(text: &str, Fact { at, value }: &Fact) -> TextFact {
    let text = text.get(at.clone()).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    // Whatever is no day and no amount is found by its words, in their order.
    let words = || format!("\"{}\"", text.replace('"', " "));
    let (kind, value, search) = match value {
        Value::Date(day) => (TextFactKind::Date, day.to_string(), Field::Date.asking_for(&day.to_string())),
        Value::Amount(amount) => {
            let said = amount.to_string();
            (TextFactKind::Amount, said.clone(), Field::Amount.asking_for(&said.replace(' ', "")))
        }
        Value::Email(address) => (TextFactKind::Email, address.clone(), words()),
        Value::Url(address) => (TextFactKind::Link, address.clone(), words()),
        Value::Phone(number) => (TextFactKind::Phone, number.clone(), words()),
        Value::Iban(number) => (TextFactKind::Iban, number.clone(), words()),
    };
    TextFact { kind, text, value, search }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_text_is_told_once_and_found_again() {
        let text =
            "Due 23.11.2026: 119,00 €\nDE89 3704 0044\n0532 0130 00, again 2026-11-23.\nTel. 030/901820, a@b.org";
        let facts = text_facts(text);
        let told: Vec<String> =
            facts.iter().map(|fact| format!("{:?}|{}|{}|{}", fact.kind, fact.text, fact.value, fact.search)).collect();
        assert_eq!(
            told,
            [
                "Date|23.11.2026|2026-11-23|date:2026-11-23",
                "Amount|119,00 €|119 EUR|amount:119EUR",
                "Phone|030/901820|030901820|\"030/901820\"",
                "Email|a@b.org|a@b.org|\"a@b.org\"",
            ]
        );
        let many: String = (0..99).map(|number| format!("{number}.50 €\n")).collect();
        assert_eq!(text_facts(&many).len(), MAX_TEXT_FACTS);
    }
}
