//! What befalls the pretend service: the weather of the machine, and a person who meddles.

use crate::plans::{DAY, HOUR, MINUTE, START};
use crate::service::{LEASE_MS, Service, Weather, work_and_succeed};
use legible_jobs::*;

impl Service {
    pub fn something_happens(&mut self) {
        if self.chance.one_in(10) {
            self.flip_a_condition();
        }
        if self.chance.one_in(800) {
            self.truth += self.chance.below(72 * HOUR);
            self.log.count("suspends", 1);
        }
        if self.weather == Weather::ClockJumps && self.chance.one_in(200) {
            self.set_the_clock();
        }
        if self.chance.one_in(500) {
            self.hang();
        }
        self.a_person_meddles();
        if self.chance.one_in(300) {
            self.log.count("kills between two steps", 1);
            self.dead = true;
        }
        if self.dead {
            self.begin();
        }
    }

    fn flip_a_condition(&mut self) {
        let before = self.machine.clone();
        let flip = |value: &mut Option<bool>| *value = value.map(|on| !on);
        match self.chance.below(3) {
            0 => flip(&mut self.machine.online),
            1 => flip(&mut self.machine.metered),
            _ => flip(&mut self.machine.on_ac),
        }
        self.log.count("conditions flipped", 1);
        for event in self.machine.events_since(&before) {
            self.trigger("trigger", &event);
        }
    }

    fn set_the_clock(&mut self) {
        let span = self.chance.pick(&[10 * MINUTE, 3 * HOUR, 2 * DAY, 400 * DAY]).unwrap();
        let before = self.skew;
        self.skew = if self.chance.one_in(2) { 0 } else { self.chance.below(2 * span) - span };
        // Before its first moment nothing was ever asked for.
        self.skew = self.skew.max(START - self.truth);
        self.log.count("clock jumps forward", u64::from(self.skew > before));
        self.log.count("clock jumps back", u64::from(self.skew < before));
    }

    /// The process hangs until its leases run out and another takes its place. When it comes round, nothing that it does
    /// counts any more.
    fn hang(&mut self) {
        if self.dead {
            return;
        }
        self.keep();
        if self.dead {
            return;
        }
        let ghosts = std::mem::take(&mut self.running);
        self.start += 1;
        self.truth += LEASE_MS;
        self.take_back();
        if self.dead {
            self.begin();
        }
        let now = self.clock();
        for (lease, _) in ghosts {
            self.log.count("leases lost", 1);
            let late = self.queue.write(|tx| work_and_succeed(tx, &lease, now));
            assert!(matches!(late, Err(Error::LeaseLost(id)) if id == lease.id), "{late:?}");
            let late = self.queue.write(|tx| renew(tx, &lease.owner, &[lease.id], now, LEASE_MS)).unwrap();
            assert_eq!(late, [], "a lease that was lost came back");
        }
    }

    fn a_person_meddles(&mut self) {
        let now = self.clock();
        // Mostly not for long.
        if !self.dead && paused(&self.queue.conn).unwrap() && self.chance.one_in(4) {
            self.write("resume", |tx| set_paused(tx, false));
        }
        if self.dead || !self.chance.one_in(40) {
            return;
        }
        match self.chance.below(5) {
            0 => {
                self.log.count("pauses", 1);
                self.write("pause", |tx| set_paused(tx, true));
            }
            1 => self.cancel(now),
            2 => self.retry(now),
            3 => {
                if let Some(id) = self.one_in_state("enqueued") {
                    self.write("run a job now", |tx| run_now(tx, &Filter::ids([id]), now));
                }
            }
            _ => self.run_out_of_turn(now),
        }
    }

    fn cancel(&mut self, now: i64) {
        let state = self.chance.pick(&["enqueued", "blocked", "running"]).unwrap();
        if let Some(id) = self.one_in_state(state) {
            self.write("cancel", |tx| request_cancel(tx, &Filter::ids([id]), now));
        }
    }

    fn retry(&mut self, now: i64) {
        let Some(id) = self.one_in_state("failed") else { return };
        for id in self.write("retry", |tx| retry(tx, &Filter::ids([id]), now)).unwrap_or_default() {
            self.log.count("jobs retried", 1);
            self.log.jobs.get_mut(&id).unwrap().retries += 1;
        }
    }

    fn run_out_of_turn(&mut self, now: i64) {
        let ids: Vec<ScheduleId> = self.schedules.keys().copied().collect();
        let schedule = self.chance.pick(&ids).unwrap();
        if let Some(id) = self.write("run a schedule now", |tx| run_schedule_now(tx, schedule, now)) {
            self.log.jobs.entry(id).or_default().schedule = Some(schedule);
            self.log.count("runs out of turn", 1);
        }
    }

    fn one_in_state(&mut self, state: &str) -> Option<JobId> {
        let mut select = self.queue.conn.prepare_cached("SELECT id FROM job WHERE state = ?1 ORDER BY id").unwrap();
        let ids: Vec<i64> = select.query_map([state], |row| row.get(0)).unwrap().map(|id| id.unwrap()).collect();
        self.chance.pick(&ids).map(JobId)
    }
}
