//! Which slots have to run now, after any absence and any jump of the clock.

use super::slots::Source;
use super::{Missed, Rule, Zone};
use crate::limits::{MAX_CAUGHT_UP, MAX_COUNTED, MAX_SET_BACK_MS};

/// What a schedule has to do at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// The slots to run now, in order.
    pub run: Vec<i64>,
    /// How many slots have passed and do not run. For wall-clock rules counted up to [`MAX_COUNTED`].
    pub skipped: u64,
    /// The next slot; look again then. `None`: there is none.
    pub next: Option<i64>,
    /// What to keep as the last slot dealt with, in the same transaction as the runs.
    pub handled: i64,
}

/// Which slots in `(handled, now]` run now, and which one is next.
///
/// `handled` is the last slot that was dealt with, or the time at which the schedule was made. All times are milliseconds
/// since the Unix epoch. The work is bounded, however long the absence was.
///
/// The newest slot is on time if it passed at most `grace_ms` ago, and at most half the way to the next slot; it runs.
/// Every other one was missed, and `missed` decides.
///
/// A clock that was set back by at most 36 hours, or a run that was early by its flex window, leaves `handled` in the
/// future: nothing runs until the first slot after it. If it lies further in the future the clock had been wrong, and
/// slots count again from `now` on.
pub fn due(rule: &Rule, zone: &Zone, missed: Missed, handled: i64, now: i64, grace_ms: i64) -> Due {
    let source = Source::of(rule, zone);
    if handled >= now {
        let set_back = handled.saturating_sub(now);
        let handled = if set_back > MAX_SET_BACK_MS { now } else { handled };
        return Due { next: source.next_after(handled), handled, ..Due::default() };
    }
    let next = source.next_after(now);
    let Some(newest) = source.last_in(handled.saturating_add(1), now) else {
        return Due { next, handled, ..Due::default() };
    };
    let to_next = next.map_or(i64::MAX, |next| next.saturating_sub(newest));
    let on_time = now - newest <= grace_ms.min(to_next / 2);
    let most = match missed {
        Missed::Skip => 0,
        Missed::Once => 1,
        Missed::All { most } => most.min(MAX_CAUGHT_UP),
    };
    let most = most.max(u32::from(on_time));

    let mut run: Vec<i64> = source.back_from(newest, handled).take(most as usize).collect();
    run.reverse();
    let skipped = source.count(handled, newest).saturating_sub(run.len() as u64);
    Due { run, skipped, next, handled: newest }
}

impl Source<'_> {
    /// The slots from `newest` back, as far as they lie after `after`.
    fn back_from(&self, newest: i64, after: i64) -> impl Iterator<Item = i64> {
        let before = move |slot: &i64| self.last_in(after.saturating_add(1), slot - 1);
        std::iter::successors(Some(newest), before)
    }

    /// How many slots lie after `after`, up to the slot `newest`.
    fn count(&self, after: i64, newest: i64) -> u64 {
        match self {
            Source::Every { interval, .. } => {
                let first = self.next_after(after).unwrap_or(newest);
                ((newest - first) / interval).unsigned_abs() + 1
            }
            Source::Once(_) => 1,
            _ => self.back_from(newest, after).take(MAX_COUNTED as usize).count() as u64,
        }
    }
}
