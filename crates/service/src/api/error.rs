//! Errors as they cross to the window and the CLI.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What kind of error it is. A front end decides by this, never by the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The call itself was malformed: an unknown command or arguments of another shape.
    BadRequest,
    /// The item, job or group does not exist (any more).
    NotFound,
    /// A model is missing, so the feature that needs it is off.
    ModelMissing,
    /// The image could not be read as an image.
    BadImage,
    /// A file or folder could not be read or written.
    File,
    /// The disk is full.
    DiskFull,
    /// The library folder cannot be used.
    LibraryFolder,
    /// The database cannot be used.
    Database,
    /// The vision worker crashed, hung or ran out of memory.
    Worker,
    /// No picture can be taken of the screen.
    Capture,
    /// The clipboard holds no image and no files.
    NothingToPaste,
    /// A download or another network transfer failed.
    Network,
    /// Somebody has to sign in to a provider again.
    SignIn,
    /// Somebody has to type the passphrase of the secrets, or typed another one.
    Locked,
    /// The person cancelled it.
    Cancelled,
    /// A mistake in Legible itself.
    Internal,
}

/// An error a person can act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct WireError {
    /// For programs.
    pub code: ErrorCode,
    /// For a person: what happened.
    pub message: String,
    /// For a person: what to do next.
    pub hint: Option<String>,
}

impl WireError {
    /// An error without a hint.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        WireError { code, message: message.into(), hint: None }
    }

    /// The same error with a word on what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
