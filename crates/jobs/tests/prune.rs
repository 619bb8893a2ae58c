//! What is forgotten when, beyond groups: keeping times, and jobs that others need.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Queue, claim_all, job, plan, reason, stored};
use legible_jobs::limits::MAX_RUNS_KEPT;
use legible_jobs::*;
use serde_json::json;

fn prune_at(queue: &mut Queue, now: i64) -> usize {
    queue.write(|tx| prune(tx, &Filter::default(), now, now, 99)).unwrap()
}

#[test]
fn a_job_is_kept_as_long_as_it_asks() {
    let check = |keep_ms: Option<i64>, now: i64, expected: usize| {
        let mut queue = Queue::in_memory();
        queue.write(|tx| enqueue(tx, &NewJob { keep_ms, ..job("read") }, 0)).unwrap();
        let lease = claim_all(&mut queue, 1, 0).remove(0);
        queue.write(|tx| succeed(tx, &lease, None, 10)).unwrap();
        assert_eq!(prune_at(&mut queue, now), expected, "{keep_ms:?} at {now}");
    };
    check(None, 10, 0);
    check(None, 11, 1);
    check(Some(0), 11, 1);
    check(Some(100), 109, 0);
    check(Some(100), 110, 1);
}

#[test]
fn what_a_retry_would_need_stays() {
    // How the second of three jobs ends → how many can be pruned.
    let check = |end: Option<bool>, expected: usize| {
        let mut queue = Queue::in_memory();
        let kept = NewJob { keep_ms: Some(1000), max_attempts: 1, ..job("read") };
        let chain = Chain::begin([job("read")]).then([kept]).then([job("read")]);
        let ids = queue.write(|tx| enqueue_chain(tx, &chain, None, 0)).unwrap();
        let lease = claim_all(&mut queue, 1, 0).remove(0);
        queue.write(|tx| succeed(tx, &lease, Some(json!({ "found": 7 })), 1)).unwrap();
        let lease = claim_all(&mut queue, 1, 1).remove(0);
        match end {
            Some(true) => queue.write(|tx| succeed(tx, &lease, None, 2)).unwrap(),
            Some(false) => {
                queue.write(|tx| fail(tx, &lease, &Failure::Final(reason("bad")), 2, 0.0)).map(drop).unwrap();
            }
            None => {}
        }
        assert_eq!(prune_at(&mut queue, 100), expected, "{end:?}");
        if end == Some(false) {
            queue.write(|tx| retry(tx, &Filter::ids([ids[1].id]), 101)).unwrap();
            let lease = claim_all(&mut queue, 1, 101).remove(0);
            assert_eq!(lease.payload, json!({ "item": 1, "found": 7 }), "the input is still there");
        }
    };
    check(None, 0);
    // The last one goes, for nobody needs it.
    check(Some(false), 1);
    check(Some(true), 1);
}

#[test]
fn a_whole_chain_goes_at_once_but_within_the_limit() {
    let mut queue = Queue::in_memory();
    let chain = (1..10).fold(Chain::begin([job("read")]), |chain, _| chain.then([job("read")]));
    let ids = queue.write(|tx| enqueue_chain(tx, &chain, None, 0)).unwrap();
    queue.write(|tx| request_cancel(tx, &Filter::ids([ids[0].id]), 1)).unwrap();
    assert_eq!(queue.write(|tx| prune(tx, &Filter::default(), 9, 9, 4)).unwrap(), 4);
    assert_eq!(stored(&queue, ids[5].id).state, State::Cancelled);
    assert_eq!(queue.write(|tx| prune(tx, &Filter::default(), 9, 9, 99)).unwrap(), 6);
}

/// A retry gets what it got the first time, whichever way jobs are removed in between.
#[test]
fn no_removal_takes_away_what_a_retry_needs() {
    type Removal = fn(&rusqlite::Transaction<'_>, &[Enqueued]) -> Result<usize>;
    // How many of the three jobs go: the first finds something, the second fails, the third inherits that.
    let check = |name: &str, subjects: [&str; 3], removal: Removal, expected: usize| {
        let mut queue = Queue::in_memory();
        let about = |subject: &str| NewJob { subject: Some(subject.into()), max_attempts: 1, ..job("read") };
        let chain = subjects[1..].iter().fold(Chain::begin([about(subjects[0])]), |c, s| c.then([about(s)]));
        let ids = queue.write(|tx| enqueue_chain(tx, &chain, None, 0)).unwrap();
        let lease = claim_all(&mut queue, 1, 0).remove(0);
        queue.write(|tx| succeed(tx, &lease, Some(json!({ "found": 7 })), 1)).unwrap();
        let lease = claim_all(&mut queue, 1, 1).remove(0);
        queue.write(|tx| fail(tx, &lease, &Failure::Final(reason("bad")), 2, 0.0)).unwrap();
        assert_eq!(queue.write(|tx| removal(tx, &ids)).unwrap(), expected, "{name}");
        let left = jobs(&queue.conn, &Filter::default(), 0, 9).unwrap().total;
        assert_eq!(left, 3 - expected as u64, "{name}");
        if left == 0 {
            return;
        }
        let back = queue.write(|tx| retry(tx, &Filter::default(), 100)).unwrap();
        assert_eq!(back.len() as u64, left - 1, "{name}: all that failed comes back");
        let lease = claim_all(&mut queue, 1, 100).remove(0);
        assert_eq!((lease.id, lease.payload.clone()), (ids[1].id, json!({ "item": 1, "found": 7 })), "{name}");
        queue.write(|tx| succeed(tx, &lease, None, 101)).unwrap();
        assert_eq!(claim_all(&mut queue, 1, 102).len() as u64, left - 2, "{name}: what waits for it goes on");
    };
    let different = ["item:1", "item:2", "item:3"];
    check("nothing", different, |_, _| Ok(0), 0);
    check("forget the first", different, |tx, _| forget(tx, "item:1"), 0);
    check("forget the second", different, |tx, _| forget(tx, "item:2"), 0);
    check("forget the third", different, |tx, _| forget(tx, "item:3"), 1);
    check("forget all of one subject", ["item:1"; 3], |tx, _| forget(tx, "item:1"), 3);
    check("forget the first two", ["item:1", "item:1", "item:2"], |tx, _| forget(tx, "item:1"), 0);
    let well = |tx: &rusqlite::Transaction<'_>, _: &[Enqueued]| {
        prune(tx, &Filter::states([State::Succeeded]), i64::MAX, i64::MAX, 99)
    };
    check("prune what went well", different, well, 0);
    check("prune the first", different, |tx, ids| prune(tx, &Filter::ids([ids[0].id]), i64::MAX, i64::MAX, 99), 0);
    check("prune all", different, |tx, _| prune(tx, &Filter::default(), i64::MAX, i64::MAX, 99), 3);
}

/// Who only waits for an end needs nothing of what ended.
#[test]
fn an_end_is_not_kept_for_those_that_waited_for_it() {
    let mut queue = Queue::in_memory();
    let first = queue.write(|tx| enqueue(tx, &NewJob { max_attempts: 1, ..job("read") }, 0)).unwrap().id;
    let after = vec![After { job: first, on: Edge::End }];
    let second = queue.write(|tx| enqueue(tx, &NewJob { after, max_attempts: 1, ..job("read") }, 0)).unwrap().id;
    for id in [first, second] {
        let lease = claim_all(&mut queue, 1, 1).remove(0);
        assert_eq!(lease.id, id);
        queue.write(|tx| fail(tx, &lease, &Failure::Final(reason("bad")), 2, 0.0)).unwrap();
    }
    assert_eq!(queue.write(|tx| prune(tx, &Filter::ids([first]), 9, 9, 9)).unwrap(), 1);
    assert_eq!(queue.write(|tx| retry(tx, &Filter::ids([second]), 10)).unwrap(), [second]);
    assert_eq!(claim_all(&mut queue, 1, 10)[0].id, second);
}

#[test]
fn a_run_of_a_schedule_that_is_gone_can_be_retried_with_what_needed_it() {
    let mut queue = Queue::in_memory();
    let rule = Rule::Every { interval_ms: 1000, anchor: 0 };
    let put = |tx: &rusqlite::Transaction<'_>| put_schedule(tx, &plan("p", rule.clone()), SchedulePolicy::Keep, 0);
    let (schedule, _) = queue.write(put).unwrap();
    let run = queue.write(|tx| fire_due(tx, 1000, 9)).unwrap()[0].jobs[0];
    let after = vec![After { job: run, on: Edge::Success }];
    let needs_it = queue.write(|tx| enqueue(tx, &NewJob { after, ..job("read") }, 1000)).unwrap().id;
    queue.write(|tx| remove_schedule(tx, schedule, 1001)).unwrap();
    assert_eq!(stored(&queue, needs_it).state, State::Cancelled);
    assert_eq!(queue.write(|tx| retry(tx, &Filter::ids([needs_it]), 1002)).unwrap().len(), 2);
    for (id, output) in [(run, Some(json!({ "found": 7 }))), (needs_it, None)] {
        let lease = claim_all(&mut queue, 1, 1002).remove(0);
        assert_eq!(lease.id, id);
        assert_eq!(lease.payload.get("found"), (id == needs_it).then_some(&json!(7)));
        queue.write(|tx| succeed(tx, &lease, output.clone(), 1003)).unwrap();
    }
}

#[test]
fn a_schedule_that_runs_every_second_does_not_fill_the_history() {
    const MORE: u32 = 20;
    let mut queue = Queue::in_memory();
    let rule = Rule::Every { interval_ms: 1000, anchor: 0 };
    let put = |tx: &rusqlite::Transaction<'_>| put_schedule(tx, &plan("p", rule.clone()), SchedulePolicy::Keep, 0);
    let (schedule, _) = queue.write(put).unwrap();
    let mut runs = Vec::new();
    // The first run is needed by a job that failed; every third run fails.
    let mut needs_it = None;
    for n in 1..=MAX_RUNS_KEPT + MORE {
        let now = i64::from(n) * 1000;
        runs.extend(queue.write(|tx| fire_due(tx, now, 9)).unwrap().remove(0).jobs);
        if n == 1 {
            let after = vec![After { job: runs[0], on: Edge::Success }];
            let new = NewJob { after, max_attempts: 1, ..job("bad") };
            needs_it = Some(queue.write(|tx| enqueue(tx, &new, now)).unwrap().id);
        }
        while let Some(lease) = claim_all(&mut queue, 1, now).pop() {
            let ends_well = lease.kind == "work" && n % 3 != 0;
            match ends_well {
                true => queue.write(|tx| succeed(tx, &lease, None, now)).unwrap(),
                false => {
                    queue.write(|tx| fail(tx, &lease, &Failure::Final(reason("bad")), now, 0.0)).map(drop).unwrap();
                }
            }
        }
    }
    let of_schedule = Filter { schedule: Some(schedule), ..Filter::default() };
    let page = jobs(&queue.conn, &of_schedule, 0, u64::MAX).unwrap();
    let mut left: Vec<JobId> = page.jobs.iter().map(|job| job.id).collect();
    left.sort_unstable();
    // The newest run ended after the last look at the history.
    let newest = &runs[runs.len() - MAX_RUNS_KEPT as usize - 1..];
    assert_eq!(left.split_first(), Some((&runs[0], newest)), "the newest, and the one that is needed");
    let lines: i64 = queue.conn.query_row("SELECT count(*) FROM job_attempt", [], |row| row.get(0)).unwrap();
    assert_eq!(lines, i64::from(MAX_RUNS_KEPT) + 3, "their history goes with them");
    let needs_it = needs_it.unwrap();
    assert_eq!(queue.write(|tx| retry(tx, &Filter::ids([needs_it]), 1)).unwrap(), [needs_it]);
}
