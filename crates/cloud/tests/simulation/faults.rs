//! What happens between two primitive calls of a run, and what the harness must notice.

use crate::world::State;
use legible_cloud::plan::{Action, Direction, Plan, Sides, plan};

/// One call in so many.
const CRASH: usize = 90;
const FAULT: usize = 150;
const EDIT: usize = 14;
const OTHER_RUN: usize = 20;
/// One put in so many arrives damaged, and one cursor in so many is forgotten.
const DAMAGE: usize = 20;
const EXPIRE: usize = 8;
/// One listing in so many cannot use a file that is there.
const HIDE: usize = 20;

/// What comes between.
pub enum Event {
    Nothing,
    Crash,
    Fault,
    Edit(usize),
    Run(usize),
}

/// A mistake that somebody could make one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    /// The storage overwrites and removes whatever lies there.
    IgnoresExpect,
    /// A delete wins over an edit.
    DeleteIgnoresEdit,
    /// What comes is put over whatever lies here.
    PlaceIgnoresExpected,
    /// A file is noted as in step before it is sent.
    NotesBeforehand,
}

impl Mutant {
    pub const ALL: [Mutant; 4] =
        [Mutant::IgnoresExpect, Mutant::DeleteIgnoresEdit, Mutant::PlaceIgnoresExpected, Mutant::NotesBeforehand];
}

impl State {
    pub fn next_event(&mut self) -> Event {
        let devices = self.devices.len();
        if !self.is_rough {
            Event::Nothing
        } else if self.chance.one_in(CRASH) {
            self.counts.crashes += 1;
            Event::Crash
        } else if self.chance.one_in(FAULT) {
            self.counts.faults += 1;
            Event::Fault
        } else if self.chance.one_in(EDIT) {
            self.counts.races += 1;
            Event::Edit(self.chance.below(devices))
        } else if self.chance.one_in(OTHER_RUN) {
            Event::Run(self.chance.below(devices))
        } else {
            Event::Nothing
        }
    }

    pub fn damages(&mut self) -> bool {
        self.is_rough && self.chance.one_in(DAMAGE)
    }

    pub fn hides(&mut self) -> bool {
        self.is_rough && self.chance.one_in(HIDE)
    }

    pub fn expires(&mut self) -> bool {
        self.is_rough && self.chance.one_in(EXPIRE)
    }
}

/// The planner of [`Mutant::DeleteIgnoresEdit`].
pub fn plan_that_ignores_edits(sides: &Sides, direction: Direction, folds_case: bool) -> Plan {
    let mut plan = plan(sides, direction, folds_case);
    for step in plan.steps.iter_mut().filter(|step| sides.in_step.contains_key(&step.path)) {
        step.action = match step.action.clone() {
            Action::Download { remote, was: None } => Action::RemoveRemote(remote),
            Action::Upload { local, .. } if !sides.remote.contains_key(&step.path) => Action::PutAway(local),
            action => action,
        };
    }
    plan
}
