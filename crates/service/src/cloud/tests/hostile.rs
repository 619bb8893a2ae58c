//! What others put on a storage: it harms nothing that is here, and stops nothing else.

use super::*;

/// A machine with its folder, where another one has put an image and what is said of it.
fn with_one_image() -> (tempfile::TempDir, Machine, Machine) {
    let (folder, desk, lap) = two();
    let id = desk.take_in("a.png", 1);
    desk.tag(id, &["precious"]);
    desk.sync();
    lap.sync();
    (folder, desk, lap)
}

/// The only file of this ending below a folder.
fn find(folder: &Path, ending: &str) -> std::path::PathBuf {
    let files = walkdir::WalkDir::new(folder).into_iter().flatten().map(walkdir::DirEntry::into_path);
    let mut found = files.filter(|path| path.is_file() && path.to_str().unwrap().ends_with(ending));
    let one = found.next().unwrap();
    assert_eq!(found.next(), None);
    one
}

#[test]
fn beside_a_damaged_sidecar_nothing_is_kept() {
    let (folder, desk, lap) = with_one_image();
    let there = find(&folder.path().join("between"), "a.png.json");
    std::fs::write(&there, "{broken").unwrap();
    lap.tag(lap.id("a.png"), &["precious", "changed here too"]);
    for machine in [&lap, &desk, &lap] {
        let result = machine.sync();
        assert_eq!((result.kept_both.len(), result.problem_count), (0, 1), "{result:?}");
    }
    let names = std::fs::read_dir(lap.home.path("library/1970/01")).unwrap().count();
    assert_eq!((names, std::fs::read(&there).unwrap()), (2, b"{broken".to_vec()));
    std::fs::remove_file(&there).unwrap();
    lap.sync();
    desk.sync();
    assert_eq!(desk.items(), items(&[("a.png", &["precious", "changed here too"])]));
}

#[test]
fn an_image_that_is_none_any_more_takes_the_place_of_no_good_one() {
    for damaged in [&b""[..], &[0x5a; 4000], b"-----BEGIN AGE ENCRYPTED FILE-----"] {
        let (folder, desk, lap) = with_one_image();
        desk.home.work();
        lap.home.work();
        let (here, there) = (desk.home.path("library/1970/01/a.png"), find(&folder.path().join("between"), "a.png"));
        std::fs::write(&here, damaged).unwrap();
        for _ in 0..2 {
            let plan = desk.plan();
            assert_eq!((plan.count, plan.problem_count), (0, 1), "{plan:?}");
            let result = desk.sync();
            assert_eq!((result.uploaded, result.problem_count), (0, 1), "{result:?}");
            assert!(result.problems[0].message.contains("no image any more"), "{result:?}");
            assert_eq!(std::fs::read(&there).unwrap(), png(1));
        }
        assert_eq!(desk.items(), items(&[("a.png", &["precious"])]));
        // A good one in its place goes on as ever.
        std::fs::write(&here, png(1)).unwrap();
        let result = desk.sync();
        assert_eq!((result.uploaded, result.problem_count), (0, 0), "{result:?}");
        // And the other way.
        std::fs::write(&there, damaged).unwrap();
        let result = lap.sync();
        assert_eq!((result.downloaded, result.problem_count), (0, 1), "{result:?}");
        assert_eq!(lap.read("1970/01/a.png"), png(1));
    }
}

#[test]
fn a_damaged_sidecar_takes_the_place_of_none() {
    for damaged in
        ["", "{broken", "<html>please sign in</html>", &"[".repeat(200_000), r#"{"version": 0}"#, r#"{"name":"other"}"#]
    {
        let (folder, desk, lap) = with_one_image();
        let there = find(&folder.path().join("between"), "a.png.json");
        std::fs::write(&there, damaged).unwrap();
        let result = lap.sync();
        assert_eq!((result.downloaded, result.problem_count), (0, 1), "{damaged:.20}");
        assert!(result.problems[0].name.ends_with("a.png.json"), "{:?}", result.problems);
        assert_eq!(lap.items(), items(&[("a.png", &["precious"])]));
        let here = find(&lap.home.path("library"), "a.png.json");
        assert!(std::fs::read_to_string(here).unwrap().contains("precious"), "{damaged:.20}");

        // Where nothing is known of the image, it is one all the same.
        let new = Machine::new(&folder.path().join("between"), SyncDirection::Both);
        new.sync();
        assert_eq!(new.items(), items(&[("a.png", &[])]));

        // As the message says.
        std::fs::remove_file(&there).unwrap();
        lap.sync();
        assert_eq!((lap.sync().uploaded, desk.sync().problem_count), (1, 0), "{damaged:.20}");
        assert!(std::fs::read_to_string(&there).unwrap().contains("precious"));
    }
}

#[test]
fn a_sidecar_of_a_newer_program_is_kept_as_it_is() {
    let (folder, _desk, lap) = with_one_image();
    let newer = r#"{"version": 99, "words": ["of another time"]}"#;
    std::fs::write(find(&folder.path().join("between"), "a.png.json"), newer).unwrap();
    assert_eq!((lap.sync().downloaded, lap.sync().problem_count), (1, 0));
    assert_eq!(std::fs::read_to_string(find(&lap.home.path("library"), "a.png.json")).unwrap(), newer);
}

#[test]
fn a_name_that_leaves_no_room_for_a_sidecar_stops_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!("{}.png", "L".repeat(247));
    for (name, shade) in [("aa.png", 1), (long.as_str(), 2), ("zz.png", 3)] {
        std::fs::write(folder.path().join(name), png(shade)).unwrap();
    }
    let lap = Machine::new(folder.path(), SyncDirection::Both);
    let result = lap.sync();
    assert_eq!(lap.items(), items(&[("aa.png", &[]), ("zz.png", &[])]));
    assert_eq!((result.problem_count, result.problems[0].name.as_str()), (1, long.as_str()));
}

#[test]
fn what_is_no_image_and_says_nothing_of_one_is_left_alone() {
    let (folder, desk, _lap) = with_one_image();
    for name in ["notes.txt", "legible.db", "package.json"] {
        std::fs::write(folder.path().join("between").join(name), "of another program").unwrap();
    }
    let result = desk.sync();
    assert_eq!((result.downloaded, result.problem_count), (0, 0), "{:?}", result.problems);
    std::fs::write(desk.home.path("library").join("notes.txt"), "of a person").unwrap();
    assert_eq!(desk.sync().uploaded, 0);
}

#[test]
fn before_the_first_image_it_is_told_what_would_come() {
    let (folder, _desk, _lap) = with_one_image();
    let new = Machine::new(&folder.path().join("between"), SyncDirection::Both);
    assert_eq!(new.plan().steps.len(), 2);
    assert!(new.items().is_empty());
}
