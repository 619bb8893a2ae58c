//! What really happened, kept outside the queue.

use legible_jobs::{JobId, ScheduleId};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default)]
pub struct Log {
    /// The times of each schedule for which a job was enqueued.
    pub slots: BTreeMap<ScheduleId, Vec<i64>>,
    /// How many times a job ended well, as its handler saw it committed.
    pub succeeded: BTreeMap<JobId, u32>,
    /// When each schedule last fired, on the clock that is never wrong.
    pub last_fired: BTreeMap<ScheduleId, i64>,
    pub kills: u64,
    pub lost_commits: u64,
    pub claims: u64,
    pub conditions_lost: u64,
    pub suspends: u64,
    pub clock_jumps: u64,
    pub fired: u64,
    pub left_out: u64,
    pub crashed: u64,
    pub failed: u64,
}

impl Log {
    /// Notes a new run. A time never comes twice.
    pub fn run(&mut self, schedule: ScheduleId, slot: i64) {
        let slots = self.slots.entry(schedule).or_default();
        assert!(!slots.contains(&slot), "schedule {schedule} ran for {slot} twice");
        slots.push(slot);
        self.fired += 1;
    }

    pub fn times(&self, schedule: ScheduleId) -> BTreeSet<i64> {
        self.slots.get(&schedule).into_iter().flatten().copied().collect()
    }

    pub fn add(&mut self, other: &Log) {
        let pairs = [
            (&mut self.kills, other.kills),
            (&mut self.lost_commits, other.lost_commits),
            (&mut self.claims, other.claims),
            (&mut self.conditions_lost, other.conditions_lost),
            (&mut self.suspends, other.suspends),
            (&mut self.clock_jumps, other.clock_jumps),
            (&mut self.fired, other.fired),
            (&mut self.left_out, other.left_out),
            (&mut self.crashed, other.crashed),
            (&mut self.failed, other.failed),
        ];
        pairs.into_iter().for_each(|(sum, more)| *sum += more);
    }

    /// A life without trouble proves nothing.
    pub fn assert_all_happened(&self) {
        let all = [self.kills, self.lost_commits, self.claims, self.conditions_lost, self.suspends, self.clock_jumps];
        let ends = [self.fired, self.left_out, self.crashed, self.failed];
        assert!(all.iter().chain(&ends).all(|n| *n > 0), "something never happened: {}", self.words());
    }

    pub fn words(&self) -> String {
        format!(
            "{} runs fired, {} times left out, {} claims, {} kills, {} commits lost, {} conditions lost, {} suspends, \
             {} clock jumps, {} attempts crashed, {} runs failed",
            self.fired,
            self.left_out,
            self.claims,
            self.kills,
            self.lost_commits,
            self.conditions_lost,
            self.suspends,
            self.clock_jumps,
            self.crashed,
            self.failed
        )
    }
}
