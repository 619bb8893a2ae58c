//! Folding: what should be found alike becomes equal, and every folded character knows where it came from.
//!
//! NFKC compatibility forms (UAX #15) fold widths and ligatures; then case, accents and a few letters that
//! Unicode does not decompose (ß, ø, ł, ...) are folded. Marks that carry meaning outside alphabets (kana voicing, Indic
//! vowels) stay.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// One character of folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FoldedChar {
    /// The character.
    pub ch: char,
    /// First character of the original that it came from.
    pub start: usize,
    /// One past the last such character.
    pub end: usize,
}

/// Folds a text that is given as its characters.
pub(super) fn fold(text: &[char]) -> Vec<FoldedChar> {
    let mut folded = Vec::with_capacity(text.len());
    let mut start = 0;
    while start < text.len() {
        let end = cluster_end(text, start);
        if end == start + 1 && text[start].is_ascii() {
            folded.push(FoldedChar { ch: text[start].to_ascii_lowercase(), start, end });
        } else if text[start] == SOFT_HYPHEN && text.get(end) == Some(&'\n') {
            // Invisible inside a line, but at its end it says that the word goes on.
            folded.push(FoldedChar { ch: '-', start, end });
        } else {
            folded.extend(fold_cluster(&text[start..end]).map(|ch| FoldedChar { ch, start, end }));
        }
        start = end;
    }
    folded
}

const SOFT_HYPHEN: char = '\u{AD}';

/// Characters that may combine under normalization are folded together: a base and its marks, Hangul jamo, half-width kana
/// and their voicing.
fn cluster_end(text: &[char], start: usize) -> usize {
    let joins = |&ch: &char| is_combining_mark(ch) || matches!(ch, '\u{1160}'..='\u{11FF}' | '\u{FF9E}' | '\u{FF9F}');
    start + 1 + text[start + 1..].iter().take_while(|ch| joins(ch)).count()
}

fn fold_cluster(cluster: &[char]) -> impl Iterator<Item = char> + '_ {
    let bare = cluster.iter().copied().nfkd().filter(|&ch| !is_dropped(ch));
    bare.flat_map(char::to_lowercase).nfkd().filter(|&ch| !is_dropped(ch)).flat_map(spell_out).nfc()
}

/// Accents of alphabets and characters without a shape of their own.
fn is_dropped(ch: char) -> bool {
    matches!(ch,
        '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}'
        | SOFT_HYPHEN | '\u{061C}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Letters that stand for others without a Unicode decomposition.
fn spell_out(ch: char) -> impl Iterator<Item = char> {
    let (first, second) = match ch {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'þ' => ('t', Some('h')),
        'ø' => ('o', None),
        'đ' | 'ð' => ('d', None),
        'ł' => ('l', None),
        'ħ' => ('h', None),
        'ŧ' => ('t', None),
        'ı' => ('i', None),
        'ς' => ('σ', None),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        fold(&chars).iter().map(|folded| folded.ch).collect()
    }

    #[test]
    fn what_should_be_found_alike_is_equal() {
        let cases = [
            ("Überprüfung", "uberprufung"),
            ("u\u{308}ber", "uber"),
            ("Straße STRASSE ẞ", "strasse strasse ss"),
            ("Łódź Øre Æon Đ", "lodz ore aeon d"),
            ("İstanbul ısı", "istanbul isi"),
            ("ΟΔΟΣ οδός", "οδοσ οδοσ"),
            ("Ёлка й", "елка и"),
            ("ＡＢＣ　１２３", "abc 123"),
            ("ｶﾞｷﾞ ﾊﾟ", "ガギ パ"),
            ("か\u{3099} が", "が が"),
            ("ﬁn ㎏ ①", "fin kg 1"),
            ("\u{1112}\u{1161}\u{11ab} 한", "한 한"),
            ("co\u{AD}operate zero\u{200B}width", "cooperate zerowidth"),
            ("हिन्दी", "हिन्दी"),
        ];
        for (text, expected) in cases {
            assert_eq!(folded(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_folded_character_points_into_the_original(text in any::<String>()) {
            let chars: Vec<char> = text.chars().collect();
            let mut last = 0;
            for folded in fold(&chars) {
                prop_assert!(folded.start < folded.end && folded.end <= chars.len() && folded.start >= last);
                last = folded.start;
            }
        }
    }
}
