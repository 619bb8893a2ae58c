//! Runs between a folder of this machine and a storage in memory, which does what a test says.

use super::*;
use crate::digest::{ContentHash, Digest, DigestKind};
use crate::ledger::InStep;
use crate::limits::{CHUNK_BYTES, MAX_FILE_BYTES};
use crate::local::{FolderSide, InMemory, Incoming, LocalListing, Opened};
use crate::remote::{
    Capabilities, Changes, Cursor, Expect, Listing, RemoteFile, Revision, Session, Unusable, Unwatched, Upload,
    expected,
};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

/// A ledger in memory.
#[derive(Default)]
struct Book {
    in_step: BTreeMap<FilePath, InStep>,
    seen: Listing,
    sessions: BTreeMap<(FilePath, ContentHash), String>,
}

impl Ledger for Book {
    fn all(&self) -> Result<BTreeMap<FilePath, InStep>> {
        Ok(self.in_step.clone())
    }

    fn one(&self, path: &FilePath) -> Result<Option<InStep>> {
        Ok(self.in_step.get(path).cloned())
    }

    fn note(&mut self, path: &FilePath, in_step: &InStep) -> Result<()> {
        self.in_step.insert(path.clone(), in_step.clone());
        Ok(())
    }

    fn forget(&mut self, path: &FilePath) -> Result<()> {
        self.in_step.remove(path);
        self.sessions.retain(|(of, _), _| of != path);
        Ok(())
    }

    fn cursor(&self) -> Result<Option<Cursor>> {
        Ok(self.seen.cursor.clone())
    }

    fn seen(&self) -> Result<Vec<RemoteFile>> {
        Ok(self.seen.files.clone())
    }

    fn unusable(&self) -> Result<Vec<Unusable>> {
        Ok(self.seen.unusable.clone())
    }

    fn see(&mut self, files: &[RemoteFile], unusable: &[Unusable], cursor: Option<&Cursor>) -> Result<()> {
        self.seen = Listing { files: files.to_vec(), unusable: unusable.to_vec(), cursor: cursor.cloned() };
        Ok(())
    }

    fn sessions(&self) -> Result<Vec<(FilePath, ContentHash)>> {
        Ok(self.sessions.keys().cloned().collect())
    }

    fn session(&self, path: &FilePath, hash: &ContentHash) -> Result<Option<String>> {
        Ok(self.sessions.get(&(path.clone(), *hash)).cloned())
    }

    fn note_session(&mut self, path: &FilePath, hash: &ContentHash, state: Option<&str>) -> Result<()> {
        match state {
            Some(state) => drop(self.sessions.insert((path.clone(), *hash), state.to_owned())),
            None => drop(self.sessions.remove(&(path.clone(), *hash))),
        }
        Ok(())
    }
}

/// A storage that takes names of other cases for the same, unless it tells them apart.
#[derive(Default)]
struct Storage {
    /// By their names as they are compared, as they are written, with their contents.
    files: Mutex<BTreeMap<String, (FilePath, Vec<u8>)>>,
    unusable: Mutex<Vec<Unusable>>,
    /// What is told as changed; else marks are forgotten.
    changes: Mutex<Option<Changes>>,
    followed: Mutex<Vec<String>>,
    /// An upload ends here before it is known what came of it.
    breaks: bool,
    tells_case: bool,
    tells_hashes: bool,
}

impl Storage {
    fn put_there(&self, at: &str, content: &str) {
        lock(&self.files).insert(self.key(&path(at)), (path(at), content.as_bytes().to_vec()));
    }

    fn key(&self, path: &FilePath) -> String {
        if self.tells_case { path.to_string() } else { path.folded() }
    }

    fn told(&self, at: &FilePath) -> Option<RemoteFile> {
        let (path, content) = lock(&self.files).get(&self.key(at))?.clone();
        let revision = Revision(ContentHash::of(&content).to_string());
        let digest = self.tells_hashes.then(|| Digest::of(DigestKind::Md5, content.as_slice()).unwrap());
        Some(RemoteFile { path, id: None, revision, size: content.len() as u64, digest, modified: None })
    }

    fn names(&self) -> Vec<String> {
        lock(&self.files).values().map(|(path, _)| path.to_string()).collect()
    }
}

impl Remote for Storage {
    fn capabilities(&self) -> Capabilities {
        let folds_case = !self.tells_case;
        Capabilities { folds_case, resumable: true, conditional: true, cursor: true, ..Capabilities::default() }
    }

    fn list(&self, _: &dyn Watch) -> Result<Listing> {
        let paths: Vec<FilePath> = lock(&self.files).values().map(|(path, _)| path.clone()).collect();
        let files = paths.iter().filter_map(|path| self.told(path)).collect();
        Ok(Listing { files, unusable: lock(&self.unusable).clone(), cursor: Some(Cursor("mark".to_owned())) })
    }

    fn changes(&self, _: &Cursor, _: &dyn Watch) -> Result<Changes> {
        let cursor = Some(Cursor("later".to_owned()));
        let changes = lock(&self.changes).clone().ok_or(Error::Expired)?;
        Ok(Changes { cursor, ..changes })
    }

    fn look(&self, path: &FilePath, _: &dyn Watch) -> Result<Option<RemoteFile>> {
        Ok(self.told(path).map(|file| RemoteFile { path: path.clone(), ..file }))
    }

    fn fetch(&self, file: &RemoteFile, into: &mut dyn Write, _: &dyn Watch) -> Result<()> {
        expected(&file.path, &Expect::Revision(file.revision.clone()), self.told(&file.path).as_ref())?;
        let content = lock(&self.files)[&self.key(&file.path)].1.clone();
        into.write_all(&content).map_err(Error::local(file.path.as_str()))
    }

    fn put(&self, upload: Upload<'_>, _: &dyn Watch) -> Result<RemoteFile> {
        expected(upload.path, upload.expect, self.told(upload.path).as_ref())?;
        let mut content = String::new();
        upload.content.read_to_string(&mut content).map_err(Error::local(upload.path.as_str()))?;
        let was = self.told(upload.path).map_or(upload.path.clone(), |was| was.path);
        self.put_there(was.as_str(), &content);
        if self.breaks {
            upload.session.note(Some("to be followed up"))?;
            return Err(Error::may_pass("the connection broke"));
        }
        Ok(RemoteFile { path: upload.path.clone(), ..self.told(upload.path).ok_or(Error::Expired)? })
    }

    fn follow_up(&self, path: &FilePath, session: &mut dyn Session, _: &dyn Watch) -> Result<()> {
        lock(&self.followed).push(format!("{path}: {}", session.last().unwrap_or_default()));
        session.note(None)
    }

    fn give_up(&self, path: &FilePath, _: &mut dyn Session, _: &dyn Watch) -> Result<()> {
        lock(&self.followed).push(format!("{path} is given up"));
        Ok(())
    }

    fn remove(&self, file: &RemoteFile, _: &dyn Watch) -> Result<()> {
        lock(&self.files).remove(&self.key(&file.path));
        Ok(())
    }
}

/// A folder with a ledger.
struct Machine {
    home: tempfile::TempDir,
    side: Box<dyn Local>,
    book: Book,
}

impl Machine {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        Machine { side: side(home.path()), home, book: Book::default() }
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
            wants: &|_| true,
            device: "here",
            today: "2026-11-22",
            agreed: &[Question::FirstMeeting { local: 0, remote: 0 }],
            at_once: 1,
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
