//! The identity of an image: the hash of its bytes.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::Read;

/// The BLAKE3 hash of a file's bytes as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentHash(String);

/// The text is not 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a content hash: expected 64 lower-case hexadecimal digits")]
pub struct NotAHash;

impl ContentHash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        ContentHash(blake3::hash(bytes).to_hex().to_string())
    }

    /// The hash of all bytes that come, of which few are in memory at a time.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn of_reader(from: impl Read) -> std::io::Result<Self> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(from)?;
        Ok(ContentHash(hasher.finalize().to_hex().to_string()))
    }

    /// Takes a hash that was written down before.
    ///
    /// # Errors
    /// When the text is not 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, NotAHash> {
        let digits = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if digits { Ok(ContentHash(text.to_owned())) } else { Err(NotAHash) }
    }

    /// The 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ContentHash {
    type Error = NotAHash;

    fn try_from(text: String) -> Result<Self, NotAHash> {
        ContentHash::parse(&text)
    }
}

impl From<ContentHash> for String {
    fn from(hash: ContentHash) -> String {
        hash.0
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_come_in_parts_have_the_same_hash() {
        let bytes: Vec<u8> = (0..300_000_u32).map(|n| n as u8).collect();
        let (a, b) = bytes.split_at(77_777);
        assert_eq!(ContentHash::of_reader(a.chain(b)).unwrap(), ContentHash::of(&bytes));
    }

    #[test]
    fn only_64_lower_case_digits_are_a_hash() {
        let real = ContentHash::of(b"abc");
        assert_eq!(ContentHash::parse(real.as_str()), Ok(real.clone()));
        for bad in ["", "../../etc/passwd", &real.as_str()[1..], &real.as_str().to_uppercase()] {
            assert_eq!(ContentHash::parse(bad), Err(NotAHash), "{bad}");
        }
    }
}
