//! Contacts: vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), and NTT DoCoMo's MECARD.

use legible_reading::recognition::{Contact, Meaning};

use super::content_lines::{lines, unescaped};
use super::fields::{self, Fields};
use super::{after, filled};

/// Most numbers, addresses and so on of one contact, each.
const MOST_OF_A_KIND: usize = 16;

/// A contact.
pub fn contact(text: &str) -> Option<Meaning> {
    let mut contact = match after(text, "MECARD:") {
        Some(rest) => mecard(&Fields::of(rest)),
        None => after(text, "BEGIN:VCARD").map(vcard)?,
    };
    for list in [&mut contact.phones, &mut contact.mails, &mut contact.urls, &mut contact.addresses] {
        list.truncate(MOST_OF_A_KIND);
    }
    if contact.name.is_empty() {
        contact.name = contact.organisation.clone().unwrap_or_default();
    }
    (contact != Contact::default()).then_some(Meaning::Contact(contact))
}

fn mecard(fields: &Fields) -> Contact {
    // "last,first"
    let name = fields.raw("N").next().map(|name| {
        let parts: Vec<String> = fields::split(name, ',').map(|part| fields::unescaped(part.trim())).collect();
        parts.into_iter().rev().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    });
    Contact {
        name: name.unwrap_or_default(),
        organisation: fields.first("ORG"),
        phones: fields.all("TEL"),
        mails: fields.all("EMAIL"),
        urls: fields.all("URL"),
        addresses: fields.raw("ADR").map(|address| in_one_line(address, ',')).filter(|line| !line.is_empty()).collect(),
        note: fields.first("NOTE"),
    }
}

fn vcard(text: &str) -> Contact {
    let mut contact = Contact::default();
    let mut name_by_parts = None;
    for line in lines(text) {
        let value = || unescaped(&line.value);
        match line.name.as_str() {
            "FN" if contact.name.is_empty() => contact.name = value(),
            "N" => name_by_parts = name_by_parts.or(Some(spoken(&line.value))),
            "ORG" => contact.organisation = contact.organisation.or(filled(in_one_line(&line.value, ';'))),
            "TEL" => contact.phones.extend(filled(after(&value(), "tel:").map_or_else(value, str::to_string))),
            "EMAIL" => contact.mails.extend(filled(value())),
            "URL" => contact.urls.extend(filled(value())),
            "ADR" => contact.addresses.extend(filled(in_one_line(&line.value, ';'))),
            "NOTE" => contact.note = contact.note.or(filled(value())),
            "END" => break,
            _ => {}
        }
    }
    if contact.name.is_empty() {
        contact.name = name_by_parts.unwrap_or_default();
    }
    contact
}

/// Family name; given name; further names; before the name; after it. As it is said: "Dr. Ada King Lovelace".
fn spoken(name: &str) -> String {
    let parts: Vec<String> = fields::split(name, ';').map(unescaped).collect();
    let part = |at: usize| parts.get(at).filter(|part| !part.is_empty()).cloned();
    [3, 1, 2, 0, 4].into_iter().filter_map(part).collect::<Vec<_>>().join(" ")
}

fn in_one_line(value: &str, separator: char) -> String {
    let parts = fields::split(value, separator).map(|part| unescaped(part).replace('\n', ", "));
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}
