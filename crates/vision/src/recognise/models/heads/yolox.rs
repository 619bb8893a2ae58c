//! The answer of a YOLOX detector: one row for each cell of each grid (Ge et al. 2021, arXiv 2107.08430).

use legible_reading::recognition::contract::{Contract, Yolox};

use super::super::ModelError;
use super::super::network::Answer;
use super::found::Found;

/// What the model is sure enough of. Without classes (`None`) each row's surest class stands for the one that there is.
pub fn found(
    head: &Yolox,
    contract: &Contract,
    classes: Option<usize>,
    (width, height): (u32, u32),
    answer: &Answer,
) -> Result<Vec<Found>, ModelError> {
    let rows: usize = head.strides.iter().map(|&stride| count(stride, width, height)).sum();
    let cells = head.strides.iter().flat_map(|&stride| cells(stride, width, height));
    let columns = answer.shape.last().copied().unwrap_or(0);
    let sound = answer.shape.len() == 3 && answer.shape[..2] == [1, rows] && columns > 5;
    if !sound {
        let expected = format!("1 × {rows} × (5 + classes), by `outputs.yolox.strides` and the input's size");
        return Err(answer.misshapen(&expected));
    }
    if let Some(named) = classes.filter(|named| *named != columns - 5) {
        let (name, has) = (&answer.name, columns - 5);
        return Err(ModelError::Output(format!(
            "its output {name} tells {has} classes, and the label file names {named}"
        )));
    }
    let threshold = contract.threshold.unwrap_or(0.0);
    let thing = |(row, (column, line, stride)): (&[f32], (f32, f32, f32))| {
        let (class, best) = surest(&row[5..]);
        let confidence = row[4].clamp(0.0, 1.0) * best.clamp(0.0, 1.0);
        let centre = ((row[0] + column) * stride, (row[1] + line) * stride);
        let sides = (row[2].exp() * stride, row[3].exp() * stride);
        let class = if classes.is_some() { class } else { 0 };
        (confidence >= threshold).then(|| Found::around(class, confidence, centre, sides))
    };
    Ok(answer.rows(columns)?.zip(cells).filter_map(thing).collect())
}

/// The cells of one grid: column, row, and the stride.
pub fn cells(stride: u32, width: u32, height: u32) -> impl Iterator<Item = (f32, f32, f32)> {
    let (columns, rows) = (width / stride, height / stride);
    (0..rows).flat_map(move |row| (0..columns).map(move |column| (column as f32, row as f32, stride as f32)))
}

/// How many cells that are.
pub fn count(stride: u32, width: u32, height: u32) -> usize {
    (width / stride) as usize * (height / stride) as usize
}

fn surest(classes: &[f32]) -> (usize, f32) {
    let start = (0, f32::NEG_INFINITY);
    classes.iter().enumerate().fold(start, |best, (n, &score)| if score > best.1 { (n, score) } else { best })
}
