//! The loop that runs the jobs. Only one process at a time is in it; the others follow its events and wait to take over.
//!
//! 1. Take the lock; without it, follow the runner until it goes away, and try again.
//! 2. Give back to the queue what dead runners held.
//! 3. Until told to stop: tell running jobs that were cancelled, claim what there is room for, and sleep until work
//!    comes, a job ends, a retry is due, or a lease wants renewing.
//! 4. Stop: running jobs come to a safe point and their leases go back unused.

use crate::api::Event;
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work, item_of};
use crate::handlers::{self, Lane};
use crate::limits::{FOLLOW_AGAIN, LEASE, MAX_SLEEP, QUIT_WITHIN};
use crate::service::{Role, Service, cores};
use crate::{groups, link, views};
use legible_jobs::{Claim, JobId, Lease, Owner, Reclaim, State};
use legible_vision::worker::CancelToken;
use rusqlite::Transaction;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tracing::{debug, error, info, warn};

/// More changed jobs than this at once are not told one by one.
const TOLD_JOBS: usize = 100;

impl Service {
    /// Runs the jobs, or follows the process that does and takes over when it goes away, until `stop` turns true.
    ///
    /// # Errors
    /// When this process can neither run nor follow, for example because its data directory cannot be written.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) -> Result<()> {
        while !*stop.borrow() {
            match self.take_lock()? {
                Some(_lock) => Runner::begin(self).await?.run(&mut stop).await,
                None => self.follow(&mut stop).await,
            }
            self.set_role(Role::Visitor);
        }
        self.pool().shutdown();
        Ok(())
    }

    async fn follow(&self, stop: &mut watch::Receiver<bool>) {
        let (to_runner, mut changes) = mpsc::unbounded_channel();
        self.set_role(Role::Follower(to_runner));
        tokio::select! {
            end = link::follow(self.places(), self.bus(), &mut changes) => debug!(?end, "the runner is gone"),
            () = told_to_stop(stop) => return,
        }
        tokio::select! {
            () = tokio::time::sleep(FOLLOW_AGAIN) => {}
            () = told_to_stop(stop) => {}
        }
    }
}

struct Runner {
    service: Service,
    owner: Owner,
    epoch: i64,
    running: HashMap<JobId, Running>,
    tasks: JoinSet<JobId>,
}

struct Running {
    lane: Lane,
    cancel: CancelToken,
}

impl Runner {
    /// Takes a new epoch and gives back what dead runners held.
    async fn begin(service: &Service) -> Result<Self> {
        let now = service.now();
        let (epoch, owner) = service
            .database()
            .write(move |tx| {
                let pid = std::process::id();
                tx.execute("INSERT INTO runner (pid, started_at) VALUES (?1, ?2)", (pid, now))?;
                let epoch = tx.last_insert_rowid();
                let owner = Owner(format!("runner {epoch}"));
                for (job, state) in legible_jobs::reclaim(tx, &Reclaim::NotOwnedBy(&owner), now)? {
                    if state == State::Failed {
                        note_failure(tx, job)?;
                    }
                }
                Ok((epoch, owner))
            })
            .await?;
        service.set_role(Role::Runner);
        info!(epoch, "running jobs");
        if let Ok(folder) = service.folder() {
            // Of runs that were killed. Nothing waits for it.
            drop(tokio::task::spawn_blocking(move || folder.sweep()));
        }
        Ok(Runner { service: service.clone(), owner, epoch, running: HashMap::new(), tasks: JoinSet::new() })
    }

    async fn run(mut self, stop: &mut watch::Receiver<bool>) {
        let telling = tokio::spawn(tell_changes(self.service.clone()));
        let serving = match link::Server::bind(self.service.places()) {
            Ok(server) => Some(tokio::spawn(server.serve(self.service.bus().clone()))),
            Err(error) => {
                warn!(%error, "other processes cannot reach this one; their work is found within a minute");
                None
            }
        };
        // Whoever opened a window before this process became the runner is to look at everything anew.
        self.service.bus().note(Changes { many_items: true, settings: true, ..Changes::work() });
        let mut renew = tokio::time::interval(LEASE / 3);
        while !*stop.borrow() {
            let sleep = match self.step().await {
                Ok(sleep) => sleep,
                Err(error) => {
                    error!(%error, "the queue cannot be used just now");
                    Duration::from_secs(5)
                }
            };
            tokio::select! {
                () = self.service.bus().work() => {}
                Some(Ok(ended)) = self.tasks.join_next(), if !self.tasks.is_empty() => drop(self.running.remove(&ended)),
                _ = renew.tick(), if !self.running.is_empty() => self.renew().await,
                () = tokio::time::sleep(sleep) => {}
                () = told_to_stop(stop) => {}
            }
        }
        self.wind_down().await;
        telling.abort();
        // A group whose last job just ended is not to wait for the next start.
        if let Err(error) = groups::tell_ended(&self.service).await {
            warn!(%error, "ended groups were not told");
        }
        if let Some(serving) = serving {
            serving.abort();
            let _ = serving.await;
        }
    }

    /// Obeys cancels and pause, then starts what there is room for; returns how long it may sleep.
    async fn step(&mut self) -> Result<Duration> {
        let (now, owner) = (self.service.now(), self.owner.clone());
        let look = move |c: &rusqlite::Connection| {
            Ok((
                legible_jobs::cancel_requests(c, &owner)?,
                legible_jobs::paused(c)?,
                legible_jobs::next_run_at(c, now)?,
            ))
        };
        let (cancelled, paused, next) = self.service.database().read(look).await?;
        for id in cancelled {
            if let Some(running) = self.running.get(&id) {
                running.cancel.cancel();
            }
        }
        if paused {
            self.running.values().for_each(|running| running.cancel.cancel());
            return Ok(MAX_SLEEP);
        }
        for lane in Lane::ALL {
            self.fill(lane).await?;
        }
        let until_next = next.map(|next| Duration::from_millis(u64::try_from(next - now).unwrap_or(0)));
        Ok(until_next.map_or(MAX_SLEEP, |until| until.min(MAX_SLEEP)))
    }

    async fn fill(&mut self, lane: Lane) -> Result<()> {
        let busy = self.running.values().filter(|running| running.lane == lane).count();
        let room = lane.width(self.service.workers()).saturating_sub(busy);
        let kinds = lane.kinds(self.service.can_read());
        if room == 0 || kinds.is_empty() {
            return Ok(());
        }
        let claim = Claim { limit: room, kinds: Some(kinds), excluded_kinds: vec![] };
        let (owner, now) = (self.owner.clone(), self.service.now());
        let lease_ms = i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX);
        let leases = self
            .service
            .database()
            .write(move |tx| Ok(legible_jobs::claim(tx, &owner, now, lease_ms, &claim)?))
            .await?;
        // One image alone gets all cores; many share them, which is the better use.
        let threads = (cores() / (busy + leases.len()).max(1)).max(1);
        for lease in leases {
            self.start(lane, lease, threads);
        }
        Ok(())
    }

    fn start(&mut self, lane: Lane, lease: Lease, threads: usize) {
        let cancel = CancelToken::new();
        let id = lease.id;
        self.running.insert(id, Running { lane, cancel: cancel.clone() });
        self.service
            .bus()
            .note(Changes::default().and_job(id.0).and_group(lease.group.map(|g| g.0)).and_item_of(&lease));
        let service = self.service.clone();
        self.tasks.spawn_blocking(move || {
            // Even a panic outside of the handler must give the place in the lane back; the lease then runs out.
            let work = || carry_out(&service, &lease, &cancel, threads);
            if std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err() {
                error!(job = lease.id.0, "the end of a job panicked");
            }
            id
        });
    }

    async fn renew(&mut self) {
        let ids: Vec<JobId> = self.running.keys().copied().collect();
        let (owner, now) = (self.owner.clone(), self.service.now());
        let lease_ms = i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX);
        let asked = ids.clone();
        let kept =
            self.service.database().write(move |tx| Ok(legible_jobs::renew(tx, &owner, &asked, now, lease_ms)?)).await;
        match kept {
            Ok(kept) => {
                for id in ids.iter().filter(|id| !kept.contains(id)) {
                    if let Some(running) = self.running.get(id) {
                        running.cancel.cancel();
                    }
                }
            }
            Err(error) => warn!(%error, "leases could not be renewed"),
        }
    }

    async fn wind_down(&mut self) {
        self.running.values().for_each(|running| running.cancel.cancel());
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(QUIT_WITHIN, all).await.is_err() {
            warn!("some jobs did not stop in time; the next start gives them back");
        }
        let (epoch, now) = (self.epoch, self.service.now());
        let ended = self
            .service
            .database()
            .write(move |tx| Ok(tx.execute("UPDATE runner SET ended_at = ?2 WHERE epoch = ?1", (epoch, now))?))
            .await;
        if let Err(error) = ended {
            warn!(%error, "the end of this run was not noted");
        }
        info!(epoch, "stopped running jobs");
    }
}

/// Waits until the process is to stop. What holds the flag is not kept, so it may be waited for beside anything.
async fn told_to_stop(stop: &mut watch::Receiver<bool>) {
    // A sender that is gone can tell nothing any more: that means stop too.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Runs one job to its end and writes that end down.
fn carry_out(service: &Service, lease: &Lease, cancel: &CancelToken, threads: usize) {
    let Some(handler) = handlers::handler(&lease.kind) else {
        return settle(service, lease, None, Err(Error::Internal(format!("no handler for {} jobs", lease.kind))));
    };
    let run = || handler.run(&mut Work::new(service, lease, cancel, threads));
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(Error::Internal(format!("a {} job panicked", lease.kind))));
    settle(service, lease, Some(handler), result);
}

/// Acknowledges a job together with its handler's commit, or writes down why it did not come to one.
fn settle(service: &Service, lease: &Lease, handler: Option<&'static dyn Handler>, result: Result<Commit>) {
    let error = match result.and_then(|commit| succeed(service, lease, commit)) {
        Ok(changes) => return service.bus().note(told(changes, lease)),
        Err(error) => error,
    };
    match end_unsuccessfully(service, lease, handler, error) {
        Ok(changes) => service.bus().note(told(changes, lease)),
        // The lease was lost, or the database fails: the queue gives the job to the next runner.
        Err(error) => error!(%error, job = lease.id.0, "the end of a job could not be written down"),
    }
}

fn succeed(service: &Service, lease: &Lease, commit: Commit) -> Result<Changes> {
    let (lease, now) = (lease.clone(), service.now());
    service.database().write_blocking(move |tx| {
        let Done { output, changes } = commit(tx)?;
        legible_jobs::succeed(tx, &lease, output, now)?;
        Ok(changes)
    })
}

fn end_unsuccessfully(
    service: &Service,
    lease: &Lease,
    handler: Option<&'static dyn Handler>,
    error: Error,
) -> Result<Changes> {
    let (lease, now, jitter) = (lease.clone(), service.now(), rand::random::<f64>());
    let stopped = error.code() == crate::api::ErrorCode::Cancelled;
    let failure = error.failure();
    debug!(job = lease.id.0, kind = lease.kind, code = failure.reason().code, "a job did not succeed");
    service.database().write_blocking(move |tx| {
        if stopped {
            // A cancel that a person asked for ends it; pause and quit hand it back unused.
            legible_jobs::release(tx, &lease, "work was stopped", now)?;
            return Ok(Changes::default());
        }
        let state = legible_jobs::fail(tx, &lease, &failure, now, jitter)?;
        match handler {
            Some(handler) if state == State::Failed => handler.failed(tx, lease.subject.as_deref(), failure.reason()),
            _ => Ok(Changes::default()),
        }
    })
}

/// What a job that failed because its runner died leaves behind.
fn note_failure(tx: &Transaction, job: JobId) -> Result<()> {
    let Some(job) = legible_jobs::job(tx, job)? else { return Ok(()) };
    if let (Some(handler), Some(reason)) = (handlers::handler(&job.kind), &job.reason) {
        handler.failed(tx, job.subject.as_deref(), reason)?;
    }
    Ok(())
}

fn told(changes: Changes, lease: &Lease) -> Changes {
    changes.and_job(lease.id.0).and_group(lease.group.map(|group| group.0)).and_item_of(lease).and_work()
}

impl Changes {
    fn and_item_of(mut self, lease: &Lease) -> Self {
        self.items.extend(item_of(lease.subject.as_deref()));
        self
    }
}

/// Turns noted changes into events, a few times a second.
async fn tell_changes(service: Service) {
    loop {
        let changes = service.bus().changes().await;
        if let Err(error) = tell(&service, changes).await {
            warn!(%error, "changes could not be told");
        }
    }
}

async fn tell(service: &Service, changes: Changes) -> Result<()> {
    let bus = service.bus();
    if changes.many_items || !changes.items.is_empty() {
        bus.tell(Event::ItemsChanged { ids: changes.items.into_iter().collect() });
    }
    let (jobs, groups) = (changes.jobs, changes.groups);
    let looked = service.database().read(move |c| {
        let told = jobs.iter().take(TOLD_JOBS).map(|id| Ok(legible_jobs::job(c, JobId(*id))?));
        let jobs = told.filter_map(Result::transpose).collect::<Result<Vec<_>>>()?;
        let groups = groups.iter().filter_map(|id| groups::view(c, *id).transpose()).collect::<Result<Vec<_>>>()?;
        Ok((jobs, groups))
    });
    let (jobs, groups) = looked.await?;
    jobs.iter().for_each(|job| bus.tell(Event::JobChanged { job: views::job(job) }));
    groups.into_iter().for_each(|group| bus.tell(Event::GroupChanged { group }));
    if changes.settings {
        bus.tell(Event::SettingsChanged { settings: service.current_settings()? });
    }
    groups::tell_ended(service).await?;
    bus.tell(Event::StatusChanged { status: service.status(crate::api::NoArgs {}).await? });
    Ok(())
}
