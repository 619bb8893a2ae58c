//! The queue's vocabulary: jobs, failures, attempts.
//!
//! Every `..._at` is in milliseconds since the Unix epoch.

use crate::{After, Backoff, Conditions, GroupId, Merger, Owner, ScheduleId};
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

    /// The states of a job that has not ended.
    pub const ACTIVE: [State; 3] = [State::Enqueued, State::Blocked, State::Running];
    /// The states of a job that has ended.
    pub const ENDED: [State; 3] = [State::Succeeded, State::Failed, State::Cancelled];

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
        State::ACTIVE.contains(&self)
    }
}

/// The priority of what a person asked for just now.
pub const RUN_NOW: i32 = 1_000_000;

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
    /// Words to find and cancel it by, each at most once.
    pub tags: Vec<String>,
    /// Higher runs earlier.
    pub priority: i32,
    /// The group it belongs to.
    pub group: Option<GroupId>,
    /// A name that only one active job, or one chain, holds; see `policy`. A job that is being cancelled no longer
    /// holds its name.
    pub unique: Option<String>,
    /// What happens when the name is held.
    pub policy: UniquePolicy,
    /// How often it may be tried, at least 1.
    pub max_attempts: u32,
    /// The waits between attempts.
    pub backoff: Backoff,
    /// Not to run before this time.
    pub run_at: i64,
    /// What it needs of the machine before and while it runs.
    pub conditions: Conditions,
    /// How long one attempt may run, in milliseconds.
    pub budget_ms: Option<i64>,
    /// How long it is to be listed after its end at least, in milliseconds.
    pub keep_ms: Option<i64>,
    /// The jobs it waits for.
    pub after: Vec<After>,
    /// How their outputs become part of its input.
    pub merger: Merger,
    /// The schedule that asks for it, and for which of its times; `None` for a run out of turn.
    pub schedule: Option<(ScheduleId, Option<i64>)>,
}

impl NewJob {
    /// A job with nothing special: one attempt, no conditions, its kind as title.
    pub fn new(kind: &str, payload: Value, run_at: i64) -> Self {
        NewJob {
            kind: kind.to_owned(),
            payload,
            subject: None,
            title: kind.to_owned(),
            tags: vec![],
            priority: 0,
            group: None,
            unique: None,
            policy: UniquePolicy::default(),
            max_attempts: 1,
            backoff: Backoff::default(),
            run_at,
            conditions: Conditions::default(),
            budget_ms: None,
            keep_ms: None,
            after: vec![],
            merger: Merger::default(),
            schedule: None,
        }
    }
}

/// What happens when an active job holds the unique name of a new one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UniquePolicy {
    /// The holder stays, and nothing is added.
    #[default]
    Keep,
    /// The holder is cancelled. The new one runs when the holder has stopped.
    Replace,
    /// The new one waits for the holder's success. If the last job of that name failed or was cancelled, so does the
    /// new one.
    Append,
    /// The new one waits for the holder's success, or begins anew if the last job of that name failed or was cancelled.
    AppendOrReplace,
}

/// The answer to [`crate::enqueue`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enqueued {
    /// The new job, or the active one that holds the unique name.
    pub id: JobId,
    /// Whether a job was added.
    pub new: bool,
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
    /// Another attempt may succeed, but not within so many milliseconds: whoever is asked wants to be left alone as long.
    After(Reason, i64),
    /// No attempt will succeed.
    Final(Reason),
}

impl Failure {
    /// Why.
    pub fn reason(&self) -> &Reason {
        match self {
            Failure::Retryable(reason) | Failure::After(reason, _) | Failure::Final(reason) => reason,
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
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The group it belongs to.
    pub group: Option<GroupId>,
    /// Its unique name.
    pub unique: Option<String>,
    /// What it needs of the machine.
    pub conditions: Conditions,
    /// How long one attempt may run, in milliseconds.
    pub budget_ms: Option<i64>,
    /// The jobs it waits for, as far as they have not ended.
    pub blocked_by: Vec<JobId>,
    /// The schedule that asked for it.
    pub schedule: Option<ScheduleId>,
    /// For which of its schedule's times it runs.
    pub scheduled_for: Option<i64>,
    /// How often it was changed by [`crate::update`], from 1.
    pub generation: u32,
    /// Whether a person lets it rest while it runs.
    pub resting: bool,
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
