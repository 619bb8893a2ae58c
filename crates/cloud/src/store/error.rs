//! What can go wrong with the tables.

use super::RemoteId;

/// An error of the tables.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such remote, or it was removed.
    #[error("there is no remote {0}")]
    NoSuchRemote(RemoteId),
    /// A remote of this name is there already.
    #[error("there is a remote called {0} already; choose another name")]
    NameTaken(String),
    /// A stored row does not have the form that this version of the program writes.
    #[error("the cloud tables hold a damaged {column}: {found:?}")]
    Damaged {
        /// The column's name.
        column: &'static str,
        /// What was found there.
        found: String,
    },
    /// The database said no.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// A result of the tables.
pub type Result<T> = std::result::Result<T, Error>;

impl From<Error> for crate::Error {
    fn from(error: Error) -> Self {
        crate::Error::Ledger(Box::new(error))
    }
}
