//! Brings both sides in step: looks at both, plans, asks where that is due, and does step by step what the plan says. It can be killed
//! between any two steps: what was done and not noted shows as the same content on both sides at the next run.

mod again;
mod look;
mod outcome;
mod pair;
mod settle;
mod step;
#[cfg(test)]
mod tests;
mod transfer;
mod within;

use crate::Result;
use crate::error::Error;
use crate::ledger::Ledger;
use crate::limits::MAX_ROUNDS;
use crate::local::Local;
use crate::lock::lock;
use crate::path::FilePath;
use crate::plan::{self, Direction, Plan, Question, Sides, Step};
use crate::remote::{Remote, Watch};
use look::Looked;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use outcome::{Done, Outcome, Problem, Tally};

/// Makes one content out of two of a file that both sides changed.
pub trait Merge: Sync {
    /// Whether files of this name may be merged at all: of others, nothing is read for it.
    fn may_merge(&self, path: &FilePath) -> bool;

    /// What of a content a later merge needs to know; `None` for a file that is never merged.
    fn gist(&self, path: &FilePath, content: &[u8]) -> Option<Vec<u8>>;

    /// Of a gist only what tells of which thing it is, so that a merge by it keeps all that either side has; `None` where a merge
    /// without any does.
    fn bare(&self, _gist: &[u8]) -> Option<Vec<u8>> {
        None
    }

    /// One content out of two, given the [`Merge::gist`] of what was in step; `None` where they are of different things. To merge
    /// a merged content again changes nothing.
    fn merge(&self, path: &FilePath, was: Option<&[u8]>, local: &[u8], remote: &[u8]) -> Option<Vec<u8>>;

    /// Whether a content is none that may take the place of another one, so that nothing is kept beside it either.
    fn is_damaged(&self, _: &FilePath, _content: &[u8]) -> bool {
        false
    }

    /// The file that holds what is said of this one, if there can be one: it goes where this one goes, and an edit of it is one of this.
    fn sidecar_of(&self, path: &FilePath) -> Option<FilePath>;

    /// A short word that names a content among all that had this path, for the name under which both are kept; `None` where its own hash
    /// does. Files that belong together are given the same one.
    fn named_by(&self, path: &FilePath, content: &[u8]) -> Option<String>;
}

/// Nothing is merged.
pub struct KeepBoth;

impl Merge for KeepBoth {
    fn may_merge(&self, _: &FilePath) -> bool {
        false
    }

    fn gist(&self, _: &FilePath, _: &[u8]) -> Option<Vec<u8>> {
        None
    }

    fn merge(&self, _: &FilePath, _: Option<&[u8]>, _: &[u8], _: &[u8]) -> Option<Vec<u8>> {
        None
    }

    fn sidecar_of(&self, _: &FilePath) -> Option<FilePath> {
        None
    }

    fn named_by(&self, _: &FilePath, _: &[u8]) -> Option<String> {
        None
    }
}

/// Which files are kept in step.
pub trait Wants {
    /// Whether one of them is this file. `is_known` tells whether there is a file, on either side or when both were last in step.
    fn wants(&self, path: &FilePath, is_known: &dyn Fn(&FilePath) -> bool) -> bool;
}

/// All files.
pub struct Everything;

impl Wants for Everything {
    fn wants(&self, _: &FilePath, _: &dyn Fn(&FilePath) -> bool) -> bool {
        true
    }
}

/// How a run is to go.
pub struct Options<'a> {
    /// Which side may change.
    pub direction: Direction,
    /// Which files are kept in step at all.
    pub wants: &'a (dyn Wants + Sync),
    /// Names this machine in the names of files of which both are kept.
    pub device: &'a str,
    /// The day, for the same: `2026-11-22`.
    pub today: &'a str,
    /// What a person agreed to.
    pub agreed: &'a [Question],
    /// How many files are moved at once.
    pub at_once: usize,
    /// How long is waited each time before a file is tried again that failed by what may pass: it is, as often as there are pauses.
    pub pauses: &'a [Duration],
}

/// Two sides that are to be brought in step.
pub struct Run<'a> {
    remote: &'a dyn Remote,
    local: &'a dyn Local,
    ledger: Mutex<&'a mut dyn Ledger>,
    merge: &'a dyn Merge,
    options: Options<'a>,
    watch: &'a dyn Watch,
    tell: &'a (dyn Fn(Done<'_>) + Sync),
    planner: Planner,
}

/// What decides what is to be done: see [`plan::plan`].
pub type Planner = fn(&Sides, Direction, bool) -> Plan;

impl<'a> Run<'a> {
    /// A run that nobody hears of.
    pub fn new(
        remote: &'a dyn Remote,
        local: &'a dyn Local,
        ledger: &'a mut dyn Ledger,
        merge: &'a dyn Merge,
        options: Options<'a>,
        watch: &'a dyn Watch,
    ) -> Self {
        Run { remote, local, ledger: Mutex::new(ledger), merge, options, watch, tell: &|_| {}, planner: plan::plan }
    }

    /// Has `tell` hear of each step that begins and ends.
    #[must_use]
    pub fn telling(self, tell: &'a (dyn Fn(Done<'_>) + Sync)) -> Self {
        Run { tell, ..self }
    }

    /// Has another planner decide: a wrong one, for a test that is to notice it.
    #[doc(hidden)]
    #[must_use]
    pub fn planning(self, planner: Planner) -> Self {
        Run { planner, ..self }
    }

    /// What would be done, and what would be asked before. Only what the storage has is noted, and names of which only the case changed.
    ///
    /// # Errors
    /// When one of the sides could not be looked at.
    pub fn plan(&self) -> Result<(Plan, Vec<Question>)> {
        let Looked { sides, unusable, folds_case } = self.look()?;
        let mut plan = (self.planner)(&sides, self.options.direction, folds_case);
        plan.unusable.extend(unusable);
        // What something is said of is a work of its own; what is said can be said again.
        let is_original = |path: &FilePath| self.merge.sidecar_of(path).is_some();
        let asked = plan::questions(&sides, &plan, &is_original);
        let is_agreed = |question: &Question| self.options.agreed.iter().any(|agreed| question.is_covered_by(agreed));
        Ok((plan, asked.into_iter().filter(|question| !is_agreed(question)).collect()))
    }

    /// Brings both sides in step, as far as it can be done without asking.
    ///
    /// # Errors
    /// What stopped it all. What was done until then is done, and noted.
    pub fn go(&self) -> Result<Outcome> {
        let mut outcome = Outcome::default();
        for _ in 0..MAX_ROUNDS {
            self.follow_up()?;
            let (plan, questions) = self.plan()?;
            outcome.begin_round(plan.unusable.clone());
            if !questions.is_empty() {
                return Ok(Outcome { questions, plan: Some(plan), ..outcome });
            }
            (self.tell)(Done::Planned(&plan));
            self.carry_out(&plan, &mut outcome)?;
            if outcome.left.is_empty() {
                return Ok(outcome);
            }
        }
        Ok(outcome)
    }

    /// Does the steps of a plan, some at once. One file that cannot be done is a problem, and the others are done.
    fn carry_out(&self, plan: &Plan, outcome: &mut Outcome) -> Result<()> {
        let next = AtomicUsize::new(0);
        let shared = Mutex::new((outcome, None::<Error>));
        let work = || {
            while let Some(step) = plan.steps.get(next.fetch_add(1, Ordering::Relaxed)) {
                let result = if self.watch.stopped() { Err(Error::Stopped) } else { self.one(step) };
                let mut shared = lock(&shared);
                if let Err(error) = shared.0.take(step, result) {
                    shared.1.get_or_insert(error);
                }
                if shared.1.is_some() {
                    return;
                }
            }
        };
        match self.options.at_once.min(plan.steps.len()) {
            0 | 1 => work(),
            many => std::thread::scope(|scope| (0..many).for_each(|_| drop(scope.spawn(work)))),
        }
        match shared.into_inner().unwrap_or_else(PoisonError::into_inner).1 {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Does one step, and tells of it.
    fn one(&self, step: &Step) -> Result<Tally> {
        (self.tell)(Done::Began(step));
        let result = self.patiently(step);
        (self.tell)(Done::Ended(step, result.as_ref()));
        result
    }

    fn ledger(&self) -> MutexGuard<'_, &'a mut dyn Ledger> {
        lock(&self.ledger)
    }
}
