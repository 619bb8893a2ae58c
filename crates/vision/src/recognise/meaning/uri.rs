//! Addresses of the web, mail, telephone, messages and places.
//!
//! http(s): RFC 3986. mailto: RFC 6068; `MATMSG:` is NTT DoCoMo's. tel: RFC 3966. sms: RFC 5724; `smsto:` is ZXing's
//! ("Barcode Contents"). geo: RFC 5870.

use legible_reading::recognition::{Mail, Meaning, Sms};

use super::fields::Fields;
use super::{after, filled};

/// Most addresses of one mail.
const MOST_ADDRESSES: usize = 32;
/// Most parameters of one URI.
const MOST_PARAMETERS: usize = 64;

/// An address on the web.
pub fn web(text: &str) -> Option<Meaning> {
    let one_word = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    let scheme = ["http://", "https://"].into_iter().find(|scheme| after(text, scheme).is_some());
    let host =
        scheme.and_then(|scheme| after(text, scheme)).map(|rest| rest.split(['/', '?', '#']).next().unwrap_or(rest));
    if one_word && host.is_some_and(|host| !host.is_empty() && !host.starts_with(':')) {
        return Some(Meaning::Url { url: text.to_string() });
    }
    // "URL:" and "URLTO:" stand before addresses in some makers' codes.
    let bare = after(text, "URLTO:").or_else(|| after(text, "URL:"))?.trim();
    after(bare, "http").and_then(|_| web(bare))
}

/// A letter by mail.
pub fn mail(text: &str) -> Option<Meaning> {
    if let Some(fields) = after(text, "MATMSG:").map(Fields::of) {
        let to = fields.all("TO").into_iter().take(MOST_ADDRESSES).collect();
        return some_mail(Mail { to, subject: fields.first("SUB"), body: fields.first("BODY") });
    }
    let (to, parameters) = parts(after(text, "mailto:")?);
    let mut mail = Mail { to: addresses(&to), ..Mail::default() };
    for (key, value) in parameters {
        match key.to_ascii_lowercase().as_str() {
            "to" => mail.to.extend(addresses(&value)),
            "subject" => mail.subject = filled(value),
            "body" => mail.body = filled(value),
            _ => {}
        }
    }
    mail.to.truncate(MOST_ADDRESSES);
    some_mail(mail)
}

fn some_mail(mail: Mail) -> Option<Meaning> {
    (!mail.to.is_empty()).then_some(Meaning::Mail(mail))
}

fn addresses(list: &str) -> Vec<String> {
    list.split(',').filter_map(filled).take(MOST_ADDRESSES).collect()
}

/// A telephone number, or a message to one.
pub fn phone_or_sms(text: &str) -> Option<Meaning> {
    if let Some(rest) = after(text, "tel:") {
        let (number, _) = parts(rest);
        return number_of(&number).map(|number| Meaning::Phone { number });
    }
    for name in ["smsto:", "mmsto:", "sms:", "mms:"] {
        let Some(rest) = after(text, name) else { continue };
        // "smsto:" is no URI: what follows the second colon stands as it is.
        if let Some((number, body)) = rest.split_once(':').filter(|(number, _)| !number.contains('?')) {
            return number_of(number).map(|number| Meaning::Sms(Sms { number, body: filled(body) }));
        }
        let (number, parameters) = parts(rest);
        let body = parameters.into_iter().find(|(key, _)| key.eq_ignore_ascii_case("body"));
        let body = body.and_then(|(_, body)| filled(body));
        return number_of(&number).map(|number| Meaning::Sms(Sms { number, body }));
    }
    None
}

/// A number without the parameters that RFC 3966 allows after it.
fn number_of(text: &str) -> Option<String> {
    let number = text.split(';').next().unwrap_or(text).trim();
    let known = |c: char| c.is_ascii_digit() || "+-.() #*".contains(c);
    (number.chars().any(|c| c.is_ascii_digit()) && number.chars().all(known)).then(|| number.to_string())
}

/// A place on earth.
pub fn place(text: &str) -> Option<Meaning> {
    let rest = after(text, "geo:")?;
    let coordinates = rest.split(['?', ';']).next().unwrap_or(rest);
    let mut numbers = coordinates.split(',').map(|number| number.trim().parse::<f64>());
    let (Some(Ok(latitude)), Some(Ok(longitude))) = (numbers.next(), numbers.next()) else { return None };
    let on_earth = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
    on_earth.then_some(Meaning::Place { latitude, longitude })
}

/// What stands before the `?` of a URI, and its parameters, all decoded.
pub fn parts(rest: &str) -> (String, Vec<(String, String)>) {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let parameters = query.split('&').filter(|parameter| !parameter.is_empty()).take(MOST_PARAMETERS);
    let parameters = parameters.map(|parameter| {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        (decoded(key, b'%'), decoded(value, b'%'))
    });
    (decoded(path, b'%'), parameters.collect())
}

/// A text with each `mark` and two hexadecimal digits replaced by the byte they stand for (with `%`: RFC 3986, 2.1). What
/// is no UTF-8 then stays as it was.
pub fn decoded(text: &str, mark: u8) -> String {
    let bytes = text.as_bytes();
    let hex = |at: usize| bytes.get(at).and_then(|&byte| char::from(byte).to_digit(16));
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (byte, Some(high), Some(low)) if byte == mark => {
                plain.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(plain).unwrap_or_else(|_| text.to_string())
}
