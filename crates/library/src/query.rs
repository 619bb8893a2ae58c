//! What a user types into the search field.
//!
//! Words separated by spaces must all match; `"quoted words"` must match in this order; a `-` before a word or phrase
//! excludes what has it. A word such as `kind:receipt` or `label:"golden retriever"` asks for what an image is (see
//! `filter`), and a `-` before it for what it is not. Every text is a query: a value that a filter cannot have finds nothing
//! and says why ([`Query::chips`]), and a word before a colon that names no filter is a word like others.

use crate::filter::{Field, Filter, RawValue, Wanted};
use crate::limits::{MAX_QUERY_CHARS, MAX_QUERY_FILTERS, MAX_QUERY_TERMS};
use crate::text::{Atom, AtomKind, atoms};
use legible_reading::recognition::Embedding;

/// Shortest word that is also found inside other words, in characters.
pub(crate) const MIN_SUBSTRING: usize = 3;

/// A parsed query.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    pub(crate) terms: Vec<Term>,
    pub(crate) filters: Vec<Filter>,
    /// What is known of descriptions of looks.
    pub(crate) described: Vec<Described>,
}

/// A description of looks, and where what looks so lies.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Described {
    pub description: String,
    pub direction: Embedding,
    pub least: f32,
}

/// One condition of a query: its atoms follow each other in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    /// Never empty.
    pub atoms: Vec<Atom>,
    /// Whether the term must not match.
    pub excluded: bool,
    /// Whether the last word may go on: it is being typed.
    pub prefix: bool,
    /// Whether the only word is also found inside other words.
    pub substring: bool,
}

/// A filter in the text of a query. The characters from `start` to `end` alone are the same filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// Its first character (Unicode scalar value) in the text, which is the `-` of an excluding one.
    pub start: usize,
    /// One past its last character.
    pub end: usize,
    /// What it is about.
    pub field: Field,
    /// Its value without quotes, as the program understands it, or as it was typed when it does not.
    pub value: String,
    /// Whether images must not be so.
    pub excluded: bool,
    /// Why it finds nothing, and what could be meant, for people; `None` for a filter that is understood.
    pub problem: Option<String>,
}

impl Query {
    /// Parses any text. The last word counts as the beginning of a word unless a space or a closing quote ends it.
    pub fn parse(text: &str) -> Self {
        let mut query = Query::default();
        for (_, part) in parts(text) {
            match part {
                Part::Filter(filter) => query.filters.push(filter),
                Part::Term(term) => query.terms.push(term),
            }
        }
        query
    }

    /// The filters of a text in their order. They are those of the query: none that is beyond its limits.
    pub fn chips(text: &str) -> Vec<Chip> {
        let chip = |((start, end), part): ((usize, usize), Part)| match part {
            Part::Term(_) => None,
            Part::Filter(Filter { wanted, excluded }) => Some(Chip {
                start,
                end,
                field: wanted.field(),
                value: wanted.value(),
                excluded,
                problem: wanted.problem(),
            }),
        };
        parts(text).into_iter().filter_map(chip).collect()
    }

    /// The descriptions of looks that it asks for (`looks:`), each once. An image is found by one only after
    /// [`Query::describe`].
    pub fn descriptions(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for filter in &self.filters {
            if let Wanted::Looks(description) = &filter.wanted
                && !found.contains(&description.as_str())
            {
                found.push(description);
            }
        }
        found
    }

    /// Says where images lie that look as described: those by the same model as `direction` whose cosine with it is at
    /// least `least`.
    pub fn describe(&mut self, description: &str, direction: Embedding, least: f32) {
        self.described.push(Described { description: description.to_owned(), direction, least });
    }

    /// What is known of a description.
    pub(crate) fn described(&self, description: &str) -> Option<&Described> {
        self.described.iter().find(|described| described.description == description)
    }

    /// Whether the query asks for nothing, and so matches everything.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.filters.is_empty()
    }
}

/// What a query is made of.
enum Part {
    Filter(Filter),
    Term(Term),
}

/// The parts of a text with the characters that they are made of.
fn parts(text: &str) -> Vec<((usize, usize), Part)> {
    let text: Vec<char> = text.chars().take(MAX_QUERY_CHARS).collect();
    let (mut parts, mut filters, mut at) = (Vec::new(), 0, 0);
    while let Some(spaces) = text[at..].iter().position(|ch| !ch.is_whitespace())
        && parts.len() < MAX_QUERY_TERMS
    {
        let start = at + spaces;
        let excluded = text[start] == '-' && text.get(start + 1).is_some_and(|next| !next.is_whitespace());
        let rest = &text[start + usize::from(excluded)..];
        let (part, length) = match take_filter(rest) {
            Some((wanted, length)) => {
                filters += 1;
                let counts = filters <= MAX_QUERY_FILTERS;
                (counts.then_some(Part::Filter(Filter { wanted, excluded })), length)
            }
            None => {
                let (term, length) = take_term(rest, excluded);
                (term.map(Part::Term), length)
            }
        };
        at = start + usize::from(excluded) + length;
        parts.extend(part.map(|part| ((start, at), part)));
    }
    parts
}

/// The filter that a text begins with, and its length.
fn take_filter(text: &[char]) -> Option<(Wanted, usize)> {
    let colon = text.iter().take_while(|ch| ch.is_ascii_alphabetic()).count();
    let name: String = text[..colon].iter().collect();
    let field = Field::named(&name).filter(|_| text.get(colon) == Some(&':'))?;
    let value = &text[colon + 1..];
    let quoted = value.first().is_some_and(|first| is_quote(*first));
    let (inner, mut length) = if quoted { until_quote(value) } else { (word(value), word(value).len()) };
    // Behind a name in quotes may stand how many.
    let counts = field == Field::Object && quoted && matches!(value.get(length), Some('<' | '>' | '='));
    let rest = if counts { word(&value[length..]) } else { &[] };
    length += rest.len();
    let text = |chars: &[char]| chars.iter().collect::<String>();
    let raw = RawValue { text: text(inner), quoted, rest: text(rest), typed: text(&value[..length]) };
    Some((Wanted::parse(field, &raw), colon + 1 + length))
}

/// The term that a text begins with, if that says anything, and how long it is.
fn take_term(text: &[char], excluded: bool) -> (Option<Term>, usize) {
    let quoted = is_quote(text[0]);
    let (inner, length) = if quoted { until_quote(text) } else { (word(text), word(text).len()) };
    let ended = if quoted { length > inner.len() + 1 } else { length < text.len() };
    (term(inner, excluded, quoted, ended), length)
}

/// What stands between the quote that a text begins with and the next, or the end; and how long that is with its quotes.
fn until_quote(text: &[char]) -> (&[char], usize) {
    match text[1..].iter().position(|ch| is_quote(*ch)) {
        Some(end) => (&text[1..=end], end + 2),
        None => (&text[1..], text.len()),
    }
}

/// The beginning of a text up to a space or quote.
fn word(text: &[char]) -> &[char] {
    let end = text.iter().position(|ch| is_quote(*ch) || ch.is_whitespace());
    &text[..end.unwrap_or(text.len())]
}

pub(crate) fn is_quote(ch: char) -> bool {
    matches!(ch, '"' | '“' | '”' | '„' | '＂')
}

fn term(chars: &[char], excluded: bool, quoted: bool, ended: bool) -> Option<Term> {
    let atoms = atoms(&chars.iter().collect::<String>());
    let only_word = match atoms.as_slice() {
        [] => return None,
        [atom] => atom.kind == AtomKind::Word && atom.chars.len() >= MIN_SUBSTRING,
        _ => false,
    };
    Some(Term { atoms, excluded, prefix: !ended && !excluded, substring: only_word && !quoted && !excluded })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `-` excluded, `"` phrase or exact, `*` prefix, `~` substring.
    fn check(text: &str, expected: &str) {
        let show = |term: &Term| {
            let atoms: Vec<String> = term.atoms.iter().map(|atom| atom.chars.iter().collect()).collect();
            let mark = |on: bool, mark: &'static str| if on { mark } else { "" };
            let (not, star, inside) = (mark(term.excluded, "-"), mark(term.prefix, "*"), mark(term.substring, "~"));
            format!("{not}{}{star}{inside}", atoms.join("+"))
        };
        let shown: Vec<String> = Query::parse(text).terms.iter().map(show).collect();
        assert_eq!(shown.join(" "), expected, "{text:?}");
    }

    #[test]
    fn queries() {
        check("", "");
        check("  \t", "");
        check("total", "total*~");
        check("Total ", "total~");
        check("to pay", "to pay*~");
        check("\"grand total\"", "grand+total");
        check("\"grand tot", "grand+tot*");
        check("“Grand Total” due", "grand+total due*~");
        check("-draft invoice", "-draft invoice*~");
        check("invoice -\"first draft\"", "invoice~ -first+draft");
        check("- -- \" \"\" -\"", "");
        check("anna@example.org", "anna+example+org*");
        check("a\"b c\"d", "a b+c d*");
        check("第1章", "第+1+章*");
        check("total kind:receipt \"kind:photo\" note:x https://x.org", "total~ kind+photo note+x https+x+org*");
        check("NEAR(a b) AND c* OR ^d:{x}", "near+a b and~ c or d+x*");
    }

    proptest! {
        #[test]
        fn any_text_is_a_query(text in any::<String>()) {
            let query = Query::parse(&text);
            prop_assert!(query.terms.iter().all(|term| !term.atoms.is_empty()));
        }
    }
}
