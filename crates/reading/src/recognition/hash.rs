//! A hash of what an image looks like: images that look alike have hashes that differ in few bits.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// 64 bits that say where an image grows brighter from left to right. As text and in JSON: 16 hexadecimal digits, because
/// JSON's numbers lose bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PerceptualHash(pub u64);

impl PerceptualHash {
    /// Most bits in which the hashes of near duplicates differ. Measured on 13 photos: the same picture as a JPEG of quality
    /// 30, in half the size, brighter or in grey differs in up to 5 bits, with 5 % of each side cropped away in up to 16 (so
    /// not each crop is found), and other pictures in 20 or more.
    pub const NEAR: u32 = 10;

    /// In how many bits two hashes differ, 0 to 64.
    pub fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }

    /// Whether two images are likely the same picture, apart from size, compression or light.
    pub fn is_near(self, other: Self) -> bool {
        self.distance(other) <= Self::NEAR
    }
}

impl Display for PerceptualHash {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A text that should be a hash is none.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAHash;

impl Display for NotAHash {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a perceptual hash is 16 hexadecimal digits")
    }
}

impl std::error::Error for NotAHash {}

impl FromStr for PerceptualHash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let digits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !digits {
            return Err(NotAHash);
        }
        u64::from_str_radix(text, 16).map(PerceptualHash).map_err(|_| NotAHash)
    }
}

impl From<PerceptualHash> for String {
    fn from(hash: PerceptualHash) -> String {
        hash.to_string()
    }
}

impl TryFrom<String> for PerceptualHash {
    type Error = NotAHash;

    fn try_from(text: String) -> Result<Self, NotAHash> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_a_hash_only_when_it_is_one() {
        let check = |text: &str, expected| assert_eq!(text.parse::<PerceptualHash>(), expected, "{text}");
        check("00000000000000ff", Ok(PerceptualHash(255)));
        check("FFFFFFFFFFFFFFFF", Ok(PerceptualHash(u64::MAX)));
        for text in ["", "ff", "+0000000000000ff", "00000000000000fg", "00000000000000000"] {
            check(text, Err(NotAHash));
        }
    }

    #[test]
    fn distance_counts_bits() {
        let check = |a, b, distance, near| {
            let (a, b) = (PerceptualHash(a), PerceptualHash(b));
            assert_eq!((a.distance(b), a.is_near(b)), (distance, near), "{a} {b}");
        };
        check(0, 0, 0, true);
        check(0, u64::MAX, 64, false);
        check(0b1011, 0b0001, 2, true);
        check(0, (1 << 10) - 1, 10, true);
        check(0, (1 << 11) - 1, 11, false);
    }
}
