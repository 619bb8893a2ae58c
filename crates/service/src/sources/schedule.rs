//! The schedule of a source: its looks by the clock, and those that something sets off.

use super::{only_at_start, subject_of};
use crate::clock::millis;
use crate::error::Result;
use crate::handlers::{FETCH, LOOK};
use crate::limits::{LOOK_PRIORITY, RUN_ATTEMPTS, RUN_BUDGET};
use legible_jobs::{
    Backoff, Conditions, Missed, NetworkNeed, Overlap, Rule, Schedule, ScheduleId, SchedulePolicy, StoredSchedule,
};
use legible_sources::{Kind, Source, SourceId};
use rusqlite::{Connection, Transaction};
use serde_json::json;

/// The unique name of a source's schedule.
pub fn name_of_schedule(id: SourceId) -> String {
    format!("source:{id}")
}

/// The schedule of a source, if it has one: only folders, servers and storages are looked at.
///
/// # Errors
/// When the database fails.
pub fn schedule_of(conn: &Connection, id: SourceId) -> Result<Option<StoredSchedule>> {
    Ok(legible_jobs::schedule_named(conn, &name_of_schedule(id))?)
}

/// Whether the schedule of a source ever runs by itself: one that asks servers only when a person asks does not, not even when
/// Legible starts.
pub fn fires(source: &Source, rule: &Rule) -> bool {
    source.spec.kind() == Kind::Folder || *rule != only_at_start()
}

/// Makes or changes the schedule of a source.
///
/// # Errors
/// When something in it cannot be used or the database fails.
pub fn keep_schedule(
    tx: &Transaction<'_>,
    source: &Source,
    rule: Rule,
    zone: &str,
    conditions: Conditions,
    now: i64,
) -> Result<ScheduleId> {
    let schedule = Schedule {
        name: name_of_schedule(source.id),
        title: source.name.clone(),
        kind: if source.spec.kind() == Kind::Folder { LOOK } else { FETCH }.to_owned(),
        payload: json!({ "source": source.id.0 }),
        subject: Some(subject_of(source.id)),
        tags: vec!["source".into()],
        priority: LOOK_PRIORITY,
        max_attempts: RUN_ATTEMPTS,
        backoff: Backoff::default(),
        budget_ms: Some(millis(RUN_BUDGET)),
        conditions,
        enabled: source.enabled && fires(source, &rule),
        rule,
        zone: zone.to_owned(),
        missed: Missed::Once,
        overlap: Overlap::Skip,
        flex_ms: 0,
    };
    let put = legible_jobs::put_schedule(tx, &schedule, SchedulePolicy::Update, now);
    Ok(put.map_err(crate::schedules::said)?.0)
}

/// What reading needs that a look found: what the look needed, but for the network, which reading does without.
pub fn conditions_of(look: &Conditions) -> Conditions {
    Conditions { network: NetworkNeed::Any, ..look.clone() }
}
