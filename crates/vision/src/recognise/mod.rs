//! What an image shows, apart from its text: each part by its own code or model, and only what an earlier look does not know.

mod codes;
mod colours;
mod hash;
pub mod kind;
mod look;
pub mod meaning;
pub mod models;
#[cfg(test)]
#[path = "../../tests/pictures/mod.rs"]
mod pictures;
mod relabel;

use legible_reading::recognition::{Code, ImageKind, Part, Recognition, Stamp};
use serde::{Deserialize, Serialize};

use crate::decode::Decoded;
use crate::engine::{ReadError, Watch};
use crate::limits::MAX_MODELS;
use kind::{Hints, StoredAs};
use models::{Fault, ModelUse, Models};

pub use kind::TextFacts;
pub use relabel::relabel;

/// An image of which codes cover more than this share is a code, and of no other kind.
const MOST_CODED: f32 = 0.25;

/// The share of the progress that code without models stands for.
const CODE_SHARE: f32 = 0.6;

/// What is asked about an image.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Question {
    /// What made the parts that are known: one that would be signed the same now is not made again.
    pub known: Vec<Stamp>,
    /// What kind of image it is known to be. It counts unless the kind is made anew; who has it from a person puts the stamp
    /// of the kind as it would be made now among `known`.
    pub kind: Option<ImageKind>,
    /// What reading it found, which tells something of its kind.
    pub text: Option<TextFacts>,
    /// The share of the image that its known codes cover, 0 to 1.
    pub coded: f32,
    /// The models to look with, the most trusted first. They look only at images of a kind that
    /// [`ImageKind::is_seen_by_models`].
    pub models: Vec<ModelUse>,
    /// On how many threads models run; 0 stands for 1. Changing it between images makes a worker load them again.
    pub threads: usize,
}

/// What came of a [`Question`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Recognised {
    /// The parts that were made, signed. For [`Recognition::update`] of what is known.
    pub recognition: Recognition,
    /// The models that were to look and could not: what they would have made is missing from `recognition`, and other
    /// models signed for it alone.
    pub faults: Vec<Fault>,
}

/// The parts of what an image shows that are not known yet, in pixels of the upright image. The same image gives the same
/// answer on every machine.
///
/// # Errors
/// [`ReadError::Cancelled`] soon after `watch` says so. A model that fails is a [`Fault`], no error.
pub fn recognise(
    decoded: &Decoded,
    question: &Question,
    models: &mut Models,
    watch: &dyn Watch,
) -> Result<Recognised, ReadError> {
    let mut found = Recognition::default();
    let image = &decoded.pixels;
    for stamp in code_stamps().into_iter().filter(|stamp| !question.known.contains(stamp)) {
        match stamp.part {
            Part::Codes => found.codes = codes::find(image, watch, &|fraction| watch.progress(CODE_SHARE * fraction))?,
            Part::Colours => found.colours = colours::colours(image),
            Part::Hash => found.hash = Some(hash::hash(image)),
            Part::Kind => {
                let coded =
                    if found.codes.is_empty() { question.coded } else { coded(&found.codes, image.dimensions()) };
                // The picture of a code looks like a chart, and is none.
                found.kind = if coded > MOST_CODED { None } else { kind::kind(image, &hints(decoded, question.text)) };
            }
            Part::Labels | Part::Objects | Part::Faces | Part::Embedding | Part::Unknown => continue,
        }
        found.sign(stamp);
        if watch.cancelled() {
            return Err(ReadError::Cancelled);
        }
    }
    watch.progress(CODE_SHARE);
    let kind = match found.stamp(Part::Kind) {
        Some(_) => found.kind.map(|guess| guess.kind),
        None => question.kind,
    };
    let faults = look::look(image, kind, question, models, &mut found, watch)?;
    watch.progress(1.0);
    Ok(Recognised { recognition: found, faults })
}

/// The share of an image of this width and height that codes cover, 0 to 1; 0 where the size is not known.
pub fn coded(codes: &[Code], (width, height): (u32, u32)) -> f32 {
    let area = |code: &Code| {
        let (left, top, right, bottom) = code.quad.edges();
        (right - left) * (bottom - top)
    };
    let (covered, all): (f32, f32) = (codes.iter().map(area).sum(), width as f32 * height as f32);
    if all > 0.0 { (covered / all).min(1.0) } else { 0.0 }
}

/// How [`recognise`] signs each part of an image of this kind now, with these models. Parts that it would not make have none.
pub fn stamps(kind: Option<ImageKind>, models: &[ModelUse]) -> Vec<Stamp> {
    let seen =
        Part::SEEN.into_iter().filter_map(|part| models::stamp(part, &models::makers(part, looking(kind, models))));
    code_stamps().into_iter().chain(seen).collect()
}

/// All of [`stamps`] in one line: while it is the same as when an image was recognised, there is nothing to recognise in
/// it. A new model changes it only for images of kinds that models look at.
pub fn signature(kind: Option<ImageKind>, models: &[ModelUse]) -> String {
    let part = |part: Part| format!("{part:?}").to_lowercase();
    let stamps = stamps(kind, models).into_iter();
    stamps.map(|stamp| format!("{}={} {}", part(stamp.part), stamp.name, stamp.version)).collect::<Vec<_>>().join("; ")
}

/// The parts that [`recognise`] would make now: none, when asking a worker is a waste. When [`Part::Kind`] is among them, a
/// photo may turn up and have more looked for.
pub fn due(question: &Question) -> Vec<Part> {
    let stamps = stamps(question.kind, &question.models).into_iter();
    stamps.filter(|stamp| !question.known.contains(stamp)).map(|stamp| stamp.part).collect()
}

/// Those of `models` that look at images of this kind.
fn looking(kind: Option<ImageKind>, models: &[ModelUse]) -> &[ModelUse] {
    let looks = kind.is_some_and(ImageKind::is_seen_by_models);
    &models[..if looks { models.len().min(MAX_MODELS) } else { 0 }]
}

fn code_stamps() -> Vec<Stamp> {
    let parts = [
        (Part::Codes, codes::NAME, codes::VERSION),
        (Part::Colours, colours::NAME, colours::VERSION),
        (Part::Hash, hash::NAME, hash::VERSION),
        (Part::Kind, kind::NAME, kind::VERSION),
    ];
    parts.map(|(part, name, version)| Stamp { part, name: name.into(), version: version.into() }).into()
}

fn hints(decoded: &Decoded, text: Option<TextFacts>) -> Hints {
    let format = match decoded.format {
        "jpeg" => Some(StoredAs::Lossy),
        "png" | "gif" | "bmp" => Some(StoredAs::Lossless),
        _ => None,
    };
    Hints { camera: Some(decoded.facts.camera.is_some()), format, text }
}

#[cfg(test)]
mod tests;
