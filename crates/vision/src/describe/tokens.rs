//! A description as the numbers that CLIP takes: byte pair encoding (Sennrich et al. 2016, arXiv 1508.07909) with the merges
//! that CLIP was trained with, which are in `clip-merges.txt`, the first to be made first.

use rten_text::Tokenizer;
use rten_text::models::{Bpe, BpeOptions, merge_pairs_from_lines};
use rten_text::normalizers::Unicode;
use rten_text::pre_tokenizers::{Split, SplitOptions};
use rten_text::tokenizer::TokenizerOptions;

use crate::limits::MAX_DESCRIPTION_CHARS;

/// Most tokens, with the first and the last.
pub const MOST: usize = 77;

/// The token that each description begins with: it follows those of 256 bytes, of these at the end of a word, and of the merges.
const FIRST: i32 = 49_406;

/// The token that each ends with.
const LAST: i32 = FIRST + 1;

const MERGES: &str = include_str!("clip-merges.txt");

/// What becomes tokens by itself, in lower case: endings of English, letters in a row, a digit, other signs in a row.
const WORDS: &str = r"'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+";

/// The encoding of CLIP. It takes tens of milliseconds to make.
pub struct ClipTokens(Tokenizer);

impl ClipTokens {
    /// The encoding; `None` if the merges that are built in are none, which a test keeps from happening.
    pub fn new() -> Option<Self> {
        let lines: Vec<&str> = MERGES.lines().collect();
        let merges = merge_pairs_from_lines(&lines);
        let options = BpeOptions { merges: &merges, end_of_word_suffix: Some("</w>".into()), ..BpeOptions::default() };
        let words = Split::new(SplitOptions { pattern: WORDS, invert: true, ..SplitOptions::default() }).ok()?;
        let tokenizer = Tokenizer::new(Bpe::new(options).ok()?, TokenizerOptions::default());
        Some(ClipTokens(tokenizer.with_normalizer(Box::new(Unicode::Nfc)).with_pre_tokenizer(Box::new(words))))
    }

    /// The tokens of a description, as many as go in; `None` when it cannot be told in tokens.
    pub fn of(&self, description: &str) -> Option<Vec<i32>> {
        let text: String = description.chars().take(MAX_DESCRIPTION_CHARS).collect::<String>().to_lowercase();
        let encoded = self.0.encode(text.as_str(), None).ok()?;
        let tokens = encoded.token_ids().iter().filter_map(|token| i32::try_from(*token).ok()).take(MOST - 2);
        Some([FIRST].into_iter().chain(tokens).chain([LAST]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers are those of the tokeniser in open_clip_torch 3.3.0.
    #[test]
    fn descriptions_become_the_tokens_of_clip() {
        let clip = ClipTokens::new().unwrap();
        let check = |text: &str, expected: &[i32]| {
            let told = clip.of(text).unwrap();
            assert_eq!((told.first(), told.last()), (Some(&FIRST), Some(&LAST)), "{text}");
            assert_eq!(&told[1..told.len() - 1], expected, "{text}");
        };
        check("a photo of a dog", &[320, 1125, 539, 320, 1929]);
        check("A Photo of a DOG!", &[320, 1125, 539, 320, 1929, 256]);
        check("the dog's 3 bones, 2024", &[518, 1929, 568, 274, 9476, 267, 273, 271, 273, 275]);
        check("Straße in München 🌅", &[1894, 127, 253, 324, 530, 41235, 8983, 27547]);
        check("犬と猫", &[163, 232, 105, 34671, 163, 234, 360]);
        check("don't stop... believin'", &[847, 713, 1691, 678, 4972, 530, 262]);
        check("e-mail: anna@example.org", &[324, 268, 2614, 281, 2160, 287, 6228, 269, 5593]);
        check("café", &[15304]);
        check("cafe\u{301}", &[15304]);
        check(&"x".repeat(30), &[32035, 32035, 32035, 32035, 32035, 32035, 5675, 22819]);
        check("  ", &[]);
        check("", &[]);
    }

    #[test]
    fn as_many_tokens_go_in_as_the_model_takes() {
        let long = ClipTokens::new().unwrap().of(&"dog ".repeat(1_000)).unwrap();
        assert_eq!((long.len(), long[MOST - 2], long[MOST - 1]), (MOST, 1929, LAST));
    }
}
