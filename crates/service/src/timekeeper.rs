//! Wakes the runner when the next schedule is due. The table of schedules is the truth; this only keeps the time, with
//! `tokio-cron-scheduler`, which is armed with the one next instant and armed anew after it.
//!
//! That scheduler looks at its clock twice a second, so it is there only during the last minute before an instant: a
//! program with nothing to do until tomorrow does not wake for it. The runner looks at the table once a minute anyway,
//! so that a machine that slept, or whose clock was set, wakes into the right state.

use crate::changes::{Bus, Changes};
use crate::limits::MAX_SLEEP;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tracing::warn;

/// The scheduler knows no shorter time.
const SHORTEST: Duration = Duration::from_secs(1);

/// A wake-up call.
pub struct Timekeeper {
    bus: Bus,
    armed: Option<Armed>,
}

/// A call that is to come, or came.
struct Armed {
    due: i64,
    scheduler: JobScheduler,
    called: Arc<AtomicBool>,
}

impl Timekeeper {
    /// One that is not armed. It calls by [`Bus::note`] with new work.
    pub fn new(bus: Bus) -> Self {
        Timekeeper { bus, armed: None }
    }

    /// Calls at `due`, in milliseconds since the Unix epoch, if that is within [`MAX_SLEEP`] of `now`; otherwise not, as
    /// the runner looks again by then. An earlier arming is forgotten.
    pub async fn arm(&mut self, due: Option<i64>, now: i64) {
        let soon = due.filter(|due| due.saturating_sub(now) <= millis(MAX_SLEEP));
        // One that called, though the wall clock is not there yet, has to call again.
        let stands = |armed: &Armed| Some(armed.due) == soon && !armed.called.load(Ordering::Relaxed);
        if self.armed.as_ref().map_or(soon.is_none(), stands) {
            return;
        }
        self.disarm().await;
        let Some(due) = soon else { return };
        let wait = Duration::from_millis(u64::try_from(due - now).unwrap_or(0));
        let called = Arc::new(AtomicBool::new(false));
        match call_after(wait, self.bus.clone(), called.clone()).await {
            Ok(scheduler) => self.armed = Some(Armed { due, scheduler, called }),
            Err(error) => warn!(%error, "the next schedule is seen within a minute of its time"),
        }
    }

    /// Forgets the call.
    pub async fn disarm(&mut self) {
        if let Some(Armed { mut scheduler, .. }) = self.armed.take()
            && let Err(error) = scheduler.shutdown().await
        {
            warn!(%error, "a wake-up call could not be cancelled");
        }
    }
}

/// The scheduler works in whole seconds and may be early by one; the rest is waited for here.
async fn call_after(wait: Duration, bus: Bus, called: Arc<AtomicBool>) -> Result<JobScheduler, JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    let deadline = Instant::now() + wait;
    let call = Job::new_one_shot_async(wait.max(SHORTEST), move |_, _| {
        let (bus, called) = (bus.clone(), called.clone());
        Box::pin(async move {
            tokio::time::sleep_until(deadline).await;
            called.store(true, Ordering::Relaxed);
            bus.note(Changes::work());
        })
    })?;
    scheduler.add(call).await?;
    scheduler.start().await?;
    Ok(scheduler)
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn calls_once_at_the_time_it_was_armed_for_last() {
        let bus = Bus::new();
        let mut timekeeper = Timekeeper::new(bus.clone());
        timekeeper.arm(Some(40_000), 0).await;
        timekeeper.arm(Some(1_000), 0).await;
        timekeeper.arm(Some(1_000), 900).await;
        let before = Instant::now();
        let called = tokio::time::timeout(Duration::from_secs(20), bus.work()).await;
        assert!(called.is_ok(), "nobody called");
        assert!(before.elapsed() >= Duration::from_millis(900), "it called early");
        timekeeper.arm(Some(1_000), 999).await;
        let again = tokio::time::timeout(Duration::from_secs(20), bus.work()).await;
        assert!(again.is_ok(), "one that called too early calls again");
        timekeeper.arm(Some(90_000), 0).await;
        assert!(timekeeper.armed.is_none(), "a time that is far away needs no call");
        timekeeper.disarm().await;
    }
}
