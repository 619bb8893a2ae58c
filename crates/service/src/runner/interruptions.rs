//! The machine as the runner meets it: it changes, goes to sleep, wakes up and shuts down.

use super::Runner;
use crate::changes::Changes;
use crate::limits::{GOES_DOWN_WITHIN, MAX_SLEEP};
use crate::machine::{Hold, Interruption};
use legible_jobs::Stop;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::{info, warn};

/// The machine is about to sleep or to shut down.
pub(super) struct GoingDown {
    /// The machine waits until this is dropped.
    hold: Option<Hold>,
    /// When all was handed back. Clocks of this kind stand still while a machine sleeps.
    ready_at: Option<Instant>,
}

impl Runner {
    /// Hands everything back before the machine goes down, and goes on when it is up again.
    pub(super) fn interrupted(&mut self, interruption: Interruption) {
        match interruption {
            Interruption::Ahead { occasion, hold } => {
                info!(?occasion, "handing work back");
                self.going_down = Some(GoingDown { hold: Some(hold), ready_at: None });
                self.stop(&Stop::Sleep, |_| true);
            }
            Interruption::Over { .. } => self.going_down = None,
        }
    }

    /// How long to wait for the machine to go down, if it is about to. Lets it go once everything is handed back. One
    /// that stays up all the same, because somebody stopped it or who tells of it died, gets its work done.
    pub(super) fn waits_to_go_down(&mut self) -> Option<Duration> {
        let going = self.going_down.as_mut()?;
        if !self.running.is_empty() {
            return Some(MAX_SLEEP);
        }
        drop(going.hold.take());
        let left = GOES_DOWN_WITHIN.saturating_sub(going.ready_at.get_or_insert_with(Instant::now).elapsed());
        if left.is_zero() {
            warn!("the machine did not go down; work goes on");
            self.going_down = None;
            return None;
        }
        Some(left)
    }

    /// Takes in what the machine is like now, and starts what waited for such a change.
    pub(super) async fn look_around(&mut self) {
        let machine = self.surroundings.machine.borrow_and_update().clone();
        let events = machine.events_since(&self.machine);
        self.machine = machine;
        self.service.bus().note(Changes { machine: true, ..Changes::default() });
        self.trigger(&events).await;
    }
}

/// Waits for the machine to go down or come up.
pub(super) async fn next(from: &mut Option<mpsc::UnboundedReceiver<Interruption>>) -> Option<Interruption> {
    match from {
        Some(from) => from.recv().await,
        None => std::future::pending().await,
    }
}
