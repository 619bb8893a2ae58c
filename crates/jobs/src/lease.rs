//! Leases: the right to run a job, and what is asked for to get it.

use crate::{Conditions, GroupId, JobId, Machine, ScheduleId};
use serde_json::Value;

/// Who holds leases. Unique per process start, so that a process never takes an ancestor's leases for its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Owner(pub String);

/// What to claim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claim {
    /// What the machine is like: jobs that need another are left.
    pub machine: Machine,
    /// Most jobs to take.
    pub limit: usize,
    /// Only these kinds; `None` means any.
    pub kinds: Option<Vec<String>>,
    /// Not these kinds.
    pub excluded_kinds: Vec<String>,
    /// Also while the queue is paused.
    pub even_paused: bool,
    /// Only jobs of this priority or a higher one; `None` means any.
    pub least_priority: Option<i32>,
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
    /// What the handler needs to know: its payload, with the outputs of the jobs it waited for merged into it.
    pub payload: Value,
    /// What the job is about.
    pub subject: Option<String>,
    /// What a person calls the job.
    pub title: String,
    /// The group it belongs to.
    pub group: Option<GroupId>,
    /// What it needs of the machine while it runs.
    pub conditions: Conditions,
    /// How long it may run, in milliseconds.
    pub budget_ms: Option<i64>,
    /// The schedule that asked for it.
    pub schedule: Option<ScheduleId>,
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

/// Which leases to take back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reclaim<'a> {
    /// Those that ran out.
    Expired,
    /// All but this owner's, expired or not. Only for the one process that may run jobs.
    NotOwnedBy(&'a Owner),
}
