//! Sealing: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) under the master key. The name of a secret is bound to it, so that one cannot be
//! put in the place of another.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

/// How many bytes a key has.
pub const KEY_BYTES: usize = 32;
/// How many bytes a nonce has. It is drawn for each sealing: two of 192 bits are never the same.
const NONCE_BYTES: usize = 24;
/// What sealed bytes begin with: how they are sealed.
const VERSION: u8 = 1;

/// The key that all secrets of a machine are sealed under. It is wiped when it is dropped, and never shown.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; KEY_BYTES]>);

impl MasterKey {
    /// A new one, by the randomness of the system.
    pub fn random() -> Self {
        Self(Zeroizing::new(rand::random()))
    }

    /// Of so many bytes, if they are so many.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// Of what [`MasterKey::to_text`] gave.
    pub fn of_text(text: &str) -> Option<Self> {
        Self::of_bytes(&Zeroizing::new(BASE64_STANDARD.decode(text.trim()).ok()?))
    }

    /// As a keychain keeps it.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64_STANDARD.encode(*self.0))
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &*self.0
    }

    /// Seals a content under a name.
    pub fn seal(&self, name: &str, content: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let payload = Payload { msg: content, aad: name.as_bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).expect("a secret is shorter than 256 GB");
        [&[VERSION][..], &nonce, &sealed].concat()
    }

    /// Opens what was sealed under this key and this name; `None` when it was not, or has another bit.
    pub fn open(&self, name: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.strip_prefix(&[VERSION])?.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: sealed, aad: name.as_bytes() };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.0).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_sealed_opens_under_its_key_and_name_only(
            name in ".{0,20}",
            other in ".{0,20}",
            content in proptest::collection::vec(any::<u8>(), 0..200),
            bit in any::<prop::sample::Index>(),
        ) {
            let key = MasterKey::random();
            let sealed = key.seal(&name, &content);
            prop_assert_eq!(key.open(&name, &sealed).map(|opened| opened.to_vec()), Some(content.clone()));
            prop_assert_ne!(key.seal(&name, &content), sealed.clone(), "each has a nonce of its own");
            prop_assert!(other == name || key.open(&other, &sealed).is_none());
            prop_assert!(MasterKey::random().open(&name, &sealed).is_none());
            let bit = bit.index(sealed.len() * 8);
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(key.open(&name, &flipped).is_none());
            for end in 0..sealed.len() {
                prop_assert!(key.open(&name, &sealed[..end]).is_none());
            }
        }
    }

    #[test]
    fn a_key_comes_back_from_a_keychain() {
        let key = MasterKey::random();
        let back = MasterKey::of_text(&key.to_text()).unwrap();
        assert_eq!(back.bytes(), key.bytes());
        for no_key in ["", "AAAA", "not base64!"] {
            assert!(MasterKey::of_text(no_key).is_none(), "{no_key}");
        }
    }
}
