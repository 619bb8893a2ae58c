//! When a storage is brought in step: by the clock, and soon after something changed in the library folder.

use super::account::Known;
use crate::clock::millis;
use crate::error::Result;
use crate::handlers::SYNC;
use crate::handlers::sync::subject_of;
use crate::limits::{CHANGES_SETTLE, CHANGES_WAIT, FOLLOWS_AFTER, RUN_ATTEMPTS, SYNC_BUDGET, SYNC_PRIORITY};
use crate::schedules::said;
use crate::service::Service;
use legible_cloud::store::{self, RemoteId};
use legible_jobs::{
    Backoff, Conditions, Missed, NewJob, Overlap, Rule, Schedule, SchedulePolicy, StoredSchedule, Trigger,
};
use legible_paths as paths;
use rusqlite::{Connection, Transaction};
use serde_json::json;
use std::path::{Path, PathBuf};

/// When a person wants it.
#[derive(Debug, Clone)]
pub struct When {
    /// By the clock.
    pub by_the_clock: Option<Rule>,
    /// The folder whose changes it follows.
    pub on_change: Option<PathBuf>,
    /// The zone of the clock.
    pub zone: String,
    /// What it needs of the machine.
    pub conditions: Conditions,
}

/// The rule of a storage that is brought in step only when a person says so: its schedule is switched off.
pub fn only_when_asked() -> Rule {
    Rule::On { trigger: Trigger::AppStart }
}

/// Makes or changes the schedules of a storage. One that is to follow changes is brought in step now: all that it does not have yet has changed.
///
/// # Errors
/// When the database fails.
pub fn keep(tx: &Transaction<'_>, known: &Known, when: &When, now: i64) -> Result<()> {
    let common = Schedule {
        name: name_by_the_clock(known.id),
        title: known.name.clone(),
        kind: SYNC.to_owned(),
        payload: json!({ "storage": known.id.0 }),
        subject: Some(subject_of(known.id)),
        tags: vec!["storage".into()],
        priority: SYNC_PRIORITY,
        max_attempts: RUN_ATTEMPTS,
        backoff: Backoff::default(),
        budget_ms: Some(millis(SYNC_BUDGET)),
        conditions: when.conditions.clone(),
        enabled: known.enabled && when.by_the_clock.is_some(),
        rule: when.by_the_clock.clone().unwrap_or_else(only_when_asked),
        zone: when.zone.clone(),
        missed: Missed::Once,
        overlap: Overlap::Skip,
        flex_ms: 0,
    };
    let on_change = Schedule {
        name: name_on_change(known.id),
        payload: json!({ "storage": known.id.0, "when_changed": true }),
        enabled: known.enabled && when.on_change.is_some(),
        rule: when.on_change.as_deref().map_or_else(only_when_asked, changes_of),
        ..common.clone()
    };
    let followed = legible_jobs::schedule_named(tx, &on_change.name)?.is_some_and(|stored| stored.schedule.enabled);
    let begins = on_change.enabled && !followed;
    legible_jobs::put_schedule(tx, &common, SchedulePolicy::Update, now).map_err(said)?;
    let (id, _) = legible_jobs::put_schedule(tx, &on_change, SchedulePolicy::Update, now).map_err(said)?;
    if begins {
        legible_jobs::run_schedule_because(tx, id, now)?;
    }
    Ok(())
}

/// Switches the schedules of a storage on, as far as they have a rule, or off.
///
/// # Errors
/// When the database fails.
pub fn enable(tx: &Transaction<'_>, id: RemoteId, enabled: bool, now: i64) -> Result<()> {
    for name in [name_by_the_clock(id), name_on_change(id)] {
        if let Some(StoredSchedule { schedule, .. }) = legible_jobs::schedule_named(tx, &name)? {
            let enabled = enabled && schedule.rule != only_when_asked();
            let schedule = Schedule { enabled, ..schedule };
            legible_jobs::put_schedule(tx, &schedule, SchedulePolicy::Update, now).map_err(said)?;
        }
    }
    Ok(())
}

/// Removes the schedules of a storage.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &Transaction<'_>, id: RemoteId, now: i64) -> Result<()> {
    for name in [name_by_the_clock(id), name_on_change(id)] {
        if let Some(schedule) = legible_jobs::schedule_named(tx, &name)? {
            legible_jobs::remove_schedule(tx, schedule.id, now)?;
        }
    }
    Ok(())
}

/// Has a storage brought in step again soon, under the conditions of its schedule: something changed while it was. Whoever asks for
/// it meanwhile, or has it stopped, takes the place of that.
///
/// # Errors
/// When the database fails.
pub fn follow_up(tx: &Transaction<'_>, known: &Known, now: i64) -> Result<()> {
    let conditions = by_the_clock(tx, known.id)?.map(|stored| stored.schedule.conditions).unwrap_or_default();
    let payload = json!({ "storage": known.id.0, "follows": true });
    let job = NewJob {
        subject: Some(subject_of(known.id)),
        unique: Some(format!("{}:follows", subject_of(known.id))),
        title: known.name.clone(),
        tags: vec!["storage".into()],
        priority: SYNC_PRIORITY,
        max_attempts: RUN_ATTEMPTS,
        budget_ms: Some(millis(SYNC_BUDGET)),
        conditions,
        ..NewJob::new(SYNC, payload, now.saturating_add(millis(FOLLOWS_AFTER)))
    };
    legible_jobs::enqueue(tx, &job, now)?;
    Ok(())
}

/// The schedule that brings a storage in step by the clock, if it has one.
///
/// # Errors
/// When the database fails.
pub fn by_the_clock(conn: &Connection, id: RemoteId) -> Result<Option<StoredSchedule>> {
    Ok(legible_jobs::schedule_named(conn, &name_by_the_clock(id))?)
}

/// Whether a storage is to be brought in step soon after something changed on this machine.
///
/// # Errors
/// When the database fails.
pub fn is_on_change(conn: &Connection, id: RemoteId) -> Result<bool> {
    let stored = legible_jobs::schedule_named(conn, &name_on_change(id))?;
    Ok(stored.is_some_and(|stored| stored.schedule.rule != only_when_asked()))
}

impl Service {
    /// Has the library folder watched for changes where it is now: it may be another one than when the storages were set. Blocks.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn watch_library_folder(&self) -> Result<()> {
        let (changes, now) = (changes_of(self.folder()?.root()), self.now());
        self.database().write_blocking(move |tx| {
            for remote in store::remotes(tx)? {
                let old = legible_jobs::schedule_named(tx, &name_on_change(remote.id))?.map(|old| old.schedule);
                let elsewhere = |old: &Schedule| old.rule != only_when_asked() && old.rule != changes;
                if let Some(old) = old.filter(elsewhere) {
                    let schedule = Schedule { rule: changes.clone(), ..old };
                    legible_jobs::put_schedule(tx, &schedule, SchedulePolicy::Update, now).map_err(said)?;
                }
            }
            Ok(())
        })
    }
}

fn changes_of(folder: &Path) -> Rule {
    let (settle_ms, max_delay_ms) = (millis(CHANGES_SETTLE), millis(CHANGES_WAIT));
    Rule::On { trigger: Trigger::FolderChanged { path: paths::to_text(folder), settle_ms, max_delay_ms } }
}

fn name_by_the_clock(id: RemoteId) -> String {
    format!("storage:{}", id.0)
}

fn name_on_change(id: RemoteId) -> String {
    format!("storage:{}:changes", id.0)
}
