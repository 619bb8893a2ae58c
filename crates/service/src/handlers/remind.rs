//! Tells a person what they wanted to be told at this time.

use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work};
use crate::reminders;
use crate::tables::outbox;
use crate::tables::reminders::set_due;
use crate::telling::message::{self, ReminderDue};

/// The `remind` job: a run of a reminder's schedule.
pub struct Remind;

impl Handler for Remind {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let schedule = work.lease.schedule;
        let id = schedule.ok_or_else(|| Error::Internal("a reminder without a schedule".into()))?;
        let now = work.service.now();
        Ok(Box::new(move |tx| {
            // One that was removed while it came up has nothing to say any more.
            if let Some(stored) = reminders::find(tx, id.0)? {
                set_due(tx, id, Some(now), None)?;
                let draft = reminders::view(tx, &stored)?.draft;
                let due = ReminderDue { id: id.0, title: draft.title, note: draft.note, item: draft.item };
                outbox::put(tx, &message::reminder_due(&due), now)?;
            }
            Ok(Done { output: None, changes: Changes { reminders: true, ..Changes::default() } })
        }))
    }
}
