//! Schedules in the store: setting and changing them, what fires when, what a run does when another goes on.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod clock;
#[path = "../common/mod.rs"]
mod common;

use common::{Queue, claim_all, owner, plan, reason, stored};
use legible_jobs::rule::TimeOfDay;
use legible_jobs::*;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// A midnight in UTC.
const START: i64 = 20_000 * DAY;

fn hourly() -> Rule {
    Rule::Every { interval_ms: HOUR, anchor: START }
}

fn daily(minutes: u16) -> Rule {
    Rule::Daily { at: TimeOfDay::from_minutes(minutes).unwrap() }
}

fn put(queue: &mut Queue, new: &Schedule, policy: SchedulePolicy, now: i64) -> (ScheduleId, bool) {
    queue.write(|tx| put_schedule(tx, new, policy, now)).unwrap()
}

fn one(new: Schedule) -> (Queue, ScheduleId) {
    let mut queue = Queue::in_memory();
    let (id, _) = put(&mut queue, &new, SchedulePolicy::Keep, START + 1);
    (queue, id)
}

fn fire(queue: &mut Queue, now: i64) -> Vec<Fired> {
    queue.write(|tx| fire_due(tx, now, 100)).unwrap()
}

fn at(queue: &Queue, id: ScheduleId) -> StoredSchedule {
    schedule(&queue.conn, id).unwrap().unwrap()
}

/// The times for which there are runs, in order.
fn slots(queue: &Queue) -> Vec<i64> {
    let page = jobs(&queue.conn, &Filter::default(), 0, 999).unwrap();
    let mut slots: Vec<i64> = page.jobs.iter().filter_map(|job| job.scheduled_for).collect();
    slots.sort_unstable();
    slots
}

fn finish(queue: &mut Queue, now: i64, well: bool) -> Vec<JobId> {
    let leases = claim_all(queue, 1, now);
    for lease in &leases {
        match well {
            true => queue.write(|tx| succeed(tx, lease, None, now)).unwrap(),
            false => queue.write(|tx| fail(tx, lease, &Failure::Final(reason("bad")), now, 0.0)).map(drop).unwrap(),
        }
    }
    leases.iter().map(|lease| lease.id).collect()
}

#[test]
fn missed_times_through_the_store() {
    // After how long the program looks again → the hours that run, how many were left out, the hour that is next.
    let check = |missed: Missed, looks_at: i64, ran: &[i64], skipped: u64, next: i64| {
        let (mut queue, id) = one(Schedule { missed, overlap: Overlap::Allow, ..plan("p", hourly()) });
        assert_eq!(next_schedule_at(&queue.conn, START + 1).unwrap(), Some(START + HOUR));
        fire(&mut queue, START + looks_at);
        let hours: Vec<i64> = slots(&queue).iter().map(|slot| (slot - START) / HOUR).collect();
        let seen = at(&queue, id);
        assert_eq!((hours.as_slice(), seen.skipped), (ran, skipped), "{missed:?} at {looks_at}");
        assert_eq!(seen.next_at, Some(START + next * HOUR), "{missed:?} at {looks_at}");
        assert_eq!(fire(&mut queue, START + looks_at), [], "a second look finds nothing");
    };
    for missed in [Missed::Skip, Missed::Once, Missed::All { most: 9 }] {
        check(missed, HOUR - 1, &[], 0, 1);
        check(missed, HOUR, &[1], 0, 2);
        check(missed, HOUR + MINUTE, &[1], 0, 2);
    }
    check(Missed::Skip, 5 * HOUR + 30 * MINUTE, &[], 5, 6);
    check(Missed::Skip, 5 * HOUR, &[5], 4, 6);
    check(Missed::Once, 5 * HOUR + 30 * MINUTE, &[5], 4, 6);
    check(Missed::All { most: 3 }, 5 * HOUR + 30 * MINUTE, &[3, 4, 5], 2, 6);
    check(Missed::All { most: 9 }, 5 * HOUR + 30 * MINUTE, &[1, 2, 3, 4, 5], 0, 6);
}

#[test]
fn a_run_meets_the_one_before() {
    // How the first run ends (`None`: it goes on) → the states of the runs of three hours, before and after that end.
    let check = |overlap: Overlap, before: &[State], well: bool, after: &[State]| {
        let (mut queue, _) = one(Schedule { overlap, ..plan("p", hourly()) });
        fire(&mut queue, START + HOUR);
        let first = claim_all(&mut queue, 1, START + HOUR).remove(0);
        fire(&mut queue, START + 2 * HOUR);
        fire(&mut queue, START + 3 * HOUR);
        let states = |queue: &Queue| {
            let page = jobs(&queue.conn, &Filter::default(), 0, 9).unwrap();
            let mut all: Vec<_> = page.jobs.iter().map(|job| (job.id, job.state)).collect();
            all.sort_unstable();
            all.into_iter().map(|(_, state)| state).collect::<Vec<_>>()
        };
        assert_eq!(states(&queue), before, "{overlap:?}");
        let now = START + 4 * HOUR - 1;
        match well {
            true => queue.write(|tx| succeed(tx, &first, None, now)).unwrap(),
            false => queue.write(|tx| fail(tx, &first, &Failure::Final(reason("bad")), now, 0.0)).map(drop).unwrap(),
        }
        assert_eq!(states(&queue), after, "{overlap:?}");
    };
    use State::*;
    check(Overlap::Skip, &[Running], true, &[Succeeded]);
    check(Overlap::Queue, &[Running, Blocked, Blocked], true, &[Succeeded, Enqueued, Blocked]);
    check(Overlap::Queue, &[Running, Blocked, Blocked], false, &[Failed, Enqueued, Blocked]);
    check(Overlap::Replace, &[Running, Cancelled, Blocked], true, &[Succeeded, Cancelled, Enqueued]);
    check(Overlap::Replace, &[Running, Cancelled, Blocked], false, &[Cancelled, Cancelled, Enqueued]);
    check(Overlap::Allow, &[Running, Enqueued, Enqueued], false, &[Failed, Enqueued, Enqueued]);
}

/// Each missed time is made up for, one after the other, whatever becomes of the ones before.
#[test]
fn made_up_runs_follow_one_another_whatever_becomes_of_them() {
    for overlap in [Overlap::Skip, Overlap::Queue] {
        let (mut queue, _) = one(Schedule { missed: Missed::All { most: 9 }, overlap, ..plan("p", hourly()) });
        let now = START + 4 * HOUR + 30 * MINUTE;
        fire(&mut queue, now);
        let ran: Vec<usize> = (0..5).map(|n| finish(&mut queue, now, n % 2 == 1).len()).collect();
        assert_eq!(ran, [1, 1, 1, 1, 0], "{overlap:?}");
    }
}

#[test]
fn runs_that_wait_for_one_another_stay_in_line() {
    // Four runs of which the first goes on; what a person does to one that waits, or failed → how many run beside each
    // other, at most, until all have ended, and how many ran.
    let check = |cancels: Option<usize>, retries: bool, expected: (usize, usize)| {
        let missed = Missed::All { most: 9 };
        let (mut queue, _) = one(Schedule { missed, overlap: Overlap::Queue, ..plan("p", hourly()) });
        let now = START + 4 * HOUR + 30 * MINUTE;
        let runs = fire(&mut queue, now).remove(0).jobs;
        let mut leases = claim_all(&mut queue, 1, now);
        if let Some(n) = cancels {
            queue.write(|tx| request_cancel(tx, &Filter::ids([runs[n]]), now)).unwrap();
        }
        let (mut beside, mut ran) = (0, 0);
        while !leases.is_empty() {
            leases.extend(claim_all(&mut queue, 1, now));
            (beside, ran) = (beside.max(leases.len()), ran + 1);
            let lease = leases.remove(0);
            let bad = Failure::Final(reason("bad"));
            queue.write(|tx| fail(tx, &lease, &bad, now, 0.0)).unwrap();
            if retries && ran == 1 {
                let back = queue.write(|tx| retry(tx, &Filter::ids([runs[0]]), now)).unwrap();
                assert_eq!(back, [], "another run holds the name");
            }
            leases.extend(claim_all(&mut queue, 1, now));
        }
        assert_eq!((beside, ran), expected, "cancels {cancels:?}, retries {retries}");
        let back = queue.write(|tx| retry(tx, &Filter::default(), now)).unwrap();
        assert_eq!(back, [runs[3]], "only the newest comes back");
    };
    check(None, false, (1, 4));
    check(Some(1), false, (1, 3));
    check(Some(2), false, (1, 3));
    check(None, true, (1, 4));
}

#[test]
fn a_schedule_is_kept_updated_or_replaced() {
    let old = plan("p", daily(150));
    let changed = Schedule { title: "new".into(), kind: "other".into(), ..old.clone() };
    let moved = Schedule { rule: daily(300), ..changed.clone() };
    // Set after the run of the first day began, which nobody handled yet on the second → whether it was set, where it
    // stands, and the state and title of the waiting run.
    let check = |new: &Schedule, policy, expected: (bool, i64, State, &str)| {
        let (mut queue, id) = one(old.clone());
        fire(&mut queue, START + 150 * MINUTE);
        let (same, set) = put(&mut queue, new, policy, START + DAY + 200 * MINUTE);
        assert_eq!(same, id, "the name keeps its number");
        let run = jobs(&queue.conn, &Filter { schedule: Some(id), ..Filter::default() }, 0, 9).unwrap().jobs.remove(0);
        let seen = at(&queue, id);
        assert_eq!((set, seen.next_at.unwrap(), run.state, run.title.as_str()), expected, "{policy:?}");
        assert_eq!(seen.generation, if set { 2 } else { 1 });
    };
    let missed = START + DAY + 150 * MINUTE;
    check(&changed, SchedulePolicy::Keep, (false, missed, State::Enqueued, "p"));
    check(&changed, SchedulePolicy::Update, (true, missed, State::Enqueued, "new"));
    check(&moved, SchedulePolicy::Update, (true, START + DAY + 300 * MINUTE, State::Enqueued, "new"));
    check(&changed, SchedulePolicy::Replace, (true, missed + DAY, State::Cancelled, "p"));
}

#[test]
fn bad_schedules_are_refused() {
    let check = |new: Schedule, expected: &str| {
        let refused = Queue::in_memory().write(|tx| put_schedule(tx, &new, SchedulePolicy::Keep, START)).unwrap_err();
        assert!(refused.to_string().contains(expected), "{refused}");
    };
    check(plan("", hourly()), "name");
    check(Schedule { zone: "Mars/Olympus".into(), ..plan("p", hourly()) }, "time zone");
    check(plan("p", Rule::Every { interval_ms: 0, anchor: 0 }), "rule");
    check(plan("p", Rule::Cron { expression: "61 * * * *".into() }), "rule");
    check(Schedule { kind: String::new(), ..plan("p", hourly()) }, "kind");
    check(Schedule { flex_ms: -1, ..plan("p", hourly()) }, "rule");
    check(Schedule { max_attempts: 0, ..plan("p", hourly()) }, "max_attempts");
    check(Schedule { tags: vec![String::new()], ..plan("p", hourly()) }, "tags");
    let after = |schedule| Rule::On { trigger: Trigger::ScheduleEnded { schedule } };
    check(plan("p", after(77)), "there is no schedule 77");
}

#[test]
fn schedules_do_not_start_each_other_in_a_circle() {
    let after = |id: ScheduleId| Rule::On { trigger: Trigger::ScheduleEnded { schedule: id.0 } };
    let (mut queue, first) = one(plan("first", hourly()));
    let (second, _) = put(&mut queue, &plan("second", after(first)), SchedulePolicy::Keep, START);
    let (third, _) = put(&mut queue, &plan("third", after(second)), SchedulePolicy::Keep, START);
    for end in [first, second, third] {
        let circle = queue.write(|tx| put_schedule(tx, &plan("first", after(end)), SchedulePolicy::Update, START));
        assert!(matches!(circle, Err(Error::Invalid { field: "rule", .. })), "{circle:?}");
    }
    assert_eq!(at(&queue, first).schedule.rule, hourly());
    // One end starts the next, a cancelled run starts nothing.
    fire(&mut queue, START + HOUR);
    for expected in [first, second, third] {
        let id = finish(&mut queue, START + HOUR, expected == first).remove(0);
        assert_eq!(stored(&queue, id).schedule, Some(expected));
    }
    assert_eq!(finish(&mut queue, START + HOUR, true), []);
    fire(&mut queue, START + 2 * HOUR);
    queue.write(|tx| request_cancel(tx, &Filter::default(), START + 2 * HOUR)).unwrap();
    assert_eq!(counts(&queue.conn).unwrap().active(), 0);
}

#[test]
fn what_was_missed_while_off_is_not_caught_up_with() {
    let (mut queue, id) = one(Schedule { missed: Missed::All { most: 9 }, ..plan("p", hourly()) });
    let switch = |queue: &mut Queue, on, now| queue.write(|tx| set_enabled(tx, id, on, now)).unwrap();
    switch(&mut queue, false, START + 5);
    assert_eq!(next_schedule_at(&queue.conn, START).unwrap(), None);
    assert_eq!(fire(&mut queue, START + 9 * HOUR), []);
    switch(&mut queue, true, START + 9 * HOUR + 5);
    assert_eq!(fire(&mut queue, START + 9 * HOUR + 6), []);
    fire(&mut queue, START + 10 * HOUR);
    assert_eq!(slots(&queue), [START + 10 * HOUR]);
    let stray = queue.write(|tx| set_enabled(tx, ScheduleId(99), true, 0));
    assert!(matches!(stray, Err(Error::NoSuchSchedule(ScheduleId(99)))));
}

#[test]
fn a_time_set_by_hand_comes_once_and_the_rule_goes_on() {
    let set = |queue: &mut Queue, id, time, now| queue.write(|tx| override_next(tx, id, time, now)).unwrap();
    let (mut queue, id) = one(plan("p", hourly()));
    set(&mut queue, id, Some(START + 2 * HOUR + 7), START + 2);
    assert_eq!(fire(&mut queue, START + HOUR), [], "it takes the place of the next time");
    fire(&mut queue, START + 2 * HOUR + 7);
    let seen = at(&queue, id);
    assert_eq!(
        (slots(&queue), seen.next_at, seen.override_at),
        (vec![START + 2 * HOUR + 7], Some(START + 3 * HOUR), None)
    );
    set(&mut queue, id, Some(START + 9 * HOUR + 7), START + 2 * HOUR + 8);
    set(&mut queue, id, None, START + 2 * HOUR + 9);
    assert_eq!(at(&queue, id).next_at, Some(START + 3 * HOUR));
}

#[test]
fn a_schedule_can_be_run_out_of_turn() {
    let conditions = Conditions { idle_minutes: Some(5), ..Conditions::default() };
    let run = |queue: &mut Queue, id, now| queue.write(|tx| run_schedule_now(tx, id, now)).unwrap();
    let (mut queue, id) = one(Schedule { conditions: conditions.clone(), ..plan("p", hourly()) });
    let out_of_turn = run(&mut queue, id, START + 5);
    assert_eq!(claim_all(&mut queue, 1, START + 5)[0].id, out_of_turn, "whatever its conditions");
    assert_eq!(run(&mut queue, id, START + 6), out_of_turn, "one that goes on stays the only one");
    assert_eq!(at(&queue, id).next_at, Some(START + HOUR), "its times stay");
    assert_eq!(stored(&queue, out_of_turn).scheduled_for, None);

    let (mut queue, id) = one(Schedule { conditions, ..plan("p", hourly()) });
    fire(&mut queue, START + HOUR);
    assert_eq!(claim_all(&mut queue, 1, START + HOUR), []);
    let waiting = run(&mut queue, id, START + HOUR + 1);
    assert_eq!(stored(&queue, waiting).scheduled_for, Some(START + HOUR), "one that waits is moved ahead");
    assert_eq!(claim_all(&mut queue, 1, START + HOUR + 1)[0].id, waiting);

    let (mut queue, id) = one(Schedule { overlap: Overlap::Allow, ..plan("p", hourly()) });
    assert_ne!(run(&mut queue, id, START + 5), run(&mut queue, id, START + 5));
}

#[test]
fn events_start_those_that_wait_for_them() {
    let check = |what: &Trigger, expected: &[&str]| {
        let mut queue = Queue::in_memory();
        let folder = Trigger::FolderChanged { path: "/a".into(), settle_ms: 5, max_delay_ms: 9 };
        for (name, trigger, enabled) in [
            ("start", Trigger::AppStart, true),
            ("network", Trigger::NetworkBack, true),
            ("plug", Trigger::PluggedIn, true),
            ("plug too", Trigger::PluggedIn, true),
            ("plug off", Trigger::PluggedIn, false),
            ("folder", folder, true),
        ] {
            let new = Schedule { enabled, ..plan(name, Rule::On { trigger }) };
            put(&mut queue, &new, SchedulePolicy::Keep, START);
        }
        let fired = queue.write(|tx| trigger(tx, what, START + 5)).unwrap();
        let titles: Vec<String> = fired.iter().map(|f| stored(&queue, f.jobs[0]).title).collect();
        assert_eq!(titles, expected, "{what:?}");
        assert_eq!(next_schedule_at(&queue.conn, START + 5).unwrap(), None);
        let again = queue.write(|tx| trigger(tx, what, START + 6)).unwrap();
        assert!(again.iter().all(|f| f.jobs.is_empty() && f.skipped == 1), "{again:?}");
    };
    check(&Trigger::AppStart, &["start"]);
    check(&Trigger::NetworkBack, &["network"]);
    check(&Trigger::PluggedIn, &["plug", "plug too"]);
    check(&Trigger::ScheduleEnded { schedule: 1 }, &[]);
    // Which folder it was comes by another way.
    check(&Trigger::FolderChanged { path: "/b".into(), settle_ms: 5, max_delay_ms: 9 }, &[]);
}

#[test]
fn a_folder_runs_when_it_has_settled() {
    // When it changed → when it is looked at.
    let check = |changes: &[i64], expected: i64| {
        let trigger = Trigger::FolderChanged { path: "/a".into(), settle_ms: 10, max_delay_ms: 25 };
        let (mut queue, id) = one(plan("p", Rule::On { trigger }));
        for change in changes {
            queue.write(|tx| folder_changed(tx, id, START + change)).unwrap();
        }
        // A change of the title forgets none of that.
        let stored = at(&queue, id).schedule;
        put(&mut queue, &Schedule { title: "new".into(), ..stored }, SchedulePolicy::Update, START + 60);
        assert_eq!(next_schedule_at(&queue.conn, START).unwrap(), Some(START + expected), "{changes:?}");
        assert_eq!(fire(&mut queue, START + expected - 1), []);
        assert_eq!(fire(&mut queue, START + expected)[0].jobs.len(), 1);
        assert_eq!((at(&queue, id).next_at, fire(&mut queue, START + 999)), (None, vec![]));
        queue.write(|tx| folder_changed(tx, id, START + 1000)).unwrap();
        assert_eq!(at(&queue, id).next_at, Some(START + 1010), "the delay counts from its own first change");
    };
    check(&[0], 10);
    check(&[0, 9], 19);
    check(&[0, 9, 14], 24);
    check(&[0, 9, 18, 24], 25);
}

#[test]
fn a_flex_window_opens_early_and_runs_each_time_once() {
    // How wide it is → when it is looked at first, and the hours that have run after looks at each ten minutes.
    let check = |flex_ms: i64, first: i64| {
        let (mut queue, _) = one(Schedule { flex_ms, overlap: Overlap::Allow, ..plan("p", hourly()) });
        assert_eq!(next_schedule_at(&queue.conn, START + 1).unwrap(), Some(START + first), "{flex_ms}");
        for look in 1..=6 * 24 {
            fire(&mut queue, START + look * 10 * MINUTE);
        }
        let hours: Vec<i64> = slots(&queue).iter().map(|slot| (slot - START) / HOUR).collect();
        let last = if flex_ms == 0 { 24 } else { 25 };
        assert!(hours.len() as i64 >= 24 && hours.iter().copied().eq(1..=hours.len() as i64), "{flex_ms}: {hours:?}");
        assert!(hours.len() as i64 <= last, "{flex_ms}: {hours:?}");
    };
    check(0, HOUR);
    check(10 * MINUTE, HOUR - 10 * MINUTE);
    check(HOUR / 2, HOUR / 2);
}

#[test]
fn a_removed_schedule_leaves_its_history() {
    let (mut queue, id) = one(plan("p", hourly()));
    fire(&mut queue, START + HOUR);
    let done = finish(&mut queue, START + HOUR, true)[0];
    fire(&mut queue, START + 2 * HOUR);
    assert!(queue.write(|tx| remove_schedule(tx, id, START + 2 * HOUR)).unwrap());
    assert!(!queue.write(|tx| remove_schedule(tx, id, START + 2 * HOUR)).unwrap());
    assert_eq!(stored(&queue, done).schedule, Some(id));
    let counts = counts(&queue.conn).unwrap();
    assert_eq!((counts.succeeded, counts.cancelled, counts.active()), (1, 1, 0));
    let (next, _) = put(&mut queue, &plan("p", hourly()), SchedulePolicy::Keep, START);
    assert!(next > id, "a number is never given twice");
}

/// Two runs are lost together, and the end of the first replaces the second, which must not come back.
#[test]
fn what_the_end_of_a_lost_run_cancels_stays_cancelled() {
    let (mut queue, first) = one(Schedule { overlap: Overlap::Allow, ..plan("first", hourly()) });
    let after = Rule::On { trigger: Trigger::ScheduleEnded { schedule: first.0 } };
    let then = Schedule { overlap: Overlap::Replace, max_attempts: 3, ..plan("then", after) };
    put(&mut queue, &then, SchedulePolicy::Keep, START);
    fire(&mut queue, START + HOUR);
    fire(&mut queue, START + 2 * HOUR);
    let leases = claim_all(&mut queue, 1, START + 2 * HOUR);
    queue.write(|tx| succeed(tx, &leases[0], None, START + 2 * HOUR)).unwrap();
    let replaced = claim_all(&mut queue, 1, START + 2 * HOUR)[0].id;
    let back = queue.write(|tx| reclaim(tx, &Reclaim::NotOwnedBy(&owner(2)), START + 3 * HOUR)).unwrap();
    assert_eq!(back, [(leases[1].id, State::Failed), (replaced, State::Cancelled)]);
    let again: Vec<JobId> = claim_all(&mut queue, 2, START + 3 * HOUR).iter().map(|lease| lease.id).collect();
    assert!(again.len() == 1 && again[0] > replaced, "{again:?}");
}
