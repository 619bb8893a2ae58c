//! What is claimed on which machine, and what a person can change of what waits.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Queue, claim_all, job, owner, reason, stored};
use legible_jobs::*;
use serde_json::json;

const HOUR: i64 = 3_600_000;

fn needs() -> [Conditions; 7] {
    let nothing = Conditions::default();
    [
        nothing.clone(),
        Conditions { network: NetworkNeed::Unmetered, ..nothing.clone() },
        Conditions { ac_power: true, ..nothing.clone() },
        Conditions { battery_not_low: true, ..nothing.clone() },
        Conditions { idle_minutes: Some(10), ..nothing.clone() },
        Conditions { disk_not_low: true, ..nothing.clone() },
        Conditions { hours: Some(Hours { from: 22 * 60, to: 6 * 60, zone: "UTC".into() }), ..nothing },
    ]
}

#[test]
fn claims_take_exactly_what_the_machine_allows() {
    let check = |machine: Machine, now: i64, expected: &[usize]| {
        let mut queue = Queue::in_memory();
        for (conditions, priority) in needs().into_iter().zip((0..7).rev()) {
            queue.write(|tx| enqueue(tx, &NewJob { conditions, priority, ..job("read") }, 0)).unwrap();
        }
        assert_eq!(waiting_conditions(&queue.conn).unwrap().len(), 6, "those without conditions are left out");
        let wish = Claim { machine, ..Claim::any(9) };
        let leases = queue.write(|tx| claim(tx, &owner(1), now, 10_000, &wish)).unwrap();
        let taken: Vec<usize> =
            leases.iter().map(|lease| needs().iter().position(|need| *need == lease.conditions).unwrap()).collect();
        assert_eq!(taken, expected, "{wish:?} at {now}");
        assert_eq!(waiting_conditions(&queue.conn).unwrap().len(), 7 - expected.len());
    };
    let noon = 12 * HOUR;
    let bad = Machine {
        online: Some(false),
        metered: Some(true),
        on_ac: Some(false),
        battery_percent: Some(5),
        user: User::Present,
        disk_free: Some(5),
    };
    check(Machine::default(), noon, &[0, 1, 2, 3, 5]);
    check(Machine::default(), 23 * HOUR, &[0, 1, 2, 3, 5, 6]);
    check(bad.clone(), noon, &[0]);
    check(Machine { online: Some(true), ..bad.clone() }, noon, &[0]);
    check(Machine { online: Some(true), metered: Some(false), ..bad.clone() }, noon, &[0, 1]);
    check(Machine { on_ac: Some(true), ..bad.clone() }, noon, &[0, 2, 3]);
    check(Machine { battery_percent: Some(16), ..bad.clone() }, noon, &[0, 3]);
    check(Machine { user: User::AwaySince(noon - 600_000), ..bad.clone() }, noon, &[0, 4]);
    check(Machine { user: User::AwaySince(noon - 599_999), ..bad.clone() }, noon, &[0]);
    check(Machine { disk_free: Some(DISK_LOW_BYTES), ..bad }, noon, &[0, 5]);
}

#[test]
fn a_job_whose_condition_was_lost_goes_back_uncounted_and_says_why() {
    let mut queue = Queue::in_memory();
    let conditions = Conditions { ac_power: true, ..Conditions::default() };
    let id = queue.write(|tx| enqueue(tx, &NewJob { conditions: conditions.clone(), ..job("read") }, 0)).unwrap().id;
    let lease = claim_all(&mut queue, 1, 5).remove(0);
    let machine = Machine { on_ac: Some(false), ..Machine::default() };
    let lost = conditions.unmet(&machine, 6).remove(0);
    assert_eq!(queue.write(|tx| release(tx, &lease, &Stop::ConditionLost(lost), 6)).unwrap(), State::Enqueued);
    let job = stored(&queue, id);
    assert_eq!((job.attempts, job.run_at, job.reason.unwrap().code.as_str()), (0, 0, "stopped.ac_power"));
    let wish = Claim { machine, ..Claim::any(9) };
    assert_eq!(queue.write(|tx| claim(tx, &owner(1), 7, 10_000, &wish)).unwrap(), []);
}

#[test]
fn run_now_goes_ahead_of_all_and_waives_delay_and_conditions() {
    let mut queue = Queue::in_memory();
    let conditions = Conditions { idle_minutes: Some(10), ..Conditions::default() };
    let all = [
        NewJob { priority: 9, ..job("read") },
        NewJob { run_at: HOUR, tags: vec!["night".into()], conditions: conditions.clone(), ..job("read") },
        NewJob { tags: vec!["night".into()], priority: RUN_NOW + 5, ..job("read") },
    ];
    let mut ids: Vec<JobId> = all.iter().map(|new| queue.write(|tx| enqueue(tx, new, 0)).unwrap().id).collect();
    let after = vec![After { job: ids[1], on: Edge::Success }];
    let blocked = NewJob { after, tags: vec!["night".into()], conditions, ..job("read") };
    ids.push(queue.write(|tx| enqueue(tx, &blocked, 0)).unwrap().id);
    let night = Filter { tag: Some("night".into()), ..Filter::default() };
    assert_eq!(queue.write(|tx| run_now(tx, &night, 50)).unwrap(), 3);
    let leases = claim_all(&mut queue, 1, 50);
    assert_eq!(leases.iter().map(|lease| lease.id).collect::<Vec<_>>(), [ids[2], ids[1], ids[0]]);
    assert_eq!(queue.write(|tx| run_now(tx, &night, 60)).unwrap(), 1, "what runs is left alone");
    queue.write(|tx| succeed(tx, &leases[1], None, 60)).unwrap();
    assert_eq!(claim_all(&mut queue, 1, 60).iter().map(|lease| lease.id).collect::<Vec<_>>(), [ids[3]]);
}

#[test]
fn an_update_takes_effect_at_once_or_at_the_next_run() {
    let mut queue = Queue::in_memory();
    let id = queue.write(|tx| enqueue(tx, &NewJob { tags: vec!["old".into()], ..job("read") }, 0)).unwrap().id;
    let new = NewJob {
        payload: json!({ "item": 2 }),
        tags: vec!["new".into(), "new".into()],
        priority: 7,
        run_at: 40,
        max_attempts: 2,
        unique: Some("is not looked at".into()),
        ..job("thumbnail")
    };
    let apply = |queue: &mut Queue, new: &NewJob| queue.write(|tx| update(tx, id, new, 5)).unwrap();
    assert_eq!(apply(&mut queue, &new), Applied::Immediately);
    let seen = stored(&queue, id);
    assert_eq!((seen.kind.as_str(), seen.payload, seen.priority), ("thumbnail", json!({ "item": 2 }), 7));
    assert_eq!((seen.tags, seen.run_at, seen.generation, seen.unique), (vec!["new".to_owned()], 40, 2, None));

    let lease = claim_all(&mut queue, 1, 40).remove(0);
    assert_eq!(apply(&mut queue, &job("export")), Applied::ForNextRun);
    queue.write(|tx| fail(tx, &lease, &Failure::Retryable(reason("io")), 41, 0.0)).unwrap();
    let retry_at = stored(&queue, id).run_at;
    // Fewer attempts than were used: the one that it waits for is left.
    assert_eq!(apply(&mut queue, &NewJob { max_attempts: 1, ..job("export") }), Applied::Immediately);
    let seen = stored(&queue, id);
    assert_eq!((seen.attempts, seen.max_attempts, seen.run_at, seen.generation), (1, 2, retry_at, 4));
    let lease = claim_all(&mut queue, 1, retry_at).remove(0);
    assert_eq!((lease.kind.as_str(), lease.attempt), ("export", 2));
    assert_eq!(
        queue.write(|tx| fail(tx, &lease, &Failure::Retryable(reason("io")), retry_at, 0.0)).unwrap(),
        State::Failed
    );
    assert_eq!(apply(&mut queue, &job("read")), Applied::Not);
    let refused = queue.write(|tx| update(tx, id, &job(""), 5));
    assert!(matches!(refused, Err(Error::Invalid { field: "kind", .. })), "{refused:?}");
}

#[test]
fn lists_know_tags_names_schedules_and_words() {
    let mut queue = Queue::in_memory();
    let tagged = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
    let all = [
        NewJob { tags: tagged(&["a", "b"]), title: "Invoice 100%.png".into(), ..job("read") },
        NewJob { tags: tagged(&["b", "b"]), unique: Some("name".into()), ..job("read") },
        NewJob { schedule: Some((ScheduleId(4), Some(9))), title: "发票".into(), ..job("read") },
    ];
    let ids: Vec<JobId> = all.iter().map(|new| queue.write(|tx| enqueue(tx, new, 0)).unwrap().id).collect();
    let check = |filter: Filter, expected: &[usize]| {
        let page = jobs(&queue.conn, &filter, 0, 9).unwrap();
        let found: Vec<usize> =
            page.jobs.iter().rev().map(|job| ids.iter().position(|id| *id == job.id).unwrap()).collect();
        assert_eq!((found.as_slice(), page.total), (expected, expected.len() as u64), "{filter:?}");
    };
    let any = Filter::default;
    check(Filter { tag: Some("b".into()), ..any() }, &[0, 1]);
    check(Filter { tag: Some("a".into()), ..any() }, &[0]);
    check(Filter { tag: Some("".into()), ..any() }, &[]);
    check(Filter { unique: Some("name".into()), ..any() }, &[1]);
    check(Filter { schedule: Some(ScheduleId(4)), ..any() }, &[2]);
    check(Filter { text: Some("INVOICE".into()), ..any() }, &[0]);
    check(Filter { text: Some("%".into()), ..any() }, &[0]);
    check(Filter { text: Some("发".into()), ..any() }, &[2]);
    check(Filter { text: Some("".into()), ..any() }, &[0, 1, 2]);
    check(Filter { tag: Some("b".into()), unique: Some("name".into()), ..any() }, &[1]);
    assert_eq!(stored(&queue, ids[2]).scheduled_for, Some(9));
}

#[test]
fn bad_tags_budgets_and_keeping_times_are_refused() {
    let check = |new: NewJob, field: &str| {
        let refused = Queue::in_memory().write(|tx| enqueue(tx, &new, 0));
        assert!(
            matches!(&refused, Err(Error::Invalid { field: found, .. }) if *found == field),
            "{field}: {refused:?}"
        );
    };
    check(NewJob { tags: vec![String::new()], ..job("read") }, "tags");
    check(NewJob { tags: vec!["t".repeat(limits::MAX_TAG_BYTES + 1)], ..job("read") }, "tags");
    check(NewJob { tags: (0..=limits::MAX_TAGS).map(|n| n.to_string()).collect(), ..job("read") }, "tags");
    check(NewJob { budget_ms: Some(0), ..job("read") }, "budget or keeping time");
    check(NewJob { keep_ms: Some(-1), ..job("read") }, "budget or keeping time");
}
