//! Commands on the queue: list, cancel, retry, pause.

use crate::api::{
    ControlWorker, ErrorCode, GroupView, Groups, JobDetail, JobId, JobState, JobsPage, JobsQuery, NoArgs, Runner,
    SetPaused, Status, Touched, WireError, WorkerAction, WorkerState, WorkerView, Workers,
};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handlers::READ;
use crate::limits::{DEFAULT_PAGE, GROUPS, MAX_JOBS_PAGE};
use crate::schedules::in_words;
use crate::service::Service;
use crate::views::{Circumstances, small};
use crate::{groups, notices, views};
use legible_jobs::{Conditions, Filter, GroupId, Machine, ScheduleId, State};
use std::collections::BTreeSet;

impl Service {
    /// Lists jobs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn jobs(&self, query: JobsQuery) -> Result<JobsPage> {
        let (offset, limit) = (u64::from(query.offset), u64::from(page_size(query.limit, MAX_JOBS_PAGE)));
        let filter = filter(&query);
        let page = self
            .database()
            .read(move |c| Ok((legible_jobs::jobs(c, &filter, offset, limit)?, legible_jobs::cancelled_all_at(c)?)));
        let (page, cancelled_all_at) = page.await?;
        let around = self.circumstances(&page.jobs).await?;
        Ok(JobsPage {
            total: small(page.total),
            cancelled_all_at,
            jobs: page.jobs.iter().map(|job| views::job(job, &around)).collect(),
        })
    }

    /// One job with its attempts.
    ///
    /// # Errors
    /// When there is no such job.
    pub async fn job(&self, JobId { id }: JobId) -> Result<JobDetail> {
        let found = self.database().read(move |c| {
            let number = legible_jobs::JobId(id);
            let job = legible_jobs::job(c, number)?.ok_or_else(|| Error::NotFound(format!("job {id}")))?;
            Ok((job, legible_jobs::history(c, number)?, legible_jobs::links(c, number)?))
        });
        let (job, history, links) = found.await?;
        let around = self.circumstances(std::slice::from_ref(&job)).await?;
        Ok(JobDetail {
            job: views::job(&job, &around),
            history: history.iter().map(views::attempt).collect(),
            conditions: in_words(&job.conditions),
            needs: links.needs.iter().map(|id| id.0).collect(),
            needed_by: links.needed_by.iter().map(|id| id.0).collect(),
            budget_ms: job.budget_ms,
            keep_ms: links.keep_ms,
            input: links.input,
            output: job.output.unwrap_or_default(),
        })
    }

    /// Cancels jobs. Waiting ones end at once, running ones as soon as their handler comes to a safe point.
    ///
    /// # Errors
    /// When the query names nothing (which would mean all jobs ever), or the database fails.
    pub async fn cancel_jobs(&self, query: JobsQuery) -> Result<Touched> {
        let active = Filter { states: Some(active_states(&query)?), ..chosen(&query)? };
        let now = self.now();
        let touched = self.database().write(move |tx| {
            let before = legible_jobs::jobs(tx, &active, 0, 1)?.total;
            legible_jobs::request_cancel(tx, &active, now)?;
            Ok(before)
        });
        let count = touched.await?;
        self.announce(after(&query)).await;
        Ok(Touched { count: small(count) })
    }

    /// Starts failed or cancelled jobs again.
    ///
    /// # Errors
    /// When the query names nothing, or the database fails.
    pub async fn retry_jobs(&self, query: JobsQuery) -> Result<Touched> {
        let (filter, now) = (chosen(&query)?, self.now());
        let retried = self.database().write(move |tx| Ok(legible_jobs::retry(tx, &filter, now)?)).await?;
        self.announce(after(&query)).await;
        Ok(Touched { count: small(retried.len()) })
    }

    /// Moves waiting jobs ahead of all others. Their delay is over and their conditions are waived.
    ///
    /// # Errors
    /// When the query names nothing, or the database fails.
    pub async fn run_jobs_now(&self, query: JobsQuery) -> Result<Touched> {
        let (filter, now) = (chosen(&query)?, self.now());
        let moved = self.database().write(move |tx| Ok(legible_jobs::run_now(tx, &filter, now)?)).await?;
        self.announce(after(&query)).await;
        Ok(Touched { count: small(moved) })
    }

    /// Forgets ended jobs, but for those that are to be kept longer.
    ///
    /// # Errors
    /// When the query names nothing, or the database fails.
    pub async fn prune_jobs(&self, query: JobsQuery) -> Result<Touched> {
        let (filter, now) = (chosen(&query)?, self.now());
        let before = now.saturating_add(1);
        let count = self.blocking(move |service| service.forget_jobs(&filter, before, |_| Ok(()))).await?;
        self.announce(after(&query)).await;
        Ok(Touched { count: small(count) })
    }

    /// What is being done just now, in whichever process does it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn workers(&self, _: NoArgs) -> Result<Workers> {
        let mut workers = self.worker_pool().list();
        if self.runner() == Runner::Elsewhere {
            let running = Filter::states([State::Running]);
            let read =
                move |c: &rusqlite::Connection| Ok(legible_jobs::jobs(c, &running, 0, u64::from(MAX_JOBS_PAGE))?.jobs);
            let jobs = self.database().read(read).await?;
            workers.extend(jobs.into_iter().rev().map(|job| WorkerView {
                id: job.id.0.unsigned_abs(),
                what: format!("{}: {}", job.kind, job.title),
                job: Some(job.id.0),
                state: if job.resting { WorkerState::Paused } else { WorkerState::Running },
                since: job.started_at.unwrap_or(job.created_at),
            }));
        }
        Ok(Workers { workers })
    }

    /// Pauses, resumes or stops a worker. One of another process is told within a moment.
    ///
    /// # Errors
    /// When there is no such worker.
    pub async fn control_worker(&self, control: ControlWorker) -> Result<Workers> {
        let resting = match control.action {
            WorkerAction::Pause => Some(true),
            WorkerAction::Resume => Some(false),
            WorkerAction::Kill => None,
        };
        if let (Some(resting), Ok(job)) = (resting, i64::try_from(control.id)) {
            // Also for those who look from another process.
            let job = legible_jobs::JobId(job);
            self.database().write(move |tx| Ok(legible_jobs::set_resting(tx, job, resting)?)).await?;
            self.announce(Changes { jobs: [job.0].into(), ..Changes::default() }).await;
        }
        if !self.worker_pool().control(control.id, control.action) {
            let known = self.workers(NoArgs {}).await?.workers.iter().any(|worker| worker.id == control.id);
            if self.runner() != Runner::Elsewhere || !known {
                return Err(Error::NotFound(format!("worker {}", control.id)));
            }
            self.announce(Changes { control: vec![control], ..Changes::default() }).await;
        }
        self.workers(NoArgs {}).await
    }

    /// What decides what these jobs wait for. The machine is looked at only if one of them may wait for it.
    pub(crate) async fn circumstances(&self, jobs: &[legible_jobs::Job]) -> Result<Circumstances> {
        let waits = |job: &&legible_jobs::Job| matches!(job.state, State::Enqueued | State::Blocked);
        let mut waiting = jobs.iter().filter(waits).peekable();
        if waiting.peek().is_none() {
            return Ok(Circumstances { now: self.now(), ..Circumstances::default() });
        }
        let machine = if waiting.any(|job| job.conditions != Conditions::default()) {
            self.machine_now().await
        } else {
            Machine::default()
        };
        let cannot_read = self.blocking(|service| Ok(!service.can_read())).await?;
        let paused = self.database().read(|c| Ok(legible_jobs::paused(c)?)).await?;
        Ok(Circumstances { paused, machine, cannot_read, now: self.now() })
    }

    /// The newest groups, running ones first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn groups(&self, _: NoArgs) -> Result<Groups> {
        let groups = self.database().read(|c| {
            let mut views = legible_jobs::groups(c, GROUPS, false)?
                .iter()
                .map(|group| groups::of(c, group))
                .collect::<Result<Vec<GroupView>>>()?;
            views.sort_by_key(|group| group.ended_at.is_some());
            Ok(views)
        });
        Ok(Groups { groups: groups.await? })
    }

    /// One group. Not in the table: windows hear of groups by events.
    ///
    /// # Errors
    /// When there is no such group.
    pub async fn group(&self, id: i64) -> Result<GroupView> {
        let group = self.database().read(move |c| groups::view(c, id)).await?;
        group.ok_or_else(|| Error::NotFound(format!("job group {id}")))
    }

    /// Why no job of a group, or of all, can go on until a person does something; `None` while work goes on or is done.
    /// For those who wait for the end.
    ///
    /// # Errors
    /// When the database or the settings cannot be read.
    pub async fn standstill(&self, group: Option<i64>) -> Result<Option<WireError>> {
        let service = self.clone();
        let look = move |c: &rusqlite::Connection| {
            let count = |states: Vec<State>, kinds: Option<Vec<String>>| -> Result<u64> {
                let filter = Filter { states: Some(states), kinds, group: group.map(GroupId), ..Filter::default() };
                Ok(legible_jobs::jobs(c, &filter, 0, 0)?.total)
            };
            let waiting = count(vec![State::Enqueued, State::Blocked], None)?;
            if waiting == 0 || count(vec![State::Running], None)? > 0 {
                return Ok(None);
            }
            if legible_jobs::paused(c)? {
                let paused = WireError::new(ErrorCode::Cancelled, "The work is paused. What was queued stays queued.");
                return Ok(Some(paused.hint("Run `legible resume` to go on with it.")));
            }
            if waiting > count(vec![State::Enqueued, State::Blocked], Some(vec![READ.into()]))? {
                return Ok(None);
            }
            let missing = service.models_shelf().missing(&service.current_settings()?.engine);
            Ok((!missing.is_empty()).then(|| notices::models_missing("Reading waits for its models", &missing)))
        };
        self.database().read(look).await
    }

    /// What the work that is left waits for, if all of it waits for the machine or the time of day and none of it runs.
    /// For those who wait for the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rest_waits_for(&self) -> Result<Option<String>> {
        let states = |states| JobsQuery { states, limit: MAX_JOBS_PAGE, ..JobsQuery::default() };
        if self.jobs(states(vec![JobState::Running])).await?.total > 0 {
            return Ok(None);
        }
        let waiting = self.jobs(states(vec![JobState::Enqueued])).await?.jobs;
        if waiting.is_empty() || waiting.iter().any(|job| job.waiting_for.is_empty()) {
            return Ok(None);
        }
        let words: BTreeSet<String> = waiting.into_iter().flat_map(|job| job.waiting_for).collect();
        Ok(Some(words.into_iter().collect::<Vec<_>>().join(", ")))
    }

    /// Whether nothing more is to come by itself just now: what starts with the program is in the queue, and no file of a watched
    /// folder has yet to settle or to be looked at. What another process watches is not known here.
    pub fn folders_are_calm(&self) -> bool {
        match self.runner() {
            Runner::Here => self.has_begun() && self.unseen().is_calm(),
            Runner::Elsewhere => true,
            Runner::Nobody => false,
        }
    }

    /// Pauses or resumes all work, also across restarts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_paused(&self, SetPaused { paused }: SetPaused) -> Result<Status> {
        self.database().write(move |tx| Ok(legible_jobs::set_paused(tx, paused)?)).await?;
        self.announce(Changes::work()).await;
        self.status(NoArgs {}).await
    }
}

/// The size of a page that was asked for as `limit` and may have `most` entries.
pub(super) fn page_size(limit: u32, most: u32) -> u32 {
    if limit == 0 { DEFAULT_PAGE } else { limit.min(most) }
}

fn filter(query: &JobsQuery) -> Filter {
    Filter {
        ids: (!query.ids.is_empty()).then(|| query.ids.iter().map(|id| legible_jobs::JobId(*id)).collect()),
        states: (!query.states.is_empty()).then(|| query.states.iter().map(|s| views::state_from(*s)).collect()),
        group: query.group.map(GroupId),
        tag: query.tag.clone(),
        unique: query.unique.clone(),
        schedule: query.schedule.map(ScheduleId),
        kinds: (!query.kinds.is_empty()).then(|| query.kinds.clone()),
        text: query.name.clone().filter(|text| !text.is_empty()),
        ..Filter::default()
    }
}

/// The filter of a command that changes jobs: an empty query is more likely a slip than the wish for all jobs.
fn chosen(query: &JobsQuery) -> Result<Filter> {
    if filter(query) == Filter::default() {
        return Err(Error::BadRequest("name the jobs, their group, tag, name, schedule, kind or state".into()));
    }
    Ok(filter(query))
}

/// The states among those asked for in which a job can be cancelled.
fn active_states(query: &JobsQuery) -> Result<Vec<State>> {
    let asked = query.states.iter().map(|state| views::state_from(*state)).filter(|state| state.is_active());
    match asked.collect::<Vec<_>>() {
        _ if query.states.is_empty() => Ok(State::ACTIVE.to_vec()),
        none if none.is_empty() => Err(Error::BadRequest("only waiting and running jobs can be cancelled".into())),
        states => Ok(states),
    }
}

/// What a change of these jobs means for those who look: states of items come from their jobs.
fn after(query: &JobsQuery) -> Changes {
    let mut changes = Changes { many_items: true, ..Changes::work() }.and_group(query.group);
    changes.jobs.extend(&query.ids);
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::limits::GROUPS;
    use crate::places::Places;
    use crate::service::Config;
    use std::sync::Arc;

    #[tokio::test]
    async fn a_group_is_found_however_many_are_newer() {
        let home = tempfile::tempdir().unwrap();
        let (places, worker) = (Places::below(home.path()), ("no worker".into(), vec![]));
        let service = Service::open(Config {
            places,
            worker,
            clock: Arc::new(ManualClock::at(1)),
            chance: Arc::new(crate::chance::Counting::default()),
            runs: false,
            keychain: Arc::new(crate::testing::Keyring::default()),
            machine: None,
        })
        .unwrap();
        let make = |tx: &rusqlite::Transaction<'_>| {
            let first = legible_jobs::new_group(tx, "first", 1)?;
            (0..GROUPS).try_for_each(|_| legible_jobs::new_group(tx, "newer", 2).map(drop))?;
            Ok(first)
        };
        let first = service.database().write(make).await.unwrap();
        assert!(service.groups(NoArgs {}).await.unwrap().groups.iter().all(|group| group.id != first.0));
        assert_eq!(service.group(first.0).await.unwrap().label, "first");
        assert!(matches!(service.group(999).await, Err(Error::NotFound(_))));
    }
}
