//! The file with the names of a model's classes, and that with what a model of text made of each.

use super::ModelError;
use crate::limits::{MAX_CLASS_NAME_CHARS, MAX_CLASSES};

/// What a model can call things.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Vocabulary {
    /// The names of its classes, empty where its contract needs none.
    pub names: Vec<String>,
    /// For a model whose labels are descriptions, the direction of each, one after the other.
    pub directions: Vec<f32>,
}

impl From<Vec<String>> for Vocabulary {
    fn from(names: Vec<String>) -> Self {
        Vocabulary { names, directions: Vec::new() }
    }
}

/// The directions in a file: 32-bit floats, the lowest byte first.
///
/// # Errors
/// [`ModelError::File`] when they are not finite, or the file was cut.
pub fn directions(file: &str, bytes: &[u8]) -> Result<Vec<f32>, ModelError> {
    let (numbers, rest) = bytes.as_chunks::<4>();
    let values: Vec<f32> = numbers.iter().copied().map(f32::from_le_bytes).collect();
    if rest.is_empty() && values.iter().all(|value| value.is_finite()) {
        return Ok(values);
    }
    Err(ModelError::File { file: file.to_owned(), detail: "it is damaged: install the model again".into() })
}

/// The names, in lower case: one per line, what follows a comma is a synonym and passed over. Blank lines at the end do not count.
///
/// # Errors
/// [`ModelError::Labels`] with the line that is wrong.
pub fn names(file: &[u8]) -> Result<Vec<String>, ModelError> {
    let wrong = |what: String| Err(ModelError::Labels(what));
    let Ok(text) = std::str::from_utf8(file) else { return wrong("is not text in UTF-8: save it as such".into()) };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_end();
    if text.is_empty() {
        return wrong("is empty: write one name per line, in the order of the model's classes".into());
    }
    let mut names = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if number >= MAX_CLASSES {
            return wrong(format!("has more than {MAX_CLASSES} lines"));
        }
        let name = line.split(',').next().unwrap_or_default().trim().to_lowercase();
        if name.is_empty() {
            return wrong(format!("has no name in line {}: each line stands for one class", number + 1));
        }
        if name.chars().count() > MAX_CLASS_NAME_CHARS || name.chars().any(char::is_control) {
            return wrong(format!("has no name of at most {MAX_CLASS_NAME_CHARS} characters in line {}", number + 1));
        }
        names.push(name);
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_names() {
        let check = |file: &[u8], expected: Result<&[&str], &str>| match (names(file), expected) {
            (Ok(told), Ok(expected)) => assert_eq!(told, expected),
            (Err(told), Err(expected)) => assert!(told.to_string().contains(expected), "{told}"),
            (told, _) => panic!("{told:?} {expected:?}"),
        };
        check(b"dog\ncat\n\n", Ok(&["dog", "cat"]));
        check(b"\xef\xbb\xbfTench, Tinca tinca\r\n hot dog \r\n", Ok(&["tench", "hot dog"]));
        check("Äpfel".as_bytes(), Ok(&["äpfel"]));
        check(b" \n\n", Err("is empty"));
        check(b"dog\n\ncat", Err("line 2"));
        check(b"dog\n, hound", Err("line 2"));
        check(b"\xff\xfed\x00", Err("UTF-8"));
        check(b"\x00\x01", Err("line 1"));
        check("x".repeat(101).as_bytes(), Err("100 characters in line 1"));
        check("x\n".repeat(50_001).as_bytes(), Err("more than 50000 lines"));
    }
}
