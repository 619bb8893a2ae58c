//! Measures the queue on a file as the service uses it: WAL, one writer.
//!
//! `cargo run --release -p legible-jobs --example throughput [DIRECTORY]`

use anyhow::{Context, Result};
use legible_jobs::{
    Claim, Filter, GroupId, NewJob, Owner, State, active_by_subject, claim, counts, enqueue, group, groups, jobs,
    new_group, next_run_at, request_cancel, retry, seal, succeed,
};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::time::{Duration, Instant};

const JOBS: usize = 100_000;
const GROUP: usize = 10_000;

fn main() -> Result<()> {
    let parent = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, Into::into);
    let folder = tempfile::tempdir_in(parent)?;
    let mut conn = open(&folder.path().join("queue.db"))?;
    let owner = Owner("bench".into());
    println!("| step | count | time | each |\n|---|---:|---:|---:|");

    let mut groups_made = Vec::new();
    let mut enqueuing = Duration::ZERO;
    for _ in 0..JOBS / GROUP {
        let (id, time) = timed(|| write(&mut conn, add_group))?;
        groups_made.push(id);
        enqueuing += time;
    }
    row("enqueue, one transaction per group of 10,000", JOBS, enqueuing);
    let first = groups_made[0];

    let (_, time) =
        timed(|| (0..1000).try_for_each(|n| write(&mut conn, |tx| Ok(enqueue(tx, &job(n, None), 0).map(drop)?))))?;
    row("enqueue, one transaction each", 1000, time);

    look(&conn, first, "all 100,000 waiting")?;

    for (batch, rounds) in [(1, 2000), (20, 200)] {
        let mut claiming = Duration::ZERO;
        let mut ending = Duration::ZERO;
        for round in 0..rounds {
            let (leases, time) =
                timed(|| write(&mut conn, |tx| Ok(claim(tx, &owner, round, 60_000, &Claim::any(batch))?)))?;
            claiming += time;
            anyhow::ensure!(leases.len() == batch, "the queue ran dry");
            for lease in leases {
                ending += timed(|| write(&mut conn, |tx| Ok(succeed(tx, &lease, None, round)?)))?.1;
            }
        }
        let rounds = usize::try_from(rounds)?;
        row(&format!("claim, {batch} per transaction"), rounds * batch, claiming);
        row("succeed, one transaction each", rounds * batch, ending);
    }

    look(&conn, first, "some done")?;
    let last = groups_made[groups_made.len() - 1];
    let (_, time) = timed(|| write(&mut conn, |tx| Ok(request_cancel(tx, &Filter::group(last), 1)?)))?;
    row("cancel a group of 10,000", GROUP, time);
    let (_, time) = timed(|| write(&mut conn, |tx| Ok(retry(tx, &Filter::group(last), 2)?)))?;
    row("retry a group of 10,000", GROUP, time);
    Ok(())
}

/// Times of the questions that the window asks again and again.
fn look(conn: &Connection, id: GroupId, when: &str) -> Result<()> {
    const TIMES: usize = 20;
    let ask = |what: &str, question: &dyn Fn() -> legible_jobs::Result<()>| {
        let (_, time) = timed(|| (0..TIMES).try_for_each(|_| question()).map_err(Into::into))?;
        row(&format!("{what} ({when})"), TIMES, time);
        Ok::<_, anyhow::Error>(())
    };
    let subjects: Vec<String> = (0..100).map(|n| format!("item:{n}")).collect();
    ask("one group", &|| group(conn, id).map(drop))?;
    ask("50 groups", &|| groups(conn, 50, false).map(drop))?;
    ask("counts", &|| counts(conn).map(drop))?;
    ask("page of 50", &|| jobs(conn, &Filter::default(), 0, 50).map(drop))?;
    ask("page of 50 of a group", &|| jobs(conn, &Filter::group(id), 0, 50).map(drop))?;
    let one_kind = Filter { kinds: Some(vec!["import".into()]), ..Filter::group(id) };
    ask("one kind of a group", &|| jobs(conn, &one_kind, 0, 1).map(drop))?;
    let failed = Filter { states: Some(vec![State::Failed]), ..Filter::group(id) };
    ask("failed of a group", &|| jobs(conn, &failed, 0, 1).map(drop))?;
    ask("next_run_at", &|| next_run_at(conn, 0).map(drop))?;
    ask("active jobs of 100 subjects", &|| active_by_subject(conn, &subjects).map(drop))
}

fn add_group(tx: &Transaction<'_>) -> Result<GroupId> {
    let id = new_group(tx, "Folder", 0)?;
    for n in 0..GROUP {
        enqueue(tx, &job(n, Some(id)), 0)?;
    }
    seal(tx, id, 0)?;
    Ok(id)
}

fn job(n: usize, group: Option<GroupId>) -> NewJob {
    let unique = group.map(|group| format!("read:{group}:{n}"));
    let kind = if n.is_multiple_of(2) { "read" } else { "thumbnail" };
    NewJob {
        subject: Some(format!("item:{n}")),
        title: format!("IMG_{n:05}.jpg"),
        group,
        unique,
        max_attempts: 3,
        ..NewJob::new(kind, serde_json::json!({ "item": n }), 0)
    }
}

fn open(path: &std::path::Path) -> Result<Connection> {
    let conn = Connection::open(path)?;
    conn.pragma_update(None, "journal_mode", "wal")?;
    conn.pragma_update(None, "synchronous", "normal")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.set_prepared_statement_cache_capacity(64);
    legible_jobs::MIGRATIONS.iter().try_for_each(|batch| conn.execute_batch(batch)).context("migrations")?;
    Ok(conn)
}

fn write<T>(conn: &mut Connection, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work(&tx)?;
    tx.commit()?;
    Ok(done)
}

fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(T, Duration)> {
    let start = Instant::now();
    let done = work()?;
    Ok((done, start.elapsed()))
}

fn row(what: &str, count: usize, time: Duration) {
    let each = time.as_secs_f64() * 1e6 / count as f64;
    println!("| {what} | {count} | {:.0} ms | {each:.1} µs |", time.as_secs_f64() * 1e3);
}
