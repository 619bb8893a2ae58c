//! The folders that schedules watch. Events say only that something changed; what it was, the run finds out.

use legible_jobs::{Rule, ScheduleId, StoredSchedule, Trigger};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::debug;

/// How long changes are gathered before they are told: one copied folder is many events.
const GATHERED: Duration = Duration::from_millis(300);

/// How many entries of a folder are looked at for changes that came before it was watched.
const LOOKED_AT: usize = 10_000;

/// The watched folders.
pub struct Folders {
    watched: HashMap<ScheduleId, (PathBuf, RecommendedWatcher)>,
    changed: mpsc::UnboundedSender<ScheduleId>,
    changes: mpsc::UnboundedReceiver<ScheduleId>,
    /// What changed since `first_at` and was not told yet.
    gathered: BTreeSet<ScheduleId>,
    first_at: Option<Instant>,
}

impl Folders {
    /// None yet.
    pub fn new() -> Self {
        let (changed, changes) = mpsc::unbounded_channel();
        Folders { watched: HashMap::new(), changed, changes, gathered: BTreeSet::new(), first_at: None }
    }

    /// Watches the folders of these schedules and no others. One that cannot be watched now is tried again the next time.
    pub fn follow(&mut self, schedules: &[StoredSchedule]) {
        let wanted: HashMap<ScheduleId, (PathBuf, i64)> =
            schedules.iter().filter_map(|stored| Some((stored.id, (folder_of(stored)?, stored.handled_at)))).collect();
        self.watched.retain(|id, (path, _)| wanted.get(id).is_some_and(|(wanted, _)| wanted == path) && path.is_dir());
        for (id, (path, handled_at)) in wanted {
            if self.watched.contains_key(&id) {
                continue;
            }
            match self.watch(id, &path) {
                Ok(watcher) => {
                    // What changed before anybody watched is no event, but it is a change.
                    if changed_since(&path, handled_at) {
                        let _ = self.changed.send(id);
                    }
                    self.watched.insert(id, (path, watcher));
                }
                Err(error) => debug!(%error, path = %path.display(), "a folder cannot be watched now"),
            }
        }
    }

    /// Waits for changes and returns the schedules whose folders changed. Nothing is lost when the wait is given up.
    pub async fn changed(&mut self) -> Vec<ScheduleId> {
        loop {
            let until = self.first_at.map(|first| first + GATHERED);
            tokio::select! {
                Some(id) = self.changes.recv() => {
                    self.gathered.insert(id);
                    self.first_at.get_or_insert_with(Instant::now);
                }
                () = tokio::time::sleep_until(until.unwrap_or_else(Instant::now)), if until.is_some() => {
                    self.first_at = None;
                    return std::mem::take(&mut self.gathered).into_iter().collect();
                }
            }
        }
    }

    fn watch(&self, id: ScheduleId, path: &std::path::Path) -> notify::Result<RecommendedWatcher> {
        let changed = self.changed.clone();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // Looking at a file changes nothing.
            if !matches!(event, Ok(notify::Event { kind: EventKind::Access(_), .. })) {
                let _ = changed.send(id);
            }
        })?;
        watcher.watch(path, RecursiveMode::Recursive)?;
        Ok(watcher)
    }
}

/// Whether a folder, or something right in it, was changed after a time in milliseconds since the Unix epoch.
fn changed_since(path: &std::path::Path, since: i64) -> bool {
    let is_newer = |path: &std::path::Path| {
        let changed = path.metadata().and_then(|metadata| metadata.modified()).ok();
        let at = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        at.is_some_and(|at| i64::try_from(at.as_millis()).is_ok_and(|at| at > since))
    };
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten().take(LOOKED_AT);
    is_newer(path) || entries.into_iter().any(|entry| is_newer(&entry.path()))
}

fn folder_of(stored: &StoredSchedule) -> Option<PathBuf> {
    match &stored.schedule.rule {
        Rule::On { trigger: Trigger::FolderChanged { path, .. } } if stored.schedule.enabled => Some(path.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_given_up_loses_no_change() {
        let mut folders = Folders::new();
        for id in [2, 1, 2] {
            folders.changed.send(ScheduleId(id)).unwrap();
            let given_up = tokio::time::timeout(GATHERED / 10, folders.changed()).await;
            assert!(given_up.is_err());
        }
        assert_eq!(folders.changed().await, [ScheduleId(1), ScheduleId(2)]);
    }
}
