//! A few workers for many tasks: started when there is work, reused, ended when idle.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::cancel::CancelToken;
use super::client::{After, Bounds, Process, Worker};
use super::error::TaskError;
use super::limits::TICK;
use super::protocol::{Answer, Task};
use crate::decode::DecodeError;
use crate::limits::MAX_BYTES;

/// How a [`Pool`] starts workers and what it allows them.
#[derive(Debug, Clone)]
pub struct PoolConfig {
    /// The program that calls [`super::serve`].
    pub command: PathBuf,
    /// What comes before the worker's own arguments, such as the verb `vision-worker`.
    pub args: Vec<String>,
    /// Where models lie, searched in order. Workers can read nothing else.
    pub models_dirs: Vec<PathBuf>,
    /// Most workers at a time, at least one.
    pub size: usize,
    /// How long a worker without a task stays.
    pub idle: Duration,
    /// How long one task may take.
    pub timeout: Duration,
    /// How long one model may look at one image, and be loaded for that.
    pub look_timeout: Duration,
    /// Most memory of one worker, in MiB.
    pub memory_limit_mb: u64,
}

/// Runs tasks in worker processes. Threads share it by reference; dropping it ends all workers.
pub struct Pool {
    shared: Arc<Shared>,
    reaper: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    config: PoolConfig,
    state: Mutex<State>,
    /// Something in `state` changed that a waiting thread may want to know.
    changed: Condvar,
    closed: AtomicBool,
}

#[derive(Default)]
struct State {
    /// The one that was used last is at the end.
    idle: Vec<(Worker, Instant)>,
    busy: HashMap<u32, Arc<Process>>,
    /// Places held by callers, with or without a process yet.
    taken: usize,
}

impl Pool {
    /// A pool without workers; the first task starts one.
    pub fn new(config: PoolConfig) -> Pool {
        let config = PoolConfig { size: config.size.max(1), ..config };
        let shared =
            Shared { config, state: Mutex::default(), changed: Condvar::new(), closed: AtomicBool::new(false) };
        Pool { shared: Arc::new(shared), reaper: Mutex::new(None) }
    }

    /// Does one task with one encoded image and blocks until it is done; call it from a thread that may block. Waits for a
    /// free worker first, for which no time counts. `progress` is told fractions from 0 to 1, from this thread.
    ///
    /// # Errors
    /// See [`TaskError`]. Whatever happened, the pool is ready for the next task.
    pub fn run(
        &self,
        task: &Task,
        bytes: &[u8],
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f32),
    ) -> Result<Answer, TaskError> {
        if bytes.len() > MAX_BYTES {
            let error = DecodeError::TooManyBytes { bytes: bytes.len() };
            return Err(TaskError::Image { code: error.code().into(), message: error.to_string() });
        }
        self.start_reaper()?;
        let place = Place::take(&self.shared, cancel)?;
        let config = &self.shared.config;
        let bounds = Bounds {
            cancel,
            timeout: config.timeout,
            look_timeout: config.look_timeout,
            memory_limit_mb: config.memory_limit_mb,
        };
        loop {
            let mut worker = place.worker()?;
            let (result, after) = worker.run(task, bytes, &bounds, progress);
            place.give_back((after == After::Keep).then_some(worker));
            match result {
                Err(TaskError::Crashed { .. }) if self.shared.is_closed() => return Err(TaskError::Stopped),
                Err(TaskError::Cancelled) => return Err(TaskError::Cancelled),
                // Each turn uses up an idle worker, and a new one is not replaced.
                _ if after == After::Replace => {}
                result => return result,
            }
        }
    }

    /// Ends all workers at once and refuses further tasks. A running task ends with [`TaskError::Stopped`].
    pub fn shutdown(&self) {
        let (idle, busy) = {
            let mut state = self.shared.state();
            self.shared.closed.store(true, Ordering::SeqCst);
            (std::mem::take(&mut state.idle), state.busy.values().cloned().collect::<Vec<_>>())
        };
        self.shared.changed.notify_all();
        drop(idle);
        for process in busy {
            if let Err(error) = process.end() {
                tracing::warn!("worker {} could not be ended: {error}", process.pid());
            }
        }
    }

    /// The process ids of all workers, busy or idle.
    pub fn pids(&self) -> Vec<u32> {
        let state = self.shared.state();
        state.busy.keys().copied().chain(state.idle.iter().map(|(worker, _)| worker.process().pid())).collect()
    }

    /// Starts the thread that ends idle workers, once.
    fn start_reaper(&self) -> Result<(), TaskError> {
        let mut reaper = self.reaper.lock().unwrap_or_else(PoisonError::into_inner);
        if reaper.is_none() {
            let shared = Arc::clone(&self.shared);
            let started = thread::Builder::new().name("vision-reaper".into()).spawn(move || shared.end_idle_workers());
            *reaper = Some(started.map_err(|error| self.shared.not_started(&error))?);
        }
        Ok(())
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shutdown();
        let reaper = self.reaper.lock().unwrap_or_else(PoisonError::into_inner).take();
        if reaper.is_some_and(|reaper| reaper.join().is_err()) {
            tracing::warn!("the thread that ends idle workers had panicked");
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    fn not_started(&self, error: &std::io::Error) -> TaskError {
        TaskError::Spawn { command: self.config.command.display().to_string(), detail: error.to_string() }
    }

    /// Ends workers that have been idle for long enough; sleeps until the next one is due or something changes.
    fn end_idle_workers(&self) {
        let mut state = self.state();
        while !self.is_closed() {
            let now = Instant::now();
            let until_due = |since: &Instant| self.config.idle.saturating_sub(now.duration_since(*since));
            let due: Vec<_> = state.idle.extract_if(.., |(_, since)| until_due(since).is_zero()).collect();
            if !due.is_empty() {
                drop(state);
                drop(due);
                state = self.state();
                continue;
            }
            let next = state.idle.iter().map(|(_, since)| until_due(since)).min();
            state = match next {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(wait) => self.changed.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
    }
}

/// A caller's right to one worker; given back when dropped.
struct Place<'a> {
    shared: &'a Shared,
    pid: std::cell::Cell<Option<u32>>,
}

impl<'a> Place<'a> {
    /// Waits until fewer than `size` tasks run.
    fn take(shared: &'a Shared, cancel: &CancelToken) -> Result<Self, TaskError> {
        let mut state = shared.state();
        loop {
            if shared.is_closed() {
                return Err(TaskError::Stopped);
            }
            if cancel.is_cancelled() {
                return Err(TaskError::Cancelled);
            }
            if state.taken < shared.config.size {
                state.taken += 1;
                return Ok(Place { shared, pid: std::cell::Cell::new(None) });
            }
            state = shared.changed.wait_timeout(state, TICK).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The worker that was used last, or a new one.
    fn worker(&self) -> Result<Worker, TaskError> {
        loop {
            let idle = self.shared.state().idle.pop();
            let worker = match idle {
                Some((worker, _)) if worker.is_ready() => worker,
                Some(_) => continue,
                None => Worker::start(&self.shared.config).map_err(|error| self.shared.not_started(&error))?,
            };
            let process = worker.process();
            let mut state = self.shared.state();
            if self.shared.is_closed() {
                return Err(TaskError::Stopped);
            }
            self.pid.set(Some(process.pid()));
            state.busy.insert(process.pid(), Arc::clone(process));
            drop(state);
            return Ok(worker);
        }
    }

    /// Gives the worker back, if it can go on. The place stays the caller's.
    fn give_back(&self, worker: Option<Worker>) {
        let mut state = self.shared.state();
        if let Some(pid) = self.pid.take() {
            state.busy.remove(&pid);
        }
        if let Some(worker) = worker
            && !self.shared.is_closed()
        {
            state.idle.push((worker, Instant::now()));
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        if let Some(pid) = self.pid.get() {
            state.busy.remove(&pid);
        }
        state.taken -= 1;
        drop(state);
        self.shared.changed.notify_all();
    }
}
