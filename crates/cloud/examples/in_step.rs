//! Brings a folder and a storage in step once, as the service does, with a ledger on the disk: `cargo run --release -p legible-cloud
//! --example in_step PLACE FOLDER up|down`. PLACE is how a place is kept, as JSON; the secret that opens it is in `SECRET`, and what a
//! probe found of it, as the service keeps that from when it is set up, in `FOUND`: `in_step PLACE probe` prints that. `bench/cloud.py`
//! runs it beside rclone.
#![allow(clippy::unwrap_used, reason = "a measurement ends where it cannot go on")]

use legible_cloud::digest::ContentHash;
use legible_cloud::ledger::{InStep, Ledger};
use legible_cloud::limits::STEP_PAUSES;
use legible_cloud::local::{FolderSide, InMemory};
use legible_cloud::plan::Direction;
use legible_cloud::remote::storage::{Found, Place, Secret, Storage};
use legible_cloud::remote::{Cursor, RemoteFile, Unusable, Unwatched};
use legible_cloud::run::{Everything, KeepBoth, Options, Run};
use legible_cloud::store::{self, RemoteId, StoredRemote};
use legible_cloud::{Error, FilePath, Result};
use rusqlite::{Connection, Transaction};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// How many files the service moves at once.
const AT_ONCE: usize = 4;
const TODAY: &str = "2026-11-22";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((place, rest)) = arguments.split_first() else { panic!("PLACE FOLDER up|down") };
    let place: Place = serde_json::from_str(place).unwrap();
    let secret = Secret::new(std::env::var("SECRET").unwrap_or_default());
    let open = |found| Storage::open(&place, &secret, found, Arc::new(|| TODAY.to_owned())).unwrap();
    let [folder, direction] = rest else {
        let found = open(Found::default()).probe(&Unwatched).unwrap();
        println!("{}", serde_json::to_string(&found).unwrap());
        return;
    };
    let storage = open(serde_json::from_str(&std::env::var("FOUND").unwrap()).unwrap());
    let local = FolderSide::open(folder, Box::new(InMemory::default())).unwrap();
    let home = tempfile::tempdir().unwrap();
    let mut ledger = OnDisk::new(home.path());
    let options = Options {
        direction: if direction == "up" { Direction::Up } else { Direction::Down },
        wants: &Everything,
        device: "bench",
        today: TODAY,
        agreed: &[],
        at_once: AT_ONCE,
        pauses: &STEP_PAUSES,
    };
    let outcome = Run::new(&storage, &local, &mut ledger, &KeepBoth, options, &Unwatched).go().unwrap();
    assert!(outcome.problems.is_empty() && outcome.questions.is_empty(), "{outcome:?}");
    println!("{} up, {} down, {} bytes", outcome.tally.uploaded, outcome.tally.downloaded, outcome.tally.bytes);
}

/// The tables of the service, in a file of their own.
struct OnDisk {
    conn: Connection,
    remote: RemoteId,
}

impl OnDisk {
    fn new(folder: &Path) -> Self {
        let mut conn = Connection::open(folder.join("db")).unwrap();
        conn.pragma_update(None, "journal_mode", "wal").unwrap();
        conn.pragma_update(None, "synchronous", "normal").unwrap();
        store::MIGRATIONS.iter().for_each(|batch| conn.execute_batch(batch).unwrap());
        let (kind, name, spec) = ("any".to_owned(), "bench".to_owned(), "{}".to_owned());
        let new = StoredRemote { id: RemoteId(0), kind, name, spec, capabilities: None, enabled: true, created_at: 0 };
        let tx = conn.transaction().unwrap();
        let remote = store::add(&tx, &new).unwrap();
        tx.commit().unwrap();
        OnDisk { conn, remote }
    }

    fn write(&mut self, act: impl FnOnce(&Transaction<'_>, RemoteId) -> store::Result<()>) -> Result<()> {
        let failed = |error: rusqlite::Error| Error::Ledger(Box::new(error));
        let tx = self.conn.transaction().map_err(failed)?;
        act(&tx, self.remote)?;
        tx.commit().map_err(failed)
    }
}

impl Ledger for OnDisk {
    fn all(&self) -> Result<BTreeMap<FilePath, InStep>> {
        Ok(store::all(&self.conn, self.remote)?)
    }

    fn one(&self, path: &FilePath) -> Result<Option<InStep>> {
        Ok(store::one(&self.conn, self.remote, path)?)
    }

    fn note(&mut self, path: &FilePath, in_step: &InStep) -> Result<()> {
        self.write(|tx, remote| store::note(tx, remote, path, in_step))
    }

    fn forget(&mut self, path: &FilePath) -> Result<()> {
        self.write(|tx, remote| store::forget(tx, remote, path))
    }

    fn cursor(&self) -> Result<Option<Cursor>> {
        Ok(store::cursor(&self.conn, self.remote)?)
    }

    fn seen(&self) -> Result<Vec<RemoteFile>> {
        Ok(store::seen(&self.conn, self.remote)?)
    }

    fn unusable(&self) -> Result<Vec<Unusable>> {
        Ok(store::unusable(&self.conn, self.remote)?)
    }

    fn see(&mut self, files: &[RemoteFile], unusable: &[Unusable], cursor: Option<&Cursor>) -> Result<()> {
        self.write(|tx, remote| store::see(tx, remote, files, unusable, cursor))
    }

    fn sessions(&self) -> Result<Vec<(FilePath, ContentHash)>> {
        Ok(store::sessions(&self.conn, self.remote)?)
    }

    fn session(&self, path: &FilePath, hash: &ContentHash) -> Result<Option<String>> {
        Ok(store::session(&self.conn, self.remote, path, hash)?)
    }

    fn note_session(&mut self, path: &FilePath, hash: &ContentHash, state: Option<&str>) -> Result<()> {
        self.write(|tx, remote| store::note_session(tx, remote, path, hash, state))
    }
}
