//! What a person can set, and the models.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// All settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Settings {
    /// The folder that holds the images, absolute.
    pub library_folder: String,
    /// What happens to dropped files.
    pub keep: Keep,
    /// The engine that reads text: `ppocr` or `ocrs`.
    pub engine: String,
    /// Native notifications when a batch ends or fails.
    pub notifications: bool,
    /// Start in the tray when the person logs in.
    pub start_at_login: bool,
}

/// What happens to files that are dropped or added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// A copy goes into the library folder.
    #[default]
    Copy,
    /// The file stays where it is and is only referred to.
    InPlace,
}

/// The models of the manifest and whether they are here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Models {
    /// All models.
    pub models: Vec<ModelView>,
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
    /// Its licence.
    pub licence: String,
    /// Whether the default features need it.
    pub default: bool,
    /// Whether it is here and whole.
    pub installed: bool,
}
