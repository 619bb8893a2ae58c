//! The schedules of a life: each kind of rule, policy and zone at least once; and the times that they must run at, as
//! another library of time has them.

use crate::common::plan;
use crate::oracle::Oracle;
use crate::random::{Days, Pattern};
use legible_jobs::rule::{TimeOfDay, Weekday};
use legible_jobs::*;
use std::collections::BTreeSet;

pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
/// The first moment of a life: 2026-02-20, some weeks before clocks change in the north.
pub const START: i64 = 1_771_545_600_000;
/// The schedule whose end starts [`AFTERWARDS`]: the first that is made.
pub const NIGHTLY: ScheduleId = ScheduleId(1);
pub const AFTERWARDS: &str = "after the nightly one";

pub fn plans() -> Vec<Schedule> {
    let nothing = Conditions::default;
    let on = |trigger| Rule::On { trigger };
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
            conditions: Conditions { network: NetworkNeed::Connected, ..nothing() },
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
        plan("network", on(Trigger::NetworkBack)),
        Schedule { max_attempts: 9, ..plan("start", on(Trigger::AppStart)) },
        Schedule { overlap: Overlap::Allow, ..plan(AFTERWARDS, on(Trigger::ScheduleEnded { schedule: NIGHTLY.0 })) },
    ]
}

/// The times of a schedule in `(START, until]`, from chrono and its zone data, or by counting; `None` for a schedule that
/// waits for an event, or where chrono's copy of the zone is another than that of this system.
pub fn expected(plan: &Schedule, until: i64) -> Option<Vec<i64>> {
    let pattern = match &plan.rule {
        Rule::Every { interval_ms, anchor } => {
            let all = (0..).map(|n| anchor + n * interval_ms);
            return Some(all.skip_while(|at| *at <= START).take_while(|at| *at <= until).collect());
        }
        Rule::On { .. } => return None,
        Rule::Daily { at } => pattern(plan, Days::All, &[at.hour()], &[at.minute()]),
        Rule::Weekly { days, at } => {
            let days = days.iter().map(|day| *day as u32).collect();
            pattern(plan, Days::Week(days), &[at.hour()], &[at.minute()])
        }
        Rule::Monthly { day, at } => pattern(plan, Days::MonthOrLast((*day).into()), &[at.hour()], &[at.minute()]),
        Rule::Cron { .. } if plan.name == "half hours" => {
            pattern(plan, Days::All, &(0..24).collect::<Vec<u8>>(), &[0, 30])
        }
        Rule::Cron { .. } => pattern(plan, Days::All, &[0, 6, 12, 18], &[15]),
        Rule::Once { .. } => unreachable!("no plan has it"),
    };
    let years = i32::try_from((until - START) / (365 * DAY)).unwrap();
    let oracle = Oracle::new(&plan.zone, 2026, 2028 + years);
    oracle.has_same_zone_data().then(|| oracle.slots(&pattern, START, until))
}

fn pattern(plan: &Schedule, days: Days, hours: &[u8], minutes: &[u8]) -> Pattern {
    let numbers = |of: &[u8]| of.iter().map(|n| u32::from(*n)).collect();
    Pattern {
        rule: plan.rule.clone(),
        days,
        hours: numbers(hours),
        minutes: numbers(minutes),
        seconds: BTreeSet::from([0]),
    }
}

fn at(hour: u16, minute: u16) -> TimeOfDay {
    TimeOfDay::from_minutes(hour * 60 + minute).unwrap()
}

fn cron(expression: &str) -> Rule {
    Rule::Cron { expression: expression.into() }
}
