//! Watched folders whose images stay where they are: the library follows them, and knows which are gone.

use crate::program::draw::{number, png};
use crate::program::sources::Kept;
use crate::program::{Home, wait_for};
use std::fs;
use std::path::Path;

/// The image that says this.
#[track_caller]
fn saying(home: &Home, text: &str) -> Kept {
    let kept = home.kept();
    kept.iter().find(|kept| kept.text == text).cloned().unwrap_or_else(|| panic!("{text}: {kept:?}"))
}

/// A home with a service that has read two images in place.
fn with_two_read(home: &Home) -> String {
    let id = home.watch("in", &["--keep", "in-place"]);
    home.write("in/a.png", png(&number(41_414)));
    home.write("in/b.png", png(&number(52_525)));
    home.work();
    assert_eq!((home.found("41414"), home.found("52525"), home.pictures().len()), (1, 1, 0));
    id
}

#[test]
fn files_that_move_are_followed() {
    let home = Home::new();
    with_two_read(&home);
    let _serving = home.serve();
    let at = |name: &str| home.path("in").join(name);
    let lies = |text: &str, name: &str| {
        let kept = saying(&home, text);
        (kept.path == at(name) && !kept.missing).then_some(kept.name)
    };
    fs::rename(at("a.png"), at("renamed.png")).unwrap();
    fs::create_dir(at("sub")).unwrap();
    fs::rename(at("b.png"), at("sub/b.png")).unwrap();
    assert_eq!(wait_for("the renamed file is followed", || lies("41414", "renamed.png")), "renamed.png");
    assert_eq!(wait_for("the moved file is followed", || lies("52525", "sub/b.png")), "b.png");
    fs::rename(at("renamed.png"), at("between.part")).unwrap();
    fs::rename(at("sub/b.png"), at("renamed.png")).unwrap();
    fs::rename(at("between.part"), at("sub/b.png")).unwrap();
    wait_for("they have swapped", || lies("41414", "sub/b.png").and(lies("52525", "renamed.png")));
    home.settle();
    assert_eq!((home.images(), home.count_jobs("read"), home.pictures().len()), (2, 2, 0));
}

#[test]
fn a_deleted_file_is_marked_missing_stays_searchable_and_comes_back() {
    let home = Home::new();
    let id = with_two_read(&home);
    let serving = home.serve();
    fs::rename(home.path("in/a.png"), home.path("kept aside.png")).unwrap();
    wait_for("it is marked", || saying(&home, "41414").missing.then_some(()));
    assert_eq!((home.found("41414"), home.count_jobs("read")), (1, 2), "it stays searchable");
    assert!(!saying(&home, "52525").missing);
    assert!(home.looks(&id).contains(&"1 file gone".to_owned()), "{:?}", home.looks(&id));
    assert_eq!(serving.stop(), 0);
    let check = home.schedules().into_iter().find(|one| one["draft"]["action"] == "check_library").unwrap();
    home.run(["schedules", "run", &check["id"].to_string()]).with(0);
    home.work();
    let told = home.schedule(&check["id"].to_string())["last"]["error"]["message"].clone();
    assert_eq!(told, "1 original missing, such as a.png.");

    let _serving = home.serve();
    fs::rename(home.path("kept aside.png"), home.path("in/back again.png")).unwrap();
    wait_for("it is back", || (!saying(&home, "41414").missing).then_some(()));
    home.settle();
    let a = saying(&home, "41414");
    assert_eq!((a.path.as_path(), a.reads, home.images()), (&*home.path("in/back again.png"), 1, 2));
}

#[test]
fn a_file_with_other_content_is_another_image() {
    let home = Home::new();
    with_two_read(&home);
    let _serving = home.serve();
    home.write("in/a.png", png(&number(63_636)));
    wait_for("it is read", || (home.found("63636") == 1).then_some(()));
    let (old, new) = (saying(&home, "41414"), saying(&home, "63636"));
    assert!(old.missing && !new.missing, "what it was is no more: {old:?} {new:?}");
    assert_eq!((new.path.as_path(), home.images()), (&*home.path("in/a.png"), 3));
}

#[test]
fn of_two_copies_the_other_takes_over() {
    let home = Home::new();
    let id = home.watch("in", &["--keep", "in-place"]);
    let image = png(&number(74_747));
    home.write("in/a.png", &image);
    home.look(&id).with(0);
    home.write("in/sub/b.png", &image);
    assert_eq!(home.found_by(&id), "1 image known already");
    home.work();
    fs::remove_file(home.path("in/a.png")).unwrap();
    home.look(&id).with(0);
    let kept = saying(&home, "74747");
    assert_eq!((kept.path.as_path(), kept.missing, kept.reads), (&*home.path("in/sub/b.png"), false, 1));
    fs::remove_file(home.path("in/sub/b.png")).unwrap();
    home.look(&id).with(0);
    assert!(saying(&home, "74747").missing);
}

#[test]
fn files_are_moved_once_they_are_read_and_the_library_knows_where() {
    let home = Home::new();
    let id = home.watch("in", &["--keep", "in-place", "--move-to", "done"]);
    home.write("in/a.png", png(&number(85_858)));
    home.write("in/sub/a.png", png(&number(96_969)));
    home.write("done/a.png", "a stranger");
    home.work();
    let places = ["85858", "96969"].map(|text| saying(&home, text).path);
    assert!(places.iter().all(|path| path.starts_with(home.path("done")) && path.is_file()), "{places:?}");
    assert_eq!(fs::read(home.path("done/a.png")).unwrap(), b"a stranger");
    assert!(!home.path("in/a.png").exists() && !home.path("in/sub/a.png").exists());
    assert_eq!(home.found_by(&id), "Nothing new");
    assert!(home.kept().iter().all(|kept| !kept.missing && Path::new(&kept.path).is_file()), "{:?}", home.kept());
}
