//! The sidecar: everything about one item as a JSON file that lies beside its image.

use crate::hash::ContentHash;
use crate::item::{ImageFacts, Origin, Problem};
use crate::paths;
use legible_reading::Reading;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;

/// The version of the sidecar format that this program writes. It goes up when older programs would misread the file.
pub const SIDECAR_VERSION: u32 = 1;

/// What is known about an item. Times are milliseconds since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sidecar {
    /// Version of the format.
    pub version: u32,
    /// The name to show.
    pub name: String,
    /// Hash of the image's bytes.
    pub hash: ContentHash,
    /// Bytes of the image.
    pub size: u64,
    /// Absolute path of an image that is only referenced.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "paths::as_text")]
    pub path: Option<PathBuf>,
    /// When the image came in.
    pub added_at: i64,
    /// When it was put in the trash, if it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trashed_at: Option<i64>,
    /// The ways in which it came in, oldest first.
    #[serde(default)]
    pub origins: Vec<Origin>,
    /// What the file says about the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<ImageFacts>,
    /// One reading per engine, the latest last.
    #[serde(default)]
    pub readings: Vec<SidecarReading>,
    /// How many readings were saved so far.
    #[serde(default)]
    pub reads: u32,
    /// Why the image could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// The user's tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The user's note.
    #[serde(default)]
    pub note: String,
}

/// A reading and when it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SidecarReading {
    /// When the engine was done.
    pub read_at: i64,
    /// What it read.
    #[serde(flatten)]
    pub reading: Reading,
}

/// Why the text of a sidecar cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// Not a sidecar, or damaged.
    Broken(String),
    /// Written by a newer program.
    Newer(u64),
}

/// Reads a sidecar's text.
pub(crate) fn parse(text: &[u8]) -> Result<Sidecar, Unusable> {
    // The version comes first: a newer format may lack what this one needs.
    #[derive(Deserialize)]
    struct Versioned {
        version: u64,
    }
    let broken = |error: serde_json::Error| Unusable::Broken(error.to_string());
    let Versioned { version } = serde_json::from_slice(text).map_err(broken)?;
    match version {
        0 => Err(Unusable::Broken("version 0 never existed".to_owned())),
        _ if version > u64::from(SIDECAR_VERSION) => Err(Unusable::Newer(version)),
        _ => serde_json::from_slice(text).map_err(broken),
    }
}

/// The JSON of a sidecar that replaces the one in `old`: fields that this program does not know stay.
pub(crate) fn rewrite(sidecar: &Sidecar, old: Option<&[u8]>) -> serde_json::Result<Vec<u8>> {
    let mut new = as_written(sidecar)?;
    if let Some(old) = old {
        let known = as_written(&serde_json::from_slice(old)?)?;
        keep_unknown(&mut new, &serde_json::from_slice(old)?, &known);
    }
    serde_json::to_vec(&new)
}

/// The JSON value by way of its text, in which a 32-bit number keeps its few digits.
fn as_written(sidecar: &Sidecar) -> serde_json::Result<Value> {
    serde_json::from_slice(&serde_json::to_vec(sidecar)?)
}

/// Copies from `old` to `new` what this program does not understand: fields that are missing from `known`, which is `old`
/// as this program read it. An element of a list takes its old form when this program sees no change in it.
fn keep_unknown(new: &mut Value, old: &Value, known: &Value) {
    match (new, old, known) {
        (Value::Object(new), Value::Object(old), Value::Object(known)) => {
            for (field, old_value) in old {
                match (new.get_mut(field), known.get(field)) {
                    (Some(new_value), Some(known_value)) => keep_unknown(new_value, old_value, known_value),
                    (None, None) => {
                        new.insert(field.clone(), old_value.clone());
                    }
                    _ => {}
                }
            }
        }
        (Value::Array(new), Value::Array(old), Value::Array(known)) => {
            for new_element in new {
                if let Some(same) = known.iter().position(|known_element| known_element == new_element)
                    && let Some(old_element) = old.get(same)
                {
                    *new_element = old_element.clone();
                }
            }
        }
        _ => {}
    }
}
