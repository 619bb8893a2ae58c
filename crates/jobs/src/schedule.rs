//! Schedules: jobs that are asked for again and again, by the clock or by what happens.
//!
//! Every `..._at` is in milliseconds since the Unix epoch.

use crate::{Backoff, Conditions, Error, Missed, Result, Rule, UniquePolicy};
use serde_json::Value;
use std::fmt;

/// Names a schedule for as long as it is stored; never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScheduleId(pub i64);

impl fmt::Display for ScheduleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A schedule as a person or the program sets it.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// Its unique name.
    pub name: String,
    /// What a person calls it and its runs.
    pub title: String,
    /// Names the handler of its runs.
    pub kind: String,
    /// What the handler needs to know.
    pub payload: Value,
    /// What its runs are about.
    pub subject: Option<String>,
    /// The tags of its runs.
    pub tags: Vec<String>,
    /// The priority of its runs.
    pub priority: i32,
    /// How often a run may be tried.
    pub max_attempts: u32,
    /// The waits between the attempts of a run.
    pub backoff: Backoff,
    /// How long one attempt may run, in milliseconds.
    pub budget_ms: Option<i64>,
    /// What its runs need of the machine.
    pub conditions: Conditions,
    /// When it runs.
    pub rule: Rule,
    /// The IANA name of the zone whose wall clock the rule means.
    pub zone: String,
    /// What happens to times that were missed.
    pub missed: Missed,
    /// What a run does when the one before goes on.
    pub overlap: Overlap,
    /// How much earlier than its time a run may start, in milliseconds.
    pub flex_ms: i64,
    /// Whether it runs at all.
    pub enabled: bool,
}

/// What a run does when the one before has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// It is left out.
    Skip,
    /// It waits for the one before.
    Queue,
    /// It takes the place of the one before, which is cancelled.
    Replace,
    /// It runs beside it.
    Allow,
}

impl Overlap {
    /// Every choice.
    pub const ALL: [Overlap; 4] = [Overlap::Skip, Overlap::Queue, Overlap::Replace, Overlap::Allow];

    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Overlap::Skip => "skip",
            Overlap::Queue => "queue",
            Overlap::Replace => "replace",
            Overlap::Allow => "allow",
        }
    }

    /// The choice with this name.
    pub fn from_name(name: &str) -> Result<Overlap> {
        let found = Overlap::ALL.into_iter().find(|overlap| overlap.as_str() == name);
        found.ok_or_else(|| Error::Corrupt { column: "schedule.overlap", problem: name.to_owned() })
    }

    /// The policy of the unique name that runs share; `None` where they share none.
    pub(crate) fn policy(self) -> Option<UniquePolicy> {
        match self {
            Overlap::Skip => Some(UniquePolicy::Keep),
            Overlap::Queue => Some(UniquePolicy::AppendOrReplace),
            Overlap::Replace => Some(UniquePolicy::Replace),
            Overlap::Allow => None,
        }
    }
}

/// What happens when a schedule of that name is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchedulePolicy {
    /// It stays as it is.
    Keep,
    /// It is changed. Where it stands in its rule, and a run that waits or goes on, stay; the run is changed with it.
    Update,
    /// It begins anew: its runs that have not ended are cancelled.
    Replace,
}

/// A stored schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredSchedule {
    /// Its number.
    pub id: ScheduleId,
    /// What was set.
    pub schedule: Schedule,
    /// How often it was changed, from 1.
    pub generation: u32,
    /// The last of its times that was dealt with.
    pub handled_at: i64,
    /// When it is looked at next; `None` while it waits for an event, or when no time is left.
    pub next_at: Option<i64>,
    /// A time set by hand, in place of the next one.
    pub override_at: Option<i64>,
    /// How many of its times were not run: missed, or the last run went on.
    pub skipped: u64,
    /// When it was made.
    pub created_at: i64,
    /// When it was changed.
    pub updated_at: i64,
    /// Why it does not run, for a person: its time zone is no longer known, or the schedule that it waits for is gone.
    /// Setting it anew mends it.
    pub problem: Option<String>,
}

/// A schedule whose row this version of the program cannot read. It does not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenSchedule {
    /// Its number.
    pub id: ScheduleId,
    /// Its unique name.
    pub name: String,
    /// What a person calls it and its runs.
    pub title: String,
    /// Names the handler of its runs.
    pub kind: String,
    /// What cannot be read, for a person.
    pub problem: String,
}
