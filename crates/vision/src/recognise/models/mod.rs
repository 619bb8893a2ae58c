//! Models that see: labels, things, faces and an embedding, by ONNX files that a [`Contract`] describes, run by `rten`.
//!
//! [`input`] makes what goes in, [`network`] runs the file, one room of [`heads`] for each kind of answer makes sense of what
//! comes out, and [`loaded`] keeps models in memory. A model may be a user's own, so what it answers is checked before it is used.

mod check;
mod error;
mod files;
mod heads;
mod input;
mod loaded;
pub(super) mod merge;
mod names;
pub(crate) mod network;
mod resample;
mod run;

use std::path::PathBuf;

use image::RgbImage;
use legible_reading::recognition::contract::{Contract, Outputs, Sees};
use legible_reading::recognition::{Embedding, Face, Label, Object, Part, Stamp};
use serde::{Deserialize, Serialize};

use crate::worker::limits::MAX_MESSAGE_CHARS;

pub use check::{Report, check};
pub use error::ModelError;
pub(crate) use files::FileState;
pub use loaded::Models;
pub use names::Vocabulary;
pub use network::Answer;
pub use run::{OnnxModel, load};

/// Counts up with the code around models: what another version sees may differ.
pub const VERSION: &str = "1";

/// A model, loaded. One instance serves one image after the other.
pub trait Recogniser: Send {
    /// What it sees in an upright image: every part of its contract, in pixels of `image`, the surest first.
    ///
    /// # Errors
    /// [`ModelError`] says in words what the model did wrong.
    fn look(&self, image: &RgbImage) -> Result<Seen, ModelError>;
}

/// What a model saw. A part that the model does not make is empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// What the image shows as a whole.
    pub labels: Vec<Label>,
    /// Things in it.
    pub objects: Vec<Object>,
    /// Faces in it.
    pub faces: Vec<Face>,
    /// The direction of its looks, as long as the model made it.
    pub embedding: Option<Vec<f32>>,
}

/// A model to look with, and where its files lie.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelUse {
    /// Names it in stamps and faults.
    pub id: String,
    /// The ONNX file: a path relative to a models directory, with `/`, and without `..`.
    pub file: String,
    /// The file with the names of its classes, likewise, where its contract needs one.
    #[serde(default)]
    pub labels: Option<String>,
    /// The file with the directions of those names, likewise, where they are descriptions. Its name differs with its content.
    #[serde(default)]
    pub directions: Option<String>,
    /// What goes in and comes out.
    pub contract: Contract,
    /// Tells its files from others: the first 12 hexadecimal digits of the ONNX file's SHA-256, and whatever else changes with
    /// the label file.
    pub version: String,
}

impl ModelUse {
    /// What stands in stamps and embeddings for it and what its contract says of `part`, without its name.
    pub(super) fn signature(&self, part: Part) -> String {
        let directions = self.directions.as_deref().filter(|_| part == Part::Labels);
        format!("{}.{:08x}.{VERSION}", self.version, digest(&self.contract, directions, part))
    }

    /// The name of the space that its embeddings lie in: [`Embedding::model`].
    pub fn space(&self) -> String {
        format!("{} {}", self.id, self.signature(Part::Embedding))
    }

    fn makes(&self, part: Part) -> bool {
        self.contract.parts().contains(&part)
    }
}

/// A number that all but surely differs between contracts and files of directions that have a model tell other things in `part`,
/// and is the same on every machine.
fn digest(contract: &Contract, directions: Option<&str>, part: Part) -> u32 {
    let (input, outputs) = (contract.input.clone(), contract.outputs.clone());
    let meaning = if part == Part::Embedding {
        let outputs = Outputs { embedding: outputs.embedding, ..Outputs::default() };
        Contract { part: Sees::Embedding, labels: None, input, outputs, threshold: None, nms: None, most: None }
    } else {
        Contract { labels: None, outputs: Outputs { embedding: None, ..outputs }, ..contract.clone() }
    };
    let json = serde_json::to_vec(&meaning).unwrap_or_default();
    let bytes = json.iter().chain(directions.unwrap_or_default().as_bytes());
    // FNV-1a (Fowler, Noll, Vo).
    bytes.fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// Why a model saw nothing, although it was to look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The model's [`ModelUse::id`].
    pub model: String,
    /// Its file is not there for the process that looks, so that another process or installing it helps.
    pub missing: bool,
    /// What is wrong and what to do, for a person.
    pub message: String,
}

/// That a model saw nothing, with a message of bounded length: it may quote names out of the model, which are as long as its
/// maker liked.
pub(crate) fn fault(model: &str, error: &ModelError) -> Fault {
    let missing = matches!(error, ModelError::Missing { .. } | ModelError::Denied { .. });
    let message = error.to_string().chars().take(MAX_MESSAGE_CHARS).collect();
    Fault { model: model.to_owned(), missing, message }
}

/// Those of `models` that make `part`: all of them together, but one alone for the embedding, since the directions of two
/// models have nothing to do with each other.
pub(super) fn makers(part: Part, models: &[ModelUse]) -> Vec<&ModelUse> {
    let most = if part == Part::Embedding { 1 } else { usize::MAX };
    models.iter().filter(|model| model.makes(part)).take(most).collect()
}

/// The labels that a model whose labels are descriptions tells of what it made of an image before.
///
/// # Errors
/// [`ModelError`] when its files are not there or damaged.
pub(super) fn labels_of(model: &ModelUse, looks: &Embedding, dirs: &[PathBuf]) -> Result<Vec<Label>, ModelError> {
    let vocabulary = files::Files::of(model, dirs)?.vocabulary()?;
    heads::labels_of(&model.contract, &vocabulary, looks)
}

/// How a part that these models made together is signed; `None` without models.
pub(super) fn stamp(part: Part, made_by: &[&ModelUse]) -> Option<Stamp> {
    let join =
        |tell: &dyn Fn(&ModelUse) -> String| made_by.iter().map(|model| tell(model)).collect::<Vec<_>>().join("+");
    let stamp = || Stamp { part, name: join(&|model| model.id.clone()), version: join(&|model| model.signature(part)) };
    (!made_by.is_empty()).then(stamp)
}
