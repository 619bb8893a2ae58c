//! Which rules are taken.

use super::Zone;
use super::{Missed, Rule, RuleError, Trigger, cron, slots};
use crate::limits::{
    EARLIEST_AT, LATEST_AT, MAX_CAUGHT_UP, MAX_CRON_BYTES, MAX_FLEX_MS, MAX_INTERVAL_MS, MAX_NAME_BYTES, MAX_SETTLE_MS,
    MIN_INTERVAL_MS, cut,
};

impl Rule {
    /// Whether the rule can be kept. The error says what would be right.
    pub fn validate(&self) -> Result<(), RuleError> {
        match self {
            Rule::Every { interval_ms, anchor } => {
                ensure((MIN_INTERVAL_MS..=MAX_INTERVAL_MS).contains(interval_ms), || {
                    "the time between two runs must be at least 1 second and at most 10 years".to_owned()
                })?;
                ensure_time(*anchor)
            }
            Rule::Daily { .. } => Ok(()),
            Rule::Weekly { days, .. } => {
                ensure(!days.is_empty(), || "a weekly rule needs at least one day of the week".to_owned())
            }
            Rule::Monthly { day, .. } => {
                ensure((1..=31).contains(day), || format!("{day} is not a day of the month; use 1 to 31"))
            }
            Rule::Cron { expression } => {
                cron::pattern(expression)?;
                let comes = slots::next_after(self, &Zone::utc(), REFERENCE_AT).is_some();
                let problem = "such a day never comes, like the 30th of February".to_owned();
                let expression = cut(expression, MAX_CRON_BYTES).to_owned();
                if comes { Ok(()) } else { Err(RuleError::Cron { expression, problem }) }
            }
            Rule::Once { at } => ensure_time(*at),
            Rule::On { trigger } => trigger.validate(),
        }
    }

    /// Whether runs may be early by this much: from 0 to a day, less than the time between two runs, and only for rules
    /// that have slots.
    pub fn validate_flex(&self, flex_ms: i64) -> Result<(), RuleError> {
        let most = match self {
            Rule::Every { interval_ms, .. } => MAX_FLEX_MS.min(interval_ms.saturating_sub(1)),
            Rule::On { .. } => 0,
            _ => MAX_FLEX_MS,
        };
        ensure((0..=most).contains(&flex_ms), || match self {
            Rule::On { .. } => "a rule that waits for something to happen has no flex window".to_owned(),
            _ => "the flex window must be shorter than the time between two runs, and a day at most".to_owned(),
        })
    }
}

impl Trigger {
    fn validate(&self) -> Result<(), RuleError> {
        match self {
            Trigger::FolderChanged { path, settle_ms, max_delay_ms } => {
                ensure(!path.trim().is_empty() && path.len() <= MAX_NAME_BYTES && !path.contains('\0'), || {
                    "a rule on a folder needs the folder's path".to_owned()
                })?;
                ensure(0 <= *settle_ms && settle_ms <= max_delay_ms && *max_delay_ms <= MAX_SETTLE_MS, || {
                    "the settle time must not be longer than the maximum delay, and that a day at most".to_owned()
                })
            }
            Trigger::ScheduleEnded { schedule } => {
                ensure(*schedule > 0, || "a rule on the end of a schedule needs that schedule".to_owned())
            }
            Trigger::AppStart | Trigger::NetworkBack | Trigger::PluggedIn => Ok(()),
        }
    }
}

impl Missed {
    /// Whether the policy can be kept.
    pub fn validate(self) -> Result<(), RuleError> {
        let most = if let Missed::All { most } = self { most } else { 0 };
        ensure(most <= MAX_CAUGHT_UP, || format!("at most {MAX_CAUGHT_UP} missed runs are made up for"))
    }
}

/// The calendar of any 28 years holds every day that an expression can name.
const REFERENCE_AT: i64 = 1_704_067_200_000;

fn ensure_time(at: i64) -> Result<(), RuleError> {
    ensure((EARLIEST_AT..=LATEST_AT).contains(&at), || "the time must lie between 1970 and 2500".to_owned())
}

fn ensure(condition: bool, otherwise: impl FnOnce() -> String) -> Result<(), RuleError> {
    if condition { Ok(()) } else { Err(RuleError::Bounds(otherwise())) }
}
