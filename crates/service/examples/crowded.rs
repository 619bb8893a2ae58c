//! Measures what a person waits for, search and the pages of the window, beside a full and busy queue: two services with
//! the same 10,000 images are asked in turn, one with an empty queue, one with 100,000 jobs and 10,000 schedules whose
//! jobs another thread claims and ends without a break.
//!
//! `cargo run --release -p legible-service --example crowded [DIRECTORY]`

use anyhow::{Context as _, Result};
use legible_jobs::rule::TimeOfDay;
use legible_jobs::{Backoff, Claim, Conditions, Missed, NewJob, Overlap, Owner, Rule, Schedule, SchedulePolicy};
use legible_library::{ContentHash, NewItem, Origin, OriginKind, Placement};
use legible_reading::{Engine, Line, Quad, Reading};
use legible_service::api::{ItemsQuery, JobsQuery, NoArgs};
use legible_service::chance::SystemChance;
use legible_service::clock::SystemClock;
use legible_service::places::Places;
use legible_service::{Config, Service};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const ITEMS: usize = 10_000;
const JOBS: usize = 100_000;
const SCHEDULES: usize = 10_000;
const ROUNDS: usize = 200;

/// Words of which each image shows some.
const WORDS: &[&str] = &[
    "invoice", "total", "meeting", "Monday", "coffee", "train", "ticket", "garden", "window", "number", "street",
    "paper", "answer", "river", "signal", "letter", "market", "button",
];

#[tokio::main]
async fn main() -> Result<()> {
    let parent = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, Into::into);
    let folder = tempfile::tempdir_in(parent)?;
    let (quiet, crowded) = (open(&folder.path().join("quiet"))?, open(&folder.path().join("crowded"))?);
    for service in [&quiet, &crowded] {
        write(&mut connect(service)?, add_items)?;
    }
    write(&mut connect(&crowded)?, add_work)?;
    let (stop, ended) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let busy = std::thread::spawn({
        let (mut conn, stop, ended) = (connect(&crowded)?, stop.clone(), ended.clone());
        move || work(&mut conn, &stop, &ended)
    });
    let began = Instant::now();
    println!(
        "| asked for | empty queue | full and busy queue | ratio | slowest of 100, full |\n|---|---:|---:|---:|---:|"
    );
    measure("search for one word", &quiet, &crowded, async |service| search(service, "invoice").await).await?;
    measure("search for two words", &quiet, &crowded, async |service| search(service, "train ticket").await).await?;
    measure("search as it is typed", &quiet, &crowded, async |service| search(service, "ga").await).await?;
    measure("newest images", &quiet, &crowded, async |service| search(service, "").await).await?;
    measure("status", &quiet, &crowded, async |service| {
        service.status(NoArgs {}).await?;
        Ok(())
    })
    .await?;
    measure("batches", &quiet, &crowded, async |service| {
        service.groups(NoArgs {}).await?;
        Ok(())
    })
    .await?;
    let page = JobsQuery { limit: 100, ..JobsQuery::default() };
    measure("a page of 100 jobs", &quiet, &crowded, async |service| {
        service.jobs(page.clone()).await?;
        Ok(())
    })
    .await?;
    let rate = ended.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    busy.join().map_err(|_| anyhow::anyhow!("the busy thread panicked"))??;
    println!("\nThe busy thread ended {rate:.0} jobs a second meanwhile, one transaction each.");
    Ok(())
}

async fn search(service: &Service, query: &str) -> Result<()> {
    let page = service.items(ItemsQuery { query: query.into(), limit: 100, ..ItemsQuery::default() }).await?;
    anyhow::ensure!(page.total > 0, "nothing was found");
    Ok(())
}

/// Asks both in turn, so that what else the machine does slows both.
async fn measure(
    what: &str,
    quiet: &Service,
    crowded: &Service,
    ask: impl AsyncFn(&Service) -> Result<()>,
) -> Result<()> {
    let mut times = [vec![], vec![]];
    for _ in 0..ROUNDS {
        for (service, times) in [quiet, crowded].into_iter().zip(&mut times) {
            let start = Instant::now();
            ask(service).await?;
            times.push(start.elapsed());
        }
    }
    times.iter_mut().for_each(|times| times.sort_unstable());
    let [quiet, crowded] = [&times[0], &times[1]].map(|times| times[ROUNDS / 2]);
    let ratio = crowded.as_secs_f64() / quiet.as_secs_f64();
    println!("| {what} | {} | {} | {ratio:.2} | {} |", ms(quiet), ms(crowded), ms(times[1][ROUNDS * 99 / 100]));
    Ok(())
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

fn open(home: &Path) -> Result<Service> {
    let worker = (home.join("no worker"), vec![]);
    let config = Config {
        places: Places::below(home),
        worker,
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance),
        runs: false,
        keychain: std::sync::Arc::new(legible_service::secrets::Keychain),
        machine: None,
    };
    Ok(Service::open(config)?)
}

fn connect(service: &Service) -> Result<Connection> {
    let conn = Connection::open(service.places().database())?;
    conn.busy_timeout(Duration::from_secs(20))?;
    conn.pragma_update(None, "synchronous", "NORMAL")?;
    Ok(conn)
}

fn write<T>(conn: &mut Connection, work: impl FnOnce(&Transaction) -> Result<T>) -> Result<T> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work(&tx)?;
    tx.commit()?;
    Ok(done)
}

/// Images with ten lines of text each.
fn add_items(tx: &Transaction) -> Result<()> {
    let engine = Engine { name: "bench".into(), version: "1".into() };
    for number in 0..ITEMS {
        let name = format!("{number}.png");
        let new = NewItem {
            hash: ContentHash::of(name.as_bytes()),
            placement: Placement::Managed { path: name.clone().into() },
            name,
            size: 1,
            added_at: i64::try_from(number)?,
        };
        let id =
            legible_library::add_item(tx, &new, &Origin { kind: OriginKind::Cli, path: None, url: None, at: 1 })?.id;
        let line = |row: usize| {
            let word = |column: usize| WORDS[(number * 7 + row * 5 + column * (number % 11 + 1)) % WORDS.len()];
            let text = (0..6).map(word).collect::<Vec<_>>().join(" ");
            let top = row as f32 * 20.0;
            Line { text, quad: Quad::from_edges(0.0, top, 400.0, top + 16.0), confidence: 0.9, words: vec![] }
        };
        let lines = (0..10).map(line).collect();
        legible_library::save_reading(tx, id, &Reading { engine: engine.clone(), width: 400, height: 200, lines }, 1)?;
    }
    Ok(())
}

fn add_work(tx: &Transaction) -> Result<()> {
    let group = legible_jobs::new_group(tx, "a large drop", 1)?;
    for number in 0..JOBS {
        let job = NewJob::new("read", serde_json::json!({ "item": number }), 1);
        let job = NewJob { group: Some(group), title: format!("{number}.png"), ..job };
        legible_jobs::enqueue(tx, &job, 1)?;
    }
    for number in 0..SCHEDULES {
        legible_jobs::put_schedule(tx, &daily(number)?, SchedulePolicy::Keep, 1)?;
    }
    Ok(())
}

fn daily(number: usize) -> Result<Schedule> {
    let at = TimeOfDay::from_minutes(u16::try_from(number % 1440)?).context("a time of day")?;
    Ok(Schedule {
        name: format!("schedule {number}"),
        title: String::new(),
        kind: "tidy".into(),
        payload: serde_json::json!({}),
        subject: None,
        tags: vec![],
        priority: 0,
        max_attempts: 1,
        backoff: Backoff::default(),
        budget_ms: None,
        conditions: Conditions::default(),
        rule: Rule::Daily { at },
        zone: "Europe/Berlin".into(),
        missed: Missed::Once,
        overlap: Overlap::Skip,
        flex_ms: 0,
        enabled: true,
    })
}

/// Claims and ends jobs until it is told to stop.
fn work(conn: &mut Connection, stop: &AtomicBool, ended: &AtomicU64) -> Result<()> {
    let owner = Owner("bench".into());
    let claim = Claim { kinds: Some(vec!["read".into()]), ..Claim::any(1) };
    while !stop.load(Ordering::Relaxed) {
        let leases = write(conn, |tx| Ok(legible_jobs::claim(tx, &owner, 2, 60_000, &claim)?))?;
        anyhow::ensure!(!leases.is_empty(), "the queue ran dry");
        for lease in leases {
            write(conn, |tx| Ok(legible_jobs::succeed(tx, &lease, None, 2)?))?;
            ended.fetch_add(1, Ordering::Relaxed);
        }
    }
    Ok(())
}
