//! Why a running job is told to stop.

use crate::{Reason, Unmet};

/// Why a running job is told to stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// A person cancelled it, or replaced it by another.
    Cancelled,
    /// All work was paused.
    Paused,
    /// A person stopped its worker; the job goes back into the queue.
    Killed,
    /// The program ends.
    Quit,
    /// The machine goes to sleep or shuts down.
    Sleep,
    /// A condition it needs was lost.
    ConditionLost(Unmet),
    /// It ran longer than it may.
    Timeout {
        /// How long it may run, in milliseconds.
        budget_ms: i64,
    },
    /// Its lease was taken back.
    LeaseLost,
}

impl Stop {
    /// The code of [`Stop::Timeout`].
    pub const TIMEOUT: &'static str = "stopped.timeout";

    /// A stable name for programs.
    pub fn code(&self) -> String {
        match self {
            Stop::Cancelled => "stopped.cancelled".into(),
            Stop::Paused => "stopped.paused".into(),
            Stop::Killed => "stopped.killed".into(),
            Stop::Quit => "stopped.quit".into(),
            Stop::Sleep => "stopped.sleep".into(),
            Stop::ConditionLost(unmet) => format!("stopped.{}", unmet.code()),
            Stop::Timeout { .. } => Stop::TIMEOUT.into(),
            Stop::LeaseLost => "stopped.lease_lost".into(),
        }
    }

    /// Whether a reason with this code tells of a stop.
    pub fn is_code(code: &str) -> bool {
        code.starts_with("stopped.")
    }

    /// Why, for a person.
    pub fn words(&self) -> String {
        match self {
            Stop::Cancelled => "You cancelled it.".into(),
            Stop::Paused => "All work was paused.".into(),
            Stop::Killed => "You stopped its worker.".into(),
            Stop::Quit => "Legible was stopped.".into(),
            Stop::Sleep => "The computer went to sleep or was shut down.".into(),
            Stop::ConditionLost(unmet) => format!("It has to wait for {}.", unmet.words()),
            Stop::Timeout { budget_ms } => format!("It ran longer than its limit of {} s.", budget_ms / 1000),
            Stop::LeaseLost => "Its lease ran out, and the job was given back to the queue.".into(),
        }
    }

    /// The same as the reason of an attempt's end.
    pub fn reason(&self) -> Reason {
        Reason { code: self.code(), message: self.words(), hint: None }
    }
}
