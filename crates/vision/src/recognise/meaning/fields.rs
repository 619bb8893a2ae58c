//! Texts of the form `NAME:KEY:value;KEY:value;;`, with `\` before characters that would end a value.
//!
//! NTT DoCoMo brought the form up for MECARD and MATMSG; Wi-Fi codes took it over.

/// The values of a text by their keys, in order, still escaped.
pub struct Fields<'a>(Vec<(&'a str, &'a str)>);

/// Most fields kept.
const MOST_FIELDS: usize = 64;

impl<'a> Fields<'a> {
    /// Splits what follows the name.
    pub fn of(text: &'a str) -> Self {
        let pairs = split(text, ';').filter_map(|field| field.split_once(':'));
        Fields(pairs.map(|(key, value)| (key.trim(), value)).take(MOST_FIELDS).collect())
    }

    /// The first value of a key, unescaped, that is not empty.
    pub fn first(&self, key: &str) -> Option<String> {
        self.all(key).into_iter().next()
    }

    /// All values of a key, unescaped, but for empty ones.
    pub fn all(&self, key: &str) -> Vec<String> {
        self.raw(key).map(unescaped).filter(|value| !value.trim().is_empty()).collect()
    }

    /// All values of a key as they stand.
    pub fn raw(&self, key: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found.eq_ignore_ascii_case(key)).map(|(_, value)| *value)
    }
}

/// The parts of a text between separators that are not escaped.
pub fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut escaped = false;
    text.split(move |c| {
        let ends = c == separator && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })
}

/// A value without its escapes.
pub fn unescaped(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut escaped = false;
    for c in value.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            plain.push(c);
            escaped = false;
        }
    }
    plain
}
