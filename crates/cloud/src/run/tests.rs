//! Runs between a folder of this machine and a storage in memory, which does what a test says.

mod fakes;

use super::*;
use crate::digest::ContentHash;
use crate::limits::{CHUNK_BYTES, MAX_FILE_BYTES};
use crate::local::{FolderSide, InMemory, Incoming, LocalListing, Opened};
use crate::remote::{Changes, RemoteFile, Revision, Unusable, Unwatched};
use fakes::{Book, Storage};
use std::path::Path;

/// A folder with a ledger.
struct Machine {
    home: tempfile::TempDir,
    side: Box<dyn Local>,
    book: Book,
    pauses: &'static [Duration],
}

impl Machine {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        Machine { side: side(home.path()), home, book: Book::default(), pauses: &[] }
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.home.path().join(name), text).unwrap();
    }

    fn run(&mut self, storage: &Storage) -> Result<Outcome> {
        self.run_watched(storage, &Unwatched)
    }

    fn run_watched(&mut self, storage: &Storage, watch: &dyn Watch) -> Result<Outcome> {
        let options = Options {
            direction: Direction::Both,
            wants: &Everything,
            device: "here",
            today: "2026-11-22",
            agreed: &[Question::FirstMeeting { local: 0, remote: 0 }],
            at_once: 1,
            pauses: self.pauses,
        };
        Run::new(storage, &*self.side, &mut self.book, &KeepBoth, options, watch).go()
    }

    /// The files here, with their contents.
    fn files(&self) -> Vec<(String, String)> {
        let files = self.side.list(&|| false).unwrap().files;
        let read = |file: &crate::local::LocalFile| {
            let place = self.home.path().join(file.path.as_str());
            (file.path.to_string(), std::fs::read_to_string(place).unwrap())
        };
        let mut files: Vec<_> = files.iter().map(read).collect();
        files.sort();
        files
    }
}

/// A folder in which names of other cases lead to the same file, as on most disks of Windows and macOS.
struct Folding(Box<dyn Local>);

impl Folding {
    fn on_disk(&self, path: &FilePath) -> FilePath {
        let files = self.0.list(&|| false).unwrap().files.into_iter().map(|file| file.path);
        files.into_iter().find(|file| file.folded() == path.folded()).unwrap_or_else(|| path.clone())
    }
}

impl Local for Folding {
    fn list(&self, stopped: &dyn Fn() -> bool) -> Result<LocalListing> {
        Ok(LocalListing { folds_case: true, ..self.0.list(stopped)? })
    }

    fn look(&self, path: &FilePath) -> Result<Option<ContentHash>> {
        self.0.look(&self.on_disk(path))
    }

    fn open(&self, path: &FilePath) -> Result<Option<Opened>> {
        self.0.open(&self.on_disk(path))
    }

    fn incoming(&self) -> Result<Box<dyn Incoming>> {
        self.0.incoming()
    }

    fn place(&self, path: &FilePath, came: Box<dyn Incoming>, expected: Option<&ContentHash>) -> Result<ContentHash> {
        self.0.place(&self.on_disk(path), came, expected)
    }

    fn put_away(&self, path: &FilePath, expected: &ContentHash) -> Result<()> {
        self.0.put_away(&self.on_disk(path), expected)
    }
}

fn path(text: &str) -> FilePath {
    FilePath::parse(text).unwrap()
}

fn side(folder: &Path) -> Box<dyn Local> {
    Box::new(FolderSide::open(folder, Box::new(InMemory::default())).unwrap())
}

fn pairs(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[track_caller]
fn all_is_well(outcome: &Outcome) {
    assert!(outcome.left.is_empty() && outcome.problems.is_empty() && outcome.questions.is_empty(), "{outcome:?}");
}

#[test]
fn a_name_of_another_case_there_is_the_same_file() {
    let (mut machine, storage) = (Machine::new(), Storage::default());
    machine.write("A.png", "one");
    all_is_well(&machine.run(&storage).unwrap());
    storage.put_there("a.png", "one");
    all_is_well(&machine.run(&storage).unwrap());
    assert_eq!((machine.files(), storage.names()), (pairs(&[("A.png", "one")]), vec!["a.png".to_owned()]));
    // And goes on being one: changed there, changed here, deleted here.
    storage.put_there("a.png", "two");
    all_is_well(&machine.run(&storage).unwrap());
    assert_eq!(machine.files(), pairs(&[("A.png", "two")]));
    machine.write("A.png", "three");
    all_is_well(&machine.run(&storage).unwrap());
    assert_eq!(lock(&storage.files)["a.png"].1, b"three");
    std::fs::remove_file(machine.home.path().join("A.png")).unwrap();
    machine.write("other.png", "other");
    all_is_well(&machine.run(&storage).unwrap());
    assert_eq!(storage.names(), ["other.png"]);
}

#[test]
fn a_name_of_another_case_here_is_the_same_file() {
    let (mut machine, storage) = (Machine::new(), Storage::default());
    machine.write("A.png", "one");
    machine.write("b.png", "b");
    all_is_well(&machine.run(&storage).unwrap());
    std::fs::rename(machine.home.path().join("A.png"), machine.home.path().join("a.png")).unwrap();
    all_is_well(&machine.run(&storage).unwrap());
    assert_eq!(machine.files(), pairs(&[("a.png", "one"), ("b.png", "b")]));
    assert_eq!(storage.names(), ["A.png", "b.png"]);
    machine.write("a.png", "two");
    storage.put_there("B.png", "three");
    all_is_well(&machine.run(&storage).unwrap());
    assert_eq!(lock(&storage.files)["a.png"].1, b"two");
    assert_eq!(machine.files(), pairs(&[("a.png", "two"), ("b.png", "three")]));
    // Killed while the name was noted: it is known by its content again.
    machine.book.in_step.remove(&path("a.png"));
    all_is_well(&machine.run(&storage).unwrap());
    assert_eq!((machine.files().len(), storage.names().len()), (2, 2));
    std::fs::remove_file(machine.home.path().join("a.png")).unwrap();
    all_is_well(&machine.run(&storage).unwrap());
    assert_eq!(storage.names(), ["B.png"]);
}

#[test]
fn of_names_that_are_one_on_this_machine_one_is_fetched_and_the_other_told() {
    let (mut machine, storage) = (Machine::new(), Storage { tells_case: true, ..Storage::default() });
    machine.side = Box::new(Folding(side(machine.home.path())));
    [("A.png", "one"), ("a.png", "two"), ("b.png", "b")].iter().for_each(|(at, text)| storage.put_there(at, text));
    for _ in 0..2 {
        let outcome = machine.run(&storage).unwrap();
        let told: Vec<&str> = outcome.problems.iter().map(|problem| problem.name.as_str()).collect();
        assert_eq!((told, outcome.left), (vec!["a.png"], vec![]));
        assert!(outcome.problems[0].message.contains("A.png"));
        assert_eq!(machine.files(), pairs(&[("A.png", "one"), ("b.png", "b")]));
    }
    // The same file by another name of this machine, and one whose name is free again.
    std::fs::rename(machine.home.path().join("b.png"), machine.home.path().join("B.png")).unwrap();
    lock(&storage.files).remove("A.png");
    all_is_well(&machine.run(&storage).unwrap());
    assert_eq!(machine.files(), pairs(&[("B.png", "b"), ("a.png", "two")]));
    assert_eq!(storage.names(), ["a.png", "b.png"]);
}

#[test]
fn what_is_too_large_is_told_and_never_fetched() {
    let (mut machine, storage) = (Machine::new(), Storage::default());
    storage.put_there("a.png", "one");
    storage.put_there("film.mov", "two");
    all_is_well(&machine.run(&storage).unwrap());
    let grown = RemoteFile { size: MAX_FILE_BYTES + 1, ..storage.told(&path("film.mov")).unwrap() };
    let film = RemoteFile { path: path("new.mov"), revision: Revision("new".to_owned()), ..grown.clone() };
    *lock(&storage.changes) = Some(Changes { files: vec![grown, film], ..Changes::default() });
    for _ in 0..2 {
        let outcome = machine.run(&storage).unwrap();
        let told: Vec<&str> = outcome.problems.iter().map(|problem| problem.name.as_str()).collect();
        assert_eq!((told, outcome.left), (vec!["film.mov", "new.mov"], vec![]));
        assert!(outcome.problems[0].message.contains("2 GB"), "{:?}", outcome.problems);
        assert_eq!(storage.names(), ["a.png", "film.mov"], "and nothing is gone");
    }
    assert_eq!(machine.files(), pairs(&[("a.png", "one"), ("film.mov", "two")]));
    let file = std::fs::File::create(machine.home.path().join("own.mov")).unwrap();
    file.set_len(MAX_FILE_BYTES + 1).unwrap();
    let told = machine.run(&storage).unwrap().problems;
    assert!(told.len() == 3 && told.iter().all(|problem| problem.message == told[0].message), "{told:?}");
}

#[test]
fn what_cannot_be_kept_in_step_stays_told_until_it_can() {
    let left = |name: &str, id: &str| Unusable { name: name.to_owned(), why: "so".to_owned(), id: Some(id.to_owned()) };
    let check = |told: &[&str], gone: &[&str], unusable: &[Unusable], expected: &[&str]| {
        let (mut machine, storage) = (Machine::new(), Storage::default());
        *lock(&storage.unusable) = vec![left("a:b.png", "1"), left("in/c:d.png", "/in/c:d.png")];
        machine.run(&storage).unwrap();
        *lock(&storage.changes) = Some(Changes {
            told: told.iter().map(|id| (*id).to_owned()).collect(),
            gone: gone.iter().map(|gone| path(gone)).collect(),
            unusable: unusable.to_vec(),
            ..Changes::default()
        });
        for round in 0..2 {
            let told = machine.run(&storage).unwrap().problems;
            assert_eq!(told.iter().map(|problem| problem.name.as_str()).collect::<Vec<_>>(), expected, "{round}");
            // Later nothing has changed.
            *lock(&storage.changes) = Some(Changes::default());
        }
    };
    check(&[], &[], &[], &["a:b.png", "in/c:d.png"]);
    check(&["7"], &["x.png"], &[], &["a:b.png", "in/c:d.png"]);
    check(&["1"], &[], &[], &["in/c:d.png"]);
    check(&["1"], &[], &[left("a:c.png", "1")], &["in/c:d.png", "a:c.png"]);
    check(&["/in"], &[], &[], &["a:b.png"]);
    check(&[], &["in"], &[], &["a:b.png"]);
}

#[test]
fn a_library_that_is_kept_within_the_folder_is_no_part_of_this_one() {
    let (mut machine, storage) = (Machine::new(), Storage::default());
    let put = |name: &str, text: &str| drop(lock(&storage.files).insert(name.to_owned(), (path(name), text.into())));
    put("a.png", "one");
    put("sub/.legible-folder", "another");
    put("sub/2026/a.png", "one");
    put("sub/2026/deep/b.png", "two");
    put("subway/c.png", "three");
    let outcome = machine.run(&storage).unwrap();
    assert_eq!(outcome.problems.iter().map(|problem| problem.name.as_str()).collect::<Vec<_>>(), ["sub"]);
    assert_eq!(machine.files(), pairs(&[("a.png", "one"), ("subway/c.png", "three")]));
}

#[test]
fn what_an_upload_left_undone_is_done_before_anything_is_looked_at() {
    let (mut machine, mut storage) = (Machine::new(), Storage { breaks: true, ..Storage::default() });
    machine.write("a.png", "one");
    assert!(matches!(machine.run(&storage), Err(Error::MayPass { .. })));
    assert_eq!((machine.book.sessions.len(), lock(&storage.followed).len()), (1, 0));
    storage.breaks = false;
    all_is_well(&machine.run(&storage).unwrap());
    assert_eq!(*lock(&storage.followed), ["a.png: to be followed up"]);
    assert!(machine.book.sessions.is_empty());
}

#[test]
fn uploads_that_nobody_wants_any_more_are_given_up() {
    let check = |after: fn(&mut Machine), is_given_up: bool| {
        let (mut machine, mut storage) = (Machine::new(), Storage { breaks: true, ..Storage::default() });
        machine.write("a.png", "one");
        assert!(matches!(machine.run(&storage), Err(Error::MayPass { .. })));
        storage.breaks = false;
        lock(&storage.files).clear();
        after(&mut machine);
        all_is_well(&machine.run(&storage).unwrap());
        assert_eq!(lock(&storage.followed).contains(&"a.png is given up".to_owned()), is_given_up);
    };
    check(|_| {}, false);
    check(|machine| machine.write("a.png", "another"), true);
    check(|machine| std::fs::remove_file(machine.home.path().join("a.png")).unwrap(), true);
}

#[test]
#[cfg(unix)]
fn an_upload_that_was_cut_short_of_what_cannot_be_read_any_more_stops_no_other() {
    let (mut machine, mut storage) = (Machine::new(), Storage { breaks: true, ..Storage::default() });
    machine.write("a.png", "one");
    assert!(matches!(machine.run(&storage), Err(Error::MayPass { .. })));
    storage.breaks = false;
    lock(&storage.files).clear();
    let lies_at = machine.home.path().join("a.png");
    std::fs::remove_file(&lies_at).unwrap();
    std::os::unix::fs::symlink("/dev/null", lies_at).unwrap();
    machine.write("b.png", "two");
    let outcome = machine.run(&storage).unwrap();
    assert_eq!(outcome.problems.iter().map(|problem| problem.name.as_str()).collect::<Vec<_>>(), ["a.png"]);
    assert!(lock(&storage.files).contains_key("b.png"));
    assert!(!lock(&storage.followed).contains(&"a.png is given up".to_owned()), "it may be read again");
}

#[test]
#[cfg(target_os = "linux")]
fn one_file_that_cannot_be_read_or_written_stops_no_other_and_is_not_gone() {
    use crate::local::far::{long, move_far_down};
    let (mut machine, storage) = (Machine::new(), Storage::default());
    let far = |ends: &str| format!("{}/{}", long("e\u{301}", "d"), long("", ends));
    std::fs::create_dir_all(machine.home.path().join(format!("in/{}", far("e")))).unwrap();
    let files = ["a.png", &far(".png"), &format!("{}/b.png", far("e"))].map(str::to_owned);
    files.iter().for_each(|name| machine.write(&format!("in/{name}"), name));
    machine.side = side(&machine.home.path().join("in"));
    all_is_well(&machine.run(&storage).unwrap());
    assert_eq!(storage.names().len(), 3);

    let root = move_far_down(&machine.home.path().join("in"), machine.home.path());
    machine.side = side(&root);
    std::fs::write(root.join("b.png"), "new here").unwrap();
    storage.put_there(path(&far("new.png")).as_str(), "out of reach");
    storage.put_there("z.png", "new there");
    for moved in [(1, 1), (0, 0)] {
        let outcome = machine.run(&storage).unwrap();
        assert_eq!((outcome.tally.uploaded, outcome.tally.downloaded), moved);
        let told: Vec<&str> = outcome.problems.iter().map(|problem| problem.name.as_str()).collect();
        assert_eq!(told.len(), 3, "{told:?}");
        assert_eq!(storage.names().len(), 6, "what cannot be read is not gone");
    }
}

/// Counts how often it is asked whether to stop, which it says after so many times.
struct Asked {
    asks: AtomicUsize,
    stops_after: usize,
}

impl Watch for Asked {
    fn stopped(&self) -> bool {
        self.asks.fetch_add(1, Ordering::Relaxed) >= self.stops_after
    }

    fn moved(&self, _: u64) {}
}

#[test]
fn who_is_to_stop_hashes_and_copies_no_content_to_its_end() {
    const CHUNKS: usize = 64;
    let large = "x".repeat(CHUNKS * CHUNK_BYTES);
    // What is here and there, and how often the content is read or copied here, besides by the folder and the storage.
    let check = |here: &str, there: Option<&str>, reads: usize| {
        let run = |stops_after: usize| {
            let (mut machine, storage) = (Machine::new(), Storage { tells_hashes: true, ..Storage::default() });
            machine.write("a.png", here);
            there.inspect(|there| storage.put_there("a.png", there));
            let watch = Asked { asks: AtomicUsize::new(0), stops_after };
            let came = machine.run_watched(&storage, &watch);
            (watch.asks.into_inner(), came)
        };
        let (asks, came) = run(usize::MAX);
        assert!(asks >= reads * CHUNKS, "{asks} asks for {reads} reads");
        assert!(came.unwrap().problems.is_empty());
        for part in 1..8 {
            let (asked, came) = run(asks * part / 8);
            assert!(matches!(came, Err(Error::Stopped)) && asked <= asks * part / 8 + 3, "{asked}: {came:?}");
        }
    };
    // Held against what arrived; against what is there; and a copy of it is kept, and sent.
    check(&large, None, 1);
    check(&large, Some(&large), 1);
    let other = large.replace('x', "y");
    check(&large, Some(&other), 3);
}

#[test]
fn what_may_pass_is_tried_again_as_often_as_there_are_pauses() {
    let check = |pauses: &'static [Duration], fails: usize, retry_after: Option<Duration>, expected: Option<usize>| {
        let (mut machine, mut storage) = (Machine { pauses, ..Machine::new() }, Storage::default());
        machine.write("a.png", "one");
        storage.put_there("b.png", "two");
        (storage.rains, storage.retry_after) = (fails.into(), retry_after);
        match (machine.run(&storage), expected) {
            (Ok(outcome), None) => {
                all_is_well(&outcome);
                assert_eq!((outcome.tally.uploaded, outcome.tally.downloaded), (1, 1));
            }
            (Err(Error::MayPass { .. }), Some(left)) => assert_eq!(storage.rains.into_inner(), left),
            (ended, _) => panic!("{ended:?}"),
        }
    };
    let (soon, later) = (Some(Duration::from_millis(1)), Some(Duration::from_hours(1)));
    check(&[Duration::ZERO; 2], 0, None, None);
    check(&[Duration::ZERO; 2], 2, None, None);
    check(&[Duration::ZERO; 2], 2, soon, None);
    check(&[Duration::ZERO; 2], 5, None, Some(2));
    check(&[Duration::ZERO; 2], 5, later, Some(4));
    check(&[], 5, None, Some(4));
}

#[test]
fn who_waits_for_another_try_is_stopped_at_once() {
    let (mut machine, storage) = (Machine { pauses: &[Duration::MAX], ..Machine::new() }, Storage::default());
    machine.write("a.png", "one");
    storage.rains.store(9, Ordering::Relaxed);
    assert!(matches!(machine.run_watched(&storage, &Asked { asks: 0.into(), stops_after: 20 }), Err(Error::Stopped)));
}

/// It went up, and nobody heard of it: that is found out, and it does not go up twice.
#[test]
fn what_was_done_before_the_connection_broke_is_not_done_again() {
    let (mut machine, storage) =
        (Machine { pauses: &[Duration::ZERO], ..Machine::new() }, Storage { breaks: true, ..Storage::default() });
    machine.write("a.png", "one");
    let outcome = machine.run(&storage).unwrap();
    all_is_well(&outcome);
    assert_eq!((outcome.tally.uploaded, outcome.tally.adopted), (0, 1));
}
