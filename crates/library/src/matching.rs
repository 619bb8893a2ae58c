//! Where the terms of a query match in a text: the same rules as the index, for marks and boxes.

use crate::query::{Query, Term};
use crate::text::{Atom, AtomKind};

/// A match in the original text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Match {
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Which term of the query.
    pub term: usize,
}

/// All matches of the wanted terms, by their start.
pub(crate) fn matches(text: &[Atom], query: &Query) -> Vec<Match> {
    let mut found = Vec::new();
    for (index, term) in query.terms.iter().enumerate().filter(|(_, term)| !term.excluded) {
        term_matches(text, term, |start, end| found.push(Match { start, end, term: index }));
    }
    found.sort();
    found.dedup();
    found
}

fn term_matches(text: &[Atom], term: &Term, mut found: impl FnMut(usize, usize)) {
    match term.atoms.as_slice() {
        [only] if only.kind == AtomKind::Run || term.substring => {
            for atom in text.iter().filter(|atom| atom.kind == only.kind) {
                for at in occurrences(&atom.chars, &only.chars) {
                    found(atom.spans[at].0, atom.spans[at + only.chars.len() - 1].1);
                }
            }
        }
        wanted => {
            for window in text.windows(wanted.len()) {
                if let Some((start, end)) = phrase_match(window, wanted, term.prefix) {
                    found(start, end);
                }
            }
        }
    }
}

/// The match of all wanted atoms with as many atoms of the text: whole words, except that a first run may be the end of
/// a longer one, a last run its beginning, and with `prefix` the last word the beginning of a longer one.
fn phrase_match(text: &[Atom], wanted: &[Atom], prefix: bool) -> Option<(usize, usize)> {
    let last = wanted.len() - 1;
    let fits = |(at, (atom, wanted)): (usize, (&Atom, &Atom))| {
        let open_end = at == last && (wanted.kind == AtomKind::Run || prefix);
        let open_start = at == 0 && wanted.kind == AtomKind::Run;
        atom.kind == wanted.kind
            && match (open_start, open_end) {
                (false, false) => atom.chars == wanted.chars,
                (false, true) => atom.chars.starts_with(&wanted.chars),
                (true, _) => atom.chars.ends_with(&wanted.chars),
            }
    };
    if !text.iter().zip(wanted).enumerate().all(fits) {
        return None;
    }
    let first = &text[0];
    let start = if wanted[0].kind == AtomKind::Run { first.chars.len() - wanted[0].chars.len() } else { 0 };
    Some((first.spans[start].0, text[last].spans[wanted[last].chars.len() - 1].1))
}

/// Where `needle` starts in `text`.
fn occurrences<'a>(text: &'a [char], needle: &'a [char]) -> impl Iterator<Item = usize> + 'a {
    text.windows(needle.len()).enumerate().filter(move |(_, window)| *window == needle).map(|(at, _)| at)
}

/// Joins matches that touch or overlap into ranges of characters.
pub(crate) fn merged(matches: &[Match]) -> Vec<(usize, usize)> {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for found in matches {
        match ranges.last_mut() {
            Some(range) if found.start <= range.1 => range.1 = range.1.max(found.end),
            _ => ranges.push((found.start, found.end)),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::atoms;

    /// The merged matches of a query in a text, in brackets.
    fn check(query: &str, text: &str, expected: &str) {
        let ranges = merged(&matches(&atoms(text), &Query::parse(query)));
        let mut marked = String::new();
        for (at, ch) in text.chars().enumerate() {
            marked.extend(ranges.iter().filter(|range| range.0 == at).map(|_| '['));
            marked.push(ch);
            marked.extend(ranges.iter().filter(|range| range.1 == at + 1).map(|_| ']'));
        }
        assert_eq!(marked, expected, "{query:?} in {text:?}");
    }

    #[test]
    fn words_prefixes_and_substrings() {
        check("to ", "To go to Totals", "[To] go [to] Totals");
        check("to", "To go to Totals", "[To] go [to] [To]tals");
        check("otal", "To Totals", "To T[otal]s");
        check("uberprufung", "die Überprüfung", "die [Überprüfung]");
        check("strasse", "Hauptstraße 1", "Haupt[straße] 1");
        check("-go to", "To go", "[To] go");
        check("to to", "To", "[To]");
    }

    #[test]
    fn phrases() {
        check("\"grand total\"", "grand\nTotal, grand totals", "[grand\nTotal], grand totals");
        check("\"grand tot", "grand totals", "[grand tot]als");
        check("anna@example.org", "Anna Example Org, anna@example.org!", "[Anna Example Org], [anna@example.org]!");
        check("\"über-\nprüfung\"", "Überprüfung", "[Überprüfung]");
        check("überprüfung", "Über-\nprüfung!", "[Über-\nprüfung]!");
    }

    #[test]
    fn unspaced_scripts() {
        check("票", "发票上税", "发[票]上税");
        check("票上", "发票上税", "发[票上]税");
        check("票发", "发票上税", "发票上税");
        check("発票", "合計発\n票", "合計[発\n票]");
        check("1章", "第1章です", "第[1章]です");
        check("第1章", "本第1章です", "本[第1章]です");
        check("ｶﾞｽ", "東京ガス", "東京[ガス]");
        check("영수", "영수증을", "[영수]증을");
    }
}
