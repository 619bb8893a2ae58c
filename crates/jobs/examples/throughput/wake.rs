//! How long it takes until a job that can run is claimed in another thread, on a connection of its own: from the call
//! that enqueues it, and from the moment at which its schedule is due. Beside it 100,000 jobs wait for their time, and
//! 10,000 schedules for theirs.
//!
//! What wakes the other thread here is a channel and the system's timer. The service adds its own loop to that.

use crate::{JOBS, Table, job, open, plan, write};
use anyhow::{Context as _, Result};
use legible_jobs::*;
use rusqlite::Connection;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

const ROUNDS: usize = 200;
/// The time of the queue when the measurement begins, in milliseconds since the Unix epoch.
const START: i64 = 20_000 * 86_400_000;
/// How far ahead a schedule is set, in milliseconds: long enough for the other thread to go to sleep.
const AHEAD: i64 = 20;

/// The clock of both threads.
#[derive(Clone, Copy)]
struct Clock(Instant);

impl Clock {
    /// Milliseconds since the Unix epoch.
    fn now(self) -> i64 {
        START + self.0.elapsed().as_millis() as i64
    }

    /// How long ago it was this time.
    fn since(self, at: i64) -> Duration {
        self.0.elapsed().saturating_sub(Duration::from_millis((at - START).unsigned_abs()))
    }
}

pub fn measure(path: &Path, table: &mut Table) -> Result<()> {
    let mut conn = open(path)?;
    let later = |n: usize| NewJob { run_at: i64::MAX, ..job(n, None) };
    write(&mut conn, |tx| (0..JOBS).try_for_each(|n| Ok(enqueue(tx, &later(n), START).map(drop)?)))?;
    let clock = Clock(Instant::now());
    write(&mut conn, |tx| {
        // Their first times come after the measurement.
        let put = |n| Ok(put_schedule(tx, &plan(n)?, SchedulePolicy::Keep, START + 60_000).map(drop)?);
        (0..10_000).try_for_each(put)
    })?;
    let (id, _) = write(&mut conn, |tx| {
        let alone = Schedule { name: "alone".into(), overlap: Overlap::Allow, ..plan(0)? };
        Ok(put_schedule(tx, &alone, SchedulePolicy::Keep, START + 60_000)?)
    })?;

    let (to_worker, woken) = channel();
    let (done, from_worker) = channel();
    let other = open_again(path)?;
    let worker = std::thread::spawn(move || work(other, clock, &woken, &done));
    let mut enqueued = Vec::new();
    for n in 0..ROUNDS {
        let start = Instant::now();
        write(&mut conn, |tx| Ok(enqueue(tx, &job(n, None), 0)?))?;
        to_worker.send(())?;
        enqueued.push(from_worker.recv()?.duration_since(start));
    }
    let mut scheduled = Vec::new();
    for _ in 0..ROUNDS {
        let at = clock.now() + AHEAD;
        write(&mut conn, |tx| Ok(override_next(tx, id, Some(at), at - AHEAD)?))?;
        to_worker.send(())?;
        from_worker.recv()?;
        scheduled.push(clock.since(at));
    }
    drop(to_worker);
    worker.join().ok().context("the worker stopped early")??;
    for (what, mut times) in [("enqueue", enqueued), ("a schedule's due moment", scheduled)] {
        times.sort_unstable();
        table.row(&format!("wake: from {what} to its claim in another thread, median"), 1, times[ROUNDS / 2]);
        table.row(&format!("wake: from {what}, 99 of 100 are faster"), 1, times[ROUNDS * 99 / 100]);
    }
    Ok(())
}

/// Sleeps until it is told of something or a schedule is due, claims what there is and says when it had it.
fn work(mut conn: Connection, clock: Clock, woken: &Receiver<()>, done: &Sender<Instant>) -> Result<()> {
    let owner = Owner("worker".into());
    loop {
        let due = next_schedule_at(&conn, clock.now())?.unwrap_or(i64::MAX);
        let sleeps = Duration::from_millis(due.saturating_sub(clock.now()).clamp(0, 60_000).unsigned_abs());
        if woken.recv_timeout(sleeps) == Err(RecvTimeoutError::Disconnected) {
            return Ok(());
        }
        let now = clock.now();
        if next_schedule_at(&conn, now)?.is_some_and(|at| at <= now) {
            write(&mut conn, |tx| Ok(fire_due(tx, now, 100)?))?;
        }
        for lease in write(&mut conn, |tx| Ok(claim(tx, &owner, now, 60_000, &Claim::any(1))?))? {
            done.send(Instant::now())?;
            write(&mut conn, |tx| Ok(succeed(tx, &lease, None, now)?))?;
        }
    }
}

fn open_again(path: &Path) -> Result<Connection> {
    let conn = Connection::open(path)?;
    conn.busy_timeout(Duration::from_secs(10))?;
    conn.pragma_update(None, "synchronous", "normal")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.set_prepared_statement_cache_capacity(256);
    Ok(conn)
}
