//! What the runner waits with: for a time, for the next tick, and for the end of the process.

use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};

/// Waits until the process is to stop. What holds the flag is not kept, so it may be waited for beside anything.
pub(super) async fn told_to_stop(stop: &mut watch::Receiver<bool>) {
    // A sender that is gone can tell nothing any more: that means stop too.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Waits for a time, or until the process is to stop.
pub(super) async fn pause(time: Duration, stop: &mut watch::Receiver<bool>) {
    tokio::select! {
        () = tokio::time::sleep(time) => {}
        () = told_to_stop(stop) => {}
    }
}

/// Ticks at once and then every `period`. Ticks that nobody waited for are not made up for.
pub(super) fn ticks(period: Duration) -> Interval {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
