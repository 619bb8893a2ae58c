//! Recognising what images show without the library: what `legible recognise` does.

use crate::api::{ErrorCode, WireError};
use crate::error::Result;
use crate::places::Places;
use crate::reader::{Input, bytes_of, in_turn, pool, run_again_if_crashed};
pub use legible_reading::recognition::Recognition;
use legible_vision::recognise::Question;
use legible_vision::worker::{Answer, CancelToken, Pool, Task};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// Recognises images with a pool of workers of its own.
pub struct Recogniser {
    pool: Pool,
    workers: usize,
}

impl Recogniser {
    /// `worker` is the program that serves as worker, with its first arguments.
    pub fn new(worker: (PathBuf, Vec<String>), places: &Places) -> Self {
        let (pool, workers) = pool(worker, places);
        Recogniser { pool, workers }
    }

    /// Recognises all inputs, several at a time, and hands the results to `done` in the order of the inputs, until `done` has
    /// seen enough.
    pub fn recognise_all(
        &self,
        inputs: &[Input],
        mut done: impl FnMut(&Input, Result<Recognition>) -> ControlFlow<()>,
    ) {
        in_turn(self.workers, inputs, |input, cancel| self.recognise(input, cancel), &mut done);
    }

    fn recognise(&self, input: &Input, cancel: &CancelToken) -> Result<Recognition> {
        let bytes = bytes_of(input)?;
        let task = Task::Recognise { question: Box::new(Question::default()) };
        match run_again_if_crashed(|| self.pool.run(&task, &bytes, cancel, &mut |_| ()))? {
            Answer::Recognised(found) => Ok(found.recognition),
            _ => Err(WireError::new(ErrorCode::Internal, "the worker answered another task").into()),
        }
    }
}
