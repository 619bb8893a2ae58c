//! Tells a person what they wanted to be told at this time.

use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work};
use crate::reminders;

/// The `remind` job: a run of a reminder's schedule.
pub struct Remind;

impl Handler for Remind {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let schedule = work.lease.schedule;
        let id = schedule.ok_or_else(|| Error::Internal("a reminder without a schedule".into()))?;
        let now = work.service.now();
        Ok(Box::new(move |tx| {
            // One that was removed while it came up has nothing to say any more.
            if reminders::find(tx, id.0)?.is_some() {
                reminders::set_due(tx, id, Some(now), None)?;
            }
            Ok(Done { output: None, changes: Changes { reminders: true, ..Changes::default() } })
        }))
    }
}
