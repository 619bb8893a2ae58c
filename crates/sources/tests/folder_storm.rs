//! A watched folder under a storm: in the end each content was offered once, and no half of any.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

use legible_sources::folder::{Event, Finding, Hears, Look, Place, Probe, Settle, Stamp, Step, Wanted, Watch, ledger};
use legible_sources::{Filing, FolderSpec, MIGRATIONS, Source, SourceId, Spec};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant, SystemTime};

const FILES: usize = 20_000;
const THREADS: usize = 4;
const QUIET_MS: u32 = 600;
const DEADLINE: Duration = Duration::from_secs(120);

/// What a whole file ends with.
const END: &str = " end";

/// Watches a folder as the service does: hears, waits, looks, takes.
struct Watching {
    wanted: Arc<Wanted>,
    source: SourceId,
    conn: Connection,
    watch: Watch,
    heard: mpsc::Receiver<Event>,
    settle: Settle,
    began: Instant,
    /// How often each content was offered.
    offered: BTreeMap<String, u32>,
    events: usize,
    looks: usize,
}

impl Watching {
    fn start(root: &Path) -> Watching {
        let (path, recursive, quiet_ms) = (root.to_owned(), true, QUIET_MS);
        let spec = FolderSpec { path, recursive, include: vec![], exclude: vec![], quiet_ms };
        let wanted = Arc::new(Wanted::new(&spec, &[root.join("own")]).unwrap());
        let mut conn = Connection::open_in_memory().unwrap();
        MIGRATIONS.iter().for_each(|batch| conn.execute_batch(batch).unwrap());
        conn.set_prepared_statement_cache_capacity(64);
        let (name, filing, spec) = ("storm".to_owned(), Filing::default(), Spec::Folder(spec));
        let tx = conn.transaction().unwrap();
        let new = Source { id: SourceId(0), name, spec, filing, enabled: true, created_at: 0 };
        let source = legible_sources::add(&tx, &new).unwrap();
        tx.commit().unwrap();
        let (tell, heard) = mpsc::channel();
        let watch = Watch::start(wanted.clone(), move |event| drop(tell.send(event)));
        assert_eq!(*watch.hears(), Hears::Events);
        let (settle, offered) = (Settle::new(QUIET_MS), BTreeMap::new());
        Watching { wanted, source, conn, watch, heard, settle, began: Instant::now(), offered, events: 0, looks: 0 }
    }

    fn now(&self) -> i64 {
        self.began.elapsed().as_millis() as i64
    }

    /// Goes on until `is_over` and nothing is heard or waited for any more.
    fn go_on(&mut self, is_over: impl Fn() -> bool) {
        loop {
            assert!(self.began.elapsed() < DEADLINE, "nothing ends: {:?}", self.settle.next_at());
            let over = is_over();
            if over {
                self.watch.catch_up();
            }
            let wait = self.settle.next_at().map_or(50, |at| (at - self.now()).clamp(0, 50));
            match self.heard.recv_timeout(Duration::from_millis(if over { wait.min(1) } else { wait } as u64)) {
                Ok(event) => self.hear(event),
                Err(_) if over && self.settle.next_at().is_none() => return,
                Err(_) => {}
            }
            while let Ok(event) = self.heard.try_recv() {
                self.hear(event);
            }
            if self.settle.next_at().is_some_and(|at| at <= self.now()) {
                let root = self.wanted.root().to_owned();
                let places = self.settle.ready(self.now(), |path| Probe::of(&root.join(path)));
                self.watch.catch_up();
                self.look(places);
            }
        }
    }

    fn hear(&mut self, event: Event) {
        self.events += 1;
        self.settle.hear(event, self.began.elapsed().as_millis() as i64);
    }

    fn look(&mut self, places: Vec<Place>) -> Vec<Finding> {
        self.looks += 1;
        let mut look = Look::at(self.wanted.clone(), self.source, places);
        let mut all = Vec::new();
        loop {
            let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as i64;
            match look.step(&self.conn, clock).unwrap() {
                Step::Found(findings) => {
                    self.carry_out(&findings);
                    all.extend(findings);
                }
                Step::RootMissing { why } => panic!("{why}"),
                Step::Done(_) => return all,
            }
        }
    }

    fn carry_out(&mut self, findings: &[Finding]) {
        let now = self.now();
        let tx = self.conn.transaction().unwrap();
        for finding in findings {
            ledger::note(&tx, self.source, finding, now).unwrap();
            match finding {
                Finding::New { path, stamp } | Finding::Changed { path, stamp, .. } => {
                    let whole = self.wanted.root().join(path);
                    // It may be gone again, or be another file by now: then something more is heard of it.
                    let Ok(content) = fs::read_to_string(&whole) else { continue };
                    if Stamp::of(&whole).ok().flatten() == Some(*stamp) {
                        *self.offered.entry(content.clone()).or_default() += 1;
                        ledger::note_taken(&tx, self.source, path, stamp, &content, 1).unwrap();
                    }
                }
                Finding::NotYet { path, .. } => self.settle.not_yet(path.clone(), now),
                _ => {}
            }
        }
        tx.commit().unwrap();
    }

    /// What the ledger says is there.
    fn known(&self) -> BTreeSet<PathBuf> {
        let folders = ledger::folders_below(&self.conn, self.source, Path::new("")).unwrap();
        let files = folders.iter().flat_map(|folder| ledger::files_in(&self.conn, self.source, folder).unwrap());
        files.filter(|known| known.missing_since.is_none()).map(|known| known.path).collect()
    }
}

/// Writes a file as one of many programs would.
fn write_file(root: &Path, number: usize) -> std::io::Result<()> {
    let folder = root.join(format!("{}", number % 7)).join(format!("{}", number % 31));
    fs::create_dir_all(&folder)?;
    let (path, content) = (folder.join(format!("{number}.png")), format!("content {number}{END}"));
    match number % 8 {
        // At once.
        0..=3 => fs::write(path, content),
        // By a browser: under another name first.
        4 => {
            let part = path.with_extension("png.part");
            fs::write(&part, &content[..5])?;
            File::options().append(true).open(&part)?.write_all(&content.as_bytes()[5..])?;
            fs::rename(part, path)
        }
        // In pieces, under its own name.
        5 => {
            let mut file = File::create(path)?;
            content.as_bytes().chunks(4).try_for_each(|piece| file.write_all(piece))
        }
        // Twice, and renamed.
        6 => {
            let first = folder.join(format!("{number}-first.png"));
            fs::write(&first, "half")?;
            fs::write(&first, &content)?;
            fs::rename(first, path)
        }
        // By an editor: beside, and over what is there.
        _ => {
            fs::write(&path, "draft of it")?;
            let beside = folder.join(format!(".{number}.x7Gh2"));
            fs::write(&beside, &content)?;
            fs::rename(beside, path)
        }
    }
}

/// Writes files slowly: each stands still for a while, but for less than the quiet time.
fn write_slowly(root: &Path, numbers: std::ops::Range<usize>) -> std::io::Result<()> {
    let folder = root.join("slow");
    fs::create_dir_all(&folder)?;
    let open =
        |number: usize| Ok((File::create(folder.join(format!("{number}.png")))?, format!("content {number}{END}")));
    let mut files = numbers.map(open).collect::<std::io::Result<Vec<_>>>()?;
    for piece in 0..8 {
        for (file, content) in &mut files {
            let bytes = content.as_bytes();
            let at = |piece: usize| bytes.len() * piece / 8;
            file.write_all(&bytes[at(piece)..at(piece + 1)])?;
        }
        // This is the writer's own pace, which the test is about.
        std::thread::sleep(Duration::from_millis(u64::from(QUIET_MS) / 3));
    }
    Ok(())
}

#[test]
fn every_content_is_offered_once_and_no_half_of_any() {
    let temp = tempfile::tempdir().unwrap();
    let root = temp.path().canonicalize().unwrap();
    let mut watching = Watching::start(&root);
    let running = Arc::new(AtomicUsize::new(THREADS + 1));
    let slow = FILES - 50..FILES;
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (root, running, last) = (&root, running.clone(), slow.start);
            scope.spawn(move || {
                for number in (thread..last).step_by(THREADS) {
                    write_file(root, number).unwrap();
                }
                running.fetch_sub(1, Ordering::SeqCst);
            });
        }
        let (root, slow, done) = (&root, slow.clone(), running.clone());
        scope.spawn(move || {
            write_slowly(root, slow).unwrap();
            done.fetch_sub(1, Ordering::SeqCst);
        });
        watching.go_on(|| running.load(Ordering::SeqCst) == 0);
    });
    eprintln!("{} events, {} looks, {:.1?}", watching.events, watching.looks, watching.began.elapsed());
    let halves: Vec<_> = watching.offered.keys().filter(|content| !content.ends_with(END)).collect();
    assert!(halves.is_empty(), "{} halves: {:?}", halves.len(), &halves[..halves.len().min(10)]);
    let twice: Vec<_> = watching.offered.iter().filter(|(_, count)| **count != 1).collect();
    assert!(twice.is_empty(), "{} more than once: {:?}", twice.len(), &twice[..twice.len().min(10)]);
    let expected: BTreeSet<String> = (0..FILES).map(|number| format!("content {number}{END}")).collect();
    let missed: Vec<_> = expected.iter().filter(|content| !watching.offered.contains_key(*content)).collect();
    assert!(missed.is_empty(), "{} missed: {:?}", missed.len(), &missed[..missed.len().min(10)]);
    assert_eq!(watching.offered.len(), FILES);

    // Now everything moves at once: folders, and files across folders. Nothing is offered, and the ledger follows.
    for folder in 0..7 {
        fs::rename(root.join(format!("{folder}")), root.join(format!("moved-{folder}"))).unwrap();
    }
    for number in slow {
        fs::rename(root.join(format!("slow/{number}.png")), root.join(format!("moved-0/{number}.png"))).unwrap();
    }
    fs::remove_dir_all(root.join("moved-3")).unwrap();
    watching.go_on(|| true);
    eprintln!("{} events, {} looks, {:.1?}", watching.events, watching.looks, watching.began.elapsed());
    assert_eq!(watching.offered.len(), FILES);
    assert!(watching.offered.values().all(|count| *count == 1), "what moved was offered again");
    let left = |finding: &Finding| !matches!(finding, Finding::Complete);
    let found: Vec<Finding> = watching.look(vec![Place::Tree(PathBuf::new())]).into_iter().filter(left).collect();
    assert!(found.is_empty(), "{} findings were missed: {:?}", found.len(), &found[..found.len().min(3)]);
    let known = watching.known();
    assert!(known.iter().all(|path| root.join(path).is_file()));
    assert_eq!(known.len(), FILES - (0..FILES - 50).filter(|number| number % 7 == 3).count());
}
