//! A hash of what an image looks like: images that look alike have hashes that differ in few bits.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Two times 64 bits that say where an image grows brighter: to the right, and downwards. One direction alone takes pages of
/// text for one another, which all have margins and then grey. As text and in JSON: 32 hexadecimal digits, `across` first,
/// because JSON's numbers lose bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PerceptualHash {
    /// Where it grows brighter from left to right.
    pub across: u64,
    /// Where it grows brighter from top to bottom.
    pub down: u64,
}

impl PerceptualHash {
    /// Most bits in each direction in which the hashes of near duplicates differ. Measured on 13 pictures: the same one in half
    /// the size, brighter or in grey differs in up to 5 bits in one direction, as a JPEG of quality 30 in up to 7 (a typed page),
    /// with 5 % of the width and height cropped away in up to 16, and another one in 25 or more. But pages and receipts of one
    /// form are alike: of 102 documents and receipts the nearest two that are not the same differ in 6 bits, and six more pairs in
    /// 8 or 9. A copy that is not found costs a person less than a page that is taken for a copy.
    pub const NEAR: u32 = 5;

    /// With at most so many bits set in both directions, or so many not set, a hash says nothing.
    pub const PLAIN: u32 = 4;

    /// In how many bits two hashes differ in the direction in which they differ more, 0 to 64.
    pub fn distance(self, other: Self) -> u32 {
        let (across, down) = self.differing(other);
        across.max(down)
    }

    /// Whether two images are likely the same picture, apart from size, compression or light.
    pub fn is_near(self, other: Self) -> bool {
        self.distance(other) <= Self::NEAR
    }

    /// The share of the bits of both directions that are the same, 0 to 1. Of pictures that have nothing to do with each
    /// other it is about one half.
    pub fn likeness(self, other: Self) -> f32 {
        let (across, down) = self.differing(other);
        1.0 - (across + down) as f32 / 128.0
    }

    /// Whether it says nothing of its image: all plain images have the same, and so have all that fade to one corner.
    pub fn is_plain(self) -> bool {
        [self.across, self.down].iter().all(|bits| bits.count_ones().min(bits.count_zeros()) <= Self::PLAIN)
    }

    fn differing(self, other: Self) -> (u32, u32) {
        ((self.across ^ other.across).count_ones(), (self.down ^ other.down).count_ones())
    }
}

impl Display for PerceptualHash {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:016x}", self.across, self.down)
    }
}

/// A text that should be a hash is none.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAHash;

impl Display for NotAHash {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a perceptual hash is 32 hexadecimal digits")
    }
}

impl std::error::Error for NotAHash {}

impl FromStr for PerceptualHash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !digits {
            return Err(NotAHash);
        }
        let half = |digits: &str| u64::from_str_radix(digits, 16).map_err(|_| NotAHash);
        Ok(PerceptualHash { across: half(&text[..16])?, down: half(&text[16..])? })
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

    fn looks(across: u64, down: u64) -> PerceptualHash {
        PerceptualHash { across, down }
    }

    #[test]
    fn text_becomes_a_hash_only_when_it_is_one() {
        let check = |text: &str, expected| assert_eq!(text.parse::<PerceptualHash>(), expected, "{text}");
        check("00000000000000ff0000000000000001", Ok(looks(255, 1)));
        check("FFFFFFFFFFFFFFFF0000000000000000", Ok(looks(u64::MAX, 0)));
        for text in ["", "ff", "00000000000000ff", "+0000000000000ff0000000000000001", &"0".repeat(33), &"é".repeat(16)]
        {
            check(text, Err(NotAHash));
        }
        let hash = looks(1 << 63, 7);
        assert_eq!(hash.to_string().parse(), Ok(hash));
    }

    #[test]
    fn the_direction_that_differs_more_decides() {
        let check = |a: PerceptualHash, b, distance, near| {
            assert_eq!((a.distance(b), a.is_near(b)), (distance, near), "{a} {b}");
        };
        check(looks(0, 0), looks(0, 0), 0, true);
        check(looks(0, 0), looks(u64::MAX, 0), 64, false);
        check(looks(0b1011, 5), looks(0b0001, 4), 2, true);
        check(looks(0, 0), looks(0x1F, 0x1F), 5, true);
        check(looks(0, 0), looks(0x3F, 0), 6, false);
        check(looks(0, 0), looks(0, 0x3F), 6, false);
    }

    #[test]
    fn likeness_is_the_share_of_equal_bits() {
        let check = |a: PerceptualHash, b, expected| assert_eq!(a.likeness(b), expected, "{a} {b}");
        check(looks(3, 4), looks(3, 4), 1.0);
        check(looks(0, 0), looks(u64::MAX, u64::MAX), 0.0);
        check(looks(0, 0), looks(u64::MAX, 0), 0.5);
    }

    #[test]
    fn plain_images_have_plain_hashes() {
        let check = |across, down, expected| assert_eq!(looks(across, down).is_plain(), expected, "{across} {down}");
        check(0, 0, true);
        check(u64::MAX, 0b1111, true);
        check(0b11111, 0, false);
        check(0, !0b11111, false);
    }
}
