//! Commands on storages: list, set, plan, bring in step, remove.

use crate::api::{EnableStorage, NoArgs, StorageDraft, StorageRef, StorageView, Storages, SyncNow, SyncPlan, Touched};
use crate::changes::Changes;
use crate::cloud::account::{self, Account, Known, secret_of};
use crate::cloud::schedule::{self, When};
use crate::cloud::view::{jobs_of, view};
use crate::cloud::{JobWatch, telling, wire};
use crate::error::{Error, Result};
use crate::handlers::SYNC;
use crate::handlers::sync::{Payload, plan, subject_of};
use crate::limits::{MAX_STORAGE_NAME, PROBE_WITHIN, RUN_ATTEMPTS, SYNC_PRIORITY};
use crate::schedules::{conditions, rule, system_zone, zone};
use crate::service::Service;
use legible_cloud::remote::storage::{Found, Secret};
use legible_cloud::store::{self, RemoteId, StoredRemote};
use legible_jobs::{Filter, NewJob, State};
use legible_vision::worker::CancelToken;
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
        let id = self.blocking(move |service| service.keep_storage(&draft, when, now)).await?;
        self.storage_changed(id).await
    }

    fn keep_storage(&self, draft: &StorageDraft, when: When, now: i64) -> Result<RemoteId> {
        let old = match draft.id {
            Some(id) => Some(self.database().read_blocking(|conn| account::known(conn, RemoteId(id)))?),
            None => None,
        };
        let typed = draft.secret.as_deref().filter(|secret| !secret.is_empty());
        let before = old.as_ref().map(|old| secret_of(old.id, &old.account));
        let mut account = Account { secret: before.clone(), ..wire::account(draft, Found::default())? };
        let secret = match (typed, &old) {
            (Some(secret), _) => Secret::new(secret),
            // What opens one place is not shown to another.
            (None, Some(old)) if old.account.place != account.place && account.needs_secret() => {
                return Err(Error::BadRequest("type the password or key again: it is for another place".into()));
            }
            (None, Some(old)) => self.secret_of_storage(old.id, &account)?,
            (None, None) => Secret::default(),
        };
        account.found = self.probed(&account, &secret)?;
        let name = match draft.name.trim() {
            "" => wire::place_words(&account.place).chars().take(MAX_STORAGE_NAME).collect(),
            name if name.chars().count() > MAX_STORAGE_NAME => {
                return Err(Error::BadRequest(format!("a name may have {MAX_STORAGE_NAME} characters")));
            }
            name => name.to_owned(),
        };
        let enabled = draft.enabled;
        let is_other = |old: &Account| {
            let same = old.place == account.place && old.content == account.content;
            !same || old.direction() != account.direction()
        };
        let moved = old.as_ref().is_some_and(|old| is_other(&old.account));
        let new_secret = typed.map(|_| self.new_name("storage"));
        if let (Some(name), Some(secret)) = (&new_secret, typed) {
            // Before anything else is changed, and under a name of its own: no place ever meets the secret of another.
            self.secrets().set(name, secret)?;
            account.secret = Some(name.clone());
        }
        let old_id = old.map(|old| old.id);
        let kept = self.database().write_blocking(move |tx| {
            let spec = serde_json::to_string(&account).map_err(|error| Error::Internal(error.to_string()))?;
            let id = old_id.unwrap_or(RemoteId(0));
            let kind = account.kind().to_owned();
            let new = StoredRemote { id, kind, name, spec, capabilities: None, enabled, created_at: now };
            let id = match old_id {
                None => store::add(tx, &new)?,
                Some(id) => {
                    store::change(tx, &new)?;
                    if moved {
                        // Of another place or other files nothing is known, and where another side may change, what was in step says something else.
                        store::forget_all(tx, id)?;
                        legible_jobs::request_cancel(tx, &jobs_of(id), now)?;
                    }
                    id
                }
            };
            let known = Known { id, name: new.name, account, enabled };
            schedule::keep(tx, &known, &when, now)?;
            Ok(id)
        });
        let unused = match &kept {
            Ok(_) => before.filter(|_| new_secret.is_some()),
            Err(_) => new_secret,
        };
        unused.iter().for_each(|name| self.forget_secret(name));
        kept
    }

    /// Forgets the secret of a storage. Where that fails, it stays, sealed.
    fn forget_secret(&self, name: &str) {
        if let Err(error) = self.secrets().forget(name) {
            tracing::warn!(%error, "the secret of a storage was not forgotten");
        }
    }

    /// What a storage does, tried.
    fn probed(&self, account: &Account, secret: &Secret) -> Result<Found> {
        let token = CancelToken::new();
        let watch = JobWatch::new(&token, None);
        let storage = self.storage(account, secret)?;
        std::thread::scope(|scope| {
            let (ended, end) = std::sync::mpsc::channel::<()>();
            let timer = token.clone();
            scope.spawn(move || {
                if end.recv_timeout(PROBE_WITHIN) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                    timer.cancel();
                }
            });
            let found = storage.probe(&watch);
            drop(ended);
            match found {
                Err(legible_cloud::Error::Stopped) => {
                    let message = format!("the storage did not answer within {} s", PROBE_WITHIN.as_secs());
                    Err(legible_cloud::Error::may_pass(message).into())
                }
                found => Ok(found?),
            }
        })
    }

    /// What would be done with a storage now. Nothing is moved.
    ///
    /// # Errors
    /// When one of the sides cannot be looked at.
    pub async fn plan_storage(&self, StorageRef { id }: StorageRef) -> Result<SyncPlan> {
        self.blocking(move |service| {
            let known = service.database().read_blocking(|conn| account::known(conn, RemoteId(id)))?;
            let (plan, questions) = plan(service, &known)?;
            Ok(wire::plan_view(&plan, &questions))
        })
        .await
    }

    /// Brings a storage in step at once, whatever its conditions.
    ///
    /// # Errors
    /// When there is no such storage.
    pub async fn sync_storage(&self, SyncNow { id, agreed }: SyncNow) -> Result<StorageView> {
        let (id, now) = (RemoteId(id), self.now());
        let enqueued = self.database().write(move |tx| {
            let known = account::known(tx, id)?;
            // One that waits for its conditions gives way to one that does not.
            let waiting = Filter { states: Some(vec![State::Enqueued, State::Blocked]), ..jobs_of(id) };
            legible_jobs::request_cancel(tx, &waiting, now)?;
            let job = NewJob {
                priority: SYNC_PRIORITY,
                max_attempts: RUN_ATTEMPTS,
                subject: Some(subject_of(id)),
                unique: Some(subject_of(id)),
                title: known.name,
                ..NewJob::new(SYNC, json!(Payload { storage: id.0, agreed, when_changed: false }), now)
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

    /// Removes a storage, and forgets what was in step with it and its secret. Nothing is deleted on either side.
    ///
    /// # Errors
    /// When there is no such storage.
    pub async fn remove_storage(&self, StorageRef { id }: StorageRef) -> Result<Touched> {
        let (id, now) = (RemoteId(id), self.now());
        let removed = self.database().write(move |tx| forget(tx, id, now)).await?;
        let needs_secret = removed.account.secret.is_some() || removed.account.needs_secret();
        let secret = secret_of(id, &removed.account);
        let forget = move |service: &Service| {
            // Made of the library, and of no use any more.
            let _ = std::fs::remove_dir_all(service.places().texts_for(id.0));
            if needs_secret {
                service.forget_secret(&secret);
            }
            Ok(())
        };
        self.blocking(forget).await?;
        self.announce(Changes { storages: true, ..Changes::work() }).await;
        Ok(Touched { count: 1 })
    }

    /// Tells of a change, and answers with the storage as it is now.
    async fn storage_changed(&self, id: RemoteId) -> Result<StorageView> {
        self.announce(Changes { storages: true, ..Changes::work() }).await;
        let around = self.circumstances_of_schedules().await?;
        self.database().read(move |conn| view(conn, &account::known(conn, id)?, &around)).await
    }
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
