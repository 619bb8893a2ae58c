//! Why a task failed, in words for a person and in terms of what to do next.

use serde::{Deserialize, Serialize};

use super::frame::FrameError;

/// Why a [`super::Task`] has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaskError {
    /// The image is bad, and will be bad again.
    #[error("{message}")]
    Image {
        /// One of [`crate::decode::DecodeError::code`].
        code: String,
        /// A sentence for a person.
        message: String,
    },
    /// The engine is not there or failed.
    #[error("{message}")]
    Engine {
        /// Which way.
        fault: EngineFault,
        /// A sentence for a person.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The caller cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The worker died, or answered nonsense and was ended.
    #[error("the worker that reads images stopped unexpectedly: {detail}")]
    Crashed {
        /// How it ended, and its last words.
        detail: String,
    },
    /// The image needs more memory than a worker may have.
    #[error("this image needs more memory than the {limit_mb} MB that reading one image may take")]
    MemoryLimit {
        /// The limit, in MiB.
        limit_mb: u64,
    },
    /// The task took too long and its worker was ended.
    #[error("this image was not done within {seconds} seconds")]
    Timeout {
        /// The limit, in seconds.
        seconds: u64,
    },
    /// The worker crashed, ran out of memory or took too long while a model looked at the image.
    #[error("the model {model} {}", of_look(error))]
    Look {
        /// Its name.
        model: String,
        /// What happened: [`TaskError::Crashed`], [`TaskError::MemoryLimit`] or [`TaskError::Timeout`].
        error: Box<TaskError>,
    },
    /// No worker could be started.
    #[error("the worker that reads images could not be started ({command}): {detail}")]
    Spawn {
        /// The program that was to be run.
        command: String,
        /// What the operating system said.
        detail: String,
    },
    /// The pool was shut down.
    #[error("Legible is closing; this image is done after the next start")]
    Stopped,
}

/// What a model did, after its name.
fn of_look(error: &TaskError) -> String {
    match error {
        TaskError::Crashed { detail } => format!("made the worker that looks at images stop: {detail}"),
        TaskError::MemoryLimit { limit_mb } => {
            format!("needs more memory than the {limit_mb} MB that looking at one image may take")
        }
        TaskError::Timeout { seconds } => format!("looked at one image for more than {seconds} seconds"),
        error => format!("failed: {error}"),
    }
}

/// In which way an engine failed a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EngineFault {
    /// No engine has that name.
    Unknown,
    /// A model file is not installed.
    ModelMissing,
    /// A model file cannot be used.
    ModelUnusable,
    /// A model failed on this image.
    Inference,
}

impl TaskError {
    /// A stable name for this kind of error.
    pub fn code(&self) -> &str {
        match self {
            TaskError::Image { code, .. } => code,
            TaskError::Engine { fault: EngineFault::Unknown, .. } => "engine-unknown",
            TaskError::Engine { fault: EngineFault::ModelMissing, .. } => "model-missing",
            TaskError::Engine { fault: EngineFault::ModelUnusable, .. } => "model-unusable",
            TaskError::Engine { fault: EngineFault::Inference, .. } => "engine-failed",
            TaskError::Cancelled => "cancelled",
            TaskError::Crashed { .. } => "worker-crashed",
            TaskError::MemoryLimit { .. } => "memory-limit",
            TaskError::Timeout { .. } => "timeout",
            TaskError::Look { .. } => "model-failed",
            TaskError::Spawn { .. } => "worker-not-started",
            TaskError::Stopped => "stopped",
        }
    }

    /// What a person can do about it, where there is something.
    pub fn hint(&self) -> Option<String> {
        match self {
            TaskError::Image { .. } | TaskError::Cancelled | TaskError::Stopped => None,
            TaskError::Engine { hint, .. } => hint.clone(),
            TaskError::Crashed { .. } => Some("Try again. If it stops again, this image cannot be read.".into()),
            TaskError::MemoryLimit { .. } => Some("Make the image smaller, or cut it into parts.".into()),
            TaskError::Timeout { .. } => {
                Some("Try again when the computer has less to do, or make the image smaller.".into())
            }
            TaskError::Look { .. } => Some("Choose another model, or remove this one.".into()),
            TaskError::Spawn { .. } => {
                Some("It is tried again. If it stays so, install Legible again: a part of it may be missing.".into())
            }
        }
    }

    /// Whether the same task may succeed another time. After a [`TaskError::Timeout`] one more try is worth it, not many.
    pub fn retryable(&self) -> bool {
        if let TaskError::Look { error, .. } = self {
            return error.retryable();
        }
        matches!(
            self,
            // A process that cannot be started now, for want of memory or during an upgrade, may be later.
            TaskError::Spawn { .. } | TaskError::Crashed { .. } | TaskError::Timeout { .. } | TaskError::Stopped
        )
    }
}

/// Why a worker process ended with an error.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The arguments cannot be understood.
    #[error("{0}")]
    Arguments(String),
    /// The memory limit could not be set.
    #[error("the memory limit could not be set: {0}")]
    Limit(std::io::Error),
    /// The thread that listens could not be started.
    #[error("no thread could be started: {0}")]
    Thread(std::io::Error),
    /// An answer could not be sent.
    #[error("an answer could not be sent: {0}")]
    Answer(#[from] FrameError),
}
