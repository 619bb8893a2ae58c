//! A person's own models: an ONNX file, its contract, and the names of its classes, copied to a place of their own.
//!
//! [`Draft`] reads the TOML that a person wrote and finds the files beside it; [`add`] copies them to `own/NAME` of a models
//! directory ([`staged`]) and has them checked there, before they appear under that name with one rename; [`all`] and [`remove`] look
//! after what is there. Nothing that a draft says becomes a path unseen, and nothing is taken half.

mod draft;
mod staged;
mod store;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use legible_reading::recognition::contract::Contract;

pub use draft::Draft;
pub use store::{Entry, Refusal, add, all, remove};

/// The folder of a models directory that own models lie in, each in a folder of its name.
pub const FOLDER: &str = "own";

/// Words that stand for something else where a model is named, so that neither a pack nor an own model has them as name.
pub const WORDS: [&str; 4] = ["automatic", "none", FOLDER, crate::labels::FOLDER];

/// The ONNX file of an own model, in its folder.
const MODEL: &str = "model.onnx";

/// The label file of an own model, in its folder.
const LABELS: &str = "labels.txt";

/// What is known of an own model, in its folder.
const RECORD: &str = "model.toml";

/// An own model that was added.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnModel {
    /// Its name.
    pub id: String,
    /// What it is for, in the person's words; may be empty.
    pub purpose: String,
    /// Its licence as the person told it; may be empty.
    pub licence: String,
    /// Who made it, as the person told it; may be empty.
    pub attribution: String,
    /// Size of its ONNX file.
    pub bytes: u64,
    /// SHA-256 of its ONNX file, lowercase hexadecimal.
    pub sha256: String,
    /// SHA-256 of its label file, where it has one.
    pub labels_sha256: Option<String>,
    /// How it is run.
    pub contract: Contract,
}

impl OwnModel {
    /// Its ONNX file within a models directory, with `/`.
    pub fn file(&self) -> String {
        format!("{FOLDER}/{}/{MODEL}", self.id)
    }

    /// Its label file within a models directory, with `/`.
    pub fn labels(&self) -> Option<String> {
        self.labels_sha256.as_ref().map(|_| format!("{FOLDER}/{}/{LABELS}", self.id))
    }
}

/// What [`add`] has checked before a model is taken: copies that nobody changes any more.
#[derive(Debug)]
pub struct Candidate<'a> {
    /// How it is to be run.
    pub contract: &'a Contract,
    /// The ONNX file.
    pub model: &'a Path,
    /// The label file, where the contract needs one.
    pub labels: Option<&'a Path>,
}

fn folder(dir: &Path, id: &str) -> PathBuf {
    dir.join(FOLDER).join(id)
}
