//! The answer of a detector of the DETR family: some hundred boxes, and for each how much it looks like each class (Carion et
//! al. 2020, arXiv 2005.12872; D-FINE: Peng et al. 2024, arXiv 2410.13842).

use legible_reading::recognition::contract::{BoxesScores, Contract};

use super::super::ModelError;
use super::super::network::Answer;
use super::activation::activated;
use super::found::Found;

/// What the model is sure enough of; a box may be told for several classes. Without classes (`None`) each box's surest one
/// stands for the one that there is.
pub fn found(
    head: &BoxesScores,
    contract: &Contract,
    classes: Option<usize>,
    (width, height): (u32, u32),
    boxes: &Answer,
    scores: &Answer,
) -> Result<Vec<Found>, ModelError> {
    let (&[1, count, 4], &[1, scored, has]) = (boxes.shape.as_slice(), scores.shape.as_slice()) else {
        let wrong = if matches!(boxes.shape.as_slice(), [1, _, 4]) {
            scores.misshapen("1 × boxes × classes")
        } else {
            boxes.misshapen("1 × boxes × 4")
        };
        return Err(wrong);
    };
    if count != scored || has == 0 {
        return Err(scores.misshapen(&format!("1 × {count} × classes, as there are {count} boxes")));
    }
    if let Some(named) = classes.filter(|named| *named != has) {
        let name = &scores.name;
        return Err(ModelError::Output(format!(
            "its output {name} tells {has} classes, and the label file names {named}"
        )));
    }
    let threshold = contract.threshold.unwrap_or(0.0);
    let (width, height) = (width as f32, height as f32);
    let mut all = Vec::new();
    for (place, scores) in boxes.rows(4)?.zip(scores.rows(has)?) {
        let (centre, sides) = ((place[0] * width, place[1] * height), (place[2] * width, place[3] * height));
        let mut confidences = activated(scores, head.activation);
        if classes.is_none() {
            confidences = vec![confidences.into_iter().fold(0.0, f32::max)];
        }
        let sure = confidences.into_iter().enumerate().filter(|(_, confidence)| *confidence >= threshold);
        all.extend(sure.map(|(class, confidence)| Found::around(class, confidence, centre, sides)));
    }
    Ok(all)
}
