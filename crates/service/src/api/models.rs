//! The models and the packs that they come in.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// All models and packs, and whether they are here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Models {
    /// All models, those of the person's own last.
    pub models: Vec<ModelView>,
    /// All packs.
    pub packs: Vec<PackView>,
    /// What models see, and which would look for it.
    pub parts: Vec<PartModels>,
}

/// Something that models see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PartModels {
    /// `labels`, `objects`, `faces`, `embedding`.
    pub part: String,
    /// The model that looks for it when the choice is left to the program; none where none that is here does.
    pub automatic: Option<String>,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelView {
    /// Its short name.
    pub id: String,
    /// What it is for, in words.
    pub purpose: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Its licence; empty when the person did not tell that of a model of their own.
    pub licence: String,
    /// Who made it; empty likewise.
    pub attribution: String,
    /// Whether the default features need it.
    pub default: bool,
    /// Whether it is here and whole.
    pub installed: bool,
    /// Whether it can be removed: what came with the program, or lies in LEGIBLE_MODELS_DIR, cannot.
    pub removable: bool,
    /// Whether it is the person's own.
    pub own: bool,
    /// What it sees in photos: `labels`, `objects`, `faces`, `embedding`; empty for one that reads or
    /// describes.
    pub parts: Vec<String>,
    /// Whether it understands descriptions, for search (`looks:"a dog on a beach"`) and for labels.
    pub describes: bool,
    /// For which of these it is used now.
    pub used_for: Vec<String>,
    /// Why it cannot be downloaded and where to get it, for one that can only be added from a file.
    pub by_hand: Option<String>,
    /// What is wrong with it, and what to do.
    pub problem: Option<String>,
    /// Why it is switched off although it is here: it failed on photo after photo.
    pub off: Option<String>,
}

/// Models that are installed together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PackView {
    /// Its short name.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// What one gets by it, in words.
    pub purpose: String,
    /// Size of all its models in bytes.
    pub bytes: u64,
    /// How many bytes of them are not here.
    pub missing_bytes: u64,
    /// Whether all its models are here.
    pub installed: bool,
    /// The ids of its models.
    pub models: Vec<String>,
}

/// A model or a pack by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelRef {
    /// Its id.
    pub id: String,
}

/// A model or a pack that is to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RemoveModel {
    /// Its id.
    pub id: String,
    /// Whether what it saw is forgotten, for good.
    pub forget: bool,
}

/// What models saw that is to be forgotten, for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ForgetSeen {
    /// `labels`, `objects`, `faces`, `embedding`.
    pub parts: Vec<String>,
    /// Only what this model saw. Else no model looks for these parts any more.
    pub model: Option<String>,
}

/// A file with a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelFile {
    /// The file, absolute: a model that Legible knows, or the TOML of one of the person's own (it ends in `.toml`).
    pub path: String,
}
