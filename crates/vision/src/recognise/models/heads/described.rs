//! Labels that are descriptions: what a model makes of an image, held against what a model of text made of each.

use legible_reading::recognition::contract::{Activation, Contract, Described};
use legible_reading::recognition::{Embedding, Label};

use super::super::ModelError;
use super::super::names::Vocabulary;
use super::super::network::Answer;
use super::activation::activated;
use super::classes::surest;

/// The descriptions that fit the image well enough, the best first: none where the answer has no direction.
pub fn labels(
    head: &Described,
    contract: &Contract,
    vocabulary: &Vocabulary,
    answer: &Answer,
) -> Result<Vec<Label>, ModelError> {
    if answer.shape.first() != Some(&1) || answer.values.is_empty() {
        return Err(answer.misshapen("1 × numbers"));
    }
    fits(vocabulary, answer.values.len())?;
    // Rounded as it is kept, so that other descriptions can be held against what is kept, to the same end.
    match Embedding::new("", &answer.values) {
        Some(looks) => labels_of(head, contract, vocabulary, &looks),
        None => Ok(Vec::new()),
    }
}

/// The same for what the model made of an image before.
pub fn labels_of(
    head: &Described,
    contract: &Contract,
    vocabulary: &Vocabulary,
    looks: &Embedding,
) -> Result<Vec<Label>, ModelError> {
    let looks: Vec<f32> = looks.values().iter().map(|value| f32::from(*value)).collect();
    fits(vocabulary, looks.len())?;
    let cosines = vocabulary.directions.chunks_exact(looks.len()).map(|name| cosine(&looks, name));
    let scaled: Vec<f32> = cosines.map(|cosine| cosine * head.scale).collect();
    Ok(surest(activated(&scaled, Activation::Softmax).into_iter().zip(&vocabulary.names), contract))
}

/// Whether a vocabulary has a direction of so many numbers for each name.
fn fits(vocabulary: &Vocabulary, many: usize) -> Result<(), ModelError> {
    let (has, named) = (vocabulary.directions.len(), vocabulary.names.len());
    if has == named * many {
        return Ok(());
    }
    Err(ModelError::Labels(format!("has {named} names, of which {has} numbers are no {many} each")))
}

/// Of the angle between two directions; 0 where one has no length.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
}
