//! The runner's part in schedules: those that are due become jobs, and what happens starts those that wait for it.

use super::Runner;
use crate::changes::Changes;
use crate::error::Result;
use crate::limits::FIRED_AT_ONCE;
use legible_jobs::{Fired, ScheduleId, Trigger};
use tracing::{debug, warn};

impl Runner {
    /// Enqueues the runs of schedules that are due, and has itself woken for the next.
    pub(super) async fn fire_schedules(&mut self) -> Result<()> {
        let now = self.service.now();
        let due = self.service.database().read(move |c| Ok(legible_jobs::next_schedule_at(c, now)?)).await?;
        if due.is_some_and(|due| due <= now) {
            let fire = move |tx: &rusqlite::Transaction<'_>| Ok(legible_jobs::fire_due(tx, now, FIRED_AT_ONCE)?);
            let fired = self.service.database().write(fire).await?;
            // More may be due: then the next step comes at once.
            self.tell_fired(&fired, fired.len() == FIRED_AT_ONCE);
        }
        let next = self.service.database().read(move |c| Ok(legible_jobs::next_schedule_at(c, now)?)).await?;
        self.timekeeper.arm(next, now).await;
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

    /// Watches the folders that schedules name, as they are now.
    pub(super) async fn follow_folders(&mut self) {
        match self.service.database().read(|c| Ok(legible_jobs::folder_schedules(c)?)).await {
            Ok(schedules) => self.folders.follow(&schedules),
            Err(error) => warn!(%error, "the folders of schedules are not known"),
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
