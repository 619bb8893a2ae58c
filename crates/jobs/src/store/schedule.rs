//! Schedules in the database: setting, changing, looking at them.

use super::again::update;
use super::broken::{if_readable, readable};
use super::cancel::request_cancel;
use super::enqueue::{check, json_text};
use super::fire::{SPENT_AHEAD, next_look, template, trigger_key};
use super::query::jobs;
use super::row::{backoff, backoff_name, from_json, json, needs, needs_text};
use crate::limits::{MAX_NAME_BYTES, MAX_SCHEDULES, MAX_SET_BACK_MS, MAX_TITLE_BYTES, cut};
use crate::rule::Zone;
use crate::{
    Error, Filter, NewJob, Overlap, Result, Rule, Schedule, ScheduleId, SchedulePolicy, State, StoredSchedule, Trigger,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::Serialize;

/// The columns that [`stored`] reads.
pub(super) const COLUMNS: &str = "id, name, title, kind, payload, subject, tags, priority, max_attempts, backoff_kind, \
     backoff_initial_ms, backoff_max_ms, budget_ms, needs, rule, zone, missed, overlap, flex_ms, enabled, generation, \
     handled_at, next_at, override_at, skipped, created_at, updated_at, \
     coalesce(trigger_key LIKE 'ended:%' AND NOT EXISTS (SELECT 1 FROM schedule AS awaited \
         WHERE awaited.id = CAST(substr(schedule.trigger_key, 7) AS INTEGER)), 0) AS waits_in_vain";

/// Sets a schedule by its name and says which one holds the name now, and whether anything was set.
///
/// Times before `now` do not count: a new schedule has nothing to catch up with.
///
/// Fails with [`Error::Invalid`].
pub fn put_schedule(
    tx: &Transaction<'_>,
    new: &Schedule,
    policy: SchedulePolicy,
    now: i64,
) -> Result<(ScheduleId, bool)> {
    let zone = check_schedule(new)?;
    let holder = id_of(tx, &new.name)?;
    match (holder, policy) {
        (Some(id), SchedulePolicy::Keep) => return Ok((id, false)),
        (Some(id), SchedulePolicy::Replace) => {
            let runs = Filter { schedule: Some(id), ..Filter::default() };
            request_cancel(tx, &runs, now)?;
        }
        _ => {}
    }
    let (id, old) = match holder {
        // Whatever of it cannot be read is set anew.
        Some(id) => (id, if_readable(schedule(tx, id))?.flatten()),
        None => (insert(tx, new, now)?, None),
    };
    check_cycle(tx, id, &new.rule)?;
    // A rule that stays goes on from where it stands.
    let goes_on = old.as_ref().filter(|old| {
        let same = old.schedule.rule == new.rule && old.schedule.zone == new.zone && old.schedule.enabled;
        same && policy == SchedulePolicy::Update
    });
    let handled_at = goes_on.map_or(now, |old| old.handled_at);
    let override_at = goes_on.and_then(|old| old.override_at);
    // An event that came and was not yet run for is not forgotten.
    let pending = goes_on.filter(|_| trigger_key(&new.rule).is_some()).and_then(|old| old.next_at);
    let next_at = override_at.or(next_look(new, &zone, handled_at)).or(pending);
    write(tx, id, new, handled_at, next_at, override_at, now)?;
    if holder.is_some() && policy == SchedulePolicy::Update {
        update_runs(tx, id, new, now)?;
    }
    Ok((id, true))
}

/// Changes the runs that have not ended.
fn update_runs(tx: &Transaction<'_>, id: ScheduleId, new: &Schedule, now: i64) -> Result<()> {
    let runs = Filter { schedule: Some(id), ..Filter::states(State::ACTIVE) };
    for run in jobs(tx, &runs, 0, u64::MAX)?.jobs {
        update(tx, run.id, &NewJob { run_at: run.run_at, ..template(id, new, None, now) }, now)?;
    }
    Ok(())
}

/// Switches a schedule on or off; runs that wait or go on stay. What it would have run while it was off is not caught
/// up with.
///
/// Fails with [`Error::NoSuchSchedule`], or with [`Error::Invalid`] when one is switched on that cannot run.
pub fn set_enabled(tx: &Transaction<'_>, id: ScheduleId, enabled: bool, now: i64) -> Result<()> {
    let stored = schedule(tx, id)?.ok_or(Error::NoSuchSchedule(id))?;
    if stored.schedule.enabled == enabled {
        return Ok(());
    }
    let next_at = if enabled { next_look(&stored.schedule, &zone(&stored)?, now) } else { None };
    tx.prepare_cached(
        "UPDATE schedule SET enabled = ?2, handled_at = ?3, next_at = ?4, override_at = NULL, triggered_at = NULL,
                             updated_at = ?3
         WHERE id = ?1",
    )?
    .execute(params![id.0, enabled, now, next_at])?;
    Ok(())
}

/// Sets the next time by hand, in place of the one that the rule gives; after it the rule goes on. `None` takes it back.
///
/// Fails with [`Error::NoSuchSchedule`], or with [`Error::Invalid`] when the schedule cannot run.
pub fn override_next(tx: &Transaction<'_>, id: ScheduleId, at: Option<i64>, now: i64) -> Result<()> {
    let stored = schedule(tx, id)?.ok_or(Error::NoSuchSchedule(id))?;
    let next_at = at.or(next_look(&stored.schedule, &zone(&stored)?, stored.handled_at));
    tx.prepare_cached("UPDATE schedule SET override_at = ?2, next_at = ?3, updated_at = ?4 WHERE id = ?1")?
        .execute(params![id.0, at, next_at, now])?;
    Ok(())
}

/// Removes a schedule and cancels its runs that have not ended; those that have stay in the history. A schedule that waits
/// for its ends stays with a [`StoredSchedule::problem`]. Says whether there was one.
pub fn remove_schedule(tx: &Transaction<'_>, id: ScheduleId, now: i64) -> Result<bool> {
    let runs = Filter { schedule: Some(id), ..Filter::default() };
    request_cancel(tx, &runs, now)?;
    Ok(tx.prepare_cached("DELETE FROM schedule WHERE id = ?1")?.execute([id.0])? == 1)
}

/// One schedule.
pub fn schedule(conn: &Connection, id: ScheduleId) -> Result<Option<StoredSchedule>> {
    let sql = format!("SELECT {COLUMNS} FROM schedule WHERE id = ?1");
    conn.prepare_cached(&sql)?.query_and_then([id.0], stored)?.next().transpose()
}

/// The schedule with this name.
pub fn schedule_named(conn: &Connection, name: &str) -> Result<Option<StoredSchedule>> {
    id_of(conn, name)?.map_or(Ok(None), |id| schedule(conn, id))
}

fn id_of(conn: &Connection, name: &str) -> Result<Option<ScheduleId>> {
    let id = conn
        .prepare_cached("SELECT id FROM schedule WHERE name = ?1")?
        .query_row([name], |row| row.get(0).map(ScheduleId))
        .optional()?;
    Ok(id)
}

/// All schedules of a kind, or of all kinds, the oldest first; but for [`crate::broken_schedules`].
pub fn schedules(conn: &Connection, kind: Option<&str>) -> Result<Vec<StoredSchedule>> {
    let sql = format!("SELECT {COLUMNS} FROM schedule WHERE ?1 IS NULL OR kind = ?1 ORDER BY id");
    readable(conn.prepare_cached(&sql)?.query_and_then([kind], stored)?)
}

/// The schedules that are on and wait for a folder to change.
pub fn folder_schedules(conn: &Connection) -> Result<Vec<StoredSchedule>> {
    let sql = format!("SELECT {COLUMNS} FROM schedule WHERE enabled AND trigger_key = 'folder' ORDER BY id");
    readable(conn.prepare_cached(&sql)?.query_and_then([], stored)?)
}

/// When the next schedule is to be looked at: now, if one is so far ahead that the clock must have been wrong. One that
/// cannot be read counts too: [`crate::fire_due`] sets it aside.
pub fn next_schedule_at(conn: &Connection, now: i64) -> Result<Option<i64>> {
    let ahead: bool = conn
        .prepare_cached(&format!(
            "SELECT EXISTS (SELECT 1 FROM schedule INDEXED BY schedule_handled
                WHERE enabled AND next_at IS NOT NULL AND handled_at > ?1) OR EXISTS ({SPENT_AHEAD})",
        ))?
        .query_row([now.saturating_add(MAX_SET_BACK_MS)], |row| row.get(0))?;
    if ahead {
        return Ok(Some(now));
    }
    Ok(conn
        .prepare_cached(
            "SELECT min(next_at) FROM schedule INDEXED BY schedule_next WHERE enabled AND next_at IS NOT NULL",
        )?
        .query_row([], |row| row.get(0))?)
}

pub(super) fn stored(row: &Row<'_>) -> Result<StoredSchedule> {
    let text = |column: &'static str| row.get::<_, String>(column);
    let schedule = Schedule {
        name: row.get("name")?,
        title: row.get("title")?,
        kind: row.get("kind")?,
        payload: json("schedule.payload", &text("payload")?)?,
        subject: row.get("subject")?,
        tags: from_json("schedule.tags", &text("tags")?)?,
        priority: row.get("priority")?,
        max_attempts: row.get("max_attempts")?,
        backoff: backoff(row)?,
        budget_ms: row.get("budget_ms")?,
        conditions: needs(&text("needs")?)?,
        rule: from_json("schedule.rule", &text("rule")?)?,
        zone: row.get("zone")?,
        missed: from_json("schedule.missed", &text("missed")?)?,
        overlap: Overlap::from_name(&text("overlap")?)?,
        flex_ms: row.get("flex_ms")?,
        enabled: row.get("enabled")?,
    };
    Ok(StoredSchedule {
        id: ScheduleId(row.get("id")?),
        problem: match check_schedule(&schedule) {
            Err(error) => Some(error.to_string()),
            Ok(_) if row.get("waits_in_vain")? => Some("the schedule that it waits for is gone".into()),
            Ok(_) => None,
        },
        schedule,
        generation: row.get("generation")?,
        handled_at: row.get("handled_at")?,
        next_at: row.get("next_at")?,
        override_at: row.get("override_at")?,
        skipped: row.get::<_, i64>("skipped")?.unsigned_abs(),
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// The zone of a stored schedule that can run.
pub(super) fn zone(stored: &StoredSchedule) -> Result<Zone> {
    let invalid = |problem| Error::Invalid { field: "schedule", problem };
    match &stored.problem {
        Some(problem) => Err(invalid(problem.clone())),
        None => Zone::named(&stored.schedule.zone).map_err(|error| invalid(error.to_string())),
    }
}

/// Whether a schedule can run; its zone, if so.
fn check_schedule(new: &Schedule) -> Result<Zone> {
    let invalid = |field, problem: String| Err(Error::Invalid { field, problem });
    if new.name.is_empty() || new.name.len() > MAX_NAME_BYTES {
        return invalid("name", format!("it must have 1 to {MAX_NAME_BYTES} bytes"));
    }
    if let Err(error) = new.rule.validate() {
        return invalid("rule", error.to_string());
    }
    if let Err(error) = new.missed.validate().and(new.rule.validate_flex(new.flex_ms)) {
        return invalid("rule", error.to_string());
    }
    // What a run is made of must be fit for the queue.
    check(&template(ScheduleId(0), new, None, 0))?;
    json_text("payload", &new.payload)?;
    match Zone::named(&new.zone) {
        Ok(zone) => Ok(zone),
        Err(error) => invalid("zone", error.to_string()),
    }
}

/// Schedules that start each other in a circle would never come to rest.
fn check_cycle(conn: &Connection, id: ScheduleId, rule: &Rule) -> Result<()> {
    let mut rule = rule.clone();
    for _ in 0..MAX_SCHEDULES {
        let Rule::On { trigger: Trigger::ScheduleEnded { schedule: before } } = rule else { return Ok(()) };
        if before == id.0 {
            break;
        }
        match if_readable(schedule(conn, ScheduleId(before)))? {
            Some(Some(stored)) => rule = stored.schedule.rule,
            Some(None) => return Err(Error::NoSuchSchedule(ScheduleId(before))),
            // It does not run, so it starts nothing.
            None => return Ok(()),
        }
    }
    Err(Error::Invalid { field: "rule", problem: "the schedule would start itself for ever".into() })
}

fn insert(tx: &Transaction<'_>, new: &Schedule, now: i64) -> Result<ScheduleId> {
    let count: i64 = tx.query_row("SELECT count(*) FROM schedule", [], |row| row.get(0))?;
    if count >= MAX_SCHEDULES as i64 {
        return Err(Error::Invalid { field: "schedules", problem: format!("there may be {MAX_SCHEDULES} at most") });
    }
    tx.prepare_cached(
        "INSERT INTO schedule (name, title, kind, payload, tags, priority, max_attempts, backoff_kind,
                               backoff_initial_ms, backoff_max_ms, needs, rule, zone, missed, overlap, flex_ms, enabled,
                               generation, handled_at, created_at, updated_at)
         VALUES (?1, '', '', '', '', 0, 1, '', 0, 0, '', '', '', '', 'skip', 0, 0, 0, 0, ?2, ?2)",
    )?
    .execute(params![new.name, now])?;
    Ok(ScheduleId(tx.last_insert_rowid()))
}

fn write(
    tx: &Transaction<'_>,
    id: ScheduleId,
    new: &Schedule,
    handled_at: i64,
    next_at: Option<i64>,
    override_at: Option<i64>,
    now: i64,
) -> Result<()> {
    tx.prepare_cached(
        "UPDATE schedule SET title = ?2, kind = ?3, payload = ?4, subject = ?5, tags = ?6, priority = ?7,
                             max_attempts = ?8, backoff_kind = ?9, backoff_initial_ms = ?10, backoff_max_ms = ?11,
                             budget_ms = ?12, needs = ?13, rule = ?14, zone = ?15, missed = ?16, overlap = ?17,
                             flex_ms = ?18, enabled = ?19, trigger_key = ?20,
                             triggered_at = CASE WHEN ?22 IS NULL THEN NULL ELSE triggered_at END, handled_at = ?21,
                             next_at = ?22, override_at = ?23, generation = generation + 1, updated_at = ?24
         WHERE id = ?1",
    )?
    .execute(params![
        id.0,
        cut(&new.title, MAX_TITLE_BYTES),
        new.kind,
        json_text("payload", &new.payload)?,
        new.subject,
        as_json("tags", &new.tags)?,
        new.priority,
        new.max_attempts,
        backoff_name(new.backoff.kind),
        new.backoff.initial_ms,
        new.backoff.max_ms,
        new.budget_ms,
        needs_text(&new.conditions)?,
        as_json("rule", &new.rule)?,
        new.zone,
        as_json("missed", &new.missed)?,
        new.overlap.as_str(),
        new.flex_ms,
        new.enabled,
        trigger_key(&new.rule),
        handled_at,
        next_at,
        override_at,
        now
    ])?;
    Ok(())
}

fn as_json(field: &'static str, value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Invalid { field, problem: error.to_string() })
}
