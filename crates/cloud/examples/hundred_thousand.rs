//! How long it takes to plan 100,000 files, and to read and write what is noted of them: `cargo run --release -p legible-cloud
//! --example hundred_thousand [FILES]`.
#![allow(clippy::unwrap_used, reason = "a measurement ends where it cannot go on")]

use legible_cloud::digest::{ContentHash, Digest, DigestKind};
use legible_cloud::ledger::InStep;
use legible_cloud::local::LocalFile;
use legible_cloud::plan::{Direction, Sides, plan, questions};
use legible_cloud::remote::{Cursor, RemoteFile, Revision};
use legible_cloud::store::{self, RemoteId, StoredRemote};
use legible_cloud::{FilePath, Result};
use rusqlite::{Connection, Transaction};
use std::collections::BTreeMap;
use std::time::Instant;

/// Of each hundred files, how many changed here, changed there, were deleted here, were deleted there, and came.
const CHANGED: [usize; 5] = [3, 3, 1, 1, 2];

fn main() {
    let files = std::env::args().nth(1).map_or(100_000, |text| text.parse().unwrap());
    let before = memory();
    let sides = timed("made up", || sides(files));
    println!("{files} files: {} in step; {} MB for them", sides.in_step.len(), memory() - before);
    for folds_case in [false, true] {
        let plan = timed(&format!("plan (case folds: {folds_case})"), || plan(&sides, Direction::Both, folds_case));
        let asked = timed("questions", || questions(&sides, &plan, &|_| true));
        println!("{} steps, {asked:?}", plan.steps.len());
    }
    println!("peak {} MB", memory());
    tables(&sides).unwrap();
    println!("peak with the tables {} MB", memory());
}

fn timed<T>(what: &str, act: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = act();
    println!("{what}: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    done
}

/// The most memory that this process ever had, in MB; 0 where it is not told.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) >> 10
}

/// Files of which most are in step.
fn sides(files: usize) -> Sides {
    let mut sides = Sides::default();
    let ends: Vec<usize> =
        CHANGED.iter().scan(0, |end, count| Some(std::mem::replace(end, *end + count) + count)).collect();
    for number in 0..files {
        let path =
            FilePath::parse(&format!("20{:02}/{:02}/Scan of a receipt {number:06}.png", number % 26, number % 12));
        let path = path.unwrap();
        let (place, of) = (number % 100, |at: usize| number % 100 >= ends[at] - CHANGED[at] && number % 100 < ends[at]);
        let was = ContentHash::of(&number.to_le_bytes());
        let here = if of(0) { ContentHash::of(b"here") } else { was };
        let revision = |state: &str| Revision(format!("{number:016x}-{state}"));
        let there = revision(if of(1) { "2" } else { "1" });
        let size = 1_000_000 + place as u64;
        if !of(2) {
            sides.local.insert(path.clone(), LocalFile { path: path.clone(), hash: here, size });
        }
        if !of(3) && !of(4) {
            let digest = Some(Digest { kind: DigestKind::Md5, hex: format!("{number:032x}") });
            let modified = Some(1_700_000_000_000);
            let remote = RemoteFile { path: path.clone(), id: None, revision: there, size, digest, modified };
            sides.remote.insert(path.clone(), remote);
        }
        if !of(4) {
            sides.in_step.insert(path, InStep { hash: was, size, revision: revision("1"), gist: None });
        }
    }
    sides
}

/// The same in the tables.
fn tables(sides: &Sides) -> Result<()> {
    let home = tempfile::tempdir().unwrap();
    let mut conn = Connection::open(home.path().join("db")).unwrap();
    conn.pragma_update(None, "journal_mode", "wal").unwrap();
    store::MIGRATIONS.iter().for_each(|batch| conn.execute_batch(batch).unwrap());
    let id = inside(&mut conn, |tx| {
        let (kind, name, spec) = ("folder".to_owned(), "a".to_owned(), "{}".to_owned());
        let new = StoredRemote { id: RemoteId(0), kind, name, spec, capabilities: None, enabled: true, created_at: 0 };
        store::add(tx, &new)
    })?;
    let note = |tx: &Transaction<'_>, gist: Option<&[u8]>| {
        let mut all = sides.in_step.iter();
        all.try_for_each(|(path, was)| {
            store::note(tx, id, path, &InStep { gist: gist.map(<[u8]>::to_vec), ..was.clone() })
        })
    };
    timed("note all, with 300 bytes of gist each", || inside(&mut conn, |tx| note(tx, Some(&[7; 300]))))?;
    let all: BTreeMap<FilePath, InStep> = timed("read all", || store::all(&conn, id))?;
    assert_eq!(all, sides.in_step);
    let mut files: Vec<RemoteFile> = sides.remote.values().cloned().collect();
    let mark = Cursor("1".to_owned());
    timed("see all", || inside(&mut conn, |tx| store::see(tx, id, &files, &[], Some(&mark))))?;
    let before = conn.total_changes();
    let third = files.len().div_ceil(3).max(1);
    files.iter_mut().step_by(third).for_each(|file| file.revision = Revision("new".to_owned()));
    timed("see all, 3 changed", || inside(&mut conn, |tx| store::see(tx, id, &files, &[], Some(&mark))))?;
    println!("{} rows written", conn.total_changes() - before);
    assert_eq!(timed("read what was seen", || store::seen(&conn, id))?, files);
    Ok(())
}

fn inside<T>(conn: &mut Connection, act: impl FnOnce(&Transaction<'_>) -> store::Result<T>) -> store::Result<T> {
    let tx = conn.transaction()?;
    let done = act(&tx)?;
    tx.commit()?;
    Ok(done)
}
