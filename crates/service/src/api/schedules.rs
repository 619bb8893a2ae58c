//! Schedules on the wire: work that is done again and again.

use super::{Conditions, JobState, WireError};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// All schedules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Schedules {
    /// The schedules, the oldest first.
    pub schedules: Vec<ScheduleView>,
    /// Those that cannot be read, the oldest first.
    pub broken: Vec<BrokenSchedule>,
    /// The names of all time zones.
    pub zones: Vec<String>,
    /// The zone of this system.
    pub system_zone: String,
}

/// A schedule as a person sets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ScheduleDraft {
    /// The schedule to change; none for a new one.
    pub id: Option<i64>,
    /// What a person calls it. Empty: what it does.
    pub title: String,
    /// What it does.
    pub action: Action,
    /// The folder that it writes to, where it does.
    pub folder: Option<String>,
    /// When it runs.
    pub rule: Rule,
    /// The IANA name of the zone whose wall clock counts.
    pub zone: String,
    /// What it needs of the machine.
    pub conditions: Conditions,
    /// What happens to times that were missed.
    pub missed: Missed,
    /// What a run does while the one before goes on.
    pub overlap: Overlap,
    /// How much earlier than its time a run may start, in seconds.
    pub flex_seconds: Option<u32>,
    /// Whether it runs.
    pub enabled: bool,
}

/// What a schedule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Reads images that have not been read.
    ReadNew,
    /// Reads images again that an older model read.
    ReadNewerModel,
    /// Recognises what images show that no program of this version or model has looked at.
    RecogniseNew,
    /// Looks for images that look alike.
    FindDuplicates,
    /// Makes the database anew from the library folder.
    Rebuild,
    /// Empties the trash of what lies there long, and deletes what nobody needs.
    Tidy,
    /// Checks that the models are whole.
    CheckModels,
    /// Checks that the originals are there and unchanged.
    CheckLibrary,
    /// Writes the texts as Markdown files into a folder.
    Export,
}

/// When a schedule runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Rule {
    /// Again and again.
    Every {
        /// Seconds from one to the next.
        seconds: u32,
    },
    /// Every day.
    Daily {
        /// When, such as `02:30`.
        at: String,
    },
    /// On some days of the week.
    Weekly {
        /// The days.
        days: Vec<Weekday>,
        /// When.
        at: String,
    },
    /// Once a month.
    Monthly {
        /// The day, 1 to 31; in a month without it, the last one.
        day: u8,
        /// When.
        at: String,
    },
    /// As a cron expression says.
    Cron {
        /// Five fields, or six with seconds first.
        expression: String,
    },
    /// Once.
    Once {
        /// When, in milliseconds since the Unix epoch.
        at: i64,
    },
    /// When something happens.
    On {
        /// What.
        trigger: Trigger,
    },
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
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

/// Something that starts a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Trigger {
    /// A folder changed.
    FolderChanged {
        /// The folder.
        path: String,
        /// How long nothing must change before it runs, in seconds.
        settle_seconds: u32,
        /// How long after the first change it runs at the latest, in seconds.
        max_delay_seconds: u32,
    },
    /// Legible started.
    AppStart,
    /// The network came back.
    NetworkBack,
    /// The power cable was plugged in.
    PluggedIn,
    /// Another schedule's run ended.
    ScheduleEnded {
        /// The other schedule.
        schedule: i64,
    },
}

/// What happens to times that were missed, because the program or the machine was off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Missed {
    /// They are left out.
    Skip,
    /// One run makes up for all.
    Once,
    /// Each is made up for, the newest ones.
    All {
        /// How many at most.
        most: u32,
    },
}

/// What a run does while the one before goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Overlap {
    /// It is left out.
    Skip,
    /// It waits.
    Queue,
    /// It takes its place.
    Replace,
    /// It runs beside it.
    Allow,
}

/// A schedule with what is known of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ScheduleView {
    /// Its number.
    pub id: i64,
    /// What was set.
    pub draft: ScheduleDraft,
    /// Whether it came with the program; it can be changed and switched off, not removed.
    pub built_in: bool,
    /// All of it in one sentence.
    pub sentence: String,
    /// When it runs next; empty when it waits for an event, is off, or never runs again.
    pub next: Option<i64>,
    /// When it runs next, up to five times.
    pub next_runs: Vec<i64>,
    /// The run that has not ended.
    pub active: Option<RunView>,
    /// What that run waits for.
    pub waiting_for: Vec<String>,
    /// The run that ended last.
    pub last: Option<RunView>,
    /// How many of its times were not run: missed, or the run before went on.
    pub skipped: u32,
    /// When it was changed.
    pub changed_at: i64,
    /// Why it does not run, in words: its time zone is no longer known, say. Saving it anew mends it.
    pub problem: Option<String>,
}

/// A schedule, or a reminder, that this version of the program cannot read. It does not run and can only be removed; one
/// that came with the program then comes back as it was shipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BrokenSchedule {
    /// Its number.
    pub id: i64,
    /// What a person calls it.
    pub title: String,
    /// What cannot be read, in words.
    pub problem: String,
}

/// One run of a schedule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RunView {
    /// Its job.
    pub job: i64,
    /// For which of the schedule's times, or when a person asked for it.
    pub scheduled_for: i64,
    /// When it began.
    pub started_at: Option<i64>,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// How it stands.
    pub state: JobState,
    /// What it did, or is doing, in words.
    pub words: String,
    /// Why it failed.
    pub error: Option<WireError>,
}

/// What a draft would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SchedulePreview {
    /// All of it in one sentence.
    pub sentence: String,
    /// When it would run next, up to five times.
    pub next_runs: Vec<i64>,
    /// Why it cannot be saved.
    pub problem: Option<WireError>,
}

/// Names a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ScheduleRef {
    /// The schedule.
    pub id: i64,
}

/// Switches a schedule on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EnableSchedule {
    /// The schedule.
    pub id: i64,
    /// Whether it is to run.
    pub enabled: bool,
}
