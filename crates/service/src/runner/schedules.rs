//! The runner's part in schedules: those that are due become jobs, and what happens starts those that wait for it.

use super::Runner;
use crate::changes::Changes;
use crate::error::Result;
use crate::limits::FIRED_AT_ONCE;
use legible_jobs::{Fired, ScheduleId, Trigger};
use tracing::{debug, warn};

impl Runner {
    /// Enqueues the runs of schedules that are due.
    pub(super) async fn fire_schedules(&mut self, now: i64) -> Result<()> {
        let fire = move |tx: &rusqlite::Transaction<'_>| Ok(legible_jobs::fire_due(tx, now, FIRED_AT_ONCE)?);
        let fired = self.service.database().write(fire).await?;
        // More may be due: then the next step comes at once.
        self.tell_fired(&fired, fired.len() == FIRED_AT_ONCE);
        Ok(())
    }

    /// Starts the schedules that wait for what happened.
    pub(super) async fn trigger(&mut self, what: &[Trigger]) {
        for trigger in what {
            let (now, trigger) = (self.service.now(), trigger.clone());
            debug!(?trigger, "starting what waits for it");
            match self.service.database().write(move |tx| Ok(legible_jobs::trigger(tx, &trigger, now)?)).await {
                Ok(fired) => self.tell_fired(&fired, false),
                Err(error) => warn!(%error, "what waits for an event could not be started"),
            }
        }
    }

    /// Notes that folders of schedules changed.
    pub(super) async fn folders_changed(&mut self, schedules: Vec<ScheduleId>) {
        let now = self.service.now();
        let note = move |tx: &rusqlite::Transaction<'_>| {
            // A schedule that was removed since has no folder any more.
            schedules.iter().for_each(|id| drop(legible_jobs::folder_changed(tx, *id, now)));
            Ok(())
        };
        if let Err(error) = self.service.database().write(note).await {
            warn!(%error, "the change of a folder could not be noted");
        }
    }

    fn tell_fired(&self, fired: &[Fired], more: bool) {
        if fired.is_empty() {
            return;
        }
        let mut changes = Changes { schedules: true, ..Changes::default() };
        changes.jobs.extend(fired.iter().flat_map(|fired| &fired.jobs).map(|job| job.0));
        self.service.bus().note(if more { changes.and_work() } else { changes });
    }
}
