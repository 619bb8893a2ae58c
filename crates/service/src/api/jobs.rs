//! Jobs and groups on the wire: the activity view and `legible jobs`.

use super::WireError;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for its turn or for its next attempt.
    Enqueued,
    /// Waits for another job.
    Blocked,
    /// Runs now.
    Running,
    /// Done.
    Succeeded,
    /// Gave up.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

/// One job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct JobView {
    /// The job's number.
    pub id: i64,
    /// What it does, such as `read`.
    pub kind: String,
    /// What it works on, in words.
    pub title: String,
    /// Where it stands.
    pub state: JobState,
    /// The item it works on.
    pub item: Option<i64>,
    /// The group it belongs to.
    pub group: Option<i64>,
    /// How far it is, 0 to 1.
    pub fraction: f32,
    /// What it does just now, in words.
    pub words: String,
    /// How often it was started.
    pub attempts: u32,
    /// How often it may be started.
    pub max_attempts: u32,
    /// Why the last attempt failed.
    pub error: Option<WireError>,
    /// When it was enqueued.
    pub created_at: i64,
    /// When the last attempt began.
    pub started_at: Option<i64>,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// When it may run next, while it waits.
    pub run_at: Option<i64>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Its unique name.
    pub name: Option<String>,
    /// Higher runs earlier.
    pub priority: i32,
    /// What it waits for, in words, such as "AC power"; empty when it only waits for its turn.
    pub waiting_for: Vec<String>,
    /// The jobs it waits for.
    pub blocked_by: Vec<i64>,
    /// The schedule that asked for it.
    pub schedule: Option<i64>,
    /// For which of the schedule's times it runs.
    pub scheduled_for: Option<i64>,
    /// Why its last attempt was stopped before its end, in words.
    pub stopped: Option<String>,
}

/// Which jobs to list or touch. Empty fields do not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct JobsQuery {
    /// Just these jobs.
    pub ids: Vec<i64>,
    /// Just these states.
    pub states: Vec<JobState>,
    /// Just this group.
    pub group: Option<i64>,
    /// Just jobs with this tag.
    pub tag: Option<String>,
    /// Just jobs with this in their title or their unique name, whatever its case.
    pub name: Option<String>,
    /// Just jobs with exactly this unique name.
    pub unique: Option<String>,
    /// Just the runs of this schedule.
    pub schedule: Option<i64>,
    /// Just these kinds.
    pub kinds: Vec<String>,
    /// How many to leave out from the start.
    pub offset: u32,
    /// How many at most; 0 means the default of 100.
    pub limit: u32,
}

/// One page of jobs, the running first, then the newest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct JobsPage {
    /// How many jobs match in all.
    pub total: u32,
    /// When all jobs were last cancelled at once, if they ever were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cancelled_all_at: Option<i64>,
    /// The jobs of this page.
    pub jobs: Vec<JobView>,
}

/// One job with its attempts and all that is known of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct JobDetail {
    /// The job.
    pub job: JobView,
    /// Its attempts, the first first.
    pub history: Vec<AttemptView>,
    /// What it needs of the machine, in words, such as "on AC power and connected"; empty if nothing.
    pub conditions: String,
    /// The jobs whose end, or success, it needs or needed.
    pub needs: Vec<i64>,
    /// The jobs that need or needed it.
    pub needed_by: Vec<i64>,
    /// How long one attempt may take, in milliseconds.
    pub budget_ms: Option<i64>,
    /// How long it is listed after its end at least, in milliseconds.
    pub keep_ms: Option<i64>,
    /// What it was given, with what the jobs before it put out.
    #[ts(type = "unknown")]
    pub input: serde_json::Value,
    /// What it put out.
    #[ts(type = "unknown")]
    pub output: serde_json::Value,
}

/// One attempt of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AttemptView {
    /// Its number, from 1.
    pub attempt: u32,
    /// When it began.
    pub started_at: i64,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// How it ended, such as `succeeded`, `failed`, `released`.
    pub outcome: Option<String>,
    /// Why.
    pub error: Option<WireError>,
}

/// Asks for one job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JobId {
    /// The job.
    pub id: i64,
}

/// Jobs that a person started together, such as one drop of many files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GroupView {
    /// The group's number.
    pub id: i64,
    /// What was started, in words.
    pub label: String,
    /// When.
    pub created_at: i64,
    /// When its last job ended; empty while it goes on.
    pub ended_at: Option<i64>,
    /// Images that came in with it.
    pub images: u32,
    /// Images of it that are done.
    pub done: u32,
    /// Those of them in which was recognised what they show; the others were read.
    pub recognised: u32,
    /// Images or files of it that failed.
    pub failed: u32,
    /// Images of it that a person cancelled.
    pub cancelled: u32,
    /// Images offered that the library had already.
    pub known: u32,
    /// Images that came back: from the trash, or with what the library folder knows of them.
    pub restored: u32,
    /// Files in the library folder that a rebuild could not use.
    pub unusable: u32,
    /// Whether its files are still being looked for: more images may come.
    pub gathering: bool,
    /// Whether a person cancelled it as a whole, before anything of it was done or while its files were looked for.
    pub stopped: bool,
}

/// The newest groups, running ones first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Groups {
    /// The groups.
    pub groups: Vec<GroupView>,
}

/// Pauses or resumes all work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetPaused {
    /// Whether work is to rest.
    pub paused: bool,
}

/// One thing that is being done just now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WorkerView {
    /// Its number.
    pub id: u64,
    /// What it does.
    pub what: String,
    /// The job it carries out.
    pub job: Option<i64>,
    /// How it stands.
    pub state: WorkerState,
    /// Since when.
    pub since: i64,
}

/// How a worker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WorkerState {
    /// It works.
    Running,
    /// It rests, from its next safe point on.
    Paused,
    /// It was told to stop and has not yet.
    Stopping,
}

/// All that is being done just now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Workers {
    /// The workers, the oldest first.
    pub workers: Vec<WorkerView>,
}

/// Pauses, resumes or stops a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ControlWorker {
    /// The worker.
    pub id: u64,
    /// What to do with it.
    pub action: WorkerAction,
}

/// What can be done with a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WorkerAction {
    /// Let it rest.
    Pause,
    /// Let it go on.
    Resume,
    /// Stop it. A job goes back into the queue.
    Kill,
}
