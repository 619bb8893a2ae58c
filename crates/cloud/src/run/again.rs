//! Steps that failed by what may pass, done again after a pause: of thousands of requests one now and then fails, and that is no reason to
//! end the run and to look at everything anew.

use super::{Run, Tally};
use crate::Result;
use crate::error::Error;
use crate::limits::STEP_PATIENCE;
use crate::plan::Step;
use std::time::{Duration, Instant};

/// The longest that is waited before it is looked whether to stop.
const NAP: Duration = Duration::from_millis(50);

impl Run<'_> {
    /// Does a step, and again after each of the pauses while it fails by what may pass. Each time looks anew whether both sides are what the
    /// plan took them for: what was done and not heard of is not done twice.
    pub(super) fn patiently(&self, step: &Step) -> Result<Tally> {
        for pause in self.options.pauses {
            match self.do_step(step) {
                Err(Error::MayPass { retry_after, .. }) if retry_after.is_none_or(|asked| asked <= STEP_PATIENCE) => {
                    self.rest(retry_after.unwrap_or_default().max(*pause))?;
                }
                done => return done,
            }
        }
        self.do_step(step)
    }

    fn rest(&self, how_long: Duration) -> Result<()> {
        let begun = Instant::now();
        loop {
            if self.watch.stopped() {
                return Err(Error::Stopped);
            }
            let left = how_long.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(NAP));
        }
    }
}
