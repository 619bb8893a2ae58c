//! Secrets on the wire: where the key to them lies, and the passphrase that opens them where there is no keychain.

use crate::secrets::Passphrase;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where the key to all secrets lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SecretsKept {
    /// In the keychain of the system.
    Keychain,
    /// In a file that a passphrase opens, and it was typed.
    Unlocked,
    /// In a file that a passphrase opens, and it is still to be typed.
    Locked,
    /// There is no keychain and no passphrase yet: one is to be chosen before a secret can be kept.
    Nowhere,
}

/// How secrets are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SecretsState {
    /// Where the key lies.
    pub kept: SecretsKept,
}

/// Opens the secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnlockSecrets {
    /// What the person typed.
    #[ts(type = "string")]
    pub passphrase: Passphrase,
    /// Whether it is chosen just now, where there is none yet.
    pub new: bool,
}
