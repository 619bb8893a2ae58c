//! Planned failure points: each step of the service that writes, and each of three places in it.

use crate::service::Service;
use legible_jobs::{Error, Result};
use rusqlite::{Transaction, TransactionBehavior};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The steps of the service that write.
pub const STEPS: [&str; 20] = [
    "reclaim at the start",
    "trigger at the start",
    "renew",
    "reclaim what ran out",
    "fire",
    "trigger",
    "succeed",
    "fail, to retry",
    "fail for good",
    "release, condition lost",
    "release, paused",
    "release, cancelled",
    "claim",
    "pause",
    "resume",
    "cancel",
    "retry",
    "run a job now",
    "run a schedule now",
    "prune",
];

/// Where in a step the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// At one of the steps of the database in it, each as likely as the others.
    Inside,
    /// When all is written and nothing committed.
    BeforeCommit,
    /// When all is committed, and the process does not know.
    AfterCommit,
}

impl Place {
    pub const ALL: [Place; 3] = [Place::Inside, Place::BeforeCommit, Place::AfterCommit];
}

impl Service {
    /// Writes, unless the process dies on the way: then `dead` is set. The answer is what was committed.
    pub fn write<T>(&mut self, step: &'static str, work: impl Fn(&Transaction<'_>) -> Result<T>) -> Option<T> {
        assert!(STEPS.contains(&step), "{step} is not on the list");
        let Some(place) = self.dies_in(step) else { return Some(self.queue.write(work).unwrap()) };
        self.dead = true;
        if place == Place::Inside && self.break_off(step, &work) {
            self.log.killed(step, place);
            return None;
        }
        if place == Place::AfterCommit {
            self.log.killed(step, place);
            return Some(self.queue.write(work).unwrap());
        }
        self.log.killed(step, Place::BeforeCommit);
        let tx = self.queue.conn.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        work(&tx).unwrap();
        None
    }

    /// A point where the process has not died yet is a likely one.
    fn dies_in(&mut self, step: &'static str) -> Option<Place> {
        let place = Place::ALL[usize::try_from(self.chance.below(3)).unwrap()];
        let odds = if self.log.kills.contains_key(&(step, place)) { 300 } else { 3 };
        (!self.calm && self.chance.one_in(odds)).then_some(place)
    }

    /// Does the work to count its steps, then again up to one of them. That may have fewer, for its statements are ready;
    /// so few that it cannot be broken off, if there is nothing to do.
    fn break_off<T>(&mut self, step: &str, work: impl Fn(&Transaction<'_>) -> Result<T>) -> bool {
        let (mut steps, mut broken) = (i64::MAX, false);
        while steps > 0 && !broken {
            let stop_at = if steps == i64::MAX { steps } else { self.chance.below(steps) };
            let left = Arc::new(AtomicI64::new(stop_at));
            let tick = left.clone();
            let tx = self.queue.conn.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
            tx.progress_handler(1, Some(move || tick.fetch_sub(1, Ordering::Relaxed) <= 0)).unwrap();
            let done = work(&tx);
            tx.progress_handler(1, None::<fn() -> bool>).unwrap();
            assert!(matches!(done, Ok(_) | Err(Error::Sqlite(_))), "{step}: {:?}", done.err());
            steps = if steps == i64::MAX { i64::MAX - left.load(Ordering::Relaxed) } else { steps / 2 };
            broken = done.is_err();
        }
        broken
    }
}
