//! A folder on the storage that is not marked as the one that was kept in step: a person says which it is, and what is planned is done.

use super::*;
use crate::api::FolderIs;
use crate::cloud::accounts::place::StoredPlace;
use legible_cloud::store::{self, StoredRemote};

impl Machine {
    /// What would be done if the folder is what a person says: how many files of each kind, and what is asked.
    fn plan_if(&self, folder: Option<FolderIs>) -> SyncPlan {
        self.home.ask(self.home.service.plan_storage(PlanStorage { id: self.storage, folder })).unwrap()
    }
}

fn counts(plan: &SyncPlan) -> Vec<(SyncWhat, u32)> {
    plan.counts.iter().map(|count| (count.what, count.files)).collect()
}

fn asked(marked: bool, answer: Option<FolderIs>) -> SyncQuestion {
    SyncQuestion::OtherFolder { marked, answer }
}

/// A machine with three images in step with a folder, in whose place an empty one was put.
fn replaced(direction: SyncDirection) -> (tempfile::TempDir, std::path::PathBuf, Machine) {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let desk = Machine::new(&disk, direction);
    for shade in 1..=3 {
        desk.take_in(&format!("{shade}.png"), shade);
    }
    desk.sync();
    std::fs::remove_dir_all(&disk).unwrap();
    std::fs::create_dir(&disk).unwrap();
    (folder, disk, desk)
}

#[test]
fn a_new_disk_is_filled_and_deletes_nothing() {
    let (_folder, disk, desk) = replaced(SyncDirection::Both);
    let plan = desk.plan_if(None);
    assert_eq!((counts(&plan), &plan.questions[..]), (vec![], &[asked(false, None)][..]), "first, which it is");
    assert_eq!(desk.sync_agreeing(plan.questions).questions, [asked(false, None)], "to agree to that says nothing");
    let plan = desk.plan_if(Some(FolderIs::New));
    assert_eq!(counts(&plan), [(SyncWhat::Upload, 6)]);
    assert_eq!(plan.questions, [asked(false, Some(FolderIs::New))]);
    let done = desk.sync_agreeing(plan.questions);
    assert_eq!((done.uploaded, done.put_away, done.questions.len()), (6, 0, 0));
    assert!(disk.join("1970/01/1.png").exists() && desk.items().len() == 3);
    assert_eq!(desk.sync().questions, [], "it is marked");
}

#[test]
fn a_folder_that_was_emptied_empties_the_library_only_when_both_is_said() {
    let (_folder, _disk, desk) = replaced(SyncDirection::Both);
    let empty = SyncQuestion::Empty { remote: true, had: 6 };
    let plan = desk.plan_if(Some(FolderIs::Same));
    assert_eq!(counts(&plan), [(SyncWhat::TrashHere, 6)]);
    assert_eq!(plan.questions, [asked(false, Some(FolderIs::Same)), empty.clone()]);
    let same = vec![asked(false, Some(FolderIs::Same))];
    // What is to be agreed to under that answer is asked with it.
    assert_eq!(desk.sync_agreeing(same).questions, plan.questions);
    assert_eq!(desk.sync_agreeing(vec![empty]).questions, [asked(false, None)], "without saying which it is");
    assert_eq!(desk.items().len(), 3);
    assert_eq!(desk.sync_agreeing(plan.questions).put_away, 6);
    assert_eq!(desk.items().len(), 0);
}

#[test]
fn what_is_planned_is_done_also_where_few_files_differ() {
    let (folder, desk, _lap) = two();
    let ids: Vec<_> = (1..=9).map(|shade| desk.take_in(&format!("{shade}.png"), shade)).collect();
    desk.sync();
    let between = folder.path().join("between");
    let strange = || {
        std::fs::remove_file(between.join(".legible-folder")).unwrap();
        std::fs::remove_file(between.join("1970/01/1.png")).unwrap();
        std::fs::remove_file(between.join("1970/01/1.png.json")).unwrap();
    };
    strange();
    let plan = desk.plan_if(Some(FolderIs::New));
    assert_eq!(counts(&plan), [(SyncWhat::Upload, 2), (SyncWhat::Compare, 16)]);
    let meeting = SyncQuestion::FirstMeeting { local: 18, remote: 16 };
    assert_eq!(plan.questions, [asked(false, Some(FolderIs::New)), meeting]);
    let done = desk.sync_agreeing(plan.questions);
    assert_eq!((done.uploaded, done.adopted, done.put_away), (2, 16, 0));
    strange();
    let plan = desk.plan_if(Some(FolderIs::Same));
    assert_eq!((counts(&plan), plan.questions.len()), (vec![(SyncWhat::TrashHere, 2)], 1));
    // What was said last counts.
    let said = vec![asked(false, Some(FolderIs::New)), asked(false, Some(FolderIs::Same))];
    assert_eq!(desk.sync_agreeing(said).put_away, 2);
    assert_eq!((desk.items().len(), ids.len()), (8, 9));
    // What was said of a folder without a mark is not said of one with another.
    std::fs::write(between.join(".legible-folder"), "another").unwrap();
    assert_eq!(desk.sync_agreeing(vec![asked(false, Some(FolderIs::New))]).questions, [asked(true, None)]);
}

#[test]
fn a_folder_that_is_only_read_is_asked_about_once() {
    let (folder, desk, _lap) = two();
    desk.take_in("a.png", 1);
    desk.sync();
    let between = folder.path().join("between");
    let reads = Machine::new(&between, SyncDirection::Down);
    reads.sync();
    std::fs::remove_file(between.join(".legible-folder")).unwrap();
    assert_eq!(reads.sync().questions, [asked(false, None)]);
    assert_eq!(reads.sync_agreeing(vec![asked(false, Some(FolderIs::Same))]).questions, []);
    assert_eq!(reads.sync().questions, []);
    assert!(!between.join(".legible-folder").exists(), "nothing changes there");
}

#[test]
fn a_plan_notes_nothing() {
    let (folder, desk, lap) = two();
    desk.take_in("a.png", 1);
    desk.sync();
    lap.sync();
    let dump = |machine: &Machine| {
        let read = |conn: &rusqlite::Connection| {
            let tables = ["cloud_in_step", "cloud_gist", "cloud_seen", "cloud_cursor", "cloud_marker", "cloud_state"];
            let count = |table: &str| conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0));
            Ok(tables.map(|table| count(table).unwrap()))
        };
        machine.home.service.database().read_blocking(read).unwrap() as [i64; 6]
    };
    let before = dump(&lap);
    std::fs::remove_dir_all(folder.path().join("between/1970")).unwrap();
    std::fs::remove_file(folder.path().join("between/.legible-folder")).unwrap();
    for folder in [None, Some(FolderIs::New), Some(FolderIs::Same)] {
        lap.plan_if(folder);
        assert_eq!(dump(&lap), before, "{folder:?}");
    }
}

#[test]
fn a_plan_of_a_storage_that_does_not_answer_ends_when_nobody_waits_for_it() {
    let (_folder, desk, _lap) = two();
    desk.take_in("a.png", 1);
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/dav", server.local_addr().unwrap());
    desk.home.service.secrets().set("storage 1", "password").unwrap();
    let silent = move |tx: &rusqlite::Transaction<'_>| {
        let id = RemoteId(1);
        let mut known = account::known(tx, id)?;
        known.account.place =
            StoredPlace::of_wire(&StoragePlace::WebDav { url: address, folder: String::new(), user: "mara".into() })?;
        let spec = serde_json::to_string(&known.account).unwrap();
        Ok(store::change(tx, &StoredRemote { spec, ..store::remote(tx, id)?.unwrap() })?)
    };
    desk.home.service.database().write_blocking(silent).unwrap();
    let service = &desk.home.service;
    let planned = desk.home.ask(async {
        let asked = tokio::task::spawn_blocking(move || server.accept().map(|(connection, _)| (server, connection)));
        let stops = async {
            // It waits for an answer now.
            let held = asked.await.unwrap().unwrap();
            service.stop_plan(StorageRef { id: 1 }).await.unwrap();
            held
        };
        let plans = service.plan_storage(PlanStorage { id: 1, folder: None });
        tokio::join!(plans, stops).0
    });
    assert!(matches!(planned, Err(crate::Error::Stopped)), "{planned:?}");
}
