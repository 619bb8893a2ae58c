//! What a label or a thing is called, and how a filter asks for that.

use crate::query::is_quote;
use crate::text::{Atom, atoms};
use crate::why::has_words;
use std::fmt::{self, Display, Formatter};

/// The name that a filter asks for. In lower case, on one line, without quotation marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Name {
    /// One that has these words one after another; empty for any.
    Words(String),
    /// This one, in quotes: no longer one that has it. Never empty.
    Whole(String),
}

impl Name {
    /// The name that was typed, in quotes or without. Between quotes nothing but spaces asks for any.
    pub fn parse(typed: &str, quoted: bool) -> Self {
        let text = one_line(typed).to_lowercase();
        if quoted && !text.is_empty() { Name::Whole(text) } else { Name::Words(text) }
    }

    /// What was typed, without quotes.
    pub fn text(&self) -> &str {
        match self {
            Name::Words(text) | Name::Whole(text) => text,
        }
    }

    /// Whether a name could be so: words need letters or digits.
    pub fn is_possible(&self) -> bool {
        match self {
            Name::Words(text) => text.is_empty() || !atoms(text).is_empty(),
            Name::Whole(_) => true,
        }
    }

    /// Tells of names whether they are meant.
    pub fn test(&self) -> impl Fn(&str) -> bool + use<> {
        let (words, whole): (Vec<Atom>, Option<String>) = match self {
            Name::Words(text) => (atoms(text), None),
            Name::Whole(text) => (Vec::new(), Some(key(text))),
        };
        move |name| whole.as_ref().map_or_else(|| has_words(name, &words), |whole| key(name) == *whole)
    }
}

impl Display for Name {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Name::Words(text) => f.write_str(text),
            Name::Whole(text) => write!(f, "\"{text}\""),
        }
    }
}

/// What names that count as one have in common: their words as the search compares them, or, where there are none, their
/// signs. Empty only for a name of nothing but spaces and quotation marks.
pub(crate) fn key(name: &str) -> String {
    let name = one_line(name);
    let words: Vec<String> = atoms(&name).iter().map(|atom| atom.chars.iter().collect()).collect();
    if words.is_empty() { name.to_lowercase() } else { words.join(" ") }
}

/// A name as it can stand in a search: with single spaces for all others, and for quotation marks, which end names there.
fn one_line(name: &str) -> String {
    let words = name.split(|ch: char| ch.is_whitespace() || is_quote(ch)).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_are_meant() {
        let check = |typed: &str, quoted, name: &str, expected| {
            assert_eq!(Name::parse(typed, quoted).test()(name), expected, "{typed} {quoted} {name}");
        };
        check("dog", false, "hot dog", true);
        check("dog", true, "hot dog", false);
        check("dog", true, "Dog", true);
        check("Hot-Dog", true, "hot dog", true);
        check("cafe", true, "Café", true);
        check("", false, "dog", true);
        check(" “ ", true, "dog", true);
        check("犬", false, "子犬", true);
        check("犬", true, "子犬", false);
        check("4\" pipe", true, "4\" Pipe", true);
        check("♥", true, "♥", true);
        check("♥", true, "♦", false);
        check("baden-\nbaden", true, "Baden-\nBaden", true);
    }

    proptest! {
        #[test]
        fn a_whole_name_asks_for_itself(name in prop_oneof![any::<String>(), "[a-zA-ZÄßİς“\"„＂\\s-]{0,9}"]) {
            let asked = Name::parse(&name, true);
            prop_assert_eq!(matches!(asked, Name::Whole(_)), !key(&name).is_empty());
            prop_assert!(asked.test()(&name), "{asked:?}");
            prop_assert_eq!(key(asked.text()), key(&name));
        }
    }
}
