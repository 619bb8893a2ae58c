//! Hashes of files that need not be read again.

use crate::digest::ContentHash;
use crate::path::FilePath;
use std::collections::{HashMap, HashSet};
use std::fs::Metadata;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A file that was changed less than this before it was read may be changed again without its times telling: file systems count
/// in steps of up to 2 seconds (FAT).
const STEP: Duration = Duration::from_secs(2);

/// What tells one state of a file from another without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Its size in bytes.
    pub size: u64,
    /// When its content was changed, in nanoseconds since the Unix epoch.
    pub modified_ns: i64,
    /// When anything was done to it, the same; 0 where the system does not tell.
    pub touched_ns: i64,
    /// Its number in its file system; 0 where there is none.
    pub number: u64,
}

impl Stamp {
    /// Of a file.
    #[cfg(unix)]
    pub fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        let nanos = |seconds: i64, nanos: i64| seconds.saturating_mul(1_000_000_000).saturating_add(nanos);
        Stamp {
            size: metadata.len(),
            modified_ns: nanos(metadata.mtime(), metadata.mtime_nsec()),
            touched_ns: nanos(metadata.ctime(), metadata.ctime_nsec()),
            number: metadata.ino(),
        }
    }

    /// Of a file.
    #[cfg(not(unix))]
    pub fn of(metadata: &Metadata) -> Self {
        let modified_ns = metadata.modified().map_or(0, nanos);
        Stamp { size: metadata.len(), modified_ns, touched_ns: 0, number: 0 }
    }

    /// Whether a content that was read at this time can have been changed since only so that another stamp tells.
    pub fn is_settled(&self, read_at: SystemTime) -> bool {
        let step = i64::try_from(STEP.as_nanos()).unwrap_or(i64::MAX);
        self.modified_ns.max(self.touched_ns).saturating_add(step) <= nanos(read_at)
    }
}

fn nanos(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

/// Remembers hashes of files by their paths and stamps.
pub trait Hashes: Send + Sync {
    /// The hash of a file in this state, if it was noted.
    fn known(&self, path: &FilePath, stamp: &Stamp) -> Option<ContentHash>;

    /// Notes the hash of a file in this state.
    fn note(&self, path: &FilePath, stamp: &Stamp, hash: &ContentHash);
}

/// Hashes in memory, which can be filled from elsewhere and tell what is new.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<Noted>);

#[derive(Debug, Default)]
struct Noted {
    all: HashMap<FilePath, (Stamp, ContentHash)>,
    new: HashSet<FilePath>,
    filled: bool,
}

impl InMemory {
    /// Fills it with what is known elsewhere, the first time.
    ///
    /// # Errors
    /// Those of who knows.
    pub fn fill_once<E>(
        &self,
        known: impl FnOnce() -> std::result::Result<Vec<(FilePath, Stamp, ContentHash)>, E>,
    ) -> std::result::Result<(), E> {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !noted.filled {
            noted.all.extend(known()?.into_iter().map(|(path, stamp, hash)| (path, (stamp, hash))));
            noted.filled = true;
        }
        Ok(())
    }

    /// What was noted since this was asked last.
    pub fn take_new(&self) -> Vec<(FilePath, Stamp, ContentHash)> {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = std::mem::take(&mut noted.new);
        let all = &noted.all;
        let hashed = |path: FilePath| {
            let (stamp, hash) = *all.get(&path)?;
            Some((path, stamp, hash))
        };
        new.into_iter().filter_map(hashed).collect()
    }
}

impl Hashes for InMemory {
    fn known(&self, path: &FilePath, stamp: &Stamp) -> Option<ContentHash> {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.all.get(path).filter(|(of, _)| of == stamp).map(|(_, hash)| *hash)
    }

    fn note(&self, path: &FilePath, stamp: &Stamp, hash: &ContentHash) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.all.insert(path.clone(), (*stamp, *hash));
        noted.new.insert(path.clone());
    }
}

impl<T: Hashes + ?Sized> Hashes for Arc<T> {
    fn known(&self, path: &FilePath, stamp: &Stamp) -> Option<ContentHash> {
        (**self).known(path, stamp)
    }

    fn note(&self, path: &FilePath, stamp: &Stamp, hash: &ContentHash) {
        (**self).note(path, stamp, hash);
    }
}
