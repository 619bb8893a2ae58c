//! Labels that are descriptions: what a model makes of an image, held against what a model of text made of each.

use legible_reading::recognition::Label;
use legible_reading::recognition::contract::{Activation, Contract, Described};

use super::super::ModelError;
use super::super::names::Vocabulary;
use super::super::network::Answer;
use super::activation::activated;
use super::classes::surest;

/// The descriptions that fit the image well enough, the best first.
pub fn labels(
    head: &Described,
    contract: &Contract,
    vocabulary: &Vocabulary,
    answer: &Answer,
) -> Result<Vec<Label>, ModelError> {
    let (looks, names) = (&answer.values, &vocabulary.names);
    if answer.shape.first() != Some(&1) || looks.is_empty() {
        return Err(answer.misshapen("1 × numbers"));
    }
    if vocabulary.directions.len() != names.len() * looks.len() {
        let (has, many, named) = (vocabulary.directions.len(), looks.len(), names.len());
        return Err(ModelError::Labels(format!("has {named} names, of which {has} numbers are no {many} each")));
    }
    let cosines: Vec<f32> = vocabulary.directions.chunks_exact(looks.len()).map(|name| cosine(looks, name)).collect();
    let scaled: Vec<f32> = cosines.iter().map(|cosine| cosine * head.scale).collect();
    Ok(surest(activated(&scaled, Activation::Softmax).into_iter().zip(names), contract))
}

/// Of the angle between two directions; 0 where one has no length.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
}
