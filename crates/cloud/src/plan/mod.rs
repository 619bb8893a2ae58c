//! What is to be done so that both sides are in step: a pure function of what is on each side and of what both had in common
//! (three-way, as in Unison: Pierce & Vouillon 2004). It asks nobody and changes nothing.
//!
//! An edit beats a delete. Where both sides changed, the content decides what to do, which is not known here: it is settled by who
//! carries the plan out.

mod collisions;
mod guard;

use crate::digest::ContentHash;
use crate::ledger::InStep;
use crate::local::LocalFile;
use crate::path::FilePath;
use crate::remote::{Expect, RemoteFile, Unusable};
use std::collections::{BTreeMap, BTreeSet};

pub use guard::{FolderIs, Question, Side, questions};

/// Which side may change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Direction {
    /// Both are kept in step.
    #[default]
    Both,
    /// What is here goes up, as a backup: nothing is removed there, and nothing changes here. What others remove there goes up again.
    Up,
    /// What is there comes down: nothing changes there, and nothing is removed here.
    Down,
}

/// What is to be done with one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It goes up.
    Upload {
        /// What it is here.
        local: LocalFile,
        /// What lies there now.
        expect: Expect,
    },
    /// It comes down.
    Download {
        /// What it is there.
        remote: RemoteFile,
        /// What lies here now.
        was: Option<ContentHash>,
    },
    /// It was deleted here, and so it is removed there.
    RemoveRemote(RemoteFile),
    /// It was deleted there, and so it is put away here.
    PutAway(LocalFile),
    /// Both sides have it, changed or never compared.
    Settle {
        /// What it is here.
        local: LocalFile,
        /// What it is there.
        remote: RemoteFile,
    },
    /// It is gone on both sides.
    Forget,
}

/// One file of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub path: FilePath,
    /// What is to be done with it.
    pub action: Action,
}

/// All that is to be done, in the order of the paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// File by file.
    pub steps: Vec<Step>,
    /// Files that are left alone, and why.
    pub unusable: Vec<Unusable>,
}

/// What is on both sides, and was in step.
#[derive(Debug, Clone, Default)]
pub struct Sides {
    /// The files of this machine.
    pub local: BTreeMap<FilePath, LocalFile>,
    /// Those of the storage.
    pub remote: BTreeMap<FilePath, RemoteFile>,
    /// What was in step.
    pub in_step: BTreeMap<FilePath, InStep>,
}

impl Action {
    /// How many bytes it moves at least.
    pub fn bytes(&self) -> u64 {
        match self {
            Action::Upload { local, .. } => local.size,
            Action::Download { remote, .. } | Action::Settle { remote, .. } => remote.size,
            Action::RemoveRemote(_) | Action::PutAway(_) | Action::Forget => 0,
        }
    }
}

/// The plan for these sides. Where one of them `folds_case`, files whose paths are then one are left alone, all but one.
pub fn plan(sides: &Sides, direction: Direction, folds_case: bool) -> Plan {
    let paths: BTreeSet<&FilePath> =
        sides.local.keys().chain(sides.remote.keys()).chain(sides.in_step.keys()).collect();
    let action = |path: &FilePath| {
        let (local, remote) = (sides.local.get(path), sides.remote.get(path));
        let action = action(local, remote, sides.in_step.get(path)).map(|action| action.towards(direction));
        action.filter(|action| action.suits(direction))
    };
    let all: Vec<(&FilePath, Option<Action>)> = paths.into_iter().map(|path| (path, action(path))).collect();
    // What goes away is in nobody's way: whoever is to have its name and finds it still there comes again.
    let stays = all.iter().filter(|(_, action)| !action.as_ref().is_some_and(Action::frees_a_name));
    let stay: BTreeSet<&FilePath> = stays.map(|(path, _)| *path).collect();
    let collisions = if folds_case { collisions::among(&stay, &sides.in_step) } else { Vec::new() };
    let left_alone: BTreeSet<&FilePath> = collisions.iter().map(|(path, _)| *path).collect();
    let steps = all.into_iter().filter(|(path, _)| !left_alone.contains(path));
    let steps = steps.filter_map(|(path, action)| Some(Step { path: path.clone(), action: action? }));
    Plan {
        steps: steps.collect(),
        unusable: collisions.iter().map(|(path, other)| collisions::told(path, other)).collect(),
    }
}

impl Action {
    /// The same, where only one side may change: what somebody removed from a backup goes up again.
    fn towards(self, direction: Direction) -> Self {
        match self {
            Action::PutAway(local) if direction == Direction::Up => Action::Upload { local, expect: Expect::Absent },
            action => action,
        }
    }

    /// Whether there is no such file on either side after it.
    fn frees_a_name(&self) -> bool {
        matches!(self, Action::RemoveRemote(_) | Action::PutAway(_) | Action::Forget)
    }

    /// Whether it changes only what may change.
    fn suits(&self, direction: Direction) -> bool {
        match self {
            Action::Forget | Action::Settle { .. } => true,
            Action::Upload { .. } => direction != Direction::Down,
            Action::Download { .. } => direction != Direction::Up,
            Action::RemoveRemote(_) | Action::PutAway(_) => direction == Direction::Both,
        }
    }
}

/// What is to be done with one file; `None` where it is in step.
fn action(local: Option<&LocalFile>, remote: Option<&RemoteFile>, in_step: Option<&InStep>) -> Option<Action> {
    let same_here = |local: &LocalFile| in_step.is_some_and(|was| was.hash == local.hash);
    let same_there = |remote: &RemoteFile| in_step.is_some_and(|was| was.revision == remote.revision);
    match (local, remote) {
        (None, None) => in_step.map(|_| Action::Forget),
        (Some(local), None) if same_here(local) => Some(Action::PutAway(local.clone())),
        (Some(local), None) => Some(Action::Upload { local: local.clone(), expect: Expect::Absent }),
        (None, Some(remote)) if same_there(remote) => Some(Action::RemoveRemote(remote.clone())),
        (None, Some(remote)) => Some(Action::Download { remote: remote.clone(), was: None }),
        (Some(local), Some(remote)) => match (same_here(local), same_there(remote)) {
            (true, true) => None,
            (true, false) => Some(Action::Download { remote: remote.clone(), was: Some(local.hash) }),
            (false, true) => {
                Some(Action::Upload { local: local.clone(), expect: Expect::Revision(remote.revision.clone()) })
            }
            (false, false) => Some(Action::Settle { local: local.clone(), remote: remote.clone() }),
        },
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
