//! Wakes the runner when the next schedule is due. The table of schedules is the truth; this only keeps the time, with
//! `tokio-cron-scheduler`, which is armed with the one next instant and armed anew after it.
//!
//! That scheduler looks at its clock twice a second, so it is there only while something is due within the hour: a
//! program with nothing to do until tomorrow does not wake for it. The runner looks at the table once a minute anyway,
//! so that a machine that slept, or whose clock was set, wakes into the right state.

use crate::changes::{Bus, Changes};
use crate::clock::millis;
use crate::limits::MAX_SLEEP;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tracing::warn;
use uuid::Uuid;

/// How far away the next schedule is at most while the scheduler is kept.
const KEPT_FOR: Duration = Duration::from_secs(60 * 60);

/// The scheduler knows no shorter time.
const SHORTEST: Duration = Duration::from_secs(1);

/// A wake-up call.
pub struct Timekeeper {
    bus: Bus,
    /// There while something is due within [`KEPT_FOR`]. One that is shut down leaves some memory behind, so it is not
    /// made anew for each call.
    scheduler: Option<JobScheduler>,
    armed: Option<Armed>,
}

/// A call that is to come, or came.
struct Armed {
    due: i64,
    job: Uuid,
    called: Arc<AtomicBool>,
}

impl Timekeeper {
    /// One that is not armed. It calls by [`Bus::note`] with new work.
    pub fn new(bus: Bus) -> Self {
        Timekeeper { bus, scheduler: None, armed: None }
    }

    /// Calls at `due`, in milliseconds since the Unix epoch, if that is within [`MAX_SLEEP`] of `now`; otherwise not, as
    /// the runner looks again by then. An earlier arming is forgotten.
    pub async fn arm(&mut self, due: Option<i64>, now: i64) {
        let within = |time: Duration| due.filter(|due| due.saturating_sub(now) <= millis(time));
        let soon = within(MAX_SLEEP);
        // One that called, though the wall clock is not there yet, has to call again.
        let stands = |armed: &Armed| Some(armed.due) == soon && !armed.called.load(Ordering::Relaxed);
        if self.armed.as_ref().is_some_and(stands) {
            return;
        }
        self.forget_call().await;
        if within(KEPT_FOR).is_none() {
            self.disarm().await;
        }
        let Some(due) = soon else { return };
        let wait = Duration::from_millis(u64::try_from(due - now).unwrap_or(0));
        match self.call_after(due, wait).await {
            Ok(armed) => self.armed = Some(armed),
            Err(error) => warn!(%error, "the next schedule is seen within a minute of its time"),
        }
    }

    /// Forgets the call and ends the scheduler.
    pub async fn disarm(&mut self) {
        self.armed = None;
        if let Some(mut scheduler) = self.scheduler.take()
            && let Err(error) = scheduler.shutdown().await
        {
            warn!(%error, "the scheduler could not be ended");
        }
    }

    async fn forget_call(&mut self) {
        if let (Some(armed), Some(scheduler)) = (self.armed.take(), &self.scheduler)
            && let Err(error) = scheduler.remove(&armed.job).await
        {
            warn!(%error, "a wake-up call could not be taken back");
        }
    }

    /// The scheduler works in whole seconds and may be early by one; the rest is waited for here.
    async fn call_after(&mut self, due: i64, wait: Duration) -> Result<Armed, JobSchedulerError> {
        let called = Arc::new(AtomicBool::new(false));
        let (deadline, bus, told) = (Instant::now() + wait, self.bus.clone(), called.clone());
        let call = Job::new_one_shot_async(wait.max(SHORTEST), move |_, _| {
            let (bus, told) = (bus.clone(), told.clone());
            Box::pin(async move {
                tokio::time::sleep_until(deadline).await;
                told.store(true, Ordering::Relaxed);
                bus.note(Changes::work());
            })
        })?;
        let scheduler = match &self.scheduler {
            Some(scheduler) => scheduler,
            None => {
                let scheduler = JobScheduler::new().await?;
                scheduler.start().await?;
                self.scheduler.insert(scheduler)
            }
        };
        let job = scheduler.add(call).await?;
        Ok(Armed { due, job, called })
    }
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
        assert!(timekeeper.armed.is_none(), "a time that is more than a minute away needs no call");
        assert!(timekeeper.scheduler.is_some(), "it is kept for the next call");
        timekeeper.arm(Some(4_000_000), 0).await;
        assert!(timekeeper.scheduler.is_none(), "nothing is due for an hour");
        timekeeper.disarm().await;
    }
}
