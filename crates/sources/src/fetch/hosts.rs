//! Politeness: one request at a time to a host, a pause between two, and none to one that asked for patience. Shared by all
//! looks of the process.

use super::clock::{Clock, millis};
use super::{Error, limits};
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;

/// The hosts that were asked lately.
#[derive(Default)]
pub(super) struct Hosts(Mutex<HashMap<String, Arc<Host>>>);

struct Host {
    /// When the last request ended; held by the one that asks.
    turn: Arc<tokio::sync::Mutex<i64>>,
    /// When it may be asked again, if it asked for patience.
    not_before: AtomicI64,
}

/// The right to ask a host, until dropped.
pub(super) struct Turn {
    ended: OwnedMutexGuard<i64>,
    clock: Arc<dyn Clock>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.ended = self.clock.now();
    }
}

impl Hosts {
    /// Waits for the turn to ask a host.
    ///
    /// # Errors
    /// [`Error::Patience`] at once when it asked for some.
    pub async fn turn(&self, name: &str, pause: Duration, clock: &Arc<dyn Clock>) -> Result<Turn, Error> {
        let host = self.host(name, clock.now());
        let ended = host.turn.clone().lock_owned().await;
        let until = host.not_before.load(Ordering::Relaxed);
        if until > clock.now() {
            return Err(Error::Patience { host: name.to_owned(), until });
        }
        let rest = ended.saturating_add(millis(pause)) - clock.now();
        // A clock that was set back must not make anybody wait for longer than the pause.
        let rest = Duration::from_millis(u64::try_from(rest).unwrap_or(0)).min(pause);
        if !rest.is_zero() {
            clock.sleep(rest).await;
        }
        Ok(Turn { ended, clock: clock.clone() })
    }

    /// Leaves a host alone until then, in milliseconds since the Unix epoch.
    pub fn leave_alone(&self, name: &str, until: i64, now: i64) {
        self.host(name, now).not_before.store(until, Ordering::Relaxed);
    }

    fn host(&self, name: &str, now: i64) -> Arc<Host> {
        const REMEMBERED: usize = 1000;
        // Nothing that holds the lock can panic.
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= REMEMBERED {
            hosts.retain(|_, host| Arc::strong_count(host) > 1 || host.not_before.load(Ordering::Relaxed) > now);
        }
        hosts.entry(name.to_owned()).or_insert_with(|| Arc::new(Host::new())).clone()
    }
}

impl Host {
    fn new() -> Self {
        // No request ended yet: far enough back for any pause, near enough for the arithmetic.
        Host { turn: Arc::new(tokio::sync::Mutex::new(i64::MIN / 2)), not_before: AtomicI64::new(i64::MIN) }
    }
}

/// Until when a host wants to be left alone, by its `Retry-After` (RFC 9110, section 10.2.3); `None` where it says nothing
/// that can be read.
pub(super) fn retry_after(value: &str, now: i64) -> Option<i64> {
    let value = value.trim();
    let most = now.saturating_add(millis(limits::PATIENCE_MOST));
    let until = match value.parse::<u64>() {
        Ok(seconds) => now.saturating_add(millis(Duration::from_secs(seconds))),
        Err(_) if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => most,
        Err(_) => {
            let date = httpdate::parse_http_date(value).ok()?;
            millis(date.duration_since(std::time::UNIX_EPOCH).ok()?)
        }
    };
    Some(until.clamp(now, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        const NOW: i64 = 784_111_777_000;
        let day = millis(limits::PATIENCE_MOST);
        let check = |value: &str, expected: Option<i64>| {
            assert_eq!(retry_after(value, NOW).map(|until| until - NOW), expected, "{value}");
        };
        check("120", Some(120_000));
        check(" 0 ", Some(0));
        check("Sun, 06 Nov 1994 08:50:37 GMT", Some(60_000));
        check("Sunday, 06-Nov-94 08:50:37 GMT", Some(60_000));
        check("Sun, 06 Nov 1994 08:00:00 GMT", Some(0));
        check("99999999999", Some(day));
        check("99999999999999999999999999", Some(day));
        check("Fri, 06 Nov 2015 08:50:37 GMT", Some(day));
        check("soon", None);
        check("-5", None);
        check("", None);
    }
}
