//! What can go wrong with the queue itself. Why a job failed is a [`crate::Reason`] instead.

use crate::{GroupId, JobId, ScheduleId};

/// An error of the queue.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The job was taken away from this lease: it ran out, or another process recovered the job. What the handler did
    /// in the same transaction must be rolled back.
    #[error("the lease on job {0} was lost; its work was given back to the queue")]
    LeaseLost(JobId),
    /// There is no such job, or it was pruned.
    #[error("there is no job {0}")]
    NoSuchJob(JobId),
    /// There is no such schedule.
    #[error("there is no schedule {0}")]
    NoSuchSchedule(ScheduleId),
    /// There is no such group.
    #[error("there is no job group {0}")]
    NoSuchGroup(GroupId),
    /// A job was added to a group whose end is already on record.
    #[error("job group {0} has ended; start a new group for more jobs")]
    GroupEnded(GroupId),
    /// A field of a new job or schedule, or an output, breaks a rule.
    #[error("{field} is not usable: {problem}")]
    Invalid {
        /// The field's name.
        field: &'static str,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// A stored row does not have the form that this version of the program writes.
    #[error("the queue holds a damaged row in {column}: {problem}")]
    Corrupt {
        /// The column's name.
        column: &'static str,
        /// What was found there.
        problem: String,
    },
    /// The database said no.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// A result of the queue.
pub type Result<T> = std::result::Result<T, Error>;
