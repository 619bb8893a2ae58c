//! Hears what changes in a watched folder.
//!
//! Events say where to look and nothing else: some are doubled, some come late, and some are lost. Where none can be relied
//! on, [`Watch::hears`] says so, and whoever watches looks on schedule instead.

use crate::folder::pattern::real;
use crate::folder::{Wanted, system};
use notify::event::{AccessKind, AccessMode, CreateKind, EventKind, ModifyKind, RenameMode};
use notify::{Config, ErrorKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Something that happened in a watched folder. Paths are relative to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A file was written to, or something about it changed.
    Touched(PathBuf),
    /// A file or folder was made here or came here.
    Appeared(PathBuf),
    /// A file or folder was deleted or went elsewhere.
    Gone(PathBuf),
    /// Events were lost: anything may have happened.
    Everything,
    /// The watched folder itself was deleted or went elsewhere. Nothing more is heard: start another watch once it is back.
    RootGone,
    /// From now on some changes are not heard.
    Deaf {
        /// Why, for people.
        why: String,
    },
}

/// Whether changes are heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hears {
    /// They are told as events.
    Events,
    /// They are not.
    Nothing {
        /// Why, for people.
        why: String,
    },
}

/// A watch, for as long as it is kept.
#[derive(Debug)]
pub struct Watch {
    /// `None` where there is nothing to hear.
    watcher: Option<RecommendedWatcher>,
    hears: Hears,
}

impl Watch {
    /// Watches the folder that `wanted` is about, and tells what happens to what is wanted of it. `tell` is called on another
    /// thread and must not take long.
    ///
    /// What happened before is not told: look at all of the folder once the watch has started. To start one takes a walk
    /// through all folders.
    pub fn start(wanted: Arc<Wanted>, tell: impl Fn(Event) + Send + 'static) -> Watch {
        if let Some(why) = system::deaf(wanted.root()) {
            return Watch { watcher: None, hears: Hears::Nothing { why } };
        }
        match listen(wanted, tell) {
            Ok(watcher) => Watch { watcher: Some(watcher), hears: Hears::Events },
            Err(error) => Watch { watcher: None, hears: Hears::Nothing { why: explained(&error) } },
        }
    }

    /// Whether the system tells of changes in a folder, as far as can be known without watching it.
    pub fn can_hear(folder: &Path) -> Hears {
        system::deaf(folder).map_or(Hears::Events, |why| Hears::Nothing { why })
    }

    /// Whether changes are heard.
    pub fn hears(&self) -> &Hears {
        &self.hears
    }

    /// Waits until all folders that appeared, and were told of, are watched themselves.
    ///
    /// Linux watches each folder by itself and tells of a new one before it watches it. What a look sees after this call was
    /// there before, and what comes after the look is heard. Call it before each look that an event led to.
    pub fn catch_up(&mut self) {
        let Some(watcher) = self.watcher.as_mut().filter(|_| system::WATCHES_EACH_FOLDER) else { return };
        // A request waits its turn, and turns end with new folders being watched. This one asks for nothing: no path has
        // such a name, and its answer is an error.
        let _ = watcher.unwatch(Path::new("/\0"));
    }
}

fn listen(wanted: Arc<Wanted>, tell: impl Fn(Event) + Send + 'static) -> notify::Result<RecommendedWatcher> {
    let root = real(wanted.root());
    let mode = if wanted.recursive() { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
    let watched = root.clone();
    let handle = move |told: notify::Result<notify::Event>| match told {
        Ok(event) => translate(&wanted, &watched, event, &tell),
        Err(error) if matches!(error.kind, ErrorKind::MaxFilesWatch) => tell(Event::Deaf { why: explained(&error) }),
        Err(_) => tell(Event::Everything),
    };
    let mut watcher = RecommendedWatcher::new(handle, Config::default().with_follow_symlinks(false))?;
    watcher.watch(&root, mode)?;
    Ok(watcher)
}

/// Tells an event in our words, if it is about anything that is wanted.
fn translate(wanted: &Wanted, root: &Path, event: notify::Event, tell: &impl Fn(Event)) {
    if event.need_rescan() {
        return tell(Event::Everything);
    }
    let paths: Vec<&Path> = event.paths.iter().filter_map(|path| path.strip_prefix(root).ok()).collect();
    // A file whose folder is wanted, or a folder that is.
    let may_be_folder = |path: &Path| wanted.takes(path) || wanted.enters(path);
    let gone = |path: &Path| match path.as_os_str().is_empty() {
        true => tell(Event::RootGone),
        false if may_be_folder(path) => tell(Event::Gone(path.to_owned())),
        false => {}
    };
    let appeared = |path: &Path| {
        if !path.as_os_str().is_empty() && may_be_folder(path) {
            tell(Event::Appeared(path.to_owned()));
        }
    };
    let touched = |path: &Path| {
        if wanted.takes(path) {
            tell(Event::Touched(path.to_owned()));
        }
    };
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => paths.into_iter().for_each(touched),
        EventKind::Access(_) => {}
        EventKind::Create(CreateKind::File) => paths.into_iter().for_each(touched),
        EventKind::Create(_) => paths.into_iter().for_each(appeared),
        EventKind::Remove(_) => paths.into_iter().for_each(gone),
        EventKind::Modify(ModifyKind::Name(RenameMode::From)) => paths.into_iter().for_each(gone),
        // Told as from and to as well.
        EventKind::Modify(ModifyKind::Name(RenameMode::Both)) if system::WATCHES_EACH_FOLDER => {}
        EventKind::Modify(ModifyKind::Name(_)) => {
            // Where the halves of a rename are not told apart, each name may be either.
            paths.into_iter().for_each(appeared);
            if event.paths.iter().any(|path| path == root) {
                tell(Event::Everything);
            }
        }
        EventKind::Modify(_) => paths.into_iter().for_each(touched),
        EventKind::Any | EventKind::Other => paths.into_iter().for_each(appeared),
    }
}

/// Why nothing is heard, for people.
fn explained(error: &notify::Error) -> String {
    match &error.kind {
        ErrorKind::MaxFilesWatch => {
            "this system watches no more folders: its limit is used up (fs.inotify.max_user_watches)".to_owned()
        }
        ErrorKind::Io(error) => format!("the folder cannot be watched: {error}"),
        ErrorKind::PathNotFound => "the folder is not there".to_owned(),
        other => format!("the folder cannot be watched: {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FolderSpec;
    use notify::event::{DataChange, Flag, MetadataKind, RemoveKind};
    use std::cell::RefCell;

    fn wanted() -> Wanted {
        let path = PathBuf::from("/w");
        let spec = FolderSpec { path, recursive: true, include: vec![], exclude: vec!["old".into()], quiet_ms: 0 };
        Wanted::new(&spec, &[PathBuf::from("/w/own")]).unwrap()
    }

    #[test]
    fn events_are_told_in_our_words() {
        let check = |kind: EventKind, paths: &str, expected: &[Event]| {
            let told = RefCell::new(Vec::new());
            let event =
                paths.split_whitespace().fold(notify::Event::new(kind), |event, path| event.add_path(path.into()));
            translate(&wanted(), Path::new("/w"), event, &|event| told.borrow_mut().push(event));
            assert_eq!(told.into_inner(), expected, "{kind:?} {paths}");
        };
        let (touched, appeared) = (|path: &str| Event::Touched(path.into()), |path: &str| Event::Appeared(path.into()));
        let gone = |path: &str| Event::Gone(path.into());
        let name = |mode| EventKind::Modify(ModifyKind::Name(mode));
        let data = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        check(EventKind::Create(CreateKind::File), "/w/a.png", &[touched("a.png")]);
        check(EventKind::Create(CreateKind::File), "/w/a.part", &[]);
        check(EventKind::Create(CreateKind::Folder), "/w/a", &[appeared("a")]);
        check(EventKind::Create(CreateKind::Folder), "/w/own", &[]);
        check(EventKind::Create(CreateKind::Any), "/w/a.png", &[appeared("a.png")]);
        check(data, "/w/x/a.png /w/old/a.png /w/own/a.png /w/.x/a.png /w/a.txt", &[touched("x/a.png")]);
        check(EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any)), "/w/a", &[]);
        check(EventKind::Access(AccessKind::Close(AccessMode::Write)), "/w/a.png", &[touched("a.png")]);
        check(EventKind::Access(AccessKind::Close(AccessMode::Read)), "/w/a.png", &[]);
        check(EventKind::Remove(RemoveKind::File), "/w/a.png", &[gone("a.png")]);
        check(EventKind::Remove(RemoveKind::Folder), "/w", &[Event::RootGone]);
        check(name(RenameMode::From), "/w", &[Event::RootGone]);
        check(name(RenameMode::From), "/w/a.png", &[gone("a.png")]);
        check(name(RenameMode::To), "/w/a", &[appeared("a")]);
        check(name(RenameMode::Any), "/w/a.png", &[appeared("a.png")]);
        check(name(RenameMode::Any), "/w", &[Event::Everything]);
        check(data, "/elsewhere/a.png", &[]);
    }

    #[test]
    fn lost_events_lead_to_a_look_at_everything() {
        let told = RefCell::new(Vec::new());
        let event = notify::Event::new(EventKind::Other).set_flag(Flag::Rescan);
        translate(&wanted(), Path::new("/w"), event, &|event| told.borrow_mut().push(event));
        assert_eq!(told.into_inner(), [Event::Everything]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_not_heard() {
        let spec =
            FolderSpec { path: "/not/there".into(), recursive: true, include: vec![], exclude: vec![], quiet_ms: 0 };
        let watch = Watch::start(Arc::new(Wanted::new(&spec, &[]).unwrap()), |_| {});
        assert!(matches!(watch.hears(), Hears::Nothing { .. }), "{:?}", watch.hears());
    }
}
