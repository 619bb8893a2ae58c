//! Which jobs are meant, and how many there are.

use crate::{GroupId, Job, JobId, ScheduleId, State};

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
    /// With this tag.
    pub tag: Option<String>,
    /// With this unique name.
    pub unique: Option<String>,
    /// Asked for by this schedule.
    pub schedule: Option<ScheduleId>,
    /// With this text in the title or the unique name, whatever its case.
    pub text: Option<String>,
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
    /// The jobs, the running first, then the newest.
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
