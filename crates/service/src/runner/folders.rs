//! The folders that schedules watch. Events say only that something changed; what it was, the run finds out.
//!
//! To watch a folder means to walk it, which takes long for a large or a remote one: that is done in the background.

use crate::limits::{LOOK_FOR_FOLDERS, MAX_DEPTH};
use crate::worker_pool::{Control, Stopped, WorkerPool};
use legible_jobs::{Rule, ScheduleId, StoredSchedule, Trigger};
use notify::event::RemoveKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::debug;
use walkdir::WalkDir;

/// How long changes are gathered before they are told: one copied folder is many events.
const GATHERED: Duration = Duration::from_millis(300);

/// How many entries of a folder are looked at for changes that came before it was watched.
const LOOKED_AT: usize = 10_000;

/// The watched folders.
pub struct Folders {
    pool: WorkerPool,
    watched: BTreeMap<ScheduleId, (PathBuf, RecommendedWatcher)>,
    /// What the last look was to find, and when the next is due.
    sought: BTreeMap<ScheduleId, PathBuf>,
    look_at: Instant,
    looking: bool,
    tell: mpsc::UnboundedSender<News>,
    news: mpsc::UnboundedReceiver<News>,
    /// What changed since `first_at` and was not told yet.
    gathered: BTreeSet<ScheduleId>,
    first_at: Option<Instant>,
}

/// What comes from the background.
enum News {
    Changed(ScheduleId),
    /// It is watched from now on.
    Watched(ScheduleId, PathBuf, RecommendedWatcher),
    /// It is not there any more.
    Gone(ScheduleId, PathBuf),
    LookEnded,
}

/// A folder to be looked for.
struct Sought {
    id: ScheduleId,
    path: PathBuf,
    /// When its schedule last looked at it.
    handled_at: i64,
    watched: bool,
}

impl Folders {
    /// None yet. They are looked for by a worker of `pool`.
    pub fn new(pool: WorkerPool) -> Self {
        let (tell, news) = mpsc::unbounded_channel();
        Folders {
            pool,
            watched: BTreeMap::new(),
            sought: BTreeMap::new(),
            look_at: Instant::now(),
            looking: false,
            tell,
            news,
            gathered: BTreeSet::new(),
            first_at: None,
        }
    }

    /// Watches the folders of these schedules and no others, from soon after `now`. One that cannot be watched is
    /// looked for again after [`LOOK_FOR_FOLDERS`].
    pub fn follow(&mut self, schedules: &[StoredSchedule], now: i64) {
        let wanted: BTreeMap<ScheduleId, (PathBuf, i64)> =
            schedules.iter().filter_map(|stored| Some((stored.id, (folder_of(stored)?, stored.handled_at)))).collect();
        self.watched.retain(|id, (path, _)| wanted.get(id).is_some_and(|(wanted, _)| wanted == path));
        let is_new = |(id, (path, _)): (&ScheduleId, &(PathBuf, i64))| self.sought.get(id) != Some(path);
        let due = Instant::now() >= self.look_at || wanted.iter().any(is_new);
        if self.looking || !due || wanted.is_empty() {
            return;
        }
        (self.looking, self.look_at) = (true, Instant::now() + LOOK_FOR_FOLDERS);
        self.sought = wanted.iter().map(|(id, (path, _))| (*id, path.clone())).collect();
        let seek = |(id, (path, handled_at)): (ScheduleId, (PathBuf, i64))| Sought {
            watched: self.watched.contains_key(&id),
            id,
            path,
            handled_at,
        };
        let (sought, pool, tell): (Vec<Sought>, _, _) =
            (wanted.into_iter().map(seek).collect(), self.pool.clone(), self.tell.clone());
        tokio::spawn(async move {
            let look = {
                let tell = tell.clone();
                move |control: &Control| sought.into_iter().try_for_each(|sought| sought.look(&tell, control))
            };
            let looked = pool.compute("looking for the folders of schedules", now, look).await;
            debug!(?looked, "looked for the folders of schedules");
            let _ = tell.send(News::LookEnded);
        });
    }

    /// Waits for changes and returns the schedules whose folders changed. Nothing is lost when the wait is given up.
    pub async fn changed(&mut self) -> Vec<ScheduleId> {
        loop {
            let until = self.first_at.map(|first| first + GATHERED);
            tokio::select! {
                Some(news) = self.news.recv() => self.take_in(news),
                () = tokio::time::sleep_until(until.unwrap_or_else(Instant::now)), if until.is_some() => {
                    self.first_at = None;
                    return std::mem::take(&mut self.gathered).into_iter().collect();
                }
            }
        }
    }

    fn take_in(&mut self, news: News) {
        match news {
            News::Changed(id) => {
                self.gathered.insert(id);
                self.first_at.get_or_insert_with(Instant::now);
            }
            News::Watched(id, path, watcher) => drop(self.watched.insert(id, (path, watcher))),
            News::Gone(id, path) => {
                if self.watched.get(&id).is_some_and(|(watched, _)| *watched == path) {
                    self.watched.remove(&id);
                }
            }
            News::LookEnded => self.looking = false,
        }
    }
}

impl Sought {
    /// Watches the folder if it can be watched and is not yet.
    fn look(self, tell: &mpsc::UnboundedSender<News>, control: &Control) -> Result<(), Stopped> {
        control.checkpoint()?;
        let Sought { id, path, handled_at, watched } = self;
        if watched {
            if !path.is_dir() {
                let _ = tell.send(News::Gone(id, path));
            }
            return Ok(());
        }
        match watch(id, &path, tell) {
            Ok(watcher) => {
                // What changed before anybody watched is no event, but it is a change.
                if changed_since(&path, handled_at) {
                    let _ = tell.send(News::Changed(id));
                }
                let _ = tell.send(News::Watched(id, path, watcher));
            }
            Err(error) => debug!(%error, path = %path.display(), "a folder cannot be watched now"),
        }
        Ok(())
    }
}

fn watch(id: ScheduleId, path: &Path, tell: &mpsc::UnboundedSender<News>) -> notify::Result<RecommendedWatcher> {
    let (tell, folder) = (tell.clone(), path.to_owned());
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| match event {
        // Looking at a file changes nothing.
        Ok(notify::Event { kind: EventKind::Access(_), .. }) => {}
        // What is hidden is none of a person's files: what programs are writing, a trash.
        Ok(notify::Event { paths, .. }) if !paths.is_empty() && paths.iter().all(|path| is_hidden(&folder, path)) => {}
        // One that is made anew under the same name is another folder, which nobody watches yet.
        Ok(notify::Event { kind: EventKind::Remove(RemoveKind::Folder | RemoveKind::Any), paths, .. })
            if paths.contains(&folder) =>
        {
            let _ = tell.send(News::Gone(id, folder.clone()));
        }
        _ => drop(tell.send(News::Changed(id))),
    })?;
    watcher.watch(path, RecursiveMode::Recursive)?;
    Ok(watcher)
}

/// Whether a path leads over a name below the folder that begins with a dot.
fn is_hidden(folder: &Path, path: &Path) -> bool {
    let is_dotted = |name: std::path::Component<'_>| name.as_os_str().as_encoded_bytes().starts_with(b".");
    path.strip_prefix(folder).is_ok_and(|below| below.components().any(is_dotted))
}

/// Whether a folder, or something below it, was changed after a time in milliseconds since the Unix epoch.
fn changed_since(path: &Path, since: i64) -> bool {
    let is_newer = |path: &Path| {
        let changed = path.metadata().and_then(|metadata| metadata.modified()).ok();
        let at = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        at.is_some_and(|at| i64::try_from(at.as_millis()).is_ok_and(|at| at > since))
    };
    let entries = WalkDir::new(path).max_depth(MAX_DEPTH).into_iter().take(LOOKED_AT);
    entries.flatten().any(|entry| is_newer(entry.path()))
}

fn folder_of(stored: &StoredSchedule) -> Option<PathBuf> {
    match &stored.schedule.rule {
        Rule::On { trigger: Trigger::FolderChanged { path, .. } } if stored.schedule.enabled => Some(path.into()),
        _ => None,
    }
}
