//! What the service tells while it works: one enum for window, tray, notifier and CLI.

use super::{GroupView, JobView, Settings, Status, SyncProgress, WireError};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Something happened. Events say *that* something changed; the truth is asked for by command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// Items came, changed or went: the lists are to be asked for anew. Sent at most a few times a second.
    ItemsChanged {
        /// The items; empty when there were too many to name.
        ids: Vec<i64>,
    },
    /// A job came to another state.
    JobChanged {
        /// The job.
        job: Box<JobView>,
    },
    /// A running job went on.
    Progress {
        /// The job.
        job: i64,
        /// The item it works on.
        item: Option<i64>,
        /// How far it is, 0 to 1.
        fraction: f32,
        /// What it does just now, in words.
        words: String,
    },
    /// A group went on.
    GroupChanged {
        /// The group.
        group: GroupView,
    },
    /// A group ended: the moment for a notification.
    GroupEnded {
        /// The group.
        group: GroupView,
        /// The item to open, when there is just one.
        item: Option<i64>,
        /// The first failure, to say what went wrong.
        error: Option<WireError>,
    },
    /// The state of the whole changed.
    StatusChanged {
        /// The new state.
        status: Status,
    },
    /// The settings were changed.
    SettingsChanged {
        /// The new settings.
        settings: Box<Settings>,
    },
    /// Schedules were changed, or came to their time.
    SchedulesChanged {},
    /// Sources were changed, or one looked.
    SourcesChanged {},
    /// Storages were changed, or one was brought in step.
    StoragesChanged {},
    /// Bringing a storage in step went on. Sent at most a few times a second.
    StorageProgress {
        /// How far it is.
        progress: SyncProgress,
    },
    /// Reminders were changed, or one is due.
    RemindersChanged {},
    /// Models are being fetched.
    ModelProgress {
        /// Which one.
        model: String,
        /// Bytes here.
        done: u64,
        /// Bytes in all.
        total: u64,
    },
    /// A model is being added from a file.
    ModelStep {
        /// What is being done just now, in words.
        words: String,
    },
}
