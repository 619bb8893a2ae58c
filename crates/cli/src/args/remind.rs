//! Options of `remind`.

use super::Print;
use super::shared::{Numbers, One};
use clap::Subcommand;

/// What to do with reminders.
#[derive(Debug, Subcommand)]
pub enum Remind {
    /// List all reminders, those that are due first
    List(Print),
    /// Make a reminder
    Add {
        /// What it says
        title: String,
        /// When: in 20m, at 2026-12-24 18:00, daily 09:00, weekly mon 09:00, monthly 1 08:00, on start
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
        /// How it is printed.
        #[command(flatten)]
        print: Print,
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
    /// Remove reminders
    Remove(Numbers),
    /// Show the due dates in the text of an image
    Suggest(One),
}
