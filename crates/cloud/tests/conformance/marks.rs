//! What storages with marks of their own are held to: cursors of changes, and sessions of uploads.

use crate::suite::{LARGE, Noted, On, STOP_AFTER, StopAfter, large};
use legible_cloud::Error;
use legible_cloud::remote::{Changes, Cursor, Expect, RemoteFile, Unwatched};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// What was there, with what changed after the mark, is what is there.
pub fn tell_what_changed(on: &On) {
    if !on.0.capabilities().cursor {
        return;
    }
    let at = |file: &RemoteFile| Expect::Revision(file.revision.clone());
    let kept = on.put("marks/Kept.txt", b"one", &Expect::Absent).unwrap();
    let gone = on.put("marks/gone.txt", b"one", &Expect::Absent).unwrap();
    let listing = on.list();
    let mut files = by_path(listing.files);
    let mut cursor = listing.cursor.unwrap();
    for step in 0..5 {
        match step {
            0 => {}
            1 => drop(on.put("Marks 收据/new/deep.txt", b"new", &Expect::Absent).unwrap()),
            2 => drop(on.put("marks/Kept.txt", b"two", &at(&kept)).unwrap()),
            3 => on.0.remove(&gone, &Unwatched).unwrap(),
            // Before its folder was known, for the storage.
            _ => drop(on.put("Marks 收据/new/deeper/still.txt", b"", &Expect::Absent).unwrap()),
        }
        cursor = follow(on, &mut files, cursor);
        assert_eq!(files, by_path(on.list().files), "after step {step}");
    }
    for path in ["marks/Kept.txt", "Marks 收据/new/deep.txt", "Marks 收据/new/deeper/still.txt"] {
        on.0.remove(&on.look(path).unwrap(), &Unwatched).unwrap();
    }
    follow(on, &mut files, cursor);
    assert_eq!(files, by_path(on.list().files), "after all is gone");
}

/// Takes over what changed after a mark; gives the one after it, at which nothing more has changed.
pub fn follow(on: &On, files: &mut BTreeMap<String, RemoteFile>, cursor: Cursor) -> Cursor {
    on.0.recall(&files.values().cloned().collect::<Vec<_>>());
    let changes = on.0.changes(&cursor, &Unwatched).unwrap();
    apply(files, &changes);
    let cursor = changes.cursor.unwrap();
    on.0.recall(&files.values().cloned().collect::<Vec<_>>());
    let quiet = on.0.changes(&cursor, &Unwatched).unwrap();
    assert_eq!((quiet.files, quiet.gone), (Vec::new(), Vec::new()), "nothing changed since");
    cursor
}

/// The same after a change that some storages do not tell file by file: they then want a list.
pub fn follow_or_list(on: &On, files: &mut BTreeMap<String, RemoteFile>, cursor: Cursor) -> Cursor {
    on.0.recall(&files.values().cloned().collect::<Vec<_>>());
    if !matches!(on.0.changes(&cursor, &Unwatched), Err(Error::Expired)) {
        return follow(on, files, cursor);
    }
    let listing = on.list();
    *files = by_path(listing.files);
    listing.cursor.unwrap()
}

fn apply(files: &mut BTreeMap<String, RemoteFile>, changes: &Changes) {
    for gone in &changes.gone {
        let gone = gone.folded();
        files.retain(|path, _| {
            let path = path.to_lowercase();
            path != gone && !path.starts_with(&format!("{gone}/"))
        });
    }
    files.extend(by_path(changes.files.clone()));
}

fn by_path(files: Vec<RemoteFile>) -> BTreeMap<String, RemoteFile> {
    files.into_iter().map(|file| (file.path.to_string(), RemoteFile { modified: None, ..file })).collect()
}

/// An upload that was stopped goes on: only the rest moves.
pub fn of_uploads_go_on(on: &On) {
    if !on.0.capabilities().resumable {
        return;
    }
    let mut session = Noted::default();
    let stop = StopAfter::new(STOP_AFTER);
    stop.ended_soon(on.put_in_session("resumed.bin", &large(5), &Expect::Absent, &mut session, &stop));
    assert!(session.0.is_some() && on.look("resumed.bin").is_none());
    let rest = StopAfter::new(u64::MAX);
    let put = on.put_in_session("resumed.bin", &large(5), &Expect::Absent, &mut session, &rest).unwrap();
    assert_eq!(session.0, None, "a session that ended is not kept");
    let moved = rest.moved.load(Ordering::SeqCst);
    assert!(moved > 0 && moved <= LARGE as u64 / 2, "{moved} bytes moved again");
    assert!(on.fetch(&put).unwrap() == large(5));
    // What was noted is of no use any more: it begins anew.
    let stop = StopAfter::new(STOP_AFTER);
    let at = Expect::Revision(put.revision.clone());
    stop.ended_soon(on.put_in_session("resumed.bin", &large(6), &at, &mut session, &stop));
    let now = on.put("resumed.bin", b"another", &at).unwrap();
    let at = Expect::Revision(now.revision.clone());
    let put = on.put_in_session("resumed.bin", &large(6), &at, &mut session, &Unwatched).unwrap();
    assert!(on.fetch(&put).unwrap() == large(6));
    for noted in ["", "{}", "no session", r#"{"session": "x", "at": 99999999, "expect": "absent"}"#] {
        on.0.remove(&on.look("resumed.bin").unwrap(), &Unwatched).unwrap();
        let mut session = Noted(Some(noted.to_owned()));
        let put = on.put_in_session("resumed.bin", &large(7), &Expect::Absent, &mut session, &Unwatched).unwrap();
        assert_eq!(put.size, LARGE as u64, "{noted}");
    }
    on.0.remove(&on.look("resumed.bin").unwrap(), &Unwatched).unwrap();
}
