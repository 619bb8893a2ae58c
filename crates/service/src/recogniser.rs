//! Recognising what images show without the library: what `legible recognise` does.

use crate::asking::{self, LeftOut};
use crate::error::Result;
use crate::models::{Damaged, ModelShelf};
use crate::places::Places;
use crate::reader::{Input, bytes_of, in_turn, pool, run_again_if_crashed};
use crate::settings::SettingsFile;
pub use legible_reading::recognition::Recognition;
use legible_vision::recognise::Question;
use legible_vision::worker::{CancelToken, Pool, Task};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// What was recognised in an image.
pub struct Seen {
    /// What it shows.
    pub recognition: Recognition,
    /// What was not looked for, and why, a sentence without its full stop each.
    pub missing: Vec<String>,
}

/// Recognises images with a pool of workers of its own.
pub struct Recogniser {
    pool: Pool,
    workers: usize,
    question: Question,
    damaged: Vec<Damaged>,
}

impl Recogniser {
    /// A recogniser with the models that are here, as the settings choose among them. `worker` is the program that serves as
    /// worker, with its first arguments.
    ///
    /// # Errors
    /// When the settings cannot be read.
    pub fn new(worker: (PathBuf, Vec<String>), places: &Places) -> Result<Self> {
        let (pool, workers) = pool(worker, places);
        let choices = SettingsFile::new(places).load()?.models;
        let shelf = ModelShelf::new(places)?;
        shelf.describe_labels(&pool, &choices, &CancelToken::new(), &mut |_| ())?;
        let models = shelf.in_use(&choices);
        let question = Question { models, ..Question::default() };
        Ok(Recogniser { pool, workers, question, damaged: shelf.known_damaged() })
    }

    /// The models that are here and cannot look, since their files are damaged.
    pub fn damaged(&self) -> &[Damaged] {
        &self.damaged
    }

    /// Recognises all inputs, several at a time, and hands the results to `done` in the order of the inputs, until `done` has
    /// seen enough.
    pub fn recognise_all(&self, inputs: &[Input], mut done: impl FnMut(&Input, Result<Seen>) -> ControlFlow<()>) {
        in_turn(self.workers, inputs, |input, cancel| self.recognise(input, cancel), &mut done);
    }

    fn recognise(&self, input: &Input, cancel: &CancelToken) -> Result<Seen> {
        let bytes = bytes_of(input)?;
        let run = |question: &Question| {
            let task = Task::Recognise { question: Box::new(question.clone()) };
            Ok(run_again_if_crashed(|| self.pool.run(&task, &bytes, cancel, &mut |_| ()))?)
        };
        let (found, left_out) = asking::ask(self.question.clone(), true, &mut |question| run(question))?;
        let faults =
            found.faults.iter().map(|fault| format!("the model {} did not look: {}", fault.model, fault.message));
        let missing = left_out.iter().map(LeftOut::in_words).chain(faults).collect();
        Ok(Seen { recognition: found.recognition, missing })
    }
}
