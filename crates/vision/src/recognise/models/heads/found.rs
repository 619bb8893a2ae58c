//! What a detector found, before and after overlaps are sorted out.

use legible_reading::recognition::contract::Contract;
use legible_reading::recognition::{Face, Object};
use legible_reading::{Point, Quad};

use super::super::input::Placement;
use crate::limits::MAX_CANDIDATES;

/// One thing, in pixels of the model's input.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub class: usize,
    pub confidence: f32,
    /// Left, top, right, bottom.
    pub edges: [f32; 4],
    pub landmarks: Vec<(f32, f32)>,
}

impl Found {
    /// A box by its centre and its sides.
    pub fn around(class: usize, confidence: f32, centre: (f32, f32), sides: (f32, f32)) -> Self {
        let ((x, y), (width, height)) = (centre, (sides.0 / 2.0, sides.1 / 2.0));
        let edges = [x - width, y - height, x + width, y + height];
        Found { class, confidence, edges, landmarks: Vec::new() }
    }

    /// As a thing in the image; `None` where nothing of it lies within.
    pub fn object(&self, names: &[String], placement: &Placement) -> Option<Object> {
        let (name, quad) = (names.get(self.class)?.clone(), self.quad(placement)?);
        Some(Object { name, confidence: self.confidence, quad })
    }

    /// As a face in the image; `None` where nothing of it lies within.
    pub fn face(&self, placement: &Placement) -> Option<Face> {
        let landmarks = self.landmarks.iter().map(|(x, y)| placement.in_image(*x, *y)).collect();
        Some(Face { confidence: self.confidence, quad: self.quad(placement)?, landmarks })
    }

    fn quad(&self, placement: &Placement) -> Option<Quad> {
        let [left, top, right, bottom] = self.edges;
        let (Point { x: left, y: top }, Point { x: right, y: bottom }) =
            (placement.in_image(left, top), placement.in_image(right, bottom));
        (right > left && bottom > top).then(|| Quad::from_edges(left, top, right, bottom))
    }

    /// Intersection over union, 0 to 1.
    fn overlap(&self, other: &Found) -> f32 {
        let ([al, at, ar, ab], [bl, bt, br, bb]) = (self.edges, other.edges);
        let shared = (ar.min(br) - al.max(bl)).max(0.0) * (ab.min(bb) - at.max(bt)).max(0.0);
        let union = (ar - al) * (ab - at) + (br - bl) * (bb - bt) - shared;
        if union > 0.0 { shared / union } else { 0.0 }
    }
}

/// What is left when, of each two of a class that overlap too much, the less sure one goes: the surest first.
pub fn kept(mut all: Vec<Found>, contract: &Contract) -> Vec<Found> {
    all.retain(|found| found.edges.iter().all(|edge| edge.is_finite()));
    all.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    all.truncate(MAX_CANDIDATES);
    let mut kept: Vec<Found> = Vec::new();
    for found in all {
        if kept.len() == contract.most() {
            break;
        }
        let hides =
            |other: &Found| other.class == found.class && contract.nms.is_some_and(|most| other.overlap(&found) > most);
        if !kept.iter().any(hides) {
            kept.push(found);
        }
    }
    kept
}
