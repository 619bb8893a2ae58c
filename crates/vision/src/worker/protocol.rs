//! What a pool and a worker say to each other, each in the header of one frame.

use legible_reading::Reading;
use legible_reading::recognition::contract::Contract;
use serde::{Deserialize, Serialize};

use super::error::EngineFault;
use super::sandbox::Confinement;
use crate::decode::Facts;
use crate::describe::TextUse;
use crate::recognise::models::{Fault, Report};
use crate::recognise::{Question, Recognised};

/// Something to do with one encoded image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Task {
    /// Read its text.
    Read {
        /// Which engine: `ppocr` or `ocrs`.
        engine: String,
        /// On how many threads, at least one. Changing it between tasks makes the worker load the engine again.
        threads: usize,
        /// What its text is probably in: tags of languages, none where nothing is known.
        languages: Vec<String>,
    },
    /// Recognise what it is and shows: its kind, codes, colours, and what models see in it.
    Recognise {
        /// What is asked.
        question: Box<Question>,
    },
    /// Check a model before it is used, by a run: see [`super::Pool::check_model`]. No image is needed.
    CheckModel {
        /// What its maker says of it.
        contract: Box<Contract>,
        /// How many bytes of the payload are the label file; the model's own follow.
        label_bytes: usize,
    },
    /// Tell where descriptions lie in the space of a model. No image is needed.
    Describe {
        /// The model of text.
        model: Box<TextUse>,
        /// What is described; at most [`MAX_DESCRIPTIONS`](crate::limits::MAX_DESCRIPTIONS) count.
        texts: Vec<String>,
    },
    /// Make a small JPEG of it.
    Thumbnail {
        /// The longer side, in pixels, at most.
        max_side: u32,
    },
    /// Make a PNG of it, for formats that a web view cannot show.
    Preview {
        /// The longer side, in pixels, at most.
        max_side: u32,
    },
    /// Tell what keeps the worker from harm. No image is needed.
    Confinement,
}

/// What came of a [`Task`].
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Of [`Task::Read`].
    Reading {
        /// The text.
        reading: Reading,
        /// What else is known about the image.
        facts: Facts,
        /// The image's encoded format, such as `png`.
        format: String,
    },
    /// Of [`Task::Recognise`].
    Recognised(Recognised),
    /// Of [`Task::CheckModel`]: what it is, or what is wrong with it and what to do, for a person.
    Checked(Result<Report, String>),
    /// Of [`Task::Describe`]: a direction for each description, or why the model gave none.
    Described(Result<Vec<Vec<f32>>, Fault>),
    /// Of [`Task::Thumbnail`] and [`Task::Preview`].
    Image {
        /// The encoded image.
        bytes: Vec<u8>,
        /// Its media type, such as `image/jpeg`.
        media_type: String,
        /// What is known about the original.
        facts: Facts,
        /// The original's encoded format, such as `png`.
        format: String,
    },
    /// Of [`Task::Confinement`].
    Confinement(Confinement),
}

/// From the pool to a worker. Ids grow by one with each task.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "say")]
pub(super) enum Request {
    /// Do this with the image in the payload.
    Run { id: u64, task: Task },
    /// Nobody waits for this task any more; answer it all the same, and soon.
    Cancel { id: u64 },
}

/// From a worker to the pool. Each task gets any number of `Progress` and `Looking` and then exactly one
/// other.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "say")]
pub(super) enum Response {
    /// How far it is, 0 to 1.
    Progress { id: u64, fraction: f32 },
    /// Which model looks from now on, if any: what happens until the next such is its doing.
    Looking { id: u64, model: Option<String> },
    /// Done; the payload is the reading as JSON, which may be longer than a header.
    Reading { id: u64, facts: Facts, format: String },
    /// Done; the payload is what was recognised as JSON.
    Recognised { id: u64 },
    /// Done.
    Checked { id: u64, result: Result<Report, String> },
    /// Done; the payload is the directions as JSON.
    Described { id: u64 },
    /// Done; the payload is the encoded image.
    Image { id: u64, media_type: String, facts: Facts, format: String },
    /// Done.
    Confinement { id: u64, confinement: Confinement },
    /// Not done.
    Failed { id: u64, failure: Failure },
}

impl Response {
    pub(super) fn id(&self) -> u64 {
        match self {
            Response::Progress { id, .. }
            | Response::Looking { id, .. }
            | Response::Reading { id, .. }
            | Response::Recognised { id }
            | Response::Checked { id, .. }
            | Response::Described { id }
            | Response::Image { id, .. }
            | Response::Confinement { id, .. }
            | Response::Failed { id, .. } => *id,
        }
    }
}

/// Why a living worker did not do its task.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "why")]
pub(super) enum Failure {
    /// The image is bad. `code` is one of [`crate::decode::DecodeError::code`].
    Image { code: String, message: String },
    /// The engine is missing or failed.
    Engine { fault: EngineFault, message: String, hint: Option<String> },
    /// As asked.
    Cancelled,
}
