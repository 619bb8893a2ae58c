//! What is forgotten when, beyond groups: keeping times, and jobs that others need.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Queue, claim_all, job, reason, stored};
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
