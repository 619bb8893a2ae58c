//! Whatever happens in a folder, and whenever it is looked at: in the end the ledger is what the disk is, and nothing was
//! offered twice.

use super::bench::Bench;
use super::*;
use crate::folder::{FileId, Stamp};
use proptest::prelude::*;
use std::fs;
use std::time::{Duration, SystemTime};

/// Something that a person or a program does. Numbers choose folders and names.
#[derive(Debug, Clone)]
enum Deed {
    /// Writes a file in place.
    Write(usize),
    /// Writes half of a file, which is the other half of what was written, or the first.
    Append(usize),
    /// Writes beside a file and takes its name.
    Save(usize),
    Rename(usize, usize),
    Swap(usize, usize),
    Link(usize, usize),
    Delete(usize),
    /// Moves a file out of the watched folder, or back to any name.
    Away(usize),
    Restore(usize),
    RenameFolder(usize, usize),
    DeleteFolder(usize),
    /// Looks at everything.
    Look,
    /// Looks at every so many of the paths that something happened to since they were looked at, from the first or the last.
    LookAtSome(usize, bool),
    LookIn(usize),
}

const FOLDERS: &[&str] = &["", "b", "d", "d/e"];
const NAMES: &[&str] = &["a.png", "m.png", "z.png"];

fn file(number: usize) -> PathBuf {
    Path::new(FOLDERS[number / NAMES.len() % FOLDERS.len()]).join(NAMES[number % NAMES.len()])
}

/// A folder that is not the watched one.
fn folder(number: usize) -> PathBuf {
    PathBuf::from(["b", "d", "d/e", "f"][number % 4])
}

fn deed() -> impl Strategy<Value = Deed> {
    let (a, b) = (0_usize..12, 0_usize..12);
    prop_oneof![
        4 => a.clone().prop_map(Deed::Write),
        1 => a.clone().prop_map(Deed::Append),
        2 => a.clone().prop_map(Deed::Save),
        4 => (a.clone(), b.clone()).prop_map(|(a, b)| Deed::Rename(a, b)),
        2 => (a.clone(), b.clone()).prop_map(|(a, b)| Deed::Swap(a, b)),
        1 => (a.clone(), b.clone()).prop_map(|(a, b)| Deed::Link(a, b)),
        2 => a.clone().prop_map(Deed::Delete),
        1 => a.clone().prop_map(Deed::Away),
        1 => a.clone().prop_map(Deed::Restore),
        2 => (a.clone(), b).prop_map(|(a, b)| Deed::RenameFolder(a, b)),
        1 => a.clone().prop_map(Deed::DeleteFolder),
        2 => Just(Deed::Look),
        4 => (1_usize..4, any::<bool>()).prop_map(|(every, back)| Deed::LookAtSome(every, back)),
        1 => a.prop_map(Deed::LookIn),
    ]
}

/// The world: the bench, what is outside, and what was offered.
struct World {
    bench: Bench,
    away: PathBuf,
    /// No two writings have the same time, however fast they come.
    writings: u64,
    happened: Vec<PathBuf>,
    /// How often each state of a file was offered.
    offered: HashMap<Stamp, u32>,
    /// How many more names files were given.
    names: HashMap<Option<FileId>, u32>,
}

impl World {
    fn new() -> World {
        let bench = Bench::new(0);
        let away = bench.root.with_file_name("away");
        fs::create_dir(&away).unwrap();
        let (offered, names) = (HashMap::new(), HashMap::new());
        World { bench, away, writings: 0, happened: Vec::new(), offered, names }
    }

    fn at(&self, path: &Path) -> PathBuf {
        self.bench.root.join(path)
    }

    /// Writes content that was never there before, at a time that never was.
    fn write(&mut self, path: &Path, before: &str) {
        self.writings += 1;
        fs::write(path, format!("{before}[{}]", self.writings)).unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + self.writings);
        fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    }

    fn look(&mut self, places: Vec<Place>) -> Vec<String> {
        let told = self.bench.look_at(places);
        for line in &told {
            if let Some(path) = line.strip_prefix("new ").or_else(|| line.strip_prefix("changed ")) {
                let stamp = Stamp::of(&self.bench.root.join(path)).unwrap().unwrap();
                *self.offered.entry(stamp).or_default() += 1;
            }
        }
        told
    }

    fn carry_out(&mut self, deed: &Deed) {
        match *deed {
            Deed::Look => {
                self.happened.clear();
                self.look(vec![Place::Tree(PathBuf::new())]);
            }
            Deed::LookAtSome(every, back) => {
                let mut happened = std::mem::take(&mut self.happened);
                if back {
                    happened.reverse();
                }
                let (mut now, mut later) = (Vec::new(), Vec::new());
                for (index, path) in happened.into_iter().enumerate() {
                    if index % every == 0 { &mut now } else { &mut later }.push(path);
                }
                self.happened = later;
                self.look(now.into_iter().map(Place::Settled).collect());
            }
            Deed::LookIn(number) => drop(self.look(vec![Place::Tree(folder(number))])),
            Deed::Write(number) | Deed::Append(number) => {
                let path = file(number);
                let there = self.at(&path);
                if there.parent().is_some_and(Path::is_dir) {
                    let is_more = matches!(deed, Deed::Append(_));
                    let before = if is_more { fs::read_to_string(&there).unwrap_or_default() } else { String::new() };
                    self.write(&there, &before);
                    self.happened.push(path);
                } else {
                    fs::create_dir_all(there.parent().unwrap()).unwrap();
                    self.write(&there, "");
                    self.happened.push(path.parent().unwrap().to_owned());
                }
            }
            Deed::Save(number) => {
                let path = file(number);
                if self.at(&path).is_file() {
                    let beside = self.at(&path).with_extension("tmp");
                    self.write(&beside, "");
                    fs::rename(beside, self.at(&path)).unwrap();
                    self.happened.push(path);
                }
            }
            Deed::Rename(from, to) => self.rename(file(from), file(to)),
            Deed::Swap(a, b) => {
                let (a, b) = (file(a), file(b));
                if a != b && self.at(&a).is_file() && self.at(&b).is_file() {
                    let between = self.at(Path::new("between.tmp"));
                    fs::rename(self.at(&a), &between).unwrap();
                    fs::rename(self.at(&b), self.at(&a)).unwrap();
                    fs::rename(between, self.at(&b)).unwrap();
                    self.happened.extend([a, b]);
                }
            }
            Deed::Link(from, to) => {
                let (from, to) = (file(from), file(to));
                if fs::hard_link(self.at(&from), self.at(&to)).is_ok() {
                    let stamp = Stamp::of(&self.at(&to)).unwrap().unwrap();
                    *self.names.entry(stamp.id).or_default() += 1;
                    self.happened.push(to);
                }
            }
            Deed::Delete(number) => {
                let path = file(number);
                if fs::remove_file(self.at(&path)).is_ok() {
                    self.happened.push(path);
                }
            }
            Deed::Away(number) => {
                let path = file(number);
                if fs::rename(self.at(&path), self.away.join("kept")).is_ok() {
                    self.happened.push(path);
                }
            }
            Deed::Restore(number) => {
                let path = file(number);
                if fs::rename(self.away.join("kept"), self.at(&path)).is_ok() {
                    self.happened.push(path);
                }
            }
            Deed::RenameFolder(from, to) => {
                let (from, to) = (folder(from), folder(to));
                // A folder takes the name of another one only if that one is empty.
                if from != to && fs::rename(self.at(&from), self.at(&to)).is_ok() {
                    self.happened.extend([from, to]);
                }
            }
            Deed::DeleteFolder(number) => {
                let path = folder(number);
                if fs::remove_dir_all(self.at(&path)).is_ok() {
                    self.happened.push(path);
                }
            }
        }
    }

    fn rename(&mut self, from: PathBuf, to: PathBuf) {
        // Two names of one file: a rename of one to the other does nothing.
        if from != to && fs::rename(self.at(&from), self.at(&to)).is_ok() {
            self.happened.extend([from, to]);
        }
    }

    /// What is on the disk: names and contents.
    fn disk(&self) -> Vec<(PathBuf, String)> {
        let mut found = Vec::new();
        let mut open = vec![self.bench.root.clone()];
        while let Some(folder) = open.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    open.push(path);
                } else {
                    let content = fs::read_to_string(&path).unwrap();
                    found.push((path.strip_prefix(&self.bench.root).unwrap().to_owned(), content));
                }
            }
        }
        found.sort();
        found
    }

    /// What the ledger says is on the disk.
    fn ledger(&self) -> Vec<(PathBuf, String)> {
        let (conn, source) = (&self.bench.conn, self.bench.source);
        let folders = ledger::folders_below(conn, source, Path::new("")).unwrap();
        let files = folders.iter().flat_map(|folder| ledger::files_in(conn, source, folder).unwrap());
        let mut found: Vec<_> = files
            .filter(|known| known.missing_since.is_none())
            .map(|known| match known.standing {
                crate::folder::Standing::Taken { hash, .. } => (known.path, hash),
                crate::folder::Standing::Refused { .. } => panic!("nothing is refused here"),
            })
            .collect();
        found.sort();
        found
    }
}

proptest! {
    #[test]
    fn the_ledger_becomes_the_disk_and_nothing_is_offered_twice(deeds in proptest::collection::vec(deed(), 1..60)) {
        let mut world = World::new();
        for deed in &deeds {
            world.carry_out(deed);
        }
        world.look(vec![Place::Tree(PathBuf::new())]);
        prop_assert_eq!(world.ledger(), world.disk());
        prop_assert_eq!(world.look(vec![Place::Tree(PathBuf::new())]), Vec::<String>::new());
        for (stamp, count) in &world.offered {
            let names = 1 + world.names.get(&stamp.id).copied().unwrap_or_default();
            prop_assert!(*count <= names, "{stamp:?} was offered {count} times under {names} names");
        }
    }
}
