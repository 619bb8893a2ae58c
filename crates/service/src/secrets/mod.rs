//! Secrets: passwords of storages, tokens of accounts, keys that sources send.
//!
//! They lie in the database, sealed ([`seal`]) under a master key that lies in the keychain of the system ([`keychain`]), or, where there is
//! none, in a file that a passphrase opens ([`passphrase`]). `docs/adr/0009-accounts.md` says why.

mod keychain;
mod passphrase;
mod seal;
mod sealed;

pub use keychain::Keychain;
pub use passphrase::Passphrase;
pub use sealed::{NewSecret, PASSPHRASE_VARIABLE, Sealed};

use crate::api::{ErrorCode, WireError};
use crate::limits::MIN_PASSPHRASE_CHARS;

/// Why a secret cannot be had or kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSecret {
    /// It is not there.
    #[error("there is no secret for {0}; it may have been deleted")]
    Missing(String),
    /// It is there, but the key of this machine does not open it.
    #[error("the secret for {0} cannot be opened: it was sealed by another key, or changed")]
    Damaged(String),
    /// The keychain cannot be used.
    #[error("the system's keychain cannot be used: {0}")]
    NoKeychain(String),
    /// Somebody has to type the passphrase first.
    #[error("the secrets of this machine are locked")]
    Locked,
    /// It was typed, and is another one.
    #[error("that is not the passphrase")]
    WrongPassphrase,
    /// A new passphrase is too easily found.
    #[error("a passphrase needs at least {MIN_PASSPHRASE_CHARS} characters")]
    ShortPassphrase,
    /// There is no passphrase, and none is wanted.
    #[error("there is no passphrase: {0}")]
    NoPassphrase(&'static str),
    /// A new passphrase was typed where there is one.
    #[error("there is a passphrase already")]
    HasPassphrase,
    /// The database or a file failed.
    #[error("the secrets cannot be read or written: {0}")]
    Failed(String),
}

impl NoSecret {
    /// What a person can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            NoSecret::Missing(_) | NoSecret::Damaged(_) => "Type the secret anew.",
            NoSecret::NoKeychain(_) => {
                "Unlock or install one, such as GNOME Keyring or KWallet on Linux. Where there is none, choose a passphrase in its place, in the \
                 window or in a terminal: `legible unlock --new`."
            }
            NoSecret::Locked => {
                "Type the passphrase in the window, or in a terminal: `legible unlock`. What waits for it goes on then."
            }
            NoSecret::WrongPassphrase => {
                "Type it again. If it is lost, delete secrets.key beside the database and type the secrets anew."
            }
            NoSecret::ShortPassphrase => "Take a few words.",
            NoSecret::NoPassphrase(_) => "To set one where there is no keychain: `legible unlock --new`.",
            NoSecret::HasPassphrase => "Type it: `legible unlock`.",
            NoSecret::Failed(_) => "Look whether the disk is full, and whether the data folder can be written to.",
        }
    }
}

impl From<NoSecret> for crate::error::Error {
    fn from(error: NoSecret) -> Self {
        let code = match error {
            NoSecret::Locked | NoSecret::WrongPassphrase => ErrorCode::Locked,
            NoSecret::Failed(_) => ErrorCode::File,
            _ => ErrorCode::BadRequest,
        };
        WireError::new(code, error.to_string()).hint(error.hint()).into()
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
    /// When that cannot be done.
    fn forget(&self, name: &str) -> Result<(), NoSecret>;
}
