//! The machine is about to sleep or to shut down: time to hand work back.

use std::any::Any;

/// Told around sleep and shutdown, where the system tells it (logind on Linux).
#[derive(Debug)]
pub enum Interruption {
    /// It comes as soon as the hold is dropped, or when the system waits no longer (logind: 5 seconds by default).
    Ahead {
        /// What comes.
        occasion: Occasion,
        /// Keeps it from coming.
        hold: Hold,
    },
    /// The machine woke up, or the shutdown was called off: work goes on.
    Over {
        /// What is over.
        occasion: Occasion,
    },
}

/// Why the machine stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// It is suspended or hibernates.
    Sleep,
    /// It is switched off or starts anew.
    Shutdown,
}

/// While this lives, the machine waits. The system may not have allowed that: then it waits for nobody.
#[derive(Debug)]
pub struct Hold(Option<Box<dyn Any + Send + Sync>>);

impl Hold {
    /// Holds the machine as long as the system's lock in it lives.
    pub fn new(lock: Option<impl Any + Send + Sync>) -> Self {
        Hold(lock.map(|lock| Box::new(lock) as _))
    }

    /// Whether the machine really waits.
    pub fn holds(&self) -> bool {
        self.0.is_some()
    }
}
