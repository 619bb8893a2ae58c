//! The check of a person's own model before it is taken: a vision worker runs it, so that one which takes too much memory or
//! time, or crashes, harms nothing.

use crate::limits::{CHECK_TIMEOUT, WORKER_IDLE, WORKER_MEMORY_MB};
use legible_models::own::{Candidate, Refusal};
use legible_vision::worker::{CancelToken, Pool, PoolConfig, TaskError};
use std::path::PathBuf;

/// A pool of one worker that checks models; `worker` is the program that serves as such, with its first arguments.
pub fn checking_pool(worker: (PathBuf, Vec<String>)) -> Pool {
    let (command, args) = worker;
    Pool::new(PoolConfig {
        command,
        args,
        // What is checked comes through the pipe.
        models_dirs: Vec::new(),
        size: 1,
        idle: WORKER_IDLE,
        timeout: CHECK_TIMEOUT,
        look_timeout: CHECK_TIMEOUT,
        memory_limit_mb: WORKER_MEMORY_MB,
    })
}

/// Runs a model, and says what is wrong with it.
pub(super) fn check(pool: &Pool, candidate: &Candidate, cancel: &CancelToken) -> Result<(), Refusal> {
    let read =
        |path| std::fs::read(path).map_err(|error| Refusal::Wrong(format!("its copy could not be read: {error}")));
    let labels = candidate.labels.map(read).transpose()?.unwrap_or_default();
    let model = read(candidate.model)?;
    match pool.check_model(candidate.contract, &labels, &model, cancel) {
        Ok(checked) => checked.map(drop).map_err(Refusal::Wrong),
        Err(TaskError::Cancelled | TaskError::Stopped) => Err(Refusal::Cancelled),
        Err(error) => Err(Refusal::Wrong(error.to_string())),
    }
}
