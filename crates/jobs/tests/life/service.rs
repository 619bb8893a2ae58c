//! The pretend service: what it does at each moment. What befalls it is in `events`, where it dies in `kills`, what must
//! hold in `audit`.

use crate::chance::Chance;
use crate::common::{Queue, reason};
use crate::log::{Account, Log};
use crate::plans::{DAY, HOUR, MINUTE, NIGHTLY, START, plans};
use legible_jobs::*;
use rusqlite::Transaction;
use std::collections::BTreeMap;

pub const LEASE_MS: i64 = 90_000;
/// How many jobs run beside each other.
pub const PLACES: usize = 4;
/// How long ended jobs are kept, as the real service does it.
const KEPT_MS: i64 = 30 * DAY;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// The clock is right.
    Kind,
    /// The clock is set wrong, and right again, at any time.
    ClockJumps,
}

pub struct Service {
    pub log: Log,
    pub queue: Queue,
    pub weather: Weather,
    pub chance: Chance,
    pub days: u64,
    /// The time that it really is.
    pub truth: i64,
    /// How far the clock is off.
    pub skew: i64,
    /// How long the machine was awake, in milliseconds.
    pub awake: i64,
    pub machine: Machine,
    /// How many times the process was started.
    pub start: u32,
    /// The process has died and was not started again.
    pub dead: bool,
    /// What runs, and when it will have done its work.
    pub running: Vec<(Lease, i64)>,
    pub schedules: BTreeMap<ScheduleId, (Schedule, Zone)>,
    /// The jobs that are due and allowed and had no place, and how long the machine was awake when that began.
    pub waiting: BTreeMap<JobId, i64>,
    /// Nothing goes wrong any more.
    pub calm: bool,
    prune_at: i64,
}

impl Service {
    pub fn new(seed: u64, weather: Weather, days: u64) -> Service {
        let mut queue = Queue::in_memory();
        // The work of a job: a row in the transaction of its acknowledgement.
        queue
            .conn
            .execute_batch("CREATE TABLE work (job INTEGER NOT NULL); CREATE INDEX work_of ON work (job)")
            .unwrap();
        let mut schedules = BTreeMap::new();
        for plan in plans() {
            let (id, _) = queue.write(|tx| put_schedule(tx, &plan, SchedulePolicy::Keep, START)).unwrap();
            let zone = Zone::named(&plan.zone).unwrap();
            schedules.insert(id, (plan, zone));
        }
        Service {
            log: Log::default(),
            queue,
            weather,
            chance: Chance(seed),
            days,
            truth: START,
            skew: 0,
            awake: 0,
            machine: Service::good_machine(),
            start: 0,
            dead: false,
            running: vec![],
            schedules,
            waiting: BTreeMap::new(),
            calm: false,
            prune_at: START + DAY,
        }
    }

    pub fn live(&mut self) {
        let end = START + DAY * i64::try_from(self.days).unwrap();
        self.begin();
        let mut moments = 0_u64;
        while self.truth < end {
            self.something_happens();
            self.moment();
            if moments.is_multiple_of(50) {
                self.check();
            }
            moments += 1;
            self.log.count("moments", 1);
            self.sleep();
        }
        // Whatever is due at the end is dealt with, so that the accounts can be closed.
        self.calm = true;
        self.fire();
        self.check();
        self.audit();
        self.close_accounts();
    }

    /// Nothing new comes and nothing goes wrong: every run must end.
    pub fn come_to_rest(&mut self) {
        self.machine = Service::good_machine();
        let now = self.clock();
        let ids: Vec<ScheduleId> = self.schedules.keys().copied().collect();
        for id in ids {
            self.queue.write(|tx| set_enabled(tx, id, false, now)).unwrap();
        }
        self.write("resume", |tx| set_paused(tx, false));
        let active = counts(&self.queue.conn).unwrap().active();
        let mut moments = 0;
        while counts(&self.queue.conn).unwrap().active() > 0 {
            self.moment();
            self.truth += HOUR;
            moments += 1;
            assert!(moments < 100 + 20 * active, "{active} jobs do not end");
        }
        self.check();
        self.audit();
    }

    pub fn clock(&self) -> i64 {
        self.truth + self.skew
    }

    pub fn owner(&self) -> Owner {
        Owner(format!("start-{}", self.start))
    }

    fn good_machine() -> Machine {
        Machine { online: Some(true), metered: Some(false), on_ac: Some(true), ..Machine::default() }
    }

    /// The process starts: it takes back what its forerunners held. It may die at that, too.
    pub fn begin(&mut self) {
        loop {
            self.dead = false;
            self.start += 1;
            self.running.clear();
            // A start takes its time.
            self.truth += 1000;
            let (me, now) = (self.owner(), self.clock());
            let lost = self.write("reclaim at the start", |tx| reclaim(tx, &Reclaim::NotOwnedBy(&me), now));
            self.note_crashed(lost.unwrap_or_default());
            if !self.dead {
                self.trigger("trigger at the start", &Trigger::AppStart);
            }
            if !self.dead {
                return;
            }
        }
    }

    /// What a service does each time it wakes. A process that dies is started again, and the moment is over.
    fn moment(&mut self) {
        let steps = [Self::keep, Self::take_back, Self::fire, Self::finish, Self::stop, Self::claim, Self::prune];
        for step in steps {
            step(self);
            if self.dead {
                self.begin();
                return;
            }
        }
    }

    /// Keeps the leases.
    pub fn keep(&mut self) {
        let (me, now) = (self.owner(), self.clock());
        let held: Vec<JobId> = self.running.iter().map(|(lease, _)| lease.id).collect();
        if held.is_empty() {
            return;
        }
        if let Some(kept) = self.write("renew", |tx| renew(tx, &me, &held, now, LEASE_MS)) {
            assert_eq!(kept, held, "a lease was lost while its owner lives");
        }
    }

    /// Takes back what another let run out.
    pub fn take_back(&mut self) {
        let now = self.clock();
        let lost = self.write("reclaim what ran out", |tx| reclaim(tx, &Reclaim::Expired, now));
        self.note_crashed(lost.unwrap_or_default());
    }

    fn fire(&mut self) {
        let now = self.clock();
        if next_schedule_at(&self.queue.conn, now).unwrap().is_none_or(|at| at > now) {
            return;
        }
        let Some(fired) = self.write("fire", |tx| fire_due(tx, now, 100)) else { return };
        for fired in fired {
            self.check_policy(&fired, now);
            self.note_fired(&fired);
        }
        let next = next_schedule_at(&self.queue.conn, now).unwrap();
        assert!(next.is_none_or(|at| at > now), "something is due that was not fired");
    }

    pub fn trigger(&mut self, step: &'static str, what: &Trigger) {
        let now = self.clock();
        for fired in self.write(step, |tx| trigger(tx, what, now)).unwrap_or_default() {
            // Two events in one millisecond, which takes a clock that was set back, are one.
            let told = fired.jobs.len() as u64 + fired.skipped;
            assert!(told == 1 || self.weather == Weather::ClockJumps, "an event was lost: {what:?}");
            self.note_fired(&fired);
        }
    }

    /// What has done its work ends: mostly well.
    fn finish(&mut self) {
        for (lease, done_at) in std::mem::take(&mut self.running) {
            if done_at > self.truth || self.dead {
                self.running.push((lease, done_at));
                continue;
            }
            let now = self.clock();
            let (step, failure) = match self.chance.below(20) {
                0 if !self.calm => ("fail for good", Some(Failure::Final(reason("bad")))),
                1..4 if !self.calm => ("fail, to retry", Some(Failure::Retryable(reason("io")))),
                _ => ("succeed", None),
            };
            let ended = self.write(step, |tx| match &failure {
                None => work_and_succeed(tx, &lease, now).map(|()| State::Succeeded),
                Some(failure) => fail(tx, &lease, failure, now, 0.5),
            });
            if let Some(state) = ended {
                self.note_end(lease.schedule, state);
            }
        }
    }

    /// What was cancelled stops, and so does what lost a condition, and everything when all is paused.
    fn stop(&mut self) {
        let asked = cancel_requests(&self.queue.conn, &self.owner()).unwrap();
        let rests = paused(&self.queue.conn).unwrap();
        for (lease, done_at) in std::mem::take(&mut self.running) {
            let now = self.clock();
            let lost = lease.conditions.unmet(&self.machine, now).into_iter().next();
            let (step, why) = match lost {
                _ if asked.contains(&lease.id) => ("release, cancelled", Stop::Cancelled),
                _ if rests => ("release, paused", Stop::Paused),
                Some(unmet) => ("release, condition lost", Stop::ConditionLost(unmet)),
                None => {
                    self.running.push((lease, done_at));
                    continue;
                }
            };
            if self.dead {
                return;
            }
            let attempts = job(&self.queue.conn, lease.id).unwrap().unwrap().attempts;
            match self.write(step, |tx| release(tx, &lease, &why, now)) {
                Some(State::Enqueued) => {
                    self.log.count("conditions lost", u64::from(step == "release, condition lost"));
                    let back = job(&self.queue.conn, lease.id).unwrap().unwrap();
                    assert_eq!(back.attempts + 1, attempts, "a stop cost an attempt");
                }
                Some(state) => {
                    assert_eq!(state, State::Cancelled);
                    self.note_end(lease.schedule, state);
                }
                None => {}
            }
        }
    }

    fn claim(&mut self) {
        let (me, now) = (self.owner(), self.clock());
        let free = PLACES - self.running.len();
        let ready = self.claimable(now);
        let wish = Claim { machine: self.machine.clone(), ..Claim::any(free) };
        let Some(leases) = self.write("claim", |tx| claim(tx, &me, now, LEASE_MS, &wish)) else { return };
        self.check_claim(&leases, &ready, free);
        for lease in leases {
            self.log.count("claims", 1);
            self.log.jobs.get_mut(&lease.id).expect("it was asked for").claims += 1;
            self.check_lease(&lease, now);
            let takes = if self.chance.one_in(10) { 3 * HOUR } else { 10 * MINUTE };
            let done_at = self.truth + self.chance.below(takes);
            self.running.push((lease, done_at));
        }
    }

    /// Once a day, old jobs are looked through a last time and forgotten.
    fn prune(&mut self) {
        if self.truth < self.prune_at {
            return;
        }
        self.prune_at = self.truth + DAY;
        self.audit();
        let now = self.clock();
        if self.write("prune", |tx| prune(tx, &Filter::default(), now - KEPT_MS, now, usize::MAX)).is_some() {
            self.note_forgotten(now - KEPT_MS);
        }
    }

    /// Until something is due, at most half an hour.
    fn sleep(&mut self) {
        let now = self.clock();
        let due = next_schedule_at(&self.queue.conn, now).unwrap().into_iter();
        let later = next_run_at(&self.queue.conn, now).unwrap();
        let until = due.chain(later).map(|at| at - now).min().unwrap_or(HOUR);
        let done = self.running.iter().map(|(_, at)| at - self.truth).min().unwrap_or(HOUR);
        let sleeps = until.min(done).clamp(1, 30 * MINUTE);
        self.truth += sleeps;
        self.awake += sleeps;
    }

    fn note_fired(&mut self, fired: &Fired) {
        for id in &fired.jobs {
            let slot = job(&self.queue.conn, *id).unwrap().unwrap().scheduled_for.unwrap();
            self.note_run(fired.schedule, slot, *id);
        }
        self.log.count("times left out", fired.skipped);
    }

    /// A time never comes twice, but for one whose run was forgotten before a wrong clock came to it again.
    fn note_run(&mut self, schedule: ScheduleId, slot: i64, id: JobId) {
        let before = self.log.slots.entry(schedule).or_default().insert(slot, id);
        let forgotten = |id| self.weather == Weather::ClockJumps && job(&self.queue.conn, id).unwrap().is_none();
        let account = Account { schedule: Some(schedule), ..Account::default() };
        assert!(before.is_none_or(forgotten), "schedule {schedule} ran for {slot} twice");
        assert!(self.log.jobs.insert(id, account).is_none(), "job {id} is enqueued twice");
        self.log.last_fired.insert(schedule, self.truth);
        self.log.count("runs fired", 1);
    }

    fn note_crashed(&mut self, lost: Vec<(JobId, State)>) {
        self.log.count("attempts crashed", lost.len() as u64);
        for (id, state) in lost {
            let schedule = job(&self.queue.conn, id).unwrap().unwrap().schedule;
            self.note_end(schedule, state);
        }
    }

    /// A run ended, or not. What the end started is told by nobody: it is looked for.
    pub fn note_end(&mut self, schedule: Option<ScheduleId>, state: State) {
        self.log.count("runs succeeded", u64::from(state == State::Succeeded));
        self.log.count("runs failed", u64::from(state == State::Failed));
        if let (Some(id), State::Succeeded | State::Failed) = (schedule, state) {
            *self.log.ends.entry(id).or_default() += 1;
            if id == NIGHTLY {
                self.find_runs_afterwards();
            }
        }
    }
}

/// What a job is there for, and its acknowledgement.
pub fn work_and_succeed(tx: &Transaction<'_>, lease: &Lease, now: i64) -> Result<()> {
    tx.prepare_cached("INSERT INTO work VALUES (?1)")?.execute([lease.id.0])?;
    succeed(tx, lease, None, now)
}
