//! Tests of the folder: names, trash, sidecars, what kills leave behind.

use super::*;
use crate::testing::sidecar;
use proptest::prelude::*;

fn open() -> (tempfile::TempDir, Folder) {
    let home = tempfile::tempdir().unwrap();
    let folder = Folder::at(home.path().join("Legible"));
    folder.make().unwrap();
    (home, folder)
}

fn managed(path: impl Into<PathBuf>) -> Placement {
    Placement::Managed { path: path.into() }
}

/// All files below the folder, hidden ones too.
fn files(folder: &Folder) -> Vec<String> {
    let walk = walkdir::WalkDir::new(folder.root()).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = walk.filter(|entry| !entry.file_type().is_dir());
    files.map(|entry| entry.path().strip_prefix(folder.root()).unwrap().to_str().unwrap().replace('\\', "/")).collect()
}

#[test]
fn nothing_is_overwritten() {
    let (_home, folder) = open();
    let first = folder.place("a.png", b"1", 0).unwrap();
    let second = folder.place("a.png", b"2", 0).unwrap();
    assert_eq!((&first, &second), (&"1970/01/a.png".into(), &"1970/01/a 2.png".into()));
    folder.write_sidecar(&managed(&first), &sidecar("a.png")).unwrap();
    folder.trash(&managed(&first)).unwrap();
    fs::write(folder.root().join("1970/01/a 3.png.json"), "{}").unwrap();
    assert_eq!(folder.place("a.png", b"4", 0).unwrap(), PathBuf::from("1970/01/a 4.png"));
    assert_eq!(
        files(&folder),
        [
            ".trash/1970/01/a.png",
            ".trash/1970/01/a.png.json",
            "1970/01/a 2.png",
            "1970/01/a 3.png.json",
            "1970/01/a 4.png"
        ]
    );
    assert_eq!(fs::read(folder.locate(&managed(&first)).unwrap()).unwrap(), b"1");
}

#[test]
fn an_image_that_a_killed_process_placed_is_not_placed_twice() {
    let (_home, folder) = open();
    let known = sidecar("a.png");
    let first = folder.place("a.png", b"a.png", 0).unwrap();
    assert_eq!(folder.place("a.png", b"a.png", 0).unwrap(), first, "killed before its sidecar was there");
    folder.write_sidecar(&managed(&first), &known).unwrap();
    assert_eq!(folder.place("a.png", b"a.png", 0).unwrap(), first, "killed before the database knew of it");
    assert_eq!(folder.read_sidecar(&managed(&first), &known.hash).unwrap(), Some(known.clone()));
    assert_eq!(files(&folder), ["1970/01/a.png", "1970/01/a.png.json"]);

    // Of the same length, with a foreign sidecar, or in the trash: another image each time.
    assert_eq!(folder.place("a.png", b"b.png", 0).unwrap(), PathBuf::from("1970/01/a 2.png"));
    folder.write_sidecar(&managed("1970/01/a 2.png"), &known).unwrap();
    assert_eq!(folder.place("a.png", b"b.png", 0).unwrap(), PathBuf::from("1970/01/a 3.png"));
    folder.trash(&managed(&first)).unwrap();
    assert_eq!(folder.place("a.png", b"a.png", 0).unwrap(), PathBuf::from("1970/01/a 4.png"));
}

#[test]
fn temporary_files_of_killed_processes_are_swept_and_those_in_use_stay() {
    let (_home, folder) = open();
    let image = folder.place("a.png", b"1", 0).unwrap();
    let month = folder.root().join("1970/01");
    for left in [folder.root().join(".legible-x1.tmp"), month.join(".legible-x2.tmp")] {
        fs::write(left, "half an ima").unwrap();
    }
    fs::write(month.join(".theirs.tmp"), "another program's").unwrap();
    let in_use = write::Unnamed::new(&month, b"2").unwrap();
    folder.sweep();
    assert!(in_use.name(&month.join("b.png")).unwrap().is_none());
    assert_eq!(files(&folder), ["1970/01/.theirs.tmp", "1970/01/a.png", "1970/01/b.png"]);
    assert_eq!(image, PathBuf::from("1970/01/a.png"));
}

#[test]
fn the_trash_can_be_undone_and_every_step_repeated() {
    let (_home, folder) = open();
    let image = managed(folder.place("a.png", b"1", 0).unwrap());
    let known = sidecar("a.png");
    folder.write_sidecar(&image, &known).unwrap();
    let before = files(&folder);
    for _ in 0..2 {
        folder.trash(&image).unwrap();
        folder.trash(&image).unwrap();
        assert_eq!(folder.read_sidecar(&image, &known.hash).unwrap(), Some(known.clone()));
        folder.restore(&image).unwrap();
        folder.restore(&image).unwrap();
        assert_eq!(files(&folder), before);
    }
    folder.purge(&image, &known.hash).unwrap();
    assert_eq!(files(&folder), before, "only the trash is purged");
    folder.trash(&image).unwrap();
    fs::write(folder.root().join("1970/01/a.png"), "the user's").unwrap();
    assert!(matches!(folder.restore(&image), Err(FolderError::NameTaken { .. })));
    folder.purge(&image, &known.hash).unwrap();
    folder.purge(&image, &known.hash).unwrap();
    assert_eq!(files(&folder), ["1970/01/a.png"]);
}

#[test]
fn what_has_the_name_of_something_in_the_trash_goes_there_under_another() {
    let (_home, folder) = open();
    let first = managed(folder.place("a.png", b"1", 0).unwrap());
    assert_eq!(folder.trash_beside(&first).unwrap(), first);
    // A storage put another image at this name, with a sidecar, and it is put away as well; and once more.
    for (text, name) in [("2", "1970/01/a 2.png"), ("3", "1970/01/a 3.png")] {
        fs::write(folder.root().join("1970/01/a.png"), text).unwrap();
        fs::write(folder.root().join("1970/01/a.png.json"), text).unwrap();
        let placed = folder.trash_beside(&first).unwrap();
        assert_eq!(placed, managed(PathBuf::from(name)));
        assert_eq!(fs::read_to_string(folder.locate(&placed).unwrap()).unwrap(), text);
        folder.trash_beside(&placed).unwrap();
        assert!(!folder.root().join("1970/01/a.png").exists());
    }
    folder.restore(&first).unwrap();
    folder.restore(&managed(PathBuf::from("1970/01/a 2.png"))).unwrap();
    assert_eq!(fs::read(folder.root().join("1970/01/a.png")).unwrap(), b"1");
    assert_eq!(fs::read(folder.root().join("1970/01/a 2.png.json")).unwrap(), b"2");
}

#[test]
fn a_referenced_image_stays_and_only_its_sidecar_goes() {
    let (home, folder) = open();
    let image = home.path().join("photo.png");
    fs::write(&image, "photo").unwrap();
    let placement = Placement::Referenced { path: image.clone() };
    let known = Sidecar { path: Some(image.clone()), ..sidecar("photo.png") };
    folder.write_sidecar(&placement, &known).unwrap();
    folder.trash(&placement).unwrap();
    assert_eq!(files(&folder), [format!("Referenced/{}.json", known.hash)]);
    assert_eq!(folder.sidecars().map(Result::unwrap).collect::<Vec<_>>(), [(placement.clone(), known.clone())]);
    folder.purge(&placement, &known.hash).unwrap();
    assert_eq!((files(&folder), image.exists()), (vec![], true));
}

#[test]
fn a_rewrite_keeps_what_a_newer_program_added_and_sets_a_broken_one_aside() {
    let (_home, folder) = open();
    let image = managed(folder.place("a.png", b"1", 0).unwrap());
    let path = folder.root().join("1970/01/a.png.json");
    folder.write_sidecar(&image, &sidecar("a.png")).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen('{', "{\"colours\":[\"red\"],", 1)).unwrap();
    folder.write_sidecar(&image, &Sidecar { note: "new".into(), ..sidecar("a.png") }).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("\"colours\":[\"red\"]") && text.contains("\"note\":\"new\""), "{text}");

    fs::write(&path, b"\xFF broken").unwrap();
    folder.write_sidecar(&image, &sidecar("a.png")).unwrap();
    assert_eq!(fs::read(folder.root().join("1970/01/a.png.json.broken")).unwrap(), b"\xFF broken");

    fs::write(&path, text.replace("\"version\":1", "\"version\":2")).unwrap();
    let refused = folder.write_sidecar(&image, &sidecar("a.png"));
    assert!(matches!(refused, Err(FolderError::NewerSidecar { version: 2, .. })), "{refused:?}");
    assert!(fs::read_to_string(&path).unwrap().contains("\"version\":2"));
}

#[test]
fn a_folder_that_is_gone_is_said_so_and_never_made_on_the_way() {
    let (home, folder) = open();
    let image = managed(folder.place("a.png", b"1", 0).unwrap());
    let known = sidecar("a.png");
    folder.write_sidecar(&image, &known).unwrap();
    let unmounted = home.path().join("elsewhere");
    fs::rename(folder.root(), &unmounted).unwrap();
    let missing = |result: Result<(), FolderError>| matches!(result, Err(FolderError::Missing { .. }));
    assert!(missing(folder.look()) && missing(folder.probe()));
    assert!(missing(folder.place("b.png", b"2", 0).map(drop)) && missing(folder.put_back(&image, b"1")));
    assert!(missing(folder.write_sidecar(&image, &known)) && missing(folder.purge(&image, &known.hash)));
    assert!(missing(folder.trash(&image)) && missing(folder.restore(&image)));
    assert!(!folder.root().exists() && !folder.has(&image).unwrap());
    fs::rename(unmounted, folder.root()).unwrap();
    folder.probe().unwrap();
    assert!(folder.has(&image).unwrap());
    assert_eq!(files(&folder), ["1970/01/a.png", "1970/01/a.png.json"]);
}

#[test]
fn a_lost_file_is_put_back_where_it_lay_and_nothing_is_overwritten() {
    let (_home, folder) = open();
    let image = managed(folder.place("a.png", b"1", 0).unwrap());
    fs::remove_file(folder.locate(&image).unwrap()).unwrap();
    folder.put_back(&image, b"1").unwrap();
    assert!(matches!(folder.put_back(&image, b"2"), Err(FolderError::NameTaken { .. })));
    assert_eq!(fs::read(folder.locate(&image).unwrap()).unwrap(), b"1");
}

#[test]
fn paths_from_the_database_cannot_leave_the_folder() {
    let (_home, folder) = open();
    for path in ["", "..", "../a.png", "2026/../../a.png", "/etc/passwd", "./a.png"] {
        let outside = |result: Result<(), FolderError>| matches!(result, Err(FolderError::Outside { .. }));
        let image = managed(path);
        assert!(outside(folder.locate(&image).map(drop)), "{path}");
        assert!(outside(folder.write_sidecar(&image, &sidecar("a"))) && outside(folder.trash(&image)), "{path}");
        assert!(outside(folder.restore(&image)) && outside(folder.purge(&image, &sidecar("a").hash)), "{path}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_name_makes_a_file_inside_the_folder(
        name in prop_oneof![any::<String>(), "[./\\\\: ]{0,6}(con|nul|..|a)[./\\\\: ]{0,6}(png|json)?"],
    ) {
        let (_home, folder) = open();
        for bytes in [b"1", b"2"] {
            let path = folder.place(&name, bytes, 0).unwrap();
            prop_assert_eq!(path.components().count(), 3);
            prop_assert_eq!(fs::read(folder.root().join(path)).unwrap(), bytes);
        }
        prop_assert_eq!(files(&folder).len(), 2);
    }
}
