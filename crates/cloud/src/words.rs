//! Words of others, such as a server's, as they are shown to a person, and words that both sides have for the same.

use crate::limits::MAX_FILE_BYTES;

/// Most letters of them that are shown.
const MOST: usize = 200;

/// The beginning of some words, on one line, without what a terminal would obey.
pub(crate) fn short(words: &str) -> String {
    let parts = words.split(|letter: char| letter.is_whitespace() || letter.is_control());
    let line: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    line.join(" ").chars().take(MOST).collect()
}

/// Why a file is left alone that is larger than [`MAX_FILE_BYTES`].
pub(crate) fn too_large() -> String {
    format!("it is too large: files of up to {} GB are kept in step", MAX_FILE_BYTES >> 30)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_others_do_nothing_to_a_terminal() {
        assert_eq!(short("no\u{1b}[31m\r\n such  thing\u{7}"), "no [31m such thing");
        assert_eq!(short(&"x".repeat(1_000)).len(), MOST);
    }
}
