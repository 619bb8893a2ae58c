//! The schedules that come with the program. A person may change them and switch them off, but not remove them.

use super::{built_in_name, wire};
use crate::api::{Action, Conditions, Missed, Overlap, Rule, ScheduleDraft, Weekday};
use crate::error::Result;
use legible_jobs::{SchedulePolicy, Zone};
use rusqlite::Transaction;

/// Adds those that are not there yet.
///
/// # Errors
/// When the database fails.
pub fn put_built_in(tx: &Transaction<'_>, now: i64) -> Result<()> {
    for (action, rule, conditions, enabled) in built_in() {
        let draft = ScheduleDraft {
            id: None,
            title: String::new(),
            action,
            folder: None,
            rule,
            zone: Zone::system().name().to_owned(),
            conditions,
            missed: Missed::Once,
            overlap: Overlap::Skip,
            flex_seconds: None,
            enabled,
        };
        let name = built_in_name(action);
        legible_jobs::put_schedule(tx, &wire::schedule(&draft, None, &name, now)?, SchedulePolicy::Keep, now)?;
    }
    Ok(())
}

/// What is done when, on what conditions, and whether without being asked.
fn built_in() -> [(Action, Rule, Conditions, bool); 9] {
    let daily = |at: &str| Rule::Daily { at: at.into() };
    let weekly = |day, at: &str| Rule::Weekly { days: vec![day], at: at.into() };
    let monthly = |day, at: &str| Rule::Monthly { day, at: at.into() };
    let away = Conditions { ac_power: true, idle_minutes: Some(10), ..Conditions::default() };
    let light = Conditions { battery_not_low: true, ..Conditions::default() };
    [
        (Action::ReadNew, daily("02:30"), away.clone(), true),
        (Action::ReadNewerModel, weekly(Weekday::Sunday, "03:00"), away.clone(), true),
        (Action::RecogniseNew, daily("03:00"), away.clone(), true),
        (Action::FindDuplicates, weekly(Weekday::Saturday, "03:30"), away.clone(), true),
        (Action::Tidy, daily("04:00"), light.clone(), true),
        (Action::CheckModels, weekly(Weekday::Monday, "04:30"), light.clone(), true),
        (Action::CheckLibrary, monthly(1, "03:00"), away.clone(), true),
        (Action::Rebuild, monthly(15, "03:00"), away, false),
        (Action::Export, daily("05:00"), light, false),
    ]
}
