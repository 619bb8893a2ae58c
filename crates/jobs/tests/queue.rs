//! What the transitions leave out: order, filters, names, groups, lists, limits.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Queue, job, owner, reason};
use legible_jobs::*;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Enqueues in one transaction and returns the ids.
fn enqueue_all(queue: &mut Queue, new: &[NewJob]) -> Vec<JobId> {
    queue.write(|tx| new.iter().map(|new| Ok(enqueue(tx, new, 0)?.id)).collect::<Result<_>>()).unwrap()
}

fn claim_as(queue: &mut Queue, n: u8, now: i64, limit: usize) -> Vec<Lease> {
    queue.write(|tx| claim(tx, &owner(n), now, 10_000, &Claim::any(limit))).unwrap()
}

#[test]
fn claims_go_by_priority_then_time_then_age() {
    // Priority, run_at, kind → the numbers of the claimed jobs, in order.
    fn check(wish: &Claim, expected: &[usize]) {
        let mut queue = Queue::in_memory();
        let new = [
            (0, 30, "read"),
            (0, 10, "thumbnail"),
            (5, 40, "read"),
            (0, 10, "read"),
            (-3, 0, "read"),
            (9, 101, "read"),
            (5, 40, "export"),
            (i32::MIN, 1, "thumbnail"),
            (i32::MAX, 100, "export"),
        ];
        let new = new.map(|(priority, run_at, kind)| NewJob { priority, run_at, ..job(kind) });
        let ids = enqueue_all(&mut queue, &new);
        let leases = queue.write(|tx| claim(tx, &owner(1), 100, 10_000, wish)).unwrap();
        let order: Vec<usize> = leases.iter().map(|lease| ids.iter().position(|id| *id == lease.id).unwrap()).collect();
        assert_eq!(order, expected, "{wish:?}");
    }
    let kinds = |kinds: &[&str]| kinds.iter().map(|kind| (*kind).to_owned()).collect::<Vec<_>>();
    check(&Claim::any(100), &[8, 2, 6, 1, 3, 0, 4, 7]);
    check(&Claim::any(usize::MAX), &[8, 2, 6, 1, 3, 0, 4, 7]);
    check(&Claim::any(3), &[8, 2, 6]);
    check(&Claim::any(0), &[]);
    check(&Claim { kinds: Some(kinds(&["read"])), ..Claim::any(3) }, &[2, 3, 0]);
    check(&Claim { kinds: Some(kinds(&["read", "thumbnail"])), ..Claim::any(9) }, &[2, 1, 3, 0, 4, 7]);
    check(&Claim { kinds: Some(vec![]), ..Claim::any(9) }, &[]);
    check(&Claim { excluded_kinds: kinds(&["read", "none such"]), ..Claim::any(9) }, &[8, 6, 1, 7]);
    check(&Claim { kinds: Some(kinds(&["read"])), excluded_kinds: kinds(&["read"]), ..Claim::any(9) }, &[]);
}

#[test]
fn a_lease_carries_what_the_handler_needs() {
    let mut queue = Queue::in_memory();
    let group = queue.write(|tx| new_group(tx, "Folder", 0)).unwrap();
    let payload = json!({ "path": "/tmp/发票.png", "size": 1.5, "deep": [null, { "": true }] });
    let new = NewJob { payload: payload.clone(), subject: Some("item:42".into()), group: Some(group), ..job("read") };
    let id = enqueue_all(&mut queue, std::slice::from_ref(&new))[0];
    let lease = claim_as(&mut queue, 1, 7, 1).remove(0);
    assert_eq!((lease.id, lease.kind.as_str(), lease.payload), (id, "read", payload));
    assert_eq!((lease.subject.as_deref(), lease.title.as_str()), (Some("item:42"), "a.png"));
    assert_eq!((lease.group, lease.owner, lease.lease_until), (Some(group), owner(1), 10_007));
    assert_eq!((lease.attempt, lease.max_attempts), (1, 3));
    let stored = legible_jobs::job(&queue.conn, id).unwrap().unwrap();
    assert_eq!((stored.backoff, stored.started_at, stored.created_at), (new.backoff, Some(7), 0));
}

#[test]
fn a_paused_queue_hands_out_nothing() {
    let mut queue = Queue::in_memory();
    enqueue_all(&mut queue, &[job("read"), NewJob { run_at: 50, ..job("read") }]);
    assert_eq!(next_run_at(&queue.conn, 0).unwrap(), Some(50));
    queue.write(|tx| set_paused(tx, true)).unwrap();
    assert_eq!(claim_as(&mut queue, 1, 100, 9).len(), 0);
    assert_eq!((paused(&queue.conn).unwrap(), next_run_at(&queue.conn, 0).unwrap()), (true, None));
    queue.write(|tx| set_paused(tx, false)).unwrap();
    assert_eq!(claim_as(&mut queue, 1, 100, 9).len(), 2);
    assert_eq!(next_run_at(&queue.conn, 0).unwrap(), None);
}

#[test]
fn a_bad_job_is_refused_with_the_field_that_is_wrong() {
    fn check(new: NewJob, field: &str) {
        let mut queue = Queue::in_memory();
        match queue.write(|tx| enqueue(tx, &new, 0)) {
            Err(Error::Invalid { field: found, .. }) => assert_eq!(found, field),
            other => panic!("{field}: {other:?}"),
        }
        assert_eq!(counts(&queue.conn).unwrap().active(), 0);
    }
    let nested = (0..200).fold(Value::Null, |inside, _| json!([inside]));
    let long = "x".repeat(limits::MAX_JSON_BYTES);
    let backoff = |initial_ms, max_ms| Backoff { initial_ms, max_ms, kind: BackoffKind::Linear };
    check(job(""), "kind");
    check(job(&"k".repeat(101)), "kind");
    check(NewJob { payload: nested, ..job("read") }, "payload");
    check(NewJob { payload: json!(long), ..job("read") }, "payload");
    check(NewJob { subject: Some(String::new()), ..job("read") }, "subject");
    check(NewJob { unique: Some("u".repeat(5000)), ..job("read") }, "unique");
    check(NewJob { max_attempts: 0, ..job("read") }, "max_attempts");
    check(NewJob { max_attempts: u32::MAX, ..job("read") }, "max_attempts");
    check(NewJob { backoff: backoff(-1, 5), ..job("read") }, "backoff");
    check(NewJob { backoff: backoff(6, 5), ..job("read") }, "backoff");

    let mut queue = Queue::in_memory();
    let stray = queue.write(|tx| enqueue(tx, &NewJob { group: Some(GroupId(7)), ..job("read") }, 0));
    assert!(matches!(stray, Err(Error::NoSuchGroup(GroupId(7)))), "{stray:?}");
}

#[test]
fn another_attempt_is_no_sooner_than_was_asked_for() {
    let check = |failure: fn(Reason) -> Failure, due: i64| {
        let mut queue = Queue::in_memory();
        let backoff = Backoff { initial_ms: 1_000, max_ms: 9_000, kind: BackoffKind::Linear };
        let id = enqueue_all(&mut queue, &[NewJob { max_attempts: 2, backoff, ..job("sync") }])[0];
        let lease = queue.write(|tx| claim(tx, &owner(1), 100, 50, &Claim::any(1))).unwrap().remove(0);
        let why = Reason { code: "c".into(), message: "busy".into(), hint: None };
        queue.write(|tx| fail(tx, &lease, &failure(why), 100, 1.0)).unwrap();
        let stored = legible_jobs::job(&queue.conn, id).unwrap().unwrap();
        assert_eq!((stored.state, stored.run_at), (State::Enqueued, due));
    };
    check(Failure::Retryable, 1_100);
    check(|why| Failure::After(why, 600_000), 600_100);
    check(|why| Failure::After(why, 5), 1_100);
    check(|why| Failure::After(why, i64::MAX), i64::MAX);
}

#[test]
fn long_words_are_cut_and_extreme_numbers_kept() {
    let mut queue = Queue::in_memory();
    let title = "发".repeat(400);
    let new = NewJob { title, priority: i32::MIN, run_at: i64::MIN, payload: json!(u64::MAX), ..job("read") };
    let id = enqueue_all(&mut queue, &[new])[0];
    let lease = queue.write(|tx| claim(tx, &owner(1), i64::MAX, i64::MAX, &Claim::any(1))).unwrap().remove(0);
    assert_eq!((lease.payload.clone(), lease.lease_until), (json!(u64::MAX), i64::MAX));
    let why = Reason { code: "c".into(), message: "m".repeat(99_999), hint: None };
    queue.write(|tx| fail(tx, &lease, &Failure::Retryable(why), i64::MAX, f64::INFINITY)).unwrap();
    let stored = legible_jobs::job(&queue.conn, id).unwrap().unwrap();
    assert_eq!(stored.title.chars().count(), limits::MAX_TITLE_BYTES / 3);
    assert_eq!(stored.reason.unwrap().message.len(), limits::MAX_WORDS_BYTES);
    assert_eq!((stored.run_at, stored.priority), (i64::MAX, i32::MIN));
}

#[test]
fn a_name_that_is_being_cancelled_can_be_asked_for_again() {
    let mut queue = Queue::in_memory();
    let named = NewJob { unique: Some("item:1".into()), ..job("read") };
    let first = queue.write(|tx| enqueue(tx, &named, 0)).unwrap();
    assert_eq!(queue.write(|tx| enqueue(tx, &named, 0)).unwrap(), Enqueued { id: first.id, new: false });
    let lease = claim_as(&mut queue, 1, 0, 1).remove(0);
    assert_eq!(queue.write(|tx| enqueue(tx, &named, 0)).unwrap(), Enqueued { id: first.id, new: false });
    queue.write(|tx| request_cancel(tx, &Filter::ids([first.id]), 1)).unwrap();
    assert_eq!(cancel_requests(&queue.conn, &owner(1)).unwrap(), [first.id]);
    assert_eq!(cancel_requests(&queue.conn, &owner(2)).unwrap(), []);
    let second = queue.write(|tx| enqueue(tx, &named, 2)).unwrap();
    assert!(second.new && second.id != first.id);
    queue.write(|tx| release(tx, &lease, &Stop::Killed, 3)).unwrap();
    assert_eq!(queue.write(|tx| retry(tx, &Filter::default(), 4)).unwrap(), [], "the name is taken");
    queue.write(|tx| request_cancel(tx, &Filter::default(), 5)).unwrap();
    assert_eq!(queue.write(|tx| retry(tx, &Filter::default(), 6)).unwrap(), [second.id], "the newest comes back");
}

#[test]
fn progress_and_renewal_count_only_for_the_owner() {
    let mut queue = Queue::in_memory();
    let ids = enqueue_all(&mut queue, &[job("read"), job("read"), job("read")]);
    let leases = claim_as(&mut queue, 1, 0, 2);
    let renewed = queue.write(|tx| renew(tx, &owner(1), &ids, 5_000, 10_000)).unwrap();
    assert_eq!(renewed, ids[..2]);
    assert_eq!(queue.write(|tx| renew(tx, &owner(2), &ids, 5_000, 10_000)).unwrap(), []);
    assert_eq!(queue.write(|tx| reclaim(tx, &Reclaim::Expired, 14_999)).unwrap(), []);
    let seen = |queue: &Queue| legible_jobs::job(&queue.conn, ids[0]).unwrap().unwrap().progress;
    for (fraction, expected) in [(0.25, 0.25), (-1.0, 0.0), (7.0, 1.0), (f32::NAN, 0.0)] {
        assert!(queue.write(|tx| progress(tx, &leases[0], fraction, "reading", 6_000)).unwrap());
        assert_eq!(seen(&queue), Some(Progress { fraction: expected, words: "reading".into() }));
    }
    let back = queue.write(|tx| reclaim(tx, &Reclaim::Expired, 15_000)).unwrap();
    assert_eq!(back, [(ids[0], State::Enqueued), (ids[1], State::Enqueued)]);
    assert!(!queue.write(|tx| progress(tx, &leases[0], 0.9, "late", 16_000)).unwrap());
    let again = claim_as(&mut queue, 1, 16_000, 3);
    let order: Vec<JobId> = again.iter().map(|lease| lease.id).collect();
    assert_eq!(order, [ids[2], ids[0], ids[1]], "jobs that crashed let the others pass");
    assert_eq!(seen(&queue), None, "a new attempt starts at nothing");
}

#[test]
fn a_crashing_job_ends_failed_and_says_so() {
    let mut queue = Queue::in_memory();
    let id = enqueue_all(&mut queue, &[NewJob { max_attempts: 2, ..job("read") }])[0];
    for n in 1..=2 {
        assert_eq!(claim_as(&mut queue, n, 0, 1).len(), 1);
        queue.write(|tx| reclaim(tx, &Reclaim::NotOwnedBy(&owner(9)), 0)).unwrap();
    }
    let stored = legible_jobs::job(&queue.conn, id).unwrap().unwrap();
    let why = stored.reason.unwrap();
    assert_eq!((stored.state, why.code.as_str(), why.hint.is_some()), (State::Failed, CRASHED, true));
    let history = history(&queue.conn, id).unwrap();
    let owners: Vec<_> = history.iter().map(|line| (line.attempt, line.owner.clone(), line.outcome)).collect();
    let crashed = Some(Outcome::Crashed);
    assert_eq!(owners, [(1, owner(1), crashed), (2, owner(2), crashed)]);
}

#[test]
fn an_output_is_kept_and_a_bad_one_refused() {
    let mut queue = Queue::in_memory();
    let id = enqueue_all(&mut queue, &[job("read")])[0];
    let lease = claim_as(&mut queue, 1, 0, 1).remove(0);
    let long = json!("x".repeat(limits::MAX_JSON_BYTES));
    let refused = queue.write(|tx| succeed(tx, &lease, Some(long), 1));
    assert!(matches!(refused, Err(Error::Invalid { field: "output", .. })), "{refused:?}");
    queue.write(|tx| succeed(tx, &lease, Some(json!({ "lines": 3 })), 1)).unwrap();
    let stored = legible_jobs::job(&queue.conn, id).unwrap().unwrap();
    assert_eq!((stored.state, stored.output), (State::Succeeded, Some(json!({ "lines": 3 }))));
}

#[test]
fn handing_back_for_ever_keeps_the_history_short() {
    let mut queue = Queue::in_memory();
    let id = enqueue_all(&mut queue, &[job("read")])[0];
    for now in 0..i64::from(limits::MAX_HISTORY_ROWS) + 50 {
        let lease = claim_as(&mut queue, 1, now, 1).remove(0);
        queue.write(|tx| release(tx, &lease, &Stop::Paused, now)).unwrap();
    }
    let history = history(&queue.conn, id).unwrap();
    assert_eq!(history.len(), limits::MAX_HISTORY_ROWS as usize);
    assert_eq!(history.last().unwrap().started_at, i64::from(limits::MAX_HISTORY_ROWS) + 49);
    assert_eq!(legible_jobs::job(&queue.conn, id).unwrap().unwrap().attempts, 0);
}

#[test]
fn the_end_of_a_group_is_told_once_for_each_end() {
    let mut queue = Queue::in_memory();
    let group = queue.write(|tx| new_group(tx, "Folder", 0)).unwrap();
    let new = NewJob { group: Some(group), ..job("read") };
    enqueue_all(&mut queue, &[new.clone(), new.clone()]);
    let seen = |queue: &Queue| legible_jobs::group(&queue.conn, group).unwrap().unwrap();
    let untold = |queue: &Queue| ended_untold(&queue.conn).unwrap().iter().map(|group| group.id).collect::<Vec<_>>();

    let leases = claim_as(&mut queue, 1, 0, 2);
    queue.write(|tx| succeed(tx, &leases[0], None, 1)).unwrap();
    queue.write(|tx| fail(tx, &leases[1], &Failure::Final(reason("bad")), 2, 0.0)).unwrap();
    assert_eq!((seen(&queue).active, seen(&queue).ended_at), (0, None), "more jobs may come");
    assert!(!queue.write(|tx| mark_told(tx, group, 3)).unwrap(), "there is nothing to tell");

    queue.write(|tx| seal(tx, group, 4)).unwrap();
    assert_eq!((seen(&queue).ended_at, untold(&queue)), (Some(4), vec![group]));
    assert!(queue.write(|tx| mark_told(tx, group, 5)).unwrap());
    assert!(!queue.write(|tx| mark_told(tx, group, 6)).unwrap());
    assert_eq!(untold(&queue), []);
    let late = queue.write(|tx| enqueue(tx, &new, 7));
    assert!(matches!(late, Err(Error::GroupEnded(id)) if id == group), "{late:?}");

    assert_eq!(queue.write(|tx| retry(tx, &Filter::group(group), 8)).unwrap(), [leases[1].id]);
    assert_eq!((seen(&queue).active, seen(&queue).ended_at, seen(&queue).told), (1, None, false));
    let lease = claim_as(&mut queue, 1, 9, 1).remove(0);
    assert!(queue.write(|tx| enqueue(tx, &new, 9)).unwrap().new, "a group that is active again may grow");
    queue.write(|tx| succeed(tx, &lease, None, 10)).unwrap();
    assert_eq!(seen(&queue).ended_at, None);
    queue.write(|tx| request_cancel(tx, &Filter::group(group), 11)).unwrap();
    let Group { total, succeeded, failed, cancelled, ended_at, .. } = seen(&queue);
    assert_eq!((total, succeeded, failed, cancelled, ended_at), (3, 2, 0, 1, Some(11)));
    assert_eq!(untold(&queue), [group]);
}

#[test]
fn an_abandoned_group_is_sealed_once_it_is_quiet() {
    let mut queue = Queue::in_memory();
    let [empty, busy, fresh] = [0, 0, 90].map(|now| queue.write(|tx| new_group(tx, "Folder", now)).unwrap());
    enqueue_all(&mut queue, &[NewJob { group: Some(busy), ..job("read") }]);
    assert_eq!(queue.write(|tx| seal_stale(tx, 50, 100)).unwrap(), [empty]);
    let lease = claim_as(&mut queue, 1, 100, 1).remove(0);
    queue.write(|tx| succeed(tx, &lease, None, 120)).unwrap();
    assert_eq!(queue.write(|tx| seal_stale(tx, 100, 130)).unwrap(), [fresh]);
    assert_eq!(queue.write(|tx| seal_stale(tx, 121, 140)).unwrap(), [busy]);
    let labels = |active_only| groups(&queue.conn, 9, active_only).unwrap().len();
    assert_eq!((labels(false), labels(true)), (3, 0));
}

#[test]
fn lists_meet_every_condition_of_the_filter() {
    let mut queue = Queue::in_memory();
    let group = queue.write(|tx| new_group(tx, "Folder", 0)).unwrap();
    let about = |subject: &str, new: NewJob| NewJob { subject: Some(subject.into()), ..new };
    let new = [
        about("item:1", job("read")),
        about("item:1", job("thumbnail")),
        about("item:2", NewJob { group: Some(group), ..job("read") }),
        NewJob { run_at: 99, ..job("export") },
    ];
    let ids = enqueue_all(&mut queue, &new);
    let lease = claim_as(&mut queue, 1, 0, 1).remove(0);
    queue.write(|tx| fail(tx, &lease, &Failure::Final(reason("bad")), 0, 0.0)).unwrap();

    let check = |filter: Filter, expected: &[usize]| {
        let page = jobs(&queue.conn, &filter, 0, 10).unwrap();
        let found: Vec<usize> = page.jobs.iter().map(|job| ids.iter().position(|id| *id == job.id).unwrap()).collect();
        assert_eq!((found.as_slice(), page.total), (expected, expected.len() as u64), "{filter:?}");
    };
    let any = Filter::default;
    check(any(), &[3, 2, 1, 0]);
    check(Filter::ids([ids[1], ids[3], JobId(999)]), &[3, 1]);
    check(Filter::ids([]), &[]);
    check(Filter::states([State::Failed]), &[0]);
    check(Filter::states([State::Failed, State::Enqueued]), &[3, 2, 1, 0]);
    check(Filter::states([]), &[]);
    check(Filter { kinds: Some(vec!["read".into(), "export".into()]), ..any() }, &[3, 2, 0]);
    check(Filter { subject: Some("item:1".into()), ..any() }, &[1, 0]);
    check(Filter { subject: Some("item:1".into()), ..Filter::states([State::Enqueued]) }, &[1]);
    check(Filter::group(group), &[2]);
    check(Filter { subject: Some("' OR 1 --".into()), ..any() }, &[]);

    let page = jobs(&queue.conn, &any(), 1, 2).unwrap();
    assert_eq!((page.jobs.iter().map(|job| job.id).collect::<Vec<_>>(), page.total), (vec![ids[2], ids[1]], 4));
    assert_eq!(jobs(&queue.conn, &any(), u64::MAX, u64::MAX).unwrap().jobs.len(), 0);
    assert_eq!(counts(&queue.conn).unwrap(), Counts { enqueued: 3, failed: 1, ..Counts::default() });
    let active = active_by_subject(&queue.conn, &["item:1", "item:2", "item:3"].map(String::from)).unwrap();
    let active: HashMap<_, _> =
        active.iter().map(|(subject, jobs)| (subject.as_str(), jobs.iter().map(|job| job.id).collect())).collect();
    assert_eq!(active, HashMap::from([("item:1", vec![ids[1]]), ("item:2", vec![ids[2]])]));

    // What runs is at the head of the list, wherever a page begins.
    claim_as(&mut queue, 1, 0, 1);
    for (offset, limit, expected) in [(0, 9, &[1, 3, 2, 0][..]), (0, 1, &[1]), (1, 2, &[3, 2]), (3, 1, &[0])] {
        let page = jobs(&queue.conn, &any(), offset, limit).unwrap();
        let found: Vec<JobId> = page.jobs.iter().map(|job| job.id).collect();
        assert_eq!(found, expected.iter().map(|index: &usize| ids[*index]).collect::<Vec<_>>(), "{offset}, {limit}");
    }
}

#[test]
fn pruning_forgets_what_ended_and_was_told() {
    let mut queue = Queue::in_memory();
    let group = queue.write(|tx| new_group(tx, "Folder", 0)).unwrap();
    let new = [job("read"), NewJob { group: Some(group), ..job("read") }, job("read"), job("read")];
    let ids = enqueue_all(&mut queue, &new);
    for lease in claim_as(&mut queue, 1, 0, 3) {
        let at = if lease.id == ids[2] { 50 } else { 10 };
        queue.write(|tx| succeed(tx, &lease, None, at)).unwrap();
    }
    queue.write(|tx| seal(tx, group, 10)).unwrap();
    let mut prune_at = |before| {
        let pruned = queue.write(|tx| prune(tx, &Filter::default(), before, i64::MAX, 9)).unwrap();
        let left = jobs(&queue.conn, &Filter::default(), 0, 9).unwrap().jobs.iter().map(|job| job.id).collect();
        if pruned > 0 {
            queue.write(|tx| mark_told(tx, group, 60)).unwrap();
        }
        (pruned, left, legible_jobs::group(&queue.conn, group).unwrap().is_some())
    };
    assert_eq!(prune_at(10), (0, vec![ids[3], ids[2], ids[1], ids[0]], true));
    assert_eq!(prune_at(50), (1, vec![ids[3], ids[2], ids[1]], true), "the group's end is still to be told");
    assert_eq!(prune_at(50), (1, vec![ids[3], ids[2]], false));
    assert_eq!(prune_at(51), (1, vec![ids[3]], false));
    assert_eq!(history(&queue.conn, ids[0]).unwrap(), []);
}

#[test]
fn pruning_goes_in_batches_from_the_first_that_ended() {
    let mut queue = Queue::in_memory();
    let ids = enqueue_all(&mut queue, &vec![job("read"); 5]);
    for (at, lease) in (10..).zip(claim_as(&mut queue, 1, 0, 5).into_iter().rev()) {
        queue.write(|tx| succeed(tx, &lease, None, at)).unwrap();
    }
    assert_eq!(queue.write(|tx| prune(tx, &Filter::default(), 100, i64::MAX, 2)).unwrap(), 2);
    assert_eq!(jobs(&queue.conn, &Filter::default(), 0, 9).unwrap().jobs[0].id, ids[2]);
    let mut left = || queue.write(|tx| prune(tx, &Filter::default(), 100, i64::MAX, 2)).unwrap();
    assert_eq!((left(), left()), (2, 1));
}

#[test]
fn what_ended_about_a_deleted_subject_is_forgotten() {
    let mut queue = Queue::in_memory();
    let group = queue.write(|tx| new_group(tx, "Folder", 0)).unwrap();
    let about = |item: &str| NewJob { subject: Some(item.into()), group: Some(group), ..job("read") };
    let ids = enqueue_all(&mut queue, &[about("item:1"), about("item:2"), about("item:1"), about("item:1")]);
    let mut leases = claim_as(&mut queue, 1, 0, 3).into_iter();
    queue.write(|tx| fail(tx, &leases.next().unwrap(), &Failure::Final(reason("bad")), 10, 0.0)).unwrap();
    queue.write(|tx| succeed(tx, &leases.next().unwrap(), None, 10)).unwrap();
    assert_eq!(queue.write(|tx| forget(tx, "item:1")).unwrap(), 1);
    let left: Vec<JobId> = jobs(&queue.conn, &Filter::default(), 0, 9).unwrap().jobs.iter().map(|job| job.id).collect();
    assert_eq!(left, [ids[2], ids[3], ids[1]], "what runs and what waits stays");
    assert_eq!(history(&queue.conn, ids[0]).unwrap(), []);
    let seen = legible_jobs::group(&queue.conn, group).unwrap().unwrap();
    assert_eq!((seen.total, seen.succeeded, seen.failed), (4, 1, 1));
}

#[test]
fn the_time_is_noted_when_all_jobs_were_cancelled_at_once() {
    let mut queue = Queue::in_memory();
    let mut check = |filter: Filter, now, expected| {
        queue.write(|tx| request_cancel(tx, &filter, now)).unwrap();
        assert_eq!(cancelled_all_at(&queue.conn).unwrap(), expected, "{filter:?}");
    };
    check(Filter::ids([JobId(1)]), 1, None);
    check(Filter::states([State::Enqueued]), 2, None);
    check(Filter::states([State::Enqueued, State::Blocked, State::Running]), 3, Some(3));
    check(Filter { tag: Some("a".into()), ..Filter::default() }, 4, Some(3));
    check(Filter::default(), 5, Some(5));
}
