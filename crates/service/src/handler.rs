//! What a job kind does. A handler works outside of any transaction and hands back a commit, which the runner carries
//! out together with the job's acknowledgement: both happen or neither does.

use crate::api::{ErrorCode, Event};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::limits::{PROGRESS_PACE, PROGRESS_SAVED};
use crate::service::Service;
use crate::worker_pool::Control;
use legible_jobs::{Lease, Reason, Stop};
use legible_vision::worker::CancelToken;
use rusqlite::Transaction;
use serde_json::Value;
use std::time::Instant;

/// The last step of a job, inside the transaction that ends it; returns the job's output.
pub type Commit = Box<dyn FnOnce(&Transaction) -> Result<Done> + Send>;

/// What a commit leaves behind.
#[derive(Debug, Default)]
pub struct Done {
    /// The job's output.
    pub output: Option<Value>,
    /// What changed, to be told after the commit.
    pub changes: Changes,
}

/// A job in the hands of its handler.
pub struct Work<'a> {
    /// The service.
    pub service: &'a Service,
    /// The job.
    pub lease: &'a Lease,
    control: &'a Control,
    /// How many threads the job may use.
    pub threads: usize,
    told: Option<Instant>,
    saved: Option<Instant>,
}

impl<'a> Work<'a> {
    /// A job that has just begun.
    pub fn new(service: &'a Service, lease: &'a Lease, control: &'a Control, threads: usize) -> Self {
        Work { service, lease, control, threads, told: None, saved: None }
    }

    /// The job's payload in its own type.
    ///
    /// # Errors
    /// When the payload has another shape, which only a mistake of ours can cause.
    pub fn payload<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_value(self.lease.payload.clone())
            .map_err(|e| Error::Internal(format!("the payload of a {} job does not fit: {e}", self.lease.kind)))
    }

    /// A safe point: rests here while its worker is paused, and ends the handler when the job is to stop.
    ///
    /// # Errors
    /// [`Error::Stopped`].
    pub fn check(&self) -> Result<()> {
        #[cfg(test)]
        crate::testing::at_safe_point(self.control);
        self.control.checkpoint().map_err(|_| Error::Stopped)
    }

    /// Does a step that its token can cut short, such as a task of a vision worker. When it was cut short because the
    /// worker is to rest, it is done again after the rest.
    ///
    /// # Errors
    /// [`Error::Stopped`] when the job is to stop, and those of the step.
    pub fn step<T>(&mut self, mut step: impl FnMut(&mut Self, &CancelToken) -> Result<T>) -> Result<T> {
        loop {
            self.check()?;
            let token = self.control.token();
            match step(self, &token) {
                Err(error)
                    if error.code() == ErrorCode::Cancelled && token.is_cancelled() && !self.control.is_stopped() => {}
                done => return done,
            }
        }
    }

    /// Tells how far the job is, 0 to 1; as often as one likes.
    pub fn progress(&mut self, fraction: f32, words: &str) {
        let now = Instant::now();
        let due = |last: Option<Instant>, pace| last.is_none_or(|last| now.duration_since(last) >= pace);
        if due(self.told, PROGRESS_PACE) {
            self.told = Some(now);
            let item = item_of(self.lease.subject.as_deref());
            self.service.bus().tell(Event::Progress { job: self.lease.id.0, item, fraction, words: words.into() });
        }
        if due(self.saved, PROGRESS_SAVED) {
            self.saved = Some(now);
            let (lease, words, at) = (self.lease.clone(), words.to_owned(), self.service.now());
            let saved = self
                .service
                .database()
                .write_blocking(move |tx| Ok(legible_jobs::progress(tx, &lease, fraction, &words, at)?));
            if let Err(error) = saved {
                tracing::debug!(%error, "progress was not saved");
            }
        }
    }
}

/// Makes sure that a job may still put work into the queue: what a person cancelled leaves nothing behind.
///
/// # Errors
/// [`Error::Stopped`] when a cancel was asked for.
pub fn refuse_cancelled(tx: &Transaction, lease: &Lease) -> Result<()> {
    let cancelled = legible_jobs::cancel_requests(tx, &lease.owner)?.contains(&lease.id);
    if cancelled { Err(Error::Stopped) } else { Ok(()) }
}

/// One job kind.
pub trait Handler: Send + Sync {
    /// Does the work; blocks.
    ///
    /// # Errors
    /// Whatever stopped it; [`Error::failure`] decides whether it is tried again.
    fn run(&self, work: &mut Work) -> Result<Commit>;

    /// Hears that an attempt was stopped before it came to its end, and why: cancelled, paused, out of time, a condition
    /// lost. Called before that is written down.
    fn stopped(&self, service: &Service, lease: &Lease, why: &Stop) {
        let _ = (service, lease, why);
    }

    /// Notes that the job failed for good, in the transaction that says so.
    ///
    /// # Errors
    /// When the note cannot be written.
    fn failed(&self, tx: &Transaction, subject: Option<&str>, reason: &Reason, now: i64) -> Result<Changes> {
        let _ = (tx, subject, reason, now);
        Ok(Changes::default())
    }
}

/// The subject of jobs about an item.
pub fn subject_of(item: i64) -> String {
    format!("item:{item}")
}

/// The item that a subject names.
pub fn item_of(subject: Option<&str>) -> Option<i64> {
    subject?.strip_prefix("item:")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_a_rest_cut_short_is_done_again() {
        let home = crate::testing::Home::new();
        let lease = home.begin(crate::handlers::TIDY, serde_json::json!({}), None);
        let control = std::sync::Arc::new(Control::default());
        let mut work = Work::new(&home.service, &lease, &control, 1);
        let mut times = 0;
        let done = work.step(|_, token| {
            times += 1;
            if times > 1 {
                return Ok(token.is_cancelled());
            }
            control.set_paused(true);
            assert!(token.is_cancelled());
            let resting = control.clone();
            std::thread::spawn(move || {
                while !resting.is_resting() {
                    std::thread::yield_now();
                }
                resting.set_paused(false);
            });
            Err(Error::Stopped)
        });
        assert_eq!((done.unwrap(), times), (false, 2));
        let stopped = work.step(|_, _| -> Result<()> {
            control.stop(Stop::Killed);
            Err(Error::Stopped)
        });
        assert!(matches!(stopped, Err(Error::Stopped)));
    }

    #[test]
    fn subjects_name_items() {
        assert_eq!(item_of(Some(&subject_of(42))), Some(42));
        assert_eq!((item_of(Some("else:1")), item_of(None)), (None, None));
    }
}
