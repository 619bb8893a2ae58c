//! The command line: verbs and their options.

use clap::{ArgGroup, Parser, Subcommand, ValueEnum};
use legible_service::{MAX_ITEMS_PAGE, MAX_JOBS_PAGE};
use std::ffi::OsString;
use std::path::PathBuf;

/// Makes every image on this computer readable and findable.
///
/// Without a verb it opens the app. Everything stays on this machine.
#[derive(Debug, Parser)]
#[command(name = "legible", version, max_term_width = 100)]
#[command(after_help = "Exit status: 0 all went well, 1 an error or nothing found, 2 some of several things failed.\n\
    Environment: LEGIBLE_HOME (one directory for all data), LEGIBLE_MODELS_DIR (searched for models first), \
    LEGIBLE_LOG (what to log on standard error, such as info or debug).")]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Read the text in images and print it; the library is not touched
    Read(Read),
    /// Add images, or folders with all images in them, to the library
    Add(Add),
    /// Find images in the library by their text, name, tags or notes
    Search(Search),
    /// Look at the queue and change it
    Jobs {
        /// What to do with jobs.
        #[command(subcommand)]
        verb: Jobs,
    },
    /// Look at schedules, make, change, run and remove them
    Schedules {
        /// What to do with schedules.
        #[command(subcommand)]
        verb: Schedules,
    },
    /// Be reminded of something, once or again and again
    Remind {
        /// What to do with reminders.
        #[command(subcommand)]
        verb: Remind,
    },
    /// Look at what runs just now, pause, resume or stop it
    Workers {
        /// What to do with workers.
        #[command(subcommand)]
        verb: Workers,
    },
    /// Have the service run in the background of your session without the app (systemd)
    Service {
        /// What to do with the service.
        #[command(subcommand)]
        verb: ServiceVerb,
    },
    /// Rest: running jobs go back to the queue, until `legible resume`
    Pause,
    /// Go on after `legible pause`
    Resume,
    /// Run the background service without a window, until interrupted
    Run(Run),
    /// Make the database anew from the library folder
    Rebuild(Rebuild),
    /// Look at the models and install them
    Models {
        /// What to do with models.
        #[command(subcommand)]
        verb: Models,
    },
    /// Check models, folders, database, tray and notifications
    Doctor(Doctor),
    /// Serve as worker process (started by Legible itself)
    #[command(hide = true)]
    VisionWorker {
        /// Limits and model directories.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
}

/// Options of `read`.
#[derive(Debug, clap::Args)]
pub struct Read {
    /// Images; - reads one from standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// How to print what was read
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// The engine that reads
    #[arg(long, default_value = "ppocr", value_parser = ["ppocr", "ocrs"])]
    pub engine: String,
}

/// How readings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The text; files are separated by an empty line
    Text,
    /// One JSON object a line and file: lines with polygons in pixels, words, confidences
    Json,
}

/// Options of `add`.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Stay until all is read; runs the service in this process if no other does
    #[arg(long)]
    pub wait: bool,
}

/// Options of `search`.
#[derive(Debug, clap::Args)]
pub struct Search {
    /// Words, "phrases" and -exclusions (after --, or within one argument); the last word may be the beginning of one
    #[arg(required = true, value_name = "QUERY")]
    pub query: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// How many images at most
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_ITEMS_PAGE)))]
    pub limit: u32,
}

/// Options of `rebuild`.
#[derive(Debug, clap::Args)]
pub struct Rebuild {
    /// Stay until it is done; runs the service in this process if no other does
    #[arg(long)]
    pub wait: bool,
}

/// Options of `run`.
#[derive(Debug, clap::Args)]
pub struct Run {
    /// Leave once nothing is left to do
    #[arg(long)]
    pub until_idle: bool,
}

/// Options of `doctor`.
#[derive(Debug, clap::Args)]
pub struct Doctor {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// What to do with jobs.
#[derive(Debug, Subcommand)]
pub enum Jobs {
    /// List jobs, the running ones first
    List {
        /// Just jobs in this state; may be repeated
        #[arg(long, value_enum)]
        state: Vec<State>,
        /// Which jobs
        #[command(flatten)]
        of: Of,
        /// How many at most
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_JOBS_PAGE)))]
        limit: u32,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Show one job with its attempts
    Show {
        /// The job's number
        id: i64,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Cancel waiting and running jobs
    Cancel(Choice),
    /// Start failed and cancelled jobs again
    Retry(Choice),
    /// Run waiting jobs ahead of all others, whatever they wait for
    Now(Choice),
    /// Forget ended jobs
    Prune(Choice),
    /// Show what happens to jobs as it happens, until interrupted
    Watch {
        /// Print one JSON object for each event
        #[arg(long)]
        json: bool,
    },
}

/// Jobs by what they have in common.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Of {
    /// Jobs with this tag
    #[arg(long, group = "which")]
    pub tag: Option<String>,
    /// Jobs with this unique name
    #[arg(long, group = "which")]
    pub name: Option<String>,
    /// Runs of this schedule
    #[arg(long, group = "which", value_name = "NUMBER")]
    pub schedule: Option<i64>,
    /// Jobs of this kind, such as read; may be repeated
    #[arg(long, group = "which")]
    pub kind: Vec<String>,
}

/// Which jobs to change.
#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("which").required(true).multiple(true)))]
pub struct Choice {
    /// Numbers of jobs
    #[arg(group = "which")]
    pub ids: Vec<i64>,
    /// What they have in common
    #[command(flatten)]
    pub of: Of,
    /// All that can be changed so
    #[arg(long, group = "which", conflicts_with_all = ["ids", "tag", "name", "schedule", "kind"])]
    pub all: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// The state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names say it, and doc comments would show up in the help")]
pub enum State {
    Enqueued,
    Blocked,
    Running,
    Succeeded,
    Failed,
    Cancelled,
}

/// What to do with models.
#[derive(Debug, Subcommand)]
pub enum Models {
    /// List all models and whether they are here
    List {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Install models: the default ones that are missing, or those named
    Install {
        /// Names of models
        ids: Vec<String>,
    },
    /// Check the content of all installed models
    Verify,
    /// Add a model from a file; it is known by its content
    Add {
        /// The file
        file: PathBuf,
    },
}

/// What to do with schedules.
#[derive(Debug, Subcommand)]
pub enum Schedules {
    /// List all schedules, each as a sentence, with its next run
    List {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Show one schedule: its next runs and its history
    Show {
        /// The schedule's number
        id: i64,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Make a schedule
    Add(NewSchedule),
    /// Change a schedule; what is not named stays
    Edit {
        /// The schedule's number
        id: i64,
        /// What to change
        #[command(flatten)]
        change: ScheduleChange,
    },
    /// Switch schedules on
    On {
        /// Their numbers
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// Switch schedules off
    Off {
        /// Their numbers
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// Run schedules now, whatever their conditions
    Run {
        /// Their numbers
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// Remove schedules
    Remove {
        /// Their numbers
        #[arg(required = true)]
        ids: Vec<i64>,
    },
}

/// A new schedule.
#[derive(Debug, clap::Args)]
pub struct NewSchedule {
    /// What it does
    #[arg(value_enum)]
    pub action: Action,
    /// When: every 15m, daily 02:30, weekly mon,thu 09:00, monthly 1 08:00, cron 30 2 * * *, at 2026-12-24 18:00, in 20m,
    /// on start, on network, on power, on folder PATH, on end NUMBER
    #[arg(required = true, value_name = "WHEN")]
    pub when: Vec<String>,
    /// The rest of it
    #[command(flatten)]
    pub change: ScheduleOptions,
}

/// A change of a schedule.
#[derive(Debug, clap::Args)]
pub struct ScheduleChange {
    /// When it runs, as in `add`
    #[arg(long, value_name = "WHEN")]
    pub when: Option<String>,
    /// The rest of it
    #[command(flatten)]
    pub options: ScheduleOptions,
}

/// What can be said of a schedule beside what it does and when.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ScheduleOptions {
    /// What to call it
    #[arg(long)]
    pub title: Option<String>,
    /// The time zone whose clock counts, such as Europe/Berlin
    #[arg(long)]
    pub zone: Option<String>,
    /// What it needs; may be repeated: ac, battery, disk, idle:MINUTES, network, unmetered, metered, hours:22:00-06:00, none
    #[arg(long, value_name = "NEED")]
    pub needs: Vec<String>,
    /// What happens to missed times: skip, once, or how many at most
    #[arg(long)]
    pub missed: Option<String>,
    /// What a run does while the one before goes on
    #[arg(long, value_enum)]
    pub overlap: Option<Overlap>,
    /// How much earlier than its time a run may start, in seconds
    #[arg(long, value_name = "SECONDS")]
    pub flex: Option<u32>,
    /// The folder that export writes to
    #[arg(long)]
    pub folder: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// What a schedule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names say it, and doc comments would show up in the help")]
pub enum Action {
    ReadNew,
    ReadNewerModel,
    FindDuplicates,
    Rebuild,
    Tidy,
    CheckModels,
    CheckLibrary,
    Export,
}

/// What a run does while the one before goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names say it, and doc comments would show up in the help")]
pub enum Overlap {
    Skip,
    Queue,
    Replace,
    Allow,
}

/// What to do with reminders.
#[derive(Debug, Subcommand)]
pub enum Remind {
    /// List all reminders, those that are due first
    List {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Make a reminder
    Add {
        /// What it says
        title: String,
        /// When: in 20m, at 2026-12-24 18:00, daily 09:00, weekly mon 09:00, monthly 1 08:00
        #[arg(required = true, value_name = "WHEN")]
        when: Vec<String>,
        /// More of it
        #[arg(long, default_value = "")]
        note: String,
        /// The image it is about
        #[arg(long)]
        item: Option<i64>,
        /// The time zone whose clock counts
        #[arg(long)]
        zone: Option<String>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Put a reminder off
    Snooze {
        /// The reminder's number
        id: i64,
        /// For how many minutes
        #[arg(default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=525_600))]
        minutes: u32,
    },
    /// Say that what a reminder is about is done
    Done {
        /// The reminder's number
        id: i64,
    },
    /// Remove a reminder
    Remove {
        /// The reminder's number
        id: i64,
    },
    /// Show the due dates in the text of an image
    Suggest {
        /// The image's number
        item: i64,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// What to do with workers.
#[derive(Debug, Subcommand)]
pub enum Workers {
    /// List what runs just now
    List {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Let a worker rest from its next safe point on
    Pause {
        /// The worker's number
        id: u64,
    },
    /// Let a worker go on
    Resume {
        /// The worker's number
        id: u64,
    },
    /// Stop a worker; its job goes back into the queue
    Stop {
        /// The worker's number
        id: u64,
    },
}

/// What to do with the service.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ServiceVerb {
    /// Have `legible run` start with your session and restart after a crash
    Install,
    /// Undo that, and stop it
    Remove,
    /// Say whether it is installed and runs, and what it did last
    Status {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}
