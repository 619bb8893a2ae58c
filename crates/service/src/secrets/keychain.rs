//! Secrets of sources, such as the key of a server: they lie in the system's keychain and nowhere else.

use crate::api::{ErrorCode, WireError};

/// What the keychain calls us.
const SERVICE: &str = "Legible";

/// Why a secret cannot be had or kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSecret {
    /// It is not there.
    #[error("the keychain has no secret for {0}; it may have been deleted there")]
    Missing(String),
    /// The keychain cannot be used.
    #[error("the system's keychain cannot be used: {0}")]
    NoKeychain(String),
}

impl From<NoSecret> for crate::error::Error {
    fn from(error: NoSecret) -> Self {
        let hint = match &error {
            NoSecret::Missing(_) => "Type the secret anew.",
            NoSecret::NoKeychain(_) => {
                "Unlock or install one, such as GNOME Keyring or KWallet on Linux; or give the header without “secret”, \
                 which keeps its value in Legible's database."
            }
        };
        WireError::new(ErrorCode::BadRequest, error.to_string()).hint(hint).into()
    }
}

/// Where secrets lie. Its calls block.
pub trait Secrets: Send + Sync {
    /// The secret of this name.
    ///
    /// # Errors
    /// When it is not there or cannot be had.
    fn get(&self, name: &str) -> Result<String, NoSecret>;

    /// Keeps a secret under a name, in place of the one before.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn set(&self, name: &str, secret: &str) -> Result<(), NoSecret>;

    /// Forgets a secret; one that is not there is forgotten already.
    ///
    /// # Errors
    /// When the keychain cannot be used.
    fn forget(&self, name: &str) -> Result<(), NoSecret>;
}

/// The keychain of the system: the Keychain of macOS, the Credential Manager of Windows, the Secret Service elsewhere.
#[derive(Debug, Default)]
pub struct Keychain;

impl Keychain {
    fn entry(name: &str) -> Result<keyring::Entry, NoSecret> {
        keyring::Entry::new(SERVICE, name).map_err(|error| NoSecret::NoKeychain(error.to_string()))
    }
}

impl Secrets for Keychain {
    fn get(&self, name: &str) -> Result<String, NoSecret> {
        match Self::entry(name)?.get_password() {
            Err(keyring::Error::NoEntry) => Err(NoSecret::Missing(name.to_owned())),
            got => got.map_err(|error| NoSecret::NoKeychain(error.to_string())),
        }
    }

    fn set(&self, name: &str, secret: &str) -> Result<(), NoSecret> {
        Self::entry(name)?.set_password(secret).map_err(|error| NoSecret::NoKeychain(error.to_string()))
    }

    fn forget(&self, name: &str) -> Result<(), NoSecret> {
        match Self::entry(name)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(NoSecret::NoKeychain(error.to_string())),
        }
    }
}
