//! Measures watched folders: `cargo run --release -p legible-sources --example scan [FILES [FILES_A_FOLDER]]`.
//!
//! Makes a folder of files (100,000 in folders of 100, where nothing is said), takes them all, and looks again: how long that takes and how much
//! memory; then writes files for some seconds and counts the events and the files that get through.
#![allow(clippy::unwrap_used, reason = "a measurement that fails has nothing to say")]

use legible_sources::folder::{Event, Finding, Look, Place, Probe, Settle, Step, Wanted, Watch, ledger};
use legible_sources::{Filing, FolderSpec, MIGRATIONS, Source, SourceId, Spec};
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant, SystemTime};

const QUIET_MS: u32 = 1000;
/// How far the clock of looks is put ahead, so that no file is too young.
const AHEAD_MS: i64 = 86_400_000;
const STORM: Duration = Duration::from_secs(10);

fn main() {
    let number = |at, usual| std::env::args().nth(at).map_or(usual, |text| text.parse::<usize>().unwrap());
    let (files, a_folder) = (number(1, 100_000), number(2, 100));
    let temp = tempfile::tempdir().unwrap();
    let root = temp.path().join("watched");
    fs::create_dir(&root).unwrap();
    make(&root, files, a_folder);
    let mut ground = Ground::new(&root, &temp.path().join("ledger.db"));
    println!("| what | measured |\n| --- | --- |");

    let began = Instant::now();
    let new = ground.look([Place::Tree(PathBuf::new())]);
    assert_eq!(new, files);
    println!("| first look at {files} files, each noted | {:.2} s |", began.elapsed().as_secs_f64());

    // A process that starts has an empty cache of the database.
    drop(ground);
    let before = memory_kb("VmRSS");
    fs::write("/proc/self/clear_refs", "5").ok();
    let mut ground = Ground::reopen(&root, &temp.path().join("ledger.db"));
    let began = Instant::now();
    assert_eq!(ground.look([Place::Tree(PathBuf::new())]), 0);
    println!("| second look, nothing new | {:.2} s |", began.elapsed().as_secs_f64());
    let (peak, size) = (memory_kb("VmHWM"), fs::metadata(temp.path().join("ledger.db")).unwrap().len());
    println!("| peak memory of the second look | {} MB, {} MB of it before |", peak / 1024, before / 1024);
    println!("| ledger on disk | {:.1} MB |", size as f64 / 1e6);

    let began = Instant::now();
    fs::rename(root.join("0"), root.join("renamed")).unwrap();
    ground.look([Place::Settled("0".into()), Place::Tree("renamed".into())]);
    println!("| a renamed folder of {} files | {:.3} s |", files / 10, began.elapsed().as_secs_f64());

    storm(&mut ground);
}

/// Files in folders in ten folders.
fn make(root: &Path, files: usize, a_folder: usize) {
    for number in 0..files {
        let folder = root.join(format!("{}", number % 10)).join(format!("{}", number / 10 / a_folder));
        if number / 10 % a_folder == 0 {
            fs::create_dir_all(&folder).unwrap();
        }
        fs::write(folder.join(format!("scan {number}.png")), number.to_string()).unwrap();
    }
}

struct Ground {
    wanted: Arc<Wanted>,
    source: SourceId,
    conn: Connection,
}

impl Ground {
    fn new(root: &Path, database: &Path) -> Ground {
        let mut conn = Connection::open(database).unwrap();
        MIGRATIONS.iter().for_each(|batch| conn.execute_batch(batch).unwrap());
        let (name, filing, spec) = ("scan".to_owned(), Filing::default(), Spec::Folder(spec(root)));
        let new = Source { id: SourceId(0), name, spec, filing, enabled: true, created_at: 0 };
        let tx = conn.transaction().unwrap();
        legible_sources::add(&tx, &new).unwrap();
        tx.commit().unwrap();
        Ground::reopen(root, database)
    }

    fn reopen(root: &Path, database: &Path) -> Ground {
        let conn = Connection::open(database).unwrap();
        conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;").unwrap();
        conn.set_prepared_statement_cache_capacity(64);
        let wanted = Arc::new(Wanted::new(&spec(root), &[]).unwrap());
        Ground { wanted, source: SourceId(1), conn }
    }

    /// Looks and notes everything. Returns how many files were new or changed.
    fn look(&mut self, places: impl IntoIterator<Item = Place>) -> usize {
        let mut look = Look::at(self.wanted.clone(), self.source, places);
        let mut new = 0;
        loop {
            let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as i64;
            let findings = match look.step(&self.conn, clock + AHEAD_MS).unwrap() {
                Step::Found(findings) => findings,
                Step::RootMissing { why } => panic!("{why}"),
                Step::Done(_) => return new,
            };
            if findings.is_empty() {
                continue;
            }
            let tx = self.conn.transaction().unwrap();
            for finding in &findings {
                ledger::note(&tx, self.source, finding, 0).unwrap();
                if let Finding::New { path, stamp } | Finding::Changed { path, stamp, .. } = finding {
                    new += 1;
                    let hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
                    ledger::note_taken(&tx, self.source, path, stamp, hash, new as i64).unwrap();
                }
            }
            tx.commit().unwrap();
        }
    }
}

fn spec(root: &Path) -> FolderSpec {
    FolderSpec { path: root.to_owned(), recursive: true, include: vec![], exclude: vec![], quiet_ms: QUIET_MS }
}

/// Writes as fast as one thread can, while the other hears, waits, looks and notes.
fn storm(ground: &mut Ground) {
    let (tell, heard) = mpsc::channel();
    let starting = Instant::now();
    let mut watch = Watch::start(ground.wanted.clone(), move |event: Event| drop(tell.send(event)));
    println!("| start of the watch | {:.2} s |", starting.elapsed().as_secs_f64());
    let (root, mut settle, began) = (ground.wanted.root().to_owned(), Settle::new(QUIET_MS), Instant::now());
    let (writing, written) = (AtomicBool::new(true), AtomicUsize::new(0));
    let (mut events, mut taken, mut lost) = (0_usize, 0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let folder = root.join("storm");
            fs::create_dir(&folder).unwrap();
            while began.elapsed() < STORM {
                let number = written.fetch_add(1, Ordering::Relaxed);
                fs::write(folder.join(format!("{number}.png")), number.to_string()).unwrap();
            }
            writing.store(false, Ordering::Relaxed);
        });
        while writing.load(Ordering::Relaxed) || taken < written.load(Ordering::Relaxed) {
            let now = || began.elapsed().as_millis() as i64;
            let wait = settle.next_at().map_or(50, |at| (at - now()).clamp(0, 50));
            let event = heard.recv_timeout(Duration::from_millis(wait as u64)).ok();
            for event in event.into_iter().chain(heard.try_iter()) {
                events += 1;
                lost += usize::from(event == Event::Everything);
                settle.hear(event, now());
            }
            if settle.next_at().is_some_and(|at| at <= now()) {
                let places = settle.ready(now(), |path| Probe::of(&root.join(path)));
                watch.catch_up();
                taken += ground.look(places);
            }
        }
    });
    let (seconds, written) = (began.elapsed().as_secs_f64(), written.into_inner());
    println!("| files written in {} s and taken | {written}, the last after {seconds:.1} s |", STORM.as_secs());
    println!("| files a second through watch, settling and look | {:.0} |", written as f64 / seconds);
    println!("| events a second | {:.0}, {lost} times some were lost |", events as f64 / seconds);
    println!("| peak memory | {} MB |", memory_kb("VmHWM") / 1024);
}

/// A line of `/proc/self/status`, in kB; 0 where there is none.
fn memory_kb(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or_default()
}
