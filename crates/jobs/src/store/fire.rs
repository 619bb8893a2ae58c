//! Schedules that are due: their runs become jobs.

use super::again::run_now;
use super::broken::{if_readable, readable, set_aside};
use super::enqueue::{enqueue, enqueue_on};
use super::prune::trim_runs;
use super::schedule::{COLUMNS, schedule, stored, zone};
use super::unique::name_of_runs;
use crate::limits::{MAX_SET_BACK_MS, ON_TIME_MS};
use crate::rule::{self, Zone};
use crate::{
    Edge, Enqueued, Error, Filter, JobId, NewJob, RUN_NOW, Result, Rule, Schedule, ScheduleId, StoredSchedule, Trigger,
    UniquePolicy,
};
use rusqlite::{Connection, Transaction, params, params_from_iter};

/// What came of a schedule that was due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// The schedule.
    pub schedule: ScheduleId,
    /// The new jobs.
    pub jobs: Vec<JobId>,
    /// How many of its times were left out.
    pub skipped: u64,
}

/// Enqueues the runs of up to `limit` schedules that are due, and notes when each is due again.
///
/// Schedules that were dealt with in a future which the clock, set back since, had made up start again from `now`. One
/// that cannot run is set aside and looked at again after [`SET_ASIDE_MS`](crate::limits::SET_ASIDE_MS).
pub fn fire_due(tx: &Transaction<'_>, now: i64, limit: usize) -> Result<Vec<Fired>> {
    set_right(tx, now)?;
    let due: Vec<ScheduleId> = tx
        .prepare_cached(
            "SELECT id FROM schedule INDEXED BY schedule_next
             WHERE enabled AND next_at IS NOT NULL AND next_at <= ?1 ORDER BY next_at, id LIMIT ?2",
        )?
        .query_map(params![now, i64::try_from(limit).unwrap_or(i64::MAX)], |row| row.get(0).map(ScheduleId))?
        .collect::<rusqlite::Result<_>>()?;
    let mut fired = Vec::new();
    for id in due {
        match fit_to_run(tx, id)? {
            Some(stored) => fired.push(fire(tx, &stored, now)?),
            None => set_aside(tx, id, now)?,
        }
    }
    Ok(fired)
}

/// Starts the schedules that wait for something which just happened. Changes of folders come by [`folder_changed`],
/// ends of schedules by themselves.
pub fn trigger(tx: &Transaction<'_>, what: &Trigger, now: i64) -> Result<Vec<Fired>> {
    let Some(key) = trigger_key(&Rule::On { trigger: what.clone() }) else { return Ok(vec![]) };
    // This key does not say which folder.
    if let Trigger::FolderChanged { .. } = what {
        return Ok(vec![]);
    }
    let sql = format!("SELECT {COLUMNS} FROM schedule WHERE enabled AND trigger_key = ?1 ORDER BY id");
    let waiting = readable(tx.prepare_cached(&sql)?.query_and_then([key], stored)?)?;
    waiting
        .into_iter()
        .filter(|stored| stored.problem.is_none())
        .map(|stored| {
            let fired = enqueue_runs(tx, &stored, &[now], now)?;
            note(tx, &stored, stored.handled_at, stored.next_at, fired.skipped, now)?;
            Ok(fired)
        })
        .collect()
}

/// Notes that the folder of a schedule changed: it runs once nothing changed for its settle time, or when its longest
/// delay after the first change is over.
pub fn folder_changed(tx: &Transaction<'_>, id: ScheduleId, now: i64) -> Result<()> {
    let stored = schedule(tx, id)?.ok_or(Error::NoSuchSchedule(id))?;
    let Rule::On { trigger: Trigger::FolderChanged { settle_ms, max_delay_ms, .. } } = stored.schedule.rule else {
        return Ok(());
    };
    tx.prepare_cached(
        "UPDATE schedule SET triggered_at = coalesce(triggered_at, ?2),
                             next_at = min(?2 + ?3, coalesce(triggered_at, ?2) + ?4)
         WHERE id = ?1 AND enabled",
    )?
    .execute(params![id.0, now, settle_ms.max(0), max_delay_ms.max(0)])?;
    Ok(())
}

/// Runs a schedule out of turn, at once and whatever its conditions; its times stay. A run of it that waits is moved
/// ahead of all others instead, and one that goes on stays the only one, unless the schedule allows more.
///
/// Fails with [`Error::NoSuchSchedule`].
pub fn run_schedule_now(tx: &Transaction<'_>, id: ScheduleId, now: i64) -> Result<JobId> {
    let stored = schedule(tx, id)?.ok_or(Error::NoSuchSchedule(id))?;
    let run = NewJob {
        priority: RUN_NOW,
        policy: UniquePolicy::Keep,
        conditions: crate::Conditions::default(),
        ..template(id, &stored.schedule, None, now)
    };
    let run = enqueue(tx, &run, now)?;
    if !run.new {
        run_now(tx, &Filter::ids([run.id]), now)?;
    }
    Ok(run.id)
}

/// Runs a schedule because of something that only the caller knows of, under the conditions of the schedule; its times
/// stay. Returns the run, and whether it is new: as its policy says, one that waits or goes on may stay the only one.
///
/// Fails with [`Error::NoSuchSchedule`].
pub fn run_schedule_because(tx: &Transaction<'_>, id: ScheduleId, now: i64) -> Result<Enqueued> {
    let stored = schedule(tx, id)?.ok_or(Error::NoSuchSchedule(id))?;
    let run = enqueue(tx, &template(id, &stored.schedule, None, now), now)?;
    if run.new {
        trim_runs(tx, id)?;
    }
    Ok(run)
}

/// A run of the schedule ended: those that wait for it start.
pub(super) fn schedule_ended(tx: &Transaction<'_>, id: ScheduleId, now: i64) -> Result<()> {
    trigger(tx, &Trigger::ScheduleEnded { schedule: id.0 }, now).map(drop)
}

/// What a schedule with this rule waits for, if not for a time.
pub(super) fn trigger_key(rule: &Rule) -> Option<String> {
    let Rule::On { trigger } = rule else { return None };
    Some(match trigger {
        Trigger::FolderChanged { .. } => "folder".into(),
        Trigger::AppStart => "app_start".into(),
        Trigger::NetworkBack => "network_back".into(),
        Trigger::PluggedIn => "plugged_in".into(),
        Trigger::ScheduleEnded { schedule } => format!("ended:{schedule}"),
    })
}

/// When a schedule is to be looked at that has dealt with its times up to `handled_at`.
pub(super) fn next_look(schedule: &Schedule, zone: &Zone, handled_at: i64) -> Option<i64> {
    let next = rule::next_after(&schedule.rule, zone, handled_at)?;
    Some(rule::opens_at(&schedule.rule, zone, next, schedule.flex_ms))
}

/// A run of a schedule as a job.
pub(super) fn template(id: ScheduleId, schedule: &Schedule, slot: Option<i64>, now: i64) -> NewJob {
    let policy = schedule.overlap.policy();
    NewJob {
        title: schedule.title.clone(),
        subject: schedule.subject.clone(),
        tags: schedule.tags.clone(),
        priority: schedule.priority,
        unique: policy.map(|_| name_of_runs(id)),
        policy: policy.unwrap_or_default(),
        max_attempts: schedule.max_attempts,
        backoff: schedule.backoff,
        conditions: schedule.conditions.clone(),
        budget_ms: schedule.budget_ms,
        schedule: Some((id, slot)),
        ..NewJob::new(&schedule.kind, schedule.payload.clone(), now)
    }
}

/// The timed schedules without a time left that were dealt with after a moment. One that is to run once, and was dealt with
/// at its time, is done. No rule knows a time after the year 2500: a clock that was there left all of them without one.
pub(super) const SPENT_AHEAD: &str = "SELECT id FROM schedule INDEXED BY schedule_spent
     WHERE enabled AND next_at IS NULL AND trigger_key IS NULL AND handled_at > ?1
        AND CASE WHEN json_valid(rule) THEN coalesce(rule ->> '$.rule' <> 'once' OR rule ->> '$.at' <> handled_at, 1)
                 ELSE 1 END";

/// Schedules that are ahead of the clock by more than it is set back on purpose go on from now: it had been wrong.
fn set_right(tx: &Transaction<'_>, now: i64) -> Result<()> {
    let ids = |sql: &str, bounds: &[i64]| -> Result<Vec<ScheduleId>> {
        let mut select = tx.prepare_cached(sql)?;
        let ids = select.query_map(params_from_iter(bounds), |row| row.get(0).map(ScheduleId))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    };
    let latest = now.saturating_add(MAX_SET_BACK_MS);
    let waiting = "SELECT id FROM schedule INDEXED BY schedule_handled
         WHERE enabled AND next_at IS NOT NULL AND handled_at > ?1 AND next_at > ?2";
    for id in ids(SPENT_AHEAD, &[latest])? {
        let next_at = match fit_to_run(tx, id)? {
            Some(stored) => next_look(&stored.schedule, &zone(&stored)?, now),
            None => Some(now),
        };
        go_on(tx, id, next_at, now)?;
    }
    for id in ids(waiting, &[latest, now])? {
        // What waits for an event has no next time, but the event came: it runs now. So is what cannot run looked at.
        let by_rule_or_hand = match fit_to_run(tx, id)? {
            Some(stored) => stored.override_at.or(next_look(&stored.schedule, &zone(&stored)?, now)),
            None => None,
        };
        go_on(tx, id, Some(by_rule_or_hand.unwrap_or(now)), now)?;
    }
    Ok(())
}

/// Lets a schedule go on from now.
fn go_on(tx: &Transaction<'_>, id: ScheduleId, next_at: Option<i64>, now: i64) -> Result<()> {
    tx.prepare_cached("UPDATE schedule SET handled_at = ?2, next_at = ?3 WHERE id = ?1")?
        .execute(params![id.0, now, next_at])?;
    Ok(())
}

/// The schedule, if it can be read and run.
fn fit_to_run(conn: &Connection, id: ScheduleId) -> Result<Option<StoredSchedule>> {
    let read = if_readable(schedule(conn, id))?.flatten();
    Ok(read.filter(|stored| stored.problem.is_none()))
}

fn fire(tx: &Transaction<'_>, stored: &StoredSchedule, now: i64) -> Result<Fired> {
    let StoredSchedule { schedule, handled_at, .. } = stored;
    let zone = zone(stored)?;
    let set_by_hand = stored.override_at.or(stored.next_at.filter(|_| trigger_key(&schedule.rule).is_some()));
    if let Some(at) = set_by_hand {
        let fired = enqueue_runs(tx, stored, &[at], now)?;
        let handled = (*handled_at).max(now);
        note(tx, stored, handled, next_look(schedule, &zone, handled), fired.skipped, now)?;
        return Ok(fired);
    }
    let until = open_until(schedule, &zone, now);
    let due = rule::due(&schedule.rule, &zone, schedule.missed, *handled_at, until, ON_TIME_MS);
    let mut fired = enqueue_runs(tx, stored, &due.run, now)?;
    fired.skipped = fired.skipped.saturating_add(due.skipped);
    note(tx, stored, due.handled, next_look(schedule, &zone, due.handled.max(until)), fired.skipped, now)?;
    Ok(fired)
}

/// The time up to which slots may run: with a flex window the next one may be open already.
fn open_until(schedule: &Schedule, zone: &Zone, now: i64) -> i64 {
    let next = rule::next_after(&schedule.rule, zone, now);
    let open = next
        .filter(|next| schedule.flex_ms > 0 && rule::opens_at(&schedule.rule, zone, *next, schedule.flex_ms) <= now);
    open.unwrap_or(now)
}

fn enqueue_runs(tx: &Transaction<'_>, stored: &StoredSchedule, slots: &[i64], now: i64) -> Result<Fired> {
    let mut fired = Fired { schedule: stored.id, jobs: vec![], skipped: 0 };
    let mut is_run =
        tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM job WHERE schedule_id = ?1 AND scheduled_for = ?2)")?;
    for slot in slots {
        if is_run.query_row([stored.id.0, *slot], |row| row.get(0))? {
            continue;
        }
        let mut run = template(stored.id, &stored.schedule, Some(*slot), now);
        // Missed times that are all made up for do not leave each other out: they follow one another.
        if !fired.jobs.is_empty() && run.policy == UniquePolicy::Keep {
            run.policy = UniquePolicy::AppendOrReplace;
        }
        // One that waits for the run before it does so whatever becomes of that one.
        let enqueued = enqueue_on(tx, &run, Edge::End, now)?;
        match enqueued.new {
            true => fired.jobs.push(enqueued.id),
            false => fired.skipped += 1,
        }
    }
    if !fired.jobs.is_empty() {
        trim_runs(tx, stored.id)?;
    }
    Ok(fired)
}

/// Notes how far a schedule is.
fn note(
    tx: &Transaction<'_>,
    stored: &StoredSchedule,
    handled_at: i64,
    next_at: Option<i64>,
    skipped: u64,
    now: i64,
) -> Result<()> {
    tx.prepare_cached(
        "UPDATE schedule SET handled_at = ?2, next_at = ?3, override_at = NULL, triggered_at = NULL,
                             skipped = skipped + ?4, updated_at = ?5
         WHERE id = ?1",
    )?
    .execute(params![stored.id.0, handled_at, next_at, i64::try_from(skipped).unwrap_or(i64::MAX), now])?;
    Ok(())
}
