//! The check of a person's own model before it is taken: a vision worker runs it, so that one which takes too much memory or
//! time, or crashes, harms nothing.

use crate::limits::{TASK_TIMEOUT, WORKER_IDLE, WORKER_MEMORY_MB};
use legible_models::own::Candidate;
use legible_vision::worker::{Answer, CancelToken, Pool, PoolConfig, Task, TaskError};
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
        timeout: TASK_TIMEOUT,
        memory_limit_mb: WORKER_MEMORY_MB,
    })
}

/// Runs a model, and says what is wrong with it.
pub(super) fn check(pool: &Pool, candidate: &Candidate) -> Result<(), String> {
    let read = |path| std::fs::read(path).map_err(|error| format!("its copy could not be read: {error}"));
    let labels = candidate.labels.map(read).transpose()?.unwrap_or_default();
    let (task, payload) = Task::check_model(candidate.contract, &labels, &read(candidate.model)?);
    match pool.run(&task, &payload, &CancelToken::new(), &mut |_| ()) {
        Ok(Answer::Checked(checked)) => checked.map(drop),
        Ok(_) => Err("the worker answered another task".into()),
        Err(error) => Err(in_words(&error)),
    }
}

/// The worker speaks of images, which this is none of.
fn in_words(error: &TaskError) -> String {
    match error {
        TaskError::Crashed { .. } => "the model made the program that runs it crash: it cannot be used".into(),
        TaskError::MemoryLimit { limit_mb } => format!("the model needs more than the {limit_mb} MB that it may have"),
        TaskError::Timeout { seconds } => format!("the model gave no answer within {seconds} seconds"),
        error => error.to_string(),
    }
}
