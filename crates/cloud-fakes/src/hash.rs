//! Hashes that the providers tell of a content. They are made here anew: a mistake that tests shared with the program would not show.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha2::{Digest as _, Sha256};

/// Bytes that Dropbox hashes at a time.
const DROPBOX_BLOCK: usize = 4 << 20;

pub fn md5(content: &[u8]) -> String {
    hex(&Md5::digest(content))
}

pub fn sha256(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

/// The SHA-256 of the SHA-256 hashes of the blocks (<https://www.dropbox.com/developers/reference/content-hash>).
pub fn dropbox(content: &[u8]) -> String {
    let hashes: Vec<u8> = content.chunks(DROPBOX_BLOCK).flat_map(Sha256::digest).collect();
    sha256(&hashes)
}

/// QuickXorHash in Base64 (<https://learn.microsoft.com/onedrive/developer/code-snippets/quickxorhash>): bit by bit, each byte 11 bits on
/// from the last in a ring of 160, then the length over the last 64.
pub fn quick_xor(content: &[u8]) -> String {
    // Bytes that are 160 apart fall on the same bits.
    let mut folded = [0u8; 160];
    content.iter().enumerate().for_each(|(at, byte)| folded[at % 160] ^= byte);
    let mut ring = [0u8; 20];
    for (at, byte) in folded.iter().enumerate() {
        for bit in (0..8).filter(|bit| byte >> bit & 1 == 1) {
            let place = (at * 11 + bit) % 160;
            ring[place / 8] ^= 1 << (place % 8);
        }
    }
    for (byte, of_length) in ring[12..].iter_mut().zip((content.len() as u64).to_le_bytes()) {
        *byte ^= of_length;
    }
    STANDARD.encode(ring)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_providers() {
        assert_eq!(md5(b""), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(dropbox(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(quick_xor(b""), "AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        // Byte 0 at bit 0, byte 1 at bit 11, the length at bit 96.
        assert_eq!(STANDARD.decode(quick_xor(&[1, 1])).unwrap()[..2], [1, 8]);
    }
}
