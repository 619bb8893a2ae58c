//! A process that works the queue is killed again and again at planned steps; the next one carries on. The work is a row
//! written in the transaction of its acknowledgement.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Queue, job, plan};
use legible_jobs::*;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

const JOBS: u64 = 120;
/// As many of them wait for one another in a row.
const CHAINED: u64 = 30;
/// Tells the child which database to work on and which process start it is.
const CHILD: &str = "LEGIBLE_JOBS_TEST_CHILD";

#[test]
fn a_killed_process_loses_nothing_and_repeats_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("legible.db");
    let mut queue = Queue::create(&path);
    queue.conn.execute_batch("CREATE TABLE work (job INTEGER NOT NULL)").unwrap();
    queue
        .write(|tx| {
            let group = new_group(tx, "Folder", 0)?;
            let new = NewJob { group: Some(group), max_attempts: 100, ..job("read") };
            for _ in 0..JOBS - CHAINED {
                enqueue(tx, &new, 0)?;
            }
            let chain = (1..CHAINED).fold(Chain::begin([new.clone()]), |chain, _| chain.then([new.clone()]));
            enqueue_chain(tx, &chain, Some(("chain", UniquePolicy::Keep)), 0)?;
            let every_start = Rule::Every { interval_ms: 1000, anchor: 0 };
            let overlap = Overlap::Allow;
            put_schedule(
                tx,
                &Schedule { overlap, missed: Missed::Once, max_attempts: 100, ..plan("starts", every_start) },
                SchedulePolicy::Keep,
                0,
            )?;
            seal(tx, group, 0)
        })
        .unwrap();

    let kills: u64 = 25;
    for start in 0..kills {
        // The lines at which to kill, spread so that every kind of step is met.
        assert!(run_child(&path, start, Some(start * 5 % 23)), "the queue ran dry before the last kill");
    }
    assert!(!run_child(&path, kills, None), "the last process must come to the end by itself");

    let counted = |sql| queue.conn.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap().unsigned_abs();
    let scheduled = counted("SELECT count(*) FROM job WHERE schedule_id IS NOT NULL");
    let all = JOBS + scheduled;
    assert_eq!(counted("SELECT count(*) FROM work"), all, "work was lost or done twice");
    assert_eq!(counted("SELECT count(DISTINCT job) FROM work"), all);
    assert_eq!(counts(&queue.conn).unwrap(), Counts { succeeded: all, ..Counts::default() });
    // Each start is a time of the schedule: it ran, or was made up for by a later one.
    let skipped = schedules(&queue.conn, None).unwrap()[0].skipped;
    assert!(scheduled > 0 && scheduled + skipped == kills, "{scheduled} runs, {skipped} left out");
    let in_row = "SELECT count(*) FROM job JOIN job_dependency ON job_id = job.id JOIN job AS earlier ON earlier.id = \
                  prerequisite WHERE job.started_at < earlier.finished_at";
    assert_eq!(counted(in_row), 0, "a job of the chain ran before the one that it needs had ended");
    let told = ended_untold(&queue.conn).unwrap();
    assert_eq!(told.iter().map(|group| group.succeeded).collect::<Vec<_>>(), [JOBS]);
    assert!(counted("SELECT count(*) FROM job_attempt WHERE outcome = 'crashed'") > 0, "no kill met a running job");
}

/// Runs the child, kills it after `lines` lines, and says whether it had to be killed.
fn run_child(path: &Path, start: u64, lines: Option<u64>) -> bool {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture"])
        .env(CHILD, format!("{start}:{}", path.display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut go_on = child.stdin.take().unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let steps = stdout.lines().map_while(std::io::Result::ok).filter(|line| line.starts_with("step "));
    for (seen, line) in (0..).zip(steps) {
        assert_ne!(line, "step lost");
        if Some(seen) == lines {
            child.kill().unwrap();
            child.wait().unwrap();
            return true;
        }
        writeln!(go_on).unwrap();
    }
    assert!(child.wait().unwrap().success());
    false
}

/// Not a test of its own: works the queue to its end when [`CHILD`] is set, saying each step.
#[test]
fn child() {
    let Ok(order) = std::env::var(CHILD) else { return };
    let (start, path) = order.split_once(':').unwrap();
    let now = start.parse::<i64>().unwrap() * 1000;
    let me = Owner(format!("start-{start}"));
    let mut queue = Queue::open(Path::new(path));
    queue.write(|tx| reclaim(tx, &Reclaim::NotOwnedBy(&me), now)).unwrap();
    say("recovered");
    queue.write(|tx| fire_due(tx, now, 9)).unwrap();
    say("fired");
    loop {
        let leases = queue.write(|tx| claim(tx, &me, now, 10_000, &Claim::any(2))).unwrap();
        if leases.is_empty() {
            return;
        }
        say("claimed");
        for lease in leases {
            let done = queue.write(|tx| {
                tx.execute("INSERT INTO work VALUES (?1)", [lease.id.0])?;
                say("worked");
                succeed(tx, &lease, None, now)?;
                say("acknowledged");
                Ok::<_, Error>(())
            });
            say(if done.is_ok() { "committed" } else { "lost" });
        }
    }
}

/// Says a step and waits for the word to go on, so that a kill comes exactly here.
fn say(step: &str) {
    let mut out = std::io::stdout().lock();
    // The test runner may have left a line open.
    writeln!(out, "\nstep {step}").unwrap();
    out.flush().unwrap();
    std::io::stdin().read_line(&mut String::new()).unwrap();
}
