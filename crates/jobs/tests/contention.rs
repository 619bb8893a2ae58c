//! Several connections on one file at once, as the app, the CLI and the service are.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Queue, job, owner};
use legible_jobs::*;
use std::collections::HashSet;
use std::sync::Barrier;

#[test]
fn no_job_is_claimed_twice() {
    const JOBS: usize = 1000;
    const THREADS: u8 = 4;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("legible.db");
    let group = Queue::create(&path)
        .write(|tx| {
            let group = new_group(tx, "Folder", 0)?;
            for _ in 0..JOBS {
                enqueue(tx, &NewJob { group: Some(group), ..job("read") }, 0)?;
            }
            seal(tx, group, 0)?;
            Ok::<_, Error>(group)
        })
        .unwrap();

    let start = Barrier::new(usize::from(THREADS));
    let run = |n: u8| {
        let mut queue = Queue::open(&path);
        let limit = usize::from(n) * 3 + 1;
        let mut mine = Vec::new();
        start.wait();
        loop {
            let leases = queue.write(|tx| claim(tx, &owner(n), 0, 10_000, &Claim::any(limit))).unwrap();
            if leases.is_empty() {
                return mine;
            }
            for lease in leases {
                queue.write(|tx| succeed(tx, &lease, None, 1)).unwrap();
                mine.push(lease.id);
            }
        }
    };
    let run = &run;
    let claimed: Vec<JobId> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|n| scope.spawn(move || run(n))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(claimed.len(), JOBS);
    assert_eq!(claimed.into_iter().collect::<HashSet<_>>().len(), JOBS);
    let queue = Queue::open(&path);
    let group = legible_jobs::group(&queue.conn, group).unwrap().unwrap();
    assert_eq!((group.succeeded, group.active, group.ended_at), (JOBS as u64, 0, Some(1)));
}

#[test]
fn a_unique_name_is_held_once_however_many_ask() {
    const NAMES: usize = 100;
    const THREADS: usize = 3;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("legible.db");
    drop(Queue::create(&path));
    let start = Barrier::new(THREADS);
    let added: usize = std::thread::scope(|scope| {
        let ask = || {
            let mut queue = Queue::open(&path);
            start.wait();
            let named = |n: &usize| NewJob { unique: Some(format!("item:{n}")), ..job("read") };
            (0..NAMES).filter(|n| queue.write(|tx| enqueue(tx, &named(n), 0)).unwrap().new).count()
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(added, NAMES);
    assert_eq!(counts(&Queue::open(&path).conn).unwrap().enqueued, NAMES as u64);
}

/// Whatever the policies, one chain at a time holds a name and runs under it.
#[test]
fn a_name_is_worked_by_one_chain_at_a_time_under_every_policy() {
    const ASKED: usize = 60;
    use UniquePolicy::{Append, AppendOrReplace, Keep, Replace};
    for policy in [Keep, Replace, Append, AppendOrReplace] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("legible.db");
        drop(Queue::create(&path));
        let ask = |n: u8| {
            let mut queue = Queue::open(&path);
            for _ in 0..ASKED {
                let chain = Chain::begin([job("read")]).then([job("read")]);
                queue.write(|tx| enqueue_chain(tx, &chain, Some(("name", policy)), 0)).unwrap();
                work_one(&mut queue, n);
            }
        };
        let ask = &ask;
        std::thread::scope(|scope| (0..2_u8).for_each(|n| drop(scope.spawn(move || ask(n)))));
        let mut queue = Queue::open(&path);
        while work_one(&mut queue, 9) {}
        let seen = counts(&queue.conn).unwrap();
        assert_eq!((seen.active(), seen.failed), (0, 0), "{policy:?}");
        assert!(policy == Replace || seen.cancelled == 0, "{policy:?}: {seen:?}");
        assert!(
            !matches!(policy, Append | AppendOrReplace) || seen.succeeded == 4 * ASKED as u64,
            "{policy:?}: {seen:?}"
        );
    }
}

/// Claims a job of the name, looks around, and ends it; says whether there was one.
fn work_one(queue: &mut Queue, n: u8) -> bool {
    let leases = queue.write(|tx| claim(tx, &owner(n), 0, 10_000, &Claim::any(1))).unwrap();
    let Some(lease) = leases.first() else { return false };
    let running = jobs(&queue.conn, &Filter::states([State::Running]), 0, 9).unwrap();
    assert!(running.total <= 1, "two run under one name: {running:?}");
    let asked = cancel_requests(&queue.conn, &owner(n)).unwrap().contains(&lease.id);
    queue
        .write(|tx| match asked {
            true => release(tx, lease, &Stop::Cancelled, 1).map(drop),
            false => succeed(tx, lease, None, 1),
        })
        .unwrap();
    true
}
