//! Telling what changed, to the window of this process and to those who follow it.

use crate::api::{ControlWorker, Event, NoArgs};
use crate::changes::Changes;
use crate::error::Result;
use crate::service::Service;
use crate::{groups, views};
use legible_jobs::JobId;
use tracing::warn;

/// More changed jobs than this at once are not told one by one.
const TOLD_JOBS: usize = 100;

/// Turns noted changes into events, a few times a second.
pub(super) async fn tell_changes(service: Service) {
    loop {
        let changes = service.bus().changes().await;
        if let Err(error) = tell(&service, changes).await {
            warn!(%error, "changes could not be told");
        }
    }
}

async fn tell(service: &Service, changes: Changes) -> Result<()> {
    let bus = service.bus();
    for ControlWorker { id, action } in &changes.control {
        service.worker_pool().control(*id, *action);
    }
    if !changes.control.is_empty() {
        // The time of a job that goes on runs again.
        bus.note(Changes::work());
    }
    if let Some(passphrase) = changes.unlock {
        service.hear_unlock(passphrase).await;
    }
    if changes.many_items || !changes.items.is_empty() {
        bus.tell(Event::ItemsChanged { ids: changes.items.into_iter().collect() });
    }
    let (jobs, groups) = (changes.jobs, changes.groups);
    let looked = service.database().read(move |c| {
        let told = jobs.iter().take(TOLD_JOBS).map(|id| Ok(legible_jobs::job(c, JobId(*id))?));
        let jobs = told.filter_map(Result::transpose).collect::<Result<Vec<_>>>()?;
        let groups = groups.iter().filter_map(|id| groups::view(c, *id).transpose()).collect::<Result<Vec<_>>>()?;
        Ok((jobs, groups))
    });
    let (jobs, groups) = looked.await?;
    let around = service.circumstances(&jobs).await?;
    jobs.iter().for_each(|job| bus.tell(Event::JobChanged { job: Box::new(views::job(job, &around)) }));
    groups.into_iter().for_each(|group| bus.tell(Event::GroupChanged { group }));
    if changes.settings {
        bus.tell(Event::SettingsChanged { settings: Box::new(service.current_settings()?) });
    }
    if changes.schedules || changes.machine {
        bus.tell(Event::SchedulesChanged {});
    }
    if changes.sources || changes.machine {
        bus.tell(Event::SourcesChanged {});
    }
    if changes.storages || changes.machine {
        bus.tell(Event::StoragesChanged {});
    }
    if changes.reminders {
        bus.tell(Event::RemindersChanged {});
    }
    groups::tell_ended(service).await?;
    bus.tell(Event::StatusChanged { status: service.status(NoArgs {}).await? });
    Ok(())
}
