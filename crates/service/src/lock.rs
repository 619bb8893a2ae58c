//! The lock that makes one process the runner. The kernel frees it however the process ends, so a killed runner is
//! followed at once (see `docs/adr/0001-one-runner-by-os-lock.md`).

use crate::error::{Error, Result};
use std::fs::{File, TryLockError};
use std::path::Path;

/// Held by the process that runs the jobs; freed when dropped.
#[derive(Debug)]
pub struct RunnerLock {
    _file: File,
}

impl RunnerLock {
    /// Takes the lock in this directory, or returns `None` when another process holds it. Never waits.
    ///
    /// # Errors
    /// When the lock file cannot be made or locked at all.
    pub fn try_take(directory: &Path) -> Result<Option<Self>> {
        let path = directory.join("runner.lock");
        let failed = |error| Error::File { path: path.clone(), error };
        std::fs::create_dir_all(directory).map_err(failed)?;
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(RunnerLock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holder_at_a_time() {
        let home = tempfile::tempdir().unwrap();
        let first = RunnerLock::try_take(home.path()).unwrap();
        assert!(first.is_some());
        assert!(RunnerLock::try_take(home.path()).unwrap().is_none());
        drop(first);
        assert!(RunnerLock::try_take(home.path()).unwrap().is_some());
    }
}
