//! Other ways than keeping the whole library in step: texts alone, Markdown, soon after a change.

use super::*;
use crate::api::EnableStorage;
use crate::cloud::in_step::LibrarySide;
use crate::handlers::SYNC;
use legible_cloud::FilePath;
use legible_cloud::digest::ContentHash;
use legible_cloud::local::{Hashes, Local, Stamp};
use legible_cloud::store::RemoteId;
use legible_jobs::{Claim, Owner};
use legible_vision::worker::CancelToken;
use rusqlite::Transaction;
use serde_json::json;

fn between() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// All files below a folder that are not hidden, by their paths.
fn files(folder: &Path) -> Vec<String> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    let files = entries.filter(|entry| entry.file_type().is_file());
    let paths = files.map(|file| file.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
    paths.filter(|path| !path.starts_with('.')).collect()
}

#[test]
fn texts_go_up_without_their_pictures_and_nothing_comes_back() {
    let folder = between();
    let desk = Machine::set(folder.path(), |draft| StorageDraft { content: SyncContent::Text, ..draft });
    let id = desk.take_in("a.png", 1);
    desk.tag(id, &["tax"]);
    std::fs::write(folder.path().join("b.png.json"), "{}").unwrap();
    let asked = desk.sync();
    assert!(matches!(asked.questions[..], [SyncQuestion::FirstMeeting { .. }]), "{asked:?}");
    assert_eq!(desk.sync_agreeing(asked.questions).uploaded, 1);
    assert_eq!(files(folder.path()), ["1970/01/a.png.json", "b.png.json"]);
    assert!(!desk.home.path("library/b.png.json").exists());
    assert!(desk.view().sentence.contains("without these"), "{}", desk.view().sentence);
}

#[test]
fn texts_of_images_go_up_as_markdown_and_only_what_changed() {
    let folder = between();
    let desk = Machine::set(folder.path(), |draft| StorageDraft { content: SyncContent::Markdown, ..draft });
    let ids = [desk.take_in("a.png", 1), desk.take_in("b.png", 2)];
    let note = |id: i64, note: &str| {
        let edit = EditItem { id, tags: None, note: Some(note.into()) };
        desk.home.ask(desk.home.service.edit_item(edit)).unwrap();
    };
    ids.iter().for_each(|id| note(*id, "Rent for May"));
    assert_eq!(desk.plan().count, 2, "a plan knows what would be written");
    assert_eq!((desk.sync().uploaded, desk.sync().uploaded), (2, 0));
    note(ids[0], "Rent for June");
    assert_eq!(desk.sync().uploaded, 1);
    let texts: Vec<String> = files(folder.path())
        .iter()
        .filter(|path| path.ends_with(".md"))
        .map(|path| std::fs::read_to_string(folder.path().join(path)).unwrap())
        .collect();
    assert!(texts.len() == 2 && texts.iter().any(|text| text.contains("June")), "{texts:?}");
    desk.home.ask(desk.home.service.remove_storage(StorageRef { id: desk.storage })).unwrap();
    assert!(!desk.home.path("data/texts/1").exists() && files(folder.path()).len() == 2);
}

#[test]
fn who_only_fetches_keeps_what_both_said_and_sends_nothing() {
    let folder = between();
    let desk = Machine::new(folder.path(), SyncDirection::Both);
    let lap = Machine::new(folder.path(), SyncDirection::Down);
    let id = desk.take_in("a.png", 1);
    desk.tag(id, &["tax"]);
    desk.sync();
    lap.sync();
    for later in ["paid", "filed"] {
        let more = |machine: &Machine, id: i64, tag: &str| {
            let had = machine.tags(id);
            machine.tag(id, &had.iter().map(String::as_str).chain([tag]).collect::<Vec<_>>());
        };
        more(&lap, lap.id("a.png"), &format!("mine, not {later}"));
        more(&desk, id, later);
        desk.sync();
        let came = lap.sync();
        assert_eq!((came.uploaded, came.kept_both.len(), came.merged), (0, 0, 1), "{came:?}");
        assert_eq!(lap.sync().merged, 0, "and that comes to an end");
    }
    let tags: BTreeSet<String> = lap.tags(lap.id("a.png")).into_iter().collect();
    let expected = ["tax", "paid", "filed", "mine, not paid", "mine, not filed"];
    assert_eq!(tags, expected.map(str::to_owned).into());
    assert_eq!((desk.sync().downloaded, desk.tags(id)), (0, vec!["tax".into(), "paid".into(), "filed".into()]));
    assert_eq!(files(&lap.home.path("library")), ["1970/01/a.png", "1970/01/a.png.json"]);
}

#[test]
fn what_somebody_removes_from_a_backup_goes_up_again() {
    let folder = between();
    let desk = Machine::new(folder.path(), SyncDirection::Up);
    desk.take_in("a.png", 1);
    assert_eq!(desk.sync().uploaded, 2);
    std::fs::remove_file(folder.path().join("1970/01/a.png")).unwrap();
    assert_eq!((desk.sync().uploaded, desk.sync().uploaded), (1, 0));
    assert_eq!(std::fs::read(folder.path().join("1970/01/a.png")).unwrap(), png(1));
}

#[test]
fn what_is_agreed_to_is_not_lost_to_a_run_that_goes_or_waits() {
    let (_folder, desk, lap) = two();
    desk.take_in("a.png", 1);
    lap.take_in("b.png", 2);
    desk.sync();
    let ask = |agreed: Vec<SyncQuestion>| {
        lap.home.ask(lap.home.service.sync_storage(SyncNow { id: lap.storage, agreed })).unwrap();
    };
    ask(vec![]);
    let claim = Claim { kinds: Some(vec![SYNC.into()]), ..Claim::any(1) };
    let (now, database) = (lap.home.service.now(), lap.home.service.database());
    let claim = move |tx: &Transaction<'_>| Ok(legible_jobs::claim(tx, &Owner("test".into()), now, 60_000, &claim)?);
    let lease = database.write_blocking(claim).unwrap().remove(0);
    let agreed = lap.plan().questions;
    assert!(matches!(agreed[..], [SyncQuestion::FirstMeeting { .. }]), "{agreed:?}");
    // While one goes on; and somebody asks once more, for whatever reason, before it has begun.
    ask(agreed);
    ask(vec![]);
    let end = move |tx: &Transaction<'_>| Ok(legible_jobs::succeed(tx, &lease, None, now)?);
    database.write_blocking(end).unwrap();
    lap.home.work();
    assert_eq!(lap.view().last.unwrap().questions, []);
    assert_eq!(lap.items().len(), 2);
}

#[test]
fn a_change_here_has_the_storage_asked_and_no_change_has_not() {
    let folder = between();
    let between = folder.path().join("between");
    std::fs::create_dir(&between).unwrap();
    let desk = Machine::set(&between, |draft| StorageDraft { on_change: true, ..draft });
    assert!(desk.view().sentence.starts_with("Soon after each change, "), "{}", desk.view().sentence);
    let look = || {
        let payload = json!({ "storage": desk.storage, "when_changed": true });
        desk.home.do_job(SYNC, payload).map(|output| output["uploaded"].as_u64())
    };
    let id = desk.take_in("a.png", 1);
    assert_eq!(look().unwrap(), Some(2));
    // Were it asked, it would fail.
    std::fs::rename(&between, folder.path().join("away")).unwrap();
    std::fs::remove_dir_all(folder.path().join("away/1970")).unwrap();
    assert_eq!(look().unwrap(), None);
    desk.tag(id, &["tax"]);
    let enabled = |enabled: bool| EnableStorage { id: desk.storage, enabled };
    desk.home.ask(desk.home.service.enable_storage(enabled(false))).unwrap();
    let schedules = || desk.home.service.database().read_blocking(|c| Ok(legible_jobs::schedules(c, None)?)).unwrap();
    let on = || schedules().iter().filter(|one| one.schedule.kind == SYNC && one.schedule.enabled).count();
    assert_eq!(on(), 0);
    let view = desk.home.ask(desk.home.service.enable_storage(enabled(true))).unwrap();
    assert!(on() == 1 && view.draft.on_change && view.draft.rule.is_none());
}

#[test]
fn what_was_hashed_once_is_known_after_a_restart() {
    let folder = between();
    let mut desk = Machine::new(folder.path(), SyncDirection::Both);
    for (name, shade) in [("a.png", 1), ("b.png", 2)] {
        desk.take_in(name, shade);
    }
    let looked = |desk: &Machine| {
        let token = CancelToken::new();
        let side = LibrarySide::new(&desk.home.service, RemoteId(desk.storage), &token).unwrap();
        let files = side.list(&|| false).unwrap().files;
        let hash = |name: &str| files.iter().find(|file| file.path.name() == name).map(|file| file.hash);
        [hash("a.png"), hash("b.png")]
    };
    // A hash that only who does not read the file takes for its own.
    let (path, noted) = (FilePath::parse("1970/01/a.png").unwrap(), ContentHash::of(b"noted"));
    let stamp = Stamp::of(&desk.home.path("library/1970/01/a.png").metadata().unwrap());
    desk.home.service.library_hashes().note(&path, &stamp, &noted);
    let expected = [Some(noted), Some(ContentHash::of(&png(2)))];
    assert_eq!(looked(&desk), expected);
    desk.home.restart();
    assert_eq!(looked(&desk), expected);
    desk.home.write("library/1970/01/a.png", png(3));
    desk.home.restart();
    assert_eq!(looked(&desk)[0], Some(ContentHash::of(&png(3))), "only in the state that it was hashed in");
}
