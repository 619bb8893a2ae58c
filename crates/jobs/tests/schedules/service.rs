//! A pretend service: it sleeps a minute at most, is suspended and restarted, and its clock jumps.

use crate::oracle::Oracle;
use crate::random::Random;
use legible_jobs::limits::{MAX_COUNTED, MAX_SET_BACK_MS};
use legible_jobs::rule::{Due, Missed, Rule, Zone, due};
use std::collections::HashSet;

const SECOND: i64 = 1000;
const HOUR: i64 = 3600 * SECOND;
const DAY: i64 = 24 * HOUR;

/// What happened in all lives.
#[derive(Debug, Default)]
pub struct Told {
    pub looks: u64,
    pub runs: u64,
    pub skipped: u64,
    pub outages: u64,
    pub set_back: u64,
    pub wrong_clock: u64,
}

/// One service with one schedule.
struct Life<'o> {
    rule: Rule,
    zone: Zone,
    missed: Missed,
    grace_ms: i64,
    oracle: &'o Oracle,
    /// All slots of the oracle's years.
    slots: Vec<i64>,
    /// The row: all that outlives a restart.
    handled: i64,
    /// Slots that ran since the clock was last found wrong by more than the bound.
    ran: HashSet<i64>,
}

/// Lives in the oracle's years with a random rule until they are over or for 3000 looks.
pub fn live(oracle: &Oracle, random: &mut Random, told: &mut Told) {
    let (from, until) = oracle.span();
    let mut now = random.between(from + 60 * DAY, until - 300 * DAY);
    let earliest = now - 50 * DAY;
    let (rule, slots) = rule_with_slots(oracle, random, now);
    let last_slot = *slots.last().unwrap();
    let zone = Zone::named(oracle.zone_name()).unwrap();
    let (missed, grace_ms) = (random.missed(), *random.pick(&[0, 60 * SECOND, HOUR]));
    let mut life = Life { rule, zone, missed, grace_ms, oracle, slots, handled: now, ran: HashSet::new() };

    let mut is_awake = true;
    for _ in 0..3000 {
        let found = life.look(now, is_awake, told);
        if now + 60 * DAY > last_slot {
            break;
        }
        is_awake = false;
        match random.between(0, 99) {
            // Suspended or switched off.
            0..=2 => {
                now += random.up_to_one_of(&[60 * SECOND, 10 * HOUR, 10 * DAY, 50 * DAY]);
                told.outages += 1;
            }
            // The clock is set forward or back; beyond the bound it was wrong.
            3 => now += random.up_to_one_of(&[HOUR, DAY]),
            4 => now = (now - random.up_to_one_of(&[60 * SECOND, HOUR, 36 * HOUR])).max(earliest),
            5 if random.chance(20) => now = (now - random.between(36 * HOUR, 50 * DAY)).max(earliest),
            // It wakes at the next slot, after a minute at the latest, or early because something else happened.
            6..=20 => {
                now += random.between(1, 60 * SECOND).min(found.next.map_or(i64::MAX, |next| (next - now).max(1)))
            }
            _ => {
                // An hour without anything to do is many looks that find nothing: here it is one.
                let idle = if random.chance(50) { HOUR } else { 60 * SECOND };
                let next = found.next.map_or(i64::MAX, |next| (next - now).max(1));
                is_awake = next <= idle;
                now += next.min(idle);
            }
        }
    }
}

/// A rule with at most some thousand slots in the time looked at, and these slots.
fn rule_with_slots(oracle: &Oracle, random: &mut Random, now: i64) -> (Rule, Vec<i64>) {
    let (_, until) = oracle.span();
    let until = until.min(now + 400 * DAY);
    let from = now - 60 * DAY;
    loop {
        if random.chance(30) {
            let interval_ms = SECOND + random.up_to_one_of(&[HOUR, 10 * DAY]);
            let (anchor, until) = (now - random.between(0, 30 * DAY), until.min(now + 20_000 * interval_ms + 60 * DAY));
            // Walked by adding, from the anchor: what drifts would not stay in step.
            let mut slots = Vec::new();
            let mut slot = anchor;
            while slot <= until && slots.len() < 200_000 {
                slots.push(slot);
                slot += interval_ms;
            }
            if slots.last().is_some_and(|last| *last > now + 61 * DAY) {
                return (Rule::Every { interval_ms, anchor }, slots);
            }
            continue;
        }
        let pattern = random.pattern();
        if pattern.times_per_day() <= 200 {
            let slots = oracle.slots(&pattern, from, until);
            if slots.last().is_some_and(|last| *last > now + 61 * DAY) {
                return (pattern.rule(), slots);
            }
        }
    }
}

impl Life<'_> {
    /// Asks what is due and checks the answer.
    fn look(&mut self, now: i64, is_awake: bool, told: &mut Told) -> Due {
        let found = due(&self.rule, &self.zone, self.missed, self.handled, now, self.grace_ms);
        let Due { run, skipped, next, handled } = &found;
        assert_eq!(found, self.expected(now), "{self:?} at {now}");
        assert!(run.iter().all(|slot| *slot <= now), "a run before its slot: {self:?}");
        assert!(next.is_none_or(|next| next > now), "the next slot has passed: {self:?}");

        if self.handled - now > MAX_SET_BACK_MS {
            self.ran.clear();
            told.wrong_clock += 1;
        } else if self.handled > now {
            assert!(run.is_empty(), "{self:?}");
            told.set_back += 1;
        }
        for slot in run {
            assert!(self.ran.insert(*slot), "{slot} ran twice: {self:?}");
        }
        if is_awake && self.slots.binary_search(&now).is_ok() && self.handled < now {
            assert!(run.contains(&now), "a service that was awake missed a slot: {self:?} at {now}");
        }
        told.looks += 1;
        told.runs += run.len() as u64;
        told.skipped += skipped;
        self.handled = *handled;
        found
    }

    /// The answer from the oracle's slots.
    fn expected(&self, now: i64) -> Due {
        let first_after = |at: i64| self.slots.get(self.slots.partition_point(|slot| *slot <= at)).copied();
        if self.handled - now > MAX_SET_BACK_MS {
            return Due { next: first_after(now), handled: now, ..Due::default() };
        }
        let count_until = |at: i64| self.slots.partition_point(|slot| *slot <= at);
        let passed = &self.slots[count_until(self.handled).min(count_until(now))..count_until(now)];
        let next = first_after(now.max(self.handled));
        let Some(newest) = passed.last().copied() else {
            return Due { next, handled: self.handled, ..Due::default() };
        };
        let half_way = (next.unwrap() - newest) / 2;
        let late = now - newest > self.grace_ms.min(half_way);
        let runs = match self.missed {
            Missed::Skip | Missed::All { most: 0 } => usize::from(!late),
            Missed::Once => 1,
            Missed::All { most } => (most as usize).min(passed.len()),
        };
        let run = passed[passed.len() - runs..].to_vec();
        let counted = if matches!(self.rule, Rule::Every { .. }) { u64::MAX } else { MAX_COUNTED };
        let skipped = (passed.len() as u64).min(counted) - runs as u64;
        Due { run, skipped, next, handled: newest }
    }
}

impl std::fmt::Debug for Life<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Life { rule, missed, grace_ms, handled, oracle, .. } = self;
        write!(f, "{rule:?} in {oracle:?}, {missed:?}, grace {grace_ms}, handled {handled}")
    }
}
