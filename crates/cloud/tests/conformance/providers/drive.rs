//! Google Drive, played by its fake: what all providers are held to, and what only Drive does.

use super::{Under, by_path, names};
use crate::faults::{may_pass, needs_you};
use crate::hand::{Granted, Hand};
use crate::marks;
use crate::suite::{Noted, On, StopAfter, assert_stale};
use legible_cloud::remote::drive::{Drive, Found};
use legible_cloud::remote::{Expect, Remote, Unwatched, Whose};
use legible_cloud::{Error, FilePath};
use legible_cloud_fakes::{Clouds, Drive as Fake, Fault};
use std::sync::Arc;
use std::time::Duration;

mod trash;

/// How many files go up at once.
const SHARING: usize = 4;
/// The name of the folder in the account.
const FOLDER: &str = "Legible it's";

pub fn holds(clouds: &Clouds) {
    let fake: Arc<dyn Hand> = Arc::new(clouds.drive.clone());
    let tokens = Granted::of(fake.clone());
    let found = Found::find(FOLDER, tokens.clone(), &Unwatched).unwrap();
    assert_eq!(Found::find(FOLDER, tokens.clone(), &Unwatched).unwrap(), found, "it is found again");
    let remote = || Drive::open(Whose::Legible, &found, tokens.clone()).unwrap();
    let (list, part, fetch) = ("?q=trashed%20%3D%20false", "upload_id=", "alt=media");
    let other = Found::find("Elsewhere", tokens.clone(), &Unwatched).unwrap();
    let under = Under {
        other: (Box::new(Drive::open(Whose::Legible, &other, tokens.clone()).unwrap()), "Elsewhere".to_owned()),
        fake,
        tokens: tokens.clone(),
        remote: Box::new(remote()),
        folder: FOLDER.to_owned(),
        list,
        small: part,
        part,
        fetch,
        forbidden: None,
        spaced: "two  spaces/ a.txt",
        renames_forget: false,
    };
    under.holds(true);
    let at = On(under.remote.as_ref());
    names_twice(&at, &clouds.drive);
    folders_twice(&at, &clouds.drive);
    folders_that_several_make_are_one(&at, &clouds.drive);
    what_is_made_again_is_one(&at, &clouds.drive);
    edits_beat_deletes(&at, &clouds.drive);
    edits_in_a_row_are_kept(&at, &clouds.drive);
    what_was_overwritten_is_put_back_another_time(&at, &clouds.drive);
    the_same_content_overwrites_nothing(&at, &clouds.drive);
    another_run_goes_on_at_the_mark(&remote(), &remote());
    trash::uploads_into_it_are_no_uploads(&at, &clouds.drive);
    trash::what_is_restored_is_seen(&at, &clouds.drive);
    the_folder_itself(&remote(), &clouds.drive);
    assert!(matches!(Found::find("a/b", tokens, &Unwatched), Err(Error::NeedsYou { .. })));
}

fn at(path: &str) -> String {
    format!("{FOLDER}/{path}")
}

/// The oldest is the file; the others are told, until a person renames one.
fn names_twice(on: &On, fake: &Fake) {
    let file = on.put("twin.txt", b"old", &Expect::Absent).unwrap();
    let cursor = on.list().cursor.unwrap();
    let young = fake.put_twin(&at("twin.txt"), b"young");
    assert!(matches!(on.0.changes(&cursor, &Unwatched), Err(Error::Expired)));
    let listing = on.list();
    assert_eq!((listing.files.len(), listing.unusable.len()), (1, 1));
    assert!(listing.files[0] == file && listing.unusable[0].name.contains(&young));
    assert_eq!(on.look("twin.txt").as_ref(), Some(&file));
    let now = on.put("twin.txt", b"more", &Expect::Revision(file.revision)).unwrap();
    assert_eq!((now.id.as_ref(), on.fetch(&now).unwrap().as_slice()), (file.id.as_ref(), b"more".as_slice()));
    on.0.remove(&now, &Unwatched).unwrap();
    // Then the other one is the file.
    let other = on.look("twin.txt").unwrap();
    assert_eq!((other.id.as_deref(), on.list().files.len()), (Some(young.as_str()), 1));
    on.0.remove(&other, &Unwatched).unwrap();
    assert!(on.list().files.is_empty());
}

/// Folders of a name are one, and what is new goes to the oldest.
fn folders_twice(on: &On, fake: &Fake) {
    let first = on.put("twice/a.txt", b"a", &Expect::Absent).unwrap();
    let oldest = fake.ids(&at("twice"));
    // Another machine makes it at the same time.
    let other = fake.clone();
    let race = Fault::before(move || {
        other.put(&at("both/theirs.txt"), b"theirs");
    });
    fake.fault("POST https://www.googleapis.com/drive/v3/files", 1, race);
    on.put("both/ours.txt", b"ours", &Expect::Absent).unwrap();
    assert_eq!(fake.faults_left(), 0);
    let ids = fake.ids(&at("both"));
    assert_eq!((oldest.len(), ids.len()), (1, 2));
    let listing = on.list();
    let files = by_path(listing.files);
    assert_eq!(names(&files), ["both/ours.txt", "both/theirs.txt", "twice/a.txt"]);
    for file in files.values() {
        assert_eq!(on.look(file.path.as_str()).as_ref(), Some(file));
        assert_stale(on.put(file.path.as_str(), b"again", &Expect::Absent));
        on.0.remove(file, &Unwatched).unwrap();
    }
    assert!(on.look(first.path.as_str()).is_none());
}

/// Several files of one run go up at once, to a folder that is not there.
fn folders_that_several_make_are_one(on: &On, fake: &Fake) {
    // All have looked before one has made it.
    fake.fault("shared", 4 * SHARING, Fault::Latency(Duration::from_millis(200)));
    std::thread::scope(|scope| {
        for number in 0..SHARING {
            scope.spawn(move || on.put(&format!("shared/{number}.txt"), b"s", &Expect::Absent).unwrap());
        }
    });
    fake.clear_faults();
    assert_eq!(fake.ids(&at("shared")).len(), 1);
    on.list().files.iter().for_each(|file| on.0.remove(file, &Unwatched).unwrap());
}

/// A new file whose answer was lost is one file, also when it is put again.
fn what_is_made_again_is_one(on: &On, fake: &Fake) {
    fake.fault("upload_id=", 1, Fault::LoseAnswer);
    on.put("once.txt", b"once", &Expect::Absent).unwrap_err();
    assert_stale(on.put("once.txt", b"once", &Expect::Absent));
    assert_eq!(fake.ids(&at("once.txt")).len(), 1);
    on.0.remove(&on.look("once.txt").unwrap(), &Unwatched).unwrap();
    // So is a folder.
    fake.fault("POST https://www.googleapis.com/drive/v3/files", 1, Fault::LoseAnswer);
    on.put("made/once.txt", b"once", &Expect::Absent).unwrap();
    assert_eq!((fake.faults_left(), fake.ids(&at("made")).len()), (0, 1));
    on.0.remove(&on.look("made/once.txt").unwrap(), &Unwatched).unwrap();
}

fn edits_beat_deletes(on: &On, fake: &Fake) {
    let file = on.put("edited.txt", b"one", &Expect::Absent).unwrap();
    let other = fake.clone();
    let edit = Fault::before(move || other.put(&at("edited.txt"), b"two"));
    fake.fault("PATCH https://www.googleapis.com/drive/v3/files", 1, edit);
    assert_stale(on.0.remove(&file, &Unwatched));
    assert_eq!((fake.faults_left(), fake.get(&at("edited.txt")).as_deref()), (0, Some(b"two".as_slice())));
    let now = on.look("edited.txt").unwrap();
    on.0.remove(&now, &Unwatched).unwrap();
    assert!(fake.trash().contains_key(&at("edited.txt")));
    // What was moved elsewhere is not what lies there.
    let file = on.put("moved.txt", b"one", &Expect::Absent).unwrap();
    fake.rename(&at("moved.txt"), &at("elsewhere.txt"));
    on.0.remove(&file, &Unwatched).unwrap();
    assert_eq!(fake.get(&at("elsewhere.txt")).as_deref(), Some(b"one".as_slice()));
    on.0.remove(&on.look("elsewhere.txt").unwrap(), &Unwatched).unwrap();
}

/// Somebody writes before what we put, and again before we have put that back.
fn edits_in_a_row_are_kept(on: &On, fake: &Fake) {
    let file = on.put("row.txt", b"one", &Expect::Absent).unwrap();
    for (matching, content) in [("upload_id=", b"theirs".as_slice()), ("/revisions?", b"and theirs again")] {
        let other = fake.clone();
        fake.fault(matching, 1, Fault::before(move || other.put(&at("row.txt"), content)));
    }
    assert_stale(on.put("row.txt", b"ours", &Expect::Revision(file.revision)));
    assert_eq!((fake.faults_left(), fake.get(&at("row.txt")).as_deref()), (0, Some(b"and theirs again".as_slice())));
    on.0.remove(&on.look("row.txt").unwrap(), &Unwatched).unwrap();
}

/// Somebody writes before what we put, and something keeps us from putting that back.
fn what_was_overwritten_is_put_back_another_time(on: &On, fake: &Fake) {
    let (again, never) = (Fault::throttled(600), Fault::throttled(0));
    let check = |matching: &str, fault: Fault, times: usize, is_theirs: bool| {
        let file = on.put("later.txt", b"one", &Expect::Absent).unwrap();
        let other = fake.clone();
        let writes = Fault::before(move || {
            if is_theirs {
                other.put(&at("later.txt"), b"theirs");
            }
        });
        fake.fault("upload_id=", 1, writes);
        fake.fault(matching, times, fault);
        let (path, mut session) = (FilePath::parse("later.txt").unwrap(), Noted::default());
        let at_one = Expect::Revision(file.revision);
        may_pass(on.put_in_session("later.txt", b"ours", &at_one, &mut session, &Unwatched));
        assert_eq!(fake.faults_left(), 0, "{matching}");
        assert!(session.0.is_some(), "{matching}");
        on.0.follow_up(&path, &mut session, &Unwatched).unwrap();
        let there: &[u8] = if is_theirs { b"theirs" } else { b"ours" };
        assert_eq!((fake.get(&at("later.txt")).as_deref(), session.0), (Some(there), None), "{matching}");
        on.0.remove(&on.look("later.txt").unwrap(), &Unwatched).unwrap();
    };
    for is_theirs in [true, false] {
        check("upload_id=", Fault::LoseAnswer, 1, is_theirs);
        check("/revisions?", again.clone(), 1, is_theirs);
    }
    check("alt=media", again.clone(), 1, true);
    check("alt=media", never, 4, true);
    // Put back, and that was not heard.
    let file = on.put("later.txt", b"one", &Expect::Absent).unwrap();
    let (other, mut session) = (fake.clone(), Noted::default());
    fake.fault("upload_id=", 1, Fault::before(move || other.put(&at("later.txt"), b"theirs")));
    let (path, at_one) = (FilePath::parse("later.txt").unwrap(), Expect::Revision(file.revision));
    let stop = StopAfter::new(b"ourstheirs".len() as u64);
    on.put_in_session("later.txt", b"ours", &at_one, &mut session, &stop).unwrap_err();
    on.0.follow_up(&path, &mut session, &Unwatched).unwrap();
    assert_eq!((fake.get(&at("later.txt")).as_deref(), session.0), (Some(b"theirs".as_slice()), None));
    // A session that did not end is left as it is, and one of a file that is gone ends.
    let now = on.look("later.txt").unwrap();
    let mut session = Noted::default();
    fake.fault("upload_id=", 1, again);
    may_pass(on.put_in_session(
        "later.txt",
        b"more",
        &Expect::Revision(now.revision.clone()),
        &mut session,
        &Unwatched,
    ));
    on.0.follow_up(&path, &mut session, &Unwatched).unwrap();
    assert!(session.0.is_some());
    fake.remove(&at("later.txt"));
    on.0.follow_up(&path, &mut session, &Unwatched).unwrap();
    assert_eq!((session.0, fake.faults_left()), (None, 0));
}

/// What has the content that is there already is no edit, and brings back nothing of before.
fn the_same_content_overwrites_nothing(on: &On, fake: &Fake) {
    let first = on.put("same.txt", b"one", &Expect::Absent).unwrap();
    let second = on.put("same.txt", b"two", &Expect::Revision(first.revision)).unwrap();
    let again = on.put("same.txt", b"two", &Expect::Revision(second.revision)).unwrap();
    assert_eq!(
        (on.look("same.txt").as_ref(), fake.get(&at("same.txt")).as_deref()),
        (Some(&again), Some(b"two".as_slice()))
    );
    on.0.remove(&again, &Unwatched).unwrap();
}

/// What is recalled of the files and what the mark holds is enough.
fn another_run_goes_on_at_the_mark(first: &Drive, second: &Drive) {
    let (on, later) = (On(first), On(second));
    let file = on.put("deep/er/a.txt", b"a", &Expect::Absent).unwrap();
    let listing = on.list();
    let (mut files, cursor) = (by_path(listing.files), listing.cursor.unwrap());
    on.put("deep/er/b.txt", b"b", &Expect::Absent).unwrap();
    on.put("new/c.txt", b"c", &Expect::Absent).unwrap();
    first.remove(&file, &Unwatched).unwrap();
    marks::follow(&later, &mut files, cursor);
    assert_eq!(names(&files), ["deep/er/b.txt", "new/c.txt"]);
    for file in files.values() {
        second.remove(file, &Unwatched).unwrap();
    }
}

/// It stays the same one when it is renamed, and it is no empty one when it is gone.
fn the_folder_itself(remote: &Drive, fake: &Fake) {
    let on = On(remote);
    on.put("a.txt", b"a", &Expect::Absent).unwrap();
    fake.rename(FOLDER, "Renamed");
    assert_eq!(on.list().files.len(), 1);
    let cursor = on.list().cursor.unwrap();
    fake.remove("Renamed");
    needs_you(remote.list(&Unwatched));
    needs_you(remote.changes(&cursor, &Unwatched));
}
