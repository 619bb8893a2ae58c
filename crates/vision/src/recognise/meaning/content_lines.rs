//! The lines of vCards and iCalendar objects: `NAME;PARAMETER=x:value`, long ones folded (RFC 5545, 3.1; RFC 6350, 3.3).

use super::uri::decoded;

/// One line, unfolded.
pub struct ContentLine {
    /// Its name in capitals, without its parameters and the group that may stand before it.
    pub name: String,
    /// Its value, still escaped.
    pub value: String,
}

/// Most lines looked at.
const MOST_LINES: usize = 256;

/// The lines of a text.
pub fn lines(text: &str) -> Vec<ContentLine> {
    let mut unfolded: Vec<String> = Vec::new();
    for line in text.split(['\n', '\r']).filter(|line| !line.is_empty()).take(MOST_LINES) {
        let soft_break = unfolded.last().is_some_and(|last| last.ends_with('=') && is_quoted_printable(last));
        match (unfolded.last_mut(), line.strip_prefix([' ', '\t'])) {
            (Some(last), _) if soft_break => {
                last.pop();
                last.push_str(line);
            }
            (Some(last), Some(rest)) => last.push_str(rest),
            _ => unfolded.push(line.to_string()),
        }
    }
    unfolded.iter().filter_map(|line| content_line(line)).collect()
}

fn content_line(line: &str) -> Option<ContentLine> {
    let (head, value) = split_at_colon(line)?;
    let name = head.split(';').next()?.rsplit('.').next()?.trim().to_ascii_uppercase();
    let value = if is_quoted_printable(line) { decoded(value, b'=') } else { value.to_string() };
    Some(ContentLine { name, value })
}

/// The colon that ends the name and parameters is the first one outside of quotes.
fn split_at_colon(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let at = line.find(|c| {
        quoted ^= c == '"';
        c == ':' && !quoted
    })?;
    Some((&line[..at], &line[at + 1..]))
}

/// vCard 2.1 encodes what is not ASCII as in mail (RFC 2045, 6.7).
fn is_quoted_printable(line: &str) -> bool {
    line.split(':').next().is_some_and(|head| head.to_ascii_uppercase().contains("QUOTED-PRINTABLE"))
}

/// A value without its escapes (RFC 6350, 3.4; RFC 5545, 3.3.11).
pub fn unescaped(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some('n' | 'N') => plain.push('\n'),
                Some(other) => plain.push(other),
                None => {}
            },
            c => plain.push(c),
        }
    }
    plain.trim().to_string()
}
