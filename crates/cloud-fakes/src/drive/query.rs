//! The search language of `files.list`, as far as clients of storages use it
//! (<https://developers.google.com/workspace/drive/api/guides/ref-search-terms>).

use super::items::Item;

/// A search that was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    And(Box<Query>, Box<Query>),
    Or(Box<Query>, Box<Query>),
    Not(Box<Query>),
    Is(Field, String),
    IsNot(Field, String),
    Contains(Field, String),
    Trashed(bool),
    Parent(String),
    /// An application's own property: its name and its value.
    Property(String, String),
    /// What is never so here: shared by somebody else.
    Shared,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Field {
    Name,
    Mime,
    Modified,
}

impl Query {
    /// Reads one; `None` when it is none that the fake knows.
    pub fn read(text: &str) -> Option<Self> {
        let mut words = words(text)?;
        words.reverse();
        let query = Self::either(&mut words)?;
        words.is_empty().then_some(query)
    }

    fn either(words: &mut Vec<Word>) -> Option<Self> {
        let mut query = Self::both(words)?;
        while take(words, "or") {
            query = Query::Or(query.into(), Self::both(words)?.into());
        }
        Some(query)
    }

    fn both(words: &mut Vec<Word>) -> Option<Self> {
        let mut query = Self::one(words)?;
        while take(words, "and") {
            query = Query::And(query.into(), Self::one(words)?.into());
        }
        Some(query)
    }

    fn one(words: &mut Vec<Word>) -> Option<Self> {
        if take(words, "not") {
            return Some(Query::Not(Self::one(words)?.into()));
        }
        if take(words, "(") {
            let query = Self::either(words)?;
            return take(words, ")").then_some(query);
        }
        match words.pop()? {
            Word::Text(id) => (take(words, "in") && take(words, "parents")).then_some(Query::Parent(id)),
            Word::Plain(word) => match word.as_str() {
                "name" => Self::comparison(Field::Name, words),
                "mimeType" => Self::comparison(Field::Mime, words),
                "modifiedTime" => Self::comparison(Field::Modified, words),
                "trashed" => Self::trashed(words),
                "sharedWithMe" => {
                    if take(words, "=") {
                        words.pop()?;
                    }
                    Some(Query::Shared)
                }
                "appProperties" => Self::property(words),
                _ => None,
            },
        }
    }

    fn comparison(field: Field, words: &mut Vec<Word>) -> Option<Self> {
        let operator = plain(words)?;
        let Word::Text(text) = words.pop()? else { return None };
        match operator.as_str() {
            "=" => Some(Query::Is(field, text)),
            "!=" => Some(Query::IsNot(field, text)),
            "contains" => Some(Query::Contains(field, text)),
            _ => None,
        }
    }

    fn trashed(words: &mut Vec<Word>) -> Option<Self> {
        let operator = plain(words)?;
        match (operator.as_str(), plain(words)?.as_str()) {
            ("=", "true") | ("!=", "false") => Some(Query::Trashed(true)),
            ("=", "false") | ("!=", "true") => Some(Query::Trashed(false)),
            _ => None,
        }
    }

    fn property(words: &mut Vec<Word>) -> Option<Self> {
        let mut text_after = |expected: &[&str]| {
            let fits = expected.iter().all(|word| take(words, word));
            match fits.then(|| words.pop())?? {
                Word::Text(text) => Some(text),
                Word::Plain(_) => None,
            }
        };
        let key = text_after(&["has", "{", "key", "="])?;
        let value = text_after(&["and", "value", "="])?;
        take(words, "}").then_some(Query::Property(key, value))
    }

    /// Whether an item is one of those. `root` is what the root is really called, `trashed` whether it is, by itself or with a folder.
    pub fn finds(&self, item: &Item, root: &str, trashed: bool) -> bool {
        let finds = |query: &Query| query.finds(item, root, trashed);
        match self {
            Query::And(one, other) => finds(one) && finds(other),
            Query::Or(one, other) => finds(one) || finds(other),
            Query::Not(query) => !finds(query),
            Query::Is(field, text) => field.of(item).to_lowercase() == text.to_lowercase(),
            Query::IsNot(field, text) => field.of(item).to_lowercase() != text.to_lowercase(),
            // Of names, only how words begin is searched.
            Query::Contains(Field::Name, text) => {
                let (name, text) = (item.name.to_lowercase(), text.to_lowercase());
                name.starts_with(&text) || name.contains(&format!(" {text}"))
            }
            Query::Contains(field, text) => field.of(item).contains(text.as_str()),
            Query::Trashed(wanted) => trashed == *wanted,
            Query::Parent(id) => item.parent.as_deref() == Some(if id == "root" { root } else { id }),
            Query::Property(key, value) => item.app_properties.get(key) == Some(value),
            Query::Shared => false,
        }
    }
}

impl Field {
    fn of(self, item: &Item) -> &str {
        match self {
            Field::Name => &item.name,
            Field::Mime => &item.mime,
            Field::Modified => &item.modified,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Word {
    Plain(String),
    Text(String),
}

fn plain(words: &mut Vec<Word>) -> Option<String> {
    match words.pop()? {
        Word::Plain(word) => Some(word),
        Word::Text(_) => None,
    }
}

fn take(words: &mut Vec<Word>, expected: &str) -> bool {
    let is_next = matches!(words.last(), Some(Word::Plain(word)) if word == expected);
    if is_next {
        words.pop();
    }
    is_next
}

/// Texts stand between quotes; a quote or a backslash within has a backslash before it.
fn words(text: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' => {}
            '\'' => {
                let mut text = String::new();
                loop {
                    match letters.next()? {
                        '\'' => break,
                        '\\' => text.push(letters.next().filter(|letter| matches!(letter, '\'' | '\\'))?),
                        letter => text.push(letter),
                    }
                }
                words.push(Word::Text(text));
            }
            '(' | ')' | '{' | '}' | '=' => words.push(Word::Plain(letter.to_string())),
            '!' => words.push(Word::Plain(format!("!{}", letters.next()?))),
            letter if letter.is_ascii_alphabetic() => {
                let mut word = letter.to_string();
                while let Some(letter) = letters.next_if(char::is_ascii_alphanumeric) {
                    word.push(letter);
                }
                words.push(Word::Plain(word));
            }
            _ => return None,
        }
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_find_what_they_say() {
        let mut item = Item::new("7", "it's \\ a.txt", "text/plain", Some("0root"), "2026-01-01T00:00:01Z");
        item.app_properties.insert("legible".to_owned(), "1".to_owned());
        let check = |query: &str, expected: Option<bool>| {
            assert_eq!(Query::read(query).map(|query| query.finds(&item, "0root", false)), expected, "{query}");
        };
        check("'root' in parents and trashed = false", Some(true));
        check("trashed=false and ('1' in parents or '0root' in parents)", Some(true));
        check("'root' in parents and trashed=true", Some(false));
        check(r"name = 'it\'s \\ A.txt'", Some(true));
        check("name != 'b' and not mimeType = 'application/vnd.google-apps.folder'", Some(true));
        check("name contains 'it' or name contains 'xt'", Some(true));
        check("name contains 'txt'", Some(false));
        check("appProperties has { key='legible' and value='1' }", Some(true));
        check("appProperties has { key='legible' and value='2' }", Some(false));
        for wrong in [
            "",
            "name = ",
            "name = 'a",
            "name == 'a'",
            r"name = 'a\n'",
            "trashed",
            "size = '3'",
            "(trashed=true",
            "trashed=true)",
        ] {
            check(wrong, None);
        }
    }
}
