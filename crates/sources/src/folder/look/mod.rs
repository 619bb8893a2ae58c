//! One look at a watched folder, or at parts of it: compares what is there with what is known, folder by folder.
//!
//! A file that is not there any more is told last, once all that was looked at was seen, and only if the disk says that
//! nothing is there: a folder that cannot be listed, or is deeper than a look goes, keeps all that is known of it. A file
//! that moved is known by its number, size and time, and by having left its old name, wherever a look begins.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod chances;
mod disk;
mod judge;
#[cfg(test)]
mod tests;

use crate::folder::{FileId, Finding, Known, Looked, Step, Trouble, TroubleKind, Wanted, ledger};
use crate::{Result, SourceId};
use disk::There;
use judge::Held;
use rusqlite::Connection;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How deep a look goes.
pub const MAX_DEPTH: usize = 64;

/// How many files may be set aside until the end of a look.
const MAX_HELD: usize = 10_000;

/// How many single files one step looks at.
const FILES_A_STEP: usize = 500;

/// A part of a watched folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A file that has been left alone for long enough, or whatever is there instead, or was.
    Settled(PathBuf),
    /// A folder with everything in it.
    Tree(PathBuf),
}

/// A look that is going on.
///
/// Take one [`step`](Look::step) after the other. Before the next one, [`ledger::note`] what was found; new and changed
/// files may be read later, but before the next look begins. A look may be dropped at any time.
pub struct Look {
    wanted: Arc<Wanted>,
    source: SourceId,
    whole: bool,
    /// What is still to be looked at, the next one last.
    todo: Vec<Task>,
    /// The watched folder's own number.
    root: Option<FileId>,
    held: Vec<Held>,
    /// Old names of files that moved, found by the step that is going on.
    claimed: HashSet<PathBuf>,
    /// Settled files that were looked at.
    settled: HashSet<PathBuf>,
    /// Folders that were listed and hold all that is known of them.
    sound: HashSet<PathBuf>,
    /// Folders that could not be listed.
    unseen: Vec<PathBuf>,
    looked: Looked,
}

enum Task {
    Root,
    Files(Vec<PathBuf>),
    Folder(PathBuf),
    Held,
    FindGaps(Vec<Place>),
    Gap(PathBuf),
    GapFiles(Vec<PathBuf>),
    Complete,
}

impl Look {
    /// A look at all of the watched folder.
    pub fn whole(wanted: Arc<Wanted>, source: SourceId) -> Look {
        Look::at(wanted, source, [Place::Tree(PathBuf::new())])
    }

    /// A look at parts of the watched folder.
    pub fn at(wanted: Arc<Wanted>, source: SourceId, places: impl IntoIterator<Item = Place>) -> Look {
        let mut places: Vec<Place> = places.into_iter().collect();
        places.sort();
        places.dedup();
        let everything = Place::Tree(PathBuf::new());
        let whole = places.contains(&everything);
        let mut files = Vec::new();
        let mut trees: Vec<PathBuf> = Vec::new();
        for place in &places {
            match place {
                Place::Settled(path) => files.push(path.clone()),
                // They are sorted: a folder comes before what is in it.
                Place::Tree(path) if trees.iter().any(|tree| path.starts_with(tree)) => {}
                Place::Tree(path) => trees.push(path.clone()),
            }
        }
        let mut todo = vec![Task::Complete, Task::FindGaps(places), Task::Held];
        todo.extend(trees.into_iter().rev().map(Task::Folder));
        todo.extend(files.rchunks(FILES_A_STEP).map(|files| Task::Files(files.to_vec())));
        todo.push(Task::Root);
        Look {
            wanted,
            source,
            whole,
            todo,
            root: None,
            held: Vec::new(),
            claimed: HashSet::new(),
            settled: HashSet::new(),
            sound: HashSet::new(),
            unseen: Vec::new(),
            looked: Looked::default(),
        }
    }

    /// Looks at the next part: a folder without those in it, or some files. `now` is in milliseconds since the Unix epoch,
    /// by the same clock as the times of files.
    ///
    /// # Errors
    /// When the database fails or a row is damaged.
    pub fn step(&mut self, conn: &Connection, now: i64) -> Result<Step> {
        self.claimed.clear();
        let Some(task) = self.todo.pop() else { return Ok(Step::Done(self.looked)) };
        let found = match task {
            Task::Root => return self.look_at_root(conn),
            Task::Files(paths) => self.look_at_files(conn, paths, now)?,
            Task::Folder(path) => self.look_in(conn, path, now)?,
            Task::Held => self.judge_held(conn, now)?,
            Task::FindGaps(places) => self.find_gaps(conn, &places)?,
            Task::Gap(folder) => {
                let known = ledger::files_in(conn, self.source, &folder)?;
                return Ok(self.missing(known));
            }
            Task::GapFiles(paths) => {
                let known = paths.iter().map(|path| ledger::file(conn, self.source, path));
                let known = known.collect::<Result<Vec<_>>>()?;
                return Ok(self.missing(known.into_iter().flatten().collect()));
            }
            Task::Complete if self.whole => vec![Finding::Complete],
            Task::Complete => Vec::new(),
        };
        let troubles = found.iter().filter(|finding| matches!(finding, Finding::Trouble(_))).count();
        self.looked.troubles += troubles as u64;
        Ok(Step::Found(found))
    }

    /// What it went over so far.
    pub fn so_far(&self) -> Looked {
        self.looked
    }

    /// An empty folder in place of one that had files is where a disk belongs that is not there.
    fn look_at_root(&mut self, conn: &Connection) -> Result<Step> {
        let root = self.wanted.root();
        let (id, is_empty) = match disk::root(root) {
            Ok(told) => told,
            Err(why) => return Ok(self.without_root(why)),
        };
        let before = ledger::root(conn, self.source)?;
        if is_empty && (id.is_none() || id != before) && ledger::any_here(conn, self.source)? {
            let why =
                format!("the folder {} is empty and another one than before: its disk is not there", root.display());
            return Ok(self.without_root(why));
        }
        self.root = id;
        Ok(Step::Found(id.filter(|_| id != before).map(Finding::Root).into_iter().collect()))
    }

    fn without_root(&mut self, why: String) -> Step {
        self.todo.clear();
        Step::RootMissing { why }
    }

    fn look_at_files(&mut self, conn: &Connection, paths: Vec<PathBuf>, now: i64) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        let mut reached: HashMap<PathBuf, bool> = HashMap::new();
        for path in paths {
            let Some(parent) = path.parent() else {
                self.todo.push(Task::Folder(path));
                continue;
            };
            let wanted = &self.wanted;
            let is_reached =
                |parent: &PathBuf| wanted.enters(parent) && disk::is_reached(wanted, parent).unwrap_or(false);
            if !*reached.entry(parent.to_owned()).or_insert_with_key(is_reached) {
                continue;
            }
            match disk::look_at(&self.wanted, &path) {
                There::File(file) if self.wanted.takes_in(&path) => {
                    self.looked.files += 1;
                    let row = ledger::file(conn, self.source, &path)?;
                    findings.extend(self.judge(conn, &path, file, row, true, now)?);
                    self.settled.insert(path);
                }
                There::Folder => self.todo.push(Task::Folder(path)),
                There::Unknown(error) => findings.push(Finding::Trouble(disk::trouble(&path, &error))),
                There::File(_) | There::Other | There::Nothing => {}
            }
        }
        Ok(findings)
    }

    fn look_in(&mut self, conn: &Connection, folder: PathBuf, now: i64) -> Result<Vec<Finding>> {
        if !self.wanted.enters(&folder) {
            return Ok(Vec::new());
        }
        if folder.components().count() > MAX_DEPTH {
            let message = format!("this folder lies more than {MAX_DEPTH} folders deep: it is left alone");
            self.unseen.push(folder.clone());
            return Ok(vec![Finding::Trouble(Trouble { path: folder, kind: TroubleKind::TooDeep, message })]);
        }
        let listing = match disk::is_reached(&self.wanted, &folder) {
            Ok(true) => disk::list(&self.wanted, &folder),
            Ok(false) => return Ok(Vec::new()),
            Err(error) => Err(error),
        };
        let listing = match listing {
            Ok(listing) => listing,
            Err(error) if disk::is_nothing(&error) => return Ok(Vec::new()),
            Err(error) => {
                let trouble = disk::trouble(&folder, &error);
                self.unseen.push(folder);
                return Ok(vec![Finding::Trouble(trouble)]);
            }
        };
        self.looked.folders += 1;
        self.looked.files += listing.files.len() as u64;
        let mut rows = self.rows_of(conn, &folder)?;
        let is_sound = rows.iter().all(|(name, known)| known.missing_since.is_some() || listing.names.contains(name));
        let mut findings = Vec::new();
        for (path, file) in listing.files {
            if self.settled.contains(&path) {
                continue;
            }
            let row = path.file_name().and_then(|name| rows.remove(name));
            findings.extend(self.judge(conn, &path, file, row, false, now)?);
        }
        findings.extend(listing.troubles.into_iter().map(Finding::Trouble));
        if !listing.complete {
            self.unseen.push(folder);
        } else if is_sound {
            self.sound.insert(folder);
        }
        self.todo.extend(listing.folders.into_iter().rev().map(Task::Folder));
        Ok(findings)
    }

    fn rows_of(&self, conn: &Connection, folder: &Path) -> Result<HashMap<OsString, Known>> {
        let named = |known: Known| known.path.file_name().map(OsString::from).map(|name| (name, known));
        Ok(ledger::files_in(conn, self.source, folder)?.into_iter().filter_map(named).collect())
    }

    /// Where known files may be missing: wherever one was not seen, but not where nobody could look.
    fn find_gaps(&mut self, conn: &Connection, places: &[Place]) -> Result<Vec<Finding>> {
        let unseen = |folder: &Path| self.unseen.iter().any(|unseen| folder.starts_with(unseen));
        let is_gap = |folder: &PathBuf| !self.sound.contains(folder) && !unseen(folder);
        let (mut folders, mut files) = (BTreeSet::new(), Vec::new());
        for place in places {
            let (Place::Settled(path) | Place::Tree(path)) = place;
            if self.settled.contains(path) {
                continue;
            }
            folders.extend(ledger::folders_below(conn, self.source, path)?.into_iter().filter(is_gap));
            if matches!(place, Place::Settled(_)) {
                files.push(path.clone());
            }
        }
        self.todo.extend(files.rchunks(FILES_A_STEP).map(|files| Task::GapFiles(files.to_vec())));
        self.todo.extend(folders.into_iter().rev().map(Task::Gap));
        Ok(Vec::new())
    }

    /// Those of the known files that are not there any more.
    fn missing(&mut self, known: Vec<Known>) -> Step {
        let is_gone = |known: &Known| {
            known.missing_since.is_none()
                && matches!(disk::look_at(&self.wanted, &known.path), There::Nothing | There::Folder)
        };
        let gone: Vec<Known> = known.into_iter().filter(is_gone).collect();
        if gone.is_empty() {
            return Step::Found(Vec::new());
        }
        // A disk that was taken out meanwhile took nothing with it.
        match disk::root(self.wanted.root()) {
            Ok((id, _)) if id == self.root => Step::Found(gone.into_iter().map(Finding::Missing).collect()),
            Ok(_) => {
                self.without_root(format!("the folder {} was replaced by another one", self.wanted.root().display()))
            }
            Err(why) => self.without_root(why),
        }
    }
}
