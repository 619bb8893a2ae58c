//! What the answers of models mean, one room for each kind of answer. All of it is arithmetic on numbers; boxes are in pixels
//! of the model's input until [`Found`] is taken back to the image.

mod activation;
mod boxes_scores;
mod classes;
mod described;
mod found;
mod yolox;
mod yunet;

use legible_reading::recognition::contract::{Contract, OutputName, Outputs};
use legible_reading::recognition::{Embedding, Label};

use super::input::Placement;
use super::names::Vocabulary;
use super::network::Answer;
use super::{ModelError, Seen};
use found::Found;

/// The names of all outputs that a contract reads, in the order in which [`understand`] takes their answers.
pub fn outputs(outputs: &Outputs) -> Vec<OutputName> {
    let Outputs { classes, described, embedding, yolox, yunet, boxes_scores } = outputs;
    let mut names = Vec::new();
    names.extend(classes.iter().map(|head| head.output.clone()));
    names.extend(described.iter().map(|head| head.output.clone()));
    names.extend(yolox.iter().map(|head| head.output.clone()));
    names.extend(yunet.iter().flat_map(|head| yunet::outputs(&head.strides)));
    names.extend(boxes_scores.iter().flat_map(|head| [head.boxes.clone(), head.scores.clone()]));
    names.extend(embedding.iter().map(|head| head.output.clone()));
    names
}

/// What the answers to one picture say.
///
/// # Errors
/// [`ModelError::Output`] when they are not what the contract says.
pub fn understand(
    contract: &Contract,
    vocabulary: &Vocabulary,
    answers: &[Answer],
    placement: &Placement,
) -> Result<Seen, ModelError> {
    let (heads, names) = (&contract.outputs, vocabulary.names.as_slice());
    let mut seen = Seen::default();
    let mut answers = answers.iter();
    let mut next = || answers.next().ok_or_else(|| ModelError::Output("it gave too few answers".into()));
    let size = (contract.input.width, contract.input.height);
    if let Some(head) = &heads.classes {
        seen.labels = classes::labels(head, contract, names, next()?)?;
    }
    if let Some(head) = &heads.described {
        seen.labels = described::labels(head, contract, vocabulary, next()?)?;
    }
    let classes = if contract.needs_labels() { Some(names.len()) } else { None };
    let mut found: Vec<Found> = Vec::new();
    if let Some(head) = &heads.yolox {
        found = yolox::found(head, contract, classes, size, next()?)?;
    }
    if let Some(head) = &heads.yunet {
        let answers = (0..4 * head.strides.len()).map(|_| next()).collect::<Result<Vec<_>, _>>()?;
        found = yunet::found(head, contract, size, &answers)?;
    }
    if let Some(head) = &heads.boxes_scores {
        let (boxes, scores) = (next()?, next()?);
        found = boxes_scores::found(head, contract, classes, size, boxes, scores)?;
    }
    let found = found::kept(found, contract);
    if contract.needs_labels() {
        seen.objects = found.iter().filter_map(|found| found.object(names, placement)).collect();
    } else {
        seen.faces = found.iter().filter_map(|found| found.face(placement)).collect();
    }
    if heads.embedding.is_some() {
        seen.embedding = Some(embedding(next()?)?);
    }
    Ok(seen)
}

/// The labels of a contract whose labels are descriptions, for what its model made of an image before; none of another contract.
///
/// # Errors
/// [`ModelError::Labels`] when the vocabulary is not this model's.
pub fn labels_of(contract: &Contract, vocabulary: &Vocabulary, looks: &Embedding) -> Result<Vec<Label>, ModelError> {
    match &contract.outputs.described {
        Some(head) => described::labels_of(head, contract, vocabulary, looks),
        None => Ok(Vec::new()),
    }
}

/// Numbers of any shape with one image in it.
fn embedding(answer: &Answer) -> Result<Vec<f32>, ModelError> {
    let sound = answer.shape.first() == Some(&1) && (1..=Embedding::MAX_VALUES).contains(&answer.values.len());
    let expected = || answer.misshapen(&format!("1 × at most {} numbers", Embedding::MAX_VALUES));
    sound.then(|| answer.values.clone()).ok_or_else(expected)
}

#[cfg(test)]
mod tests;
