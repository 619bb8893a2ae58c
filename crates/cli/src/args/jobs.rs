//! Options of `jobs`.

use super::Print;
use super::names::{STATES, named};
use super::shared::One;
use clap::{ArgGroup, Subcommand};
use legible_service::MAX_JOBS_PAGE;
use legible_service::api::JobState;

/// What to do with jobs.
#[derive(Debug, Subcommand)]
pub enum Jobs {
    /// List jobs, the running ones first
    List {
        /// Just jobs in this state; may be repeated
        #[arg(long, value_parser = named::<JobState>(STATES))]
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
    /// Show one job with its attempts
    Show(One),
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
    /// How the answer is printed.
    #[command(flatten)]
    pub print: Print,
}
