//! Everything that can be seen of the queue is what the reference says, and the invariants hold whatever it says.

use crate::common::{Queue, owner};
use crate::reference::{RefJob, Reference};
use crate::steps::Step;
use crate::world::{World, conditions};
use legible_jobs::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};

impl World {
    /// Compares what any step can change.
    pub fn compare(&self, queue: &Queue) {
        let conn = &queue.conn;
        let stored = jobs(conn, &Filter::default(), 0, u64::MAX).unwrap();
        let mut kept: Vec<&RefJob> = self.reference.jobs.iter().rev().filter(|job| !job.pruned).collect();
        kept.sort_by_key(|job| job.state != State::Running);
        assert_eq!((stored.total, stored.jobs.len()), (kept.len() as u64, kept.len()), "a job was lost or doubled");
        for (job, expected) in stored.jobs.iter().zip(&kept) {
            self.compare_job(job, expected);
            if job.state == State::Running {
                compare_history(queue, job, expected);
            }
        }
        self.names_are_held_once(&stored.jobs);
        self.compare_counts(queue, &kept);
        self.compare_groups(queue);
        let waiting = self.reference.find(|job| job.state == State::Enqueued);
        let later = waiting.iter().map(|&n| self.reference.jobs[n].run_at).filter(|at| *at > self.reference.now);
        let next = later.min().filter(|_| !self.reference.paused);
        assert_eq!(next_run_at(conn, self.reference.now).unwrap(), next);
        let needs: HashSet<Conditions> = waiting
            .iter()
            .map(|&n| conditions(self.reference.jobs[n].need))
            .filter(|c| *c != Conditions::default())
            .collect();
        let seen = waiting_conditions(conn).unwrap();
        assert_eq!((seen.len(), seen.into_iter().collect::<HashSet<_>>()), (needs.len(), needs));
        assert_eq!(paused(conn).unwrap(), self.reference.paused);
    }

    fn compare_job(&self, job: &Job, expected: &RefJob) {
        let seen = (job.id.0, job.state, job.attempts, job.max_attempts, job.run_at, job.owner.clone());
        let RefJob { id, state, attempts, max_attempts, run_at, .. } = *expected;
        assert_eq!(seen, (id, state, attempts, max_attempts, run_at, expected.owner.map(owner)));
        let seen = (job.kind.as_str(), job.title.as_str(), job.priority, job.generation, &job.unique);
        let RefJob { kind, title, priority, generation, unique, .. } = expected;
        assert_eq!(seen, (*kind, title.as_str(), *priority, *generation, unique), "job {id}");
        assert_eq!((&job.payload, &job.output), (&expected.payload, &expected.output), "job {id}");
        assert_eq!(job.tags, expected.tag.iter().map(|tag| format!("tag-{tag}")).collect::<Vec<_>>());
        assert_eq!(job.conditions, conditions(expected.need));
        assert_eq!(job.schedule, expected.schedule.map(ScheduleId));
        assert_eq!(job.finished_at, Some(expected.finished_at).filter(|_| !state.is_active()), "job {id}");
        assert_eq!(job.cancel_requested_at.is_some(), expected.cancel_requested, "job {id}");

        assert!(job.attempts <= job.max_attempts, "job {id} was tried too often");
        assert!(job.state != State::Enqueued || job.attempts < job.max_attempts, "job {id} can never be claimed");
        assert!(job.state != State::Enqueued || !expected.cancel_requested, "job {id} was asked to stop and goes on");
        assert_eq!(job.blocked_by.is_empty(), job.state != State::Blocked, "job {id} waits for nothing, or does not");
        if job.state == State::Blocked {
            let mut open: Vec<JobId> = (expected.after.iter())
                .map(|(before, _)| &self.reference.jobs[*before])
                .filter(|before| before.state.is_active())
                .map(|before| JobId(before.id))
                .collect();
            open.sort_unstable();
            assert_eq!(job.blocked_by, open, "job {id}");
        }
        let code = job.reason.as_ref().map(|reason| reason.code.as_str());
        let inherited = matches!(code, Some(NEEDED_FAILED | NEEDED_CANCELLED)) && !state.is_active();
        assert_eq!(inherited, expected.inherited, "job {id}: {code:?}");
        if inherited {
            let code = if state == State::Failed { NEEDED_FAILED } else { NEEDED_CANCELLED };
            assert_eq!(job.reason.as_ref().map(|reason| reason.code.as_str()), Some(code), "job {id}");
        }
    }

    /// A name belongs to one chain at most, and what was asked to stop does not run beside its successor.
    fn names_are_held_once(&self, jobs: &[Job]) {
        let families: BTreeMap<i64, i64> = self.reference.jobs.iter().map(|job| (job.id, job.family)).collect();
        let mut holders: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
        let mut running: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
        for job in jobs {
            let Some(name) = job.unique.as_deref() else { continue };
            if job.state.is_active() && job.cancel_requested_at.is_none() {
                holders.entry(name).or_default().insert(families[&job.id.0]);
            }
            if job.state == State::Running {
                running.entry(name).or_default().insert(families[&job.id.0]);
            }
        }
        for (name, families) in holders.iter().chain(&running) {
            assert!(families.len() <= 1, "{name} is held by the chains {families:?}");
        }
    }

    fn compare_counts(&self, queue: &Queue, kept: &[&RefJob]) {
        let of = |state| kept.iter().filter(|job| job.state == state).count() as u64;
        let expected = Counts {
            enqueued: of(State::Enqueued),
            blocked: of(State::Blocked),
            running: of(State::Running),
            succeeded: of(State::Succeeded),
            failed: of(State::Failed),
            cancelled: of(State::Cancelled),
        };
        assert_eq!(counts(&queue.conn).unwrap(), expected);
    }

    fn compare_groups(&self, queue: &Queue) {
        for (n, expected) in self.reference.groups.iter().enumerate().filter(|(_, group)| !group.pruned) {
            let group = group(&queue.conn, self.groups[n]).unwrap().unwrap();
            let counted = (group.total, group.succeeded, group.failed, group.cancelled);
            assert_eq!(counted, self.reference.recount(n));
            assert_eq!((group.ended_at.is_some(), group.told), (expected.ended, expected.told));
        }
        let untold: HashSet<GroupId> = ended_untold(&queue.conn).unwrap().iter().map(|group| group.id).collect();
        let expected = self.reference.groups.iter().zip(&self.groups).filter(|(group, _)| group.ended && !group.told);
        assert_eq!(untold, expected.map(|(_, id)| *id).collect());
    }

    /// What a filter finds is what the reference picks.
    pub fn compare_filter(&self, queue: &Queue, step: &Step) {
        let (Step::RequestCancel(pick) | Step::Retry(pick) | Step::RunNow(pick) | Step::Prune(pick)) = step else {
            return;
        };
        let Some(filter) = self.filter(pick) else { return };
        let page = jobs(&queue.conn, &filter, 0, u64::MAX).unwrap();
        let mut found: Vec<i64> = page.jobs.iter().map(|job| job.id.0).collect();
        found.sort_unstable();
        let expected: Vec<i64> = self.reference.picked(pick).iter().map(|&n| self.reference.jobs[n].id).collect();
        assert_eq!((page.total, found), (expected.len() as u64, expected), "{pick:?}");
    }

    /// The history of every job; too slow for every step.
    pub fn compare_histories(&self, queue: &Queue) {
        let Reference { jobs, .. } = &self.reference;
        for expected in jobs.iter().filter(|job| !job.pruned) {
            let job = job(&queue.conn, JobId(expected.id)).unwrap().unwrap();
            compare_history(queue, &job, expected);
        }
    }
}

fn compare_history(queue: &Queue, job: &Job, expected: &RefJob) {
    let lines = history(&queue.conn, job.id).unwrap();
    assert_eq!(lines.iter().map(|line| line.outcome).collect::<Vec<_>>(), expected.history, "job {}", job.id);
    let mut since = i64::MIN;
    for (n, line) in lines.iter().enumerate() {
        let last = n + 1 == lines.len();
        assert!(line.attempt >= 1, "{line:?}");
        assert_eq!(line.ended_at.is_none(), last && job.state == State::Running, "{line:?} of {job:?}");
        assert!(since <= line.started_at, "an attempt began before the one before it had ended: {lines:?}");
        since = line.ended_at.unwrap_or(line.started_at);
        assert!(line.started_at <= since, "{line:?}");
    }
}
