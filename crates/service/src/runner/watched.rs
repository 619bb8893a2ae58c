//! The watched folders: one thread each, which hears what changes there, waits until it is whole, and then asks for a look.
//! A folder that is gone is waited for, and one that tells nothing is looked through every few minutes.

use crate::limits::{LOOK_FOR_GONE, LOOK_WITHOUT_EVENTS};
use crate::unseen::{Parts, Unseen};
use legible_sources::folder::{Event, Hears, Probe, Settle, Wanted, Watch};
use legible_sources::{FolderSpec, SourceId};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tracing::{debug, warn};

/// How a folder hears of changes that tells them.
const HEARS: &str = "Hears of changes as they happen";

/// The watched folders of sources.
pub struct Watched {
    unseen: Unseen,
    folders: BTreeMap<SourceId, Folder>,
    tell: mpsc::UnboundedSender<News>,
    news: mpsc::UnboundedReceiver<News>,
}

/// What comes from a watched folder.
pub enum News {
    /// There is something to look at.
    Look(SourceId),
    /// How it hears of changes, or why it does not.
    Hears(SourceId, String),
}

/// One watched folder. Dropping it ends its thread.
struct Folder {
    spec: FolderSpec,
    own: Vec<PathBuf>,
    /// `None` for a folder that cannot be watched as it is set up.
    thread: Option<Sender<Told>>,
}

/// What the thread of a folder is told.
#[derive(Debug)]
enum Told {
    Heard(Event),
    NotYet(PathBuf),
    Stop,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(thread) = &self.thread {
            let _ = thread.send(Told::Stop);
        }
    }
}

impl Watched {
    /// None yet.
    pub fn new(unseen: Unseen) -> Self {
        let (tell, news) = mpsc::unbounded_channel();
        Watched { unseen, folders: BTreeMap::new(), tell, news }
    }

    /// Watches these folders and no others. `own` are the places that are never looked into.
    pub fn follow(&mut self, wanted: Vec<(SourceId, FolderSpec)>, own: &[PathBuf]) {
        let wanted: BTreeMap<SourceId, FolderSpec> = wanted.into_iter().collect();
        let unseen = &self.unseen;
        unseen.watch();
        self.folders.retain(|id, folder| {
            let stays = wanted.get(id) == Some(&folder.spec) && folder.own == own;
            if !stays {
                unseen.leave(*id);
            }
            stays
        });
        for (id, spec) in wanted {
            if !self.folders.contains_key(&id) {
                let thread = self.begin(id, &spec, own);
                self.folders.insert(id, Folder { spec, own: own.to_vec(), thread });
            }
        }
    }

    /// Waits for the next news. Nothing is lost when the wait is given up.
    pub async fn next(&mut self) -> Option<News> {
        self.news.recv().await
    }

    /// Starts the thread of a folder, if it can be watched as it is set up.
    fn begin(&self, id: SourceId, spec: &FolderSpec, own: &[PathBuf]) -> Option<Sender<Told>> {
        let wanted = match Wanted::new(spec, own) {
            Ok(wanted) => Arc::new(wanted),
            // Its look says the same to the person.
            Err(error) => {
                debug!(%error, source = id.0, "a folder cannot be watched");
                let _ = self.tell.send(News::Look(id));
                return None;
            }
        };
        let (thread, told) = channel();
        let listening = Listening {
            id,
            quiet_ms: spec.quiet_ms,
            wanted,
            unseen: self.unseen.clone(),
            tell: self.tell.clone(),
            ear: thread.clone(),
            told,
            began: Instant::now(),
        };
        let settling = thread.clone();
        self.unseen.enter(id, move |path| drop(settling.send(Told::NotYet(path))));
        let spawned = std::thread::Builder::new().name(format!("watched-{id}")).spawn(move || listening.run());
        if let Err(error) = spawned {
            warn!(%error, source = id.0, "a folder is not watched");
            self.unseen.leave(id);
            return None;
        }
        Some(thread)
    }
}

/// The thread of a folder.
struct Listening {
    id: SourceId,
    quiet_ms: u32,
    wanted: Arc<Wanted>,
    unseen: Unseen,
    tell: mpsc::UnboundedSender<News>,
    ear: Sender<Told>,
    told: Receiver<Told>,
    began: Instant,
}

/// Why the watch of a folder ended.
enum Ended {
    /// Nobody wants it any more.
    Stopped,
    /// The folder is another one, or was gone: it is to be watched anew.
    Anew,
}

impl Listening {
    fn run(self) {
        while let Ended::Anew = self.watch() {}
    }

    /// Watches until the folder goes away or nobody wants to know any more.
    fn watch(&self) -> Ended {
        let ear = self.ear.clone();
        let mut watch = Watch::start(self.wanted.clone(), move |event| drop(ear.send(Told::Heard(event))));
        let mut settle = Settle::new(self.quiet_ms);
        let mut deaf = self.say_how_it_hears(watch.hears());
        // What came before anybody watched.
        self.ask_for_look(Parts::All);
        let mut asked_for_all = Instant::now();
        loop {
            self.unseen.stir(self.id, settle.next_at().is_some());
            let is_gone = !self.wanted.root().is_dir();
            let again = until_again(is_gone, deaf, asked_for_all.elapsed());
            match self.wait(settle.next_at(), again) {
                Wait::Told(Told::Heard(event)) => {
                    if let Event::Deaf { why } = &event {
                        deaf = self.say_how_it_hears(&Hears::Nothing { why: why.clone() });
                    }
                    let root_gone = event == Event::RootGone;
                    settle.hear(event, self.now());
                    if root_gone {
                        drop(watch);
                        return self.wait_for_root();
                    }
                }
                Wait::Told(Told::NotYet(path)) => {
                    settle.not_yet(path, self.now());
                    self.unseen.stir(self.id, true);
                    self.unseen.handed(self.id);
                }
                Wait::Told(Told::Stop) => return Ended::Stopped,
                Wait::Due => {}
                Wait::Again if is_gone => return self.wait_for_root(),
                Wait::Again => {
                    self.ask_for_look(Parts::All);
                    asked_for_all = Instant::now();
                }
            }
            let root = self.wanted.root();
            let ready = settle.ready(self.now(), |path| Probe::of(&root.join(path)));
            if !ready.is_empty() {
                watch.catch_up();
                self.ask_for_look(Parts::These(ready.into_iter().collect()));
            }
        }
    }

    /// Waits until the folder is there, having told once that it is not.
    fn wait_for_root(&self) -> Ended {
        self.ask_for_look(Parts::All);
        self.unseen.stir(self.id, false);
        loop {
            match self.told.recv_timeout(LOOK_FOR_GONE) {
                Ok(Told::Stop) | Err(RecvTimeoutError::Disconnected) => return Ended::Stopped,
                Ok(Told::NotYet(_)) => self.unseen.handed(self.id),
                Ok(Told::Heard(_)) => {}
                Err(RecvTimeoutError::Timeout) if self.wanted.root().is_dir() => return Ended::Anew,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Waits until something is told, settles, or it is time to look again. That time comes however much is told.
    fn wait(&self, settles_at: Option<i64>, again: Option<Duration>) -> Wait {
        if again.is_some_and(|again| again.is_zero()) {
            return Wait::Again;
        }
        let settles = settles_at.map(|at| Duration::from_millis(u64::try_from(at - self.now()).unwrap_or(0)));
        let told = match settles.into_iter().chain(again).min() {
            Some(time) => self.told.recv_timeout(time),
            None => self.told.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match told {
            Ok(told) => Wait::Told(told),
            Err(RecvTimeoutError::Disconnected) => Wait::Told(Told::Stop),
            Err(RecvTimeoutError::Timeout)
                if again.is_some_and(|again| settles.is_none_or(|settles| again < settles)) =>
            {
                Wait::Again
            }
            Err(RecvTimeoutError::Timeout) => Wait::Due,
        }
    }

    fn ask_for_look(&self, parts: Parts) {
        self.unseen.add(self.id, parts);
        let _ = self.tell.send(News::Look(self.id));
    }

    /// Tells how the folder hears of changes; returns whether it does not.
    fn say_how_it_hears(&self, hears: &Hears) -> bool {
        let (words, deaf) = match hears {
            Hears::Events => (HEARS.to_owned(), false),
            Hears::Nothing { why } => {
                let minutes = LOOK_WITHOUT_EVENTS.as_secs() / 60;
                (format!("Looks every {minutes} minutes: {why}"), true)
            }
        };
        let _ = self.tell.send(News::Hears(self.id, words));
        deaf
    }

    /// Milliseconds on a clock that does not go back.
    fn now(&self) -> i64 {
        i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

/// How long until a folder is to be looked for that is gone, or looked through that tells no events: so long ago was the
/// last look at all of it asked for.
fn until_again(is_gone: bool, deaf: bool, ago: Duration) -> Option<Duration> {
    match (is_gone, deaf) {
        (true, _) => Some(LOOK_FOR_GONE),
        (false, true) => Some(LOOK_WITHOUT_EVENTS.saturating_sub(ago)),
        (false, false) => None,
    }
}

/// What a wait ended with.
#[derive(Debug)]
enum Wait {
    Told(Told),
    Due,
    Again,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_events_is_looked_through_however_much_settles_there() {
        let check = |is_gone, deaf, ago: u64, expected: Option<u64>| {
            let until = until_again(is_gone, deaf, Duration::from_secs(ago));
            assert_eq!(until, expected.map(Duration::from_secs), "gone: {is_gone}, deaf: {deaf}, {ago} s ago");
        };
        check(false, false, 1000, None);
        check(false, true, 0, Some(300));
        check(false, true, 299, Some(1));
        check(false, true, 1000, Some(0));
        check(true, true, 1000, Some(5));

        let (tell, _news) = mpsc::unbounded_channel();
        let (ear, told) = channel();
        let (path, include, exclude) = (std::env::temp_dir(), vec![], vec![]);
        let spec = FolderSpec { path, recursive: true, include, exclude, quiet_ms: 0 };
        let wanted = Arc::new(Wanted::new(&spec, &[]).unwrap());
        let (id, unseen, began) = (SourceId(1), Unseen::default(), Instant::now());
        let listening = Listening { id, quiet_ms: 0, wanted, unseen, tell, ear: ear.clone(), told, began };
        ear.send(Told::NotYet("a.png".into())).unwrap();
        let check = |again, is_again: bool| {
            let wait = listening.wait(Some(0), Some(again));
            assert_eq!(matches!(wait, Wait::Again), is_again, "{again:?}: {wait:?}");
        };
        check(Duration::ZERO, true);
        check(Duration::from_secs(1000), false);
    }
}
