//! What a user types into the search field.
//!
//! Words separated by spaces must all match; `"quoted words"` must match in this order; a `-` before a word or phrase
//! excludes what has it. A word such as `kind:receipt` asks for what an image is (see `filter`). Every text is a query:
//! what cannot be understood is ignored.

use crate::filter::{Filter, Wanted};
use crate::limits::{MAX_QUERY_CHARS, MAX_QUERY_FILTERS, MAX_QUERY_TERMS};
use crate::text::{Atom, AtomKind, atoms};

/// Shortest word that is also found inside other words, in characters.
pub(crate) const MIN_SUBSTRING: usize = 3;

/// A parsed query.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    pub(crate) terms: Vec<Term>,
    pub(crate) filters: Vec<Filter>,
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

impl Query {
    /// Parses any text. The last word counts as the beginning of a word unless a space or a closing quote ends it.
    pub fn parse(text: &str) -> Self {
        let text: Vec<char> = text.chars().take(MAX_QUERY_CHARS).collect();
        let mut query = Query::default();
        let mut rest = text.as_slice();
        while let Some(first) = rest.iter().position(|ch| !ch.is_whitespace())
            && query.terms.len() + query.filters.len() < MAX_QUERY_TERMS
        {
            let (raw, after) = take_term(&rest[first..]);
            match raw.filter() {
                Some(filter) if query.filters.len() < MAX_QUERY_FILTERS => query.filters.push(filter),
                Some(_) => {}
                None => query.terms.extend(raw.term()),
            }
            rest = after;
        }
        query
    }

    /// Whether the query asks for nothing, and so matches everything.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.filters.is_empty()
    }
}

/// A term as it was typed.
struct RawTerm<'a> {
    chars: &'a [char],
    excluded: bool,
    quoted: bool,
    ended: bool,
}

/// Splits off the first term of a text that does not start with a space.
fn take_term(text: &[char]) -> (RawTerm<'_>, &[char]) {
    let excluded = text[0] == '-' && text.get(1).is_some_and(|next| !next.is_whitespace());
    let text = if excluded { &text[1..] } else { text };
    let quoted = is_quote(text[0]);
    let text = if quoted { &text[1..] } else { text };
    let ends = |ch: &char| is_quote(*ch) || (!quoted && ch.is_whitespace());
    let end = text.iter().position(ends).unwrap_or(text.len());
    let closing = usize::from(quoted && end < text.len());
    (RawTerm { chars: &text[..end], excluded, quoted, ended: end < text.len() }, &text[end + closing..])
}

fn is_quote(ch: char) -> bool {
    matches!(ch, '"' | '“' | '”' | '„' | '＂')
}

impl RawTerm<'_> {
    fn filter(&self) -> Option<Filter> {
        let wanted = if self.quoted { None } else { Wanted::parse(&self.chars.iter().collect::<String>()) };
        wanted.map(|wanted| Filter { wanted, excluded: self.excluded })
    }

    fn term(&self) -> Option<Term> {
        let atoms = atoms(&self.chars.iter().collect::<String>());
        let only_word = match atoms.as_slice() {
            [] => return None,
            [atom] => atom.kind == AtomKind::Word && atom.chars.len() >= MIN_SUBSTRING,
            _ => false,
        };
        Some(Term {
            atoms,
            excluded: self.excluded,
            prefix: !self.ended && !self.excluded,
            substring: only_word && !self.quoted && !self.excluded,
        })
    }
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
    fn filters_stand_among_words() {
        let query = Query::parse("total kind:receipt -colour:blue \"kind:photo\" kind:cat");
        let filter = |wanted, excluded| Filter { wanted, excluded };
        let receipt = Wanted::Kind(legible_reading::recognition::ImageKind::Receipt);
        let blue = Wanted::Colour(legible_reading::recognition::ColourName::Blue);
        assert_eq!(query.filters, [filter(receipt, false), filter(blue, true)]);
        check("total kind:receipt \"kind:photo\" kind:cat", "total~ kind+photo kind+cat*");
        assert!(!Query::parse("kind:photo").is_empty());
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
