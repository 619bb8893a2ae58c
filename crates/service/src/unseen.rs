//! What of watched folders is still to be looked at: what settled since the last look. It lives in memory only. After a
//! restart, or when a look did not come to its end, everything is looked at.

use legible_sources::SourceId;
use legible_sources::folder::Place;
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

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
    parts: Arc<Mutex<HashMap<SourceId, Parts>>>,
    /// Who waits until the files of a source are whole.
    settling: Arc<Mutex<HashMap<SourceId, Settling>>>,
}

impl Unseen {
    /// Adds parts to those of a source that are still to be looked at.
    pub fn add(&self, id: SourceId, more: Parts) {
        let mut all = self.lock();
        let merged = match (all.remove(&id), more) {
            (None, more) => more,
            (Some(Parts::These(mut known)), Parts::These(more)) => {
                known.extend(more);
                Parts::These(known)
            }
            _ => Parts::All,
        };
        all.insert(id, merged);
    }

    /// Takes what is to be looked at of a source; all of it when nothing is known.
    pub fn take(&self, id: SourceId) -> Parts {
        self.lock().remove(&id).unwrap_or(Parts::All)
    }

    /// The sources of which something is still to be looked at.
    pub fn sources(&self) -> Vec<SourceId> {
        self.lock().keys().copied().collect()
    }

    /// Forgets what was to be looked at of a source.
    pub fn forget(&self, id: SourceId) {
        self.lock().remove(&id);
    }

    /// Says who waits until the files of a source are whole.
    pub fn settle_with(&self, id: SourceId, settling: impl Fn(PathBuf) + Send + 'static) {
        self.settling.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Box::new(settling));
    }

    /// Hands on a file that was written to just now. Where nobody waits for it, the next look at everything finds it.
    pub fn not_yet(&self, id: SourceId, path: PathBuf) {
        let settling = self.settling.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(settling) = settling.get(&id) {
            settling(path);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<SourceId, Parts>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
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
    }
}
