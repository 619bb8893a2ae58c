//! Schedules between the wire and the queue.

use super::{BUILT_IN, action_of, kind_of, words_of};
use crate::api;
use crate::clock::millis;
use crate::error::{Error, Result};
use crate::letters::capitalised;
use crate::limits::{RUN_ATTEMPTS, RUN_BUDGET};
use legible_jobs::rule::{TimeOfDay, Weekday};
use legible_jobs::{
    Backoff, Conditions, Hours, Missed, NetworkNeed, Overlap, Rule, Schedule, StoredSchedule, Trigger, Zone,
};
use serde_json::{Value, json};
use std::path::Path;

/// A draft as the queue stores it. `old` is the schedule that it changes, whose name and, for an interval that stays,
/// whose anchor are kept; a new one is called `name`.
///
/// # Errors
/// When something in it cannot be used; the message says what and what would be right.
pub fn schedule(draft: &api::ScheduleDraft, old: Option<&StoredSchedule>, name: &str, now: i64) -> Result<Schedule> {
    let zone = zone(&draft.zone)?;
    let rule = rule(&draft.rule, old.map(|old| &old.schedule.rule), now)?;
    refuse_own_trigger(draft)?;
    let kind = kind_of(draft.action);
    let title = draft.title.trim();
    let title = if title.is_empty() { title_of(draft.action) } else { title.to_owned() };
    Ok(Schedule {
        name: old.map_or(name, |old| &old.schedule.name).to_owned(),
        title,
        kind: kind.to_owned(),
        payload: payload(draft.action, draft.folder.as_deref(), draft.enabled)?,
        subject: None,
        tags: vec!["schedule".into()],
        priority: RUN_PRIORITY,
        max_attempts: RUN_ATTEMPTS,
        backoff: Backoff::default(),
        budget_ms: Some(millis(RUN_BUDGET)),
        conditions: conditions(&draft.conditions, zone.name())?,
        rule,
        zone: zone.name().to_owned(),
        missed: missed(draft.missed)?,
        overlap: overlap(draft.overlap),
        flex_ms: i64::from(draft.flex_seconds.unwrap_or(0)) * 1000,
        enabled: draft.enabled,
    })
}

/// What writes into the folder that it waits for would start itself for ever.
fn refuse_own_trigger(draft: &api::ScheduleDraft) -> Result<()> {
    let api::Rule::On { trigger: api::Trigger::FolderChanged { path, .. } } = &draft.rule else { return Ok(()) };
    match &draft.folder {
        Some(folder) if draft.action == api::Action::Export && Path::new(folder).starts_with(path) => {
            Err(Error::BadRequest(format!("the texts that go to {folder} would start it again and again")))
        }
        _ => Ok(()),
    }
}

/// The priority of scheduled runs: below what a person adds.
const RUN_PRIORITY: i32 = -10;

/// A stored schedule as a person set it.
pub fn draft(stored: &StoredSchedule) -> Option<api::ScheduleDraft> {
    let schedule = &stored.schedule;
    Some(api::ScheduleDraft {
        id: Some(stored.id.0),
        title: schedule.title.clone(),
        action: action_of(&schedule.kind)?,
        folder: schedule.payload.get("folder").and_then(Value::as_str).map(str::to_owned),
        rule: rule_view(&schedule.rule),
        zone: schedule.zone.clone(),
        conditions: conditions_view(&schedule.conditions),
        missed: match schedule.missed {
            Missed::Skip => api::Missed::Skip,
            Missed::Once => api::Missed::Once,
            Missed::All { most } => api::Missed::All { most },
        },
        overlap: match schedule.overlap {
            Overlap::Skip => api::Overlap::Skip,
            Overlap::Queue => api::Overlap::Queue,
            Overlap::Replace => api::Overlap::Replace,
            Overlap::Allow => api::Overlap::Allow,
        },
        flex_seconds: u32::try_from(schedule.flex_ms / 1000).ok().filter(|flex| *flex > 0),
        enabled: schedule.enabled,
    })
}

/// Whether a schedule came with the program.
pub fn is_built_in(stored: &StoredSchedule) -> bool {
    stored.schedule.name.starts_with(BUILT_IN)
}

/// The time zone of this name.
///
/// # Errors
/// When there is none.
pub fn zone(name: &str) -> Result<Zone> {
    Zone::named(name).map_err(|error| unusable(&error))
}

/// What the queue does not take is what a person set.
pub fn said(error: legible_jobs::Error) -> Error {
    match error {
        legible_jobs::Error::Invalid { problem, .. } => unusable(&problem),
        other => other.into(),
    }
}

/// What cannot be used in what a person set.
pub fn unusable(problem: &impl std::fmt::Display) -> Error {
    Error::BadRequest(problem.to_string())
}

/// A rule from the wire. An interval counts from the anchor of `old` if it is the same, else from now.
///
/// # Errors
/// When it cannot be used.
pub fn rule(rule: &api::Rule, old: Option<&Rule>, now: i64) -> Result<Rule> {
    let at = |text: &str| text.parse::<TimeOfDay>().map_err(|error| unusable(&error));
    let rule = match rule {
        api::Rule::Every { seconds } => {
            let interval_ms = i64::from(*seconds) * 1000;
            match old {
                Some(Rule::Every { interval_ms: same, anchor }) if *same == interval_ms => {
                    Rule::Every { interval_ms, anchor: *anchor }
                }
                _ => Rule::Every { interval_ms, anchor: now.saturating_add(interval_ms) },
            }
        }
        api::Rule::Daily { at: time } => Rule::Daily { at: at(time)? },
        api::Rule::Weekly { days, at: time } => {
            Rule::Weekly { days: days.iter().map(|day| WEEKDAYS[*day as usize]).collect(), at: at(time)? }
        }
        api::Rule::Monthly { day, at: time } => Rule::Monthly { day: *day, at: at(time)? },
        api::Rule::Cron { expression } => Rule::Cron { expression: expression.trim().to_owned() },
        api::Rule::Once { at } => Rule::Once { at: *at },
        api::Rule::On { trigger } => Rule::On { trigger: self::trigger(trigger)? },
    };
    rule.validate().map_err(|error| unusable(&error))?;
    Ok(rule)
}

const WEEKDAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

fn trigger(trigger: &api::Trigger) -> Result<Trigger> {
    Ok(match trigger {
        api::Trigger::FolderChanged { path, settle_seconds, max_delay_seconds } => {
            if !Path::new(path).is_absolute() {
                return Err(Error::BadRequest(format!("{path} is no absolute path")));
            }
            if !Path::new(path).is_dir() {
                return Err(Error::BadRequest(format!("there is no folder {path}")));
            }
            if max_delay_seconds < settle_seconds {
                return Err(Error::BadRequest("the longest delay must not be shorter than the settle time".into()));
            }
            Trigger::FolderChanged {
                path: path.clone(),
                settle_ms: i64::from(*settle_seconds) * 1000,
                max_delay_ms: i64::from(*max_delay_seconds) * 1000,
            }
        }
        api::Trigger::AppStart => Trigger::AppStart,
        api::Trigger::NetworkBack => Trigger::NetworkBack,
        api::Trigger::PluggedIn => Trigger::PluggedIn,
        api::Trigger::ScheduleEnded { schedule } => Trigger::ScheduleEnded { schedule: *schedule },
    })
}

/// A rule for the wire.
pub fn rule_view(rule: &Rule) -> api::Rule {
    let seconds = |ms: i64| u32::try_from(ms / 1000).unwrap_or(u32::MAX);
    match rule {
        Rule::Every { interval_ms, .. } => api::Rule::Every { seconds: seconds(*interval_ms) },
        Rule::Daily { at } => api::Rule::Daily { at: at.to_string() },
        Rule::Weekly { days, at } => {
            let day = |day: &Weekday| DAYS[WEEKDAYS.iter().position(|one| one == day).unwrap_or(0)];
            api::Rule::Weekly { days: days.iter().map(day).collect(), at: at.to_string() }
        }
        Rule::Monthly { day, at } => api::Rule::Monthly { day: *day, at: at.to_string() },
        Rule::Cron { expression } => api::Rule::Cron { expression: expression.clone() },
        Rule::Once { at } => api::Rule::Once { at: *at },
        Rule::On { trigger } => api::Rule::On {
            trigger: match trigger {
                Trigger::FolderChanged { path, settle_ms, max_delay_ms } => api::Trigger::FolderChanged {
                    path: path.clone(),
                    settle_seconds: seconds(*settle_ms),
                    max_delay_seconds: seconds(*max_delay_ms),
                },
                Trigger::AppStart => api::Trigger::AppStart,
                Trigger::NetworkBack => api::Trigger::NetworkBack,
                Trigger::PluggedIn => api::Trigger::PluggedIn,
                Trigger::ScheduleEnded { schedule } => api::Trigger::ScheduleEnded { schedule: *schedule },
            },
        },
    }
}

const DAYS: [api::Weekday; 7] = [
    api::Weekday::Monday,
    api::Weekday::Tuesday,
    api::Weekday::Wednesday,
    api::Weekday::Thursday,
    api::Weekday::Friday,
    api::Weekday::Saturday,
    api::Weekday::Sunday,
];

/// Conditions from the wire; their hours are those of `zone`.
///
/// # Errors
/// When a time is none, or a condition could never or would always hold.
pub fn conditions(conditions: &api::Conditions, zone: &str) -> Result<Conditions> {
    if conditions.idle_minutes == Some(0) {
        return Err(Error::BadRequest("being away begins with 1 minute; leave it out if it does not matter".into()));
    }
    let hours = conditions.hours.as_ref().map(|hours| self::hours(hours, zone));
    Ok(Conditions {
        network: match conditions.network {
            api::NetworkNeed::Any => NetworkNeed::Any,
            api::NetworkNeed::Connected => NetworkNeed::Connected,
            api::NetworkNeed::Unmetered => NetworkNeed::Unmetered,
            api::NetworkNeed::Metered => NetworkNeed::Metered,
        },
        ac_power: conditions.ac_power,
        battery_not_low: conditions.battery_not_low,
        idle_minutes: conditions.idle_minutes,
        disk_not_low: conditions.disk_not_low,
        hours: hours.transpose()?,
    })
}

fn hours(hours: &api::Hours, zone: &str) -> Result<Hours> {
    let minute = |text: &str| text.parse::<TimeOfDay>().map(TimeOfDay::minutes).map_err(|error| unusable(&error));
    let (from, to) = (minute(&hours.from)?, minute(&hours.to)?);
    if from == to {
        // Some would take it for the whole day and some for no time at all.
        let message =
            format!("the hours from {} to {} have no length; leave them out for any hour", hours.from, hours.to);
        return Err(Error::BadRequest(message));
    }
    Ok(Hours { from, to, zone: zone.to_owned() })
}

/// Conditions for the wire.
pub fn conditions_view(conditions: &Conditions) -> api::Conditions {
    let clock = |minutes| TimeOfDay::from_minutes(minutes).map_or_else(String::new, |at| at.to_string());
    api::Conditions {
        network: match conditions.network {
            NetworkNeed::Any => api::NetworkNeed::Any,
            NetworkNeed::Connected => api::NetworkNeed::Connected,
            NetworkNeed::Unmetered => api::NetworkNeed::Unmetered,
            NetworkNeed::Metered => api::NetworkNeed::Metered,
        },
        ac_power: conditions.ac_power,
        battery_not_low: conditions.battery_not_low,
        idle_minutes: conditions.idle_minutes,
        disk_not_low: conditions.disk_not_low,
        hours: conditions.hours.as_ref().map(|h| api::Hours { from: clock(h.from), to: clock(h.to) }),
    }
}

fn missed(missed: api::Missed) -> Result<Missed> {
    match missed {
        api::Missed::Skip => Ok(Missed::Skip),
        api::Missed::Once => Ok(Missed::Once),
        api::Missed::All { most: 0 } => {
            Err(Error::BadRequest("to make up for no missed time at all, have missed times left out".into()))
        }
        api::Missed::All { most } => Ok(Missed::All { most }),
    }
}

fn overlap(overlap: api::Overlap) -> Overlap {
    match overlap {
        api::Overlap::Skip => Overlap::Skip,
        api::Overlap::Queue => Overlap::Queue,
        api::Overlap::Replace => Overlap::Replace,
        api::Overlap::Allow => Overlap::Allow,
    }
}

/// What the handler of the action needs to know. `runs` says whether it is to be done, and not just kept for later.
///
/// # Errors
/// When the folder of an export is none.
pub fn payload(action: api::Action, folder: Option<&str>, runs: bool) -> Result<Value> {
    match (action, folder.map(str::trim).filter(|folder| !folder.is_empty())) {
        (api::Action::Export, None) if runs => Err(no_folder()),
        (api::Action::Export, Some(folder)) if !Path::new(folder).is_absolute() => {
            Err(Error::BadRequest(format!("{folder} is no absolute path")))
        }
        (api::Action::Export, Some(folder)) if runs && !Path::new(folder).is_dir() => {
            Err(Error::BadRequest(format!("there is no folder {folder}; make it first")))
        }
        (api::Action::Export, Some(folder)) => Ok(json!({ "folder": folder })),
        _ => Ok(json!({})),
    }
}

/// An export without a folder cannot be switched on.
pub fn no_folder() -> Error {
    Error::BadRequest("choose the folder that the texts go to (on the command line: `--folder DIRECTORY`)".into())
}

/// What work is called if nobody gave it a title: what it does.
pub fn title_of(action: api::Action) -> String {
    capitalised(words_of(action))
}

/// The rule that a person typed, such as "daily 02:30", "every 15m", "weekly mon,thu 09:00" or "at 2026-12-24 18:00".
///
/// # Errors
/// When it is none; the message says what would be one.
pub fn parse_rule(text: &str, zone_name: &str, now: i64) -> Result<api::Rule> {
    let rule = legible_jobs::rule::parse(text, now, &zone(zone_name)?).map_err(|error| unusable(&error))?;
    Ok(rule_view(&rule))
}

/// The name of this system's time zone.
pub fn system_zone() -> String {
    Zone::system().name().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_that_could_never_or_would_always_hold_are_refused() {
        let check = |given: api::Conditions, expected: std::result::Result<Conditions, &str>| {
            let seen = conditions(&given, "UTC").map_err(|error| error.to_string());
            assert_eq!(seen.as_ref().map_err(String::as_str), expected.as_ref().map_err(|said| *said), "{given:?}");
        };
        let none = api::Conditions::default;
        let hours = |from: &str, to: &str| Some(api::Hours { from: from.into(), to: to.into() });
        check(none(), Ok(Conditions::default()));
        let night = Hours { from: 22 * 60, to: 6 * 60, zone: "UTC".into() };
        let nightly = Conditions { hours: Some(night), ..Conditions::default() };
        check(api::Conditions { hours: hours("22:00", "6:00"), ..none() }, Ok(nightly));
        let problem = "the hours from 6:00 to 06:00 have no length; leave them out for any hour";
        check(api::Conditions { hours: hours("6:00", "06:00"), ..none() }, Err(problem));
        let away = Conditions { idle_minutes: Some(1), ..Conditions::default() };
        check(api::Conditions { idle_minutes: Some(1), ..none() }, Ok(away));
        let problem = "being away begins with 1 minute; leave it out if it does not matter";
        check(api::Conditions { idle_minutes: Some(0), ..none() }, Err(problem));
    }

    #[test]
    fn making_up_for_no_time_is_a_slip() {
        assert_eq!(missed(api::Missed::All { most: 2 }).ok(), Some(Missed::All { most: 2 }));
        assert!(missed(api::Missed::All { most: 0 }).is_err_and(|error| error.to_string().contains("left out")));
    }
}
