//! One step on both sides: the queue does it, the reference says what must come of it.

use crate::common::{job, owner, reason};
use crate::reference::{Admission, BACKOFF, LEASE_MS, Need, Pick, RefGroup, RefJob, RefMachine, Reference};
use crate::steps::{Draft, Shape, Step};
use legible_jobs::*;
use rusqlite::Transaction;
use serde_json::json;

/// The queue's reference, and what was handed out.
#[derive(Clone, Default)]
pub struct World {
    pub reference: Reference,
    pub leases: Vec<Lease>,
    pub groups: Vec<GroupId>,
}

/// What becomes of a step's transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Commit,
    /// The queue refused: what it did before it did so is not to be kept.
    RollBack,
}

/// How a job may come back after a lease.
#[derive(Debug, Clone, Copy)]
pub enum Back {
    AfterBackoff,
    Uncounted,
    Never,
}

impl World {
    /// `tx` is committed or dropped by the caller; a dropped step's world is dropped too.
    pub fn step(&mut self, tx: &Transaction<'_>, step: &Step) -> Then {
        let now = self.reference.now;
        match step {
            Step::Wait(ms) => self.reference.now += ms,
            Step::Enqueue(draft) => return self.enqueue(tx, draft),
            Step::Chain { shape, unique } => return self.enqueue_chain(tx, shape, *unique),
            Step::Claim { owner: by, limit, excluded, machine } => {
                self.claim(tx, *by, *limit, *excluded, *machine);
            }
            Step::Renew(by) => self.renew(tx, *by),
            Step::Progress(n) => {
                if let Some(n) = self.lease(*n) {
                    let held = progress(tx, &self.leases[n], 0.5, "half", now).unwrap();
                    assert_eq!(held, self.reference.holds(n));
                }
            }
            Step::Succeed(n) => self.succeed(tx, *n),
            Step::Fail { lease, retryable: true } => {
                let retryable = Failure::Retryable(reason("io"));
                self.end(*lease, |lease| fail(tx, lease, &retryable, now, 0.5), Some(Back::AfterBackoff));
            }
            Step::Fail { lease, retryable: false } => {
                self.end(*lease, |lease| fail(tx, lease, &Failure::Final(reason("bad")), now, 0.5), Some(Back::Never));
            }
            Step::Release(n) => self.end(*n, |lease| release(tx, lease, &Stop::Quit, now), Some(Back::Uncounted)),
            Step::RequestCancel(pick) => {
                let Some(filter) = self.filter(pick) else { return Then::Commit };
                let running = request_cancel(tx, &filter, now).unwrap();
                let picked = self.reference.picked(pick);
                let expected = self.reference.cancel(picked);
                assert_eq!(running, self.ids(&expected));
            }
            Step::Retry(pick) => {
                let Some(filter) = self.filter(pick) else { return Then::Commit };
                let retried = retry(tx, &filter, now).unwrap();
                let picked = self.reference.picked(pick);
                let expected = self.reference.retry(picked);
                assert_eq!(retried, self.ids(&expected));
            }
            Step::RunNow(pick) => {
                let Some(filter) = self.filter(pick) else { return Then::Commit };
                let moved = run_now(tx, &filter, now).unwrap();
                let picked = self.reference.picked(pick);
                assert_eq!(moved, self.reference.run_now(picked));
            }
            Step::Update(n, draft) => self.update(tx, *n, draft),
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
            Step::Prune(pick) => self.prune(tx, pick),
        }
        self.reference.settle_groups();
        Then::Commit
    }

    fn enqueue(&mut self, tx: &Transaction<'_>, draft: &Draft) -> Then {
        let drawn = self.drawn(draft);
        let enqueued = enqueue(tx, &drawn.new, self.reference.now);
        let (mut after, mut family) = (vec![], None);
        if let Some(name) = &drawn.new.unique {
            match self.reference.admit(name, draft.policy) {
                Admission::Kept(n) => {
                    let id = JobId(self.reference.jobs[n].id);
                    assert_eq!(enqueued.unwrap(), Enqueued { id, new: false });
                    return Then::Commit;
                }
                Admission::Added(more, to) => (after, family) = (more, to),
            }
        }
        self.reference.settle_groups();
        if drawn.group.is_some_and(|n| self.reference.groups[n].ended) {
            assert!(matches!(enqueued, Err(Error::GroupEnded(_))), "{enqueued:?}");
            return Then::RollBack;
        }
        let Enqueued { id, new: true } = enqueued.unwrap() else { panic!("the job must be new") };
        self.add(id, &drawn, drawn.new.unique.clone(), family, &after);
        self.reference.settle_groups();
        Then::Commit
    }

    fn enqueue_chain(&mut self, tx: &Transaction<'_>, shape: &Shape, unique: Option<(u8, UniquePolicy)>) -> Then {
        let stages: Vec<Vec<Drawn>> =
            shape.stages.iter().map(|stage| stage.iter().map(|draft| self.drawn(draft)).collect()).collect();
        let name = unique.map(|(n, _)| format!("name-{n}"));
        let named = name.as_deref().zip(unique.map(|(_, policy)| policy));
        let enqueued = enqueue_chain(tx, &chain(&stages, shape.joined), named, self.reference.now);

        let (mut before, mut family) = (vec![], None);
        if let Some((name, policy)) = named {
            match self.reference.admit(name, policy) {
                Admission::Kept(n) => {
                    let id = JobId(self.reference.jobs[n].id);
                    assert_eq!(enqueued.unwrap(), [Enqueued { id, new: false }]);
                    return Then::Commit;
                }
                Admission::Added(after, to) => (before, family) = (after, to),
            }
        }
        // A chain that is refused at a later job has none: then these are numbers that no job has.
        let mut ids = enqueued.iter().flatten().map(|one| one.id);
        let unused = self.reference.jobs.last().map_or(1, |job| job.id + 1)..;
        let mut unused = unused.map(JobId).filter(|_| enqueued.is_err());
        // The jobs that the next stage waits for.
        let mut ends: Vec<usize> = vec![];
        for (number, stage) in stages.iter().enumerate() {
            let beside = shape.joined && number == 1;
            let first = self.reference.jobs.len();
            for drawn in stage {
                self.reference.settle_groups();
                if drawn.group.is_some_and(|n| self.reference.groups[n].ended) {
                    assert!(matches!(enqueued, Err(Error::GroupEnded(_))), "{enqueued:?}");
                    return Then::RollBack;
                }
                let after = match number == 0 || beside {
                    true => before.clone(),
                    false => ends.iter().map(|n| (*n, Edge::Success)).collect(),
                };
                let Some(id) = ids.next().or_else(|| unused.next()) else {
                    panic!("the chain is not whole: {enqueued:?}")
                };
                self.add(id, drawn, name.clone(), family, &after);
                family = family.or(Some(id.0));
            }
            if !beside {
                ends.clear();
            }
            ends.extend(first..self.reference.jobs.len());
        }
        assert!(enqueued.is_ok() && ids.next().is_none(), "{enqueued:?}");
        self.reference.settle_groups();
        Then::Commit
    }

    /// The draft as a job of this world.
    fn drawn(&self, draft: &Draft) -> Drawn {
        let stored = self.reference.find(|_| true);
        let chosen = draft.after.iter().filter(|_| !stored.is_empty());
        let after: Vec<(usize, Edge)> = chosen.map(|(n, edge)| (stored[n % stored.len()], *edge)).collect();
        let group = draft.group.filter(|&n| self.reference.groups.get(n).is_some_and(|group| !group.pruned));
        let new = NewJob {
            title: draft.title.into(),
            priority: draft.priority,
            run_at: self.reference.now + draft.delay,
            unique: draft.unique.map(|n| format!("name-{n}")),
            policy: draft.policy,
            group: group.map(|n| self.groups[n]),
            max_attempts: draft.max,
            backoff: BACKOFF,
            conditions: conditions(draft.need),
            tags: draft.tag.iter().map(|tag| format!("tag-{tag}")).collect(),
            schedule: draft.schedule.map(|schedule| (ScheduleId(schedule), None)),
            keep_ms: draft.keep_ms,
            merger: draft.merger,
            payload: json!({ "own": draft.priority, "both": "mine" }),
            after: after.iter().map(|&(n, on)| After { job: JobId(self.reference.jobs[n].id), on }).collect(),
            ..job(draft.kind)
        };
        Drawn { draft: draft.clone(), new, group, after }
    }

    fn add(&mut self, id: JobId, drawn: &Drawn, unique: Option<String>, family: Option<i64>, more: &[(usize, Edge)]) {
        assert!(self.reference.jobs.iter().all(|job| job.id < id.0), "an id came twice");
        let Drawn { draft, new, group, after } = drawn;
        let job = RefJob {
            id: id.0,
            kind: draft.kind,
            title: new.title.clone(),
            payload: new.payload.clone(),
            output: None,
            merger: new.merger,
            priority: new.priority,
            run_at: new.run_at,
            attempts: 0,
            max_attempts: new.max_attempts,
            need: draft.need,
            tag: draft.tag,
            schedule: draft.schedule,
            keep_ms: draft.keep_ms.unwrap_or(0),
            unique,
            family: family.unwrap_or(id.0),
            after: vec![],
            inherited: false,
            group: *group,
            generation: 1,
            state: State::Enqueued,
            owner: None,
            lease: None,
            lease_until: 0,
            cancel_requested: false,
            finished_at: 0,
            history: vec![],
            pruned: false,
        };
        let after: Vec<(usize, Edge)> = after.iter().chain(more).copied().collect();
        self.reference.add(job, &after);
    }

    /// Claims on both sides and says how many jobs that were.
    pub fn claim(
        &mut self,
        tx: &Transaction<'_>,
        by: u8,
        limit: usize,
        excluded: Option<&'static str>,
        machine: RefMachine,
    ) -> usize {
        let now = self.reference.now;
        let excluded_kinds = excluded.into_iter().map(String::from).collect();
        let wish = Claim { excluded_kinds, machine: as_seen(machine, now), ..Claim::any(limit) };
        let leases = claim(tx, &owner(by), now, LEASE_MS, &wish).unwrap();
        let turn = self.reference.turn(machine, limit, excluded);
        assert_eq!(leases.iter().map(|lease| lease.id).collect::<Vec<_>>(), self.ids(&turn));
        let claimed = turn.len();
        for (lease, n) in leases.into_iter().zip(turn) {
            self.reference.claim(n, by);
            let job = &self.reference.jobs[n];
            assert_eq!((lease.attempt, lease.max_attempts), (job.attempts, job.max_attempts));
            assert_eq!((&lease.conditions, &lease.title), (&conditions(job.need), &job.title));
            assert_eq!(lease.payload, self.reference.input(n), "the input of job {}", job.id);
            self.leases.push(lease);
        }
        claimed
    }

    fn renew(&mut self, tx: &Transaction<'_>, by: u8) {
        let now = self.reference.now;
        let ids: Vec<JobId> = self.reference.jobs.iter().map(|job| JobId(job.id)).collect();
        let kept = renew(tx, &owner(by), &ids, now, LEASE_MS).unwrap();
        let expected = self.reference.find(|job| job.owner == Some(by));
        assert_eq!(kept, self.ids(&expected));
        for n in expected {
            self.reference.jobs[n].lease_until = now + LEASE_MS;
        }
    }

    pub fn succeed(&mut self, tx: &Transaction<'_>, n: usize) {
        let Some(n) = self.lease(n) else { return };
        let (id, now) = (self.leases[n].id, self.reference.now);
        // Objects are merged into the input of what comes next, and what is no object is not.
        let output = match id.0 % 4 {
            0 => None,
            1 => Some(json!(7)),
            _ => Some(json!({ "both": id.0, "of": format!("job {id}") })),
        };
        if self.reference.holds(n) {
            let at = self.reference.leases[n];
            self.reference.jobs[at].output.clone_from(&output);
        }
        self.end(n, |lease| succeed(tx, lease, output, now).map(|()| State::Succeeded), None);
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
        let RefJob { attempts, max_attempts, run_at, .. } = self.reference.jobs[at];
        let later = self.reference.now + BACKOFF.delay_ms(attempts, 0.5);
        let (state, outcome, run_at, attempts) = match back {
            None => (State::Succeeded, Outcome::Succeeded, 0, 0),
            Some(Back::Uncounted) => (State::Enqueued, Outcome::Released, run_at, attempts - 1),
            Some(Back::AfterBackoff) if attempts < max_attempts => (State::Enqueued, Outcome::Retried, later, attempts),
            Some(Back::AfterBackoff | Back::Never) => (State::Failed, Outcome::Failed, 0, 0),
        };
        let expected = self.reference.end(at, state, outcome, run_at, attempts);
        assert_eq!(result.unwrap(), expected);
    }

    pub fn reclaim(&mut self, tx: &Transaction<'_>, which: &Reclaim<'_>, lost: impl Fn(&RefJob) -> bool) {
        let reclaimed = reclaim(tx, which, self.reference.now).unwrap();
        let lost = self.reference.find(|job| job.state == State::Running && lost(job));
        let expected: Vec<(JobId, State)> =
            lost.into_iter().map(|n| (JobId(self.reference.jobs[n].id), self.reference.crash(n))).collect();
        assert_eq!(reclaimed, expected);
    }

    fn update(&mut self, tx: &Transaction<'_>, n: usize, draft: &Draft) {
        let Drawn { new, .. } = self.drawn(draft);
        let Some(job) = self.reference.jobs.get_mut(n) else { return };
        let applied = update(tx, JobId(job.id), &new, self.reference.now).unwrap();
        if job.pruned || !job.state.is_active() {
            assert_eq!(applied, Applied::Not);
            return;
        }
        let runs = job.state == State::Running;
        assert_eq!(applied, if runs { Applied::ForNextRun } else { Applied::Immediately });
        (job.kind, job.title, job.payload) = (draft.kind, new.title, new.payload);
        (job.priority, job.need, job.tag, job.merger) = (new.priority, draft.need, draft.tag, new.merger);
        job.keep_ms = new.keep_ms.unwrap_or(0);
        // A job that waits has an attempt left, whatever the new number is.
        job.max_attempts = new.max_attempts.max(job.attempts + u32::from(!runs));
        if job.attempts == 0 {
            job.run_at = new.run_at;
        }
        job.generation += 1;
    }

    fn prune(&mut self, tx: &Transaction<'_>, pick: &Pick) {
        let Some(filter) = self.filter(pick) else { return };
        let now = self.reference.now;
        let pruned = prune(tx, &filter, now - 5000, now, usize::MAX).unwrap();
        let picked = self.reference.picked(pick);
        assert_eq!(pruned, self.reference.prune(picked, now - 5000));
        for (n, group) in self.reference.groups.iter_mut().enumerate() {
            group.pruned |= legible_jobs::group(tx, self.groups[n]).unwrap().is_none();
            let left = self.reference.jobs.iter().any(|job| job.group == Some(n) && !job.pruned);
            assert!(!group.pruned || (group.told && !left), "a group went too early");
        }
    }

    fn lease(&self, n: usize) -> Option<usize> {
        (!self.leases.is_empty()).then(|| n % self.leases.len())
    }

    fn ids(&self, places: &[usize]) -> Vec<JobId> {
        places.iter().map(|&n| JobId(self.reference.jobs[n].id)).collect()
    }

    pub fn filter(&self, pick: &Pick) -> Option<Filter> {
        let any = Filter::default();
        Some(match pick {
            Pick::All => any,
            Pick::Job(n) => Filter::ids([JobId(self.reference.jobs.get(*n)?.id)]),
            Pick::Kind(kind) => Filter { kinds: Some(vec![(*kind).into()]), ..any },
            Pick::Group(n) => Filter::group(*self.groups.get(*n)?),
            Pick::Tag(tag) => Filter { tag: Some(format!("tag-{tag}")), ..any },
            Pick::Unique(name) => Filter { unique: Some(format!("name-{name}")), ..any },
            Pick::Schedule(schedule) => Filter { schedule: Some(ScheduleId(*schedule)), ..any },
            Pick::Text(text) => Filter { text: Some((*text).into()), ..any },
        })
    }
}

/// A draft with what its numbers stand for.
struct Drawn {
    draft: Draft,
    new: NewJob,
    group: Option<usize>,
    after: Vec<(usize, Edge)>,
}

fn chain(stages: &[Vec<Drawn>], joined: bool) -> Chain {
    let mut stages = stages.iter().map(|stage| stage.iter().map(|drawn| drawn.new.clone()));
    let beside = if joined { 2 } else { 1 };
    let begun = Chain::join(stages.by_ref().take(beside).map(Chain::begin));
    stages.fold(begun, Chain::then)
}

/// What a job with this need says of the machine.
pub fn conditions(need: Need) -> Conditions {
    let nothing = Conditions::default();
    match need {
        Need::Nothing => nothing,
        Need::Online => Conditions { network: NetworkNeed::Connected, ..nothing },
        Need::Unmetered => Conditions { network: NetworkNeed::Unmetered, ..nothing },
        Need::Power => Conditions { ac_power: true, ..nothing },
        Need::Away => Conditions { idle_minutes: Some(1), ..nothing },
    }
}

/// The machine as the queue sees it.
fn as_seen(machine: RefMachine, now: i64) -> Machine {
    let RefMachine { online, metered, on_ac, away_ms } = machine;
    Machine {
        online: Some(online),
        metered: Some(metered),
        on_ac: Some(on_ac),
        user: away_ms.map_or(User::Present, |ms| User::AwaySince(now - ms)),
        ..Machine::default()
    }
}
