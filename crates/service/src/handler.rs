//! What a job kind does. A handler works outside of any transaction and hands back a commit, which the runner carries
//! out together with the job's acknowledgement: both happen or neither does.

use crate::api::Event;
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
    /// Set when the job is to stop, for whatever reason.
    pub cancel: &'a CancelToken,
    control: &'a Control,
    /// How many threads the job may use.
    pub threads: usize,
    told: Option<Instant>,
    saved: Option<Instant>,
}

impl<'a> Work<'a> {
    /// A job that has just begun.
    pub fn new(service: &'a Service, lease: &'a Lease, control: &'a Control, threads: usize) -> Self {
        Work { service, lease, cancel: control.token(), control, threads, told: None, saved: None }
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
        crate::testing::at_safe_point(self.cancel);
        self.control.checkpoint().map_err(|_| Error::Stopped)
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
    fn failed(&self, tx: &Transaction, subject: Option<&str>, reason: &Reason) -> Result<Changes> {
        let _ = (tx, subject, reason);
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
    fn subjects_name_items() {
        assert_eq!(item_of(Some(&subject_of(42))), Some(42));
        assert_eq!((item_of(Some("else:1")), item_of(None)), (None, None));
    }
}
