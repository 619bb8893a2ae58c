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
}

/// Which jobs to change.
#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("which").required(true)))]
pub struct Choice {
    /// Numbers of jobs
    #[arg(group = "which")]
    pub ids: Vec<i64>,
    /// All that can be changed so
    #[arg(long, group = "which")]
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
