//! Plans that are just being made, so that they end when nobody waits for them any more: a look at a large storage may take minutes.

use legible_vision::worker::CancelToken;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One for each storage, by its number.
#[derive(Debug, Default)]
pub struct Plans(Mutex<BTreeMap<i64, CancelToken>>);

/// Who waits for a plan. Without anybody, it ends.
pub struct Waiting(CancelToken);

impl Plans {
    /// Somebody waits for a plan of a storage from now on. One that was begun before is not waited for any more.
    pub fn begin(&self, storage: i64) -> Waiting {
        let token = CancelToken::new();
        if let Some(before) = self.tokens().insert(storage, token.clone()) {
            before.cancel();
        }
        Waiting(token)
    }

    /// Nobody waits for a plan of a storage any more.
    pub fn stop(&self, storage: i64) {
        if let Some(begun) = self.tokens().remove(&storage) {
            begun.cancel();
        }
    }

    fn tokens(&self) -> MutexGuard<'_, BTreeMap<i64, CancelToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// What is cancelled with it.
    pub fn token(&self) -> CancelToken {
        self.0.clone()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_that_nobody_waits_for_ends() {
        let plans = Plans::default();
        let (one, other) = (plans.begin(1), plans.begin(2));
        let is_wanted = |waiting: &Waiting| !waiting.token().is_cancelled();
        let again = plans.begin(1);
        assert_eq!([&one, &other, &again].map(is_wanted), [false, true, true], "another one of the same storage");
        plans.stop(2);
        plans.stop(3);
        assert_eq!([&other, &again].map(is_wanted), [false, true]);
        let token = again.token();
        drop(again);
        assert!(token.is_cancelled(), "whoever asked is gone");
    }
}
