//! The loop that runs the jobs. Only one process at a time is in it; the others follow its events and wait to take over.
//!
//! 1. Take the lock; without it, follow the runner until it goes away, and try again.
//! 2. Give back to the queue what dead runners held.
//! 3. Until told to stop: start the schedules that are due, stop running jobs that were cancelled, lost a condition or
//!    are out of time, claim what there is room for and the machine allows, and sleep until work comes, a job ends, the
//!    machine changes, something is due, or the leases want tending.
//! 4. Stop: running jobs come to a safe point and their leases go back unused.

mod demands;
mod end;
mod folders;
mod interruptions;
mod looks;
mod outcome;
mod schedules;
mod tell;
#[cfg(test)]
mod tests;
mod unread;
mod waiting;
mod watched;

use crate::changes::Changes;
use crate::clock::millis;
use crate::cloud::in_step::take_in_what_was_left;
use crate::error::Result;
use crate::handlers::Lane;
use crate::handlers::upkeep::find_facts_where_due;
use crate::limits::{FIRST_LOOK, FOLLOW_AGAIN, LEASE, PRIORITY_RECOGNISE, PRUNE_EVERY, QUIT_WITHIN, TROUBLE_PAUSE};
use crate::machine::Interruption;
use crate::schedules::put_built_in;
use crate::service::{Role, Service, cores};
use crate::surroundings::Surroundings;
use crate::tables::runners;
use crate::timekeeper::Timekeeper;
use crate::worker_pool::Control;
use crate::{groups, link, sources};
use end::{carry_out, note_failure};
use folders::Folders;
use interruptions::GoingDown;
use legible_jobs::{Claim, Conditions, Filter, JobId, Lease, Machine, Owner, Reclaim, State, Stop, Trigger};
use legible_library::ItemId;
use rusqlite::Transaction;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tell::tell_changes;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::{debug, error, info, warn};
use waiting::{pause, ticks, told_to_stop};
use watched::Watched;

impl Service {
    /// Runs the jobs, or follows the process that does and takes over when it goes away, until `stop` turns true.
    /// Troubles that may pass, such as a full disk, are waited out.
    ///
    /// # Errors
    /// When this process can neither run nor follow, for example because its data directory may not be written.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) -> Result<()> {
        while !*stop.borrow() {
            match self.run_or_follow(&mut stop).await {
                Err(error) if error.may_pass() => {
                    error!(%error, "the queue cannot be used just now");
                    pause(TROUBLE_PAUSE, &mut stop).await;
                }
                ended => ended?,
            }
            self.set_role(Role::Visitor);
        }
        self.pool().shutdown();
        self.checking_pool().shutdown();
        Ok(())
    }

    /// Follows the process that runs the jobs, whichever it is, until `stop` turns true; runs none itself. `nobody` is
    /// called each time when nobody runs them any more.
    pub async fn follow_only(&self, mut stop: watch::Receiver<bool>, nobody: impl Fn()) {
        let mut told = false;
        while !*stop.borrow() {
            let anybody = self.runner() == crate::api::Runner::Elsewhere;
            if anybody {
                self.follow(&mut stop).await;
                self.set_role(Role::Visitor);
            } else {
                if !told {
                    nobody();
                }
                pause(FOLLOW_AGAIN, &mut stop).await;
            }
            told = !anybody;
        }
    }

    async fn run_or_follow(&self, stop: &mut watch::Receiver<bool>) -> Result<()> {
        match self.take_lock()? {
            Some(_lock) => Runner::begin(self).await?.run(stop).await,
            None => self.follow(stop).await,
        }
        Ok(())
    }

    async fn follow(&self, stop: &mut watch::Receiver<bool>) {
        let (to_runner, mut changes) = mpsc::unbounded_channel();
        self.set_role(Role::Follower(to_runner));
        tokio::select! {
            end = link::follow(self.places(), self.bus(), &mut changes) => debug!(?end, "the runner is gone"),
            () = told_to_stop(stop) => return,
        }
        pause(FOLLOW_AGAIN, stop).await;
    }
}

struct Runner {
    service: Service,
    owner: Owner,
    epoch: i64,
    running: HashMap<Run, Running>,
    tasks: JoinSet<Run>,
    next_run: Run,
    /// When old jobs are to be forgotten again.
    prune_at: i64,
    surroundings: Surroundings,
    interruptions: Option<mpsc::UnboundedReceiver<Interruption>>,
    /// Set while the machine goes to sleep or shuts down.
    going_down: Option<GoingDown>,
    /// What the machine was like when it was last looked at.
    machine: Machine,
    timekeeper: Timekeeper,
    folders: Folders,
    watched: Watched,
    /// The last item that was looked at for whether it waits to be read while that cannot be done.
    unread_after: ItemId,
    /// Whether the places of Legible's own could be told when folders were last to be watched.
    knows_own_places: bool,
}

/// Numbers the runs of jobs. A job that was handed back may run again before its last run is looked at.
type Run = u64;

struct Running {
    job: JobId,
    lane: Lane,
    control: Arc<Control>,
    conditions: Conditions,
    began: Instant,
    /// How long it may run, its rests not counted, in milliseconds.
    budget_ms: Option<i64>,
}

impl Running {
    fn begin(lease: &Lease, lane: Lane, control: Arc<Control>) -> Self {
        let (conditions, budget_ms) = (lease.conditions.clone(), lease.budget_ms);
        Running { job: lease.id, lane, control, conditions, began: Instant::now(), budget_ms }
    }
}

impl Runner {
    /// Takes a new epoch and gives back what dead runners held.
    async fn begin(service: &Service) -> Result<Self> {
        let now = service.now();
        let (epoch, owner) = service
            .database()
            .write(move |tx| {
                let epoch = runners::begin(tx, std::process::id(), now)?;
                let owner = Owner(format!("runner {epoch}"));
                take_back(tx, &Reclaim::NotOwnedBy(&owner), now)?;
                put_built_in(tx, now)?;
                sources::put_built_in(tx, now)?;
                find_facts_where_due(tx, now)?;
                Ok((epoch, owner))
            })
            .await?;
        service.set_role(Role::Runner);
        info!(epoch, "running jobs");
        if let Ok(folder) = service.folder() {
            // Of runs that were killed. Nothing waits for it.
            let service = service.clone();
            drop(tokio::task::spawn_blocking(move || {
                folder.sweep();
                if let Err(error) = service.delete_purged() {
                    warn!(%error, "files of deleted images are still there");
                }
                if let Err(error) = take_in_what_was_left(&service, &folder) {
                    warn!(%error, "what came from a storage is not known yet");
                }
            }));
        }
        let surroundings = service.surroundings();
        // What is not known counts as most machines are: nothing is to begin on that before there was a look.
        let looked = tokio::time::timeout(FIRST_LOOK, surroundings.look()).await;
        if looked.is_err() {
            warn!("what the machine is like is not known yet");
        }
        let machine = surroundings.machine.borrow().clone();
        Ok(Runner {
            machine,
            interruptions: surroundings.interruptions(),
            going_down: None,
            surroundings,
            timekeeper: Timekeeper::new(service.bus().clone()),
            folders: Folders::new(service.worker_pool().clone()),
            watched: Watched::new(service.unseen().clone()),
            unread_after: ItemId(0),
            knows_own_places: true,
            service: service.clone(),
            owner,
            epoch,
            running: HashMap::new(),
            tasks: JoinSet::new(),
            next_run: 0,
            prune_at: now,
        })
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
        // The settings may have been changed by hand.
        if let Err(error) = self.service.blocking(Service::watch_library_folder).await {
            warn!(%error, "changes in the library folder may not be noticed");
        }
        self.trigger(&[Trigger::AppStart]).await;
        self.resume_looks().await;
        self.service.note_begun();
        let mut tend = ticks(LEASE / 3);
        while !*stop.borrow() {
            let sleep = match self.step().await {
                Ok(sleep) => sleep,
                Err(error) => {
                    error!(%error, "the queue cannot be used just now");
                    TROUBLE_PAUSE
                }
            };
            tokio::select! {
                () = self.service.bus().work() => {}
                Some(Ok(run)) = self.tasks.join_next(), if !self.tasks.is_empty() => drop(self.running.remove(&run)),
                _ = tend.tick() => self.tend().await,
                Some(interruption) = interruptions::next(&mut self.interruptions) => self.interrupted(interruption),
                () = self.surroundings.changed() => self.look_around().await,
                schedules = self.folders.changed() => self.folders_changed(schedules).await,
                Some(news) = self.watched.next() => self.heard(news).await,
                () = tokio::time::sleep(sleep) => {}
                () = told_to_stop(stop) => {}
            }
        }
        self.wind_down().await;
        // To its end: what it is about to ask would find the database closed, and say so.
        telling.abort();
        let _ = telling.await;
        // A group whose last job just ended is not to wait for the next start.
        if let Err(error) = groups::tell_ended(&self.service).await {
            warn!(%error, "ended groups were not told");
        }
        if let Some(serving) = serving {
            serving.abort();
            let _ = serving.await;
        }
    }

    /// Starts what schedules ask for, stops what is to stop, then starts what there is room for; returns how long it may
    /// sleep.
    async fn step(&mut self) -> Result<Duration> {
        let (demands, now) = self.demands_after_firing().await?;
        self.folders.follow(&demands.folder_schedules, now);
        self.watch_folders(demands.watched_folders.clone()).await?;
        self.timekeeper.arm(demands.next_schedule_at, now).await;
        self.stop_what_is_to_stop(&demands, now);
        let needed = demands.conditions.iter().chain(self.running.values().map(|running| &running.conditions));
        self.surroundings.need(needed);
        if let Some(wait) = self.waits_to_go_down() {
            return Ok(wait);
        }
        let service = self.service.clone();
        let can_read = tokio::task::spawn_blocking(move || service.can_read()).await.unwrap_or(false);
        let more = !can_read && self.recognise_unread().await?;
        for lane in Lane::ALL.into_iter().filter(|lane| !demands.paused || lane.ignores_pause()) {
            self.fill(lane, can_read).await?;
        }
        Ok(if more { Duration::ZERO } else { self.sleep(&demands, now) })
    }

    async fn fill(&mut self, lane: Lane, can_read: bool) -> Result<()> {
        let busy = self.running.values().filter(|running| running.lane == lane).count();
        let room = lane.width(self.service.vision_workers()).saturating_sub(busy);
        let kinds = lane.kinds(can_read);
        if room == 0 || kinds.is_empty() {
            return Ok(());
        }
        let machine = self.machine.clone();
        let reads = self.running.values().any(|running| running.lane == Lane::Reading);
        let claim = Claim {
            machine,
            kinds: Some(kinds),
            even_paused: lane.ignores_pause(),
            // What was just dropped is not to share the cores with the rest of the library.
            least_priority: (lane == Lane::Recognising && reads).then_some(PRIORITY_RECOGNISE),
            ..Claim::any(room)
        };
        let (owner, now) = (self.owner.clone(), self.service.now());
        let lease_ms = millis(LEASE);
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
        let control = Arc::new(Control::default());
        let run = self.next_run;
        self.next_run += 1;
        self.running.insert(run, Running::begin(&lease, lane, control.clone()));
        let schedules = lease.schedule.is_some();
        self.service.bus().note(
            Changes { schedules, ..Changes::default() }
                .and_job(lease.id.0)
                .and_group(lease.group.map(|g| g.0))
                .and_item_of(&lease),
        );
        let service = self.service.clone();
        let worker = u64::try_from(lease.id.0).unwrap_or_default();
        let what = format!("{}: {}", lease.kind, lease.title);
        let entry = service.worker_pool().enter(worker, &what, Some(lease.id.0), service.now(), control.clone());
        self.tasks.spawn_blocking(move || {
            let _entry = entry;
            // Even a panic outside of the handler must give the place in the lane back; the lease then runs out.
            let work = || carry_out(&service, &lease, &control, threads);
            if std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err() {
                error!(job = lease.id.0, "the end of a job panicked");
            }
            run
        });
    }

    /// Tells the chosen runs to stop.
    fn stop(&self, why: &Stop, chosen: impl Fn(&Running) -> bool) {
        for running in self.running.values().filter(|running| chosen(running)) {
            running.control.stop(why.clone());
        }
    }

    /// What wants doing now and then: leases are tended, and once a day old jobs are forgotten.
    async fn tend(&mut self) {
        self.tend_leases().await;
        let now = self.service.now();
        if now >= self.prune_at {
            self.prune_at = now.saturating_add(millis(PRUNE_EVERY));
            drop(tokio::spawn(prune(self.service.clone(), self.service.long_ago())));
        }
    }

    /// Renews the leases of what runs and takes back those that ran out: of jobs whose end could not be written down.
    async fn tend_leases(&mut self) {
        let held: Vec<JobId> = self.running.values().map(|running| running.job).collect();
        let (owner, now) = (self.owner.clone(), self.service.now());
        let lease_ms = millis(LEASE);
        let tended = self.service.database().write(move |tx| {
            let kept = legible_jobs::renew(tx, &owner, &held, now, lease_ms)?;
            Ok((kept, take_back(tx, &Reclaim::Expired, now)?))
        });
        match tended.await {
            Ok((kept, back)) => {
                self.stop(&Stop::LeaseLost, |running| !kept.contains(&running.job));
                if !back.is_empty() {
                    self.service.bus().note(back.and_work());
                }
            }
            Err(error) => warn!(%error, "leases could not be renewed"),
        }
    }

    async fn wind_down(&mut self) {
        self.timekeeper.disarm().await;
        self.stop(&Stop::Quit, |_| true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(QUIT_WITHIN, all).await.is_err() {
            warn!("some jobs did not stop in time; the next start gives them back");
        }
        let (epoch, now) = (self.epoch, self.service.now());
        let ended = self.service.database().write(move |tx| runners::end(tx, epoch, now)).await;
        if let Err(error) = ended {
            warn!(%error, "the end of this run was not noted");
        }
        info!(epoch, "stopped running jobs");
    }
}

/// Forgets the jobs that ended before a time, and the secrets that nothing uses.
async fn prune(service: Service, before: i64) {
    let forget = move |service: &Service| service.forget_jobs(&Filter::default(), before, |_| Ok(()));
    if let Err(error) = service.blocking(forget).await {
        warn!(%error, "old jobs could not be forgotten");
    }
    if let Err(error) = service.forget_orphaned_secrets().await {
        warn!(%error, "what opened storages that were removed may still be kept");
    }
}

/// Gives leases back to the queue, notes what failed for good with that, and says what changed.
fn take_back(tx: &Transaction, which: &Reclaim, now: i64) -> Result<Changes> {
    let mut changes = Changes::default();
    for (job, state) in legible_jobs::reclaim(tx, which, now)? {
        if state == State::Failed {
            changes.merge(note_failure(tx, job, now)?);
        }
        let group = legible_jobs::job(tx, job)?.and_then(|job| job.group);
        changes = changes.and_job(job.0).and_group(group.map(|group| group.0));
    }
    Ok(changes)
}
