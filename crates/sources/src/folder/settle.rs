//! Waits until what changed is whole.
//!
//! A file is whole when nothing was heard of it for its quiet time and two questions, half a second apart, got the same
//! answer about its size and time. What is gone is given longer: a rename is told in halves, and an editor deletes what it is
//! about to write. There is no clock and no disk here: times are passed in, in milliseconds of any clock that does not go
//! back, and the disk is asked through a closure.

use crate::folder::{Event, Place, Stamp};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How far apart the two questions about a file are, in milliseconds.
const APART_MS: i64 = 500;

/// How long something must be gone to be believed gone, in milliseconds.
const GONE_MS: i64 = 2000;

/// How long a folder in which too much happens may go on before it is looked at even so, in milliseconds.
const LONGEST_MS: i64 = 10_000;

/// How many paths are waited for one by one; beyond it whole folders are.
const MOST_PATHS: usize = 20_000;

/// How many whole folders are waited for; beyond it everything is.
const MOST_FOLDERS: usize = 500;

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// A file of this size and time.
    File {
        /// In bytes.
        size: u64,
        /// When it was last changed, in nanoseconds since the Unix epoch.
        modified_ns: i64,
    },
    /// A folder.
    Folder,
    /// Nothing, or something that is never taken.
    Nothing,
}

impl Probe {
    /// What is at `path`, absolute. A link to a folder is nothing.
    pub fn of(path: &Path) -> Probe {
        match path.symlink_metadata() {
            Ok(metadata) if metadata.is_dir() => Probe::Folder,
            // What cannot be asked is not gone: the look that follows says why.
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                Probe::File { size: 0, modified_ns: 0 }
            }
            _ => match Stamp::of(path) {
                Ok(Some(Stamp { size, modified_ns, .. })) => Probe::File { size, modified_ns },
                Ok(None) | Err(_) => Probe::Nothing,
            },
        }
    }
}

/// What has not settled yet.
#[derive(Debug)]
pub struct Settle {
    quiet_ms: i64,
    most_paths: usize,
    most_folders: usize,
    waiting: HashMap<Arc<Path>, Waiting>,
    /// When each of `waiting` is to be asked next.
    due: BTreeSet<(i64, Arc<Path>)>,
    /// Folders in which too much happens for its files to be waited for one by one.
    busy: HashMap<PathBuf, Busy>,
    /// When everything is to be looked at.
    everything_at: Option<i64>,
    /// Whether files were turned away that another look will find.
    turned_away: bool,
}

/// A path that has not settled yet.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    due: i64,
    heard_at: i64,
    /// Whether it may be a folder that is new here.
    appeared: bool,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Something was heard of it.
    Heard,
    /// It was a file of this size and time when it was asked.
    Asked { at: i64, size: u64, modified_ns: i64 },
    /// It was gone.
    Gone,
}

/// A folder that is looked at as a whole.
#[derive(Debug, Clone, Copy)]
struct Busy {
    first_at: i64,
    heard_at: i64,
}

impl Settle {
    /// Nothing is waited for. `quiet_ms`: how long a file must have been left alone.
    pub fn new(quiet_ms: u32) -> Settle {
        Settle::bounded(quiet_ms, MOST_PATHS, MOST_FOLDERS)
    }

    fn bounded(quiet_ms: u32, most_paths: usize, most_folders: usize) -> Settle {
        Settle {
            quiet_ms: quiet_ms.into(),
            most_paths,
            most_folders,
            waiting: HashMap::new(),
            due: BTreeSet::new(),
            busy: HashMap::new(),
            everything_at: None,
            turned_away: false,
        }
    }

    /// Something happened at `now`.
    pub fn hear(&mut self, event: Event, now: i64) {
        match event {
            Event::Touched(path) => self.wait_for(path, State::Heard, false, now),
            Event::Appeared(path) => self.wait_for(path, State::Heard, true, now),
            Event::Gone(path) => self.wait_for(path, State::Gone, false, now),
            Event::Everything | Event::Deaf { .. } => self.wait_for_everything(now + self.quiet_ms),
            Event::RootGone => self.wait_for_everything(now + GONE_MS),
        }
    }

    /// A look found a file that is not ready, [`Finding::NotYet`](crate::folder::Finding::NotYet).
    pub fn not_yet(&mut self, path: PathBuf, now: i64) {
        if self.waiting.contains_key(path.as_path()) {
            return;
        }
        // Looks find it again, and what is waited for is to end before that.
        match self.waiting.len() < self.most_paths {
            true => self.wait_for(path, State::Heard, false, now),
            false => self.turned_away = true,
        }
    }

    /// When to call [`ready`](Settle::ready) next; `None` while nothing is waited for.
    pub fn next_at(&self) -> Option<i64> {
        let path = self.due.first().map(|(due, _)| *due);
        let busy = self.busy.values().map(|busy| self.busy_until(busy)).min();
        [path, busy, self.everything_at].into_iter().flatten().min()
    }

    /// What has settled by `now` and is to be looked at. `ask` tells what is at a path, relative to the watched folder.
    pub fn ready(&mut self, now: i64, mut ask: impl FnMut(&Path) -> Probe) -> Vec<Place> {
        if self.everything_at.is_some_and(|at| at <= now) {
            self.everything_at = None;
            return vec![Place::Tree(PathBuf::new())];
        }
        let mut places = Vec::new();
        while self.due.first().is_some_and(|(due, _)| *due <= now) {
            let Some((_, path)) = self.due.pop_first() else { break };
            let Some(waiting) = self.waiting.remove(&path) else { continue };
            match self.answer(waiting, ask(&path), now) {
                Answer::Wait(waiting) => self.put(path, waiting),
                Answer::Ready => places.push(Place::Settled(path.to_path_buf())),
                Answer::Tree => places.push(Place::Tree(path.to_path_buf())),
                Answer::Nothing => {}
            }
        }
        let quiet: Vec<PathBuf> =
            self.busy.iter().filter(|(_, busy)| self.busy_until(busy) <= now).map(|(path, _)| path.clone()).collect();
        for path in quiet {
            self.busy.remove(&path);
            places.push(Place::Tree(path));
        }
        if self.turned_away && self.waiting.is_empty() {
            self.turned_away = false;
            self.wait_for_everything(now + self.quiet_ms);
        }
        places.sort();
        places
    }

    fn wait_for(&mut self, path: PathBuf, state: State, appeared: bool, now: i64) {
        if self.everything_at.is_some() {
            // A file that is not whole by then is found not to be.
            return;
        }
        if let Some(busy) = path.ancestors().skip(1).find(|folder| self.busy.contains_key(*folder)).map(Path::to_owned)
        {
            self.busy.entry(busy).and_modify(|busy| busy.heard_at = now);
            return;
        }
        let path: Arc<Path> = path.into();
        let before = self.waiting.remove(&path);
        if let Some(before) = &before {
            self.due.remove(&(before.due, path.clone()));
        }
        let appeared = appeared || before.is_some_and(|before| before.appeared);
        let due = match state {
            State::Gone => now + GONE_MS,
            // The first question comes early enough for the second to end the quiet time.
            State::Heard | State::Asked { .. } => now + (self.quiet_ms - APART_MS).max(0),
        };
        self.put(path, Waiting { due, heard_at: now, appeared, state });
        if self.waiting.len() > self.most_paths {
            self.wait_for_folders(now);
        }
    }

    fn put(&mut self, path: Arc<Path>, waiting: Waiting) {
        self.due.insert((waiting.due, path.clone()));
        self.waiting.insert(path, waiting);
    }

    fn answer(&self, waiting: Waiting, probe: Probe, now: i64) -> Answer {
        let Waiting { heard_at, appeared, state, .. } = waiting;
        match probe {
            Probe::Folder if appeared || state == State::Gone => Answer::Tree,
            Probe::Folder => Answer::Nothing,
            Probe::Nothing if now - heard_at >= GONE_MS => Answer::Ready,
            Probe::Nothing => Answer::Wait(Waiting { due: heard_at + GONE_MS, state: State::Gone, ..waiting }),
            Probe::File { size, modified_ns } => {
                let (asked_at, heard_at) = match state {
                    State::Asked { at, size: before, modified_ns: then } if (before, then) == (size, modified_ns) => {
                        (at, heard_at)
                    }
                    State::Asked { .. } => (now, now),
                    State::Heard | State::Gone => (now, heard_at),
                };
                let due = (asked_at + APART_MS).max(heard_at + self.quiet_ms);
                if due <= now {
                    return Answer::Ready;
                }
                let state = State::Asked { at: asked_at, size, modified_ns };
                Answer::Wait(Waiting { due, heard_at, appeared, state })
            }
        }
    }

    /// Too many paths: waits for their folders instead, or for everything.
    fn wait_for_folders(&mut self, now: i64) {
        self.due.clear();
        let paths = std::mem::take(&mut self.waiting);
        let folders: HashSet<PathBuf> =
            paths.keys().map(|path| path.parent().unwrap_or(Path::new("")).to_owned()).collect();
        for folder in folders {
            self.busy.insert(folder, Busy { first_at: now, heard_at: now });
        }
        let nested = |folder: &PathBuf| folder.ancestors().skip(1).any(|above| self.busy.contains_key(above));
        let nested: Vec<PathBuf> = self.busy.keys().filter(|folder| nested(folder)).cloned().collect();
        for folder in nested {
            self.busy.remove(&folder);
        }
        if self.busy.len() > self.most_folders {
            self.wait_for_everything(now + self.quiet_ms);
        }
    }

    fn wait_for_everything(&mut self, at: i64) {
        self.waiting.clear();
        self.due.clear();
        self.busy.clear();
        self.turned_away = false;
        self.everything_at = Some(self.everything_at.map_or(at, |before| before.min(at)));
    }

    fn busy_until(&self, busy: &Busy) -> i64 {
        (busy.heard_at + self.quiet_ms).min(busy.first_at + LONGEST_MS.max(self.quiet_ms))
    }
}

/// What becomes of a path that was asked about.
enum Answer {
    Wait(Waiting),
    Ready,
    Tree,
    Nothing,
}

#[cfg(test)]
mod tests;
