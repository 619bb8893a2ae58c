//! What of watched folders is still to be looked at: what settled since the last look. It lives in memory only. After a
//! restart, or when a look did not come to its end, everything is looked at.

use legible_sources::SourceId;
use legible_sources::folder::Place;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many files and folders are remembered one by one while a look waits; beyond it everything is to be looked at.
const MOST_PLACES: usize = 10_000;

/// Parts of a watched folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parts {
    /// All of it.
    All,
    /// These files and folders.
    These(BTreeSet<Place>),
}

/// Takes a file that was written to just now.
type Settling = Box<dyn Fn(PathBuf) + Send>;

/// What is still to be looked at, by source. Clones share it.
#[derive(Clone, Default)]
pub struct Unseen {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    parts: HashMap<SourceId, Parts>,
    /// Sources of which the next look is to go over everything, whatever asks for it.
    spoiled: HashSet<SourceId>,
    /// Who waits until the files of a source are whole.
    settling: HashMap<SourceId, Settling>,
    /// The folders that are watched; `None` before anybody began to.
    watched: Option<BTreeMap<SourceId, Stir>>,
}

/// What goes on in a watched folder.
#[derive(Default)]
struct Stir {
    /// Whether something there has yet to settle.
    settles: bool,
    /// How many files were handed on that nobody began to wait for yet.
    handed: usize,
}

impl Unseen {
    /// Adds parts to those of a source that are still to be looked at.
    pub fn add(&self, id: SourceId, more: Parts) {
        let mut state = self.state();
        let merged = match (state.parts.remove(&id), more) {
            (None, more) => more,
            (Some(Parts::These(mut known)), Parts::These(more)) => {
                known.extend(more);
                Parts::These(known)
            }
            _ => Parts::All,
        };
        let merged = match merged {
            Parts::These(places) if places.len() > MOST_PLACES => Parts::All,
            merged => merged,
        };
        state.parts.insert(id, merged);
    }

    /// Takes what is to be looked at of a source; all of it when nothing is known.
    pub fn take(&self, id: SourceId) -> Parts {
        let mut state = self.state();
        let spoiled = state.spoiled.remove(&id);
        state.parts.remove(&id).filter(|_| !spoiled).unwrap_or(Parts::All)
    }

    /// Says that a look took parts and did not come to its end: the next one is to go over everything. Nothing is asked for
    /// by that, so what failed or was cancelled does not begin again by itself; what was heard since asks as before.
    pub fn spoil(&self, id: SourceId) {
        self.state().spoiled.insert(id);
    }

    /// The sources of which something is still to be looked at.
    pub fn sources(&self) -> Vec<SourceId> {
        self.state().parts.keys().copied().collect()
    }

    /// Says that folders are watched from now on, or that there are none to watch.
    pub fn watch(&self) {
        self.state().watched.get_or_insert_default();
    }

    /// Says that the folder of a source is watched from now on, and who waits there until files are whole. It counts as one
    /// where something has yet to settle until it is known better.
    pub fn enter(&self, id: SourceId, settling: impl Fn(PathBuf) + Send + 'static) {
        let mut state = self.state();
        state.watched.get_or_insert_default().insert(id, Stir { settles: true, handed: 0 });
        state.settling.insert(id, Box::new(settling));
    }

    /// Says whether something in the watched folder of a source has yet to settle.
    pub fn stir(&self, id: SourceId, settles: bool) {
        if let Some(stir) = self.state().stir(id) {
            stir.settles = settles;
        }
    }

    /// Says that the folder of a source is not watched any more.
    pub fn leave(&self, id: SourceId) {
        let mut state = self.state();
        state.parts.remove(&id);
        state.spoiled.remove(&id);
        state.settling.remove(&id);
        state.watched.get_or_insert_default().remove(&id);
    }

    /// Hands on a file that was written to just now. Where nobody waits for it, the next look at everything finds it.
    pub fn not_yet(&self, id: SourceId, path: PathBuf) {
        let mut state = self.state();
        if let Some(stir) = state.stir(id) {
            stir.handed += 1;
        }
        if let Some(settling) = state.settling.get(&id) {
            settling(path);
        }
    }

    /// Takes a file into account that was handed on.
    pub fn handed(&self, id: SourceId) {
        if let Some(stir) = self.state().stir(id) {
            stir.handed = stir.handed.saturating_sub(1);
        }
    }

    /// Whether the folders are watched, nothing in them has yet to settle, and nothing is still to be looked at.
    pub fn is_calm(&self) -> bool {
        let state = self.state();
        let settled = |stir: &Stir| !stir.settles && stir.handed == 0;
        state.watched.as_ref().is_some_and(|watched| watched.values().all(settled)) && state.parts.is_empty()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn stir(&mut self, id: SourceId) -> Option<&mut Stir> {
        self.watched.as_mut()?.get_mut(&id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_gather_until_they_are_taken() {
        let (unseen, id) = (Unseen::default(), SourceId(1));
        let these = |paths: &[&str]| Parts::These(paths.iter().map(|path| Place::Tree(path.into())).collect());
        assert_eq!(unseen.take(id), Parts::All, "nothing is known");
        unseen.add(id, these(&["a"]));
        unseen.add(id, these(&["b", "a"]));
        assert_eq!(unseen.sources(), [id]);
        assert_eq!(unseen.take(id), these(&["a", "b"]));
        assert!(unseen.sources().is_empty());
        unseen.add(id, these(&["a"]));
        unseen.add(id, Parts::All);
        unseen.add(id, these(&["b"]));
        assert_eq!(unseen.take(id), Parts::All);
        unseen.add(id, these(&["a"]));
        unseen.take(id);
        unseen.spoil(id);
        assert!(unseen.sources().is_empty(), "it does not begin again by itself");
        unseen.add(id, these(&["b"]));
        assert_eq!(unseen.take(id), Parts::All, "nothing that it had taken is lost");
        unseen.add(id, these(&["c"]));
        assert_eq!(unseen.take(id), these(&["c"]));
        unseen.add(id, these(&["d"]));
        unseen.spoil(id);
        assert_eq!(unseen.sources(), [id], "what was heard since the look began is not forgotten");
        assert_eq!(unseen.take(id), Parts::All);
        assert!(unseen.sources().is_empty());
    }

    #[test]
    fn too_many_parts_are_everything() {
        let (unseen, id) = (Unseen::default(), SourceId(1));
        let some = |numbers: std::ops::Range<usize>| {
            Parts::These(numbers.map(|number| Place::Tree(number.to_string().into())).collect())
        };
        unseen.add(id, some(0..MOST_PLACES));
        unseen.add(id, some(0..MOST_PLACES));
        assert_eq!(unseen.take(id), some(0..MOST_PLACES));
        unseen.add(id, some(0..MOST_PLACES));
        unseen.add(id, some(MOST_PLACES..MOST_PLACES + 1));
        assert_eq!(unseen.take(id), Parts::All);
    }

    #[test]
    fn it_is_calm_once_all_that_stirred_was_looked_at() {
        let (unseen, id) = (Unseen::default(), SourceId(1));
        assert!(!unseen.is_calm(), "nobody watches yet");
        unseen.watch();
        assert!(unseen.is_calm(), "there is nothing to watch");
        unseen.stir(id, true);
        assert!(unseen.is_calm(), "it is not watched");
        unseen.enter(id, |_| ());
        assert!(!unseen.is_calm());
        unseen.add(id, Parts::All);
        unseen.stir(id, false);
        assert!(!unseen.is_calm(), "it settled, and is still to be looked at");
        unseen.take(id);
        assert!(unseen.is_calm());
        unseen.not_yet(id, "a".into());
        unseen.stir(id, false);
        assert!(!unseen.is_calm(), "a file is on its way to who waits for it");
        unseen.stir(id, true);
        unseen.handed(id);
        assert!(!unseen.is_calm(), "it is waited for");
        unseen.leave(id);
        assert!(unseen.is_calm());
    }
}
