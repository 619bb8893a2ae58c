//! What can go wrong with the tables of the sources. Why a source could not be looked at is told by the source itself.

use crate::SourceId;

/// An error of the tables.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such source, or it was removed.
    #[error("there is no source {0}")]
    NoSuchSource(SourceId),
    /// A source of this name is there already.
    #[error("there is a source called {0} already; choose another name")]
    NameTaken(String),
    /// A stored row does not have the form that this version of the program writes.
    #[error("the source table holds a damaged {column}: {problem}")]
    Damaged {
        /// The column's name.
        column: &'static str,
        /// What was found there.
        problem: String,
    },
    /// The database said no.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// A result of the tables.
pub type Result<T> = std::result::Result<T, Error>;
