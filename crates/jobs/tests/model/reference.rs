//! The queue's rules once more, as plainly as possible: vectors, no SQL, no indexes.

use legible_jobs::{Backoff, BackoffKind, State};

pub const LEASE_MS: i64 = 10_000;
pub const BACKOFF: Backoff = Backoff { initial_ms: 1000, max_ms: 8000, kind: BackoffKind::Exponential };

#[derive(Debug, Clone)]
pub struct RefJob {
    pub id: i64,
    pub kind: &'static str,
    pub priority: i32,
    pub run_at: i64,
    pub attempts: u32,
    pub max_attempts: u32,
    pub unique: Option<String>,
    pub group: Option<usize>,
    pub state: State,
    pub owner: Option<u8>,
    /// Index into the leases ever given out.
    pub lease: Option<usize>,
    pub lease_until: i64,
    pub cancel_requested: bool,
    pub finished_at: i64,
    pub pruned: bool,
}

#[derive(Debug, Clone, Default)]
pub struct RefGroup {
    pub sealed: bool,
    pub ended: bool,
    pub told: bool,
    pub pruned: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Reference {
    pub now: i64,
    pub paused: bool,
    pub jobs: Vec<RefJob>,
    pub groups: Vec<RefGroup>,
    /// The job of each lease ever given out.
    pub leases: Vec<usize>,
}

/// What a filter of the test selects.
#[derive(Debug, Clone)]
pub enum Pick {
    All,
    Job(usize),
    Kind(&'static str),
    Group(usize),
}

impl Reference {
    pub fn holder(&self, unique: &str) -> Option<usize> {
        self.jobs.iter().position(|job| {
            job.unique.as_deref() == Some(unique) && job.state.is_active() && !job.cancel_requested && !job.pruned
        })
    }

    /// The jobs that a claim takes, in order.
    pub fn turn(&self, limit: usize, excluded: Option<&'static str>) -> Vec<usize> {
        if self.paused {
            return Vec::new();
        }
        let mut due: Vec<usize> = (0..self.jobs.len())
            .filter(|&n| {
                let job = &self.jobs[n];
                job.state == State::Enqueued && job.run_at <= self.now && Some(job.kind) != excluded && !job.pruned
            })
            .collect();
        due.sort_by_key(|&n| (-self.jobs[n].priority, self.jobs[n].run_at, self.jobs[n].id));
        due.truncate(limit);
        due
    }

    pub fn claim(&mut self, n: usize, owner: u8) {
        let lease = self.leases.len();
        self.leases.push(n);
        let until = self.now + LEASE_MS;
        let job = &mut self.jobs[n];
        job.state = State::Running;
        job.attempts += 1;
        (job.owner, job.lease, job.lease_until) = (Some(owner), Some(lease), until);
    }

    /// Whether this lease still counts.
    pub fn holds(&self, lease: usize) -> bool {
        self.jobs[self.leases[lease]].lease == Some(lease)
    }

    /// The lease ends in `state`, or in cancellation if that was asked for and `state` is not success.
    pub fn settle(&mut self, n: usize, state: State, run_at: i64, attempts: u32) -> State {
        let now = self.now;
        let job = &mut self.jobs[n];
        let state = if job.cancel_requested && state != State::Succeeded { State::Cancelled } else { state };
        job.state = state;
        (job.owner, job.lease) = (None, None);
        if state == State::Enqueued {
            (job.run_at, job.attempts) = (run_at, attempts);
        } else {
            job.finished_at = now;
        }
        state
    }

    pub fn crash(&mut self, n: usize) -> State {
        let job = &self.jobs[n];
        let state = if job.attempts < job.max_attempts { State::Enqueued } else { State::Failed };
        self.settle(n, state, job.run_at.max(self.now), job.attempts)
    }

    pub fn picked(&self, pick: &Pick) -> Vec<usize> {
        (0..self.jobs.len())
            .filter(|&n| {
                let job = &self.jobs[n];
                !job.pruned
                    && match pick {
                        Pick::All => true,
                        Pick::Job(one) => n == *one,
                        Pick::Kind(kind) => job.kind == *kind,
                        Pick::Group(group) => job.group == Some(*group),
                    }
            })
            .collect()
    }

    /// Counts of a group over its jobs, pruned ones included: total, succeeded, failed, cancelled.
    pub fn recount(&self, group: usize) -> (u64, u64, u64, u64) {
        let jobs = || self.jobs.iter().filter(move |job| job.group == Some(group));
        let of = |state| jobs().filter(|job| job.state == state).count() as u64;
        (jobs().count() as u64, of(State::Succeeded), of(State::Failed), of(State::Cancelled))
    }

    /// A sealed group without active jobs has ended; one that is active again has not, and will be told again.
    pub fn settle_groups(&mut self) {
        for n in 0..self.groups.len() {
            let (total, succeeded, failed, cancelled) = self.recount(n);
            let group = &mut self.groups[n];
            group.ended = group.sealed && total == succeeded + failed + cancelled;
            group.told &= group.ended;
        }
    }
}
