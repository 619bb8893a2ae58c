//! What is known of a file of a watched folder: a row of the ledger.

use crate::folder::Stamp;
use std::path::PathBuf;

/// A file that was taken or refused once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Where it is, or was when it was last seen, relative to the watched folder.
    pub path: PathBuf,
    /// Its state when it was taken or refused.
    pub stamp: Stamp,
    /// What became of it.
    pub standing: Standing,
    /// Since when it is not there any more, in milliseconds since the Unix epoch; `None` while it is.
    pub missing_since: Option<i64>,
    /// Whether another file has its name by now. It is remembered for a while: it may turn up under another name.
    pub displaced: bool,
}

impl Known {
    /// The item that was made of it.
    pub fn item(&self) -> Option<i64> {
        match self.standing {
            Standing::Taken { item, .. } => Some(item),
            Standing::Refused { .. } => None,
        }
    }
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is an item.
    Taken {
        /// The hash of its content, as the library writes it.
        hash: String,
        /// The item's number. The library may have deleted it since.
        item: i64,
    },
    /// It is none, and is not tried again until its stamp changes.
    Refused {
        /// Why, for programs.
        code: String,
        /// Why, for people.
        message: String,
    },
}

/// How many files of a source are known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that are items and are there.
    pub taken: u64,
    /// Those that were refused and are there.
    pub refused: u64,
    /// Those that are not there any more.
    pub missing: u64,
}
