//! Calls that block, made of ones that do not: each ends soon after its watch says so.

use super::Watch;
use super::fault;
use super::seen::Seen;
use crate::Result;
use crate::error::Error;
use crate::limits::{ANSWER_WITHIN, DONE_WITHIN, STOP_EVERY};
use std::future::{Future, IntoFuture};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use tokio::runtime::{Builder, Handle};

/// The threads of one storage.
pub(super) struct Runtime(Option<tokio::runtime::Runtime>);

impl Runtime {
    pub fn start() -> Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("legible-cloud").enable_all().build();
        let failed = |error: std::io::Error| Error::may_pass(format!("no thread could be started: {error}"));
        Ok(Runtime(Some(runtime.map_err(failed)?)))
    }

    /// Runs something that wants to know these threads.
    pub fn enter<T>(&self, work: impl FnOnce() -> T) -> T {
        let _entered = self.handle().enter();
        work()
    }

    /// Where what is to be cleaned up afterwards runs.
    pub fn handle(&self) -> Handle {
        self.runtime().handle().clone()
    }

    /// Waits for a call, or until it is to stop. What the call was at is dropped then.
    pub fn wait<T>(&self, watch: &dyn Watch, call: impl Future<Output = Result<T>>) -> Result<T> {
        let stopped = async {
            while !watch.stopped() {
                tokio::time::sleep(STOP_EVERY).await;
            }
        };
        let either = async {
            tokio::select! {
                biased;
                () = stopped => Err(Error::Stopped),
                result = Seen::within(call) => result,
            }
        };
        // A name that is no UTF-8 makes the client of SFTP panic.
        catch_unwind(AssertUnwindSafe(|| self.runtime().block_on(either))).unwrap_or_else(|_| {
            let message = "the storage answered something that cannot be read".to_owned();
            let hint = "Look for files with damaged names on it, and rename them.".to_owned();
            Err(Error::NeedsYou { message, hint })
        })
    }

    fn runtime(&self) -> &tokio::runtime::Runtime {
        self.0.as_ref().expect("it is there until it is dropped")
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // A server that does not answer must not hold up who closes the storage.
        self.0.take().into_iter().for_each(tokio::runtime::Runtime::shutdown_background);
    }
}

/// Waits for an answer, and not for ever.
pub(super) async fn answered<T>(call: impl IntoFuture<Output = T>) -> Result<T> {
    within(ANSWER_WITHIN, call).await
}

/// Waits for an answer that a server gives when it has done much, or was sent much.
pub(super) async fn done<T>(call: impl IntoFuture<Output = T>) -> Result<T> {
    within(DONE_WITHIN, call).await
}

async fn within<T>(limit: Duration, call: impl IntoFuture<Output = T>) -> Result<T> {
    tokio::time::timeout(limit, call.into_future()).await.map_err(|_| fault::silent())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::Unwatched;
    use std::time::Instant;

    struct Stops(Instant);

    impl Watch for Stops {
        fn stopped(&self) -> bool {
            Instant::now() >= self.0
        }

        fn moved(&self, _: u64) {}
    }

    #[test]
    fn calls_end_when_they_are_to_stop() {
        let runtime = Runtime::start().unwrap();
        let stops = Stops(Instant::now() + STOP_EVERY);
        let result = runtime.wait::<()>(&stops, std::future::pending());
        assert!(matches!(result, Err(Error::Stopped)));
        assert_eq!(runtime.wait(&Unwatched, async { Ok(5) }).unwrap(), 5);
    }

    #[test]
    fn a_client_that_panics_is_told_and_the_next_call_goes_on() {
        let runtime = Runtime::start().unwrap();
        let result = runtime.wait::<()>(&Unwatched, async { panic!("a name that is no UTF-8") });
        assert!(matches!(result, Err(Error::NeedsYou { .. })));
        assert_eq!(runtime.wait(&Unwatched, async { Ok(5) }).unwrap(), 5);
    }
}
