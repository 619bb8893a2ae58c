//! The part of a text that shows why it was found, or how it begins.

use crate::limits::{SNIPPET_CHARS, SNIPPET_LEAD_CHARS};
use crate::matching::{Match, matches, merged};
use crate::query::Query;
use crate::text::atoms;
use std::collections::BTreeSet;

/// A part of a text with what matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// One line; `…` stands where text was left out.
    pub text: String,
    /// Start and end of each match, in characters (Unicode scalar values) of `text`; sorted and apart from each other.
    pub marks: Vec<(usize, usize)>,
}

impl Snippet {
    /// The part of a text in which the most terms of a query match; `None` when none does.
    pub fn of(text: &str, query: &Query) -> Option<Self> {
        let found = matches(&atoms(text), query);
        let best = best_match(&found)?;
        let chars: Vec<char> = text.chars().collect();
        let (start, end) = window(&chars, best.start);
        let kept: Vec<Match> = found.into_iter().filter(|found| found.start < end && found.end > start).collect();

        let shift = usize::from(start > 0);
        let inside = |(from, to): (usize, usize)| (from.max(start) - start + shift, to.min(end) - start + shift);
        Some(Snippet { text: one_line(&chars, start, end), marks: merged(&kept).into_iter().map(inside).collect() })
    }

    /// How a text begins; `None` when there is nothing to show.
    pub fn beginning(text: &str) -> Option<Self> {
        let chars: Vec<char> = text.trim_start().chars().take(SNIPPET_CHARS + 1).collect();
        let text = one_line(&chars, 0, chars.len().min(SNIPPET_CHARS));
        (!chars.is_empty()).then_some(Snippet { text, marks: Vec::new() })
    }
}

/// A part of a text as one line, with `…` where something was left out.
fn one_line(chars: &[char], start: usize, end: usize) -> String {
    let mut line = String::new();
    if start > 0 {
        line.push('…');
    }
    line.extend(chars[start..end].iter().map(|ch| if ch.is_whitespace() || ch.is_control() { ' ' } else { *ch }));
    if end < chars.len() {
        line.push('…');
    }
    line
}

/// The match that is followed by the most different terms within the reach of a snippet.
fn best_match(found: &[Match]) -> Option<Match> {
    let reach = SNIPPET_CHARS - SNIPPET_LEAD_CHARS;
    let variety = |at: usize| {
        let near = found[at..].iter().take_while(|other| other.end <= found[at].start + reach);
        near.map(|other| other.term).collect::<BTreeSet<_>>().len()
    };
    // Of equal ones the first: it is compared last.
    (0..found.len()).rev().max_by_key(|&at| variety(at)).map(|at| found[at])
}

/// The characters to show around a match: from the beginning of a word where spaces allow it.
fn window(chars: &[char], first_mark: usize) -> (usize, usize) {
    let earliest = first_mark.saturating_sub(SNIPPET_LEAD_CHARS);
    let start = match chars[earliest..first_mark].iter().position(|ch| ch.is_whitespace()) {
        Some(space) if earliest > 0 => earliest + space + 1,
        _ => earliest,
    };
    (start, (start + SNIPPET_CHARS).min(chars.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, query: &str, expected: Option<(&str, &[(usize, usize)])>) {
        let expected = expected.map(|(text, marks)| Snippet { text: text.into(), marks: marks.to_vec() });
        assert_eq!(Snippet::of(text, &Query::parse(query)), expected, "{query:?}");
    }

    #[test]
    fn short_texts_are_shown_whole() {
        check("nothing", "total", None);
        check("The grand\ntotal is 12", "\"grand total\"", Some(("The grand total is 12", &[(4, 15)])));
        check("发票上税", "票上", Some(("发票上税", &[(1, 3)])));
    }

    #[test]
    fn without_a_query_the_beginning_is_shown() {
        let long = "word ".repeat(SNIPPET_CHARS);
        let cut = format!("{}…", long.chars().take(SNIPPET_CHARS).collect::<String>());
        for (text, expected) in [("", None), (" \n", None), ("\nOne\ntwo", Some("One two")), (&long, Some(&cut))] {
            let found = Snippet::beginning(text).map(|snippet| (snippet.text, snippet.marks));
            assert_eq!(found, expected.map(|text| (text.to_owned(), vec![])), "{text:?}");
        }
    }

    #[test]
    fn long_texts_are_cut_where_most_terms_match() {
        let text = format!("total {} grand total {}", "x ".repeat(200), "y ".repeat(200));
        let snippet = Snippet::of(&text, &Query::parse("grand total")).unwrap();
        let marked: Vec<String> =
            snippet.marks.iter().map(|&(a, b)| snippet.text.chars().skip(a).take(b - a).collect()).collect();
        assert_eq!(marked, ["grand", "total"]);
        assert!(snippet.text.starts_with('…') && snippet.text.ends_with('…'), "{}", snippet.text);
    }

    proptest! {
        #[test]
        fn marks_lie_in_the_text(text in "[ab票发 \\n\"-]{0,400}", query in "[ab票发 \"-]{0,8}") {
            if let Some(snippet) = Snippet::of(&text, &Query::parse(&query)) {
                let length = snippet.text.chars().count();
                prop_assert!(length <= SNIPPET_CHARS + 2);
                prop_assert!(!snippet.marks.is_empty());
                let mut last = 0;
                for (start, end) in snippet.marks {
                    prop_assert!(last <= start && start < end && end <= length);
                    last = end;
                }
            }
        }
    }
}
