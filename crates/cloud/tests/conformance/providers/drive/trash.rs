//! What a person puts into the trash of Google Drive while we write, and takes from there again.

use super::super::{by_path, names};
use super::at;
use crate::marks;
use crate::suite::{On, assert_stale};
use legible_cloud::remote::{Expect, Unwatched};
use legible_cloud_fakes::{Drive as Fake, Fault};

/// Orders that a file or folder goes to the trash, or elsewhere, just before a content arrives.
fn before_it_arrives(fake: &Fake, happens: impl Fn(&Fake) + Send + Sync + 'static) {
    let other = fake.clone();
    fake.fault("upload_id=", 1, Fault::before(move || happens(&other)));
}

/// A content that went to the trash is not in step: an edit beats a delete.
pub fn uploads_into_it_are_no_uploads(on: &On, fake: &Fake) {
    let file = on.put("thrown.txt", b"one", &Expect::Absent).unwrap();
    before_it_arrives(fake, |fake| fake.put_in_trash(&at("thrown.txt")));
    assert_stale(on.put("thrown.txt", b"two", &Expect::Revision(file.revision)));
    assert!(on.look("thrown.txt").is_none());
    let file = on.put("thrown.txt", b"two", &Expect::Absent).unwrap();
    assert_eq!(on.listed("thrown.txt").as_ref(), Some(&file), "it is put anew");
    before_it_arrives(fake, |fake| fake.rename(&at("thrown.txt"), &at("elsewhere/thrown.txt")));
    assert_stale(on.put("thrown.txt", b"three", &Expect::Revision(file.revision)));
    on.0.remove(&on.look("elsewhere/thrown.txt").unwrap(), &Unwatched).unwrap();

    on.0.remove(&on.put("thrown/first.txt", b"first", &Expect::Absent).unwrap(), &Unwatched).unwrap();
    before_it_arrives(fake, |fake| fake.put_in_trash(&at("thrown")));
    assert_stale(on.put("thrown/new.txt", b"new", &Expect::Absent));
    let file = on.put("thrown/new.txt", b"new", &Expect::Absent).unwrap();
    assert_eq!(on.listed("thrown/new.txt").as_ref(), Some(&file), "it goes to a folder of its own");
    // Who takes the folder back does not find it there a second time.
    fake.restore(&at("thrown"));
    assert_eq!((on.list().unusable.len(), fake.ids(&at("thrown")).len()), (0, 2));
    on.0.remove(&file, &Unwatched).unwrap();
    assert_eq!(fake.faults_left(), 0);
}

/// What comes back with a folder is not told file by file.
pub fn what_is_restored_is_seen(on: &On, fake: &Fake) {
    let known = |folder: &str| {
        on.put(&format!("{folder}/in/a.txt"), b"a", &Expect::Absent).unwrap();
        fake.put_in_trash(&at(folder));
    };
    // One that lay in the trash when all was listed, one that went there later, and one that nobody has seen outside of it.
    known("early");
    let listing = on.list();
    let (mut files, cursor) = (by_path(listing.files), listing.cursor.unwrap());
    fake.restore(&at("early"));
    let cursor = marks::follow_or_list(on, &mut files, cursor);
    assert_eq!(names(&files), ["early/in/a.txt"]);
    fake.put_in_trash(&at("early"));
    let cursor = marks::follow_or_list(on, &mut files, cursor);
    fake.put(&at("unseen/in/b.txt"), b"b");
    fake.put_in_trash(&at("unseen"));
    let cursor = marks::follow(on, &mut files, cursor);
    assert_eq!(names(&files), [""; 0]);
    fake.restore(&at("unseen"));
    let cursor = marks::follow_or_list(on, &mut files, cursor);
    assert_eq!(names(&files), ["unseen/in/b.txt"]);
    fake.restore(&at("early"));
    marks::follow_or_list(on, &mut files, cursor);
    assert_eq!(names(&files), ["early/in/a.txt", "unseen/in/b.txt"]);
    files.values().for_each(|file| on.0.remove(file, &Unwatched).unwrap());
}
