//! What a person is told of storages, and the conflicts that they settle.

use super::*;
use crate::api::{KeepOne, NoArgs, SyncConflict, SyncTransfer, TellApart};
use crate::handlers::SYNC;
use crate::tables::outbox;
use crate::telling::message::Kind;
use legible_jobs::Stop;
use serde_json::json;

impl Machine {
    /// What waits to be told: kinds, first lines and the rest.
    fn told(&self) -> Vec<(Kind, String, String)> {
        let waiting = self.home.service.database().read_blocking(|c| Ok(outbox::waiting(c)?.0)).unwrap();
        waiting.into_iter().map(|one| (one.message.kind, one.message.summary, one.message.body)).collect()
    }

    fn transfers(&self) -> Vec<SyncTransfer> {
        let storage = StorageRef { id: self.storage };
        self.home.ask(self.home.service.transfers(storage)).unwrap().transfers
    }

    fn conflicts(&self) -> Vec<SyncConflict> {
        self.home.ask(self.home.service.conflicts(NoArgs {})).unwrap().conflicts
    }
}

#[test]
fn what_a_person_asked_for_is_told_when_it_ended_or_was_stopped() {
    let (_folder, desk, _lap) = two();
    desk.take_in("a.png", 1);
    desk.sync();
    let done = (Kind::Schedule, "between: in step".to_owned(), "2 went up".to_owned());
    assert_eq!(desk.told(), std::slice::from_ref(&done));
    let mut lease = desk.home.begin(SYNC, json!({ "storage": desk.storage }), None);
    lease.subject = Some(format!("storage:{}", desk.storage));
    let handler = crate::handlers::handler(SYNC).unwrap();
    for why in [Stop::Paused, Stop::Quit, Stop::Cancelled] {
        handler.stopped(&desk.home.service, &lease, &why);
    }
    let stopped = "What was moved stays, the rest follows the next time.".to_owned();
    assert_eq!(desk.told(), [done, (Kind::Schedule, "between: stopped".to_owned(), stopped)]);
}

#[test]
fn who_is_needed_is_told_once() {
    let (folder, desk, _lap) = two();
    desk.take_in("a.png", 1);
    desk.sync();
    std::fs::remove_dir_all(folder.path().join("between")).unwrap();
    std::fs::create_dir(folder.path().join("between")).unwrap();
    desk.sync();
    let (kind, summary, body) = desk.told().pop().unwrap();
    assert_eq!((kind, summary.as_str()), (Kind::NeedsYou, "between: needs you"));
    assert!(body.contains("has lost its mark") && body.contains("Nothing is done"), "{body}");
    std::fs::remove_dir(folder.path().join("between")).unwrap();
    std::fs::remove_dir(folder.path()).unwrap();
    let failed = desk.home.do_job(SYNC, json!({ "storage": desk.storage }));
    assert!(failed.is_err());
    let problem = desk.view().problem.unwrap().error;
    assert!(problem.message.contains("is not there") && problem.hint.is_some(), "{problem:?}");
}

#[test]
fn a_storage_that_cannot_even_be_opened_says_why() {
    let (folder, desk, _lap) = two();
    // Before it was ever in step.
    std::fs::remove_dir(folder.path().join("between")).unwrap();
    std::fs::remove_dir(folder.path()).unwrap();
    assert!(desk.home.do_job(SYNC, json!({ "storage": desk.storage })).is_err());
    assert!(desk.view().problem.is_some());
}

#[test]
fn an_image_that_cannot_be_put_away_stops_no_other() {
    let (_folder, desk, lap) = two();
    let (id, _) = (desk.take_in("a.png", 1), desk.take_in("b.png", 2));
    desk.sync();
    lap.sync();
    desk.trash(id);
    desk.take_in("c.png", 3);
    desk.sync();
    let in_the_way = lap.home.write("library/.trash", "no folder");
    let result = lap.sync();
    assert_eq!((result.downloaded, result.problem_count), (2, 1), "{result:?}");
    let problem = &result.problems[0];
    assert!(problem.name == "1970/01/a.png" && problem.message.contains(".trash"), "{problem:?}");
    let transfers = lap.transfers();
    let failed: Vec<_> = transfers.iter().filter(|transfer| transfer.problem.is_some()).collect();
    let [failed] = &failed[..] else { panic!("{transfers:?}") };
    assert_eq!((&failed.path, failed.what), (&problem.name, SyncWhat::TrashHere));
    assert_eq!(failed.problem.as_ref(), Some(&problem.message));
    assert_eq!(lap.items(), items(&[("a.png", &[]), ("b.png", &[]), ("c.png", &[])]));
    std::fs::remove_file(in_the_way).unwrap();
    lap.sync();
    assert_eq!(lap.items(), items(&[("b.png", &[]), ("c.png", &[])]));
}

#[test]
fn a_run_that_was_stopped_is_not_told_as_the_one_before() {
    let (_folder, desk, _lap) = two();
    desk.take_in("a.png", 1);
    desk.sync();
    assert!(!desk.view().stopped);
    let id = RemoteId(desk.storage);
    let began = move |tx: &rusqlite::Transaction<'_>| Ok(legible_cloud::store::began(tx, id, 5)?);
    desk.home.service.database().write_blocking(began).unwrap();
    assert!(desk.view().stopped, "it began, and nothing goes on");
    let job = desk.home.ask(desk.home.service.sync_storage(SyncNow { id: desk.storage, agreed: vec![] })).unwrap();
    assert!(job.job.is_some() && !job.stopped, "the next one is on its way");
    desk.home.work();
    assert!(!desk.view().stopped);
}

#[test]
fn the_files_that_were_moved_are_told_until_they_say_nothing_of_the_storage() {
    let (folder, desk, lap) = two();
    let told = |machine: &Machine| -> Vec<(String, SyncWhat)> {
        let mut transfers = machine.transfers();
        transfers.sort_by(|one, other| one.path.cmp(&other.path));
        transfers.into_iter().map(|SyncTransfer { path, what, .. }| (path, what)).collect()
    };
    let pair = |what: SyncWhat| ["1970/01/a.png", "1970/01/a.png.json"].map(|path| (path.to_owned(), what)).to_vec();
    assert_eq!(told(&desk), []);
    let id = desk.take_in("a.png", 1);
    desk.sync();
    lap.sync();
    assert_eq!((told(&desk), told(&lap)), (pair(SyncWhat::Upload), pair(SyncWhat::Download)));
    desk.sync();
    assert_eq!(told(&desk), pair(SyncWhat::Upload), "a run without anything to do says nothing new");
    desk.home.clock.advance(5_000);
    desk.trash(id);
    let questions = desk.sync().questions;
    assert_eq!(desk.transfers().len(), 2, "nothing is done before that is agreed to");
    desk.sync_agreeing(questions);
    let transfers = desk.transfers();
    assert_eq!(
        transfers.iter().map(|one| one.what == SyncWhat::RemoveThere).collect::<Vec<_>>(),
        [true, true, false, false]
    );
    assert_eq!(transfers[0].at - transfers[3].at, 5_000);
    assert!(transfers[3].bytes > 0 && transfers.iter().all(|one| one.problem.is_none()), "{transfers:?}");
    // Of another place they say nothing.
    let elsewhere = folder.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    desk.move_to(&elsewhere);
    assert_eq!(told(&desk), []);
}

/// A machine in whose run the sidecar of an image in its trash was left, since that is still to come; and where the storage has it.
fn with_one_left() -> (tempfile::TempDir, Machine, std::path::PathBuf) {
    let (folder, desk, _lap) = two();
    let (id, _) = (desk.take_in("a.png", 1), desk.take_in("b.png", 2));
    desk.sync();
    let there = folder.path().join("between/1970/01");
    let sidecar = std::fs::read(there.join("a.png.json")).unwrap();
    desk.trash(id);
    assert_eq!(desk.sync().removed, 2);
    std::fs::write(there.join("a.png.json"), sidecar).unwrap();
    let result = desk.sync();
    assert_eq!((result.left, result.problem_count), (vec!["1970/01/a.png.json".to_owned()], 0));
    assert!(desk.view().job.is_some() && desk.told().last().unwrap().2.contains("follows soon"));
    (folder, desk, there)
}

#[test]
fn what_is_left_follows_soon_and_nobody_is_told_that_it_went_well() {
    let (_folder, desk, there) = with_one_left();
    let told = desk.told();
    std::fs::write(there.join("a.png"), png(1)).unwrap();
    assert_eq!(desk.home.work().len(), 0, "not at once");
    desk.home.clock.advance(60_000);
    desk.home.work();
    assert_eq!((desk.view().last.unwrap().left, desk.items()), (vec![], items(&[("a.png", &[]), ("b.png", &[])])));
    assert_eq!((desk.told(), desk.view().job), (told, None));
}

#[test]
fn what_is_left_twice_in_a_row_is_told_by_its_name_and_no_run_follows() {
    let (_folder, desk, _there) = with_one_left();
    desk.home.clock.advance(60_000);
    desk.home.work();
    for _ in 0..2 {
        let last = desk.view().last.unwrap();
        assert_eq!((last.left.len(), last.problem_count, desk.view().job), (1, 1, None));
        let [problem] = &last.problems[..] else { panic!("{last:?}") };
        assert!(problem.name == "1970/01/a.png.json" && problem.message.contains("end the program"), "{problem:?}");
        assert_eq!(desk.told().last().unwrap().2, "1 left alone");
        desk.sync();
    }
}

/// Two machines with an image of one name and two contents, brought together.
fn in_conflict() -> (tempfile::TempDir, Machine, Machine) {
    let (folder, desk, lap) = two();
    desk.take_in("scan.png", 1);
    lap.take_in("scan.png", 2);
    desk.sync();
    let questions = lap.sync().questions;
    lap.sync_agreeing(questions);
    desk.sync();
    (folder, desk, lap)
}

#[test]
fn a_conflict_is_shown_on_both_machines_until_one_version_is_kept() {
    let (_folder, desk, lap) = in_conflict();
    let [conflict] = &lap.conflicts()[..] else { panic!("{:?}", lap.conflicts()) };
    assert_eq!((conflict.of.as_str(), conflict.day.as_str()), ("1970/01/scan.png", "1970-01-01"));
    assert!(conflict.here, "both have the name of the machine that tests");
    assert_eq!(desk.conflicts().len(), 1);
    // Each shows its own picture, and goes on under its own name.
    let here = |path: &str| std::fs::read(lap.home.path("library").join(path)).unwrap();
    assert_eq!((here("1970/01/scan.png"), lap.tags(conflict.card.id)), (png(1), vec![]));
    lap.tag(conflict.card.id, &["of lap"]);
    let kept = std::fs::read_dir(lap.home.path("library/1970/01")).unwrap().map(|file| file.unwrap().file_name());
    let kept: Vec<String> =
        kept.map(|name| name.into_string().unwrap()).filter(|name| name.contains("(conflict")).collect();
    let sidecar = kept.iter().find(|name| name.ends_with(".json")).unwrap();
    assert!(String::from_utf8(here(&format!("1970/01/{sidecar}"))).unwrap().contains("of lap"));
    assert!(!String::from_utf8(here("1970/01/scan.png.json")).unwrap().contains("of lap"));
    let keep = KeepOne { keep: conflict.other.id, others: vec![conflict.card.id] };
    lap.home.ask(lap.home.service.keep_one(keep)).unwrap();
    assert_eq!(lap.conflicts(), []);
    lap.sync();
    desk.sync();
    assert_eq!((desk.conflicts(), desk.count()), (vec![], 1));
}

#[test]
fn both_versions_that_are_kept_are_no_conflict_any_more_on_any_machine() {
    let (_folder, desk, lap) = in_conflict();
    let conflict = &lap.conflicts()[0];
    let apart = TellApart { ids: vec![conflict.card.id, conflict.other.id], apart: true };
    lap.home.ask(lap.home.service.tell_apart(apart)).unwrap();
    assert_eq!(lap.conflicts(), []);
    lap.sync();
    desk.sync();
    assert_eq!((desk.conflicts(), desk.count()), (vec![], 2));
}
