//! The pretend service: what it does at each moment, and what must hold at each.

use crate::common::{Queue, reason};
use crate::log::Log;
use crate::plans::{DAY, HOUR, MINUTE, START, plans};
use legible_jobs::limits::{MAX_SET_BACK_MS, ON_TIME_MS};
use legible_jobs::rule::{last_until, next_after, slots_between};
use legible_jobs::*;
use rusqlite::{Transaction, TransactionBehavior};
use std::collections::BTreeMap;

const LEASE_MS: i64 = 90_000;
const PLACES: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// The clock is right.
    Kind,
    /// The clock is set wrong, and right again, at any time.
    ClockJumps,
}

/// SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: i64) -> i64 {
        (self.next() % bound.unsigned_abs()) as i64
    }

    fn one_in(&mut self, n: i64) -> bool {
        self.below(n) == 0
    }
}

pub struct Service {
    pub log: Log,
    queue: Queue,
    weather: Weather,
    chance: Chance,
    /// The time that it really is.
    truth: i64,
    /// How far the clock is off.
    skew: i64,
    machine: Machine,
    /// How many times the process was started.
    start: u32,
    /// What runs, and when it will have done its work.
    running: Vec<(Lease, i64)>,
    schedules: BTreeMap<ScheduleId, (Schedule, Zone)>,
    /// Nothing goes wrong any more.
    calm: bool,
}

impl Service {
    pub fn new(seed: u64, weather: Weather) -> Service {
        let mut queue = Queue::in_memory();
        let mut schedules = BTreeMap::new();
        for plan in plans() {
            let (id, _) = queue.write(|tx| put_schedule(tx, &plan, SchedulePolicy::Keep, START)).unwrap();
            let zone = Zone::named(&plan.zone).unwrap();
            schedules.insert(id, (plan, zone));
        }
        let machine = Machine { online: Some(true), metered: Some(false), on_ac: Some(true), ..Machine::default() };
        let chance = Chance(seed);
        let log = Log::default();
        let (truth, skew, start, running, calm) = (START, 0, 0, vec![], false);
        Service { log, queue, weather, chance, truth, skew, machine, start, running, schedules, calm }
    }

    pub fn live(&mut self, days: u64) {
        let end = START + DAY * i64::try_from(days).unwrap();
        self.begin();
        let mut moments = 0;
        while self.truth < end {
            self.something_happens();
            self.moment();
            if moments % 50 == 0 {
                self.check();
            }
            moments += 1;
            self.sleep();
        }
        // Whatever is due at the end is dealt with, so that the accounts can be closed.
        self.calm = true;
        self.fire();
        self.check();
        self.close_accounts();
    }

    /// Nothing new comes and nothing goes wrong: every run must end.
    pub fn come_to_rest(&mut self) {
        self.machine = Machine { online: Some(true), metered: Some(false), on_ac: Some(true), ..Machine::default() };
        let now = self.clock();
        let ids: Vec<ScheduleId> = self.schedules.keys().copied().collect();
        for id in ids {
            self.queue.write(|tx| set_enabled(tx, id, false, now)).unwrap();
        }
        let active = counts(&self.queue.conn).unwrap().active();
        let mut moments = 0;
        while counts(&self.queue.conn).unwrap().active() > 0 {
            self.moment();
            self.truth += HOUR;
            moments += 1;
            assert!(moments < 100 + 20 * active, "{active} jobs do not end");
        }
        self.check();
        let all = jobs(&self.queue.conn, &Filter::default(), 0, u64::MAX).unwrap();
        assert_eq!(all.total, self.log.fired, "a run was lost or doubled");
        let well: BTreeMap<JobId, u32> =
            all.jobs.iter().filter(|job| job.state == State::Succeeded).map(|job| (job.id, 1)).collect();
        assert_eq!(well, self.log.succeeded, "work was done twice, or not at all");
        self.log.failed = counts(&self.queue.conn).unwrap().failed;
    }

    fn clock(&self) -> i64 {
        self.truth + self.skew
    }

    fn owner(&self) -> Owner {
        Owner(format!("start-{}", self.start))
    }

    /// The process starts: it takes back what its forerunners held.
    fn begin(&mut self) {
        self.start += 1;
        self.running.clear();
        let (me, now) = (self.owner(), self.clock());
        let lost = self.queue.write(|tx| reclaim(tx, &Reclaim::NotOwnedBy(&me), now)).unwrap();
        self.log.crashed += lost.len() as u64;
        self.trigger(&Trigger::AppStart);
    }

    /// Writes, unless the process dies on the way: at any step of the database, or just before the commit.
    fn write<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Option<T> {
        let dies = !self.calm && self.chance.one_in(150);
        let steps = self.chance.below(400);
        let tx = self.queue.conn.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        if !dies {
            let done = work(&tx).unwrap();
            tx.commit().unwrap();
            return Some(done);
        }
        let mut left = steps;
        let stop = move || {
            left -= 1;
            left < 0
        };
        tx.progress_handler(1, Some(stop)).unwrap();
        let broken = work(&tx);
        tx.progress_handler(1, None::<fn() -> bool>).unwrap();
        assert!(matches!(broken, Ok(_) | Err(Error::Sqlite(_))), "{:?}", broken.err());
        drop(tx);
        self.log.lost_commits += 1;
        self.log.kills += 1;
        self.begin();
        None
    }

    fn something_happens(&mut self) {
        if self.chance.one_in(10) {
            let before = self.machine.clone();
            let flip = |value: &mut Option<bool>| *value = value.map(|on| !on);
            match self.chance.below(3) {
                0 => flip(&mut self.machine.online),
                1 => flip(&mut self.machine.metered),
                _ => flip(&mut self.machine.on_ac),
            }
            for event in self.machine.events_since(&before) {
                self.trigger(&event);
            }
        }
        if self.chance.one_in(300) {
            self.truth += self.chance.below(72 * HOUR);
            self.log.suspends += 1;
        }
        if self.chance.one_in(150) {
            self.log.kills += 1;
            self.begin();
        }
        if self.weather == Weather::ClockJumps && self.chance.one_in(200) {
            let spans = [10 * MINUTE, 3 * HOUR, 2 * DAY, 400 * DAY];
            let span = spans[usize::try_from(self.chance.below(4)).unwrap()];
            self.skew = if self.chance.one_in(2) { 0 } else { self.chance.below(2 * span) - span };
            // Before its first moment nothing was ever asked for.
            self.skew = self.skew.max(START - self.truth);
            self.log.clock_jumps += 1;
        }
    }

    /// What a service does each time it wakes.
    fn moment(&mut self) {
        let (me, now) = (self.owner(), self.clock());
        let held: Vec<JobId> = self.running.iter().map(|(lease, _)| lease.id).collect();
        let Some(kept) = self.write(|tx| renew(tx, &me, &held, now, LEASE_MS)) else { return };
        assert_eq!(kept, held, "a lease was lost while its owner lives");
        self.write(|tx| reclaim(tx, &Reclaim::Expired, now));
        self.fire();
        self.finish();
        self.stop();
        self.claim();
    }

    fn fire(&mut self) {
        let now = self.clock();
        if next_schedule_at(&self.queue.conn, now).unwrap().is_none_or(|at| at > now) {
            return;
        }
        let before: BTreeMap<ScheduleId, StoredSchedule> =
            schedules(&self.queue.conn, None).unwrap().into_iter().map(|stored| (stored.id, stored)).collect();
        let Some(fired) = self.write(|tx| fire_due(tx, now, 100)) else { return };
        for fired in fired {
            self.check_policy(&before[&fired.schedule], &fired, now);
            self.note(&fired);
        }
    }

    fn trigger(&mut self, what: &Trigger) {
        let now = self.clock();
        for fired in self.write(|tx| trigger(tx, what, now)).unwrap_or_default() {
            self.note(&fired);
        }
    }

    /// Missed times: left out, made up for once, or up to so many.
    fn check_policy(&self, before: &StoredSchedule, fired: &Fired, now: i64) {
        let (plan, zone) = &self.schedules[&before.id];
        let most = match plan.missed {
            Missed::Skip | Missed::Once => 1,
            Missed::All { most } => most as usize,
        };
        assert!(fired.jobs.len() <= most, "{}: {fired:?}", plan.name);
        // With a clock that was set back far, what is due may have run already.
        let is_new = self.weather == Weather::Kind;
        if is_new && plan.missed != Missed::Skip && plan.overlap != Overlap::Skip {
            assert!(!fired.jobs.is_empty() || fired.skipped == 0, "{}: nothing made up for {fired:?}", plan.name);
        }
        for id in &fired.jobs {
            let slot = job(&self.queue.conn, *id).unwrap().unwrap().scheduled_for.unwrap();
            assert_eq!(last_until(&plan.rule, zone, slot), Some(slot), "{} drifts", plan.name);
            assert!(slot <= now + plan.flex_ms, "{} was early", plan.name);
            if plan.missed == Missed::Skip {
                assert!(now - slot <= ON_TIME_MS, "{} ran for a time that was missed", plan.name);
            }
        }
    }

    fn note(&mut self, fired: &Fired) {
        for id in &fired.jobs {
            let slot = job(&self.queue.conn, *id).unwrap().unwrap().scheduled_for.unwrap();
            self.log.run(fired.schedule, slot);
            self.log.last_fired.insert(fired.schedule, self.truth);
        }
        self.log.left_out += fired.skipped;
    }

    /// What has done its work ends: mostly well.
    fn finish(&mut self) {
        for (lease, done_at) in std::mem::take(&mut self.running) {
            if done_at > self.truth {
                self.running.push((lease, done_at));
                continue;
            }
            let (now, start) = (self.clock(), self.start);
            let failure = match self.chance.below(20) {
                0 if !self.calm => Some(Failure::Final(reason("bad"))),
                1..4 if !self.calm => Some(Failure::Retryable(reason("io"))),
                _ => None,
            };
            let well = failure.is_none();
            let ended = self.write(|tx| match &failure {
                None => succeed(tx, &lease, None, now),
                Some(failure) => fail(tx, &lease, failure, now, 0.5).map(drop),
            });
            if ended.is_some() && well {
                *self.log.succeeded.entry(lease.id).or_default() += 1;
            }
            // The process died: what else it ran died with it.
            if self.start != start {
                return;
            }
        }
    }

    /// What was cancelled stops, and so does what lost a condition.
    fn stop(&mut self) {
        let asked = cancel_requests(&self.queue.conn, &self.owner()).unwrap();
        for (lease, done_at) in std::mem::take(&mut self.running) {
            let (now, start) = (self.clock(), self.start);
            let lost = lease.conditions.unmet(&self.machine, now).into_iter().next();
            let why = match lost {
                _ if asked.contains(&lease.id) => Stop::Cancelled,
                Some(unmet) => Stop::ConditionLost(unmet),
                None => {
                    self.running.push((lease, done_at));
                    continue;
                }
            };
            let attempts = job(&self.queue.conn, lease.id).unwrap().unwrap().attempts;
            match self.write(|tx| release(tx, &lease, &why, now)) {
                Some(State::Enqueued) => {
                    self.log.conditions_lost += 1;
                    let back = job(&self.queue.conn, lease.id).unwrap().unwrap();
                    assert_eq!(back.attempts + 1, attempts, "a lost condition cost an attempt");
                }
                Some(state) => assert_eq!(state, State::Cancelled),
                None => {}
            }
            if self.start != start {
                return;
            }
        }
    }

    fn claim(&mut self) {
        let (me, now) = (self.owner(), self.clock());
        let wish = Claim { machine: self.machine.clone(), ..Claim::any(PLACES - self.running.len()) };
        let leases = self.write(|tx| claim(tx, &me, now, LEASE_MS, &wish)).unwrap_or_default();
        for lease in leases {
            self.log.claims += 1;
            assert_eq!(lease.conditions.unmet(&self.machine, now), [], "{} runs without what it needs", lease.title);
            let id = lease.schedule.unwrap();
            let runs = Filter { schedule: Some(id), ..Filter::states([State::Running]) };
            let beside = jobs(&self.queue.conn, &runs, 0, 9).unwrap().total;
            assert!(beside == 1 || self.schedules[&id].0.overlap == Overlap::Allow, "{} overlaps itself", lease.title);
            let takes = if self.chance.one_in(10) { 3 * HOUR } else { 10 * MINUTE };
            let done_at = self.truth + self.chance.below(takes);
            self.running.push((lease, done_at));
        }
    }

    /// Until something is due, at most half an hour.
    fn sleep(&mut self) {
        let now = self.clock();
        let due = next_schedule_at(&self.queue.conn, now).unwrap().into_iter();
        let later = next_run_at(&self.queue.conn, now).unwrap();
        let until = due.chain(later).map(|at| at - now).min().unwrap_or(HOUR);
        let done = self.running.iter().map(|(_, at)| at - self.truth).min().unwrap_or(HOUR);
        self.truth += until.min(done).clamp(1, 30 * MINUTE);
    }

    /// What must hold whenever one looks.
    fn check(&self) {
        let conn = &self.queue.conn;
        let active: Vec<State> = State::ALL.into_iter().filter(|state| state.is_active()).collect();
        for job in jobs(conn, &Filter::states(active), 0, u64::MAX).unwrap().jobs {
            assert_eq!(job.state == State::Blocked, !job.blocked_by.is_empty(), "{job:?}");
            assert!(job.state != State::Enqueued || job.cancel_requested_at.is_none(), "{job:?}");
            assert!(job.state != State::Enqueued || job.attempts < job.max_attempts, "{job:?}");
        }
        for stored in schedules(conn, None).unwrap().iter().filter(|stored| stored.schedule.enabled) {
            let (plan, zone) = &self.schedules[&stored.id];
            let soon = next_after(&plan.rule, zone, self.clock() + MAX_SET_BACK_MS);
            let on_event = matches!(plan.rule, Rule::On { .. });
            let stands_still = !on_event && stored.next_at.is_none_or(|next| Some(next) > soon);
            assert!(
                !stands_still || self.skew != 0 || stored.handled_at > self.clock() + MAX_SET_BACK_MS,
                "{stored:?}"
            );
        }
    }

    /// Each time of a schedule ran or was counted as left out. With a clock that jumps, times come and go; what ran is
    /// still on the rule's grid, and each schedule still runs.
    fn close_accounts(&self) {
        for stored in schedules(&self.queue.conn, None).unwrap() {
            let (plan, zone) = &self.schedules[&stored.id];
            if let Rule::On { .. } = plan.rule {
                continue;
            }
            let ran = self.log.times(stored.id);
            let until = self.clock().max(stored.handled_at);
            let all = slots_between(&plan.rule, zone, START, until, usize::MAX);
            if self.weather == Weather::Kind {
                assert!(ran.iter().all(|slot| all.binary_search(slot).is_ok()), "{} drifts", plan.name);
                assert_eq!(ran.len() as u64 + stored.skipped, all.len() as u64, "{} lost a time", plan.name);
            }
            let often = next_after(&plan.rule, zone, START).is_some_and(|first| first < START + 2 * DAY);
            let last = self.log.last_fired.get(&stored.id).copied();
            let days = (self.truth - START) / DAY;
            assert!(!often || days < 20 || last.is_some_and(|last| last > self.truth - 8 * DAY), "{} died", plan.name);
        }
    }
}
