//! Forgetting jobs that ended, batch by batch, so that other writers get their turn.

use crate::clock::millis;
use crate::error::Result;
use crate::limits::{HISTORY_KEPT, PRUNE_BATCH};
use crate::service::Service;
use legible_jobs::Filter;

impl Service {
    /// Jobs that ended before this time, in milliseconds since the Unix epoch, ended long ago.
    pub(crate) fn long_ago(&self) -> i64 {
        self.now().saturating_sub(millis(HISTORY_KEPT))
    }

    /// Forgets the jobs of the filter that ended before a time; returns how many. `between` is told before each batch how
    /// many are forgotten by then, and may stop it by an error. Blocks: not for async code.
    ///
    /// # Errors
    /// That of `between`, or when the database fails. What was forgotten by then stays forgotten.
    pub(crate) fn forget_jobs(
        &self,
        filter: &Filter,
        before: i64,
        mut between: impl FnMut(usize) -> Result<()>,
    ) -> Result<usize> {
        let mut forgotten = 0;
        loop {
            between(forgotten)?;
            let (filter, now) = (filter.clone(), self.now());
            let batch = self
                .database()
                .write_blocking(move |tx| Ok(legible_jobs::prune(tx, &filter, before, now, PRUNE_BATCH)?))?;
            forgotten += batch;
            if batch < PRUNE_BATCH {
                return Ok(forgotten);
            }
        }
    }
}
