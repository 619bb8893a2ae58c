//! Options of `jobs`.

use super::Print;
use super::names::{MERGES, POLICIES, named, state};
use super::shared::{One, Terms};
use clap::{ArgGroup, Subcommand};
use legible_service::MAX_JOBS_PAGE;
use legible_service::api::{JobState, Merge, NamePolicy};

/// What to do with jobs.
#[derive(Debug, Subcommand)]
pub enum Jobs {
    /// List jobs, the running ones first
    List {
        /// Just jobs in this state; may be repeated
        #[arg(long, value_parser = state())]
        state: Vec<JobState>,
        /// Which jobs
        #[command(flatten)]
        of: Of,
        /// How many at most
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_JOBS_PAGE)))]
        limit: u32,
        /// How they are printed.
        #[command(flatten)]
        print: Print,
    },
    /// Show one job: what it waits for and what waits for it, what went in and came out, and its attempts
    Show(One),
    /// Put work into the queue: one job, or several that wait for each other
    Add(NewJobs),
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

/// New work.
#[derive(Debug, Default, clap::Args)]
pub struct NewJobs {
    /// What to do: read-new, read-newer-model, recognise-new, find-duplicates, rebuild, tidy, check-models, check-library or export; what
    /// is joined by + does not wait for each other, and what follows `then` waits for the success of all before it
    #[arg(required = true, value_name = "STEP")]
    pub steps: Vec<String>,
    /// When to begin: after this long, such as 20m
    #[arg(long = "in", value_name = "TIME", group = "begin")]
    pub after: Option<String>,
    /// When to begin: at this time, such as "2026-12-24 18:00"
    #[arg(long, value_name = "TIME", group = "begin")]
    pub at: Option<String>,
    /// Zone, needs and folder.
    #[command(flatten)]
    pub terms: Terms,
    /// A word to find and cancel the jobs by; may be repeated
    #[arg(long)]
    pub tag: Vec<String>,
    /// A name that only one piece of work holds at a time
    #[arg(long)]
    pub name: Option<String>,
    /// What happens when the name is held: the holder stays, is replaced, or the new work waits for it
    #[arg(long, requires = "name", value_parser = named::<NamePolicy>(POLICIES))]
    pub policy: Option<NamePolicy>,
    /// Higher runs earlier, from -1000 to 1000; 0 if not said, and -10 for the runs of schedules
    #[arg(long, allow_negative_numbers = true)]
    pub priority: Option<i32>,
    /// Ahead of all others, whatever the machine is like
    #[arg(long, conflicts_with_all = ["priority", "begin", "needs"])]
    pub now: bool,
    /// How often each job may be tried
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub attempts: Option<u32>,
    /// The waits between attempts, such as linear, exponential or exponential:10s..1h
    #[arg(long, value_name = "WAITS")]
    pub backoff: Option<String>,
    /// How long one attempt may take, such as 2h
    #[arg(long, value_name = "TIME")]
    pub budget: Option<String>,
    /// How long the jobs are listed after their end at least, such as 7d
    #[arg(long, value_name = "TIME")]
    pub keep_for: Option<String>,
    /// How what several jobs put out becomes what the next is given: overwrite has one value for each field, collect all
    #[arg(long, value_parser = named::<Merge>(MERGES))]
    pub merge: Option<Merge>,
    /// How the answer is printed.
    #[command(flatten)]
    pub print: Print,
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
    /// How the answer is printed.
    #[command(flatten)]
    pub print: Print,
}
