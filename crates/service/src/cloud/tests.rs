//! Two machines and a storage between them: a folder that both can see. What one does reaches the other, and nothing is lost.

mod edits;
mod hostile;
mod moved;
mod pairs;
mod places;
mod strangers;
mod told;
mod twice;
mod uploads;
mod ways;

use super::accounts::account::{self, Known};
use crate::api::{
    Conditions, EditItem, ItemIds, ItemQuery, ItemsQuery, PlanStorage, StorageDraft, StoragePlace, StorageRef,
    StorageView, SyncContent, SyncDirection, SyncNow, SyncPlan, SyncQuestion, SyncResult, SyncWhat,
};
use crate::testing::{Home, png};
use legible_cloud::store::RemoteId;
use std::collections::BTreeSet;
use std::path::Path;

/// A machine that is kept in step with a folder.
struct Machine {
    home: Home,
    storage: i64,
}

impl Machine {
    fn new(storage: &Path, direction: SyncDirection) -> Self {
        Self::set(storage, |draft| StorageDraft { direction, ..draft })
    }

    /// One whose storage is set in another way.
    fn set(storage: &Path, how: impl FnOnce(StorageDraft) -> StorageDraft) -> Self {
        let home = Home::new();
        let draft = how(StorageDraft {
            id: None,
            name: "between".into(),
            place: StoragePlace::Folder { path: storage.to_str().unwrap().into() },
            secret: None,
            sign_in: None,
            direction: SyncDirection::Both,
            content: SyncContent::Library,
            kilobytes_a_second: None,
            rule: None,
            on_change: false,
            zone: "Etc/UTC".into(),
            conditions: Conditions::default(),
            enabled: true,
        });
        let storage = home.ask(home.service.save_storage(draft)).unwrap().id;
        Machine { home, storage }
    }

    fn known(&self) -> Known {
        let id = RemoteId(self.storage);
        self.home.service.database().read_blocking(|conn| account::known(conn, id)).unwrap()
    }

    fn view(&self) -> StorageView {
        let all = self.home.ask(self.home.service.storages(crate::api::NoArgs {})).unwrap().storages;
        all.into_iter().find(|storage| storage.id == self.storage).unwrap()
    }

    /// Brings it in step, agreeing to nothing.
    fn sync(&self) -> SyncResult {
        self.sync_agreeing(vec![])
    }

    fn sync_agreeing(&self, agreed: Vec<SyncQuestion>) -> SyncResult {
        let service = &self.home.service;
        self.home.ask(service.sync_storage(SyncNow { id: self.storage, agreed })).unwrap();
        self.home.work();
        let view = self.view();
        assert_eq!(view.problem, None);
        view.last.unwrap()
    }

    /// How many items are not in the trash.
    fn count(&self) -> usize {
        self.home.ask(self.home.service.items(ItemsQuery::default())).unwrap().items.len()
    }

    /// What lies at a path of the library folder.
    fn read(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.home.path("library").join(path)).unwrap()
    }

    /// Has the same storage be another folder.
    fn move_to(&self, folder: &Path) {
        let place = StoragePlace::Folder { path: folder.to_str().unwrap().into() };
        let draft = StorageDraft { place, ..self.view().draft };
        self.home.ask(self.home.service.save_storage(draft)).unwrap();
    }

    fn plan(&self) -> SyncPlan {
        self.home.ask(self.home.service.plan_storage(PlanStorage { id: self.storage, folder: None })).unwrap()
    }

    fn take_in(&self, name: &str, shade: u8) -> i64 {
        self.home.take_in(name, &png(shade))
    }

    /// The items that are not in the trash: their names and tags.
    fn items(&self) -> BTreeSet<(String, Vec<String>)> {
        let page = self.home.ask(self.home.service.items(ItemsQuery::default())).unwrap();
        page.items.iter().map(|card| (card.name.clone(), self.tags(card.id))).collect()
    }

    fn tags(&self, id: i64) -> Vec<String> {
        let item = self.home.ask(self.home.service.item(ItemQuery { id, query: String::new() })).unwrap();
        item.tags
    }

    fn tag(&self, id: i64, tags: &[&str]) {
        let edit = EditItem { id, tags: Some(tags.iter().map(|tag| (*tag).to_owned()).collect()), note: None };
        self.home.ask(self.home.service.edit_item(edit)).unwrap();
    }

    fn id(&self, name: &str) -> i64 {
        let page = self.home.ask(self.home.service.items(ItemsQuery::default())).unwrap();
        page.items.iter().find(|card| card.name == name).unwrap().id
    }

    fn trash(&self, id: i64) {
        self.home.ask(self.home.service.trash_items(ItemIds { ids: vec![id] })).unwrap();
    }
}

/// Two machines and the folder between them.
fn two() -> (tempfile::TempDir, Machine, Machine) {
    let folder = tempfile::tempdir().unwrap();
    let between = folder.path().join("between");
    std::fs::create_dir(&between).unwrap();
    let machine = || Machine::new(&between, SyncDirection::Both);
    let (desk, lap) = (machine(), machine());
    (folder, desk, lap)
}

fn items(expected: &[(&str, &[&str])]) -> BTreeSet<(String, Vec<String>)> {
    let tags = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
    expected.iter().map(|(name, of)| ((*name).to_owned(), tags(of))).collect()
}

#[test]
fn what_one_machine_does_reaches_the_other() {
    let (_folder, desk, lap) = two();
    let id = desk.take_in("a.png", 1);
    desk.take_in("b.png", 2);
    desk.tag(id, &["tax"]);
    assert_eq!(desk.sync().uploaded, 4, "two images and their sidecars");
    assert_eq!(lap.sync().downloaded, 4);
    assert_eq!(lap.items(), items(&[("a.png", &["tax"]), ("b.png", &[])]));
    assert_eq!((desk.sync().uploaded, lap.sync().downloaded), (0, 0), "both are in step");

    // A tag of each, at the same time: one sidecar moves, and both have both.
    lap.tag(lap.id("a.png"), &["tax", "paid"]);
    desk.tag(id, &["tax", "2026"]);
    assert_eq!(desk.sync().uploaded, 1);
    let merged = lap.sync();
    assert_eq!((merged.merged, merged.kept_both.len(), merged.uploaded), (1, 0, 0));
    assert_eq!(desk.sync().downloaded, 1);
    assert_eq!(lap.items(), items(&[("a.png", &["tax", "paid", "2026"]), ("b.png", &[])]));
    assert_eq!(desk.items(), lap.items());
    // What came stays when the program writes the sidecar anew.
    desk.tag(id, &["tax", "paid", "2026", "filed"]);
    desk.sync();
    lap.sync();
    assert_eq!(lap.tags(lap.id("a.png")), ["tax", "paid", "2026", "filed"]);
}

#[test]
fn what_is_trashed_is_trashed_elsewhere_and_comes_back_everywhere() {
    let (_folder, desk, lap) = two();
    let id = desk.take_in("a.png", 1);
    desk.take_in("b.png", 2);
    desk.sync();
    lap.sync();
    desk.trash(id);
    assert_eq!(desk.sync().removed, 2);
    assert!(lap.sync().put_away >= 1);
    assert_eq!(lap.items(), items(&[("b.png", &[])]));
    assert!(lap.home.path("library/.trash/1970/01/a.png").exists(), "it can be taken back there");

    desk.home.ask(desk.home.service.restore_items(ItemIds { ids: vec![id] })).unwrap();
    assert_eq!(desk.sync().uploaded, 2);
    lap.sync();
    assert_eq!(lap.items(), items(&[("a.png", &[]), ("b.png", &[])]));
    assert!(!lap.home.path("library/.trash/1970/01/a.png").exists());

    // An edit beats a delete.
    desk.trash(desk.id("b.png"));
    lap.tag(lap.id("b.png"), &["keep"]);
    desk.sync();
    lap.sync();
    desk.sync();
    assert!(lap.items().iter().any(|(name, tags)| name == "b.png" && tags == &["keep"]));
}

#[test]
fn two_images_of_one_name_are_both_kept_with_what_is_said_of_them() {
    let (_folder, desk, lap) = two();
    let (here, there) = (desk.take_in("scan.png", 1), lap.take_in("scan.png", 2));
    desk.tag(here, &["desk"]);
    lap.tag(there, &["lap"]);
    desk.sync();
    let asked = lap.sync();
    assert_eq!(asked.questions, [SyncQuestion::FirstMeeting { local: 2, remote: 2 }]);
    assert_eq!(lap.items(), items(&[("scan.png", &["lap"])]), "nothing was done");
    assert!(lap.plan().steps.iter().all(|step| step.what == SyncWhat::Compare));
    let met = lap.sync_agreeing(asked.questions);
    assert!(met.kept_both.iter().any(|path| path.ends_with(".png")), "{met:?}");
    assert!(met.kept_both.iter().all(|path| path.contains("(conflict, ")), "{met:?}");
    desk.sync();
    let tags = |machine: &Machine| machine.items().into_iter().map(|(_, tags)| tags).collect::<BTreeSet<_>>();
    let both: BTreeSet<Vec<String>> = [vec!["desk".to_owned()], vec!["lap".to_owned()]].into();
    assert_eq!((tags(&desk), tags(&lap)), (both.clone(), both));
    assert_eq!((desk.sync().uploaded, lap.sync().uploaded), (0, 0));
}

#[test]
fn an_image_that_another_one_replaces_elsewhere_goes_to_the_trash() {
    let (_folder, desk, lap) = two();
    desk.take_in("a.png", 1);
    desk.sync();
    lap.sync();
    lap.tag(lap.id("a.png"), &["old"]);
    lap.sync();
    desk.sync();
    // It is deleted, and another one gets its name.
    let id = desk.id("a.png");
    desk.trash(id);
    desk.home.ask(desk.home.service.purge_items(ItemIds { ids: vec![id] })).unwrap();
    let id = desk.take_in("a.png", 7);
    desk.tag(id, &["other"]);
    for _ in 0..2 {
        desk.sync();
        lap.sync();
    }
    let there = std::fs::read(lap.home.path("library/1970/01/a.png")).unwrap();
    let old = std::fs::read(lap.home.path("library/.trash/1970/01/a.png")).unwrap();
    assert!(there == png(7) && old == png(1), "the old one can be taken back");
    assert_eq!(lap.items(), items(&[("a.png", &["other"])]));
    assert_eq!(desk.items(), lap.items());
    let id = lap.id("a.png");
    lap.tag(id, &["new"]);
    let sidecar = std::fs::read_to_string(lap.home.path("library/1970/01/a.png.json")).unwrap();
    assert!(sidecar.contains("new") && !sidecar.contains("old"), "{sidecar}");
}

#[test]
fn the_same_image_on_both_is_one_and_its_tags_are_merged() {
    let (_folder, desk, lap) = two();
    desk.tag(desk.take_in("a.png", 1), &["one"]);
    lap.tag(lap.take_in("a.png", 1), &["two"]);
    desk.sync();
    let questions = lap.sync().questions;
    let met = lap.sync_agreeing(questions);
    assert_eq!((met.kept_both.len(), met.merged), (0, 1), "{met:?}");
    desk.sync();
    let tags = |machine: &Machine| machine.tags(machine.id("a.png")).into_iter().collect::<BTreeSet<_>>();
    assert_eq!((tags(&desk), tags(&lap)), (["one".into(), "two".into()].into(), ["one".into(), "two".into()].into()));
}

#[test]
fn a_backup_takes_nothing_back_and_removes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let between = folder.path().join("backup");
    std::fs::create_dir(&between).unwrap();
    let desk = Machine::new(&between, SyncDirection::Up);
    let id = desk.take_in("a.png", 1);
    assert_eq!(desk.sync().uploaded, 2);
    std::fs::write(between.join("of another.png"), png(9)).unwrap();
    desk.trash(id);
    let later = desk.sync();
    assert_eq!((later.downloaded, later.removed, later.put_away), (0, 0, 0), "{later:?}");
    assert!(between.join("1970/01/a.png").exists() && desk.items().is_empty());
}

#[test]
fn a_storage_that_is_gone_or_emptied_deletes_nothing_here() {
    let (folder, desk, _lap) = two();
    for shade in 1..=3 {
        desk.take_in(&format!("{shade}.png"), shade);
    }
    desk.sync();
    let (between, aside) = (folder.path().join("between"), folder.path().join("aside"));
    std::fs::rename(&between, &aside).unwrap();
    std::fs::create_dir(&between).unwrap();
    let asked = desk.sync();
    let lost = SyncQuestion::OtherFolder { marked: false, answer: None };
    assert_eq!(asked.questions, [lost], "an empty disk has no mark");
    assert_eq!(desk.plan().questions, asked.questions);
    assert_eq!((desk.items().len(), asked.put_away), (3, 0));
    std::fs::remove_dir(&between).unwrap();
    std::fs::rename(&aside, &between).unwrap();
    assert_eq!(desk.sync().questions, []);
    // The folder of somebody else, with files in it.
    std::fs::write(between.join(".legible-folder"), "another").unwrap();
    assert_eq!(desk.sync().questions, [SyncQuestion::OtherFolder { marked: true, answer: None }]);
}

#[test]
fn what_came_before_a_kill_is_known_before_anything_is_written_over_it() {
    let (_folder, desk, lap) = two();
    let id = desk.take_in("a.png", 1);
    desk.sync();
    lap.sync();
    desk.tag(id, &["tax"]);
    desk.sync();
    // Killed after the file had its name, and before the transaction was committed.
    let sidecar = "1970/01/a.png.json";
    let came = std::fs::read(desk.home.path("library").join(sidecar)).unwrap();
    std::fs::write(lap.home.path("library").join(sidecar), came).unwrap();
    let expect = |tx: &rusqlite::Transaction<'_>| crate::tables::arrivals::expect(tx, "1970/01/a.png.json");
    lap.home.service.database().write_blocking(expect).unwrap();
    assert_eq!(lap.tags(lap.id("a.png")), [] as [&str; 0]);
    let done = lap.sync();
    assert_eq!((done.uploaded, done.kept_both.len()), (0, 0), "{done:?}");
    assert_eq!(lap.tags(lap.id("a.png")), ["tax"]);
}
