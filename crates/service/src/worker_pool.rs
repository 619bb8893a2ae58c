//! The workers of this process: everything that runs in the background, jobs and computations alike, with the means to
//! pause, resume and stop each of them.
//!
//! A worker is a function on a thread for blocking work. It holds a [`Control`] and comes to its safe points by
//! [`Control::checkpoint`]; nothing is ever stopped in the middle of a step. What must be stoppable in the middle runs
//! in a vision worker, which is a process.

use crate::api::{WorkerAction, WorkerState, WorkerView};
use legible_jobs::Stop;
use legible_vision::worker::CancelToken;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Workers of jobs carry their job's number; those of computations count up from here.
const FIRST_COMPUTATION: u64 = 1 << 40;

/// What a worker is told from outside.
#[derive(Default)]
pub struct Control {
    why: OnceLock<Stop>,
    rest: Mutex<Rest>,
    changed: Condvar,
}

/// Whether a worker is to rest, and how long it did.
#[derive(Default)]
struct Rest {
    paused: bool,
    /// Cuts short what can be done again after the rest.
    token: CancelToken,
    /// Set while it waits at a safe point.
    since: Option<Instant>,
    before: Duration,
}

/// A worker was told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped")]
pub struct Stopped;

impl Control {
    /// Tells it to stop at its next safe point. The first reason counts; returns whether this is it.
    pub fn stop(&self, why: Stop) -> bool {
        let first = self.why.set(why).is_ok();
        self.rest().token.cancel();
        self.changed.notify_all();
        first
    }

    /// Lets it rest from its next safe point on, or go on. A step that can be cut short is, and is done again later.
    pub fn set_paused(&self, paused: bool) {
        let mut rest = self.rest();
        rest.paused = paused;
        if paused {
            rest.token.cancel();
        }
        self.changed.notify_all();
    }

    /// A safe point: waits while it is paused.
    ///
    /// # Errors
    /// When it is to stop.
    pub fn checkpoint(&self) -> Result<(), Stopped> {
        let mut rest = self.rest();
        while rest.paused && !self.is_stopped() {
            rest.since.get_or_insert_with(Instant::now);
            rest = self.changed.wait(rest).unwrap_or_else(PoisonError::into_inner);
        }
        if let Some(since) = rest.since.take() {
            rest.before += since.elapsed();
        }
        if self.is_stopped() {
            return Err(Stopped);
        }
        if rest.token.is_cancelled() {
            rest.token = CancelToken::new();
        }
        Ok(())
    }

    /// Whether it is to stop.
    pub fn is_stopped(&self) -> bool {
        self.why.get().is_some()
    }

    /// Whether it waits at a safe point until it may go on.
    pub fn is_resting(&self) -> bool {
        let rest = self.rest();
        rest.paused && rest.since.is_some()
    }

    /// How long it has rested by `clock`.
    pub fn rested(&self, clock: Instant) -> Duration {
        let rest = self.rest();
        rest.before + rest.since.map_or(Duration::ZERO, |since| clock.saturating_duration_since(since))
    }

    /// Why it is to stop, if it is.
    pub fn why(&self) -> Option<&Stop> {
        self.why.get()
    }

    /// What cuts short a step that begins now: it is cancelled when the worker is to stop, or to rest.
    pub fn token(&self) -> CancelToken {
        self.rest().token.clone()
    }

    fn state(&self) -> WorkerState {
        match (self.is_stopped(), self.is_resting()) {
            (true, _) => WorkerState::Stopping,
            (false, true) => WorkerState::Paused,
            (false, false) => WorkerState::Running,
        }
    }

    fn rest(&self) -> MutexGuard<'_, Rest> {
        self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All workers of this process. Clones share them.
#[derive(Clone, Default)]
pub struct WorkerPool {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    workers: Mutex<BTreeMap<u64, Worker>>,
    computations: AtomicU64,
}

struct Worker {
    what: String,
    job: Option<i64>,
    since: i64,
    control: Arc<Control>,
}

/// Why a computation gave no value.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComputeError<E> {
    /// It returned an error.
    #[error(transparent)]
    Failed(E),
    /// It panicked, with these words.
    #[error("the computation panicked: {0}")]
    Panicked(String),
    /// It was stopped.
    #[error("the computation was stopped")]
    Stopped,
}

impl WorkerPool {
    /// Runs a function in the background and waits for its value or its error. Dropping the future stops it.
    ///
    /// # Errors
    /// What the function returns, its panic, or that it was stopped before it came to an end.
    pub async fn compute<T, E, F>(&self, what: &str, now: i64, work: F) -> Result<T, ComputeError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&Control) -> Result<T, E> + Send + 'static,
    {
        let control = Arc::new(Control::default());
        let id = FIRST_COMPUTATION + self.shared.computations.fetch_add(1, Ordering::Relaxed);
        let entry = self.enter(id, what, None, now, control.clone());
        let _stop = StopOnDrop(control.clone());
        let done = tokio::task::spawn_blocking(move || {
            let _entry = entry;
            let done = catch_unwind(AssertUnwindSafe(|| work(&control)));
            (done, control.why().is_some())
        });
        match done.await {
            Ok((Ok(Ok(value)), _)) => Ok(value),
            Ok((Ok(Err(_)), true)) | Err(_) => Err(ComputeError::Stopped),
            Ok((Ok(Err(error)), false)) => Err(ComputeError::Failed(error)),
            Ok((Err(panic), _)) => Err(ComputeError::Panicked(words_of(panic.as_ref()))),
        }
    }

    /// Lists a worker that carries out a job until the answer is dropped.
    pub(crate) fn enter(&self, id: u64, what: &str, job: Option<i64>, now: i64, control: Arc<Control>) -> Entry {
        let worker = Worker { what: what.to_owned(), job, since: now, control: control.clone() };
        self.workers().insert(id, worker);
        Entry { pool: self.clone(), id, control }
    }

    /// All workers.
    pub fn list(&self) -> Vec<WorkerView> {
        let view = |(id, worker): (&u64, &Worker)| WorkerView {
            id: *id,
            what: worker.what.clone(),
            job: worker.job,
            state: worker.control.state(),
            since: worker.since,
        };
        self.workers().iter().map(view).collect()
    }

    /// Pauses, resumes or stops a worker; says whether there is one of this number.
    pub fn control(&self, id: u64, action: WorkerAction) -> bool {
        let Some(control) = self.workers().get(&id).map(|worker| worker.control.clone()) else { return false };
        match action {
            WorkerAction::Pause => control.set_paused(true),
            WorkerAction::Resume => control.set_paused(false),
            WorkerAction::Kill => drop(control.stop(Stop::Killed)),
        }
        true
    }

    fn workers(&self) -> MutexGuard<'_, BTreeMap<u64, Worker>> {
        self.shared.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A line in the list of workers, there until it is dropped.
pub(crate) struct Entry {
    pool: WorkerPool,
    id: u64,
    control: Arc<Control>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut workers = self.pool.workers();
        // A job that was handed back may have a new worker already.
        if workers.get(&self.id).is_some_and(|worker| Arc::ptr_eq(&worker.control, &self.control)) {
            workers.remove(&self.id);
        }
    }
}

struct StopOnDrop(Arc<Control>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop(Stop::Killed);
    }
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
    words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without words".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[tokio::test]
    async fn a_computation_gives_its_value_its_error_or_its_panic() {
        let pool = WorkerPool::default();
        let double = |n: i32| pool.compute("double", 0, move |_| if n < 0 { Err("negative") } else { Ok(2 * n) });
        assert_eq!(double(21).await, Ok(42));
        assert_eq!(double(-1).await, Err(ComputeError::Failed("negative")));
        let panics = pool.compute("panic", 0, |_| -> Result<(), Stopped> { panic!("planned {}", 7) });
        assert_eq!(panics.await, Err(ComputeError::Panicked("planned 7".into())));
        assert!(pool.list().is_empty());
    }

    /// A computation that tells each of its steps, and takes one when it is told to.
    #[tokio::test]
    async fn workers_rest_go_on_and_stop_at_their_safe_points() {
        let pool = WorkerPool::default();
        let (stepped, steps) = channel();
        let (go, gone) = channel::<()>();
        let computing = tokio::spawn({
            let pool = pool.clone();
            async move {
                let work = move |control: &Control| -> Result<(), Stopped> {
                    for step in 0.. {
                        stepped.send(step).map_err(|_| Stopped)?;
                        gone.recv().map_err(|_| Stopped)?;
                        control.checkpoint()?;
                    }
                    Ok(())
                };
                pool.compute("count", 5, work).await
            }
        });
        let step = tokio::task::spawn_blocking(move || (steps.recv(), steps));
        let (first, steps) = step.await.unwrap();
        assert_eq!(first, Ok(0));
        let listed = pool.list();
        assert_eq!((listed[0].what.as_str(), listed[0].since, listed[0].state), ("count", 5, WorkerState::Running));
        let id = listed[0].id;
        assert!(pool.control(id, WorkerAction::Pause) && !pool.control(id + 1, WorkerAction::Pause));
        assert_eq!(pool.list()[0].state, WorkerState::Running, "it has not come to a safe point");
        go.send(()).unwrap();
        while pool.list()[0].state != WorkerState::Paused {
            tokio::task::yield_now().await;
        }
        assert!(steps.try_recv().is_err(), "it goes on while it is paused");
        pool.control(id, WorkerAction::Resume);
        let step = tokio::task::spawn_blocking(move || (steps.recv(), steps));
        assert_eq!(step.await.unwrap().0, Ok(1));
        pool.control(id, WorkerAction::Pause);
        go.send(()).unwrap();
        pool.control(id, WorkerAction::Kill);
        assert_eq!(computing.await.unwrap(), Err(ComputeError::Stopped), "a paused worker can be stopped");
        assert!(pool.list().is_empty());
    }

    #[tokio::test]
    async fn nobody_waits_any_longer_stops_it() {
        let pool = WorkerPool::default();
        let (started, start) = channel();
        let (stopped, stop) = channel();
        let computing = pool.compute("wait", 0, move |control| -> Result<(), Stopped> {
            let _ = started.send(());
            control.set_paused(true);
            let ended = control.checkpoint();
            let _ = stopped.send(ended);
            ended
        });
        let mut computing = Box::pin(computing);
        tokio::select! {
            _ = &mut computing => panic!("it ended by itself"),
            _ = tokio::task::spawn_blocking(move || start.recv()) => {}
        }
        drop(computing);
        assert_eq!(tokio::task::spawn_blocking(move || stop.recv()).await.unwrap(), Ok(Err(Stopped)));
    }
}
