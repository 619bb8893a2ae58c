//! What happens to the images of a source: how they are kept, named, read and filed. Plain data; `service` carries it out.

use legible_reading::Layout;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What happens to the images of a source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filing {
    /// What is kept of an image.
    pub keep: Keep,
    /// Tags that every image gets.
    pub tags: Vec<String>,
    /// The engine that reads them; the one of the settings where nothing is said.
    pub engine: Option<String>,
    /// Tags (BCP 47) of the languages that they are probably in; none where nothing is known.
    pub languages: Vec<String>,
    /// How the lines of their text are put together.
    pub layout: Layout,
    /// What they are called, as [`crate::template`] says; their own names where nothing is said.
    pub name: Option<String>,
    /// Where their files go once they are read; they stay where nothing is said. Absolute.
    #[serde(with = "legible_paths::as_text")]
    pub move_to: Option<PathBuf>,
    /// Whether a person is told when new ones were read.
    pub notify: bool,
    /// What else happens, by what they say.
    pub rules: Vec<FilingRule>,
}

/// What is kept of an image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// A copy in the library folder.
    #[default]
    Copy,
    /// The file where it is.
    InPlace,
    /// Its text: the picture is deleted once it is read.
    Text,
}

/// Files an image by what it says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilingRule {
    /// A search that must find the image, as a person would type it.
    pub when: String,
    /// Tags that it gets then.
    pub tags: Vec<String>,
    /// Whether it reminds of the due date that its text names.
    pub remind: Option<Remind>,
}

/// A reminder of a due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remind {
    /// How many days before the due date.
    pub days_before: u16,
}
