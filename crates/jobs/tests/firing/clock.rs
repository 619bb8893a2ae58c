//! Schedules under a clock that jumps, or was wrong for a while.

use super::*;

#[test]
fn no_time_runs_twice_when_the_clock_jumps() {
    // The clock at each look, in hours → the hours that ran.
    let check = |looks: &[i64], expected: &[i64]| {
        let (mut queue, id) = one(Schedule { missed: Missed::Once, ..plan("p", hourly()) });
        for look in looks {
            let now = START + look * HOUR;
            // Like the service: only when something is said to be due.
            if next_schedule_at(&queue.conn, now).unwrap().is_some_and(|at| at <= now) {
                fire(&mut queue, now);
            }
            finish(&mut queue, now, true);
        }
        let hours: Vec<i64> = slots(&queue).iter().map(|slot| (slot - START) / HOUR).collect();
        assert_eq!(hours, expected, "{looks:?}");
        let now = START + looks.last().unwrap() * HOUR;
        let next = at(&queue, id).next_at.unwrap();
        assert!(next <= now.max(START + expected.last().unwrap() * HOUR) + HOUR, "{looks:?}: it stands still");
    };
    check(&[1, 2, 3], &[1, 2, 3]);
    check(&[1, 2, 1, 2, 3], &[1, 2, 3]);
    check(&[10, 8, 9, 10, 11], &[10, 11]);
    check(&[1, 9, 2, 3], &[1, 9]);
    // A year ahead and back again: the clock had been wrong, and the schedule does not wait for a year.
    check(&[1, 8760, 2, 3, 4], &[1, 3, 4, 8760]);
}

/// Asked for, failed, handed back or lost while the clock was a year ahead: no job waits for that year to pass.
#[test]
fn nothing_waits_for_a_time_that_a_wrong_clock_named() {
    // What happened while the clock was wrong, and where the clock was set right before that → how long it waits.
    let check = |end: &str, waits_ms: i64| {
        let mut queue = Queue::in_memory();
        let wrong = START + 365 * DAY;
        let new = |run_at| NewJob { run_at, ..common::job("read") };
        let id = queue.write(|tx| enqueue(tx, &new(wrong), wrong)).unwrap().id;
        let lease = (end != "asked for").then(|| claim_all(&mut queue, 1, wrong).remove(0));
        let io = Failure::Retryable(reason("io"));
        match (end, &lease) {
            ("failed", Some(lease)) => drop(queue.write(|tx| fail(tx, lease, &io, wrong + 1, 1.0)).unwrap()),
            ("handed back", Some(lease)) => drop(queue.write(|tx| release(tx, lease, &Stop::Quit, START)).unwrap()),
            _ => {}
        }
        queue.write(|tx| reclaim(tx, &Reclaim::NotOwnedBy(&owner(2)), START)).unwrap();
        assert_eq!(stored(&queue, id).run_at, START + waits_ms, "{end}");
        assert_eq!(claim_all(&mut queue, 2, START + waits_ms).len(), 1, "{end}");
    };
    check("asked for", 0);
    check("failed", 1000);
    check("handed back", 0);
    check("lost", 0);

    let mut queue = Queue::in_memory();
    let wrong = START + 365 * DAY;
    let first = queue.write(|tx| enqueue(tx, &common::job("read"), START)).unwrap().id;
    let after = vec![After { job: first, on: Edge::End }];
    let late = NewJob { run_at: wrong + 7, after, ..common::job("read") };
    let second = queue.write(|tx| enqueue(tx, &late, wrong)).unwrap().id;
    finish(&mut queue, START + 1, true);
    assert_eq!(stored(&queue, second).run_at, START + 8);
    // A time that was named by a right clock is kept, however far off.
    let far = queue.write(|tx| enqueue(tx, &NewJob { run_at: wrong, ..common::job("read") }, START)).unwrap().id;
    queue.write(|tx| reclaim(tx, &Reclaim::Expired, START)).unwrap();
    assert_eq!(stored(&queue, far).run_at, wrong);
}

/// A clock beyond the year 2500, where no rule knows a time, leaves no schedule without one for good.
#[test]
fn times_come_back_when_a_clock_beyond_all_rules_is_set_right() {
    let beyond = 270_000 * DAY;
    let right = START + 2 * HOUR + MINUTE;
    // What happens to a schedule under the wrong clock → when it is due once the clock is right.
    let check = |rule: &Rule, what: &str, expected: Option<i64>| {
        let case = format!("{rule:?}, {what}");
        let made_at = if what == "made" { beyond } else { START + 1 };
        let new = Schedule { missed: Missed::Once, ..plan("p", rule.clone()) };
        let mut queue = Queue::in_memory();
        let (id, _) = put(&mut queue, &new, SchedulePolicy::Keep, made_at);
        match what {
            "set anew" => drop(put(&mut queue, &new, SchedulePolicy::Replace, beyond)),
            "run by hand" => queue.write(|tx| override_next(tx, id, Some(beyond), beyond)).unwrap(),
            "switched" | "switched off" => {
                queue.write(|tx| set_enabled(tx, id, false, START)).unwrap();
                queue.write(|tx| set_enabled(tx, id, what == "switched", beyond)).unwrap();
            }
            "damaged" => drop(queue.conn.execute("UPDATE schedule SET rule = '{cut', next_at = NULL", [])),
            _ => {}
        }
        fire(&mut queue, beyond);
        finish(&mut queue, beyond, true);
        if what == "damaged" {
            queue.conn.execute("UPDATE schedule SET handled_at = ?1, next_at = NULL", [beyond]).unwrap();
        } else {
            assert_eq!(
                (at(&queue, id).next_at, next_schedule_at(&queue.conn, beyond).unwrap()),
                (None, None),
                "{case}"
            );
        }
        let ran = slots(&queue);
        let look = next_schedule_at(&queue.conn, right).unwrap();
        assert_eq!(look, expected.map(|_| right), "{case}");
        assert_eq!(fire(&mut queue, right), [], "{case}");
        assert_eq!(next_schedule_at(&queue.conn, right).unwrap(), expected, "{case}");
        let Some(expected) = expected.filter(|_| what != "damaged") else { return };
        assert_eq!(fire(&mut queue, expected).len(), 1, "{case}");
        let new: Vec<i64> = slots(&queue).into_iter().filter(|slot| !ran.contains(slot)).collect();
        assert_eq!(new, [expected], "{case}");
    };
    let all = ["", "made", "set anew", "switched", "run by hand"];
    let cron = Rule::Cron { expression: "0 5 * * *".into() };
    for what in all {
        check(&hourly(), what, Some(START + 3 * HOUR));
        check(&daily(90), what, Some(START + DAY + 90 * MINUTE));
        check(&cron, what, Some(START + 5 * HOUR));
    }
    check(&hourly(), "switched off", None);
    check(&hourly(), "damaged", Some(right + legible_jobs::limits::SET_ASIDE_MS));
    // What is to run once ran already, or comes yet if its time was not dealt with.
    let once = Rule::Once { at: START + 30 * DAY };
    check(&once, "", None);
    for what in &all[1..] {
        check(&once, what, Some(START + 30 * DAY));
    }
    let event = Rule::On { trigger: Trigger::AppStart };
    check(&event, "", None);
    check(&event, "made", None);
}
