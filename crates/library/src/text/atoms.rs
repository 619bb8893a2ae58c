//! Atoms: the pieces that a text is matched by.
//!
//! A *word* is a run of letters and digits of scripts that put spaces between words. A *run* is one of scripts that do not
//! (Chinese, Japanese, Thai, ...; also Korean, whose particles stick to the words): it is matched by any part of it.

use super::fold::{FoldedChar, fold};
use unicode_normalization::char::is_combining_mark;

/// How an atom is matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AtomKind {
    /// As a whole word.
    Word,
    /// By any part.
    Run,
}

/// A piece of folded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Atom {
    pub kind: AtomKind,
    /// The folded characters; never empty.
    pub chars: Vec<char>,
    /// For each folded character, the characters of the original that it came from: first, and one past the last.
    pub spans: Vec<(usize, usize)>,
}

/// Splits a text into its atoms.
///
/// A line break inside an unspaced run does not end it, and a word that is hyphenated at the end of a line goes on in the
/// next line when that starts with a lower-case letter.
pub(crate) fn atoms(text: &str) -> Vec<Atom> {
    let original: Vec<char> = text.chars().collect();
    let folded = fold(&original);
    let mut atoms: Vec<Atom> = Vec::new();
    let mut open = false;
    let mut at = 0;
    while let Some(folded_char) = folded.get(at) {
        let Some(kind) = kind_of(folded_char.ch) else {
            let skipped = if open { break_inside(&atoms, &folded[at..], &original) } else { 0 };
            open = skipped > 0;
            at += skipped.max(1);
            continue;
        };
        match atoms.last_mut() {
            Some(atom) if open && atom.kind == kind => push(atom, folded_char),
            _ => {
                let mut atom = Atom { kind, chars: vec![], spans: vec![] };
                push(&mut atom, folded_char);
                atoms.push(atom);
            }
        }
        open = true;
        at += 1;
    }
    atoms
}

fn push(atom: &mut Atom, folded: &FoldedChar) {
    atom.chars.push(folded.ch);
    atom.spans.push((folded.start, folded.end));
}

/// How many characters of `rest`, which starts with a character outside atoms, are a line break inside the last atom.
fn break_inside(atoms: &[Atom], rest: &[FoldedChar], original: &[char]) -> usize {
    let Some(last) = atoms.last() else { return 0 };
    let ch = |at: usize| rest.get(at).map(|folded| folded.ch);
    match last.kind {
        AtomKind::Run if ch(0) == Some('\n') && ch(1).and_then(kind_of) == Some(AtomKind::Run) => 1,
        AtomKind::Word if matches!(ch(0), Some('-' | '\u{2010}')) && ch(1) == Some('\n') => {
            let goes_on = rest.get(2).is_some_and(|next| original[next.start].is_lowercase());
            let after_letter = last.chars.last().is_some_and(|ch| ch.is_alphabetic());
            if goes_on && after_letter { 2 } else { 0 }
        }
        _ => 0,
    }
}

fn kind_of(ch: char) -> Option<AtomKind> {
    if !ch.is_alphanumeric() && !is_combining_mark(ch) {
        None
    } else if is_unspaced(ch) {
        Some(AtomKind::Run)
    } else {
        Some(AtomKind::Word)
    }
}

/// Blocks of scripts that do not put spaces between words, and Hangul.
fn is_unspaced(ch: char) -> bool {
    matches!(ch,
        '\u{0E00}'..='\u{0EFF}'     // Thai, Lao
        | '\u{0F00}'..='\u{0FFF}'   // Tibetan
        | '\u{1000}'..='\u{109F}'   // Myanmar
        | '\u{1100}'..='\u{11FF}'   // Hangul jamo
        | '\u{1780}'..='\u{17FF}'   // Khmer
        | '\u{2E80}'..='\u{31FF}'   // radicals, kana, bopomofo, Hangul compatibility jamo
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' // Han
        | '\u{A000}'..='\u{A4CF}'   // Yi
        | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}' // Hangul
        | '\u{F900}'..='\u{FAFF}'   // Han compatibility
        | '\u{1AFF0}'..='\u{1B2FF}' // further kana, Nushu
        | '\u{20000}'..='\u{3FFFF}') // Han extensions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = atoms(text).iter().map(|atom| atom.chars.iter().collect()).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn words_and_runs() {
        check("", &[]);
        check(" -- \n", &[]);
        check("Don't pay 12,50 €", &["don", "t", "pay", "12", "50"]);
        check("IMG_2024-03.jpg", &["img", "2024", "03", "jpg"]);
        check("第1章 iPhone手机", &["第", "1", "章", "iphone", "手机"]);
        check("東京タワー", &["東京タワー"]);
        check("영수증을 받다", &["영수증을", "받다"]);
    }

    #[test]
    fn line_breaks_inside_words_and_runs() {
        check("発\n票", &["発票"]);
        check("発\n\n票", &["発", "票"]);
        check("Über-\nprüfung", &["uberprufung"]);
        check("Über\u{AD}\nprüfung", &["uberprufung"]);
        check("Baden-\nBaden", &["baden", "baden"]);
        check("1-\nx", &["1", "x"]);
        check("two\nlines", &["two", "lines"]);
    }

    #[test]
    fn spans_point_into_the_original() {
        let found = atoms("a Stra\u{308}ß-\ne");
        assert_eq!(found[1].chars.iter().collect::<String>(), "strasse");
        assert_eq!(found[1].spans, [(2, 3), (3, 4), (4, 5), (5, 7), (7, 8), (7, 8), (10, 11)]);
    }
}
