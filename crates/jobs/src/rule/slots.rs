//! The slots of a rule: the next ones, the last one, those between two moments.

use super::pattern::Pattern;
use super::zone::Segment;
use super::{Rule, Zone};
use crate::limits::{EARLIEST_AT, HORIZON_DAYS, LATEST_AT, MAX_FLEX_MS};

/// The first slot strictly after `after_ms`. `None` if there is none within 28 years, or the rule has no slots.
pub fn next_after(rule: &Rule, zone: &Zone, after_ms: i64) -> Option<i64> {
    Source::of(rule, zone).next_after(after_ms)
}

/// The last slot at or before `until_ms`. `None` if there is none within 28 years, or the rule has no slots.
pub fn last_until(rule: &Rule, zone: &Zone, until_ms: i64) -> Option<i64> {
    Source::of(rule, zone).last_in(i64::MIN, until_ms)
}

/// The first `most` slots after `after` and not after `until`.
pub fn slots_between(rule: &Rule, zone: &Zone, after: i64, until: i64, most: usize) -> Vec<i64> {
    Source::of(rule, zone).from(after).take_while(|slot| *slot <= until).take(most).collect()
}

/// The next `count` slots after `after`.
pub fn preview(rule: &Rule, zone: &Zone, after: i64, count: usize) -> Vec<i64> {
    Source::of(rule, zone).from(after).take(count).collect()
}

/// When the run of a slot may start if it may be early by `flex_ms`: that much before the slot, but not before the slot
/// that precedes it. More than [`MAX_FLEX_MS`] counts as that much.
///
/// Whoever starts a run early records the slot as handled, not the time at which it started.
pub fn opens_at(rule: &Rule, zone: &Zone, slot: i64, flex_ms: i64) -> i64 {
    let early = slot.saturating_sub(flex_ms.clamp(0, MAX_FLEX_MS));
    let before = Source::of(rule, zone).last_in(early, slot.saturating_sub(1));
    before.unwrap_or(early)
}

/// A rule in a zone, read once for many questions.
pub(super) enum Source<'z> {
    Every { interval: i64, anchor: i64 },
    Once(i64),
    Wall { pattern: Pattern, zone: &'z Zone },
    Never,
}

impl<'z> Source<'z> {
    /// A rule that does not stand [`Rule::validate`] may have no slots.
    pub fn of(rule: &Rule, zone: &'z Zone) -> Self {
        match rule {
            Rule::Every { interval_ms, anchor } if *interval_ms > 0 => {
                Source::Every { interval: *interval_ms, anchor: *anchor }
            }
            Rule::Once { at } => Source::Once(*at),
            rule => Pattern::of(rule).map_or(Source::Never, |pattern| Source::Wall { pattern, zone }),
        }
    }

    /// The slots after `after`, in order.
    pub fn from(&self, after: i64) -> impl Iterator<Item = i64> {
        std::iter::successors(self.next_after(after), |slot| self.next_after(*slot))
    }

    /// The first slot strictly after `after`.
    pub fn next_after(&self, after: i64) -> Option<i64> {
        let after = after.max(EARLIEST_AT - 1);
        let slot = match self {
            Source::Every { interval, anchor } if after < *anchor => (*interval > 0).then_some(*anchor),
            Source::Every { interval, anchor } => {
                let steps = after.checked_sub(*anchor)? / interval + 1;
                anchor.checked_add(interval.checked_mul(steps)?)
            }
            Source::Once(at) => (*at > after).then_some(*at),
            Source::Wall { pattern, zone } if after < LATEST_AT => {
                first_on_the_clock(pattern, zone, after.div_euclid(1000)).map(|second| second * 1000)
            }
            Source::Wall { .. } | Source::Never => None,
        };
        slot.filter(|slot| *slot <= LATEST_AT)
    }

    /// The last slot in `from..=until`.
    pub fn last_in(&self, from: i64, until: i64) -> Option<i64> {
        let (from, until) = (from.max(EARLIEST_AT), until.min(LATEST_AT));
        let slot = match self {
            Source::Every { interval, anchor } => {
                let elapsed = until.checked_sub(*anchor)?;
                (elapsed >= 0).then(|| until - elapsed % interval)
            }
            Source::Once(at) => (*at <= until).then_some(*at),
            Source::Wall { pattern, zone } => {
                last_on_the_clock(pattern, zone, from.div_euclid(1000), until.div_euclid(1000))
                    .map(|second| second * 1000)
            }
            Source::Never => None,
        };
        slot.filter(|slot| (from..=until).contains(slot))
    }
}

/// What a pattern has in one segment of its zone. All seconds.
struct Stretch {
    /// The first wall-clock time that counts. A pattern that names hours leaves out those that came before.
    first_wall: i64,
    /// The wall-clock times that the clock leapt over just before, if they have a run at the segment's start.
    leapt: Option<(i64, i64)>,
}

impl Stretch {
    fn of(segment: Segment, pattern: &Pattern) -> Stretch {
        let Segment { start, offset, offset_before, .. } = segment;
        if pattern.is_for_every_hour() {
            return Stretch { first_wall: start + offset, leapt: None };
        }
        let leapt = (offset_before < offset).then_some((start + offset_before, start + offset - 1));
        Stretch { first_wall: start + offset.max(offset_before), leapt }
    }
}

/// The first second after `after` at which a wall clock shows a time of the pattern.
fn first_on_the_clock(pattern: &Pattern, zone: &Zone, after: i64) -> Option<i64> {
    let last_wall = after + HORIZON_DAYS * 86_400;
    // The wall-clock time from which was searched, and what was found: it stays the first one until it is passed.
    let mut known: Option<(i64, i64)> = None;
    let mut segment = zone.segment_at(after);
    loop {
        let Stretch { first_wall, leapt } = Stretch::of(segment, pattern);
        if segment.start > after
            && let Some((from, until)) = leapt
            && pattern.first(from, until).is_some()
        {
            return Some(segment.start);
        }
        let from = first_wall.max(after + 1 + segment.offset);
        let found = match known {
            Some((searched, found)) if searched <= from && from <= found => found,
            _ => pattern.first(from, last_wall)?,
        };
        if found - segment.offset < segment.end {
            return Some(found - segment.offset);
        }
        known = Some((from, found));
        segment = zone.segment_at(segment.end);
    }
}

/// The last second in `from..=until` at which a wall clock shows a time of the pattern.
fn last_on_the_clock(pattern: &Pattern, zone: &Zone, from: i64, until: i64) -> Option<i64> {
    let from = from.max(until - HORIZON_DAYS * 86_400);
    let mut segment = zone.segment_at(until);
    loop {
        let Stretch { first_wall, leapt } = Stretch::of(segment, pattern);
        let first = first_wall.max(from + segment.offset);
        let last = until.min(segment.end - 1) + segment.offset;
        if let Some(found) = pattern.last(first, last) {
            return Some(found - segment.offset);
        }
        let leapt = leapt.filter(|_| segment.start >= from);
        if leapt.is_some_and(|(from, until)| pattern.first(from, until).is_some()) {
            return Some(segment.start);
        }
        if segment.start <= from {
            return None;
        }
        segment = zone.segment_at(segment.start - 1);
    }
}
