//! The queue's rules once more, as plainly as possible: vectors, no SQL, no indexes.

use legible_jobs::{Backoff, BackoffKind, Edge, Merger, Outcome, RUN_NOW, State, UniquePolicy};
use serde_json::{Map, Value, json};

pub const LEASE_MS: i64 = 10_000;
pub const BACKOFF: Backoff = Backoff { initial_ms: 1000, max_ms: 8000, kind: BackoffKind::Exponential };

/// What a job of the test needs of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Need {
    Nothing,
    Online,
    Unmetered,
    Power,
    Away,
}

/// The machine as the reference sees it.
#[derive(Debug, Clone, Copy)]
pub struct RefMachine {
    pub online: bool,
    pub metered: bool,
    pub on_ac: bool,
    /// For how many milliseconds nobody was there, counted from the claim back.
    pub away_ms: Option<i64>,
}

impl RefMachine {
    pub const GOOD: RefMachine = RefMachine { online: true, metered: false, on_ac: true, away_ms: Some(600_000) };

    fn gives(self, need: Need) -> bool {
        match need {
            Need::Nothing => true,
            Need::Online => self.online,
            Need::Unmetered => self.online && !self.metered,
            Need::Power => self.on_ac,
            Need::Away => self.away_ms.is_some_and(|ms| ms >= 60_000),
        }
    }
}

#[derive(Debug, Clone)]
pub struct RefJob {
    pub id: i64,
    pub kind: &'static str,
    pub title: String,
    pub payload: Value,
    pub output: Option<Value>,
    pub merger: Merger,
    pub priority: i32,
    pub run_at: i64,
    pub attempts: u32,
    pub max_attempts: u32,
    pub need: Need,
    pub tag: Option<u8>,
    pub schedule: Option<i64>,
    pub keep_ms: i64,
    pub unique: Option<String>,
    /// The number of the first job of its chain.
    pub family: i64,
    /// The jobs it waits for, by their places.
    pub after: Vec<(usize, Edge)>,
    /// It ended only because one that it needs did.
    pub inherited: bool,
    pub group: Option<usize>,
    pub generation: u32,
    pub state: State,
    pub owner: Option<u8>,
    /// Index into the leases ever given out.
    pub lease: Option<usize>,
    pub lease_until: i64,
    pub cancel_requested: bool,
    pub finished_at: i64,
    pub history: Vec<Option<Outcome>>,
    pub pruned: bool,
}

impl RefJob {
    fn holds_name(&self, name: &str) -> bool {
        self.is_named(name) && self.state.is_active() && !self.cancel_requested
    }

    fn is_named(&self, name: &str) -> bool {
        !self.pruned && self.unique.as_deref() == Some(name)
    }

    fn ended_badly(&self) -> bool {
        !self.pruned && matches!(self.state, State::Failed | State::Cancelled)
    }
}

#[derive(Debug, Clone, Default)]
pub struct RefGroup {
    pub sealed: bool,
    pub ended: bool,
    pub told: bool,
    pub pruned: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Reference {
    pub now: i64,
    pub paused: bool,
    pub jobs: Vec<RefJob>,
    pub groups: Vec<RefGroup>,
    /// The job of each lease ever given out.
    pub leases: Vec<usize>,
}

/// What a filter of the test selects.
#[derive(Debug, Clone)]
pub enum Pick {
    All,
    Job(usize),
    Kind(&'static str),
    Group(usize),
    Tag(u8),
    Unique(u8),
    Schedule(i64),
    Text(&'static str),
}

/// What becomes of a newcomer with a unique name.
pub enum Admission {
    Kept(usize),
    /// It waits for these, as one of this family.
    Added(Vec<(usize, Edge)>, Option<i64>),
}

impl Reference {
    pub fn admit(&mut self, name: &str, policy: UniquePolicy) -> Admission {
        let holder = self.find(|job| job.holds_name(name)).first().copied();
        let running = |job: &RefJob| job.is_named(name) && job.state == State::Running;
        let ends = |jobs: Vec<usize>| jobs.into_iter().map(|n| (n, Edge::End)).collect();
        match (policy, holder) {
            (UniquePolicy::Keep, Some(n)) => Admission::Kept(n),
            (UniquePolicy::Replace, Some(_)) => {
                self.cancel(self.find(|job| job.is_named(name)));
                Admission::Added(ends(self.find(running)), None)
            }
            (UniquePolicy::Append | UniquePolicy::AppendOrReplace, Some(_)) => {
                let holders = self.find(|job| job.holds_name(name));
                let waited_for = |n: usize| {
                    let later = |job: &RefJob| job.is_named(name) && job.state.is_active();
                    self.jobs.iter().any(|job| later(job) && job.after.iter().any(|(before, _)| *before == n))
                };
                let last: Vec<usize> = holders.into_iter().filter(|n| !waited_for(*n)).collect();
                let family = last.first().map(|n| self.jobs[*n].family);
                Admission::Added(last.into_iter().map(|n| (n, Edge::Success)).collect(), family)
            }
            (UniquePolicy::Append, None) => match self.find(|job| job.is_named(name)).last() {
                Some(&n) if self.jobs[n].state != State::Succeeded => {
                    Admission::Added(vec![(n, Edge::Success)], Some(self.jobs[n].family))
                }
                _ => Admission::Added(ends(self.find(running)), None),
            },
            (_, None) => Admission::Added(ends(self.find(running)), None),
        }
    }

    /// Takes a job in. Two wishes about one earlier job are the stronger of them.
    pub fn add(&mut self, mut job: RefJob, after: &[(usize, Edge)]) {
        for &(n, edge) in after {
            match job.after.iter_mut().find(|(before, _)| *before == n) {
                Some(known) if edge == Edge::Success => known.1 = edge,
                Some(_) => {}
                None => job.after.push((n, edge)),
            }
        }
        if !job.after.is_empty() {
            job.state = State::Blocked;
        }
        self.jobs.push(job);
        self.settle();
    }

    /// Blocked jobs go on, or end, as what they wait for allows.
    pub fn settle(&mut self) {
        // Jobs wait only for earlier ones, so one pass from the first to the last is enough.
        for n in 0..self.jobs.len() {
            if self.jobs[n].state != State::Blocked {
                continue;
            }
            let mut after = self.jobs[n].after.clone();
            after.sort_by_key(|(before, _)| *before);
            let bad = after.iter().find(|(b, edge)| *edge == Edge::Success && self.jobs[*b].ended_badly());
            if let Some(&(bad, _)) = bad {
                let state = self.jobs[bad].state;
                let job = &mut self.jobs[n];
                (job.state, job.finished_at, job.inherited) = (state, self.now, true);
            } else if !after.iter().any(|(before, _)| self.jobs[*before].state.is_active()) {
                self.jobs[n].state = State::Enqueued;
            }
        }
    }

    /// The jobs that a claim takes, in order.
    pub fn turn(&self, machine: RefMachine, limit: usize, excluded: Option<&'static str>) -> Vec<usize> {
        if self.paused {
            return Vec::new();
        }
        let mut due = self.find(|job| {
            let may = job.state == State::Enqueued && job.run_at <= self.now && Some(job.kind) != excluded;
            may && machine.gives(job.need)
        });
        due.sort_by_key(|&n| (-self.jobs[n].priority, self.jobs[n].run_at, self.jobs[n].id));
        due.truncate(limit);
        due
    }

    /// What a job is given to work on.
    pub fn input(&self, n: usize) -> Value {
        let job = &self.jobs[n];
        let mut needed: Vec<usize> =
            job.after.iter().filter(|(_, edge)| *edge == Edge::Success).map(|(before, _)| *before).collect();
        needed.sort_unstable();
        let outputs: Vec<Value> = needed.into_iter().filter_map(|before| self.jobs[before].output.clone()).collect();
        if outputs.is_empty() {
            return job.payload.clone();
        }
        let mut merged = Map::new();
        for value in std::iter::once(&job.payload).chain(&outputs) {
            for (name, field) in value.as_object().into_iter().flatten() {
                match job.merger {
                    Merger::Overwriting => merged.insert(name.clone(), field.clone()),
                    Merger::ArrayCreating => {
                        let mut all = merged.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
                        all.push(field.clone());
                        merged.insert(name.clone(), json!(all))
                    }
                };
            }
        }
        Value::Object(merged)
    }

    pub fn claim(&mut self, n: usize, owner: u8) {
        let lease = self.leases.len();
        self.leases.push(n);
        let until = self.now + LEASE_MS;
        let job = &mut self.jobs[n];
        job.state = State::Running;
        job.attempts += 1;
        (job.owner, job.lease, job.lease_until) = (Some(owner), Some(lease), until);
        job.history.push(None);
    }

    /// Whether this lease still counts.
    pub fn holds(&self, lease: usize) -> bool {
        self.jobs[self.leases[lease]].lease == Some(lease)
    }

    /// The lease ends in `state`, or in cancellation if that was asked for and `state` is not success.
    pub fn end(&mut self, n: usize, state: State, outcome: Outcome, run_at: i64, attempts: u32) -> State {
        let now = self.now;
        let job = &mut self.jobs[n];
        let cancelled = job.cancel_requested && state != State::Succeeded;
        let (state, outcome) = if cancelled { (State::Cancelled, Outcome::Cancelled) } else { (state, outcome) };
        job.state = state;
        (job.owner, job.lease, job.inherited) = (None, None, false);
        if let Some(last) = job.history.last_mut() {
            *last = Some(outcome);
        }
        if state == State::Enqueued {
            (job.run_at, job.attempts) = (run_at, attempts);
        } else {
            job.finished_at = now;
        }
        self.settle();
        state
    }

    pub fn crash(&mut self, n: usize) -> State {
        let job = &self.jobs[n];
        let state = if job.attempts < job.max_attempts { State::Enqueued } else { State::Failed };
        self.end(n, state, Outcome::Crashed, job.run_at.max(self.now), job.attempts)
    }

    /// Cancels these jobs and says which of them have to be told.
    pub fn cancel(&mut self, picked: Vec<usize>) -> Vec<usize> {
        let mut running = Vec::new();
        for n in picked {
            let job = &mut self.jobs[n];
            match job.state {
                State::Enqueued | State::Blocked => {
                    (job.state, job.finished_at, job.inherited) = (State::Cancelled, self.now, false);
                }
                State::Running => {
                    job.cancel_requested = true;
                    running.push(n);
                }
                _ => {}
            }
        }
        self.settle();
        running
    }

    /// Brings these jobs back, with what they need and with what ended because of them; the last ones first.
    pub fn retry(&mut self, picked: Vec<usize>) -> Vec<usize> {
        let mut wanted: Vec<usize> = picked.into_iter().filter(|n| self.jobs[*n].ended_badly()).collect();
        let mut seen = 0;
        while seen < wanted.len() {
            let n = wanted[seen];
            seen += 1;
            let needed = self.jobs[n]
                .after
                .iter()
                .filter(|(before, edge)| *edge == Edge::Success && self.jobs[*before].ended_badly());
            let mut more: Vec<usize> = needed.map(|(before, _)| *before).collect();
            more.extend(
                self.find(|job| job.ended_badly() && job.inherited && job.after.iter().any(|(before, _)| *before == n)),
            );
            for found in more {
                if !wanted.contains(&found) {
                    wanted.push(found);
                }
            }
        }
        wanted.sort_unstable_by(|a, b| b.cmp(a));
        wanted.retain(|n| self.revive(*n));
        // Their groups are open again, if only for a moment: their next end is told again.
        for group in wanted.iter().filter_map(|n| self.jobs[*n].group) {
            self.groups[group].told = false;
        }
        self.settle();
        wanted.retain(|n| self.jobs[*n].state.is_active());
        wanted
    }

    fn revive(&mut self, n: usize) -> bool {
        let RefJob { unique, family, .. } = self.jobs[n].clone();
        let taken = |job: &RefJob| {
            unique.as_ref().is_some_and(|name| job.is_named(name)) && job.state.is_active() && job.family != family
        };
        if !self.find(taken).is_empty() {
            return false;
        }
        let now = self.now;
        let job = &mut self.jobs[n];
        job.state = if job.after.is_empty() { State::Enqueued } else { State::Blocked };
        (job.attempts, job.run_at, job.cancel_requested, job.inherited) = (0, now, false, false);
        true
    }

    pub fn run_now(&mut self, picked: Vec<usize>) -> usize {
        let now = self.now;
        let mut moved = 0;
        for n in picked {
            let job = &mut self.jobs[n];
            if matches!(job.state, State::Enqueued | State::Blocked) {
                (job.priority, job.run_at, job.need) = (job.priority.max(RUN_NOW), job.run_at.min(now), Need::Nothing);
                moved += 1;
            }
        }
        moved
    }

    /// Deletes what ended before this time, and says how many jobs that were.
    pub fn prune(&mut self, picked: Vec<usize>, before: i64) -> usize {
        let mut pruned = 0;
        // The last ones first: a job goes only after those that would miss it, should they be retried.
        for n in picked.into_iter().rev() {
            let job = &self.jobs[n];
            let old = !job.state.is_active() && job.finished_at < before && job.finished_at + job.keep_ms <= self.now;
            let told = job.group.is_none_or(|group| self.groups[group].told);
            let missed =
                !self.find(|job| job.state != State::Succeeded && job.after.contains(&(n, Edge::Success))).is_empty();
            if old && told && !missed {
                self.jobs[n].pruned = true;
                self.jobs.iter_mut().for_each(|job| job.after.retain(|(before, _)| *before != n));
                pruned += 1;
            }
        }
        pruned
    }

    /// The places of the stored jobs of which this is true.
    pub fn find(&self, is_meant: impl Fn(&RefJob) -> bool) -> Vec<usize> {
        (0..self.jobs.len()).filter(|&n| !self.jobs[n].pruned && is_meant(&self.jobs[n])).collect()
    }

    pub fn picked(&self, pick: &Pick) -> Vec<usize> {
        match pick {
            Pick::All => self.find(|_| true),
            Pick::Job(one) => self.find(|job| self.jobs.get(*one).is_some_and(|chosen| chosen.id == job.id)),
            Pick::Kind(kind) => self.find(|job| job.kind == *kind),
            Pick::Group(group) => self.find(|job| job.group == Some(*group)),
            Pick::Tag(tag) => self.find(|job| job.tag == Some(*tag)),
            Pick::Unique(name) => self.find(|job| job.unique == Some(format!("name-{name}"))),
            Pick::Schedule(schedule) => self.find(|job| job.schedule == Some(*schedule)),
            Pick::Text(text) => self.find(|job| job.title.to_lowercase().contains(&text.to_lowercase())),
        }
    }

    /// Counts of a group over its jobs, pruned ones included: total, succeeded, failed, cancelled.
    pub fn recount(&self, group: usize) -> (u64, u64, u64, u64) {
        let jobs = || self.jobs.iter().filter(move |job| job.group == Some(group));
        let of = |state| jobs().filter(|job| job.state == state).count() as u64;
        (jobs().count() as u64, of(State::Succeeded), of(State::Failed), of(State::Cancelled))
    }

    /// A sealed group without active jobs has ended; one that is active again has not, and will be told again.
    pub fn settle_groups(&mut self) {
        for n in 0..self.groups.len() {
            let (total, succeeded, failed, cancelled) = self.recount(n);
            let group = &mut self.groups[n];
            group.ended = group.sealed && total == succeeded + failed + cancelled;
            group.told &= group.ended;
        }
    }
}
