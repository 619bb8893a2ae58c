//! The child's side: limit and confine this process, then do one task after the other until stdin closes.
//!
//! Two threads: one reads requests, so that a cancel is seen while a task runs; the main one does the tasks. A panic is
//! not caught: the process ends, and the pool starts another whose state is known.

use std::collections::HashMap;
use std::io::{BufReader, Read, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::{process, thread};

use super::args::ServeArgs;
use super::error::{EngineFault, WorkerError};
use super::frame::{self, FrameError};
use super::limits::{MAX_MESSAGE_CHARS, MAX_THREADS};
use super::protocol::{Failure, Request, Response, Task};
use super::sandbox::Confinement;
use super::{memory, sandbox};
use crate::decode::{DecodeError, Decoded, decode};
use crate::describe::{TextModels, TextUse};
use crate::engine::{self, LoadError, ReadError, TextEngine, Watch};
use crate::limits::MAX_DESCRIPTIONS;
use crate::recognise::models::{self, Fault, ModelError, Models, Report};
use crate::recognise::recognise;
use crate::thumbnail::{preview, thumbnail};

/// Runs this process as a worker until its stdin closes, which ends the process. Stdout carries frames: nothing else may
/// write there. Call it from `main` before any other thread starts, so that the whole process is confined.
///
/// # Errors
/// [`WorkerError`] when the limits cannot be set or the pool no longer takes answers.
pub fn serve(args: ServeArgs) -> Result<(), WorkerError> {
    memory::limit_own(args.memory_limit_mb)?;
    memory::end_when_it_runs_out();
    let confinement = sandbox::confine(&args.models_dirs);

    let cancelled = Arc::new(AtomicU64::new(0));
    let (hand_over, tasks) = sync_channel(1);
    let seen = Arc::clone(&cancelled);
    let listen = move || {
        let code = match read_requests(&mut BufReader::new(std::io::stdin()), &hand_over, &seen) {
            Ok(()) => 0,
            Err(error) => {
                eprintln!("{error}");
                2
            }
        };
        // The pool is gone or out of step: nobody waits for the task that may still run.
        process::exit(code);
    };
    thread::Builder::new().name("requests".into()).spawn(listen).map_err(WorkerError::Thread)?;

    let out = Mutex::new(std::io::stdout());
    let models = Models::new(args.models_dirs.clone());
    let texts = TextModels::new(args.models_dirs.clone());
    let mut engines = Engines { dirs: args.models_dirs, loaded: HashMap::new(), models, texts };
    for Job { id, task, bytes } in tasks {
        let watch = PipeWatch { id, cancelled: &cancelled, told: AtomicU32::new(0), out: &out };
        let (response, payload) = match perform(&task, bytes, &mut engines, &confinement, &watch) {
            Ok(done) => done.into_response(id),
            Err(failure) => (Response::Failed { id, failure: shortened(failure) }, Vec::new()),
        };
        frame::write(&mut *lock(&out), &response, &payload)?;
    }
    Ok(())
}

struct Job {
    id: u64,
    task: Task,
    bytes: Vec<u8>,
}

/// Takes requests until the stream ends. Task ids grow, so the last cancelled one is all there is to remember.
fn read_requests(input: &mut impl Read, tasks: &SyncSender<Job>, cancelled: &AtomicU64) -> Result<(), FrameError> {
    while let Some((request, bytes)) = frame::read(input)? {
        match request {
            Request::Cancel { id } => {
                cancelled.fetch_max(id, Ordering::Relaxed);
            }
            Request::Run { id, task } => {
                if tasks.send(Job { id, task, bytes }).is_err() {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// A task's result before it is put into a frame.
enum Done {
    Reading { reading: Vec<u8>, facts: crate::decode::Facts, format: String },
    Recognised(Vec<u8>),
    Checked(Result<Report, String>),
    Described(Vec<u8>),
    Image { bytes: Vec<u8>, media_type: &'static str, facts: crate::decode::Facts, format: String },
    Confinement(Confinement),
}

impl Done {
    fn into_response(self, id: u64) -> (Response, Vec<u8>) {
        match self {
            Done::Reading { reading, facts, format } => (Response::Reading { id, facts, format }, reading),
            Done::Recognised(recognised) => (Response::Recognised { id }, recognised),
            Done::Checked(result) => (Response::Checked { id, result }, Vec::new()),
            Done::Described(directions) => (Response::Described { id }, directions),
            Done::Image { bytes, media_type, facts, format } => {
                (Response::Image { id, media_type: media_type.into(), facts, format }, bytes)
            }
            Done::Confinement(confinement) => (Response::Confinement { id, confinement }, Vec::new()),
        }
    }
}

fn perform(
    task: &Task,
    bytes: Vec<u8>,
    engines: &mut Engines,
    confinement: &Confinement,
    watch: &dyn Watch,
) -> Result<Done, Failure> {
    // At once, so that the pool can tell a worker that died of this task from one that was dead before.
    watch.progress(0.0);
    let done = match task {
        Task::Read { engine, threads, languages } => {
            let Decoded { pixels, facts, format } = decoded(bytes, watch)?;
            let reading = engines.get(engine, *threads).map_err(load_failure)?;
            let reading = reading.read(&pixels, languages, watch).map_err(read_failure)?;
            Done::Reading { reading: as_json(&reading)?, facts, format: format.to_string() }
        }
        Task::Recognise { question } => {
            let decoded = decoded(bytes, watch)?;
            let recognised = recognise(&decoded, question, &mut engines.models, watch).map_err(read_failure)?;
            Done::Recognised(as_json(&recognised)?)
        }
        Task::CheckModel { contract, label_bytes } => {
            let mut labels = bytes;
            let model = labels.split_off((*label_bytes).min(labels.len()));
            let result = models::check(contract, (!labels.is_empty()).then_some(&labels[..]), model);
            Done::Checked(result.map_err(|error| cut(&error.to_string())))
        }
        Task::Describe { model, texts } => {
            let described = described(&mut engines.texts, model, texts, watch)?;
            Done::Described(as_json(&described)?)
        }
        Task::Thumbnail { max_side } => {
            let Decoded { pixels, facts, format } = decoded(bytes, watch)?;
            let bytes = thumbnail(&pixels, *max_side);
            Done::Image { bytes, media_type: "image/jpeg", facts, format: format.to_string() }
        }
        Task::Preview { max_side } => {
            let Decoded { pixels, facts, format } = decoded(bytes, watch)?;
            let bytes = preview(&pixels, *max_side);
            Done::Image { bytes, media_type: "image/png", facts, format: format.to_string() }
        }
        Task::Confinement => Done::Confinement(confinement.clone()),
    };
    if watch.cancelled() { Err(Failure::Cancelled) } else { Ok(done) }
}

/// An answer as the payload that carries it.
fn as_json(answer: &impl serde::Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(answer).map_err(|error| read_failure(ReadError::Inference(error.to_string())))
}

/// A direction for each description, or why there is none.
fn described(
    models: &mut TextModels,
    model: &TextUse,
    texts: &[String],
    watch: &dyn Watch,
) -> Result<Result<Vec<Vec<f32>>, Fault>, Failure> {
    let fault = |error: &ModelError| models::fault(&model.file, error);
    let tower = match models.get(model) {
        Ok(tower) => tower,
        Err(error) => return Ok(Err(fault(&error))),
    };
    let mut directions = Vec::new();
    for text in texts.iter().take(MAX_DESCRIPTIONS) {
        if watch.cancelled() {
            return Err(Failure::Cancelled);
        }
        match tower.describe(text) {
            Ok(direction) => directions.push(direction),
            Err(error) => return Ok(Err(fault(&error))),
        }
        watch.progress(directions.len() as f32 / texts.len() as f32);
    }
    Ok(Ok(directions))
}

/// The image, unless nobody waits for it any more. The encoded bytes are let go.
fn decoded(bytes: Vec<u8>, watch: &dyn Watch) -> Result<Decoded, Failure> {
    let decoded = decode(&bytes).map_err(image_failure)?;
    if watch.cancelled() { Err(Failure::Cancelled) } else { Ok(decoded) }
}

fn image_failure(error: DecodeError) -> Failure {
    Failure::Image { code: error.code().into(), message: error.to_string() }
}

fn load_failure(error: LoadError) -> Failure {
    let fault = match error {
        LoadError::UnknownEngine(_) => EngineFault::Unknown,
        LoadError::ModelMissing { .. } => EngineFault::ModelMissing,
        LoadError::ModelUnusable { .. } => EngineFault::ModelUnusable,
    };
    Failure::Engine { fault, message: error.to_string(), hint: Some(error.hint().into()) }
}

fn read_failure(error: ReadError) -> Failure {
    match error {
        ReadError::Cancelled => Failure::Cancelled,
        ReadError::Inference(_) => {
            Failure::Engine { fault: EngineFault::Inference, message: error.to_string(), hint: None }
        }
    }
}

/// A failure whose message fits into a header; a decoder may quote the file at length.
fn shortened(failure: Failure) -> Failure {
    match failure {
        Failure::Image { code, message } => Failure::Image { code, message: cut(&message) },
        Failure::Engine { fault, message, hint } => Failure::Engine { fault, message: cut(&message), hint },
        Failure::Cancelled => Failure::Cancelled,
    }
}

fn cut(message: &str) -> String {
    message.chars().take(MAX_MESSAGE_CHARS).collect()
}

/// What is in memory: text engines, one of each name, and models that see.
struct Engines {
    dirs: Vec<PathBuf>,
    loaded: HashMap<String, (usize, Box<dyn TextEngine>)>,
    models: Models,
    texts: TextModels,
}

impl Engines {
    /// The engine called `name` for `threads` threads. One with another number of threads is let go first: loading takes
    /// tens of milliseconds, holding two takes twice the memory.
    fn get(&mut self, name: &str, threads: usize) -> Result<&dyn TextEngine, LoadError> {
        let threads = threads.clamp(1, MAX_THREADS);
        if self.loaded.get(name).is_none_or(|(loaded_for, _)| *loaded_for != threads) {
            self.loaded.remove(name);
            let engine = engine::load(name, &self.dirs, threads)?;
            self.loaded.insert(name.to_string(), (threads, engine));
        }
        Ok(self.loaded[name].1.as_ref())
    }
}

/// Looks for cancels and sends progress for one task.
struct PipeWatch<'a, W> {
    id: u64,
    cancelled: &'a AtomicU64,
    /// The last percentage that was sent, plus one; zero before the first.
    told: AtomicU32,
    out: &'a Mutex<W>,
}

impl<W: Write + Send> Watch for PipeWatch<'_, W> {
    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed) >= self.id
    }

    fn progress(&self, fraction: f32) {
        let fraction = fraction.clamp(0.0, 1.0);
        let step = (fraction * 100.0) as u32 + 1;
        let mut out = lock(self.out);
        if self.told.fetch_max(step, Ordering::Relaxed) < step {
            // A pipe that is gone shows when the answer is written.
            let _ = frame::write(&mut *out, &Response::Progress { id: self.id, fraction }, &[]);
        }
    }

    fn looking(&self, model: Option<&str>) {
        let looking = Response::Looking { id: self.id, model: model.map(str::to_owned) };
        let _ = frame::write(&mut *lock(self.out), &looking, &[]);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_sent_once_a_percent_and_never_back() {
        let (cancelled, out) = (AtomicU64::new(6), Mutex::new(Vec::new()));
        let watch = PipeWatch { id: 7, cancelled: &cancelled, told: AtomicU32::new(0), out: &out };
        for fraction in [0.0, 0.001, 0.5, 0.2, 0.5, 2.0, f32::NAN, 1.0] {
            watch.progress(fraction);
        }
        let sent = out.into_inner().unwrap();
        let mut sent = &sent[..];
        let mut fractions = Vec::new();
        while let Some((Response::Progress { id: 7, fraction }, _)) = frame::read(&mut sent).unwrap() {
            fractions.push(fraction);
        }
        assert_eq!(fractions, [0.0, 0.5, 1.0]);
    }

    #[test]
    fn a_cancel_holds_for_its_task_and_not_for_the_next() {
        let (cancelled, out) = (AtomicU64::new(0), Mutex::new(Vec::new()));
        let is_cancelled = |id| PipeWatch { id, cancelled: &cancelled, told: AtomicU32::new(0), out: &out }.cancelled();
        let (hand_over, tasks) = sync_channel(4);
        let mut input = Vec::new();
        let task = Task::Thumbnail { max_side: 9 };
        frame::write(&mut input, &Request::Run { id: 3, task: task.clone() }, b"image").unwrap();
        frame::write(&mut input, &Request::Cancel { id: 3 }, b"").unwrap();
        read_requests(&mut &input[..], &hand_over, &cancelled).unwrap();
        let job = tasks.recv().unwrap();
        assert_eq!((job.id, job.task, job.bytes), (3, task, b"image".to_vec()));
        assert!(is_cancelled(3) && !is_cancelled(4));
    }

    #[test]
    fn the_longest_message_fits_into_a_header() {
        let failure = Failure::Image { code: "image-corrupt".into(), message: "\u{1}".repeat(1_000_000) };
        let response = Response::Failed { id: u64::MAX, failure: shortened(failure) };
        frame::write(&mut Vec::new(), &response, &[]).unwrap();
    }
}
