//! What is noted of uploads under way says nothing to who has the database.

use super::*;
use crate::cloud::in_step::DatabaseLedger;
use legible_cloud::FilePath;
use legible_cloud::digest::ContentHash;
use legible_cloud::ledger::Ledger;
use legible_cloud::store;

const ADDRESS: &str = "https://upload.example/session?its-own-key";

/// Whether any file of a home has a text in it.
fn has(home: &Home, text: &str) -> bool {
    let mut folders = vec![home.path("")];
    let mut found = false;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => {
                    let bytes = std::fs::read(entry.path()).unwrap();
                    found |= bytes.windows(text.len()).any(|part| part == text.as_bytes());
                }
            }
        }
    }
    found
}

#[test]
fn an_address_that_lets_in_is_sealed_and_goes_on_only_with_its_upload() {
    let (_folder, desk, lap) = two();
    let ledger = |machine: &Machine| DatabaseLedger::new(&machine.home.service, &machine.known());
    let (mut of_desk, mut of_lap) = (ledger(&desk), ledger(&lap));
    let (path, other, hash) = (FilePath::parse("a").unwrap(), FilePath::parse("b").unwrap(), ContentHash([1; 32]));
    // A key is made for the first secret; without one, nothing is kept.
    of_lap.note_session(&path, &hash, Some(ADDRESS)).unwrap();
    assert_eq!((of_lap.session(&path, &hash).unwrap(), of_lap.sessions().unwrap()), (None, vec![]));
    desk.home.service.secrets().set("storage 1", "grant").unwrap();
    of_desk.note_session(&path, &hash, Some(ADDRESS)).unwrap();
    assert_eq!(of_desk.session(&path, &hash).unwrap().as_deref(), Some(ADDRESS));
    assert!(!has(&desk.home, ADDRESS) && !has(&lap.home, ADDRESS));
    assert!(has(&desk.home, "between"), "the files are looked through");
    // Put in the place of another upload's, it is none.
    let swap = move |tx: &rusqlite::Transaction<'_>| {
        let noted = store::session(tx, RemoteId(1), &path, &hash)?;
        Ok(store::note_session(tx, RemoteId(1), &other, &hash, noted.as_deref())?)
    };
    desk.home.service.database().write_blocking(swap).unwrap();
    assert_eq!(of_desk.session(&FilePath::parse("b").unwrap(), &hash).unwrap(), None);
    of_desk.note_session(&FilePath::parse("a").unwrap(), &hash, None).unwrap();
    assert_eq!(of_desk.sessions().unwrap().len(), 1);
}
