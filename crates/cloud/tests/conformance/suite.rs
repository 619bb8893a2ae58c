//! What every storage is held to.

use legible_cloud::remote::{Expect, Listing, ReadSeek, Remote, RemoteFile, Session, Unwatched, Upload, Watch};
use legible_cloud::{Error, FilePath, Result};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::marks;

/// More than one part of S3, and more than any buffer on the way.
pub const LARGE: usize = 12 << 20;
/// How many files go up at once, to each of how many folders.
const AT_ONCE: usize = 4;
const NEW_FOLDERS: usize = 6;
/// A name with spaces where most storages take them.
pub const SPACED: &str = "two  spaces/ a.txt";
/// After how many bytes a transfer is stopped.
pub const STOP_AFTER: u64 = 9 << 20;
/// How soon it must end then; on a machine that does much else.
const ENDS_WITHIN: Duration = Duration::from_millis(400);

/// Holds a folder in which nothing is to all that a storage promises.
pub fn conforms(remote: &dyn Remote) {
    conforms_with(remote, SPACED);
}

/// The same, with a name that has spaces where the storage takes them.
pub fn conforms_with(remote: &dyn Remote, spaced: &str) {
    conforms_one_by_one(remote, spaced);
    several_go_up_at_once(&On(remote));
}

/// The same, but for what goes up at once: a server that fails at that by itself.
pub fn conforms_one_by_one(remote: &dyn Remote, spaced: &str) {
    let on = On(remote);
    keeps_states_apart(&on, spaced);
    a_stop_changes_nothing(&on);
    marks::tell_what_changed(&on);
    marks::of_uploads_go_on(&on);
    only_what_is_there_is_listed(&on, spaced);
}

/// The same, but for what only a server does that keeps the old file until the new one is whole.
pub fn conforms_if_nothing_breaks(remote: &dyn Remote) {
    let on = On(remote);
    keeps_states_apart(&on, SPACED);
    only_what_is_there_is_listed(&on, SPACED);
    several_go_up_at_once(&on);
}

fn keeps_states_apart(on: &On, spaced: &str) {
    nothing_is_listed(on);
    files_are_put_and_fetched(on, spaced);
    states_are_compared(on);
    files_are_removed(on);
}

fn nothing_is_listed(on: &On) {
    assert_eq!(Listing { cursor: None, ..on.list() }, Listing::default());
    assert!(on.look("a.txt").is_none());
    assert!(matches!(on.0.changes(&legible_cloud::remote::Cursor("x".into()), &Unwatched), Err(Error::Expired)));
}

fn files_are_put_and_fetched(on: &On, spaced: &str) {
    let check = |path: &str, bytes: &[u8]| {
        let put = on.put(path, bytes, &Expect::Absent).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!((put.path.as_str(), put.size), (path, bytes.len() as u64));
        assert_eq!(on.look(path).as_ref(), Some(&put), "what is put is what is there");
        assert_eq!(on.listed(path).as_ref(), Some(&put), "and what is listed");
        assert!(on.fetch(&put).unwrap() == bytes, "{path} arrives as it was sent");
        if let Some(digest) = &put.digest {
            assert_eq!(*digest, legible_cloud::digest::Digest::of(digest.kind, bytes).unwrap(), "{path}");
        }
    };
    check("a.txt", b"one");
    check("empty.txt", b"");
    check("2026/11/22/deep.txt", b"below folders that were not there");
    check("收据/发票 2026.txt", "小票".as_bytes());
    check("it's \u{201c}quoted\u{201d} & 100%#1 +é.txt", b"a name");
    check(spaced, b"spaces");
    check("large.bin", &large(1));
}

fn states_are_compared(on: &On) {
    let first = on.look("a.txt").unwrap();
    let at = |file: &RemoteFile| Expect::Revision(file.revision.clone());
    assert_stale(on.put("a.txt", b"uno", &Expect::Absent));
    let between = on.put("a.txt", b"duo", &at(&first)).unwrap();
    // Of the same size, and begun within the same second.
    let second = on.put("a.txt", b"two", &at(&between)).unwrap();
    assert_ne!(second.revision, between.revision, "another state has another name");
    assert_ne!(second.revision, first.revision);
    assert_eq!(on.listed("a.txt").as_ref(), Some(&second));
    assert_stale(on.put("a.txt", b"tre", &at(&first)));
    assert_stale(on.put("never.txt", b"tre", &at(&first)));
    assert_stale(on.fetch(&first));
    assert_stale(on.0.remove(&first, &Unwatched));
    assert_eq!(on.fetch(&second).unwrap(), b"two", "what was refused changed nothing");
    assert!(on.look("never.txt").is_none());
    let large_now = on.put("large.bin", &large(2), &at(&on.look("large.bin").unwrap())).unwrap();
    assert!(on.fetch(&large_now).unwrap() == large(2));
    assert_stale(on.put("large.bin", &large(3), &Expect::Absent));
    assert_eq!(on.look("large.bin"), Some(large_now));
}

fn files_are_removed(on: &On) {
    let first = on.put("gone.txt", b"one", &Expect::Absent).unwrap();
    on.0.remove(&first, &Unwatched).unwrap();
    assert!(on.look("gone.txt").is_none() && on.listed("gone.txt").is_none());
    on.0.remove(&first, &Unwatched).expect("what is gone is removed");
    assert_stale(on.fetch(&first));
    // And again on the same day.
    let again = on.put("gone.txt", b"another", &Expect::Absent).unwrap();
    on.0.remove(&again, &Unwatched).unwrap();
    let deep = on.look("2026/11/22/deep.txt").unwrap();
    on.0.remove(&deep, &Unwatched).unwrap();
    assert!(on.listed("2026/11/22/deep.txt").is_none());
}

/// To folders that are not there, and that each of them would make.
fn several_go_up_at_once(on: &On) {
    let put = |path: &str| on.put(path, b"s", &Expect::Absent).unwrap_or_else(|error| panic!("{path}: {error}"));
    for folder in 0..NEW_FOLDERS {
        let files: Vec<RemoteFile> = std::thread::scope(|scope| {
            let all = (0..AT_ONCE).map(|file| scope.spawn(move || put(&format!("at once/{folder}/{file}.txt"))));
            let all: Vec<_> = all.collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        files.iter().for_each(|file| on.0.remove(file, &Unwatched).unwrap());
    }
}

fn a_stop_changes_nothing(on: &On) {
    let before = on.look("large.bin").unwrap();
    let stop = StopAfter::new(STOP_AFTER);
    let put = on.put_watched("large.bin", &large(4), &Expect::Revision(before.revision.clone()), &stop);
    stop.ended_soon(put);
    let stop = StopAfter::new(STOP_AFTER);
    stop.ended_soon(on.put_watched("new.bin", &large(4), &Expect::Absent, &stop));
    let stop = StopAfter::new(STOP_AFTER);
    stop.ended_soon(on.0.fetch(&before, &mut Vec::new(), &stop));
    let stopped = StopAfter::new(0);
    stopped.ended_soon(on.0.list(&stopped));
    assert_eq!(on.look("large.bin").as_ref(), Some(&before), "the old state is there");
    assert!(on.fetch(&before).unwrap() == large(2));
    assert!(on.look("new.bin").is_none() && on.listed("new.bin").is_none());
}

fn only_what_is_there_is_listed(on: &On, spaced: &str) {
    let listing = on.list();
    let names: BTreeMap<&str, u64> = listing.files.iter().map(|file| (file.path.as_str(), file.size)).collect();
    let expected = [
        ("a.txt", 3),
        ("empty.txt", 0),
        ("it's \u{201c}quoted\u{201d} & 100%#1 +é.txt", 6),
        ("large.bin", LARGE as u64),
        (spaced, 6),
        ("收据/发票 2026.txt", 6),
    ];
    assert_eq!(names, BTreeMap::from(expected));
    assert_eq!((listing.unusable, listing.cursor.is_some()), (Vec::new(), on.0.capabilities().cursor));
    for file in &listing.files {
        on.0.remove(file, &Unwatched).unwrap();
    }
    assert_eq!(on.list().files, []);
}

/// Bytes that no packing makes small, and that are others for another seed.
pub fn large(seed: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()
    };
    (0..LARGE / 4).flat_map(|_| next()).collect()
}

#[track_caller]
pub fn assert_stale<T>(result: Result<T>) {
    match result {
        Err(Error::Stale(_)) => {}
        Err(error) => panic!("not stale: {error:?}"),
        Ok(_) => panic!("it was not refused"),
    }
}

/// A storage, asked with few words. Times are for people, and differ by fractions of a second between a list and a look.
pub struct On<'a>(pub &'a dyn Remote);

impl On<'_> {
    pub fn list(&self) -> Listing {
        let mut listing = self.0.list(&Unwatched).unwrap();
        listing.files.iter_mut().for_each(|file| file.modified = None);
        listing
    }

    pub fn listed(&self, path: &str) -> Option<RemoteFile> {
        self.list().files.into_iter().find(|file| file.path.as_str() == path)
    }

    pub fn look(&self, path: &str) -> Option<RemoteFile> {
        let there = self.0.look(&FilePath::parse(path).unwrap(), &Unwatched).unwrap();
        there.map(|file| RemoteFile { modified: None, ..file })
    }

    pub fn put(&self, path: &str, bytes: &[u8], expect: &Expect) -> Result<RemoteFile> {
        self.put_watched(path, bytes, expect, &Unwatched)
    }

    pub fn put_watched(&self, path: &str, bytes: &[u8], expect: &Expect, watch: &dyn Watch) -> Result<RemoteFile> {
        self.put_in_session(path, bytes, expect, &mut Noted::default(), watch)
    }

    pub fn put_in_session(
        &self,
        path: &str,
        bytes: &[u8],
        expect: &Expect,
        session: &mut Noted,
        watch: &dyn Watch,
    ) -> Result<RemoteFile> {
        let (path, size) = (FilePath::parse(path).unwrap(), bytes.len() as u64);
        let content: &mut dyn ReadSeek = &mut Cursor::new(bytes);
        let there = self.0.put(Upload { path: &path, content, size, expect, session }, watch)?;
        Ok(RemoteFile { modified: None, ..there })
    }

    pub fn fetch(&self, file: &RemoteFile) -> Result<Vec<u8>> {
        let mut into = Vec::new();
        self.0.fetch(file, &mut into, &Unwatched).map(|()| into)
    }
}

/// Remembers a session as long as it lives.
#[derive(Default)]
pub struct Noted(pub Option<String>);

impl Session for Noted {
    fn last(&self) -> Option<String> {
        self.0.clone()
    }

    fn note(&mut self, state: Option<&str>) -> Result<()> {
        self.0 = state.map(str::to_owned);
        Ok(())
    }
}

/// Stops once so many bytes are moved.
pub struct StopAfter {
    bytes: u64,
    pub moved: AtomicU64,
    since: Mutex<Option<Instant>>,
}

impl StopAfter {
    pub fn new(bytes: u64) -> Self {
        let since = Mutex::new((bytes == 0).then(Instant::now));
        StopAfter { bytes, moved: AtomicU64::new(0), since }
    }

    #[track_caller]
    pub fn ended_soon<T>(&self, result: Result<T>) {
        let since = self.since.lock().unwrap().expect("the bytes are told as they move").elapsed();
        match result {
            Err(Error::Stopped) => assert!(since < ENDS_WITHIN, "it took {since:?} to stop"),
            Err(error) => panic!("not stopped: {error:?}"),
            Ok(_) => panic!("it went on to the end"),
        }
    }
}

impl Watch for StopAfter {
    fn stopped(&self) -> bool {
        self.moved.load(Ordering::SeqCst) >= self.bytes
    }

    fn moved(&self, bytes: u64) {
        let before = self.moved.fetch_add(bytes, Ordering::SeqCst);
        if before < self.bytes && before + bytes >= self.bytes {
            *self.since.lock().unwrap() = Some(Instant::now());
        }
    }
}
