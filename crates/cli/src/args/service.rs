//! Options of `run`, `workers` and `service`.

use super::Print;
use clap::Subcommand;

/// Options of `run`.
#[derive(Debug, clap::Args)]
pub struct Run {
    /// Leave once nothing is left to do
    #[arg(long)]
    pub until_idle: bool,
}

/// What to do with workers.
#[derive(Debug, Subcommand)]
pub enum Workers {
    /// List what runs just now
    List(Print),
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
    Status(Print),
}
