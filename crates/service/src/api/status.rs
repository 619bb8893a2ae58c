//! The state of the whole: what the tray, the header and `legible doctor` show.

use super::WireError;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Arguments of commands that need none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NoArgs {}

/// The state of service and library at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Status {
    /// Which process does the work.
    pub runner: Runner,
    /// Whether a person paused the work.
    pub paused: bool,
    /// Images in the library, the trash left out.
    pub items: u32,
    /// Images that have text.
    pub with_text: u32,
    /// Images that could not be read.
    pub problems: u32,
    /// Images in the trash.
    pub trashed: u32,
    /// Jobs that wait for their turn.
    pub waiting: u32,
    /// Jobs that run now.
    pub running: u32,
    /// Jobs that failed and were not retried.
    pub failed: u32,
    /// The images that were read last, the latest first: health is output, not a living process.
    pub recent: Vec<RecentOutput>,
    /// The folder that holds the images.
    pub library_folder: String,
    /// Models that the default engine needs and that are missing; empty when reading works.
    pub missing_models: Vec<String>,
    /// Something the person should know and act on, such as a database that was set aside.
    pub notices: Vec<Notice>,
}

/// Which process runs the background service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Runner {
    /// This process.
    Here,
    /// Another process on this machine, such as `legible run`.
    Elsewhere,
    /// None: work waits.
    Nobody,
}

/// One of the newest readings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecentOutput {
    /// The item that was read.
    pub item: i64,
    /// Its name.
    pub name: String,
    /// When.
    pub at: i64,
}

/// A lasting problem of the whole program with the command that mends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Notice {
    /// What happened and what to do.
    pub error: WireError,
    /// What the button does.
    pub remedy: Option<Remedy>,
}

/// A remedy the window can offer as a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Fetch the missing models (`install_models`).
    InstallModels,
    /// Make the database anew from the library folder (`rebuild`).
    Rebuild,
    /// Choose another library folder (opens the settings).
    ChooseFolder,
    /// Go back to the default settings (`reset_settings`).
    ResetSettings,
}

/// What `legible doctor` looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Check {
    /// What was checked, such as "Models".
    pub name: String,
    /// How it is.
    pub health: Health,
    /// One line of detail.
    pub detail: String,
    /// What to do, when something is to be done.
    pub hint: Option<String>,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// All is well.
    Good,
    /// Works, with a limit.
    Limited,
    /// Does not work.
    Broken,
}

/// The result of the `doctor` command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Diagnosis {
    /// All checks.
    pub checks: Vec<Check>,
}
