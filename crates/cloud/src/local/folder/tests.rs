//! What a folder tells and does, and what it refuses.

use super::*;
use crate::limits::INCOMING_KEPT;
use crate::local::InMemory;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use walkdir::WalkDir;

/// A time at which all that was written now is settled.
fn later() -> SystemTime {
    SystemTime::now() + Duration::from_secs(3_600)
}

fn folder() -> (tempfile::TempDir, FolderSide) {
    let home = tempfile::tempdir().unwrap();
    let side = FolderSide::open(home.path(), Box::new(InMemory::default())).unwrap();
    (home, side)
}

fn path(text: &str) -> FilePath {
    FilePath::parse(text).unwrap()
}

fn write(home: &tempfile::TempDir, name: &str, text: &str) {
    let place = home.path().join(name);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, text).unwrap();
}

fn read(home: &tempfile::TempDir, name: &str) -> String {
    fs::read_to_string(home.path().join(name)).unwrap()
}

fn of(text: &str) -> ContentHash {
    ContentHash::of(text.as_bytes())
}

fn came(side: &FolderSide, text: &str) -> Box<dyn Incoming> {
    let mut came = side.incoming().unwrap();
    came.write_all(text.as_bytes()).unwrap();
    came
}

/// Names, each with what is told of it.
type Told<T> = Vec<(String, T)>;

/// What is listed: names with contents, and names with reasons.
fn listed(side: &FolderSide) -> (Told<ContentHash>, Told<String>) {
    let listing = side.list(&|| false).unwrap();
    let mut files: Vec<_> = listing.files.into_iter().map(|file| (file.path.to_string(), file.hash)).collect();
    let mut unusable: Vec<_> = listing.unusable.into_iter().map(|unusable| (unusable.name, unusable.why)).collect();
    files.sort();
    unusable.sort();
    (files, unusable)
}

/// All names in the folder, hidden ones too.
fn names(home: &tempfile::TempDir) -> Vec<String> {
    let walk = WalkDir::new(home.path()).sort_by_file_name().into_iter().map(|entry| entry.unwrap());
    let files = walk.filter(|entry| !entry.file_type().is_dir());
    files.map(|entry| entry.path().strip_prefix(home.path()).unwrap().to_str().unwrap().replace('\\', "/")).collect()
}

#[test]
fn files_are_listed_and_hidden_ones_are_not() {
    let (home, side) = folder();
    for name in ["a.png", "2026/收据.png", ".hidden", ".trash/b.png", "2026/.x/c.png"] {
        write(&home, name, name);
    }
    let _coming = came(&side, "half");
    let expected = [("2026/收据.png".to_owned(), of("2026/收据.png")), ("a.png".to_owned(), of("a.png"))];
    assert_eq!(listed(&side), (expected.to_vec(), vec![]));
    assert!(matches!(side.list(&|| true), Err(Error::Stopped)));
}

#[test]
fn whether_case_counts_is_found_out() {
    let (home, side) = folder();
    write(&home, "a.png", "1");
    assert_eq!(side.list(&|| false).unwrap().folds_case, home.path().join("A.PNG").exists());
    assert_eq!(names(&home), ["a.png"]);
}

#[test]
fn a_folder_that_is_gone_is_an_error() {
    let (home, side) = folder();
    write(&home, "a.png", "1");
    fs::remove_dir_all(home.path()).unwrap();
    let is_local = |error: Option<Error>| matches!(error, Some(Error::Local { .. }));
    assert!(is_local(side.list(&|| false).err()) && is_local(side.look(&path("a.png")).err()));
    assert!(is_local(side.open(&path("a.png")).err()) && is_local(side.put_away(&path("a.png"), &of("1")).err()));
    assert!(is_local(side.incoming().err()));
    assert!(is_local(FolderSide::open(home.path(), Box::new(InMemory::default())).err()));
    fs::write(home.path(), "a file").unwrap();
    assert!(is_local(side.list(&|| false).err()));
}

#[test]
fn what_comes_takes_the_place_of_what_is_expected_and_of_nothing_else() {
    let (home, side) = folder();
    let at = path("2026/11/a.png");
    let place = |text: &str, expected: Option<&str>| side.place(&at, came(&side, text), expected.map(of).as_ref());
    let is_stale = |placed: Result<ContentHash>| matches!(placed, Err(Error::Stale(_)));
    assert!(is_stale(place("1", Some("0"))), "nothing is there");
    assert_eq!(place("1", None).unwrap(), of("1"));
    assert!(is_stale(place("2", None)), "something is there");
    assert!(is_stale(place("2", Some("0"))), "another is there");
    assert_eq!(read(&home, "2026/11/a.png"), "1");
    assert_eq!(place("2", Some("1")).unwrap(), of("2"));
    assert_eq!((read(&home, "2026/11/a.png"), side.look(&at).unwrap()), ("2".to_owned(), Some(of("2"))));
    assert_eq!(names(&home), ["2026/11/a.png"], "nothing is left of what was refused");
}

#[test]
fn a_folder_and_a_file_do_not_take_each_others_place() {
    let (home, side) = folder();
    write(&home, "a/b.png", "1");
    assert_eq!(side.look(&path("a")).unwrap(), None);
    assert!(matches!(side.place(&path("a"), came(&side, "2"), None), Err(Error::File { .. })));
    assert_eq!(side.look(&path("a/b.png/c")).unwrap(), None);
    assert!(matches!(side.place(&path("a/b.png/c"), came(&side, "2"), None), Err(Error::File { .. })));
    assert_eq!(names(&home), ["a/b.png"]);
}

#[test]
fn what_is_put_away_is_found_again() {
    let (home, side) = folder();
    let put_away = |text: &str, expected: &str| {
        write(&home, "d/a.png", text);
        side.put_away(&path("d/a.png"), &of(expected))
    };
    assert!(matches!(put_away("1", "0"), Err(Error::Stale(_))));
    assert_eq!(names(&home), ["d/a.png"]);
    put_away("1", "1").unwrap();
    put_away("2", "2").unwrap();
    assert_eq!((read(&home, ".trash/d/a.png"), read(&home, ".trash/d/a (2).png")), ("1".to_owned(), "2".to_owned()));
    side.put_away(&path("d/a.png"), &of("2")).unwrap();
    assert_eq!(names(&home), [".trash/d/a (2).png", ".trash/d/a.png"]);
}

#[test]
fn what_is_opened_does_not_change() {
    let (home, side) = folder();
    for size in [3, 3 << 20] {
        let text = "x".repeat(size);
        write(&home, "a.png", &text);
        let mut opened = side.open(&path("a.png")).unwrap().unwrap();
        fs::write(home.path().join("a.png"), "y").unwrap();
        let mut read = String::new();
        opened.content.read_to_string(&mut read).unwrap();
        assert!(read == text && opened.hash == of(&text) && opened.size == size as u64);
    }
    assert!(side.open(&path("b.png")).unwrap().is_none());
    assert_eq!(names(&home), ["a.png"]);
}

#[test]
fn who_is_to_stop_reads_no_file_to_its_end() {
    let (home, side) = folder();
    let text = "x".repeat(3 << 20);
    write(&home, "a.png", &text);
    let asks = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&asks);
    // Each call hears it in the middle.
    let side = side.stopping(move || counting.fetch_add(1, Ordering::Relaxed) % 40 == 20);
    let (at, hash) = (path("a.png"), of(&text));
    let is_stopped = |error: Option<Error>, asked: usize| {
        let was_asked = asks.swap(0, Ordering::Relaxed);
        assert!(matches!(error, Some(Error::Stopped)) && was_asked == asked, "{error:?} after {was_asked}");
    };
    is_stopped(side.look(&at).err(), 21);
    is_stopped(side.open(&at).err(), 21);
    is_stopped(side.put_away(&at, &hash).err(), 21);
    is_stopped(side.place(&path("b.png"), came(&side, &text), None).err(), 21);
    assert_eq!(names(&home), ["a.png"], "nothing is left of what was stopped");
}

#[test]
fn what_was_left_behind_is_swept_when_it_is_old() {
    let (home, side) = folder();
    let half = came(&side, "half");
    std::mem::forget(half);
    write(&home, "a.png", "1");
    let open = |now| FolderSide::open_at(home.path().to_owned(), Box::new(InMemory::default()), now).unwrap();
    drop(open(later));
    assert_eq!(names(&home).len(), 2, "it may be of a run that goes on");
    drop(open(|| SystemTime::now() + INCOMING_KEPT + Duration::from_secs(60)));
    assert_eq!(names(&home), ["a.png"]);
}

/// Counts the hashes that are noted.
struct Counting(InMemory, Arc<AtomicUsize>);

impl Hashes for Counting {
    fn known(&self, path: &FilePath, stamp: &Stamp) -> Option<ContentHash> {
        self.0.known(path, stamp)
    }

    fn note(&self, path: &FilePath, stamp: &Stamp, hash: &ContentHash) {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.note(path, stamp, hash);
    }
}

#[test]
fn what_is_unchanged_is_not_read_again() {
    let home = tempfile::tempdir().unwrap();
    let noted = Arc::new(AtomicUsize::new(0));
    let open = |now| {
        let hashes = Box::new(Counting(InMemory::default(), noted.clone()));
        FolderSide::open_at(home.path().to_owned(), hashes, now).unwrap()
    };
    write(&home, "a.png", "1");
    write(&home, "b.png", "1");
    let young = open(SystemTime::now);
    listed(&young);
    assert_eq!(noted.load(Ordering::Relaxed), 0, "it may change again without its times telling");
    let side = open(later);
    let count = || {
        let files = listed(&side).0;
        (files[0].1 == of(&read(&home, "a.png")), noted.load(Ordering::Relaxed))
    };
    assert_eq!(count(), (true, 2));
    assert_eq!(count(), (true, 2));
    // Another size, and then another file of the same size and time.
    write(&home, "a.png", "22");
    assert_eq!(count(), (true, 3));
    let was = fs::metadata(home.path().join("a.png")).unwrap().modified().unwrap();
    write(&home, "new", "33");
    fs::File::options().write(true).open(home.path().join("new")).unwrap().set_modified(was).unwrap();
    fs::rename(home.path().join("new"), home.path().join("a.png")).unwrap();
    if cfg!(unix) {
        assert_eq!(count(), (true, 4));
    }
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn links_are_not_followed() {
        let (home, side) = folder();
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join("secret"), "s").unwrap();
        symlink(elsewhere.path().join("secret"), home.path().join("file")).unwrap();
        symlink(elsewhere.path(), home.path().join("folder")).unwrap();
        symlink("nowhere", home.path().join("dead")).unwrap();
        let (files, unusable) = listed(&side);
        let names: Vec<&str> = unusable.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((files, names), (vec![], vec!["dead", "file", "folder"]));
        assert!(unusable.iter().all(|(_, why)| why.contains("link")));
        let is_refused = |error: Option<Error>| matches!(error, Some(Error::File { .. }));
        for name in ["file", "folder/secret", "folder/new", "dead"] {
            assert!(is_refused(side.look(&path(name)).err()) && is_refused(side.open(&path(name)).err()), "{name}");
            assert!(is_refused(side.put_away(&path(name), &of("s")).err()), "{name}");
        }
        for (name, expected) in [("folder/secret", Some(of("s"))), ("folder/new", None), ("file", Some(of("s")))] {
            assert!(is_refused(side.place(&path(name), came(&side, "x"), expected.as_ref()).err()), "{name}");
        }
        assert!(matches!(side.place(&path("dead"), came(&side, "x"), None), Err(Error::Stale(_))));
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);
        assert_eq!(fs::read_to_string(elsewhere.path().join("secret")).unwrap(), "s");
    }

    #[test]
    fn names_that_others_cannot_have_are_told() {
        let (home, side) = folder();
        for name in ["what?.png", "a:b/c.png", "end.", r"back\slash"] {
            write(&home, name, "1");
        }
        let bytes = std::os::unix::ffi::OsStrExt::from_bytes(b"\xff.png");
        let raw: &std::ffi::OsStr = bytes;
        // Some file systems take Unicode only.
        let has_raw = fs::write(home.path().join(raw), "1").is_ok();
        let (files, unusable) = listed(&side);
        assert_eq!((files.len(), unusable.len()), (0, 4 + usize::from(has_raw)), "{unusable:?}");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_name_that_is_composed_otherwise_stays_on_the_disk() {
        let (home, side) = folder();
        write(&home, "e\u{301}te\u{301}/a.png", "1");
        let at = path("été/a.png");
        assert_eq!(listed(&side), (vec![(at.to_string(), of("1"))], vec![]));
        assert_eq!(side.look(&at).unwrap(), Some(of("1")));
        side.place(&at, came(&side, "2"), Some(&of("1"))).unwrap();
        assert_eq!((names(&home).len(), read(&home, "e\u{301}te\u{301}/a.png")), (1, "2".to_owned()));
        write(&home, "été/a.png", "3");
        let (files, unusable) = listed(&side);
        assert_eq!((files, unusable.len()), (vec![(at.to_string(), of("3"))], 1));
        fs::remove_file(home.path().join("été/a.png")).unwrap();
        assert_eq!(listed(&side).0, [(at.to_string(), of("2"))]);
        side.put_away(&at, &of("2")).unwrap();
        assert_eq!(names(&home), [".trash/été/a.png"]);
    }

    #[test]
    fn what_may_not_be_read_is_told() {
        let (home, side) = folder();
        write(&home, "d/a.png", "1");
        write(&home, "b.png", "1");
        let forbid = |name: &str, mode| {
            fs::set_permissions(home.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
        };
        forbid("d/a.png", 0);
        if fs::read(home.path().join("d/a.png")).is_ok() {
            eprintln!("skipped: this user may read everything");
            return;
        }
        let check = |expected: &str| {
            let (files, unusable) = listed(&side);
            assert_eq!((files.len(), unusable.len()), (1, 1));
            assert!(unusable[0].0 == expected && unusable[0].1.contains("permission denied"), "{unusable:?}");
        };
        check("d/a.png");
        forbid("d", 0);
        check("d");
        forbid("d", 0o700);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_out_of_reach_is_told_and_the_rest_is_listed() {
        use crate::local::far::{long, move_far_down};
        let home = tempfile::tempdir().unwrap();
        let (folder, file) = (long("e\u{301}", "d"), long("", ".png"));
        for name in ["a.png", &format!("{folder}/{}/b.png", long("", "e")), &format!("{folder}/{file}")] {
            write(&home, &format!("in/{name}"), name);
        }
        let root = move_far_down(&home.path().join("in"), home.path());
        let side = FolderSide::open(&root, Box::new(InMemory::default())).unwrap();
        let (files, unusable) = listed(&side);
        assert_eq!(files, [("a.png".to_owned(), of("a.png"))]);
        // By the names that they are in step under.
        let composed = path(&folder).to_string();
        let names: Vec<&str> = unusable.iter().map(|(name, _)| name.as_str()).collect();
        let out_of_reach = [path(&format!("{composed}/{file}")), path(&format!("{composed}/{}", long("", "e")))];
        assert_eq!(names, out_of_reach.each_ref().map(FilePath::as_str));
        assert!(unusable.iter().all(|(_, why)| why.contains("give it another one")), "{unusable:?}");

        // And nothing is done with it, which is said of it alone.
        let is_of_one = |error: Option<Error>| matches!(error, Some(Error::File { .. }));
        let at = &out_of_reach[0];
        assert!(is_of_one(side.look(at).err()) && is_of_one(side.open(at).err()));
        assert!(
            is_of_one(side.put_away(at, &of("1")).err()) && is_of_one(side.place(at, came(&side, "1"), None).err())
        );
        side.place(&path("c.png"), came(&side, "1"), None).unwrap();
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_told() {
        let (home, _) = folder();
        write(&home, "a.png", "1");
        let full = || fs::File::options().write(true).open("/dev/full");
        let read = read::read(&home.path().join("a.png"), full, &|| false);
        assert!(matches!(read, Err(Error::Local { error, .. }) if error.kind() == io::ErrorKind::StorageFull));
    }

    #[test]
    fn what_comes_is_as_readable_as_any_file() {
        let (home, side) = folder();
        write(&home, "own.png", "1");
        side.place(&path("a.png"), came(&side, "1"), None).unwrap();
        let mode = |name: &str| fs::metadata(home.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode("a.png"), mode("own.png"));
    }
}
