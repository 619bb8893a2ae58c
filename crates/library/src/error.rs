//! What can go wrong in the database half of the library.

use crate::item::ItemId;

/// An error of the library's tables.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite refused or failed.
    #[error("the library database failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// The item is not (or no longer) in the library.
    #[error("there is no item {0} in the library; it may have been deleted for good")]
    NoSuchItem(ItemId),
    /// A stored value cannot be understood.
    #[error(
        "the library database holds a damaged {what}: {detail}; run `legible rebuild` to make it anew from the folder"
    )]
    Damaged {
        /// What is damaged.
        what: &'static str,
        /// What the decoder said.
        detail: String,
    },
    /// A tag or note is longer, or tags are more, than the library keeps.
    #[error("too much {what}: the limit is {limit}; shorten it and save again")]
    TooLong {
        /// What is too long.
        what: &'static str,
        /// The limit that was passed.
        limit: usize,
    },
}

/// A result of the library's tables.
pub type Result<T> = std::result::Result<T, Error>;
