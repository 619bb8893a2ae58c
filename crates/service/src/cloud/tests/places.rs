//! One image in two places, one place for two images, and a folder that is another one.

use super::*;
use crate::api::FolderIs;
use crate::tables::arrivals;

/// Puts a picture with a sidecar of its own in the place of another one, as a machine does that emptied its trash.
fn replace(machine: &Machine, name: &str, shade: u8, tags: &[&str]) {
    let id = machine.id(name);
    machine.trash(id);
    machine.home.ask(machine.home.service.purge_items(ItemIds { ids: vec![id] })).unwrap();
    machine.home.work();
    machine.tag(machine.take_in(name, shade), tags);
}

#[test]
fn the_same_image_in_two_places_keeps_what_each_machine_says_of_it() {
    let (_folder, desk, lap) = two();
    desk.tag(desk.take_in("a.png", 1), &["of desk"]);
    lap.tag(lap.take_in("b.png", 1), &["of lap"]);
    desk.sync();
    let questions = lap.sync().questions;
    lap.sync_agreeing(questions);
    for _ in 0..2 {
        desk.sync();
        lap.sync();
    }
    let all = |machine: &Machine, name: &str| machine.tags(machine.id(name)).into_iter().collect::<BTreeSet<_>>();
    let both: BTreeSet<String> = ["of desk".into(), "of lap".into()].into();
    assert_eq!((all(&desk, "a.png"), all(&lap, "b.png")), (both.clone(), both));
    assert_eq!((desk.sync().uploaded, lap.sync().uploaded), (0, 0), "and that comes to an end");
}

/// Two machines in step, on which another image took the place of `a.png`.
fn two_with_a_replaced_image() -> (tempfile::TempDir, Machine, Machine) {
    let (folder, desk, lap) = two();
    desk.tag(desk.take_in("a.png", 1), &["old"]);
    desk.sync();
    lap.sync();
    replace(&desk, "a.png", 7, &["new"]);
    for _ in 0..2 {
        desk.sync();
        lap.sync();
    }
    (folder, desk, lap)
}

#[test]
fn an_image_that_takes_the_place_of_another_keeps_its_own_words() {
    let (_folder, desk, lap) = two_with_a_replaced_image();
    assert_eq!((lap.read("1970/01/a.png"), lap.read(".trash/1970/01/a.png")), (png(7), png(1)));
    assert_eq!((lap.items(), desk.items()), (items(&[("a.png", &["new"])]), items(&[("a.png", &["new"])])));
}

#[test]
fn an_image_at_a_name_that_lies_in_the_trash_too_can_be_trashed_and_taken_back() {
    let (_folder, desk, lap) = two_with_a_replaced_image();
    // By a person, and because it was trashed elsewhere.
    let new = lap.id("a.png");
    lap.trash(new);
    assert_eq!((lap.items(), lap.read(".trash/1970/01/a 2.png")), (items(&[]), png(7)));
    lap.home.ask(lap.home.service.restore_items(ItemIds { ids: vec![new] })).unwrap();
    assert_eq!((lap.tags(new), lap.read("1970/01/a 2.png")), (vec!["new".to_owned()], png(7)));
    assert_eq!(lap.read(".trash/1970/01/a.png"), png(1));
    lap.sync();
    desk.sync();
    assert_eq!(desk.items().len(), 1);
    replace(&desk, &desk.items().first().unwrap().0.clone(), 9, &["newest"]);
    for _ in 0..2 {
        desk.sync();
        lap.sync();
    }
    assert_eq!((lap.items().len(), desk.items().len()), (1, 1));
    assert!(lap.items().iter().all(|(_, tags)| tags == &["newest"]), "{:?}", lap.items());
}

#[test]
fn a_sidecar_whose_image_is_still_on_its_way_makes_no_item_of_another_one() {
    let (_folder, desk, lap) = two();
    desk.take_in("a.png", 1);
    desk.sync();
    lap.sync();
    replace(&desk, "a.png", 7, &["new"]);
    // The connection breaks after the sidecar was there, and before its image was.
    std::fs::write(lap.home.path("library/1970/01/a.png.json"), desk.read("1970/01/a.png.json")).unwrap();
    let expect = |tx: &rusqlite::Transaction<'_>| arrivals::expect(tx, "1970/01/a.png.json");
    lap.home.service.database().write_blocking(expect).unwrap();
    let folder = lap.home.service.folder_to_fill().unwrap();
    crate::cloud::in_step::take_in_arrivals(&lap.home.service, &folder, None, false).unwrap();
    assert_eq!(lap.items(), items(&[("a.png", &[])]), "no two items have one file");
}

#[test]
fn what_a_conflict_kept_before_a_kill_is_still_the_image_of_its_item() {
    let (_folder, desk, lap) = two();
    desk.take_in("scan.png", 1);
    lap.take_in("scan.png", 2);
    desk.sync();
    // Killed after both files were kept beside, and what came was taken in.
    let word = legible_library::ContentHash::of(&png(2)).as_str()[..8].to_owned();
    let kept = format!("1970/01/scan (conflict, {}, 1970-01-01, {word}).png", super::super::device());
    for (from, to) in [("1970/01/scan.png", kept.clone()), ("1970/01/scan.png.json", format!("{kept}.json"))] {
        let library = lap.home.path("library");
        std::fs::copy(library.join(from), library.join(to)).unwrap();
    }
    let questions = lap.sync().questions;
    lap.sync_agreeing(questions);
    assert_eq!((lap.read("1970/01/scan.png"), lap.read(&kept)), (png(1), png(2)));
    let names = lap.home.ask(lap.home.service.items(ItemsQuery::default())).unwrap().items.len();
    assert!(names == 2 && !lap.home.path("library/.trash/1970/01/scan.png").exists(), "{names}");
}

#[test]
fn a_backup_on_a_new_disk_is_whole_again_and_another_direction_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let desk = Machine::new(&disk, SyncDirection::Up);
    desk.take_in("a.png", 1);
    desk.take_in("b.png", 2);
    assert_eq!(desk.sync().uploaded, 4);
    std::fs::remove_dir_all(&disk).unwrap();
    std::fs::create_dir(&disk).unwrap();
    let asked = desk.sync().questions;
    assert_eq!(asked, [SyncQuestion::OtherFolder { marked: false, answer: None }]);
    // The same folder or a new one: what is missing in a backup goes up.
    let same = SyncQuestion::OtherFolder { marked: false, answer: Some(FolderIs::New) };
    assert_eq!(desk.sync_agreeing(vec![same]).uploaded, 4);
    // What was deleted here stays in the backup, also when that is to be kept in step from now on.
    desk.trash(desk.id("a.png"));
    desk.sync();
    let draft = StorageDraft { direction: SyncDirection::Both, ..desk.view().draft };
    desk.home.ask(desk.home.service.save_storage(draft)).unwrap();
    let met = desk.sync();
    assert!(matches!(met.questions[..], [SyncQuestion::FirstMeeting { .. }]), "{met:?}");
    assert!(disk.join("1970/01/a.png").exists());
}

#[test]
fn an_image_that_is_written_again_as_it_was_stays_where_it_is() {
    let (folder, desk, lap) = two();
    let id = desk.take_in("a.png", 1);
    desk.sync();
    lap.sync();
    let there = std::fs::File::options().write(true).open(folder.path().join("between/1970/01/a.png")).unwrap();
    there.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(86_400)).unwrap();
    desk.tag(id, &["kept"]);
    for machine in [&desk, &lap] {
        let done = machine.sync();
        assert_eq!((done.adopted, done.problem_count), (1, 0), "{done:?}");
        assert_eq!(machine.items(), items(&[("a.png", &["kept"])]));
        assert!(!machine.home.path("library/.trash").exists());
    }
    assert_eq!((desk.sync().adopted, lap.sync().adopted), (0, 0));
}
