//! A storage that is made another place while it is brought in step.

use super::*;
use crate::cloud::in_step::{DatabaseLedger, JobWatch, LibrarySide};
use legible_cloud::digest::ContentHash;
use legible_cloud::ledger::{InStep, Ledger};
use legible_cloud::plan::Direction;
use legible_cloud::remote::{Capabilities, Changes, Cursor, Listing, Remote, RemoteFile, Revision, Upload, Watch};
use legible_cloud::run::{Everything, KeepBoth, Options, Run};
use legible_cloud::store;
use legible_cloud::{Error as CloudError, FilePath, Result as CloudResult};
use legible_vision::worker::CancelToken;
use std::io::Write;

impl Machine {
    /// How much is noted of the storage: files, and whether there is a mark of what was seen.
    fn noted(&self) -> (usize, bool) {
        let id = RemoteId(self.storage);
        let read = |conn: &rusqlite::Connection| Ok((store::all(conn, id)?.len(), store::cursor(conn, id)?.is_some()));
        self.home.service.database().read_blocking(read).unwrap()
    }
}

/// A storage that is made another place when the first file has gone up.
struct Swapped<'a> {
    storage: Box<dyn Remote>,
    swap: std::sync::Mutex<Option<Box<dyn FnOnce() + Send + 'a>>>,
}

impl Remote for Swapped<'_> {
    fn capabilities(&self) -> Capabilities {
        self.storage.capabilities()
    }

    fn list(&self, watch: &dyn Watch) -> CloudResult<Listing> {
        self.storage.list(watch)
    }

    fn changes(&self, since: &Cursor, watch: &dyn Watch) -> CloudResult<Changes> {
        self.storage.changes(since, watch)
    }

    fn look(&self, path: &FilePath, watch: &dyn Watch) -> CloudResult<Option<RemoteFile>> {
        self.storage.look(path, watch)
    }

    fn fetch(&self, file: &RemoteFile, into: &mut dyn Write, watch: &dyn Watch) -> CloudResult<()> {
        self.storage.fetch(file, into, watch)
    }

    fn put(&self, upload: Upload<'_>, watch: &dyn Watch) -> CloudResult<RemoteFile> {
        let put = self.storage.put(upload, watch);
        let swap = self.swap.lock().unwrap().take();
        swap.into_iter().for_each(|swap| swap());
        put
    }

    fn remove(&self, file: &RemoteFile, watch: &dyn Watch) -> CloudResult<()> {
        self.storage.remove(file, watch)
    }
}

#[test]
fn what_goes_up_while_the_storage_is_made_another_place_is_not_in_step_there() {
    let (folder, desk, lap) = two();
    for shade in 1..=3 {
        desk.take_in(&format!("{shade}.png"), shade);
    }
    // Somebody else's folder, with files of its own.
    let other = folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    lap.take_in("of lap.png", 9);
    lap.move_to(&other);
    lap.sync();

    let (service, known) = (&desk.home.service, desk.known());
    let token = CancelToken::new();
    let watch = JobWatch::new(&token, None);
    let swap: Box<dyn FnOnce() + Send> = Box::new(|| desk.move_to(&other));
    let remote = Swapped { storage: service.open_storage(&known, &watch).unwrap(), swap: Some(swap).into() };
    let side = LibrarySide::new(service, known.id, &token).unwrap();
    let mut ledger = DatabaseLedger::new(service, &known);
    let options = Options {
        direction: Direction::Both,
        wants: &Everything,
        device: "desk",
        today: "2026-11-22",
        agreed: &[],
        at_once: 1,
        pauses: &[],
    };
    let ended = Run::new(&remote, &side, &mut ledger, &KeepBoth, options, &watch).go();
    assert!(matches!(ended, Err(CloudError::Stopped)), "{ended:?}");
    assert_eq!(desk.noted(), (0, false), "of the new place nothing is known");
    let met = desk.sync();
    assert!(matches!(met.questions[..], [SyncQuestion::FirstMeeting { local: 6, remote: 2 }]), "{met:?}");
    assert_eq!((desk.items().len(), met.put_away), (3, 0));
}

#[test]
fn a_run_of_another_place_reads_and_notes_nothing() {
    let (folder, desk, _lap) = two();
    desk.take_in("a.png", 1);
    desk.sync();
    let mut ledger = DatabaseLedger::new(&desk.home.service, &desk.known());
    let (path, hash) = (FilePath::parse("a").unwrap(), ContentHash([1; 32]));
    let in_step = InStep { hash, size: 1, revision: Revision("r".into()), gist: None };
    let mut all = |expected: bool| {
        let cursor = Cursor("mark".into());
        let calls = [
            ledger.note(&path, &in_step),
            ledger.see(&[], &[], Some(&cursor)),
            ledger.note_session(&path, &hash, Some("session")),
            ledger.note_marker("mark".into()),
            ledger.forget(&path),
            ledger.forget_all(),
            ledger.all().map(drop),
            ledger.marker().map(drop),
        ];
        for (number, call) in calls.iter().enumerate() {
            assert_eq!((number, call.is_ok()), (number, expected), "{call:?}");
            assert!(expected || matches!(call, Err(CloudError::Stopped)), "{number}: {call:?}");
        }
    };
    all(true);
    let elsewhere = folder.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    // What is called otherwise is the same place.
    let draft = StorageDraft { name: "else".into(), ..desk.view().draft };
    desk.home.ask(desk.home.service.save_storage(draft)).unwrap();
    all(true);
    desk.move_to(&elsewhere);
    all(false);
    assert_eq!(desk.noted(), (0, false));
}
