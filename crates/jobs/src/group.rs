//! Groups: jobs that a person started together and whose end is one event.

use std::fmt;

/// Names a group for as long as it is stored; never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub i64);

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Jobs that a person started together. Times are in milliseconds since the Unix epoch.
///
/// The counts include jobs that were pruned since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub id: GroupId,
    /// What a person calls it.
    pub label: String,
    /// When it was made.
    pub created_at: i64,
    /// How many jobs were added.
    pub total: u64,
    /// How many of them ended well.
    pub succeeded: u64,
    /// How many ended with an error.
    pub failed: u64,
    /// How many ended by a person's wish.
    pub cancelled: u64,
    /// How many have not ended.
    pub active: u64,
    /// Whether it ends with the last of its jobs.
    pub sealed: bool,
    /// When it was sealed and its last job had ended. A retry clears this.
    pub ended_at: Option<i64>,
    /// Whether a person was told of that end.
    pub told: bool,
}
