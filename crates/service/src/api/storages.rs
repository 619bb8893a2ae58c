//! Storages on the wire: where the library folder is kept in step with, and what came of it.

use super::{Conditions, ItemCard, Rule, StoragePlace, WireError};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// All storages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Storages {
    /// The storages, the oldest first.
    pub storages: Vec<StorageView>,
    /// The zone of this system, for new ones.
    pub system_zone: String,
}

/// Which side may change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncDirection {
    /// Both are kept in step.
    #[default]
    Both,
    /// What is here goes up, as a backup: nothing is removed there, and nothing changes here.
    Up,
    /// What is there comes down: nothing changes there, and nothing is removed here.
    Down,
}

/// What of the library is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncContent {
    /// Images with all that is known of them.
    #[default]
    Library,
    /// What is known of the images, without these: it only goes up.
    Text,
    /// The text of the images as Markdown files, for other programs: it only goes up.
    Markdown,
}

/// A storage as a person sets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StorageDraft {
    /// The storage to change; none for a new one.
    pub id: Option<i64>,
    /// What a person calls it. Empty: where it is.
    pub name: String,
    /// Where it is.
    pub place: StoragePlace,
    /// What opens it, such as a password. It goes to the keychain and is never told; without one, that which is there stays.
    pub secret: Option<String>,
    /// The sign-in by which it is opened from now on, where a person signs in; without one, who is signed in stays so.
    #[serde(default)]
    pub sign_in: Option<i64>,
    /// Which side may change.
    pub direction: SyncDirection,
    /// What of the library is meant.
    #[serde(default)]
    pub content: SyncContent,
    /// The most that is moved, in kilobytes (1000 bytes) a second; none for as fast as it goes.
    pub kilobytes_a_second: Option<u32>,
    /// When it is brought in step by the clock; none for not by the clock.
    pub rule: Option<Rule>,
    /// Whether it is also brought in step soon after something changed on this machine.
    #[serde(default)]
    pub on_change: bool,
    /// The IANA name of the zone whose wall clock counts.
    pub zone: String,
    /// What it needs of the machine.
    pub conditions: Conditions,
    /// Whether it is brought in step by itself.
    pub enabled: bool,
}

/// A storage and what is known of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct StorageView {
    /// Its number.
    pub id: i64,
    /// How it is set, without its secret.
    pub draft: StorageDraft,
    /// Where it is and what is done with it, in a sentence.
    pub sentence: String,
    /// What it was found to do and not to do, in words.
    pub found: Vec<String>,
    /// The job that brings it in step or waits for that.
    pub job: Option<i64>,
    /// What that job is at, in words.
    pub doing: Option<String>,
    /// What it waits for.
    pub waiting_for: Vec<String>,
    /// When it is brought in step next by the clock, in milliseconds since the Unix epoch.
    pub next: Option<i64>,
    /// How many files are in step.
    pub in_step: u64,
    /// What came of the last time.
    pub last: Option<SyncResult>,
    /// Why the last time failed.
    pub problem: Option<SyncProblem>,
    /// Whether the last time was stopped before it was done; `last` tells of the time before.
    pub stopped: bool,
    /// Whether what goes on is held by a person, until it is resumed or a long pause ends by itself.
    pub held: bool,
}

/// Why a storage could not be brought in step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SyncProblem {
    /// When, in milliseconds since the Unix epoch.
    pub at: i64,
    /// Why.
    pub error: WireError,
}

/// What came of bringing a storage in step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct SyncResult {
    /// When it ended, in milliseconds since the Unix epoch.
    pub at: i64,
    /// Files that went up.
    pub uploaded: u32,
    /// Files that came down.
    pub downloaded: u32,
    /// Files that were removed from the storage.
    pub removed: u32,
    /// Files that went to the trash here.
    pub put_away: u32,
    /// Files that both sides changed, made one.
    pub merged: u32,
    /// Files that were the same on both sides already.
    pub adopted: u32,
    /// Where the versions of this machine lie that are kept beside those of others.
    pub kept_both: Vec<String>,
    /// Bytes that were moved.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Files that could not be brought in step: the first of them.
    pub problems: Vec<FileProblem>,
    /// How many those are.
    pub problem_count: u32,
    /// What a person is to agree to before anything is done.
    pub questions: Vec<SyncQuestion>,
    /// Files that changed meanwhile and are left for the next time, which comes soon: the first of them. Those that were left the time before
    /// too are among `problems` as well.
    pub left: Vec<String>,
}

/// How far bringing a storage in step is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SyncProgress {
    /// The storage.
    pub storage: i64,
    /// How many files there are to do.
    #[ts(type = "number")]
    pub files: u64,
    /// How many of them are done.
    #[ts(type = "number")]
    pub files_done: u64,
    /// How many bytes there are to move.
    #[ts(type = "number")]
    pub bytes: u64,
    /// How many of them were moved.
    #[ts(type = "number")]
    pub bytes_done: u64,
    /// How much is done, 0 to 1, files and bytes weighed against each other.
    pub fraction: f32,
    /// How many seconds it may still take, once that can be guessed.
    pub seconds_left: Option<u32>,
    /// The files that are on their way: the first of them.
    pub under_way: Vec<SyncStep>,
}

/// Files that were moved to or from a storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncTransfers {
    /// The last ones, the newest first.
    pub transfers: Vec<SyncTransfer>,
}

/// A file that was moved, merged or removed, or was to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncTransfer {
    /// When that ended, in milliseconds since the Unix epoch.
    pub at: i64,
    /// Which file.
    pub path: String,
    /// What was done with it.
    pub what: SyncWhat,
    /// How many bytes were moved.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Why it could not be done, for a person; none where it was.
    pub problem: Option<String>,
}

/// A file that could not be brought in step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FileProblem {
    /// Its name.
    pub name: String,
    /// Why, for a person.
    pub message: String,
}

/// What a person is to agree to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SyncQuestion {
    /// Both sides have files and were never in step.
    FirstMeeting {
        /// How many are here.
        local: u32,
        /// How many are there.
        remote: u32,
    },
    /// A side that had files has none.
    Empty {
        /// Whether it is the storage, or else this machine.
        remote: bool,
        /// How many were in step.
        had: u32,
    },
    /// The folder on the storage is not the one that was kept in step.
    OtherFolder {
        /// Whether it is marked as another one, or else has no mark at all.
        marked: bool,
        /// What a person says that it is; none where that is asked.
        #[serde(default)]
        answer: Option<FolderIs>,
    },
    /// Many files would be deleted on a side, or replaced.
    ManyDeletes {
        /// Whether on the storage, or else on this machine.
        remote: bool,
        /// How many.
        deletes: u32,
        /// Out of how many.
        of: u32,
    },
}

/// What a folder on a storage is that is not marked as the one that was kept in step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FolderIs {
    /// The same one: what is missing there was deleted.
    Same,
    /// Another one, to begin anew with: nothing is deleted, and both sides are put together.
    New,
}

/// What would be done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncPlan {
    /// File by file: the first of them.
    pub steps: Vec<SyncStep>,
    /// How many there are.
    pub count: u32,
    /// How many there are of each kind that there is.
    pub counts: Vec<SyncCount>,
    /// How many bytes are moved.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Files that are left alone: the first of them.
    pub problems: Vec<FileProblem>,
    /// How many those are.
    pub problem_count: u32,
    /// What a person is to agree to before.
    pub questions: Vec<SyncQuestion>,
}

/// How many files one thing would be done with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncCount {
    /// What.
    pub what: SyncWhat,
    /// How many files.
    pub files: u32,
    /// How many bytes are moved for it.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// What would be done with one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncStep {
    /// Which.
    pub path: String,
    /// What.
    pub what: SyncWhat,
    /// How many bytes are moved.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// What is done with one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncWhat {
    /// It goes up.
    Upload,
    /// It comes down.
    Download,
    /// It is removed from the storage.
    RemoveThere,
    /// It goes to the trash here.
    TrashHere,
    /// Both sides have it: it is compared, and merged or kept twice if it differs.
    Compare,
    /// It is gone on both sides.
    Forget,
}

/// Images of which two versions were kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SyncConflicts {
    /// Those that nobody has settled yet, in the order of their names.
    pub conflicts: Vec<SyncConflict>,
}

/// An image that two machines changed. It is settled by keeping one of both, or by telling them apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SyncConflict {
    /// The path of the image in the library folder.
    pub of: String,
    /// The machine that kept its own version beside.
    pub device: String,
    /// Whether that is this one.
    pub here: bool,
    /// The day on which it did: `2026-11-22`.
    pub day: String,
    /// The version of that machine.
    pub card: ItemCard,
    /// Where it lies in the library folder.
    pub path: String,
    /// The size of its file, in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// The version that has the name; where that one is gone, the first of those that were kept beside.
    pub other: ItemCard,
    /// Where it lies in the library folder.
    pub other_path: String,
    /// The size of its file, in bytes.
    #[ts(type = "number")]
    pub other_bytes: u64,
}

/// Switches a storage on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EnableStorage {
    /// Its number.
    pub id: i64,
    /// Whether it is brought in step by itself.
    pub enabled: bool,
}

/// A storage by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StorageRef {
    /// Its number.
    pub id: i64,
}

/// Asks what would be done with a storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PlanStorage {
    /// Its number.
    pub id: i64,
    /// What its folder is said to be, if it is not marked as the one that was kept in step.
    #[serde(default)]
    pub folder: Option<FolderIs>,
}

/// Has a storage brought in step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncNow {
    /// Its number.
    pub id: i64,
    /// What a person agrees to, as it was asked.
    pub agreed: Vec<SyncQuestion>,
}
