//! How long a job waits after a failed attempt.

/// How the wait grows from attempt to attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackoffKind {
    /// The wait doubles each time.
    Exponential,
    /// The wait grows by the initial wait each time.
    Linear,
}

/// The waits between the attempts of one job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The wait after the first failed attempt, in milliseconds.
    pub initial_ms: i64,
    /// No wait is longer than this, in milliseconds.
    pub max_ms: i64,
    /// How the wait grows.
    pub kind: BackoffKind,
}

impl Default for Backoff {
    /// From 10 seconds, doubling, up to an hour.
    fn default() -> Self {
        Backoff { initial_ms: 10_000, max_ms: 3_600_000, kind: BackoffKind::Exponential }
    }
}

impl Backoff {
    /// The wait in milliseconds after failed attempt number `attempt` (1 is the first).
    ///
    /// `jitter` from 0 to 1 picks a point in the upper half of the nominal wait, so that jobs which failed together do
    /// not come back together ("equal jitter" in Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog,
    /// 2015). Values outside are clamped; NaN counts as 0.
    pub fn delay_ms(&self, attempt: u32, jitter: f64) -> i64 {
        let nominal = self.nominal_ms(attempt.max(1)).clamp(0, self.max_ms.max(0));
        let half = nominal / 2;
        let jitter = if jitter.is_nan() { 0.0 } else { jitter.clamp(0.0, 1.0) };
        half + ((nominal - half) as f64 * jitter) as i64
    }

    fn nominal_ms(&self, attempt: u32) -> i64 {
        match self.kind {
            BackoffKind::Exponential => {
                let factor = 1_i64.checked_shl(attempt - 1).filter(|factor| *factor > 0).unwrap_or(i64::MAX);
                self.initial_ms.saturating_mul(factor)
            }
            BackoffKind::Linear => self.initial_ms.saturating_mul(i64::from(attempt)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Backoff, BackoffKind::*};
    use proptest::prelude::*;

    #[test]
    fn waits_grow_to_the_maximum() {
        let check = |kind, attempt, jitter, expected| {
            let backoff = Backoff { initial_ms: 1000, max_ms: 60_000, kind };
            assert_eq!(backoff.delay_ms(attempt, jitter), expected, "{kind:?}, attempt {attempt}, jitter {jitter}");
        };
        check(Exponential, 0, 1.0, 1000);
        check(Exponential, 1, 1.0, 1000);
        check(Exponential, 2, 1.0, 2000);
        check(Exponential, 5, 1.0, 16_000);
        check(Exponential, 7, 1.0, 60_000);
        check(Exponential, 64, 1.0, 60_000);
        check(Exponential, u32::MAX, 1.0, 60_000);
        check(Linear, 1, 1.0, 1000);
        check(Linear, 3, 1.0, 3000);
        check(Linear, u32::MAX, 1.0, 60_000);
        check(Exponential, 3, 0.0, 2000);
        check(Exponential, 3, 0.5, 3000);
        check(Exponential, 3, 7.0, 4000);
        check(Exponential, 3, f64::NAN, 2000);
    }

    proptest! {
        #[test]
        fn stays_in_bounds_and_never_shrinks(
            initial_ms in 0..i64::MAX, max_ms in 0..i64::MAX, attempt in 0..u32::MAX - 1, jitter in 0.0..=1.0,
            kind in prop_oneof![Just(Exponential), Just(Linear)],
        ) {
            let backoff = Backoff { initial_ms, max_ms, kind };
            let delay = backoff.delay_ms(attempt, jitter);
            prop_assert!((0..=max_ms).contains(&delay));
            prop_assert!(backoff.delay_ms(attempt + 1, jitter) >= delay);
        }
    }
}
