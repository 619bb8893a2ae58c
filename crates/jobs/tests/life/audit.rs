//! What must hold: at each claim, whenever one looks, once a day for every job, and in the end for every time of every
//! schedule.

use crate::log::Account;
use crate::plans::{AFTERWARDS, DAY, HOUR, NIGHTLY, START, expected};
use crate::service::{Service, Weather};
use legible_jobs::limits::{MAX_HISTORY_ROWS, MAX_RUNS_KEPT, MAX_SET_BACK_MS, ON_TIME_MS};
use legible_jobs::rule::{last_until, next_after, slots_between};
use legible_jobs::*;
use rusqlite::{Params, Row};
use std::collections::BTreeSet;

/// No job that is due and allowed waits for longer than this while the machine is awake.
const LONGEST_WAIT: i64 = 24 * HOUR;

impl Service {
    /// The jobs that may be claimed, in their turn: what the queue has to agree with.
    pub fn claimable(&self, now: i64) -> Vec<JobId> {
        if paused(&self.queue.conn).unwrap() {
            return vec![];
        }
        let due = self.rows(
            "SELECT id, needs FROM job INDEXED BY job_due WHERE state = 'enqueued' AND run_at <= ?1
             ORDER BY priority DESC, run_at, id",
            [now],
            |row| Ok((JobId(row.get(0)?), row.get::<_, String>(1)?)),
        );
        let allowed = |needs: &str| {
            needs.is_empty() || serde_json::from_str::<Conditions>(needs).unwrap().unmet(&self.machine, now).is_empty()
        };
        due.into_iter().filter(|(_, needs)| allowed(needs)).map(|(id, _)| id).collect()
    }

    /// Free places are taken by those whose turn it is, and nobody waits for ever.
    pub fn check_claim(&mut self, leases: &[Lease], ready: &[JobId], free: usize) {
        let taken: Vec<JobId> = leases.iter().map(|lease| lease.id).collect();
        let (first, rest) = ready.split_at(free.min(ready.len()));
        assert_eq!(taken, first, "not those whose turn it was");
        self.log.count("claims with jobs left waiting", u64::from(!rest.is_empty()));
        self.waiting.retain(|id, _| rest.contains(id));
        for id in rest {
            let waits = self.awake - *self.waiting.entry(*id).or_insert(self.awake);
            assert!(waits <= LONGEST_WAIT, "job {id} starves");
            self.log.longest_wait = self.log.longest_wait.max(waits);
        }
    }

    pub fn check_lease(&self, lease: &Lease, now: i64) {
        assert_eq!(lease.conditions.unmet(&self.machine, now), [], "{} runs without what it needs", lease.title);
        assert!(lease.attempt <= lease.max_attempts, "{} has one attempt too many", lease.title);
        let id = lease.schedule.unwrap();
        let runs = Filter { schedule: Some(id), ..Filter::states([State::Running]) };
        let beside = jobs(&self.queue.conn, &runs, 0, 9).unwrap().total;
        assert!(beside == 1 || self.schedules[&id].0.overlap == Overlap::Allow, "{} overlaps itself", lease.title);
    }

    /// Missed times: left out, made up for once, or up to so many; each on the grid of its rule.
    pub fn check_policy(&self, fired: &Fired, now: i64) {
        let (plan, zone) = &self.schedules[&fired.schedule];
        let most = match plan.missed {
            Missed::Skip | Missed::Once => 1,
            Missed::All { most } => most as usize,
        };
        assert!(fired.jobs.len() <= most, "{}: {fired:?}", plan.name);
        // With a clock that was set back far, what is due may have run already; and so may what is on time while a run
        // out of turn goes on.
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

    /// What must hold whenever one looks.
    pub fn check(&self) {
        let conn = &self.queue.conn;
        for job in jobs(conn, &Filter::states(State::ACTIVE), 0, u64::MAX).unwrap().jobs {
            assert_eq!(job.state == State::Blocked, !job.blocked_by.is_empty(), "{job:?}");
            assert!(job.state != State::Enqueued || job.cancel_requested_at.is_none(), "{job:?}");
            assert!(job.state != State::Enqueued || job.attempts < job.max_attempts, "{job:?}");
            assert!(self.log.jobs.contains_key(&job.id), "nobody asked for {job:?}");
        }
        let held_twice = "SELECT unique_key FROM job WHERE unique_key IS NOT NULL AND cancel_requested_at IS NULL
                AND state IN ('enqueued', 'blocked', 'running')
            GROUP BY unique_key HAVING count(DISTINCT coalesce(chain_id, id)) > 1";
        let run_twice = "SELECT unique_key FROM job WHERE unique_key IS NOT NULL AND state = 'running'
            GROUP BY unique_key HAVING count(*) > 1";
        for sql in [held_twice, run_twice] {
            assert_eq!(self.rows(sql, [], |row| row.get::<_, String>(0)), [""; 0], "a unique name is not unique");
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

    /// Every job that was asked for is there, with all of its history; its work is done once if it succeeded, and never
    /// otherwise; no attempt was one too many.
    pub fn audit(&mut self) {
        self.log.count("audits", 1);
        struct Stored {
            id: JobId,
            succeeded: bool,
            ended: bool,
            max_attempts: u64,
            /// Lines of its history: all, those of attempts that have not ended, and those that count as attempts.
            claims: u64,
            open: u64,
            counted: u64,
            done: u64,
        }
        let number = |row: &Row<'_>, column: usize| row.get::<_, i64>(column).map(i64::unsigned_abs);
        let stored = self.rows(
            "SELECT job.id, state = 'succeeded', finished_at IS NOT NULL, max_attempts, count(lines.job_id),
                    count(*) FILTER (WHERE lines.started_at IS NOT NULL AND lines.ended_at IS NULL),
                    count(*) FILTER (WHERE lines.started_at IS NOT NULL AND lines.outcome IS NOT 'released'),
                    (SELECT count(*) FROM work WHERE work.job = job.id)
             FROM job LEFT JOIN job_attempt AS lines ON lines.job_id = job.id GROUP BY job.id",
            [],
            |row| {
                Ok(Stored {
                    id: JobId(row.get(0)?),
                    succeeded: row.get(1)?,
                    ended: row.get(2)?,
                    max_attempts: number(row, 3)?,
                    claims: number(row, 4)?,
                    open: number(row, 5)?,
                    counted: number(row, 6)?,
                    done: number(row, 7)?,
                })
            },
        );
        self.forget_trimmed_runs();
        let ids: Vec<JobId> = stored.iter().map(|job| job.id).collect();
        assert!(ids.iter().eq(self.log.jobs.keys()), "a job was lost, or is there that nobody asked for");
        self.log.count("jobs audited", stored.len() as u64);
        for job in stored {
            let (id, account) = (job.id, &self.log.jobs[&job.id]);
            assert_eq!(job.done, u64::from(job.succeeded), "the work of job {id} was done twice, or not at all");
            let trimmed = account.claims > u64::from(MAX_HISTORY_ROWS);
            assert!(job.claims == account.claims || trimmed, "the history of job {id} is not whole");
            assert!(!job.ended || job.open == 0, "job {id} ended and an attempt of it did not");
            assert!(job.counted <= job.max_attempts * (1 + account.retries), "job {id} was tried too often");
        }
    }

    /// The oldest runs of a schedule are forgotten when there are many newer ones, and leave the log, too.
    fn forget_trimmed_runs(&mut self) {
        for id in self.schedules.keys() {
            let oldest_kept = self.rows(
                "SELECT id FROM job WHERE schedule_id = ?1 AND finished_at IS NOT NULL ORDER BY id DESC LIMIT 1 OFFSET ?2",
                [id.0, i64::from(MAX_RUNS_KEPT) - 1],
                |row| row.get(0).map(JobId),
            );
            let Some(oldest_kept) = oldest_kept.first() else { continue };
            let left = self.rows("SELECT id FROM job WHERE schedule_id = ?1", [id.0], |row| row.get(0).map(JobId));
            assert!(left.len() < 2 * MAX_RUNS_KEPT as usize, "schedule {id} has {} runs", left.len());
            let left: BTreeSet<JobId> = left.into_iter().collect();
            let all = self.log.jobs.len();
            let is_kept = |job: &JobId, account: &Account| {
                account.schedule != Some(*id) || job >= oldest_kept || left.contains(job)
            };
            self.log.jobs.retain(|job, account| is_kept(job, account));
            let gone = (all - self.log.jobs.len()) as u64;
            self.log.count("old runs of frequent schedules forgotten", gone);
        }
    }

    /// Only what ended long ago was forgotten; what is gone leaves the log, too.
    pub fn note_forgotten(&mut self, before: i64) {
        let left = self.rows("SELECT id FROM job", [], |row| row.get(0).map(JobId));
        let left: BTreeSet<JobId> = left.into_iter().collect();
        let all = self.log.jobs.len();
        self.log.jobs.retain(|id, _| left.contains(id));
        self.log.count("jobs forgotten", (all - self.log.jobs.len()) as u64);
        let old = "SELECT count(*) FROM job WHERE finished_at < ?1";
        let kept: i64 = self.queue.conn.query_row(old, [before], |row| row.get(0)).unwrap();
        assert!(kept < 100, "{kept} jobs are not forgotten");
        self.queue.conn.execute("DELETE FROM work WHERE job NOT IN (SELECT id FROM job)", []).unwrap();
    }

    /// The runs that ends of the nightly schedule started since one last looked.
    pub fn find_runs_afterwards(&mut self) {
        let afterwards = self.schedules.iter().find(|(_, (plan, _))| plan.name == AFTERWARDS).map(|(id, _)| *id);
        let afterwards = afterwards.unwrap();
        let runs = self.rows(
            "SELECT id, scheduled_for FROM job WHERE schedule_id = ?1 AND scheduled_for IS NOT NULL ORDER BY id DESC LIMIT 9",
            [afterwards.0],
            |row| Ok((JobId(row.get(0)?), row.get(1)?)),
        );
        for (id, slot) in runs {
            if !self.log.jobs.contains_key(&id) {
                self.log.slots.entry(afterwards).or_default().insert(slot, id);
                self.log.jobs.insert(id, Account { schedule: Some(afterwards), ..Account::default() });
                self.log.count("runs fired", 1);
            }
        }
    }

    /// Each time of a schedule ran or was counted as left out. With a clock that jumps, times come and go; what ran is
    /// still on the rule's grid, and each schedule still runs.
    pub fn close_accounts(&mut self) {
        for stored in schedules(&self.queue.conn, None).unwrap() {
            let (plan, zone) = &self.schedules[&stored.id];
            let ran: Vec<i64> = self.log.slots.get(&stored.id).into_iter().flatten().map(|(slot, _)| *slot).collect();
            let kind = self.weather == Weather::Kind;
            if plan.name == AFTERWARDS {
                let ends = self.log.ends.get(&NIGHTLY).copied().unwrap_or_default();
                assert!(!kind || ran.len() as u64 == ends, "{ends} ends started {} runs", ran.len());
            }
            if let Rule::On { .. } = plan.rule {
                continue;
            }
            let until = self.clock().max(stored.handled_at);
            let all = slots_between(&plan.rule, zone, START, until, usize::MAX);
            if let Some(expected) = expected(plan, until) {
                assert!(all == expected, "{}: the two libraries disagree", plan.name);
                self.log.count("schedules agreed with the oracle", 1);
                self.log.count("times that the oracle has", expected.len() as u64);
            }
            if kind {
                assert!(ran.iter().all(|slot| all.binary_search(slot).is_ok()), "{} drifts", plan.name);
                assert_eq!(ran.len() as u64 + stored.skipped, all.len() as u64, "{} lost a time", plan.name);
            }
            let often = next_after(&plan.rule, zone, START).is_some_and(|first| first < START + 2 * DAY);
            let last = self.log.last_fired.get(&stored.id).copied();
            let days = (self.truth - START) / DAY;
            assert!(!often || days < 20 || last.is_some_and(|last| last > self.truth - 8 * DAY), "{} died", plan.name);
        }
    }

    fn rows<T>(&self, sql: &str, params: impl Params, row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
        let mut select = self.queue.conn.prepare_cached(sql).unwrap();
        select.query_map(params, row).unwrap().map(|row| row.unwrap()).collect()
    }
}
