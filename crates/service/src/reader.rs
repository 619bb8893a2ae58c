//! Reading images without the library: what `legible read` does. Also the worker that `legible vision-worker` is.

use crate::api::{ErrorCode, WireError};
use crate::error::{Error, Result};
use crate::intake::read_file;
use crate::limits::{LOOK_TIMEOUT, MAX_WORKERS, TASK_TIMEOUT, WORKER_IDLE, WORKER_MEMORY_MB};
use crate::models::ModelShelf;
use crate::notices::models_missing;
use crate::places::Places;
use crate::service::cores;
use crate::sources::language;
pub use legible_reading::{Layout, Reading};
use legible_vision::worker::{Answer, CancelToken, Pool, PoolConfig, ServeArgs, Task, TaskError};
use std::ffi::OsString;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, mpsc};

/// Something to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

/// Reads images with a pool of workers of its own.
pub struct Reader {
    pool: Pool,
    engine: String,
    languages: Vec<String>,
    workers: usize,
    models: Arc<ModelCheck>,
}

impl Reader {
    /// A reader with an engine, `ppocr` or `ocrs`, that expects these languages if any are named (tags, BCP 47). `worker` is
    /// the program that serves as worker, with its first arguments.
    ///
    /// # Errors
    /// When the engine cannot read such a language, or the manifest of the models that is built in cannot be parsed: a
    /// mistake of ours.
    pub fn new(worker: (PathBuf, Vec<String>), places: &Places, engine: &str, languages: &[String]) -> Result<Self> {
        let languages = languages.iter().map(|tag| language(tag, Some(engine))).collect::<Result<_>>()?;
        let (pool, workers) = pool(worker, places);
        let shelf = ModelShelf::new(places)?;
        let models = Arc::new(ModelCheck { shelf, engine: engine.to_owned(), trouble: OnceLock::new() });
        // Hashing the models takes a moment, which the first image takes too.
        let check = Arc::clone(&models);
        std::thread::spawn(move || check.trouble().is_some());
        Ok(Reader { pool, engine: engine.to_owned(), languages, workers, models })
    }

    /// Reads all inputs, several at a time, and hands the results to `done` in the order of the inputs, until `done` has
    /// seen enough.
    pub fn read_all(&self, inputs: &[Input], mut done: impl FnMut(&Input, Result<Reading>) -> ControlFlow<()>) {
        let threads = (cores() / self.workers.min(inputs.len()).max(1)).max(1);
        in_turn(self.workers, inputs, |input, cancel| self.read(input, threads, cancel), &mut done);
    }

    fn read(&self, input: &Input, threads: usize, cancel: &CancelToken) -> Result<Reading> {
        let bytes = bytes_of(input)?;
        let task = Task::Read { engine: self.engine.clone(), threads, languages: self.languages.clone() };
        let answer = run_again_if_crashed(|| self.pool.run(&task, &bytes, cancel, &mut |_| ()));
        // What a model says that is not the one it should be is worth nothing; neither is its error.
        if let Some(trouble) = self.models.trouble() {
            return Err(trouble.clone().into());
        }
        match answer? {
            Answer::Reading { reading, .. } => Ok(reading),
            _ => Err(WireError::new(ErrorCode::Internal, "the worker answered another task").into()),
        }
    }
}

/// A pool for work without the library, and how many workers it has. `worker` is the program that serves as worker, with its
/// first arguments.
pub(crate) fn pool(worker: (PathBuf, Vec<String>), places: &Places) -> (Pool, usize) {
    let size = cores().min(MAX_WORKERS);
    let pool = Pool::new(PoolConfig {
        command: worker.0,
        args: worker.1,
        models_dirs: places.models.clone(),
        size,
        idle: WORKER_IDLE,
        timeout: TASK_TIMEOUT,
        look_timeout: LOOK_TIMEOUT,
        memory_limit_mb: WORKER_MEMORY_MB,
    });
    (pool, size)
}

/// Does `work` on all inputs, several at a time, and hands the results to `done` in the order of the inputs, until `done`
/// has seen enough.
pub(crate) fn in_turn<T: Send>(
    workers: usize,
    inputs: &[Input],
    work: impl Fn(&Input, &CancelToken) -> Result<T> + Sync,
    done: &mut dyn FnMut(&Input, Result<T>) -> ControlFlow<()>,
) {
    let (next, cancel) = (AtomicUsize::new(0), CancelToken::new());
    let (send, results) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..workers.min(inputs.len()) {
            let (send, next, cancel, work) = (send.clone(), &next, &cancel, &work);
            scope.spawn(move || {
                while !cancel.is_cancelled() {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(input) = inputs.get(index) else { return };
                    // The receiver outlives this scope.
                    let _ = send.send((index, work(input, cancel)));
                }
            });
        }
        drop(send);
        let mut waiting = std::collections::BTreeMap::new();
        let mut turn = 0;
        for (index, result) in results {
            waiting.insert(index, result);
            while let Some(result) = waiting.remove(&turn) {
                if !cancel.is_cancelled() && done(&inputs[turn], result).is_break() {
                    cancel.cancel();
                }
                turn += 1;
            }
        }
    });
}

/// The bytes of an input.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn bytes_of(input: &Input) -> Result<Vec<u8>> {
    match input {
        Input::File(path) => read_file(path),
        Input::Stdin => read_stdin(),
    }
}

/// Runs a task, and once more if its worker died: whatever ended that may not have been this image.
pub(crate) fn run_again_if_crashed(run: impl Fn() -> Answered) -> Answered {
    match run() {
        Err(TaskError::Crashed { .. }) => run(),
        answer => answer,
    }
}

/// What comes of a task.
type Answered = std::result::Result<Answer, TaskError>;

/// Whether the models of an engine are those that they should be: looked at once.
struct ModelCheck {
    shelf: ModelShelf,
    engine: String,
    trouble: OnceLock<Option<WireError>>,
}

impl ModelCheck {
    fn trouble(&self) -> Option<&WireError> {
        let look = || {
            let missing = self.shelf.missing(&self.engine);
            (!missing.is_empty()).then(|| models_missing("Reading needs models that are not here or damaged", &missing))
        };
        self.trouble.get_or_init(look).as_ref()
    }
}

fn read_stdin() -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = legible_vision::limits::MAX_BYTES as u64 + 1;
    let read = std::io::stdin().lock().take(limit).read_to_end(&mut bytes);
    read.map_err(|error| Error::File { path: Path::new("-").to_owned(), error })?;
    Ok(bytes)
}

/// Serves as a vision worker on standard input and output until the pool that started it closes them.
///
/// # Errors
/// When the arguments are not those a pool gives, or the worker's limits cannot be set.
pub fn serve(args: Vec<OsString>) -> std::result::Result<(), impl std::error::Error> {
    ServeArgs::parse(args).and_then(legible_vision::worker::serve)
}
