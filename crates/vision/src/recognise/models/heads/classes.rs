//! The answer of a classifier.

use legible_reading::recognition::Label;
use legible_reading::recognition::contract::{Classes, Contract};

use super::super::ModelError;
use super::super::network::Answer;
use super::activation::activated;

/// The classes that the model is sure enough of, the surest first.
pub fn labels(
    head: &Classes,
    contract: &Contract,
    names: &[String],
    answer: &Answer,
) -> Result<Vec<Label>, ModelError> {
    let batch = answer.shape.first().copied();
    if batch != Some(1) || answer.shape[1..].iter().filter(|side| **side != 1).count() > 1 {
        return Err(answer.misshapen("1 × classes"));
    }
    if answer.values.len() != names.len() {
        let (has, named) = (answer.values.len(), names.len());
        let hint = match named.abs_diff(has) {
            1 => ": is there a line for a background class that should be there, or should not?",
            _ => "",
        };
        let detail = format!("its output {} tells {has} classes, and the label file names {named}{hint}", answer.name);
        return Err(ModelError::Output(detail));
    }
    let told = activated(&answer.values, head.activation).into_iter().zip(names).skip(usize::from(head.background));
    Ok(surest(told, contract))
}

/// The names that a model is sure enough of by its contract, and no more than that allows, the surest first.
pub fn surest<'a>(told: impl Iterator<Item = (f32, &'a String)>, contract: &Contract) -> Vec<Label> {
    let threshold = contract.threshold.unwrap_or(0.0);
    let sure = told.filter(|(confidence, _)| *confidence >= threshold);
    let mut labels: Vec<Label> = sure.map(|(confidence, name)| Label { name: name.clone(), confidence }).collect();
    labels.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    labels.truncate(contract.most());
    labels
}
