//! Measures the queue on a file as the service uses it: WAL, one writer. Prints a table of medians.
//!
//! `cargo run --release -p legible-jobs --example throughput [RUNS [DIRECTORY]]`

mod table;
mod wake;

use anyhow::{Context as _, Result};
use legible_jobs::*;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::Path;
use std::time::{Duration, Instant};
use table::Table;

const JOBS: usize = 100_000;
const GROUP: usize = 10_000;

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let runs: usize = args.next().map_or(Ok(1), |runs| runs.parse())?;
    let parent = args.next().map_or_else(std::env::temp_dir, Into::into);
    let mut table = Table::default();
    for _ in 0..runs {
        let folder = tempfile::tempdir_in(&parent)?;
        in_groups(&folder.path().join("queue.db"), &mut table)?;
        with_conditions(&folder.path().join("conditions.db"), &mut table)?;
        in_chains(&folder.path().join("chains.db"), &mut table)?;
        on_schedules(&folder.path().join("schedules.db"), &mut table)?;
        wake::measure(&folder.path().join("wake.db"), &mut table)?;
    }
    table.print();
    Ok(())
}

/// 100,000 jobs in ten groups.
fn in_groups(path: &Path, table: &mut Table) -> Result<()> {
    let mut conn = open(path)?;
    let owner = Owner("bench".into());
    let mut groups_made = Vec::new();
    let mut enqueuing = Duration::ZERO;
    for _ in 0..JOBS / GROUP {
        let (id, time) = timed(|| write(&mut conn, add_group))?;
        groups_made.push(id);
        enqueuing += time;
    }
    table.row("enqueue, one transaction per group of 10,000", JOBS, enqueuing);
    let first = groups_made[0];

    let (_, time) =
        timed(|| (0..1000).try_for_each(|n| write(&mut conn, |tx| Ok(enqueue(tx, &job(n, None), 0).map(drop)?))))?;
    table.row("enqueue, one transaction each", 1000, time);

    look(&conn, first, "all 100,000 waiting", table)?;

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
        table.row(&format!("claim, {batch} per transaction"), rounds * batch, claiming);
        table.row(&format!("succeed, one transaction each, {batch} claimed together"), rounds * batch, ending);
    }

    look(&conn, first, "some done", table)?;
    let last = groups_made[groups_made.len() - 1];
    let (_, time) = timed(|| write(&mut conn, |tx| Ok(request_cancel(tx, &Filter::group(last), 1)?)))?;
    table.row("cancel a group of 10,000", GROUP, time);
    let (_, time) = timed(|| write(&mut conn, |tx| Ok(retry(tx, &Filter::group(last), 2)?)))?;
    table.row("retry a group of 10,000", GROUP, time);
    Ok(())
}

/// 100,000 jobs with tags and 50 different sets of conditions, half of which do not hold.
fn with_conditions(path: &Path, table: &mut Table) -> Result<()> {
    let mut conn = open(path)?;
    let owner = Owner("bench".into());
    let conditions = |n: usize| Conditions {
        ac_power: n.is_multiple_of(2),
        hours: Some(Hours { from: 0, to: u16::try_from(n % 25).unwrap_or(0) + 1400, zone: "Europe/Berlin".into() }),
        ..Conditions::default()
    };
    let new = |n: usize| NewJob {
        conditions: conditions(n),
        tags: vec!["all".into(), format!("tag-{}", n % 1000)],
        ..job(n, None)
    };
    let (_, time) =
        timed(|| write(&mut conn, |tx| (0..JOBS).try_for_each(|n| Ok(enqueue(tx, &new(n), 0).map(drop)?))))?;
    table.row("enqueue with conditions and two tags, one transaction", JOBS, time);
    let machine = Machine { on_ac: Some(false), ..Machine::default() };
    let wish = Claim { machine, ..Claim::any(1) };
    let mut each = Vec::new();
    for now in 0..1000 {
        let (leases, time) = timed(|| write(&mut conn, |tx| Ok(claim(tx, &owner, now, 60_000, &wish)?)))?;
        anyhow::ensure!(leases.len() == 1, "the queue ran dry");
        each.push(time);
    }
    table.row("claim among 50 sets of conditions in two kinds", each.len(), each.iter().sum());
    each.sort_unstable();
    table.row("the same, 99 of 100 are faster", 1, each[990]);
    let (_, time) = timed(|| (0..20).try_for_each(|_| Ok(waiting_conditions(&conn).map(drop)?)))?;
    table.row("waiting_conditions", 20, time);
    let tagged = Filter { tag: Some("tag-7".into()), ..Filter::default() };
    let (_, time) = timed(|| (0..20).try_for_each(|_| Ok(jobs(&conn, &tagged, 0, 50).map(drop)?)))?;
    table.row("page of 50 of a tag", 20, time);
    let (_, time) = timed(|| write(&mut conn, |tx| Ok(run_now(tx, &tagged, 1)?)))?;
    table.row("run 100 of a tag now", 100, time);
    let (_, time) = timed(|| write(&mut conn, |tx| Ok(request_cancel(tx, &tagged, 2)?)))?;
    table.row("cancel 100 of a tag", 100, time);
    Ok(())
}

/// 10 chains of 10,000 jobs each.
fn in_chains(path: &Path, table: &mut Table) -> Result<()> {
    let mut conn = open(path)?;
    let owner = Owner("bench".into());
    let chain = (1..100).fold(Chain::begin((0..100).map(|n| job(n, None))), |chain, _| chain.then([job(0, None)]));
    let long = (1..GROUP - 199).fold(chain, |chain, n| chain.then([job(n, None)]));
    let (_, time) =
        timed(|| (0..10).try_for_each(|_| write(&mut conn, |tx| Ok(enqueue_chain(tx, &long, None, 0).map(drop)?))))?;
    table.row("enqueue chains of about 10,000", 10 * GROUP, time);
    let mut ending = Duration::ZERO;
    for now in 0..1000 {
        let lease = write(&mut conn, |tx| Ok(claim(tx, &owner, now, 60_000, &Claim::any(1))?))?.remove(0);
        ending += timed(|| write(&mut conn, |tx| Ok(succeed(tx, &lease, None, now)?)))?.1;
    }
    table.row("succeed while 100,000 are blocked", 1000, ending);
    let lease = write(&mut conn, |tx| Ok(claim(tx, &owner, 5000, 60_000, &Claim::any(1))?))?.remove(0);
    let bad = Failure::Final(Reason { code: "bad".into(), message: "It broke.".into(), hint: None });
    let (_, time) = timed(|| write(&mut conn, |tx| Ok(fail(tx, &lease, &bad, 5000, 0.0)?)))?;
    table.row("a failure that a chain of about 10,000 inherits", GROUP, time);
    let (_, time) = timed(|| write(&mut conn, |tx| Ok(retry(tx, &Filter::ids([lease.id]), 5001)?)))?;
    table.row("a retry that brings it back", GROUP, time);
    Ok(())
}

/// 10,000 schedules of four rules.
fn on_schedules(path: &Path, table: &mut Table) -> Result<()> {
    const MINUTE: i64 = 60_000;
    let start = 20_000 * 1440 * MINUTE;
    let mut conn = open(path)?;
    let owner = Owner("bench".into());
    let plans = (0..10_000).map(plan).collect::<Result<Vec<_>>>()?;
    let put =
        |tx: &Transaction<'_>, plan: &Schedule| Ok(put_schedule(tx, plan, SchedulePolicy::Update, start).map(drop)?);
    let (_, time) = timed(|| write(&mut conn, |tx| plans.iter().try_for_each(|plan| put(tx, plan))))?;
    table.row("put 10,000 schedules, one transaction", plans.len(), time);
    let (_, time) = timed(|| plans.iter().take(1000).try_for_each(|plan| write(&mut conn, |tx| put(tx, plan))))?;
    table.row("change a schedule, one transaction each", 1000, time);
    let (_, time) = timed(|| (0..20).try_for_each(|_| Ok(next_schedule_at(&conn, start).map(drop)?)))?;
    table.row("next_schedule_at", 20, time);
    let (_, time) = timed(|| schedules(&conn, None).map_err(Into::into))?;
    table.row("list 10,000 schedules", 1, time);

    // One that is due: from the look at the time to its leased job, as the service does it.
    let now = start + 1440 * MINUTE;
    let alone = Schedule { name: "alone".into(), ..plan(0)? };
    let (id, _) = write(&mut conn, |tx| Ok(put_schedule(tx, &alone, SchedulePolicy::Keep, start)?))?;
    let mut waking = Duration::ZERO;
    for n in 0..100 {
        let at = start + n;
        write(&mut conn, |tx| Ok(override_next(tx, id, Some(at), at)?))?;
        let (lease, time) = timed(|| {
            anyhow::ensure!(next_schedule_at(&conn, at)? == Some(at), "it is not due");
            write(&mut conn, |tx| Ok(fire_due(tx, at, 100)?))?;
            Ok(write(&mut conn, |tx| Ok(claim(tx, &owner, at, 60_000, &Claim::any(1))?))?.remove(0))
        })?;
        waking += time;
        write(&mut conn, |tx| Ok(succeed(tx, &lease, None, at)?))?;
    }
    table.row("wake: from a due schedule to its claimed job", 100, waking);
    let (fired, time) = timed(|| write(&mut conn, |tx| Ok(fire_due(tx, now, usize::MAX)?)))?;
    table.row("fire all that are due after a day, one transaction", fired.len(), time);
    let (_, time) = timed(|| write(&mut conn, |tx| Ok(fire_due(tx, now, usize::MAX)?)))?;
    table.row("fire when nothing is due", 1, time);
    Ok(())
}

fn plan(n: usize) -> Result<Schedule> {
    let at = rule::TimeOfDay::from_minutes(u16::try_from(n % 1440)?).context("a minute of the day")?;
    let rule = match n % 4 {
        0 => Rule::Every { interval_ms: 3_600_000, anchor: 0 },
        1 => Rule::Daily { at },
        2 => Rule::Cron { expression: format!("{} */2 * * 1-5", n % 60) },
        _ => Rule::Monthly { day: u8::try_from(n % 28)? + 1, at },
    };
    Ok(Schedule {
        name: format!("plan {n}"),
        title: format!("Plan {n}"),
        kind: "read".into(),
        payload: serde_json::json!({}),
        subject: None,
        tags: vec!["night".into()],
        priority: 0,
        max_attempts: 3,
        backoff: Backoff::default(),
        budget_ms: None,
        conditions: Conditions::default(),
        rule,
        zone: "Europe/Berlin".into(),
        missed: Missed::Once,
        overlap: Overlap::Skip,
        flex_ms: 0,
        enabled: true,
    })
}

/// Times of the questions that the window asks again and again.
fn look(conn: &Connection, id: GroupId, when: &str, table: &mut Table) -> Result<()> {
    const TIMES: usize = 20;
    let mut ask = |what: &str, question: &dyn Fn() -> legible_jobs::Result<()>| {
        let (_, time) = timed(|| (0..TIMES).try_for_each(|_| question()).map_err(Into::into))?;
        table.row(&format!("{what} ({when})"), TIMES, time);
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

fn open(path: &Path) -> Result<Connection> {
    let conn = Connection::open(path)?;
    conn.pragma_update(None, "journal_mode", "wal")?;
    conn.pragma_update(None, "synchronous", "normal")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.set_prepared_statement_cache_capacity(256);
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
