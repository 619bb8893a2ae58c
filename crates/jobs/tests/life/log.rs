//! What really happened, kept outside the queue.

use crate::kills::{Place, STEPS};
use legible_jobs::{JobId, ScheduleId};
use std::collections::BTreeMap;

/// What must happen in the lives of a run, each at least once.
const EVENTS: [&str; 18] = [
    "runs fired",
    "times left out",
    "runs out of turn",
    "claims",
    "runs succeeded",
    "runs failed",
    "attempts crashed",
    "kills between two steps",
    "conditions flipped",
    "conditions lost",
    "leases lost",
    "pauses",
    "suspends",
    "jobs forgotten",
    "jobs retried",
    "claims with jobs left waiting",
    "audits",
    "jobs audited",
];

/// A job that is stored, or should be.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Account {
    pub schedule: Option<ScheduleId>,
    pub claims: u64,
    pub retries: u64,
}

#[derive(Debug, Default)]
pub struct Log {
    pub jobs: BTreeMap<JobId, Account>,
    /// The times of each schedule for which a job was enqueued, and the last job of each.
    pub slots: BTreeMap<ScheduleId, BTreeMap<i64, JobId>>,
    /// When each schedule last fired, on the clock that is never wrong.
    pub last_fired: BTreeMap<ScheduleId, i64>,
    /// How many runs of a schedule ended, well or badly.
    pub ends: BTreeMap<ScheduleId, u64>,
    pub kills: BTreeMap<(&'static str, Place), u64>,
    /// The longest that a job which was due and allowed waited for a free place while the machine was awake.
    pub longest_wait: i64,
    events: BTreeMap<&'static str, u64>,
}

impl Log {
    pub fn count(&mut self, event: &'static str, times: u64) {
        *self.events.entry(event).or_default() += times;
    }

    pub fn killed(&mut self, step: &'static str, place: Place) {
        *self.kills.entry((step, place)).or_default() += 1;
    }

    pub fn add(&mut self, other: &Log) {
        other.events.iter().for_each(|(event, times)| self.count(event, *times));
        other.kills.iter().for_each(|(point, times)| *self.kills.entry(*point).or_default() += times);
        self.longest_wait = self.longest_wait.max(other.longest_wait);
    }

    /// A life without trouble proves nothing.
    pub fn assert_all_happened(&self) {
        for event in EVENTS {
            assert!(self.events.contains_key(event), "there were no {event}");
        }
        for step in STEPS {
            for place in Place::ALL {
                assert!(self.kills.contains_key(&(step, place)), "no kill came in \"{step}\", {place:?}");
            }
        }
    }

    pub fn words(&self) -> String {
        let kills: u64 = self.kills.values().sum();
        let events: Vec<String> = self.events.iter().map(|(event, times)| format!("{times} {event}")).collect();
        let (points, wait) = (self.kills.len(), self.longest_wait / 60_000);
        format!("{kills} kills at {points} planned points, longest wait {wait} minutes, {}", events.join(", "))
    }
}
