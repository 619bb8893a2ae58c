//! The answer of YuNet, a detector of faces: four maps for each stride (Wu et al. 2023, doi 10.1007/s11633-023-1423-y).

use legible_reading::recognition::contract::{Contract, OutputName, Yunet};

use super::super::ModelError;
use super::super::network::Answer;
use super::found::Found;
use super::yolox::{cells, count};

/// Eyes, nose and corners of the mouth.
const LANDMARKS: usize = 5;

/// The maps of each stride: whether it is a face, whether anything, the box, the landmarks.
pub fn outputs(strides: &[u32]) -> Vec<OutputName> {
    let maps = |stride: &u32| ["cls", "obj", "bbox", "kps"].map(|map| OutputName::Name(format!("{map}_{stride}")));
    strides.iter().flat_map(maps).collect()
}

/// What the model is sure enough of.
pub fn found(
    head: &Yunet,
    contract: &Contract,
    (width, height): (u32, u32),
    answers: &[&Answer],
) -> Result<Vec<Found>, ModelError> {
    let threshold = contract.threshold.unwrap_or(0.0);
    let mut all = Vec::new();
    for (&stride, maps) in head.strides.iter().zip(answers.chunks_exact(4)) {
        let rows = count(stride, width, height);
        let map = |at: usize, columns: usize| match maps[at].shape.as_slice() {
            [1, told, has] if (*told, *has) == (rows, columns) => maps[at].rows(columns),
            _ => Err(maps[at].misshapen(&format!("1 × {rows} × {columns}, by the stride and the input's size"))),
        };
        let (class, object, boxes, points) = (map(0, 1)?, map(1, 1)?, map(2, 4)?, map(3, 2 * LANDMARKS)?);
        for ((((class, object), edges), points), (column, row, stride)) in
            class.zip(object).zip(boxes).zip(points).zip(cells(stride, width, height))
        {
            let confidence = (class[0].clamp(0.0, 1.0) * object[0].clamp(0.0, 1.0)).sqrt();
            if confidence < threshold {
                continue;
            }
            let place = |point: &[f32]| ((point[0] + column) * stride, (point[1] + row) * stride);
            let sides = (edges[2].exp() * stride, edges[3].exp() * stride);
            let landmarks = points.chunks_exact(2).map(place).collect();
            all.push(Found { landmarks, ..Found::around(0, confidence, place(edges), sides) });
        }
    }
    Ok(all)
}
