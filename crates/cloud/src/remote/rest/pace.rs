//! When a request is sent again: as the provider asks, or after pauses that grow, with some chance in them so that not all come back at
//! once ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015).

use crate::limits::{REST_FIRST_PAUSE, REST_PATIENCE, REST_SENDS};
use futures_util::future::BoxFuture;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// Time and chance.
pub(in crate::remote) trait Clock: Send + Sync {
    /// Lets so much time pass.
    fn pause(&self, how_long: Duration) -> BoxFuture<'_, ()>;

    /// A number from 0 to 1, another one each time.
    fn chance(&self) -> f64;
}

/// The real ones.
pub(in crate::remote) struct Waiting;

impl Clock for Waiting {
    fn pause(&self, how_long: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(how_long))
    }

    fn chance(&self) -> f64 {
        // Each state of this kind has keys of its own.
        RandomState::new().hash_one(()) as f64 / u64::MAX as f64
    }
}

/// The patience with one request.
pub(super) struct Pace<'a> {
    clock: &'a dyn Clock,
    sends: u32,
    waited: Duration,
}

impl<'a> Pace<'a> {
    pub fn new(clock: &'a dyn Clock) -> Self {
        Pace { clock, sends: 1, waited: Duration::ZERO }
    }

    /// Waits until the request may be sent again.
    ///
    /// # Errors
    /// When it is to be left for another time: what the provider asked for.
    pub async fn again(&mut self, asked: Option<Duration>) -> Result<(), Option<Duration>> {
        let grown = REST_FIRST_PAUSE * 2_u32.saturating_pow(self.sends - 1);
        // From half of it on.
        let own = grown.mul_f64(0.5 + 0.5 * self.clock.chance().clamp(0.0, 1.0));
        let pause = asked.unwrap_or(own);
        if self.sends >= REST_SENDS || self.waited + pause > REST_PATIENCE {
            return Err(asked);
        }
        self.sends += 1;
        self.waited += pause;
        self.clock.pause(pause).await;
        Ok(())
    }
}
