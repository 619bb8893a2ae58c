//! Hashes of content: our own, and those that storages tell.

use md5::Md5;
use sha2::{Digest as _, Sha256};
use std::fmt::{self, Display, Formatter};
use std::io::{self, Read};

/// How many bytes Dropbox hashes at a time.
const DROPBOX_BLOCK: usize = 4 << 20;

/// The bits of a QuickXorHash, and by how many of them each byte is shifted against the one before.
const QUICK_XOR_BITS: usize = 160;
const QUICK_XOR_SHIFT: usize = 11;

/// The BLAKE3 hash of a file's content: what is compared between this machine and what was in step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub [u8; 32]);

impl ContentHash {
    /// Of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        ContentHash(blake3::hash(bytes).into())
    }
}

impl Display for ContentHash {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A way of hashing that storages use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DigestKind {
    /// Google Drive; S3 for what was put in one part.
    Md5,
    /// Google Drive.
    Sha256,
    /// Dropbox: the SHA-256 of the SHA-256 hashes of blocks of 4 MiB
    /// (<https://www.dropbox.com/developers/reference/content-hash>).
    Dropbox,
    /// OneDrive: QuickXorHash (<https://learn.microsoft.com/onedrive/developer/code-snippets/quickxorhash>).
    QuickXor,
}

/// A hash that a storage tells of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest {
    /// How it is made.
    pub kind: DigestKind,
    /// Its bytes in lower-case hexadecimal digits.
    pub hex: String,
}

impl Digest {
    /// Of everything that is read.
    ///
    /// # Errors
    /// When reading fails.
    pub fn of(kind: DigestKind, mut from: impl Read) -> io::Result<Self> {
        let mut hasher = Hasher::new(kind);
        let mut buffer = vec![0; 64 << 10];
        loop {
            match from.read(&mut buffer)? {
                0 => return Ok(hasher.finish()),
                read => hasher.update(&buffer[..read]),
            }
        }
    }
}

/// Makes a [`Digest`] a piece at a time.
#[derive(Debug, Clone)]
pub struct Hasher(State);

#[derive(Debug, Clone)]
enum State {
    Md5(Md5),
    Sha256(Sha256),
    Dropbox { whole: Sha256, block: Sha256, in_block: usize },
    QuickXor(QuickXor),
}

impl Hasher {
    /// Of nothing yet.
    pub fn new(kind: DigestKind) -> Self {
        Hasher(match kind {
            DigestKind::Md5 => State::Md5(Md5::new()),
            DigestKind::Sha256 => State::Sha256(Sha256::new()),
            DigestKind::Dropbox => State::Dropbox { whole: Sha256::new(), block: Sha256::new(), in_block: 0 },
            DigestKind::QuickXor => State::QuickXor(QuickXor::default()),
        })
    }

    /// And of these bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        match &mut self.0 {
            State::Md5(hasher) => hasher.update(bytes),
            State::Sha256(hasher) => hasher.update(bytes),
            State::Dropbox { whole, block, in_block } => {
                while !bytes.is_empty() {
                    let (now, later) = bytes.split_at(bytes.len().min(DROPBOX_BLOCK - *in_block));
                    block.update(now);
                    (*in_block, bytes) = (*in_block + now.len(), later);
                    if *in_block == DROPBOX_BLOCK {
                        whole.update(block.finalize_reset());
                        *in_block = 0;
                    }
                }
            }
            State::QuickXor(hasher) => hasher.update(bytes),
        }
    }

    /// The digest of all of them.
    pub fn finish(self) -> Digest {
        let (kind, bytes) = match self.0 {
            State::Md5(hasher) => (DigestKind::Md5, hasher.finalize().to_vec()),
            State::Sha256(hasher) => (DigestKind::Sha256, hasher.finalize().to_vec()),
            State::Dropbox { mut whole, block, in_block } => {
                if in_block > 0 {
                    whole.update(block.finalize());
                }
                (DigestKind::Dropbox, whole.finalize().to_vec())
            }
            State::QuickXor(hasher) => (DigestKind::QuickXor, hasher.finish().to_vec()),
        };
        Digest { kind, hex: bytes.iter().map(|byte| format!("{byte:02x}")).collect() }
    }
}

/// A ring of bits; byte number `n` is exclusive-ored at bit `11 n`, and in the end the length at the last 64 bits.
#[derive(Debug, Clone)]
struct QuickXor {
    ring: [u8; QUICK_XOR_BITS / 8],
    length: u64,
}

impl Default for QuickXor {
    fn default() -> Self {
        QuickXor { ring: [0; QUICK_XOR_BITS / 8], length: 0 }
    }
}

impl QuickXor {
    fn update(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let bit = (self.length % QUICK_XOR_BITS as u64) as usize * QUICK_XOR_SHIFT % QUICK_XOR_BITS;
            let (at, shift) = (bit / 8, bit % 8);
            let wide = u16::from(*byte) << shift;
            let [low, high] = wide.to_le_bytes();
            self.ring[at] ^= low;
            self.ring[(at + 1) % self.ring.len()] ^= high;
            self.length += 1;
        }
    }

    fn finish(mut self) -> [u8; QUICK_XOR_BITS / 8] {
        let from = self.ring.len() - 8;
        self.ring[from..].iter_mut().zip(self.length.to_le_bytes()).for_each(|(byte, of_length)| *byte ^= of_length);
        self.ring
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digests_are_those_of_the_storages() {
        let check = |kind, bytes: &[u8], expected: &str| {
            assert_eq!(Digest::of(kind, bytes).unwrap().hex, expected, "{kind:?}");
        };
        check(DigestKind::Md5, b"", "d41d8cd98f00b204e9800998ecf8427e");
        check(DigestKind::Sha256, b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        check(DigestKind::Dropbox, b"", empty);
        let (full, rest) = (vec![7; DROPBOX_BLOCK], [8; 5]);
        let blocks = [Sha256::digest(&full).to_vec(), Sha256::digest(rest).to_vec()].concat();
        let expected = Digest::of(DigestKind::Sha256, blocks.as_slice()).unwrap().hex;
        check(DigestKind::Dropbox, &[full, rest.to_vec()].concat(), &expected);
        check(DigestKind::QuickXor, b"", &"0".repeat(40));
        // Byte 0 at bit 0, byte 1 at bit 11, and the length 2 at bit 96.
        check(DigestKind::QuickXor, &[1, 1], "0108000000000000000000000200000000000000");
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(bytes in prop::collection::vec(any::<u8>(), 0..900), at in 0usize..900) {
            for kind in [DigestKind::Md5, DigestKind::Sha256, DigestKind::Dropbox, DigestKind::QuickXor] {
                let mut hasher = Hasher::new(kind);
                let (one, other) = bytes.split_at(at.min(bytes.len()));
                hasher.update(one);
                hasher.update(other);
                prop_assert_eq!(hasher.finish(), Digest::of(kind, bytes.as_slice()).unwrap());
            }
        }
    }
}
