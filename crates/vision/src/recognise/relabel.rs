//! Labels that are descriptions, told anew from what a model made of an image before: with other descriptions there is no need
//! to look at the image, nor for a worker.

use std::path::PathBuf;

use legible_reading::recognition::{Embedding, ImageKind, Part, Recognition};

use super::models::{self, ModelError, ModelUse};
use super::{Question, due, looking};

/// The labels of an image, signed, where they are all that is [`due`] and the one model to tell them made the `embedding` that is
/// known of it; `None` where that is not so. `dirs` have its files. The worker would have told the same.
///
/// # Errors
/// [`ModelError`] when its files are not there or damaged.
pub fn relabel(
    question: &Question,
    embedding: Option<&Embedding>,
    dirs: &[PathBuf],
) -> Result<Option<Recognition>, ModelError> {
    let Some((model, embedding)) = teller(question.kind, &question.models).zip(embedding) else { return Ok(None) };
    if due(question) != [Part::Labels] || embedding.model != model.space() {
        return Ok(None);
    }
    let labels = models::labels_of(model, embedding, dirs)?;
    let mut found = Recognition { labels, ..Recognition::default() };
    models::stamp(Part::Labels, &[model]).into_iter().for_each(|stamp| found.sign(stamp));
    Ok(Some(found))
}

/// The model that tells the labels, if it is one alone and tells them from the embedding that it makes.
fn teller(kind: Option<ImageKind>, models: &[ModelUse]) -> Option<&ModelUse> {
    let [model] = models::makers(Part::Labels, looking(kind, models))[..] else { return None };
    let outputs = &model.contract.outputs;
    let (described, embedding) = (outputs.described.as_ref()?, outputs.embedding.as_ref()?);
    (described.output == embedding.output).then_some(model)
}
