//! Commands on storages: list, set, plan, bring in step, remove.

use crate::api::{
    Done, EnableStorage, NoArgs, PlanStorage, Removed, StorageDraft, StorageRef, StorageView, Storages, SyncNow,
    SyncPlan, SyncQuestion, SyncTransfers,
};
use crate::changes::Changes;
use crate::cloud::accounts::account::{self, Known};
use crate::cloud::accounts::place::Needs;
use crate::cloud::accounts::schedule::{self, When};
use crate::cloud::told::view::{jobs_of, view};
use crate::cloud::told::{telling, wire};
use crate::error::{Error, Result};
use crate::handlers::SYNC;
use crate::handlers::sync::{Payload, plan, subject_of};
use crate::limits::{RUN_ATTEMPTS, SYNC_PRIORITY};
use crate::schedules::{conditions, rule, system_zone, zone};
use crate::service::Service;
use crate::tables::transfers;
use legible_cloud::store::{self, RemoteId, StoredRemote};
use legible_jobs::{Filter, Job, NewJob, State};
use rusqlite::{Connection, Transaction};
use serde_json::json;

impl Service {
    /// All storages.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn storages(&self, _: NoArgs) -> Result<Storages> {
        let around = self.circumstances_of_schedules().await?;
        let read = move |conn: &Connection| {
            account::all(conn)?.iter().map(|known| view(conn, known, &around)).collect::<Result<Vec<_>>>()
        };
        Ok(Storages { storages: self.database().read(read).await?, system_zone: system_zone() })
    }

    /// Makes or changes a storage, once it was tried what it does. Nothing is moved by that.
    ///
    /// # Errors
    /// When something in it cannot be used, its secret cannot be kept, or it cannot be reached.
    pub async fn save_storage(&self, draft: StorageDraft) -> Result<StorageView> {
        zone(&draft.zone)?;
        let now = self.now();
        let when = When {
            by_the_clock: draft.rule.as_ref().map(|wanted| rule(wanted, None, now)).transpose()?,
            on_change: draft.on_change.then(|| self.folder()).transpose()?.map(|folder| folder.root().to_owned()),
            zone: draft.zone.clone(),
            conditions: conditions(&draft.conditions, &draft.zone)?,
        };
        let kept = self.blocking(move |service| service.keep_storage(&draft, when, now)).await?;
        if let Some((kind, old)) = kept.used_no_more {
            // Another grant has taken its place: what the provider says to that is of no use to anybody.
            self.sign_out(kind, &old).await;
        }
        self.storage_changed(kept.id).await
    }

    /// What would be done with a storage now. Nothing is moved, and nothing noted. It ends when another plan of the storage is asked for.
    ///
    /// # Errors
    /// When one of the sides cannot be looked at, or nobody waits for it any more.
    pub async fn plan_storage(&self, PlanStorage { id, folder }: PlanStorage) -> Result<SyncPlan> {
        let waiting = self.plans().begin(id);
        let token = waiting.token();
        self.blocking(move |service| {
            let known = service.database().read_blocking(|conn| account::known(conn, RemoteId(id)))?;
            let (plan, questions) = plan(service, &known, folder.map(wire::folder_is), &token)?;
            Ok(wire::plan_view(&plan, &questions))
        })
        .await
    }

    /// Ends the plan of a storage that is just being made, if one is.
    ///
    /// # Errors
    /// None.
    pub async fn stop_plan(&self, StorageRef { id }: StorageRef) -> Result<Done> {
        self.plans().stop(id);
        Ok(Done {})
    }

    /// Brings a storage in step at once, whatever its conditions.
    ///
    /// # Errors
    /// When there is no such storage.
    pub async fn sync_storage(&self, SyncNow { id, agreed }: SyncNow) -> Result<StorageView> {
        let (id, now) = (RemoteId(id), self.now());
        let enqueued = self.database().write(move |tx| {
            let known = account::known(tx, id)?;
            // One that waits for its conditions gives way to one that does not, which takes over what a person agreed to.
            let waiting = Filter { states: Some(vec![State::Enqueued, State::Blocked]), ..jobs_of(id) };
            let agreed = agreed_in(tx, &waiting)?.into_iter().chain(agreed).collect::<Vec<_>>();
            legible_jobs::request_cancel(tx, &waiting, now)?;
            // What goes on knows nothing of what is agreed to now: another one follows it.
            let running = Filter { states: Some(vec![State::Running]), ..jobs_of(id) };
            let follows = !agreed.is_empty() && legible_jobs::jobs(tx, &running, 0, 1)?.total > 0;
            let job = NewJob {
                priority: SYNC_PRIORITY,
                max_attempts: RUN_ATTEMPTS,
                subject: Some(subject_of(id)),
                unique: (!follows).then(|| subject_of(id)),
                title: known.name,
                ..NewJob::new(SYNC, json!(Payload { storage: id.0, agreed, when_changed: false, follows: false }), now)
            };
            legible_jobs::enqueue(tx, &job, now)?;
            Ok(())
        });
        enqueued.await?;
        self.storage_changed(id).await
    }

    /// Stops bringing a storage in step, or what waits for that. The next time goes on where it was.
    ///
    /// # Errors
    /// When there is no such storage.
    pub async fn stop_storage(&self, StorageRef { id }: StorageRef) -> Result<StorageView> {
        let (id, now) = (RemoteId(id), self.now());
        let stop = self.database().write(move |tx| {
            account::known(tx, id)?;
            Ok(legible_jobs::request_cancel(tx, &jobs_of(id), now)?)
        });
        stop.await?;
        self.storage_changed(id).await
    }

    /// The files that were last moved to or from a storage.
    ///
    /// # Errors
    /// When there is no such storage.
    pub async fn transfers(&self, StorageRef { id }: StorageRef) -> Result<SyncTransfers> {
        let id = RemoteId(id);
        let read = move |conn: &Connection| {
            account::known(conn, id)?;
            transfers::last(conn, id)
        };
        Ok(SyncTransfers { transfers: self.database().read(read).await? })
    }

    /// Switches on or off that a storage is brought in step by itself. What goes on goes on.
    ///
    /// # Errors
    /// When there is no such storage.
    pub async fn enable_storage(&self, EnableStorage { id, enabled }: EnableStorage) -> Result<StorageView> {
        let (id, now) = (RemoteId(id), self.now());
        let switch = self.database().write(move |tx| {
            let old = store::remote(tx, id)?.ok_or_else(|| Error::NotFound(format!("storage {}", id.0)))?;
            store::change(tx, &StoredRemote { enabled, ..old })?;
            schedule::enable(tx, id, enabled, now)
        });
        switch.await?;
        self.storage_changed(id).await
    }

    /// Removes a storage, and forgets what was in step with it and its secret; who is signed in for it is signed out. Nothing is deleted on
    /// either side.
    ///
    /// # Errors
    /// When there is no such storage.
    pub async fn remove_storage(&self, StorageRef { id }: StorageRef) -> Result<Removed> {
        let (id, now) = (RemoteId(id), self.now());
        let removed = self.database().write(move |tx| forget(tx, id, now)).await?;
        let secret = removed.account.secret_name(id);
        let still_granted = match (removed.account.place.needs(), &secret) {
            (Needs::SignIn(kind), Some(name)) => self.sign_out(kind, name).await,
            _ => None,
        };
        let forget = move |service: &Service| {
            // Made of the library, and of no use any more.
            let _ = std::fs::remove_dir_all(service.places().texts_for(id.0));
            secret.iter().for_each(|name| service.forget_secret(name));
            Ok(())
        };
        self.blocking(forget).await?;
        self.announce(Changes { storages: true, ..Changes::work() }).await;
        Ok(Removed { still_granted })
    }

    /// Tells of a change, and answers with the storage as it is now.
    async fn storage_changed(&self, id: RemoteId) -> Result<StorageView> {
        self.announce(Changes { storages: true, ..Changes::work() }).await;
        let around = self.circumstances_of_schedules().await?;
        self.database().read(move |conn| view(conn, &account::known(conn, id)?, &around)).await
    }
}

/// What a person agreed to for jobs that did not begin.
fn agreed_in(conn: &Connection, waiting: &Filter) -> Result<Vec<SyncQuestion>> {
    let jobs = legible_jobs::jobs(conn, waiting, 0, u64::from(u16::MAX))?.jobs;
    let payload = |job: Job| serde_json::from_value::<Payload>(job.payload).ok();
    Ok(jobs.into_iter().filter_map(payload).flat_map(|payload| payload.agreed).collect())
}

/// Forgets a storage with its schedule, and gives back what it was.
fn forget(tx: &Transaction<'_>, id: RemoteId, now: i64) -> Result<Known> {
    let known = account::known(tx, id)?;
    schedule::remove(tx, id, now)?;
    legible_jobs::request_cancel(tx, &jobs_of(id), now)?;
    store::remove(tx, id)?;
    telling::forget(tx, id)?;
    Ok(known)
}
