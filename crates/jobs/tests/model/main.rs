//! Random lives of a whole queue, compared step by step with a plain reference. Some steps are dropped before their
//! commit, as by a crash: they must leave no trace.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../common/mod.rs"]
mod common;
mod reference;

use common::{Queue, job, owner, reason};
use legible_jobs::*;
use proptest::prelude::*;
use reference::{BACKOFF, LEASE_MS, Pick, RefGroup, RefJob, Reference};
use rusqlite::{Transaction, TransactionBehavior};
use std::collections::HashSet;

#[derive(Debug, Clone)]
enum Step {
    Wait(i64),
    Enqueue { kind: &'static str, priority: i32, delay: i64, unique: Option<u8>, group: Option<usize>, max: u32 },
    Claim { owner: u8, limit: usize, excluded: Option<&'static str> },
    Renew(u8),
    Progress(usize),
    Succeed(usize),
    Fail { lease: usize, retryable: bool },
    Release(usize),
    RequestCancel(Pick),
    Retry(Pick),
    Expire,
    Restart(u8),
    Pause(bool),
    NewGroup,
    Seal(usize),
    MarkTold(usize),
    Prune,
}

fn kind() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("read"), Just("thumbnail")]
}

fn pick() -> impl Strategy<Value = Pick> {
    prop_oneof![
        1 => Just(Pick::All),
        6 => (0..40_usize).prop_map(Pick::Job),
        1 => kind().prop_map(Pick::Kind),
        2 => (0..3_usize).prop_map(Pick::Group),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let enqueue =
        (kind(), 0..3, 0..5000_i64, prop::option::of(0..4_u8), prop::option::of(0..3_usize), 1..4_u32).prop_map(
            |(kind, priority, delay, unique, group, max)| Step::Enqueue { kind, priority, delay, unique, group, max },
        );
    let claim = (0..3_u8, 0..4_usize, prop::option::of(kind())).prop_map(|(owner, limit, excluded)| Step::Claim {
        owner,
        limit,
        excluded,
    });
    prop_oneof![
        6 => (0..6000_i64).prop_map(Step::Wait),
        16 => enqueue,
        16 => claim,
        2 => (0..3_u8).prop_map(Step::Renew),
        2 => (0..100_usize).prop_map(Step::Progress),
        8 => (0..100_usize).prop_map(Step::Succeed),
        8 => (0..100_usize, any::<bool>()).prop_map(|(lease, retryable)| Step::Fail { lease, retryable }),
        3 => (0..100_usize).prop_map(Step::Release),
        5 => pick().prop_map(Step::RequestCancel),
        4 => pick().prop_map(Step::Retry),
        3 => Just(Step::Expire),
        2 => (0..3_u8).prop_map(Step::Restart),
        1 => any::<bool>().prop_map(Step::Pause),
        2 => Just(Step::NewGroup),
        2 => (0..3_usize).prop_map(Step::Seal),
        2 => (0..3_usize).prop_map(Step::MarkTold),
        1 => Just(Step::Prune),
    ]
}

/// The queue, its reference, and what was handed out.
struct World {
    reference: Reference,
    leases: Vec<Lease>,
    groups: Vec<GroupId>,
    /// Jobs that were cancelled and not retried since.
    stopped: HashSet<i64>,
}

impl World {
    /// One step on both sides. `tx` is committed or dropped by the caller; a dropped step's world is dropped too.
    fn step(&mut self, tx: &Transaction<'_>, step: &Step) {
        let now = self.reference.now;
        match step {
            Step::Wait(ms) => self.reference.now += ms,
            Step::Enqueue { .. } => self.enqueue(tx, step),
            Step::Claim { owner: by, limit, excluded } => self.claim(tx, *by, *limit, *excluded),
            Step::Renew(by) => {
                let ids: Vec<JobId> = self.reference.jobs.iter().map(|job| JobId(job.id)).collect();
                let kept = renew(tx, &owner(*by), &ids, now, LEASE_MS).unwrap();
                let mut expected = Vec::new();
                for job in self.reference.jobs.iter_mut().filter(|job| job.owner == Some(*by)) {
                    job.lease_until = now + LEASE_MS;
                    expected.push(JobId(job.id));
                }
                assert_eq!(kept, expected);
            }
            Step::Progress(n) => {
                if let Some(n) = self.lease(*n) {
                    let held = progress(tx, &self.leases[n], 0.5, "half", now).unwrap();
                    assert_eq!(held, self.reference.holds(n));
                }
            }
            Step::Succeed(n) => self.end(*n, |lease| succeed(tx, lease, None, now).map(|()| State::Succeeded), None),
            Step::Fail { lease, retryable: true } => {
                let retryable = Failure::Retryable(reason("io"));
                self.end(*lease, |lease| fail(tx, lease, &retryable, now, 0.5), Some(Back::AfterBackoff));
            }
            Step::Fail { lease, retryable: false } => {
                self.end(*lease, |lease| fail(tx, lease, &Failure::Final(reason("bad")), now, 0.5), Some(Back::Never));
            }
            Step::Release(n) => self.end(*n, |lease| release(tx, lease, &Stop::Quit, now), Some(Back::Uncounted)),
            Step::RequestCancel(pick) => self.request_cancel(tx, pick),
            Step::Retry(pick) => self.retry(tx, pick),
            Step::Expire => self.reclaim(tx, &Reclaim::Expired, |job| job.lease_until <= now),
            Step::Restart(by) => {
                self.reclaim(tx, &Reclaim::NotOwnedBy(&owner(*by)), |job| job.owner != Some(*by));
            }
            Step::Pause(on) => {
                set_paused(tx, *on).unwrap();
                self.reference.paused = *on;
            }
            Step::NewGroup => {
                if self.groups.len() < 3 {
                    self.groups.push(new_group(tx, "Folder", now).unwrap());
                    self.reference.groups.push(RefGroup::default());
                }
            }
            Step::Seal(n) => {
                if let Some(group) = self.reference.groups.get_mut(*n)
                    && !group.pruned
                {
                    seal(tx, self.groups[*n], now).unwrap();
                    group.sealed = true;
                }
            }
            Step::MarkTold(n) => {
                if let Some(group) = self.reference.groups.get_mut(*n) {
                    let first = mark_told(tx, self.groups[*n], now).unwrap();
                    assert_eq!(first, group.ended && !group.told && !group.pruned);
                    group.told |= first;
                }
            }
            Step::Prune => self.prune(tx),
        }
        self.reference.settle_groups();
    }

    fn enqueue(&mut self, tx: &Transaction<'_>, step: &Step) {
        let Step::Enqueue { kind, priority, delay, unique, group, max } = step else { return };
        let now = self.reference.now;
        let unique = unique.map(|n| format!("name-{n}"));
        let group = group.filter(|&n| self.reference.groups.get(n).is_some_and(|group| !group.pruned));
        let new = NewJob {
            priority: *priority,
            run_at: now + delay,
            unique: unique.clone(),
            group: group.map(|n| self.groups[n]),
            max_attempts: *max,
            backoff: BACKOFF,
            ..job(kind)
        };
        let enqueued = enqueue(tx, &new, now);
        if let Some(first) = unique.as_ref().and_then(|name| self.reference.holder(name)) {
            assert_eq!(enqueued.unwrap(), Enqueued { id: JobId(self.reference.jobs[first].id), new: false });
        } else if group.is_some_and(|n| self.reference.groups[n].ended) {
            assert!(matches!(enqueued, Err(Error::GroupEnded(_))), "{enqueued:?}");
        } else {
            let Enqueued { id: JobId(id), new: true } = enqueued.unwrap() else { panic!("the job must be new") };
            assert!(self.reference.jobs.iter().all(|job| job.id < id), "an id came twice");
            self.reference.jobs.push(RefJob {
                id,
                kind,
                priority: *priority,
                run_at: now + delay,
                attempts: 0,
                max_attempts: *max,
                unique,
                group,
                state: State::Enqueued,
                owner: None,
                lease: None,
                lease_until: 0,
                cancel_requested: false,
                finished_at: 0,
                pruned: false,
            });
        }
    }

    fn claim(&mut self, tx: &Transaction<'_>, by: u8, limit: usize, excluded: Option<&'static str>) {
        let wish = Claim { excluded_kinds: excluded.into_iter().map(String::from).collect(), ..Claim::any(limit) };
        let leases = claim(tx, &owner(by), self.reference.now, LEASE_MS, &wish).unwrap();
        let turn = self.reference.turn(limit, excluded);
        let expected: Vec<JobId> = turn.iter().map(|&n| JobId(self.reference.jobs[n].id)).collect();
        assert_eq!(leases.iter().map(|lease| lease.id).collect::<Vec<_>>(), expected);
        for (lease, n) in leases.into_iter().zip(turn) {
            assert!(!self.stopped.contains(&lease.id.0), "a cancelled job runs again");
            self.reference.claim(n, by);
            assert_eq!(lease.attempt, self.reference.jobs[n].attempts);
            self.leases.push(lease);
        }
    }

    /// Ends lease `n` of all that were ever given out; `back` says how the job may come back, `None` means success.
    fn end(&mut self, n: usize, act: impl FnOnce(&Lease) -> Result<State>, back: Option<Back>) {
        let Some(n) = self.lease(n) else { return };
        let result = act(&self.leases[n]);
        if !self.reference.holds(n) {
            assert!(matches!(result, Err(Error::LeaseLost(_))), "a lost lease was heard: {result:?}");
            return;
        }
        let at = self.reference.leases[n];
        let job = self.reference.jobs[at].clone();
        let now = self.reference.now;
        let (state, run_at, attempts) = match back {
            None => (State::Succeeded, 0, 0),
            Some(Back::Never) => (State::Failed, 0, 0),
            Some(Back::Uncounted) => (State::Enqueued, job.run_at, job.attempts - 1),
            Some(Back::AfterBackoff) if job.attempts < job.max_attempts => {
                (State::Enqueued, now + BACKOFF.delay_ms(job.attempts, 0.5), job.attempts)
            }
            Some(Back::AfterBackoff) => (State::Failed, 0, 0),
        };
        let expected = self.reference.settle(at, state, run_at, attempts);
        assert_eq!(result.unwrap(), expected);
        if expected == State::Cancelled {
            self.stopped.insert(job.id);
        }
    }

    fn request_cancel(&mut self, tx: &Transaction<'_>, pick: &Pick) {
        let now = self.reference.now;
        let Some(filter) = self.filter(pick) else { return };
        let running = request_cancel(tx, &filter, now).unwrap();
        let mut expected = Vec::new();
        for n in self.reference.picked(pick) {
            let job = &mut self.reference.jobs[n];
            match job.state {
                State::Enqueued => {
                    (job.state, job.finished_at) = (State::Cancelled, now);
                    self.stopped.insert(job.id);
                }
                State::Running => {
                    job.cancel_requested = true;
                    expected.push(JobId(job.id));
                }
                _ => {}
            }
        }
        assert_eq!(running, expected);
    }

    fn retry(&mut self, tx: &Transaction<'_>, pick: &Pick) {
        let now = self.reference.now;
        let Some(filter) = self.filter(pick) else { return };
        let retried = retry(tx, &filter, now).unwrap();
        let mut expected = Vec::new();
        for n in self.reference.picked(pick).into_iter().rev() {
            let job = &self.reference.jobs[n];
            let ended = matches!(job.state, State::Failed | State::Cancelled);
            if ended && job.unique.as_ref().is_none_or(|name| self.reference.holder(name).is_none()) {
                let job = &mut self.reference.jobs[n];
                (job.state, job.attempts, job.run_at, job.cancel_requested) = (State::Enqueued, 0, now, false);
                self.stopped.remove(&job.id);
                expected.push(JobId(job.id));
            }
        }
        assert_eq!(retried, expected);
    }

    fn reclaim(&mut self, tx: &Transaction<'_>, which: &Reclaim<'_>, lost: impl Fn(&RefJob) -> bool) {
        let reclaimed = reclaim(tx, which, self.reference.now).unwrap();
        let mut expected = Vec::new();
        for n in 0..self.reference.jobs.len() {
            let job = &self.reference.jobs[n];
            if job.state == State::Running && lost(job) {
                let id = job.id;
                let state = self.reference.crash(n);
                if state == State::Cancelled {
                    self.stopped.insert(id);
                }
                expected.push((JobId(id), state));
            }
        }
        assert_eq!(reclaimed, expected);
    }

    fn prune(&mut self, tx: &Transaction<'_>) {
        let before = self.reference.now - 5000;
        let pruned = prune(tx, &Filter::default(), before, i64::MAX, usize::MAX).unwrap();
        let mut expected = 0;
        for job in self.reference.jobs.iter_mut().filter(|job| !job.pruned && !job.state.is_active()) {
            if job.finished_at < before && job.group.is_none_or(|n| self.reference.groups[n].told) {
                job.pruned = true;
                expected += 1;
            }
        }
        assert_eq!(pruned, expected);
        for (n, group) in self.reference.groups.iter_mut().enumerate() {
            group.pruned |= legible_jobs::group(tx, self.groups[n]).unwrap().is_none();
            let left = self.reference.jobs.iter().any(|job| job.group == Some(n) && !job.pruned);
            assert!(!group.pruned || (group.told && !left), "a group went too early");
        }
    }

    fn lease(&self, n: usize) -> Option<usize> {
        (!self.leases.is_empty()).then(|| n % self.leases.len())
    }

    fn filter(&self, pick: &Pick) -> Option<Filter> {
        Some(match pick {
            Pick::All => Filter::default(),
            Pick::Job(n) => Filter::ids([JobId(self.reference.jobs.get(*n)?.id)]),
            Pick::Kind(kind) => Filter { kinds: Some(vec![(*kind).into()]), ..Filter::default() },
            Pick::Group(n) => Filter::group(*self.groups.get(*n)?),
        })
    }

    /// Everything that can be seen of the queue is what the reference says.
    fn compare(&self, queue: &Queue) {
        let conn = &queue.conn;
        let stored = jobs(conn, &Filter::default(), 0, u64::MAX).unwrap();
        let mut kept: Vec<&RefJob> = self.reference.jobs.iter().rev().filter(|job| !job.pruned).collect();
        kept.sort_by_key(|job| job.state != State::Running);
        assert_eq!(stored.total, kept.len() as u64, "a job was lost");
        let mut names = HashSet::new();
        for (job, expected) in stored.jobs.iter().zip(&kept) {
            let seen = (job.id.0, job.state, job.attempts, job.run_at, job.owner.clone());
            let run_at = expected.run_at;
            assert_eq!(seen, (expected.id, expected.state, expected.attempts, run_at, expected.owner.map(owner)));
            assert!(job.attempts <= job.max_attempts);
            if job.state.is_active() && job.cancel_requested_at.is_none() {
                assert!(
                    job.unique.as_ref().is_none_or(|name| names.insert(name.clone())),
                    "a unique name is held twice"
                );
            }
            let attempts = history(conn, job.id).unwrap();
            let open = attempts.iter().filter(|attempt| attempt.ended_at.is_none()).count();
            assert_eq!(open, usize::from(job.state == State::Running), "the history has no end, or one too many");
        }
        let counts = counts(conn).unwrap();
        let of = |state| kept.iter().filter(|job| job.state == state).count() as u64;
        assert_eq!((counts.enqueued, counts.running), (of(State::Enqueued), of(State::Running)));
        assert_eq!(
            (counts.succeeded, counts.failed, counts.cancelled),
            (of(State::Succeeded), of(State::Failed), of(State::Cancelled))
        );
        for (n, expected) in self.reference.groups.iter().enumerate().filter(|(_, group)| !group.pruned) {
            let group = group(conn, self.groups[n]).unwrap().unwrap();
            let counted = (group.total, group.succeeded, group.failed, group.cancelled);
            assert_eq!(counted, self.reference.recount(n));
            assert_eq!((group.ended_at.is_some(), group.told), (expected.ended, expected.told));
        }
        let untold: HashSet<GroupId> = ended_untold(conn).unwrap().iter().map(|group| group.id).collect();
        let expected = self.reference.groups.iter().zip(&self.groups).filter(|(group, _)| group.ended && !group.told);
        assert_eq!(untold, expected.map(|(_, id)| *id).collect());
        let next = (self.reference.jobs.iter())
            .filter(|job| !self.reference.paused && job.state == State::Enqueued && job.run_at > self.reference.now)
            .map(|job| job.run_at);
        assert_eq!(next_run_at(conn, self.reference.now).unwrap(), next.min());
    }
}

/// How a job may come back after a lease.
#[derive(Debug, Clone, Copy)]
enum Back {
    AfterBackoff,
    Uncounted,
    Never,
}

proptest! {
    // A quarter of the usual number, for each case is a whole life of a queue; PROPTEST_CASES raises it.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]

    #[test]
    fn the_queue_does_what_the_reference_does(
        steps in prop::collection::vec((step(), prop::bool::weighted(0.15)), 1..150),
    ) {
        let mut queue = Queue::in_memory();
        let mut world =
            World { reference: Reference::default(), leases: vec![], groups: vec![], stopped: HashSet::new() };
        for (step, dropped) in &steps {
            let tx = queue.conn.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
            if *dropped {
                let mut lost = World {
                    reference: world.reference.clone(),
                    leases: world.leases.clone(),
                    groups: world.groups.clone(),
                    stopped: world.stopped.clone(),
                };
                lost.step(&tx, step);
                drop(tx);
            } else {
                world.step(&tx, step);
                tx.commit().unwrap();
            }
            world.compare(&queue);
        }
    }
}
