//! What a look needs: a clock that only moves when told, names that stand for loopback, a sink with the real tables.

use legible_sources::fetch::{
    Addresses, Clock, Errand, Error, Fetch, Fetched, Limits, Net, Outcome, Preview, Record, Report, Sink, SinkError,
    SystemNet, Took,
};
use legible_sources::{Filing, Header, MIGRATIONS, Source, SourceId, Spec, WebSpec, What, add, note_pages, page};
use rusqlite::Connection;
use std::cell::Cell;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

pub const NOON: i64 = 1_700_000_000_000;
pub const DAY: i64 = 24 * 60 * 60 * 1000;

/// Moves when somebody waits, at once.
#[derive(Default)]
pub struct Hands {
    now: AtomicI64,
    pub waited: Mutex<Vec<Duration>>,
}

impl Clock for Hands {
    fn now(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.now.fetch_add(time.as_millis() as i64, Ordering::SeqCst);
        self.waited.lock().unwrap().push(time);
        Box::pin(async {})
    }
}

/// The second loopback address plays the internet; names that end in `.example` lie where the test says.
struct Loopback(Vec<(String, IpAddr)>);

impl Net for Loopback {
    fn addresses(&self, host: &str) -> Addresses {
        let found: Vec<IpAddr> = self.0.iter().filter(|(name, _)| name == host).map(|(_, ip)| *ip).collect();
        if host.ends_with(".example") { Box::pin(async { Ok(found) }) } else { SystemNet.addresses(host) }
    }

    fn is_public(&self, ip: IpAddr) -> bool {
        ip == INTERNET
    }
}

pub const INTERNET: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
pub const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

pub struct World {
    fetch: Fetch,
    pub clock: Arc<Hands>,
    pub sink: Memory,
    pub folder: TempDir,
    /// After so many questions whether it is cancelled, it is.
    pub patience: Cell<u32>,
    runtime: tokio::runtime::Runtime,
}

impl World {
    pub fn new() -> Self {
        Self::with(limits(), &[])
    }

    pub fn with(limits: Limits, names: &[(&str, IpAddr)]) -> Self {
        let clock = Arc::new(Hands { now: NOON.into(), ..Hands::default() });
        let names = names.iter().map(|(name, ip)| ((*name).to_owned(), *ip)).collect();
        World {
            fetch: Fetch::new(limits, clock.clone(), Arc::new(Loopback(names))).unwrap(),
            clock,
            sink: Memory::new(),
            folder: tempfile::tempdir().unwrap(),
            patience: Cell::new(u32::MAX),
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
        }
    }

    pub fn look(&mut self, spec: &WebSpec) -> Result<Report, Error> {
        let partials = self.folder.path().join("partials");
        let cancelled = || {
            self.patience.set(self.patience.get().saturating_sub(1));
            self.patience.get() == 0
        };
        let errand = Errand {
            secret: &secret,
            partials: &partials,
            is_image: &|bytes| bytes.starts_with(SIGNATURE),
            size: &size,
            cancelled: &cancelled,
        };
        self.runtime.block_on(self.fetch.look(spec, &errand, &mut self.sink))
    }

    pub fn test(&self, spec: &WebSpec) -> Result<Preview, Error> {
        self.runtime.block_on(self.fetch.test(spec, &secret, &|bytes| bytes.starts_with(SIGNATURE), &|| false))
    }

    /// A look that must go well: new, unchanged, too small, refused.
    pub fn counts(&mut self, spec: &WebSpec) -> [u32; 4] {
        let report = self.look(spec).unwrap();
        [report.new, report.unchanged, report.too_small, report.refused]
    }

    /// Why the first was refused, for programs.
    pub fn reason(&mut self, spec: &WebSpec) -> &'static str {
        let report = self.look(spec).unwrap();
        report.reasons.first().map_or("fine", |reason| reason.code)
    }

    pub fn wait(&self, millis: i64) {
        self.clock.now.fetch_add(millis, Ordering::SeqCst);
    }

    pub fn partials(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("partials")).map_or(0, Iterator::count)
    }
}

fn secret(name: &str) -> Option<String> {
    (name == "X-Secret").then(|| "hush".to_owned())
}

/// Short enough for servers that hang, long enough for a machine that is busy.
pub fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(5),
        idle: Duration::from_secs(5),
        trickle: Duration::from_secs(60),
        pause: Duration::ZERO,
        cancel_every: Duration::from_millis(1),
        list_bytes: 1024 * 1024,
        image_bytes: 1024 * 1024,
        keep_every: 4096,
        ..Limits::default()
    }
}

/// Limits for servers that say nothing.
pub fn impatient() -> Limits {
    Limits { connect: Duration::from_millis(300), idle: Duration::from_millis(300), ..limits() }
}

pub fn urls(urls: &[String]) -> WebSpec {
    spec(What::Urls { urls: urls.to_vec() })
}

pub fn page_of(url: String, depth: u32) -> WebSpec {
    spec(What::Page { url, depth })
}

pub fn feed(url: String) -> WebSpec {
    spec(What::Feed { url })
}

pub fn api(url: String, path: &str) -> WebSpec {
    spec(What::Api { url, path: path.to_owned() })
}

fn spec(what: What) -> WebSpec {
    WebSpec { what, headers: Vec::new(), min_side: 0, most: 1000 }
}

pub fn with_secret(spec: WebSpec) -> WebSpec {
    WebSpec { headers: vec![Header { name: "X-Secret".to_owned(), value: None }], ..spec }
}

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The head of a PNG file of a size, and something after it that makes it one of its own.
pub fn png(side: u32, rest: &str) -> Vec<u8> {
    let (side, head) = (side.to_be_bytes(), b"\0\0\0\x0dIHDR");
    [SIGNATURE, head, &side, &side, rest.as_bytes()].concat()
}

/// One that is large enough to break off.
pub fn large_png(rest: &str) -> Vec<u8> {
    png(100, &rest.repeat(20_000 / rest.len()))
}

fn size(bytes: &[u8]) -> Result<Option<(u32, u32)>, SinkError> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    Ok(number(16).zip(number(20)))
}

/// Keeps images by their content, as a library does, and records in the real table.
pub struct Memory {
    conn: Connection,
    id: SourceId,
    pub images: Vec<(String, Vec<u8>)>,
    pub is_full: bool,
}

impl Memory {
    fn new() -> Self {
        let mut conn = Connection::open_in_memory().unwrap();
        MIGRATIONS.iter().for_each(|batch| conn.execute_batch(batch).unwrap());
        let tx = conn.transaction().unwrap();
        let (id, name, filing) = (SourceId(0), "web".to_owned(), Filing::default());
        let source = Source { id, name, spec: Spec::Camera, filing, enabled: true, created_at: NOON };
        let id = add(&tx, &source).unwrap();
        tx.commit().unwrap();
        Memory { conn, id, images: Vec::new(), is_full: false }
    }

    pub fn names(&self) -> Vec<&str> {
        self.images.iter().map(|(name, _)| name.as_str()).collect()
    }

    pub fn record(&self, url: &str) -> Option<Record> {
        page(&self.conn, self.id, url).unwrap()
    }

    pub fn outcome(&self, url: &str) -> Option<Outcome> {
        self.record(url).map(|record| record.outcome)
    }
}

impl Sink for Memory {
    fn known(&mut self, url: &str) -> Result<Option<Record>, SinkError> {
        Ok(page(&self.conn, self.id, url)?)
    }

    fn take(&mut self, image: Fetched<'_>) -> Result<Took, SinkError> {
        if self.is_full {
            return Err("no space left on device".into());
        }
        let at = self.images.iter().position(|(_, bytes)| bytes == image.bytes);
        let new = at.is_none();
        let at = at.unwrap_or(self.images.len());
        if new {
            self.images.push((image.name.to_owned(), image.bytes.to_vec()));
        }
        Ok(Took::Kept { hash: format!("hash {at}"), item: at as i64, new })
    }

    fn note(&mut self, records: &[Record]) -> Result<(), SinkError> {
        let tx = self.conn.transaction()?;
        note_pages(&tx, self.id, records)?;
        Ok(tx.commit()?)
    }
}
