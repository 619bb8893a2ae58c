//! Work that a person puts into the queue once, on the wire: one job, or a chain of them.

use super::{Action, Conditions, JobView};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Work as a person asks for it. Whatever is not said is as it is for the runs of a schedule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct JobsDraft {
    /// The steps, one after the other. A step begins when all jobs of the one before it succeeded; the jobs within a step do
    /// not wait for each other.
    pub steps: Vec<Vec<StepDraft>>,
    /// When the first step may begin, in milliseconds since the Unix epoch; none for at once.
    pub run_at: Option<i64>,
    /// Whether it goes ahead of all other work, whatever the machine is like. Time, conditions and priority do not count then.
    pub now: bool,
    /// The IANA name of the zone whose wall clock counts for the hours among the conditions; none for that of this system.
    pub zone: Option<String>,
    /// What each job needs of the machine.
    pub conditions: Conditions,
    /// Words to find and cancel the jobs by.
    pub tags: Vec<String>,
    /// A name that only one piece of work holds at a time, until its last job ended.
    pub name: Option<String>,
    /// What happens when the name is held.
    pub policy: NamePolicy,
    /// Higher runs earlier, from -1000 to 1000; 0 is what a person adds, -10 the runs of schedules.
    pub priority: i32,
    /// How often each job may be tried.
    pub attempts: Option<u32>,
    /// The waits between attempts.
    pub backoff: Option<BackoffDraft>,
    /// How long one attempt may take, in seconds.
    pub budget_seconds: Option<u32>,
    /// How long the jobs are listed after their end at least, in seconds.
    pub keep_seconds: Option<u32>,
    /// How what the jobs of a step put out becomes the input of the next.
    pub merge: Merge,
}

/// One job of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StepDraft {
    /// What it does.
    pub action: Action,
    /// The folder that it writes to, where it does.
    #[serde(default)]
    pub folder: Option<String>,
}

/// What happens when the name of new work is held by other work that has not ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NamePolicy {
    /// The holder stays, and nothing is added.
    #[default]
    Keep,
    /// The holder is cancelled. The new work begins when it has stopped.
    Replace,
    /// The new work waits for the holder's success, and fails with it.
    Append,
    /// The same, but if the last work of that name failed or was cancelled before, it begins anew.
    AppendOrReplace,
}

/// The waits between the attempts of a job, with jitter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackoffDraft {
    /// How they grow.
    pub growth: Growth,
    /// The first one, in seconds.
    pub first_seconds: u32,
    /// The longest one, in seconds.
    pub longest_seconds: u32,
}

/// How waits grow from attempt to attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Growth {
    /// By the first one each time.
    Linear,
    /// To the double each time.
    Exponential,
}

/// How the outputs of several jobs become one input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Merge {
    /// A field of a later job replaces the same field of an earlier one.
    #[default]
    Overwrite,
    /// Each field becomes the list of all its values.
    Collect,
}

/// What came of [`JobsDraft`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AddedJobs {
    /// The new jobs, step by step; none when the name was held and its holder stays.
    pub steps: Vec<Vec<JobView>>,
    /// The job that holds the name and stays.
    pub kept: Option<JobView>,
}
