//! Unique names: each policy against each thing that a holder of the name can be.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Queue, claim_all, job, owner, reason, stored};
use legible_jobs::*;

/// What there is of the name when the newcomer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Waiting,
    Running,
    /// Running, and asked to stop.
    Stopping,
    Succeeded,
    Failed,
    Cancelled,
}

fn named(policy: UniquePolicy) -> NewJob {
    NewJob { unique: Some("item:1".into()), policy, max_attempts: 1, ..job("read") }
}

/// A queue with that, the job, and its lease if it has one.
fn scene(before: Before) -> (Queue, Option<JobId>, Option<Lease>) {
    let mut queue = Queue::in_memory();
    if before == Before::Nothing {
        return (queue, None, None);
    }
    let id = queue.write(|tx| enqueue(tx, &named(UniquePolicy::Keep), 0)).unwrap().id;
    let runs = !matches!(before, Before::Waiting | Before::Cancelled);
    let lease = runs.then(|| claim_all(&mut queue, 1, 0).remove(0));
    match (&lease, before) {
        (Some(lease), Before::Succeeded) => queue.write(|tx| succeed(tx, lease, None, 1)).unwrap(),
        (Some(lease), Before::Failed) => {
            queue.write(|tx| fail(tx, lease, &Failure::Final(reason("bad")), 1, 0.0)).map(drop).unwrap();
        }
        (_, Before::Stopping | Before::Cancelled) => {
            queue.write(|tx| request_cancel(tx, &Filter::ids([id]), 1)).map(drop).unwrap();
        }
        _ => {}
    }
    (queue, Some(id), lease.filter(|_| matches!(before, Before::Running | Before::Stopping)))
}

/// Where the newcomer stands (`None`: nothing was added), where the one before stands, and where the newcomer stands
/// once that one, if it runs, ended well or badly.
fn check(before: Before, policy: UniquePolicy, new: Option<State>, old: Option<State>, ends: [Option<State>; 2]) {
    for (well, then) in [true, false].into_iter().zip(ends) {
        let (mut queue, first, lease) = scene(before);
        let enqueued = queue.write(|tx| enqueue(tx, &named(policy), 2)).unwrap();
        let what = format!("{before:?}, {policy:?}, ended well: {well}");
        let seen = |queue: &Queue| enqueued.new.then(|| stored(queue, enqueued.id).state);
        assert_eq!((seen(&queue), first.map(|id| stored(&queue, id).state)), (new, old), "{what}");
        assert!(enqueued.new || Some(enqueued.id) == first, "{what}");
        match lease {
            Some(lease) if well => queue.write(|tx| succeed(tx, &lease, None, 3)).unwrap(),
            Some(lease) => {
                queue.write(|tx| fail(tx, &lease, &Failure::Final(reason("bad")), 3, 0.0)).map(drop).unwrap();
            }
            None => {}
        }
        assert_eq!(seen(&queue), then, "{what}");
    }
}

#[test]
fn every_policy_meets_every_holder() {
    use State::*;
    use UniquePolicy::{Append, AppendOrReplace, Keep, Replace};
    let go = Some(Enqueued);
    for policy in [Keep, Replace, Append, AppendOrReplace] {
        check(Before::Nothing, policy, go, None, [go; 2]);
        check(Before::Succeeded, policy, go, Some(Succeeded), [go; 2]);
    }
    check(Before::Waiting, Keep, None, go, [None; 2]);
    check(Before::Waiting, Replace, go, Some(Cancelled), [go; 2]);
    check(Before::Waiting, Append, Some(Blocked), go, [Some(Blocked); 2]);
    check(Before::Waiting, AppendOrReplace, Some(Blocked), go, [Some(Blocked); 2]);

    check(Before::Running, Keep, None, Some(Running), [None; 2]);
    check(Before::Running, Replace, Some(Blocked), Some(Running), [go; 2]);
    check(Before::Running, Append, Some(Blocked), Some(Running), [go, Some(Failed)]);
    check(Before::Running, AppendOrReplace, Some(Blocked), Some(Running), [go, Some(Failed)]);

    check(Before::Stopping, Keep, Some(Blocked), Some(Running), [go; 2]);
    check(Before::Stopping, Replace, Some(Blocked), Some(Running), [go; 2]);
    check(Before::Stopping, Append, Some(Blocked), Some(Running), [go, Some(Cancelled)]);
    check(Before::Stopping, AppendOrReplace, Some(Blocked), Some(Running), [go; 2]);

    for (before, state) in [(Before::Failed, Failed), (Before::Cancelled, Cancelled)] {
        check(before, Keep, go, Some(state), [go; 2]);
        check(before, Replace, go, Some(state), [go; 2]);
        check(before, Append, Some(state), Some(state), [Some(state); 2]);
        check(before, AppendOrReplace, go, Some(state), [go; 2]);
    }
}

/// Two beside each other hold a name; one is told to stop, the other succeeds.
#[test]
fn an_appended_job_waits_for_what_is_still_stopping() {
    let mut queue = Queue::in_memory();
    let chain = Chain::begin([job("read"), job("read")]);
    queue.write(|tx| enqueue_chain(tx, &chain, Some(("item:1", UniquePolicy::Keep)), 0)).unwrap();
    let leases = claim_all(&mut queue, 1, 0);
    queue.write(|tx| request_cancel(tx, &Filter::ids([leases[0].id]), 1)).unwrap();
    queue.write(|tx| succeed(tx, &leases[1], None, 2)).unwrap();
    let new = queue.write(|tx| enqueue(tx, &named(UniquePolicy::Append), 3)).unwrap();
    assert_eq!(stored(&queue, new.id).blocked_by, [leases[0].id]);
    queue.write(|tx| release(tx, &leases[0], &Stop::Cancelled, 4)).unwrap();
    assert_eq!(stored(&queue, new.id).state, State::Enqueued);
}

#[test]
fn a_retry_does_not_run_beside_what_is_still_stopping() {
    let (mut queue, old, _) = scene(Before::Failed);
    let new = queue.write(|tx| enqueue(tx, &named(UniquePolicy::Keep), 2)).unwrap();
    let lease = claim_all(&mut queue, 1, 2).remove(0);
    queue.write(|tx| request_cancel(tx, &Filter::ids([new.id]), 3)).unwrap();
    let retry_old = |queue: &mut Queue| queue.write(|tx| retry(tx, &Filter::ids([old.unwrap()]), 4)).unwrap();
    assert_eq!(retry_old(&mut queue), []);
    queue.write(|tx| release(tx, &lease, &Stop::Cancelled, 5)).unwrap();
    assert_eq!(retry_old(&mut queue), [old.unwrap()]);
    assert_eq!(claim_all(&mut queue, 2, 9).iter().map(|lease| lease.id).collect::<Vec<_>>(), [old.unwrap()]);
}

/// Many replacements in a row: one runs at a time, and only the last of those that wait is left.
#[test]
fn replacements_follow_one_another() {
    let mut queue = Queue::in_memory();
    let replace =
        |queue: &mut Queue, now| queue.write(|tx| enqueue(tx, &named(UniquePolicy::Replace), now)).unwrap().id;
    let first = replace(&mut queue, 0);
    let lease = claim_all(&mut queue, 1, 0).remove(0);
    let rest: Vec<JobId> = (1..5).map(|now| replace(&mut queue, now)).collect();
    assert_eq!(cancel_requests(&queue.conn, &owner(1)).unwrap(), [first]);
    let states: Vec<State> = rest.iter().map(|id| stored(&queue, *id).state).collect();
    assert_eq!(states, [State::Cancelled, State::Cancelled, State::Cancelled, State::Blocked]);
    queue.write(|tx| reclaim(tx, &Reclaim::NotOwnedBy(&owner(2)), 9)).unwrap();
    assert!(queue.write(|tx| succeed(tx, &lease, None, 9)).is_err(), "its lease was taken back");
    assert_eq!(claim_all(&mut queue, 2, 9).iter().map(|lease| lease.id).collect::<Vec<_>>(), rest[3..]);
}
