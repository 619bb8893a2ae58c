//! What can go wrong with a storage or a folder, by what is to be done about it.

use std::path::PathBuf;
use std::time::Duration;

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The storage does not know the cursor any more. Everything is to be listed.
    #[error("the storage has forgotten where the last look ended")]
    Expired,
    /// The file is another than was expected, or not there: somebody else changed it. The next look tells.
    #[error("{0} was changed meanwhile")]
    Stale(String),
    /// What arrived is not what was sent.
    #[error("{path} did not arrive as it was sent: {detail}")]
    Damaged {
        /// The file.
        path: String,
        /// What differs.
        detail: String,
    },
    /// It may work another time without anybody doing something.
    #[error("{message}")]
    MayPass {
        /// What happened.
        message: String,
        /// How long the storage asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// Somebody has to do something.
    #[error("{message}")]
    NeedsYou {
        /// What happened.
        message: String,
        /// What to do.
        hint: String,
    },
    /// The person has to sign in to the provider again: what was granted does not hold, or not for this.
    #[error("{message}")]
    SignIn {
        /// What happened.
        message: String,
        /// What to do.
        hint: String,
    },
    /// This one file cannot be kept in step; others can.
    #[error("{path}: {message}")]
    File {
        /// The file.
        path: String,
        /// Why.
        message: String,
    },
    /// The folder of this machine, or its disk: no other file can be looked after either.
    #[error("{}: {error}", path.display())]
    Local {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: std::io::Error,
    },
    /// What both sides had in common could not be read or noted.
    #[error("what is in step could not be noted: {0}")]
    Ledger(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It is to stop.
    #[error("stopped")]
    Stopped,
}

impl Error {
    /// Something that may pass by itself.
    pub fn may_pass(message: impl Into<String>) -> Self {
        Error::MayPass { message: message.into(), retry_after: None }
    }

    /// Of a file of this machine.
    pub fn local(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |error| Error::Local { path, error }
    }
}

/// Somebody has to do something.
pub(crate) fn needs_you(message: &str, hint: &str) -> Error {
    Error::NeedsYou { message: message.to_owned(), hint: hint.to_owned() }
}

/// The person has to sign in again.
pub(crate) fn sign_in(message: &str, hint: &str) -> Error {
    Error::SignIn { message: message.to_owned(), hint: hint.to_owned() }
}
