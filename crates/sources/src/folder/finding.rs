//! What a look finds.

use crate::folder::{FileId, Known, Stamp};
use std::path::PathBuf;

/// Something that a look found. Paths are relative to the watched folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A file that the ledger does not know.
    New {
        /// Where.
        path: PathBuf,
        /// Its state.
        stamp: Stamp,
    },
    /// A known file whose content may be another now: it was written, or another file has its name.
    Changed {
        /// Where.
        path: PathBuf,
        /// Its state.
        stamp: Stamp,
        /// What was known of the file of that name.
        before: Known,
    },
    /// Known files that have another name now, unchanged. All of them happen at once: two files may have swapped names.
    Moved(Vec<Move>),
    /// A known file that is not there any more.
    Missing(Known),
    /// A missing file that is there again, unchanged.
    Back {
        /// Its state.
        stamp: Stamp,
        /// What is known of it.
        known: Known,
    },
    /// A new or changed file that was written to just now. Whoever looks gives it to [`Settle`](crate::folder::Settle),
    /// which tells when it is whole.
    NotYet {
        /// Where.
        path: PathBuf,
        /// When it has been left alone for long enough if nobody writes to it, in milliseconds since the Unix epoch.
        again_at: i64,
    },
    /// The watched folder is another one than at the last look, or is seen for the first time.
    Root(FileId),
    /// Something that could not be looked at. What is known of it stays as it was.
    Trouble(Trouble),
    /// All of the watched folder was seen.
    Complete,
}

/// A file that has another name now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// What is known of it; `known.path` is its old name.
    pub known: Known,
    /// Its new name.
    pub to: PathBuf,
    /// Its state.
    pub stamp: Stamp,
    /// The known file that had the new name before and is not there any more, if it has not moved too.
    pub over: Option<Known>,
}

/// Something that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Where, relative to the watched folder; empty for the folder itself.
    pub path: PathBuf,
    /// Why, for programs.
    pub kind: TroubleKind,
    /// Why, for people.
    pub message: String,
}

/// Why something could not be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TroubleKind {
    /// The system does not allow it.
    NotAllowed,
    /// It lies deeper than a look goes.
    TooDeep,
    /// There is more in it than a look takes.
    TooMany,
    /// Reading it failed.
    Unreadable,
}

/// One step of a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A part was looked at. There may be nothing to find in it.
    Found(Vec<Finding>),
    /// The watched folder is not there, or is only the empty place where its disk should be. Nothing is known of the files,
    /// and the look is over. A watch may hear nothing any more: start another one once a look finds the folder.
    RootMissing {
        /// For people: what is not there.
        why: String,
    },
    /// All was looked at.
    Done(Looked),
}

/// What a look went over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Looked {
    /// How many folders were listed.
    pub folders: u64,
    /// How many files were asked for their state.
    pub files: u64,
    /// How many places could not be looked at.
    pub troubles: u64,
}
