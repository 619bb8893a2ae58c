//! Who waits for a transfer: a job, which may be told to stop, counts the bytes and holds the bandwidth down.

use legible_cloud::remote::Watch;
use legible_vision::worker::CancelToken;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The longest that bytes wait at a time before it is looked whether to stop.
const NAP: Duration = Duration::from_millis(50);

/// The watch of a job.
pub struct JobWatch {
    token: CancelToken,
    moved: Moved,
    limit: Option<Limit>,
}

/// How many bytes were moved until now. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Moved(Arc<AtomicU64>);

impl Moved {
    /// The count.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// No more than so many bytes a second, over all transfers of a job.
struct Limit {
    bytes_a_second: u64,
    /// When what was moved until now may have been moved.
    due: Mutex<Instant>,
}

impl JobWatch {
    /// A watch that stops with `token`, and lets no more than so many bytes a second through.
    pub fn new(token: &CancelToken, bytes_a_second: Option<u64>) -> Self {
        let limit = bytes_a_second.filter(|bytes| *bytes > 0);
        let limit = limit.map(|bytes_a_second| Limit { bytes_a_second, due: Mutex::new(Instant::now()) });
        JobWatch { token: token.clone(), moved: Moved::default(), limit }
    }

    /// Counts the bytes that are moved.
    pub fn bytes(&self) -> Moved {
        self.moved.clone()
    }
}

impl Watch for JobWatch {
    fn stopped(&self) -> bool {
        self.token.is_cancelled()
    }

    fn moved(&self, bytes: u64) {
        self.moved.0.fetch_add(bytes, Ordering::Relaxed);
        let Some(limit) = &self.limit else { return };
        let due = limit.next(bytes);
        while !self.stopped() {
            let wait = due.saturating_duration_since(Instant::now());
            if wait.is_zero() {
                return;
            }
            std::thread::sleep(wait.min(NAP));
        }
    }
}

impl Limit {
    /// When these bytes may have been moved. Time in which nothing moved is not made up for.
    fn next(&self, bytes: u64) -> Instant {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let takes = Duration::from_secs_f64(bytes as f64 / self.bytes_a_second as f64);
        *due = (*due).max(Instant::now()) + takes;
        *due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_wait_for_their_turn_and_a_stop_ends_the_wait() {
        let token = CancelToken::new();
        let watch = JobWatch::new(&token, Some(1_000));
        let limit = watch.limit.as_ref().unwrap();
        let first = limit.next(2_000);
        assert!(limit.next(500) - first == Duration::from_millis(500));
        token.cancel();
        watch.moved(3_600_000);
        assert_eq!((watch.bytes().get(), watch.stopped()), (3_600_000, true), "it does not wait for an hour");
        let free = JobWatch::new(&token, None);
        free.moved(u64::MAX / 2);
        assert!(free.limit.is_none());
    }
}
