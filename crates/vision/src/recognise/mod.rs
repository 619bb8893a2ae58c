//! What an image shows, apart from its text: each part by its own code or model, and only what an earlier look does not know.

mod codes;
mod colours;
mod hash;
pub mod kind;
pub mod meaning;
#[cfg(test)]
mod pictures;

use legible_reading::recognition::{ImageKind, Part, Recognition, Stamp};
use serde::{Deserialize, Serialize};

use crate::decode::Decoded;
use crate::engine::{ReadError, Watch};
use kind::{Hints, StoredAs};

pub use kind::TextFacts;

/// What is asked about an image.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Question {
    /// What made the parts that are known: one that would be signed the same now is not made again.
    pub known: Vec<Stamp>,
    /// What kind of image it is known to be.
    pub kind: Option<ImageKind>,
    /// What reading it found, which tells something of its kind.
    pub text: Option<TextFacts>,
}

/// The parts of what an image shows that are not known yet, in pixels of the upright image. The same image gives the same
/// answer on every machine.
///
/// # Errors
/// [`ReadError::Cancelled`] soon after `watch` says so.
pub fn recognise(decoded: &Decoded, question: &Question, watch: &dyn Watch) -> Result<Recognition, ReadError> {
    let mut found = Recognition::default();
    let image = &decoded.pixels;
    for stamp in stamps().into_iter().filter(|stamp| !question.known.contains(stamp)) {
        match stamp.part {
            Part::Codes => found.codes = codes::find(image, watch, &|fraction| watch.progress(0.9 * fraction))?,
            Part::Colours => found.colours = colours::colours(image),
            Part::Hash => found.hash = Some(hash::hash(image)),
            Part::Kind => found.kind = kind::kind(image, &hints(decoded, question.text)),
            Part::Labels | Part::Objects | Part::Faces | Part::Unknown => continue,
        }
        found.sign(stamp);
        if watch.cancelled() {
            return Err(ReadError::Cancelled);
        }
    }
    watch.progress(1.0);
    Ok(found)
}

/// How [`recognise`] signs each part now.
pub fn stamps() -> Vec<Stamp> {
    let parts = [
        (Part::Codes, codes::NAME, codes::VERSION),
        (Part::Colours, colours::NAME, colours::VERSION),
        (Part::Hash, hash::NAME, hash::VERSION),
        (Part::Kind, kind::NAME, kind::VERSION),
    ];
    parts.map(|(part, name, version)| Stamp { part, name: name.into(), version: version.into() }).into()
}

/// Names all that takes part now: an image that was recognised under another signature may have parts to be made.
pub fn signature() -> String {
    let parts = stamps().into_iter().map(|stamp| format!("{:?}:{}:{}", stamp.part, stamp.name, stamp.version));
    parts.collect::<Vec<_>>().join(" ")
}

fn hints(decoded: &Decoded, text: Option<TextFacts>) -> Hints {
    let format = match decoded.format {
        "jpeg" => Some(StoredAs::Lossy),
        "png" | "gif" | "bmp" => Some(StoredAs::Lossless),
        _ => None,
    };
    Hints { camera: Some(decoded.facts.camera.is_some()), format, text }
}
