//! The kind of an image, told by hand-made features and small decision trees that ship with the program.
//!
//! [`features`] measures about 170 numbers on a reduced copy and on samples of the pixels; [`model`] sums trees over them;
//! [`hints`] adds what is known beside the pixels. `tools/train-kinds` trains with the same features: there is one truth of them.
//! How it was trained, on what, and how often it is right: `docs/kinds.md`.

mod colour;
mod edges;
pub mod features;
mod flatness;
mod hints;
mod ink;
pub mod model;
mod regions;
mod text;
mod text_facts;
mod view;

use std::sync::LazyLock;

use image::RgbImage;
use legible_reading::recognition::{ImageKind, KindGuess};

pub use hints::{Hints, StoredAs};
use model::{KINDS, Model};
pub use text_facts::TextFacts;

/// What the program ships.
static SHIPPED: LazyLock<Model> =
    LazyLock::new(|| include_str!("kinds.weights").parse().expect("a test reads the committed weights"));

/// Names this classifier in the stamp of a recognition.
pub const NAME: &str = "kinds";

/// Counts up with the weights, the features or the hints: a guess of another version may differ.
pub const VERSION: &str = "1";

/// The kind of an upright image, or `None` when none is likely enough. Takes some milliseconds and memory for a copy of about half a
/// million pixels, whatever the size of the image.
pub fn kind(image: &RgbImage, hints: &Hints) -> Option<KindGuess> {
    let probabilities = probabilities(image, hints)?;
    let (kind, confidence) = likeliest(&probabilities);
    (confidence >= SHIPPED.least).then_some(KindGuess { kind, confidence })
}

/// How likely each kind is, in the order of [`ImageKind::ALL`]; `None` for an image without pixels.
pub fn probabilities(image: &RgbImage, hints: &Hints) -> Option<[f32; KINDS]> {
    let measured = features::features(image)?;
    Some(SHIPPED.probabilities(&measured.values, hints::shift(hints, image.width(), image.height())))
}

/// The likeliest kind, the first of equals.
pub fn likeliest(probabilities: &[f32; KINDS]) -> (ImageKind, f32) {
    let best = (1..KINDS).fold(0, |best, n| if probabilities[n] > probabilities[best] { n } else { best });
    (ImageKind::ALL[best], probabilities[best])
}
