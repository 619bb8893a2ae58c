//! Planned failures: every function is broken off after 1, 2, 3, … steps of the database until it gets through, then
//! broken off before its commit. Each time the queue must stand as before, and the same call must then go well.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Queue, job, owner, plan, reason};
use legible_jobs::*;
use rusqlite::types::Value;
use rusqlite::{Connection, Transaction};

/// Every row of every table of the queue.
fn dump(conn: &Connection) -> Vec<Vec<Value>> {
    let mut rows = Vec::new();
    let tables = ["job", "job_attempt", "job_group", "job_queue", "job_count", "job_tag", "job_dependency", "schedule"];
    for table in tables {
        let mut select = conn.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
        let columns = select.column_count();
        let found = select.query_map([], |row| (0..columns).map(|n| row.get(n)).collect::<rusqlite::Result<_>>());
        rows.extend(found.unwrap().map(|row: rusqlite::Result<Vec<Value>>| row.unwrap()));
    }
    rows
}

/// A queue with a bit of everything, and the lease of a running job that belongs to a sealed group.
fn scene() -> (Queue, Lease, GroupId) {
    let mut queue = Queue::in_memory();
    let (lease, group) = queue
        .write(|tx| {
            let group = new_group(tx, "Folder", 0)?;
            for priority in [9, 8, 1] {
                enqueue(tx, &NewJob { priority, group: Some(group), ..job("read") }, 0)?;
            }
            seal(tx, group, 0)?;
            let mut leases = claim(tx, &owner(1), 0, 10_000, &Claim::any(2))?;
            fail(tx, &leases[1], &Failure::Final(reason("bad")), 5, 0.0)?;
            enqueue(tx, &NewJob { unique: Some("name".into()), run_at: 50, ..job("thumbnail") }, 0)?;
            let done = new_group(tx, "Done", 0)?;
            seal(tx, done, 3)?;
            Ok::<_, Error>((leases.remove(0), group))
        })
        .unwrap();
    (queue, lease, group)
}

fn check(name: &str, act: impl Fn(&Transaction<'_>, &Lease, GroupId) -> Result<()>) {
    check_by(1, name, act);
}

/// Breaks off at each `stride`th step. Every statement that writes has more than seven.
fn check_by(stride: i32, name: &str, act: impl Fn(&Transaction<'_>, &Lease, GroupId) -> Result<()>) {
    let (mut queue, lease, group) = scene();
    let before = dump(&queue.conn);
    let mut interrupted = 0;
    loop {
        let mut left = interrupted;
        let interrupt = move || {
            left -= 1;
            left < 0
        };
        let tx = queue.conn.unchecked_transaction().unwrap();
        tx.progress_handler(1, Some(interrupt)).unwrap();
        let done = act(&tx, &lease, group);
        tx.progress_handler(1, None::<fn() -> bool>).unwrap();
        drop(tx);
        assert_eq!(dump(&queue.conn), before, "{name}, broken off at step {interrupted}");
        match done {
            Ok(()) => break,
            Err(Error::Sqlite(error)) => {
                assert_eq!(
                    error.sqlite_error_code(),
                    Some(rusqlite::ErrorCode::OperationInterrupted),
                    "{name}: {error:?}"
                );
            }
            Err(error) => panic!("{name}, broken off at step {interrupted}: {error}"),
        }
        interrupted += stride;
    }
    assert!(interrupted > 5, "{name} was never broken off");
    queue.write(|tx| act(tx, &lease, group)).unwrap();
    assert_ne!(dump(&queue.conn), before, "{name} does nothing");
    let ok: String = queue.conn.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(ok, "ok");
}

#[test]
fn every_function_is_all_or_nothing() {
    check("enqueue", |tx, _, _| {
        let open = new_group(tx, "More", 1)?;
        enqueue(tx, &NewJob { group: Some(open), unique: Some("other".into()), ..job("read") }, 1).map(drop)
    });
    check("claim", |tx, _, _| claim(tx, &owner(2), 100, 10_000, &Claim::any(5)).map(drop));
    check("renew", |tx, lease, _| renew(tx, &lease.owner, &[lease.id], 10, 10_000).map(drop));
    check("progress", |tx, lease, _| progress(tx, lease, 0.5, "half", 10).map(drop));
    check("succeed", |tx, lease, _| succeed(tx, lease, Some(serde_json::json!({ "lines": 3 })), 10));
    check("fail, to retry", |tx, lease, _| fail(tx, lease, &Failure::Retryable(reason("io")), 10, 0.5).map(drop));
    check("fail, for good", |tx, lease, _| fail(tx, lease, &Failure::Final(reason("bad")), 10, 0.5).map(drop));
    check("release", |tx, lease, _| release(tx, lease, &Stop::Quit, 10).map(drop));
    check("request_cancel", |tx, _, group| request_cancel(tx, &Filter::group(group), 10).map(drop));
    check("retry", |tx, _, _| retry(tx, &Filter::default(), 10).map(drop));
    check("reclaim", |tx, _, _| reclaim(tx, &Reclaim::NotOwnedBy(&owner(2)), 10).map(drop));
    check("set_paused", |tx, _, _| set_paused(tx, true));
    check("seal_stale", |tx, _, _| {
        new_group(tx, "Left alone", 1)?;
        seal_stale(tx, 5, 10).map(drop)
    });
    check("mark_told", |tx, _, _| {
        let ended = ended_untold(tx)?;
        ended.iter().try_for_each(|group| mark_told(tx, group.id, 10).map(drop))
    });
    check("prune", |tx, _, _| {
        request_cancel(tx, &Filter { kinds: Some(vec!["thumbnail".into()]), ..Filter::default() }, 10)?;
        prune(tx, &Filter::default(), 100, i64::MAX, 9).map(drop)
    });
    check("forget", |tx, lease, _| {
        tx.execute("UPDATE job SET subject = 'item:1'", [])?;
        succeed(tx, lease, None, 10)?;
        forget(tx, "item:1").map(drop)
    });
}

fn hourly() -> Rule {
    Rule::Every { interval_ms: 3_600_000, anchor: 0 }
}

/// Adds a chain under a name, a tagged job that needs mains power, and two schedules of which one follows the other.
fn background(tx: &Transaction<'_>) -> Result<(ScheduleId, ScheduleId)> {
    let tagged = NewJob { tags: vec!["night".into()], run_at: 99, ..job("export") };
    let chain = Chain::begin([tagged.clone(), job("export")]).then([tagged]);
    enqueue_chain(tx, &chain, Some(("chain", UniquePolicy::Keep)), 1)?;
    let (first, _) = put_schedule(tx, &plan("first", hourly()), SchedulePolicy::Keep, 1)?;
    let after = Rule::On { trigger: Trigger::ScheduleEnded { schedule: first.0 } };
    let (second, _) = put_schedule(tx, &plan("second", after), SchedulePolicy::Keep, 1)?;
    Ok((first, second))
}

#[test]
fn every_function_of_chains_and_schedules_is_all_or_nothing() {
    let night = || Filter { tag: Some("night".into()), ..Filter::default() };
    for policy in [UniquePolicy::Keep, UniquePolicy::Replace, UniquePolicy::Append, UniquePolicy::AppendOrReplace] {
        check_by(7, "enqueue_chain", |tx, _, _| {
            background(tx)?;
            let chain = Chain::begin([job("read")]).then([job("read"), job("read")]);
            enqueue_chain(tx, &chain, Some(("chain", policy)), 10).map(drop)
        });
        check_by(7, "enqueue, named", |tx, _, _| {
            background(tx)?;
            enqueue(tx, &NewJob { unique: Some("chain".into()), policy, ..job("read") }, 10).map(drop)
        });
    }
    check_by(7, "fail and retry a chain", |tx, _, _| {
        background(tx)?;
        request_cancel(tx, &night(), 10)?;
        retry(tx, &night(), 11).map(drop)
    });
    check_by(7, "run_now", |tx, _, _| {
        background(tx)?;
        run_now(tx, &night(), 10).map(drop)
    });
    check_by(7, "update", |tx, lease, _| {
        update(tx, lease.id, &NewJob { tags: vec!["new".into()], ..job("export") }, 10).map(drop)
    });
    check_by(7, "prune a chain", |tx, _, _| {
        background(tx)?;
        request_cancel(tx, &Filter { unique: Some("chain".into()), ..Filter::default() }, 10)?;
        prune(tx, &Filter::default(), 100, 100, 99).map(drop)
    });
    for policy in [SchedulePolicy::Keep, SchedulePolicy::Update, SchedulePolicy::Replace] {
        check_by(7, "put_schedule", |tx, _, _| {
            background(tx)?;
            fire_due(tx, 3_600_000, 9)?;
            let new = Schedule { tags: vec!["new".into()], ..plan("first", hourly()) };
            put_schedule(tx, &new, policy, 3_600_001).map(drop)
        });
    }
    check_by(7, "set_enabled", |tx, _, _| set_enabled(tx, background(tx)?.0, false, 10));
    check_by(7, "override_next", |tx, _, _| override_next(tx, background(tx)?.0, Some(50), 10));
    check_by(7, "run_schedule_now", |tx, _, _| {
        let (first, _) = background(tx)?;
        run_schedule_now(tx, first, 10)?;
        run_schedule_now(tx, first, 11).map(drop)
    });
    check_by(7, "remove_schedule", |tx, _, _| {
        let (first, _) = background(tx)?;
        run_schedule_now(tx, first, 10)?;
        remove_schedule(tx, first, 11).map(drop)
    });
    check_by(7, "fire_due, several missed", |tx, _, _| {
        let missed = Missed::All { most: 4 };
        put_schedule(tx, &Schedule { missed, ..plan("all", hourly()) }, SchedulePolicy::Keep, 1)?;
        fire_due(tx, 5 * 3_600_000, 9).map(drop)
    });
    check_by(7, "fire_due, after a wrong clock", |tx, _, _| {
        background(tx)?;
        fire_due(tx, 9_000 * 3_600_000, 9)?;
        fire_due(tx, 2, 9).map(drop)
    });
    check_by(7, "trigger", |tx, _, _| {
        let rule = Rule::On { trigger: Trigger::AppStart };
        put_schedule(tx, &plan("start", rule), SchedulePolicy::Keep, 1)?;
        trigger(tx, &Trigger::AppStart, 10).map(drop)
    });
    check_by(7, "folder_changed", |tx, _, _| {
        let trigger = Trigger::FolderChanged { path: "/a".into(), settle_ms: 5, max_delay_ms: 9 };
        let (id, _) = put_schedule(tx, &plan("folder", Rule::On { trigger }), SchedulePolicy::Keep, 1)?;
        folder_changed(tx, id, 10)
    });
    check_by(7, "an end that starts a schedule", |tx, _, _| {
        let (first, _) = background(tx)?;
        run_schedule_now(tx, first, 10)?;
        let run = Claim { kinds: Some(vec!["work".into()]), ..Claim::any(1) };
        let lease = claim(tx, &owner(1), 10, 10_000, &run)?.remove(0);
        succeed(tx, &lease, None, 11)
    });
}
