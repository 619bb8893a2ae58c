//! What is agreed about a model that sees: how a picture goes in and what its answers mean. Plain data, the same in
//! `models.toml`, in the small TOML beside a model of a user's own, and on the way to the worker that runs it.
//!
//! `docs/models-of-your-own.md` tells it to users. Inference lies in `vision`.

mod input;
mod output;
mod text;

use serde::{Deserialize, Serialize};

use super::Part;
pub use input::{Channels, Fit, Input, Layout};
pub use output::{Activation, BoxesScores, Classes, Described, EmbeddingOutput, OutputName, Outputs, Yolox, Yunet};
pub use text::{TextContract, Tokens};

/// Most results that one model may give for one image.
pub const MAX_MOST: usize = 300;

/// The contract of one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Contract {
    /// What the model is for. With [`Outputs::embedding`] it makes an embedding besides.
    pub part: Sees,
    /// The name of the text file with the names of its classes, as its author calls it: one name per line, in the order of the
    /// classes; what follows a comma is a synonym and passed over. Where it lies once installed is the business of who installs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<String>,
    /// How a picture goes in.
    pub input: Input,
    /// What the answers mean.
    pub outputs: Outputs,
    /// What the model is less sure of is passed over, 0 to 1. An embedding needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f32>,
    /// Of two boxes of one class that share more of their area than this (intersection over union, 0 to 1) the less sure one
    /// is passed over. Absent: none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nms: Option<f32>,
    /// Most results for one image, the surest ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<usize>,
}

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sees {
    /// What the image shows as a whole.
    Labels,
    /// Things, and where they are.
    Objects,
    /// Faces, and where they are.
    Faces,
    /// A direction near that of images that show something alike.
    Embedding,
}

impl Sees {
    /// The part of a recognition that it makes.
    pub fn part(self) -> Part {
        match self {
            Sees::Labels => Part::Labels,
            Sees::Objects => Part::Objects,
            Sees::Faces => Part::Faces,
            Sees::Embedding => Part::Embedding,
        }
    }

    /// The name in a contract.
    pub fn name(self) -> &'static str {
        match self {
            Sees::Labels => "labels",
            Sees::Objects => "objects",
            Sees::Faces => "faces",
            Sees::Embedding => "embedding",
        }
    }
}

/// What in a contract makes no sense, in words for who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {problem}")]
pub struct ContractError {
    /// The field, with the tables it lies in, such as `input.width`.
    pub field: String,
    /// What is wrong with it and what to write instead.
    pub problem: String,
}

impl Contract {
    /// Which parts of a recognition the model makes, in the order of [`Part`].
    pub fn parts(&self) -> Vec<Part> {
        let embeds = self.outputs.embedding.is_some() && self.part != Sees::Embedding;
        [Some(self.part.part()), embeds.then_some(Part::Embedding)].into_iter().flatten().collect()
    }

    /// Whether its classes need names.
    pub fn needs_labels(&self) -> bool {
        matches!(self.part, Sees::Labels | Sees::Objects)
    }

    /// Most results for one image.
    pub fn most(&self) -> usize {
        self.most.unwrap_or(match self.part {
            Sees::Labels => 5,
            _ => 100,
        })
    }

    /// Whether all of it makes sense together.
    ///
    /// # Errors
    /// The first field that does not, and what to do.
    pub fn validate(&self) -> Result<(), ContractError> {
        self.input.validate()?;
        self.outputs.validate(self.part)?;
        self.validate_labels()?;
        self.validate_numbers()
    }

    fn validate_labels(&self) -> Result<(), ContractError> {
        let part = self.part.name();
        match &self.labels {
            None if self.needs_labels() => Err(wrong(
                "labels",
                &format!("is missing: a model of {part} needs a text file with the names of its classes, one per line"),
            )),
            Some(_) if !self.needs_labels() => {
                Err(wrong("labels", &format!("is of no use for a model of {part}: leave it out")))
            }
            Some(name) if !is_file_name(name) => {
                Err(wrong("labels", "must be the name of a file that lies beside the contract, without a folder"))
            }
            _ => Ok(()),
        }
    }

    fn validate_numbers(&self) -> Result<(), ContractError> {
        let fraction = |field: &str, value: Option<f32>| match value {
            Some(value) if !(0.0..=1.0).contains(&value) => Err(wrong(field, "must be a number from 0 to 1")),
            _ => Ok(()),
        };
        fraction("threshold", self.threshold)?;
        fraction("nms", self.nms)?;
        if self.threshold.is_none() && self.part != Sees::Embedding {
            return Err(wrong("threshold", "is missing: how sure, from 0 to 1, must the model be? Try 0.5"));
        }
        if self.nms.is_none() && (self.outputs.yolox.is_some() || self.outputs.yunet.is_some()) {
            return Err(wrong("nms", "is missing: this kind of detector tells each thing many times. Try 0.5"));
        }
        if self.most.is_some_and(|most| !(1..=MAX_MOST).contains(&most)) {
            return Err(wrong("most", &format!("must be a whole number from 1 to {MAX_MOST}")));
        }
        Ok(())
    }
}

fn is_file_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':', '\0'])
}

fn wrong(field: &str, problem: &str) -> ContractError {
    ContractError { field: field.to_string(), problem: problem.to_string() }
}

#[cfg(test)]
mod tests;
