//! Hashes that the providers tell of a content. They are made here anew: a mistake that tests shared with the program would not show.

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
    }
}
