//! When schedules run: rules, and the moments ("slots") that they name.
//!
//! Everything here is arithmetic on milliseconds since the Unix epoch; "now" is passed in. A rule that looks at the wall
//! clock is read in an IANA time [`Zone`], and where the clock of a zone jumps:
//!
//! - a time that the clock leaps over runs once at the next valid minute, however many slots the leap swallowed
//!   (02:30 in the spring gap runs at 03:00; the day that Samoa left out in 2011 has its run at midnight after it);
//! - a time that comes twice runs once, the first time.
//!
//! The exception is a cron expression for **every hour** (its hour field is `*` or lists all 24): it counts the minutes of
//! each hour as they pass. In a leap it has no extra run, and in a repeated hour it runs in both passes, so `*/30 * * * *`
//! comes every half hour of real time throughout. `*/15 1-5 * * *` names hours, so it pauses in the second pass.
//!
//! [`Rule::Every`] counts elapsed time only and knows no wall clock.

mod cron;
mod due;
mod parse;
mod pattern;
mod slots;
mod time_of_day;
mod validate;
mod words;
mod zone;

pub use due::{Due, due};
pub use parse::parse;
pub use slots::{last_until, next_after, opens_at, preview, slots_between};
pub use time_of_day::TimeOfDay;
pub use zone::Zone;

use serde::{Deserialize, Serialize};

/// When a schedule runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Rule {
    /// At the anchor and each `interval_ms` of elapsed time after it, never before it.
    Every {
        /// Milliseconds between two slots.
        interval_ms: i64,
        /// The first slot, in milliseconds since the Unix epoch.
        anchor: i64,
    },
    /// Every day.
    Daily {
        /// When on the day.
        at: TimeOfDay,
    },
    /// On some days of the week.
    Weekly {
        /// The days; order and repetition mean nothing.
        days: Vec<Weekday>,
        /// When on these days.
        at: TimeOfDay,
    },
    /// Once a month.
    Monthly {
        /// Day of the month from 1 to 31; a month without that day has its run on its last one.
        day: u8,
        /// When on that day.
        at: TimeOfDay,
    },
    /// At the times of a cron expression.
    Cron {
        /// Five fields (minute, hour, day of the month, month, weekday), or six with the second first, with names
        /// (`MON`, `JAN`), `L`, `W`, `#` and `+` as croner has them; or `@hourly`, `@daily`, `@weekly`, `@monthly`,
        /// `@yearly`.
        expression: String,
    },
    /// Once.
    Once {
        /// The moment, in milliseconds since the Unix epoch.
        at: i64,
    },
    /// When something happens. Such a rule has no slots.
    On {
        /// What happens.
        trigger: Trigger,
    },
}

/// What starts a run without a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "snake_case")]
pub enum Trigger {
    /// Something in a folder changed.
    FolderChanged {
        /// The folder.
        path: String,
        /// The run waits until nothing changed for this long, in milliseconds …
        settle_ms: i64,
        /// … but no longer than this after the first change.
        max_delay_ms: i64,
    },
    /// Legible starts.
    AppStart,
    /// Other machines can be reached again.
    NetworkBack,
    /// Mains power came back.
    PluggedIn,
    /// A run of another schedule ended.
    ScheduleEnded {
        /// The other schedule's number.
        schedule: i64,
    },
}

/// What happens with slots that passed while nobody could run them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "missed", rename_all = "snake_case")]
pub enum Missed {
    /// They are left out.
    Skip,
    /// One run makes up for all.
    Once,
    /// Each is made up for, the newest `most` of them.
    All {
        /// Most runs at a time, together with one that is on time; 0 is the same as [`Missed::Skip`] and 1 the same as
        /// [`Missed::Once`].
        most: u32,
    },
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// All days, from Monday on.
    pub const ALL: [Weekday; 7] = {
        use Weekday::*;
        [Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday]
    };
}

/// Why a rule, a zone or the text of one is not usable. Made for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// No such time zone.
    #[error("there is no time zone {0:?}; write one like Europe/Berlin or UTC")]
    Zone(String),
    /// Not a time of day.
    #[error("{0:?} is not a time of day; write one like 02:30")]
    TimeOfDay(String),
    /// A cron expression that cannot be read.
    #[error("the cron expression {expression:?} is not usable: {problem}")]
    Cron {
        /// The expression, cut if it is long.
        expression: String,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// A field is out of its bounds.
    #[error("{0}")]
    Bounds(String),
    /// Text that is no rule.
    #[error("{text:?} is not a rule; {hint}")]
    Text {
        /// The text, cut if it is long.
        text: String,
        /// What would be right.
        hint: &'static str,
    },
}
