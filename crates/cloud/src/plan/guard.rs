//! What is asked before a plan is carried out that would do harm if one side were not what it seems: a disk that is not mounted, a
//! folder that somebody else emptied, an account that is another one.

use super::{Action, Plan, Sides};
use crate::limits::{ASK_DELETES, ASK_DELETES_MOST, ASK_DELETES_PERCENT};
use crate::path::FilePath;
use crate::remote::Expect;
use std::collections::BTreeSet;

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// This machine.
    Local,
    /// The storage.
    Remote,
}

/// What a person has to agree to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Both sides have files and were never in step: what is to be done is to be looked at first.
    FirstMeeting {
        /// How many are here.
        local: usize,
        /// How many are there.
        remote: usize,
    },
    /// A side that had files has none.
    Empty {
        /// Which.
        side: Side,
        /// How many were in step.
        had: usize,
    },
    /// The folder on the storage is not the one that was kept in step: see [`crate::marker`].
    OtherFolder {
        /// Whether it has a marker of its own, or else none.
        marked: bool,
        /// What a person says that it is; `None` where nobody has said. Nothing is planned before.
        answer: Option<FolderIs>,
    },
    /// Many files would be deleted on a side, or replaced by another content that nobody can make anew.
    ManyDeletes {
        /// On which.
        side: Side,
        /// How many: deleted and replaced ones.
        deletes: usize,
        /// Out of how many that were in step.
        of: usize,
    },
}

/// What a folder on the storage is that is not marked as the one that was kept in step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderIs {
    /// The same one: what is missing there was deleted.
    Same,
    /// Another one, with which nothing was in step: nothing is deleted, and both sides are put together.
    New,
}

impl Question {
    /// Whether who agreed to `other` has agreed to this: the same, and not to more.
    pub fn is_covered_by(&self, other: &Question) -> bool {
        match (self, other) {
            (Question::FirstMeeting { .. }, Question::FirstMeeting { .. }) => true,
            (Question::Empty { side, .. }, Question::Empty { side: agreed, .. }) => side == agreed,
            (Question::OtherFolder { marked, .. }, Question::OtherFolder { marked: agreed, answer }) => {
                marked == agreed && answer.is_some()
            }
            (
                Question::ManyDeletes { side, deletes, .. },
                Question::ManyDeletes { side: agreed_side, deletes: agreed, .. },
            ) => side == agreed_side && deletes <= agreed,
            _ => false,
        }
    }
}

/// What is to be asked about a plan. Of a file that `is_original`, the content that is replaced is as lost as a deleted one: a disk that dies and a
/// program that encrypts all it finds replace.
pub fn questions(sides: &Sides, plan: &Plan, is_original: &dyn Fn(&FilePath) -> bool) -> Vec<Question> {
    let had = sides.in_step.len();
    let mut asked = Vec::new();
    if had == 0 && !sides.local.is_empty() && !sides.remote.is_empty() {
        asked.push(Question::FirstMeeting { local: sides.local.len(), remote: sides.remote.len() });
    }
    for (side, is_empty) in [(Side::Local, sides.local.is_empty()), (Side::Remote, sides.remote.is_empty())] {
        // What would be deleted because of an empty side is deleted on the other.
        let (deleted, elsewhere) = (deletes_on(plan, side), deletes_on(plan, side.other()));
        if is_empty && !elsewhere.is_empty() {
            asked.push(Question::Empty { side, had });
        }
        let mut lost = deleted;
        lost.extend(replaced_on(plan, side).into_iter().filter(|path| is_original(path)));
        let deletes = lost.len();
        let is_large_share = deletes > ASK_DELETES && deletes * 100 > had * ASK_DELETES_PERCENT;
        if is_large_share || without_sidecars(&lost) > ASK_DELETES_MOST {
            asked.push(Question::ManyDeletes { side, deletes, of: had });
        }
    }
    asked
}

fn deletes_on(plan: &Plan, side: Side) -> BTreeSet<&FilePath> {
    let deletes = |action: &Action| match side {
        Side::Local => matches!(action, Action::PutAway(_)),
        Side::Remote => matches!(action, Action::RemoveRemote(_)),
    };
    plan.steps.iter().filter(|step| deletes(&step.action)).map(|step| &step.path).collect()
}

fn replaced_on(plan: &Plan, side: Side) -> BTreeSet<&FilePath> {
    let replaces = |action: &Action| match side {
        Side::Local => matches!(action, Action::Download { was: Some(_), .. }),
        Side::Remote => matches!(action, Action::Upload { expect: Expect::Revision(_), .. }),
    };
    plan.steps.iter().filter(|step| replaces(&step.action)).map(|step| &step.path).collect()
}

/// How many these are, not counting what tells of another one of them.
fn without_sidecars(paths: &BTreeSet<&FilePath>) -> usize {
    let names: BTreeSet<&str> = paths.iter().map(|path| path.as_str()).collect();
    let is_told_of = |name: &&&str| name.strip_suffix(".json").is_none_or(|of| !names.contains(of));
    names.iter().filter(is_told_of).count()
}

impl Side {
    fn other(self) -> Self {
        match self {
            Side::Local => Side::Remote,
            Side::Remote => Side::Local,
        }
    }
}
