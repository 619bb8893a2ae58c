//! Collects what changed and tells it as events a few times a second, so that ten thousand readings are not ten
//! thousand redraws.

use crate::api::{ControlWorker, Event};
use crate::secrets::Passphrase;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, broadcast};

/// The least time between two tellings.
const PACE: Duration = Duration::from_millis(200);

/// More changed items than this are told as "many".
const NAMED_ITEMS: usize = 200;

/// Events a slow listener may fall behind before it misses some.
const BACKLOG: usize = 1024;

/// A set of things that changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Changes {
    /// Items that came, changed or went.
    pub items: BTreeSet<i64>,
    /// Items changed that are too many to name.
    pub many_items: bool,
    /// Groups that went on.
    pub groups: BTreeSet<i64>,
    /// Jobs that came to another state.
    pub jobs: BTreeSet<i64>,
    /// There is new work, a cancel, or pause was switched: the runner is to look.
    pub work: bool,
    /// The settings were saved.
    pub settings: bool,
    /// Schedules were changed, or came to their time.
    pub schedules: bool,
    /// Sources were changed, or one looked.
    pub sources: bool,
    /// Storages were changed, or one was brought in step.
    pub storages: bool,
    /// Reminders were changed, or are due.
    pub reminders: bool,
    /// The machine changed: waiting jobs may wait for something else.
    pub machine: bool,
    /// What workers are told by another process.
    pub control: Vec<ControlWorker>,
    /// What another process was told that opens the secrets. It goes to the runner alone.
    pub unlock: Option<Passphrase>,
}

impl Changes {
    /// Changed items.
    pub fn items(ids: impl IntoIterator<Item = i64>) -> Self {
        Changes { items: ids.into_iter().collect(), ..Self::default() }
    }

    /// New or changed work.
    pub fn work() -> Self {
        Changes { work: true, ..Self::default() }
    }

    /// These and a changed group.
    pub fn and_group(mut self, group: Option<i64>) -> Self {
        self.groups.extend(group);
        self
    }

    /// These and a changed job.
    pub fn and_job(mut self, job: i64) -> Self {
        self.jobs.insert(job);
        self
    }

    /// These and new work.
    pub fn and_work(mut self) -> Self {
        self.work = true;
        self
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes in other changes.
    pub fn merge(&mut self, other: Changes) {
        self.items.extend(other.items);
        self.groups.extend(other.groups);
        self.jobs.extend(other.jobs);
        self.work |= other.work;
        self.settings |= other.settings;
        self.schedules |= other.schedules;
        self.sources |= other.sources;
        self.storages |= other.storages;
        self.reminders |= other.reminders;
        self.machine |= other.machine;
        self.control.extend(other.control);
        self.unlock = other.unlock.or(self.unlock.take());
        self.many_items |= other.many_items || self.items.len() > NAMED_ITEMS;
        if self.many_items {
            self.items.clear();
        }
    }
}

/// Where changes are handed in and events come out. Clones share it.
#[derive(Clone)]
pub struct Bus {
    inner: Arc<Inner>,
}

struct Inner {
    pending: Mutex<Changes>,
    noted: Notify,
    work: Notify,
    events: broadcast::Sender<Event>,
}

impl Bus {
    /// A bus nobody listens to yet.
    pub fn new() -> Self {
        let (events, _) = broadcast::channel(BACKLOG);
        Bus { inner: Arc::new(Inner { pending: Mutex::default(), noted: Notify::new(), work: Notify::new(), events }) }
    }

    /// Hands in changes. Cheap, never blocks.
    pub fn note(&self, changes: Changes) {
        if changes.work {
            self.inner.work.notify_one();
        }
        self.pending().merge(changes);
        self.inner.noted.notify_one();
    }

    /// Tells an event at once.
    pub fn tell(&self, event: Event) {
        // No listener is no error: nobody looks just now.
        let _ = self.inner.events.send(event);
    }

    /// Listens to all events from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }

    /// Waits for new work.
    pub async fn work(&self) {
        self.inner.work.notified().await;
    }

    /// Waits for changes, but leaves at least [`PACE`] between two answers.
    pub async fn changes(&self) -> Changes {
        loop {
            self.inner.noted.notified().await;
            tokio::time::sleep(PACE).await;
            let changes = std::mem::take(&mut *self.pending());
            if !changes.is_empty() {
                return changes;
            }
        }
    }

    fn pending(&self) -> std::sync::MutexGuard<'_, Changes> {
        self.inner.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Bus {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_items_are_not_named() {
        let mut changes = Changes::default();
        for id in 0..=NAMED_ITEMS as i64 {
            changes.merge(Changes::items([id]));
        }
        assert!(changes.many_items && changes.items.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn changes_within_one_pace_come_together() {
        let bus = Bus::new();
        bus.note(Changes::items([1]));
        bus.note(Changes::items([2]).and_work());
        let changes = bus.changes().await;
        assert_eq!(changes, Changes::items([1, 2]).and_work());
        bus.work().await;
    }
}
