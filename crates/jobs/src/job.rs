//! The queue's vocabulary: jobs, leases, failures, attempts.
//!
//! Every `..._at` is in milliseconds since the Unix epoch.

use crate::{Backoff, GroupId};
use serde_json::Value;
use std::fmt;

/// Names a job for as long as it is stored; never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub i64);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who holds leases. Unique per process start, so that a process never takes an ancestor's leases for its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Owner(pub String);

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Waits for its turn.
    Enqueued,
    /// Waits for another job.
    Blocked,
    /// Leased to an owner.
    Running,
    /// Ended well.
    Succeeded,
    /// Ended with an error: a final one, or the last allowed attempt's.
    Failed,
    /// Ended because a person wanted it to.
    Cancelled,
}

impl State {
    /// Every state in the order of a job's life.
    pub const ALL: [State; 6] =
        [State::Enqueued, State::Blocked, State::Running, State::Succeeded, State::Failed, State::Cancelled];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Enqueued => "enqueued",
            State::Blocked => "blocked",
            State::Running => "running",
            State::Succeeded => "succeeded",
            State::Failed => "failed",
            State::Cancelled => "cancelled",
        }
    }

    /// The state with this name.
    pub fn from_name(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether the job has not ended.
    pub fn is_active(self) -> bool {
        matches!(self, State::Enqueued | State::Blocked | State::Running)
    }
}

/// A job to put into the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Names the handler.
    pub kind: String,
    /// What the handler needs to know.
    pub payload: Value,
    /// What the job is about, such as `item:42`.
    pub subject: Option<String>,
    /// What a person calls the job.
    pub title: String,
    /// Higher runs earlier.
    pub priority: i32,
    /// The group it belongs to.
    pub group: Option<GroupId>,
    /// A name that only one active job may hold. While one does, enqueueing another keeps the first and adds nothing. A
    /// job that is being cancelled no longer holds its name.
    pub unique: Option<String>,
    /// How often it may be tried, at least 1.
    pub max_attempts: u32,
    /// The waits between attempts.
    pub backoff: Backoff,
    /// Not to run before this time.
    pub run_at: i64,
}

/// The answer to [`crate::enqueue`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enqueued {
    /// The new job, or the active one that holds the unique name.
    pub id: JobId,
    /// Whether a job was added.
    pub new: bool,
}

/// What to claim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claim {
    /// Most jobs to take.
    pub limit: usize,
    /// Only these kinds; `None` means any.
    pub kinds: Option<Vec<String>>,
    /// Not these kinds.
    pub excluded_kinds: Vec<String>,
}

impl Claim {
    /// Up to `limit` jobs of any kind.
    pub fn any(limit: usize) -> Self {
        Claim { limit, ..Claim::default() }
    }
}

/// The right to run one attempt of one job. Passing it to a function proves which attempt speaks.
#[derive(Debug, Clone, PartialEq)]
pub struct Lease {
    /// The job.
    pub id: JobId,
    /// Names the handler.
    pub kind: String,
    /// What the handler needs to know.
    pub payload: Value,
    /// What the job is about.
    pub subject: Option<String>,
    /// What a person calls the job.
    pub title: String,
    /// The group it belongs to.
    pub group: Option<GroupId>,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// How many there may be.
    pub max_attempts: u32,
    /// Who holds it.
    pub owner: Owner,
    /// When it runs out unless renewed.
    pub lease_until: i64,
    /// The fence: the row of this attempt in the history.
    pub(crate) token: i64,
}

/// Why an attempt did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// A stable name for programs, such as `image.truncated`.
    pub code: String,
    /// What happened, for a person.
    pub message: String,
    /// What to do next, for a person.
    pub hint: Option<String>,
}

/// How an attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Another attempt may succeed.
    Retryable(Reason),
    /// No attempt will succeed.
    Final(Reason),
}

impl Failure {
    /// Why.
    pub fn reason(&self) -> &Reason {
        match self {
            Failure::Retryable(reason) | Failure::Final(reason) => reason,
        }
    }
}

/// How far a running job is.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// From 0 to 1.
    pub fraction: f32,
    /// What it is doing, for a person.
    pub words: String,
}

/// A stored job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// Names the handler.
    pub kind: String,
    /// What the handler needs to know.
    pub payload: Value,
    /// What the job is about.
    pub subject: Option<String>,
    /// What a person calls the job.
    pub title: String,
    /// Higher runs earlier.
    pub priority: i32,
    /// The group it belongs to.
    pub group: Option<GroupId>,
    /// Its unique name.
    pub unique: Option<String>,
    /// How many attempts were started since it was enqueued or retried, without those handed back.
    pub attempts: u32,
    /// How many there may be.
    pub max_attempts: u32,
    /// The waits between attempts.
    pub backoff: Backoff,
    /// Where it stands.
    pub state: State,
    /// Not to run before this time.
    pub run_at: i64,
    /// Who runs it.
    pub owner: Option<Owner>,
    /// When its lease runs out.
    pub lease_until: Option<i64>,
    /// When a person asked the running job to stop.
    pub cancel_requested_at: Option<i64>,
    /// The last progress of the current or last attempt.
    pub progress: Option<Progress>,
    /// What it produced.
    pub output: Option<Value>,
    /// Why the last attempt did not succeed.
    pub reason: Option<Reason>,
    /// When it was enqueued.
    pub created_at: i64,
    /// When anything about it changed.
    pub updated_at: i64,
    /// When the current or last attempt started.
    pub started_at: Option<i64>,
    /// When it ended.
    pub finished_at: Option<i64>,
}

/// The part of an active job that a list of subjects shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ActiveJob {
    /// Its name.
    pub id: JobId,
    /// Names the handler.
    pub kind: String,
    /// Where it stands.
    pub state: State,
    /// Not to run before this time.
    pub run_at: i64,
    /// How many attempts were started.
    pub attempts: u32,
    /// How far it is.
    pub progress: Option<Progress>,
}

/// How one attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Well.
    Succeeded,
    /// With an error, to be tried again.
    Retried,
    /// With an error that ended the job.
    Failed,
    /// Handed back without counting.
    Released,
    /// By a person's wish.
    Cancelled,
    /// Its process died or lost the lease.
    Crashed,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Outcome; 6] = [
        Outcome::Succeeded,
        Outcome::Retried,
        Outcome::Failed,
        Outcome::Released,
        Outcome::Cancelled,
        Outcome::Crashed,
    ];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Succeeded => "succeeded",
            Outcome::Retried => "retried",
            Outcome::Failed => "failed",
            Outcome::Released => "released",
            Outcome::Cancelled => "cancelled",
            Outcome::Crashed => "crashed",
        }
    }

    /// The outcome with this name.
    pub fn from_name(name: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

/// One line of a job's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Which attempt, from 1. A number comes again after a hand-back or a retry.
    pub attempt: u32,
    /// Who ran it.
    pub owner: Owner,
    /// When it started.
    pub started_at: i64,
    /// When it ended; `None` while it runs.
    pub ended_at: Option<i64>,
    /// How it ended; `None` while it runs.
    pub outcome: Option<Outcome>,
    /// Why it did not succeed.
    pub reason: Option<Reason>,
}

/// Which leases to take back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reclaim<'a> {
    /// Those that ran out.
    Expired,
    /// All but this owner's, expired or not. Only for the one process that may run jobs.
    NotOwnedBy(&'a Owner),
}

/// Selects jobs: those that meet every condition that is set. The default selects all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// One of these; an empty list selects nothing.
    pub ids: Option<Vec<JobId>>,
    /// In one of these states; an empty list selects nothing.
    pub states: Option<Vec<State>>,
    /// Of one of these kinds; an empty list selects nothing.
    pub kinds: Option<Vec<String>>,
    /// About this subject.
    pub subject: Option<String>,
    /// In this group.
    pub group: Option<GroupId>,
}

impl Filter {
    /// These jobs.
    pub fn ids(ids: impl Into<Vec<JobId>>) -> Self {
        Filter { ids: Some(ids.into()), ..Filter::default() }
    }

    /// Jobs in these states.
    pub fn states(states: impl Into<Vec<State>>) -> Self {
        Filter { states: Some(states.into()), ..Filter::default() }
    }

    /// Jobs of this group.
    pub fn group(group: GroupId) -> Self {
        Filter { group: Some(group), ..Filter::default() }
    }
}

/// A part of a list of jobs.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The jobs, newest first.
    pub jobs: Vec<Job>,
    /// How many the filter selects in all.
    pub total: u64,
}

/// How many jobs are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Waiting for their turn.
    pub enqueued: u64,
    /// Waiting for another job.
    pub blocked: u64,
    /// Leased.
    pub running: u64,
    /// Ended well.
    pub succeeded: u64,
    /// Ended with an error.
    pub failed: u64,
    /// Ended by a person's wish.
    pub cancelled: u64,
}

impl Counts {
    /// How many have not ended.
    pub fn active(&self) -> u64 {
        self.enqueued + self.blocked + self.running
    }
}
