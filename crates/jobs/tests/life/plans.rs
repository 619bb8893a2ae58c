//! The schedules of a life: each rule, policy and zone at least once.

use crate::common::plan;
use legible_jobs::rule::{TimeOfDay, Weekday};
use legible_jobs::*;

pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
/// The first moment of a life: 2026-02-20, some weeks before clocks change in the north.
pub const START: i64 = 1_771_545_600_000;

pub fn plans() -> Vec<Schedule> {
    let at = |hour: u16, minute: u16| TimeOfDay::from_minutes(hour * 60 + minute).unwrap();
    let cron = |expression: &str| Rule::Cron { expression: expression.into() };
    let nothing = Conditions::default;
    vec![
        Schedule {
            zone: "Europe/Berlin".into(),
            missed: Missed::Once,
            conditions: Conditions { ac_power: true, ..nothing() },
            max_attempts: 5,
            ..plan("nightly", Rule::Daily { at: at(2, 30) })
        },
        Schedule {
            zone: "America/New_York".into(),
            missed: Missed::All { most: 5 },
            overlap: Overlap::Queue,
            max_attempts: 4,
            ..plan("half hours", cron("*/30 * * * *"))
        },
        Schedule {
            missed: Missed::Skip,
            overlap: Overlap::Skip,
            max_attempts: 3,
            ..plan("quarter hours", Rule::Every { interval_ms: 15 * MINUTE, anchor: START })
        },
        Schedule {
            zone: "Australia/Lord_Howe".into(),
            missed: Missed::All { most: 3 },
            overlap: Overlap::Allow,
            conditions: Conditions { network: NetworkNeed::Unmetered, ..nothing() },
            max_attempts: 3,
            ..plan("weekly", Rule::Weekly { days: vec![Weekday::Monday, Weekday::Thursday], at: at(1, 45) })
        },
        Schedule {
            zone: "Asia/Kathmandu".into(),
            missed: Missed::Once,
            overlap: Overlap::Replace,
            max_attempts: 2,
            ..plan("hours", Rule::Every { interval_ms: HOUR, anchor: START + 7 * MINUTE })
        },
        Schedule {
            zone: "Africa/Casablanca".into(),
            missed: Missed::Once,
            flex_ms: HOUR,
            ..plan("flexible", cron("15 */6 * * *"))
        },
        Schedule { missed: Missed::Once, ..plan("monthly", Rule::Monthly { day: 31, at: at(12, 0) }) },
        plan("network", Rule::On { trigger: Trigger::NetworkBack }),
        Schedule { max_attempts: 9, ..plan("start", Rule::On { trigger: Trigger::AppStart }) },
    ]
}
