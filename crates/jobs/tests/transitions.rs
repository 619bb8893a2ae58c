//! Every transition of a job's life, one table.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Queue, job, owner, reason};
use legible_jobs::*;
use serde_json::json;

/// Something that happens to the one job of a check.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Claimed by process `n`.
    Claim(u8),
    Succeed,
    FailRetryable,
    FailFinal,
    Release,
    RequestCancel,
    Retry,
    /// Leases that ran out come back.
    Expire,
    /// Leases of all but process `n` come back.
    Restart(u8),
    /// Milliseconds pass.
    Wait(i64),
    /// An older lease (0 is the first) tries to succeed.
    SucceedLate(usize),
}

use Step::*;

/// Runs the steps on one job with two attempts, a backoff of 1 s and a lease of 10 s, and compares where it stands,
/// how many attempts count, and how each attempt in its history ended.
fn check(steps: &[Step], state: State, attempts: u32, outcomes: &[&str]) {
    let mut queue = Queue::in_memory();
    let id = queue.write(|tx| enqueue(tx, &NewJob { max_attempts: 2, ..job("read") }, 0)).unwrap().id;
    let mut now = 0;
    let mut leases: Vec<Lease> = Vec::new();
    for step in steps {
        let lease = leases.last().cloned();
        let lease = || lease.clone().expect("a step that needs a lease comes after a claim");
        match *step {
            Claim(n) => {
                let claimed = queue.write(|tx| claim(tx, &owner(n), now, 10_000, &legible_jobs::Claim::any(5)));
                leases.extend(claimed.unwrap());
            }
            Succeed => queue.write(|tx| succeed(tx, &lease(), Some(json!("text")), now)).unwrap(),
            FailRetryable => {
                queue.write(|tx| fail(tx, &lease(), &Failure::Retryable(reason("io")), now, 1.0)).map(drop).unwrap()
            }
            FailFinal => {
                queue.write(|tx| fail(tx, &lease(), &Failure::Final(reason("bad")), now, 1.0)).map(drop).unwrap()
            }
            Release => queue.write(|tx| release(tx, &lease(), &Stop::Quit, now)).map(drop).unwrap(),
            RequestCancel => queue.write(|tx| request_cancel(tx, &Filter::ids([id]), now)).map(drop).unwrap(),
            Retry => queue.write(|tx| retry(tx, &Filter::ids([id]), now)).map(drop).unwrap(),
            Expire => queue.write(|tx| reclaim(tx, &Reclaim::Expired, now)).map(drop).unwrap(),
            Restart(n) => queue.write(|tx| reclaim(tx, &Reclaim::NotOwnedBy(&owner(n)), now)).map(drop).unwrap(),
            Wait(ms) => now += ms,
            SucceedLate(n) => {
                let late = queue.write(|tx| succeed(tx, &leases[n], None, now));
                assert!(matches!(late, Err(Error::LeaseLost(lost)) if lost == id), "{steps:?}: {late:?}");
            }
        }
    }
    let job = job_of(&queue, id);
    let ended: Vec<&str> =
        history(&queue.conn, id).unwrap().iter().map(|a| a.outcome.map_or("running", Outcome::as_str)).collect();
    assert_eq!((job.state, job.attempts, ended.as_slice()), (state, attempts, outcomes), "{steps:?}");
    assert_eq!(job.owner.is_some(), state == State::Running, "{steps:?}");
    assert_eq!(job.finished_at.is_some(), !state.is_active(), "{steps:?}");
}

fn job_of(queue: &Queue, id: JobId) -> Job {
    legible_jobs::job(&queue.conn, id).unwrap().expect("the job is stored")
}

#[test]
fn every_transition() {
    use State::{Cancelled as Stopped, Enqueued, Failed, Running, Succeeded};
    check(&[], Enqueued, 0, &[]);
    check(&[Claim(1)], Running, 1, &["running"]);
    check(&[Claim(1), Claim(2)], Running, 1, &["running"]);
    check(&[Claim(1), Succeed], Succeeded, 1, &["succeeded"]);
    check(&[Claim(1), Succeed, Claim(1), Retry, RequestCancel], Succeeded, 1, &["succeeded"]);

    check(&[Claim(1), FailRetryable], Enqueued, 1, &["retried"]);
    check(&[Claim(1), FailRetryable, Wait(999), Claim(1)], Enqueued, 1, &["retried"]);
    check(&[Claim(1), FailRetryable, Wait(1000), Claim(1)], Running, 2, &["retried", "running"]);
    check(&[Claim(1), FailRetryable, Wait(1000), Claim(1), FailRetryable], Failed, 2, &["retried", "failed"]);
    check(&[Claim(1), FailFinal], Failed, 1, &["failed"]);
    check(&[Claim(1), FailFinal, Retry], Enqueued, 0, &["failed"]);
    check(&[Claim(1), FailFinal, Retry, Claim(2), Succeed], Succeeded, 1, &["failed", "succeeded"]);

    check(&[Claim(1), Release], Enqueued, 0, &["released"]);
    check(&[Claim(1), Release, Claim(1), Release, Claim(1)], Running, 1, &["released", "released", "running"]);
    check(&[Claim(1), Release, Claim(1), SucceedLate(0), Succeed], Succeeded, 1, &["released", "succeeded"]);

    check(&[RequestCancel], Stopped, 0, &[]);
    check(&[RequestCancel, Claim(1)], Stopped, 0, &[]);
    check(&[RequestCancel, Retry], Enqueued, 0, &[]);
    check(&[Claim(1), RequestCancel], Running, 1, &["running"]);
    check(&[Claim(1), RequestCancel, Release], Stopped, 1, &["cancelled"]);
    check(&[Claim(1), RequestCancel, Succeed], Succeeded, 1, &["succeeded"]);
    check(&[Claim(1), RequestCancel, FailRetryable, Wait(9999), Claim(1)], Stopped, 1, &["cancelled"]);
    check(&[Claim(1), RequestCancel, FailFinal], Stopped, 1, &["cancelled"]);
    check(&[Claim(1), RequestCancel, Release, Claim(1)], Stopped, 1, &["cancelled"]);
    check(&[Claim(1), RequestCancel, Restart(2), Claim(2)], Stopped, 1, &["cancelled"]);
    check(&[Claim(1), RequestCancel, Release, Retry, Claim(1)], Running, 1, &["cancelled", "running"]);

    check(&[Claim(1), Wait(9_999), Expire], Running, 1, &["running"]);
    check(&[Claim(1), Wait(10_000), Expire], Enqueued, 1, &["crashed"]);
    check(&[Claim(1), Wait(10_000), Expire, SucceedLate(0)], Enqueued, 1, &["crashed"]);
    check(&[Claim(1), Wait(10_000), Expire, Claim(1), SucceedLate(0)], Running, 2, &["crashed", "running"]);
    check(&[Claim(1), Wait(10_000), Succeed], Succeeded, 1, &["succeeded"]);
    check(&[Claim(1), Restart(1)], Running, 1, &["running"]);
    check(&[Claim(1), Restart(2)], Enqueued, 1, &["crashed"]);
    check(&[Claim(1), Restart(2), Claim(2), Restart(3)], Failed, 2, &["crashed", "crashed"]);
    check(&[Claim(1), Restart(2), Claim(2), SucceedLate(0), Succeed], Succeeded, 2, &["crashed", "succeeded"]);
}
