//! The check of a model before it is used: it is run, and what it answers is held against its contract.

use std::sync::Arc;
use std::time::{Duration, Instant};

use image::{Rgb, RgbImage};
use legible_reading::recognition::Part;
use legible_reading::recognition::contract::{Activation, Contract, ContractError};
use rten::ThreadPool;
use serde::{Deserialize, Serialize};

use super::network::Answer;
use super::{ModelError, load, names};
use crate::limits::MAX_CHECKED_LOOK;

/// What a check found of a model that can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What it makes.
    pub parts: Vec<Part>,
    /// How many classes it tells, without the one for nothing; 0 where the contract needs no names.
    pub classes: usize,
    /// How long it looked at one picture on one thread, in milliseconds.
    pub milliseconds: u64,
}

/// Loads an ONNX `model`, runs it on a picture made here, and holds its answers against `contract`; `labels` is the label file,
/// where the contract needs one. It says what is wrong and what to change.
///
/// # Errors
/// [`ModelError`]. A model that takes too much memory or time ends the worker that this runs in.
pub fn check(contract: &Contract, labels: Option<&[u8]>, model: Vec<u8>) -> Result<Report, ModelError> {
    contract.validate()?;
    if contract.outputs.described.is_some() {
        return Err(ModelError::Contract(ContractError {
            field: "outputs.described".into(),
            problem: "is for models that come with Legible, since it needs a model of text besides".into(),
        }));
    }
    let names = match labels {
        Some(labels) if contract.needs_labels() => names::names(labels)?,
        _ => Vec::new(),
    };
    let classes = names.len() - usize::from(contract.outputs.classes.as_ref().is_some_and(|head| head.background));
    let model = load(model, contract, names, Arc::new(ThreadPool::with_num_threads(1)))?;
    let started = Instant::now();
    let picture = drawn();
    let answers = model.answers(&picture)?;
    let took = started.elapsed();
    check_speed(took)?;
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    model.understand(picture.dimensions(), &answers)?;
    // Answers come in the order of the heads, of which the classes are the first.
    if let (Some(head), Some(answer)) = (&contract.outputs.classes, answers.first()) {
        check_activation("outputs.classes.activation", head.activation, answer)?;
    }
    if let (Some(head), Some(answer)) = (&contract.outputs.boxes_scores, answers.get(1)) {
        check_activation("outputs.boxes-scores.activation", head.activation, answer)?;
    }
    if contract.outputs.yolox.is_some()
        && let Some(answer) = answers.first()
    {
        check_yolox(answer)?;
    }
    Ok(Report { parts: contract.parts(), classes, milliseconds })
}

/// Whether it looks at a picture fast enough for a library of thousands.
fn check_speed(took: Duration) -> Result<(), ModelError> {
    if took <= MAX_CHECKED_LOOK {
        return Ok(());
    }
    let (took, most) = (took.as_secs_f32(), MAX_CHECKED_LOOK.as_secs());
    let advice = "take a smaller model, or export it for smaller pictures";
    Err(ModelError::Slow(format!(
        "the model looked at one picture for {took:.1} s, and {most} s is the most: {advice}"
    )))
}

/// By how much a probability may lie outside of 0 to 1.
const ROUNDING: f32 = 0.001;

/// Whether the numbers look as the activation wants them. Softmax of what is softmax already would make all classes alike.
fn check_activation(field: &str, activation: Activation, answer: &Answer) -> Result<(), ModelError> {
    let fold = |start: f32, choose: fn(f32, f32) -> f32| answer.values.iter().copied().fold(start, choose);
    let (least, most) = (fold(f32::INFINITY, f32::min), fold(f32::NEG_INFINITY, f32::max));
    let are_probabilities = least >= -ROUNDING && most <= 1.0 + ROUNDING;
    let one_is_right = answer.shape.len() == 2 && (answer.values.iter().sum::<f32>() - 1.0).abs() < 0.01;
    let problem = match activation {
        Activation::None if !are_probabilities => {
            format!("reach from {least:.2} to {most:.2}: set it to “softmax” or “sigmoid”, as the model was trained")
        }
        Activation::Softmax | Activation::Sigmoid if are_probabilities && one_is_right && answer.values.len() > 1 => {
            "are probabilities already: set it to “none”".to_string()
        }
        _ => return Ok(()),
    };
    Err(ModelError::Output(format!("`{field}` does not fit: the numbers of its output {} {problem}", answer.name)))
}

/// Whether objectness and classes are probabilities, as in the usual way to export YOLOX.
fn check_yolox(answer: &Answer) -> Result<(), ModelError> {
    let columns = answer.shape.last().copied().unwrap_or(0);
    let chances = answer.rows(columns)?.flat_map(|row| row.iter().skip(4));
    if chances.into_iter().all(|chance| (-ROUNDING..=1.0 + ROUNDING).contains(chance)) {
        return Ok(());
    }
    let detail = "has numbers from its fifth column on that are no probabilities: export the model with its sigmoid";
    Err(ModelError::Output(format!("its output {} {detail}", answer.name)))
}

/// A picture with smooth and rough places in all colours.
fn drawn() -> RgbImage {
    RgbImage::from_fn(640, 480, |x, y| {
        let grain = (x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA6B)).wrapping_mul(0x2C1B_3C6D) >> 27;
        let disc = if x.abs_diff(320).pow(2) + y.abs_diff(240).pow(2) < 150 * 150 { 90 } else { 0 };
        Rgb([(x * 160 / 640 + disc) as u8, (y * 220 / 480 + grain) as u8, (200 - x * y / 2_000 + grain) as u8])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_that_looks_for_long_is_refused() {
        let check = |took: Duration, expected: Option<&str>| {
            let told = check_speed(took).err().map(|error| error.to_string());
            assert_eq!(told.is_some(), expected.is_some(), "{took:?}: {told:?}");
            assert!(told.unwrap_or_default().contains(expected.unwrap_or_default()), "{took:?}");
        };
        check(Duration::from_millis(40), None);
        check(MAX_CHECKED_LOOK, None);
        check(MAX_CHECKED_LOOK + Duration::from_millis(500), Some("for 10.5 s, and 10 s is the most"));
    }
}
