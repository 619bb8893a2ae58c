//! Options of `schedules`.

use super::Print;
use super::names::{ACTIONS, OVERLAPS, named};
use super::shared::{Numbers, One, Terms};
use clap::Subcommand;
use legible_service::api::{Action, Overlap};

/// What to do with schedules.
#[derive(Debug, Subcommand)]
pub enum Schedules {
    /// List all schedules, each as a sentence, with its next run
    List(Print),
    /// Show one schedule: its next runs and its history
    Show(One),
    /// Make a schedule
    Add(NewSchedule),
    /// Change a schedule; what is not named stays
    Edit {
        /// The schedule's number
        id: i64,
        /// When it runs, as in `add`
        #[arg(long, value_name = "WHEN")]
        when: Option<String>,
        /// The rest of it
        #[command(flatten)]
        options: ScheduleOptions,
    },
    /// Switch schedules on
    On(Numbers),
    /// Switch schedules off
    Off(Numbers),
    /// Run schedules now, whatever their conditions
    Run(Numbers),
    /// Remove schedules
    Remove(Numbers),
}

/// A new schedule.
#[derive(Debug, clap::Args)]
pub struct NewSchedule {
    /// What it does
    #[arg(value_parser = named::<Action>(ACTIONS))]
    pub action: Action,
    /// When: every 15m, daily 02:30, weekly mon,thu 09:00, monthly 1 08:00, cron 30 2 * * *, at 2026-12-24 18:00, in 20m,
    /// on start, on network, on power, on folder PATH, on end NUMBER
    #[arg(required = true, value_name = "WHEN")]
    pub when: Vec<String>,
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
    /// Zone, needs and folder.
    #[command(flatten)]
    pub terms: Terms,
    /// What happens to missed times: skip, once, or how many at most
    #[arg(long)]
    pub missed: Option<String>,
    /// What a run does while the one before goes on
    #[arg(long, value_parser = named::<Overlap>(OVERLAPS))]
    pub overlap: Option<Overlap>,
    /// How much earlier than its time a run may start, in seconds
    #[arg(long, value_name = "SECONDS")]
    pub flex: Option<u32>,
    /// How it is printed.
    #[command(flatten)]
    pub print: Print,
}
