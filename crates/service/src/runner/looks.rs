//! The runner's part in sources: it watches their folders and puts looks into the queue when something changed there.

use super::Runner;
use super::watched::News;
use crate::changes::Changes;
use crate::error::Result;
use crate::handlers::look;
use crate::sources::{looks, schedule_of};
use legible_jobs::{JobId, State};
use legible_sources::{FolderSpec, SourceId, Spec};
use rusqlite::{Connection, Transaction};
use tracing::warn;

/// The folders that are to be watched.
pub(super) fn watched_folders(conn: &Connection) -> Result<Vec<(SourceId, FolderSpec)>> {
    // One that cannot be read does not look, and hinders no other.
    let sources = legible_sources::sources(conn)?.into_iter().flatten().filter(|source| source.enabled);
    let folder = |source: legible_sources::Source| match source.spec {
        Spec::Folder(spec) => Some((source.id, spec)),
        _ => None,
    };
    Ok(sources.filter_map(folder).collect())
}

impl Runner {
    /// Has sources look again whose look died with the program.
    pub(super) async fn resume_looks(&self) {
        let now = self.service.now();
        if let Err(error) = self.service.database().write(move |tx| look::resume_given_up(tx, now)).await {
            warn!(%error, "looks that were cut short wait for their time");
        }
    }

    /// Watches the folders of sources. While nobody knows which places are Legible's own, such as when the settings have a
    /// mistake, those that are watched stay so.
    pub(super) async fn watch_folders(&mut self, wanted: Vec<(SourceId, FolderSpec)>) -> Result<()> {
        let own = match wanted.is_empty() {
            true => Ok(vec![]),
            false => self.service.blocking(|service| service.own_places()).await,
        };
        let known = own.is_ok();
        match own {
            Ok(own) => self.watched.follow(wanted, &own),
            Err(error) if self.knows_own_places => warn!(%error, "folders stay watched as they are"),
            Err(_) => {}
        }
        self.knows_own_places = known;
        // What came while a look went on. While it does, or waits, asking would only write.
        let pending = self.service.unseen().sources();
        if pending.is_empty() {
            return Ok(());
        }
        let idle = move |conn: &Connection| {
            let is_idle = |id: &SourceId| -> Result<bool> {
                Ok(legible_jobs::jobs(conn, &looks(*id, Some(&State::ACTIVE)), 0, 1)?.total == 0)
            };
            let idle = pending.into_iter().map(|id| Ok(is_idle(&id)?.then_some(id)));
            Ok(idle.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect::<Vec<_>>())
        };
        for id in self.service.database().read(idle).await? {
            self.ask_for_look(id).await;
        }
        Ok(())
    }

    /// Carries out what a watched folder told.
    pub(super) async fn heard(&mut self, news: News) {
        match news {
            News::Look(id) => self.ask_for_look(id).await,
            News::Hears(id, words) => {
                let note = move |tx: &Transaction<'_>| Ok(legible_sources::set_watching(tx, id, Some(&words))?);
                if let Err(error) = self.service.database().write(note).await {
                    warn!(%error, "how a folder is watched was not noted");
                }
                self.service.bus().note(Changes { sources: true, ..Changes::default() });
            }
        }
    }

    /// Puts a look into the queue, unless one waits there. One that goes on may be past what changed: then this is asked
    /// again when it ends.
    async fn ask_for_look(&self, id: SourceId) {
        let now = self.service.now();
        let ask = move |tx: &Transaction<'_>| -> Result<Option<JobId>> {
            let Some(schedule) = schedule_of(tx, id)? else { return Ok(None) };
            let asked = legible_jobs::run_schedule_because(tx, schedule.id, now)?;
            Ok(Some(asked.id).filter(|_| asked.new))
        };
        match self.service.database().write(ask).await {
            Ok(Some(job)) => {
                let changes = Changes { sources: true, ..Changes::work() };
                self.service.bus().note(changes.and_job(job.0));
            }
            Ok(None) => {}
            Err(error) => warn!(%error, source = id.0, "a look could not be asked for"),
        }
    }
}
