//! The parent's side of one worker process: start it, have it do one task at a time, end it.

use std::io::BufReader;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::args::ServeArgs;
use super::cancel::CancelToken;
use super::error::{EngineFault, TaskError};
use super::frame::{self, FrameError};
use super::limits::{CANCEL_GRACE, FRAMES_AHEAD, PIPE_GRACE, TICK};
use super::memory::{self, Gauge};
use super::pool::PoolConfig;
use super::protocol::{Answer, Failure, Request, Response, Task};
use super::stderr::LastWords;
use crate::recognise::Recognised;
use crate::recognise::models::Fault;

/// A running worker. Dropping it ends the process.
pub(super) struct Worker {
    process: Arc<Process>,
    stdin: ChildStdin,
    frames: Receiver<Result<Frame, FrameError>>,
    last_words: LastWords,
    last_id: u64,
}

type Frame = (Response, Vec<u8>);

/// The process of a worker, which can be ended from any thread.
pub(super) struct Process {
    child: Mutex<Child>,
    pid: u32,
}

impl Process {
    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// Ends the process at once, if it has not ended, and says how it ended.
    pub(super) fn end(&self) -> std::io::Result<ExitStatus> {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        child.kill()?;
        child.wait()
    }

    fn has_ended(&self) -> bool {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        !matches!(child.try_wait(), Ok(None))
    }
}

/// What bounds one task.
pub(super) struct Bounds<'a> {
    pub(super) cancel: &'a CancelToken,
    pub(super) timeout: Duration,
    pub(super) look_timeout: Duration,
    pub(super) memory_limit_mb: u64,
}

/// What the pool is to do with a worker after a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// It is ready for the next.
    Keep,
    /// It is dead or out of step.
    Discard,
    /// Another is to do the task anew: it died while it was idle, or it started before a model was there.
    Replace,
}

impl Worker {
    /// Starts a worker process.
    pub(super) fn start(config: &PoolConfig) -> std::io::Result<Worker> {
        let own_args = ServeArgs { models_dirs: config.models_dirs.clone(), memory_limit_mb: config.memory_limit_mb };
        let mut command = Command::new(&config.command);
        command.args(&config.args).args(own_args.to_args());
        // A worker may not read its own symbols, and a backtrace would push the panic's message out of its last words.
        command.env("RUST_BACKTRACE", "0");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        apart(&mut command);
        let mut child = command.spawn()?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let process = Arc::new(Process { pid: child.id(), child: Mutex::new(child) });
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else { unreachable!("all three are piped") };
        let ended = |error| {
            // Its pipes close in a moment, which ends it too.
            let _ = process.end();
            error
        };

        let (hand_over, frames) = sync_channel(FRAMES_AHEAD);
        let read = move || read_frames(&mut BufReader::new(stdout), &hand_over);
        thread::Builder::new().name("vision-worker-stdout".into()).spawn(read).map_err(ended)?;
        let last_words = LastWords::listen(stderr).map_err(ended)?;
        Ok(Worker { process, stdin, frames, last_words, last_id: 0 })
    }

    pub(super) fn process(&self) -> &Arc<Process> {
        &self.process
    }

    /// Whether it waits for a task; no, if it died or said something unasked.
    pub(super) fn is_ready(&self) -> bool {
        !self.process.has_ended() && matches!(self.frames.try_recv(), Err(std::sync::mpsc::TryRecvError::Empty))
    }

    /// Has the worker do one task.
    pub(super) fn run(
        &mut self,
        task: &Task,
        bytes: &[u8],
        bounds: &Bounds,
        progress: &mut dyn FnMut(f32),
    ) -> (Result<Answer, TaskError>, After) {
        self.last_id += 1;
        let id = self.last_id;
        let Worker { process, stdin, frames, last_words, .. } = self;

        let (end, looking) = thread::scope(|scope| {
            let (cancel, cancelled) = channel::<()>();
            let (all_sent, is_sent) = channel::<()>();
            // A thread of its own writes, since a worker that does not read would block this one.
            scope.spawn(move || {
                let request = Request::Run { id, task: task.clone() };
                if frame::write(stdin, &request, bytes).is_err() {
                    return; // The worker is gone, which its stdout tells too.
                }
                let _ = all_sent.send(());
                if cancelled.recv().is_ok() {
                    let _ = frame::write(stdin, &Request::Cancel { id }, &[]);
                }
            });
            let send_cancel = || {
                // A writer that is gone has met a closed pipe: the worker is dead.
                let _ = cancel.send(());
            };
            let mut looking = None;
            let end = watch(id, process.pid(), frames, bounds, &send_cancel, progress, &mut looking);
            let end = if matches!(end, End::Died { heard: false }) && id > 1 { End::DiedIdle } else { end };
            let in_step = matches!(end, End::Answered(_)) && is_sent.recv_timeout(PIPE_GRACE).is_ok();
            if !in_step && process.end().is_err() {
                tracing::warn!("worker {} could not be ended", process.pid());
            }
            (end, looking)
        });
        let (result, after) = conclude(end, process, last_words, bounds);
        // A worker sees the model directories as they were when it started, with its first task.
        let after = if after == After::Replace && id == 1 { After::Discard } else { after };
        (result.map_err(|error| of_model(error, looking)), after)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Err(error) = self.process.end() {
            tracing::warn!("worker {} could not be ended: {error}", self.process.pid());
        }
    }
}

/// How the wait for an answer ended.
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
enum End {
    Answered(Frame),
    /// Its stdout ended, perhaps after it was heard on this task.
    Died {
        heard: bool,
    },
    /// It was dead before it took the task.
    DiedIdle,
    /// What it sent makes no sense.
    Nonsense(String),
    /// It did not answer a cancel in time.
    Cancelled,
    OverMemory,
    TimedOut,
    /// A model looked for too long.
    LookedTooLong,
}

/// A model that looks at the image, and since when.
struct Looking {
    model: String,
    since: Instant,
}

/// Waits for the answer to task `id` within `bounds`, passing progress on. In the end `looking` is the model that looked then.
fn watch(
    id: u64,
    pid: u32,
    frames: &Receiver<Result<Frame, FrameError>>,
    bounds: &Bounds,
    send_cancel: &dyn Fn(),
    progress: &mut dyn FnMut(f32),
    looking: &mut Option<Looking>,
) -> End {
    let started = Instant::now();
    let mut gauge = Gauge::new(pid);
    let mut cancelled_at = None;
    let mut heard = false;
    loop {
        match frames.recv_timeout(TICK) {
            Ok(Ok((response, _))) if response.id() != id => return End::Nonsense("it answered another task".into()),
            Ok(Ok((Response::Progress { fraction, .. }, _))) => {
                heard = true;
                progress(fraction.clamp(0.0, 1.0));
            }
            Ok(Ok((Response::Looking { model, .. }, _))) => {
                heard = true;
                *looking = model.map(|model| Looking { model, since: Instant::now() });
            }
            Ok(Ok(answer)) => return End::Answered(answer),
            Ok(Err(error)) => return End::Nonsense(error.to_string()),
            Err(RecvTimeoutError::Disconnected) => return End::Died { heard },
            Err(RecvTimeoutError::Timeout) => {}
        }
        let now = Instant::now();
        match cancelled_at {
            None if bounds.cancel.is_cancelled() => {
                cancelled_at = Some(now);
                send_cancel();
            }
            Some(at) if now.duration_since(at) >= CANCEL_GRACE => return End::Cancelled,
            _ => {}
        }
        if now.duration_since(started) >= bounds.timeout {
            return End::TimedOut;
        }
        if looking.as_ref().is_some_and(|looking| now.duration_since(looking.since) >= bounds.look_timeout) {
            return End::LookedTooLong;
        }
        if gauge.is_over(bounds.memory_limit_mb, now) {
            return End::OverMemory;
        }
    }
}

/// The task's result in the caller's terms. Once cancelled, a task is [`TaskError::Cancelled`], however it ended.
fn conclude(
    end: End,
    process: &Process,
    last_words: &LastWords,
    bounds: &Bounds,
) -> (Result<Answer, TaskError>, After) {
    let limit_mb = bounds.memory_limit_mb;
    let (result, after) = match end {
        End::Answered(answer) => understood(answer),
        End::DiedIdle => (Err(crashed("it died while it was idle", &last_words.get())), After::Replace),
        End::Died { .. } => {
            let how = process.end().map_or_else(|e| e.to_string(), |status| status.to_string());
            let words = last_words.get();
            if memory::ran_out(&words) {
                (Err(TaskError::MemoryLimit { limit_mb }), After::Discard)
            } else {
                (Err(crashed(&how, &words)), After::Discard)
            }
        }
        End::Nonsense(what) => (Err(crashed(&what, &last_words.get())), After::Discard),
        End::Cancelled => (Err(TaskError::Cancelled), After::Discard),
        End::OverMemory => (Err(TaskError::MemoryLimit { limit_mb }), After::Discard),
        End::LookedTooLong => (Err(TaskError::Timeout { seconds: bounds.look_timeout.as_secs() }), After::Discard),
        End::TimedOut => (Err(TaskError::Timeout { seconds: bounds.timeout.as_secs() }), After::Discard),
    };
    if bounds.cancel.is_cancelled() { (Err(TaskError::Cancelled), after) } else { (result, after) }
}

fn understood((response, payload): Frame) -> (Result<Answer, TaskError>, After) {
    match response {
        Response::Reading { facts, format, .. } => match serde_json::from_slice(&payload) {
            Ok(reading) => (Ok(Answer::Reading { reading, facts, format }), After::Keep),
            Err(error) => (Err(crashed(&format!("its reading makes no sense: {error}"), "")), After::Discard),
        },
        Response::Recognised { .. } => match serde_json::from_slice::<Recognised>(&payload) {
            Ok(Recognised { recognition, faults }) => {
                let after = if faults.iter().any(|fault| fault.missing) { After::Replace } else { After::Keep };
                (Ok(Answer::Recognised(Recognised { recognition: recognition.bounded(), faults })), after)
            }
            Err(error) => (Err(crashed(&format!("its recognition makes no sense: {error}"), "")), After::Discard),
        },
        Response::Described { .. } => match serde_json::from_slice::<Result<Vec<Vec<f32>>, Fault>>(&payload) {
            Ok(described) => {
                let missing = described.as_ref().is_err_and(|fault| fault.missing);
                (Ok(Answer::Described(described)), if missing { After::Replace } else { After::Keep })
            }
            Err(error) => (Err(crashed(&format!("its directions make no sense: {error}"), "")), After::Discard),
        },
        Response::Checked { result, .. } => (Ok(Answer::Checked(result)), After::Keep),
        Response::Image { media_type, facts, format, .. } => {
            (Ok(Answer::Image { bytes: payload, media_type, facts, format }), After::Keep)
        }
        Response::Confinement { confinement, .. } => (Ok(Answer::Confinement(confinement)), After::Keep),
        Response::Failed { failure: Failure::Image { code, message }, .. } => {
            (Err(TaskError::Image { code, message }), After::Keep)
        }
        Response::Failed { failure: Failure::Engine { fault, message, hint }, .. } => {
            let lacks_model = matches!(fault, EngineFault::ModelMissing | EngineFault::ModelUnusable);
            let after = if lacks_model { After::Replace } else { After::Discard };
            (Err(TaskError::Engine { fault, message, hint }), after)
        }
        Response::Failed { failure: Failure::Cancelled, .. } => (Err(TaskError::Cancelled), After::Keep),
        Response::Progress { .. } | Response::Looking { .. } => unreachable!("progress is no answer"),
    }
}

/// What ended a worker while a model looked was its doing.
fn of_model(error: TaskError, looking: Option<Looking>) -> TaskError {
    match (error, looking) {
        (
            error @ (TaskError::Crashed { .. } | TaskError::MemoryLimit { .. } | TaskError::Timeout { .. }),
            Some(Looking { model, .. }),
        ) => TaskError::Look { model, error: Box::new(error) },
        (error, _) => error,
    }
}

fn crashed(how: &str, last_words: &str) -> TaskError {
    let detail = if last_words.is_empty() { how.to_string() } else { format!("{how}; its last words: {last_words}") };
    TaskError::Crashed { detail }
}

/// Hands frames over until the stream ends or goes wrong, or nobody takes them.
fn read_frames(stdout: &mut impl std::io::Read, hand_over: &SyncSender<Result<Frame, FrameError>>) {
    loop {
        match frame::read(stdout) {
            Ok(None) => return,
            Ok(Some(frame)) => {
                if hand_over.send(Ok(frame)).is_err() {
                    return;
                }
            }
            Err(error) => {
                // Whether or not someone takes it, nothing can follow.
                let _ = hand_over.send(Err(error));
                return;
            }
        }
    }
}

/// Keeps Windows from opening a console window for the worker.
#[cfg(windows)]
fn apart(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NO_WINDOW);
}

/// Gives the worker a process group of its own: a signal to the group of this process, such as Ctrl-C, is for this process
/// alone, which ends its workers in good order.
#[cfg(unix)]
fn apart(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use legible_reading::recognition::{Label, Recognition};

    #[test]
    fn what_a_worker_says_of_an_image_is_taken_within_bounds() {
        let check = |payload: &str, expected: Option<Recognition>, after: After| {
            let (answer, then) = understood((Response::Recognised { id: 1 }, payload.as_bytes().to_vec()));
            let told = match answer {
                Ok(Answer::Recognised(Recognised { recognition, .. })) => Some(recognition),
                Ok(answer) => panic!("{answer:?}"),
                Err(_) => None,
            };
            assert_eq!((told, then), (expected, after), "{payload}");
        };
        let dog = |confidence| Recognition {
            labels: vec![Label { name: "dog".into(), confidence }],
            ..Recognition::default()
        };
        let labels =
            |labels: &str, faults: &str| format!(r#"{{"recognition":{{"labels":[{labels}]}},"faults":[{faults}]}}"#);
        let (good, infinite) = (r#"{"name":"dog","confidence":0.5}"#, r#"{"name":"dog","confidence":1e39}"#);
        check(&labels(good, ""), Some(dog(0.5)), After::Keep);
        check(&labels(infinite, ""), Some(Recognition::default()), After::Keep);
        check(&labels(&[infinite, good].join(","), ""), Some(dog(0.5)), After::Keep);
        check(&labels(r#"{"name":"dog","confidence":7}"#, ""), Some(dog(1.0)), After::Keep);
        check("no JSON", None, After::Discard);
    }
}
